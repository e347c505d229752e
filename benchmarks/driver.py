"""A client with little overhead: requests over connections that are kept, and how long each answer took."""

import asyncio
import gc
import math
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote

HOST = "127.0.0.1"
OK, NOT_MODIFIED = 200, 304
RESULTS = "application/sparql-results+json"
_NO_BODY = (b"204", b"304")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came, and how many seconds it took."""

    status: int
    head: bytes
    raw: bytes
    chunked: bool
    seconds: float

    @property
    def body(self) -> bytes:
        """The body, its chunks put together."""
        if not self.chunked:
            return self.raw
        parts, at = [], 0
        while size := _chunk(self.raw, at):
            start, length = size
            if not length:
                break
            parts.append(self.raw[start : start + length])
            at = start + length + 2
        return b"".join(parts)

    def header(self, name: str) -> str:
        """The value of a header, empty if there is none."""
        for line in self.head.split(b"\r\n")[1:]:
            key, _, value = line.partition(b":")
            if key.decode("latin-1").lower() == name:
                return value.strip().decode("latin-1")
        return ""


def _chunk(raw: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """Where the chunk that begins at an offset has its content, and how long it is; None if that is not there yet."""
    end = raw.find(b"\r\n", at)
    return None if end < 0 else (end + 2, int(raw[at:end].split(b";")[0], 16))


class Connection(asyncio.Protocol):
    """A connection that asks one request after the other."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._received = bytearray()
        self._body, self._end, self._next, self._sent = 0, -1, 0, 0.0

    async def ask(self, request: bytes) -> Answer:
        """The answer to a request.

        Raises:
            ConnectionError: the connection ended before it was whole.
        """
        if self._transport is None or self._transport.is_closing():
            raise ConnectionError("the connection is closed")
        self._received.clear()
        self._body, self._end = 0, -1
        self._waiting = asyncio.get_running_loop().create_future()
        self._sent = time.perf_counter()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what to write to."""
        self._transport = transport  # type: ignore[assignment] # a connection's transport is always one of these

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError(str(exc or "the connection was closed")))

    def data_received(self, data: bytes) -> None:
        """Read on, and hand the answer over when it is whole."""
        self._received += data
        if not self._body:
            at = self._received.find(b"\r\n\r\n")
            if at < 0:
                return
            self._read_head(at + 4)
        if self._is_whole() and self._waiting is not None and not self._waiting.done():
            seconds = time.perf_counter() - self._sent
            received, body = bytes(self._received), self._body
            status = int(received[9:12])
            self._waiting.set_result(Answer(status, received[: body - 4], received[body:], self._end < 0, seconds))

    def _read_head(self, body: int) -> None:
        head = bytes(self._received[:body]).lower()
        self._body = self._next = body
        _, named, rest = head.partition(b"\r\ncontent-length:")
        if named:
            self._end = body + int(rest.partition(b"\r\n")[0])
        elif head[9:12] in _NO_BODY:
            self._end = body
        elif b"\r\ntransfer-encoding: chunked" not in head:
            raise ValueError(f"expected a length or chunks, found {head!r}")

    def _is_whole(self) -> bool:
        if self._end >= 0:
            return len(self._received) >= self._end
        while found := _chunk(self._received, self._next):
            start, length = found
            if len(self._received) < start + length + 2:
                return False
            if not length:
                return True
            self._next = start + length + 2
        return False


async def connected(port: int, source: str = HOST) -> Connection:
    """A connection to a port of this machine, from one of its own addresses.

    Raises:
        OSError: nobody listens there.
    """
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(Connection, HOST, port, local_addr=(source, 0))
    return connection


def request(path: str, query: str, accept: str = RESULTS, **headers: str) -> bytes:
    """A GET request that asks a query."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"GET {path}?query={quote(query, safe='')} HTTP/1.1\r\nHost: bench\r\nAccept: {accept}\r\n{told}\r\n".encode()
    )


def asked(port: int, sent: bytes, patience: float, source: str = HOST) -> Answer | None:
    """The answer to one request; None if there is none within `patience` seconds."""

    async def once() -> Answer | None:
        connection = None
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(patience):
                connection = await connected(port, source)
                return await connection.ask(sent)
        if connection is not None:
            connection.close()
        return None

    return asyncio.run(once())


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a server: a request, by so many clients at once, for so long.

    A client has an address of its own, and asks at least once; `good` is the status its answers should have, `pause`
    how many seconds it waits between them. After `patience` seconds beyond the time it gives up.
    """

    port: int
    sent: bytes
    clients: int
    seconds: float
    patience: float
    good: int = OK
    pause: float = 0.0


@dataclass(slots=True)
class Measured:
    """The seconds of each good answer, how many of others there were by status (0: none), and the time of it all."""

    latencies: list[float] = field(default_factory=list)
    others: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, other: "Measured") -> None:
        """Take in what another round has measured."""
        self.latencies += other.latencies
        self.others += other.others
        self.seconds += other.seconds

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return len(self.latencies) / self.seconds if self.latencies else math.nan

    def quantile(self, share: float) -> float:
        """The seconds within which this share of the good answers came."""
        if not self.latencies:
            return math.nan
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def driven(load: Load) -> Measured:
    """What asking a server so has measured; to be run in a process of its own."""
    gc.collect()
    gc.disable()
    try:
        return asyncio.run(_driven(load))
    finally:
        gc.enable()


async def _driven(load: Load) -> Measured:
    measured = Measured()
    opened = [await connected(load.port, address(number)) for number in range(load.clients)]
    began = time.perf_counter()
    await asyncio.gather(*(_client(load, number, each, began, measured) for number, each in enumerate(opened)))
    measured.seconds = time.perf_counter() - began
    return measured


def address(number: int) -> str:
    """The address of a client: every one of 127.0.0.0/8 is this machine's."""
    return f"127.0.1.{number + 1}"


async def _client(load: Load, number: int, connection: Connection, began: float, measured: Measured) -> None:
    until = began + load.seconds
    try:
        async with asyncio.timeout(load.seconds + load.patience):
            while True:
                try:
                    answer = await connection.ask(load.sent)
                except ConnectionError:
                    measured.others[0] += 1
                    await asyncio.sleep(0.01)
                    connection = await connected(load.port, address(number))
                else:
                    _note(measured, answer, load.good)
                if time.perf_counter() >= until:
                    break
                if load.pause:
                    await asyncio.sleep(load.pause)
    except (TimeoutError, OSError):
        measured.others[0] += 1
    finally:
        connection.close()


def _note(measured: Measured, answer: Answer, good: int) -> None:
    if answer.status == good:
        measured.latencies.append(answer.seconds)
    else:
        measured.others[answer.status] += 1
