"""Turns: a bounded number of those who come are let in at a time, the others wait; no client keeps them all."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class RefusedError(Exception):
    """There is no turn to be had: which limit is in the way."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class Turns:
    """Turns of one kind; to be used in one event loop."""

    def __init__(self, at_once: int, queue: int, per_client: int) -> None:
        self._at_once, self._queue, self._per_client = at_once, queue, per_client
        self._clients: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()
        self._waiting: deque[tuple[asyncio.Future[None], str]] = deque()

    def state(self) -> dict[str, int]:
        """How many are inside, and how many wait."""
        return {"busy": self._inside.total(), "waiting": len(self._waiting)}

    @asynccontextmanager
    async def of(self, client: str, limit: float) -> AsyncIterator[float]:
        """A turn of a client, waited for no longer than `limit` seconds; what is left of them.

        Raises:
            RefusedError: too many of this client are here (`client`), too many wait or none came in time (`queue`).
        """
        if self._clients[client] >= self._per_client:
            raise RefusedError("client")
        self._clients[client] += 1
        began = time.monotonic()
        try:
            await self._entered(client, limit)
            try:
                yield limit - (time.monotonic() - began)
            finally:
                self._leave(client)
        finally:
            _less(self._clients, client)

    async def _entered(self, client: str, limit: float) -> None:
        if not self._waiting and self._may_enter(client):
            self._inside[client] += 1
            return
        if len(self._waiting) >= self._queue:
            raise RefusedError("queue")
        turn = asyncio.get_running_loop().create_future()
        entry = (turn, client)
        self._waiting.append(entry)
        self._admit()
        try:
            async with asyncio.timeout(limit):
                await turn
        except TimeoutError:
            self._give_back(turn, client)
            raise RefusedError("queue") from None
        except asyncio.CancelledError:
            self._give_back(turn, client)
            raise
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    def _give_back(self, turn: asyncio.Future[None], client: str) -> None:
        if turn.done() and not turn.cancelled():
            self._leave(client)

    def _may_enter(self, client: str) -> bool:
        """Whether there is room for a client; one place is kept for the others."""
        return self._inside.total() < self._at_once and self._inside[client] < max(1, self._at_once - 1)

    def _leave(self, client: str) -> None:
        _less(self._inside, client)
        self._admit()

    def _admit(self) -> None:
        """Let in those who wait while there is room, the client with the fewest inside first."""
        while entries := [entry for entry in self._waiting if not entry[0].done() and self._may_enter(entry[1])]:
            entry = min(entries, key=lambda each: self._inside[each[1]])
            self._waiting.remove(entry)
            self._inside[entry[1]] += 1
            entry[0].set_result(None)


def _less(counted: Counter[str], client: str) -> None:
    counted[client] -= 1
    if not counted[client]:
        del counted[client]
