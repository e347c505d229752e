"""The pool: hands queries to killable workers, a bounded number at a time, and says what became of each.

A query begins in one of a few lanes. One that runs on past `long_after` seconds leaves its lane to the next and goes
on at a lower priority, if fewer than `long` do so already; if not, and others wait, the one that has run longest among
those of the busiest client is stopped. So short queries are answered whatever runs beside them.
"""

import asyncio
import signal
import socket
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field, replace

from mandategraph.server.nursery import MESSAGE
from mandategraph.server.settings import MIB, Limits
from mandategraph.server.wire import HEAD, Job, Reply, lengths, packed_job, reply_of

_BIRTH = 10.0
_DEATHS = {
    signal.SIGABRT: "memory",
    signal.SIGSEGV: "engine",
    signal.SIGBUS: "engine",
    signal.SIGILL: "engine",
    signal.SIGXCPU: "time",
}


@dataclass(eq=False)
class _Worker:
    """A worker's process and the streams to it."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    death: asyncio.Future[int]


@dataclass(eq=False)
class _Run:
    """A query that has a worker: since when, whose it is, and whether it still holds a lane."""

    worker: _Worker
    client: str
    since: float = field(default_factory=time.monotonic)
    in_lane: bool = True
    overdue: bool = False
    stopped: str = ""


class Pool:
    """Workers over one release; to be used in one event loop."""

    def __init__(self, nursery: socket.socket, limits: Limits) -> None:
        self._nursery, self._limits = nursery, limits
        self._births: deque[asyncio.Future[_Worker]] = deque()
        self._unborn = 0
        self._idle: list[_Worker] = []
        self._alive: dict[int, _Worker] = {}
        self._runs: set[_Run] = set()
        self._waiting: deque[tuple[asyncio.Future[None], str]] = deque()
        self._clients: Counter[str] = Counter()
        self._lanes: Counter[str] = Counter()
        self.deaths: Counter[str] = Counter()
        self.gone = asyncio.Event()

    async def open(self) -> None:
        """Begin to listen to the nursery, and have a worker ready for each lane."""
        self._nursery.setblocking(False)  # noqa: FBT003 -- its own signature
        asyncio.get_running_loop().add_reader(self._nursery.fileno(), self._heard)
        self._idle = list(await asyncio.gather(*(self._born() for _ in range(self._limits.workers))))

    def close(self) -> None:
        """Let the nursery go, and the workers with it."""
        asyncio.get_running_loop().remove_reader(self._nursery.fileno())
        self._nursery.close()
        for worker in self._alive.values():
            worker.writer.close()
        self.gone.set()

    def state(self) -> dict[str, int]:
        """How many workers are idle, busy in a lane and running on beyond it, and how many queries wait."""
        long = sum(not run.in_lane for run in self._runs)
        return {
            "idle": len(self._idle),
            "busy": len(self._runs) - long,
            "long": long,
            "waiting": len(self._waiting),
        }

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """What became of a query within `limit` seconds, waiting for a lane included.

        The outcome is that of the worker, or `time`, `crowd` (stopped to let others in), `queue`, `client` (too many
        at once), `memory`, `engine` or `killed`. When the caller is cancelled, so is the query.
        """
        if self._clients[client] >= self._limits.per_client:
            return Reply("client", {})
        self._clients[client] += 1
        began = time.monotonic()
        try:
            refusal = await self._lane(client, limit)
            return refusal or await self._run(job, client, began, limit)
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _lane(self, client: str, limit: float) -> Reply | None:
        """Wait for a lane; a reply if there is none to be had."""
        if not self._waiting and self._may_enter(client):
            self._lanes[client] += 1
            return None
        if len(self._waiting) >= self._limits.queue:
            return Reply("queue", {})
        turn = asyncio.get_running_loop().create_future()
        entry = (turn, client)
        self._waiting.append(entry)
        self._admit()
        self._make_room()
        try:
            async with asyncio.timeout(limit):
                await self._turn(turn, client)
        except TimeoutError:
            return Reply("queue", {})
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)
        return None

    async def _turn(self, turn: asyncio.Future[None], client: str) -> None:
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._release(client)
            raise

    def _may_enter(self, client: str) -> bool:
        """Whether there is a lane for a client; one is kept free for the others."""
        most = max(1, self._limits.workers - 1)
        return self._lanes.total() < self._limits.workers and self._lanes[client] < most

    def _admit(self) -> None:
        """Give free lanes to those who wait, the client with the fewest queries under way first."""
        busy = Counter(run.client for run in self._runs)
        while entries := [entry for entry in self._waiting if self._may_enter(entry[1])]:
            entry = min(entries, key=lambda each: busy[each[1]])
            self._waiting.remove(entry)
            if not entry[0].done():
                busy[entry[1]] += 1
                self._lanes[entry[1]] += 1
                entry[0].set_result(None)

    def _release(self, client: str) -> None:
        """Take a lane back from a client, for the next who waits."""
        self._lanes[client] -= 1
        if not self._lanes[client]:
            del self._lanes[client]
        self._admit()

    def _leave_lane(self, run: _Run) -> None:
        if run.in_lane:
            run.in_lane = False
            self._release(run.client)

    async def _run(self, job: Job, client: str, began: float, limit: float) -> Reply:
        try:
            worker = self._idle.pop() if self._idle else await self._born()
        except ConnectionError:
            self._release(client)
            return Reply("killed", {})
        except BaseException:
            self._release(client)
            raise
        run = _Run(worker, client)
        self._runs.add(run)
        loop = asyncio.get_running_loop()
        timers = [
            loop.call_later(self._limits.long_after, self._overdue, run),
            loop.call_later(max(0.0, limit - (time.monotonic() - began)), self._stop, run, "time"),
        ]
        try:
            return replace(await self._reply(run, job), seconds=time.monotonic() - run.since)
        finally:
            for timer in timers:
                timer.cancel()
            self._runs.discard(run)
            self._leave_lane(run)
            self._promote()
            self._restock()

    async def _reply(self, run: _Run, job: Job) -> Reply:
        """The worker's reply, or of what it died; a worker that did not finish is killed."""
        worker, reply = run.worker, None
        try:
            worker.writer.write(packed_job(job))
            head, body = lengths(await worker.reader.readexactly(HEAD))
            told = await worker.reader.readexactly(head)
            reply = reply_of(told, await worker.reader.readexactly(body) if body else b"")
        except (asyncio.IncompleteReadError, ConnectionError):
            return Reply(run.stopped or await self._cause(worker), {})
        finally:
            if reply is None or reply.spent or run.stopped or not run.in_lane:
                self._discard(worker)
            else:
                self._rest(worker)
        return reply

    async def _cause(self, worker: _Worker) -> str:
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                number = await asyncio.shield(worker.death)
                return _DEATHS.get(signal.Signals(number), "killed") if number else "engine"
        return "killed"

    def _rest(self, worker: _Worker) -> None:
        """Have a worker wait for a query, unless as many do as there are lanes."""
        if len(self._idle) < self._limits.workers:
            self._idle.append(worker)
        else:
            self._discard(worker)

    def _discard(self, worker: _Worker) -> None:
        """Be rid of a worker, and have another ready if none is."""
        if worker in self._idle:
            self._idle.remove(worker)
        worker.writer.close()
        self._told(f"kill {worker.number}")
        self._restock()

    def _restock(self) -> None:
        """Have a worker for each lane."""
        spare = self._unborn - sum(not birth.done() for birth in self._births)
        lacking = self._limits.workers - len(self._idle) - spare - sum(run.in_lane for run in self._runs)
        for _ in range(0 if self.gone.is_set() else lacking):
            self._fork()

    def _fork(self) -> None:
        self._unborn += 1
        self._told("fork")

    def _overdue(self, run: _Run) -> None:
        run.overdue = True
        self._promote()
        self._make_room()

    def _promote(self) -> None:
        """Let overdue queries run on beside the lanes, those that began first before others, while there is room."""
        running = sum(not run.in_lane for run in self._runs)
        overdue = sorted((run for run in self._runs if run.in_lane and run.overdue), key=lambda run: run.since)
        for run in overdue[: max(0, self._limits.long - running)]:
            self._told(f"slow {run.worker.number}")
            self._leave_lane(run)
            self._restock()

    def _make_room(self) -> None:
        """Stop one of the overdue if they hold every lane and somebody waits."""
        lanes = [run for run in self._runs if run.in_lane]
        waiting = [client for turn, client in self._waiting if not turn.done()]
        if not waiting or self._lanes.total() < self._limits.workers or not all(run.overdue for run in lanes):
            return
        busy = Counter(run.client for run in self._runs)
        candidates = [run for run in self._runs if run.overdue and not run.stopped]
        if lanes and candidates and not any(run.stopped for run in self._runs):
            self._stop(min(candidates, key=lambda run: (-busy[run.client], run.since)), "crowd")

    def _stop(self, run: _Run, why: str) -> None:
        run.stopped = run.stopped or why
        self._told(f"kill {run.worker.number}")

    async def _born(self) -> _Worker:
        """A new worker.

        Raises:
            ConnectionError: the nursery is gone, or has none in time.
        """
        birth = asyncio.get_running_loop().create_future()
        self._births.append(birth)
        self._fork()
        try:
            async with asyncio.timeout(_BIRTH):
                worker: _Worker = await birth
                return worker
        except TimeoutError:
            raise ConnectionError("no worker was born in time") from None

    def _told(self, order: str) -> None:
        try:
            self._nursery.send(order.encode())
        except OSError:
            self._lost()

    def _lost(self) -> None:
        """The nursery is gone: nothing can be answered any more."""
        self.gone.set()
        for birth in self._births:
            if not birth.done():
                birth.set_exception(ConnectionError("the nursery of workers is gone"))
        self._births.clear()

    def _heard(self) -> None:
        """Read what the nursery tells: births, with the worker's channel, and deaths."""
        try:
            message, files, _, _ = socket.recv_fds(self._nursery, MESSAGE, 1)
        except BlockingIOError:
            return
        except OSError:
            message, files = b"", []
        what, _, rest = message.decode().partition(" ")
        if what == "born":
            asyncio.ensure_future(self._welcome(int(rest), socket.socket(fileno=files[0])))  # noqa: RUF006 -- kept by its future
        elif what == "died":
            number, _, ended = rest.partition(" ")
            self._mourn(int(number), int(ended))
        elif not what:
            asyncio.get_running_loop().remove_reader(self._nursery.fileno())
            self._lost()

    async def _welcome(self, number: int, channel: socket.socket) -> None:
        self._unborn -= 1
        reader, writer = await asyncio.open_connection(sock=channel, limit=MIB)
        worker = _Worker(number, reader, writer, asyncio.get_running_loop().create_future())
        self._alive[number] = worker
        while self._births:
            birth = self._births.popleft()
            if not birth.done():
                birth.set_result(worker)
                return
        self._rest(worker)

    def _mourn(self, number: int, ended: int) -> None:
        worker = self._alive.pop(number, None)
        if worker is None:
            return
        if worker in self._idle:
            self._discard(worker)
        if not worker.death.done():
            worker.death.set_result(ended)
        self.deaths[signal.Signals(ended).name if ended else "end"] += 1
