"""What goes out over a connection: a short answer in one piece, a long one in parts as its client takes them.

A long answer is never copied whole: it is held as it is, by as many connections as send it, and counted as unread until
its last part is with the kernel.
"""

import asyncio
import fcntl
import struct
import termios
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from mandategraph.server.unread import LONG, Unread

_PART = 64 * 1024


@dataclass(slots=True)
class _Rest:
    """What is still to be sent of something, and the client it is counted for; None if it is too short to count."""

    body: bytes
    client: str | None
    sent: int = 0


class Outgoing:
    """A transport that gathers what is written in one turn of the loop, and sends no more than the client takes."""

    def __init__(
        self,
        transport: asyncio.Transport,
        loop: asyncio.AbstractEventLoop,
        unread: Unread,
        client: Callable[[], str],
    ) -> None:
        # Whatever the kernel does not take is told to the protocol, which then waits.
        transport.set_write_buffer_limits(high=0)
        self._transport, self._loop, self._unread, self._client = transport, loop, unread, client
        self._held: list[bytes] = []
        self._rests: deque[_Rest] = deque()
        self._closing = False

    def write(self, data: bytes) -> None:
        """Hold what is to be sent until this turn of the loop ends, or all that belongs to it is there."""
        if self._closing:
            return
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)

    def flush(self) -> None:
        """Send what is held."""
        held, self._held = self._held, []
        if not held:
            return
        if not self._rests and sum(map(len, held)) <= LONG:
            self._transport.write(b"".join(held))
            return
        for data in held:
            client = self._client() if len(data) > LONG else None
            if client is not None:
                self._unread.add(client, data)
            self._rests.append(_Rest(data, client))
        self.feed()

    def feed(self) -> bool:
        """Send parts until the kernel takes no more; whether all is sent."""
        while self._rests and not (self._transport.is_closing() or self._transport.get_write_buffer_size()):
            rest = self._rests[0]
            part = rest.body[rest.sent : rest.sent + _PART]
            rest.sent += len(part)
            if rest.sent >= len(rest.body):
                self._forget(self._rests.popleft())
            self._transport.write(part)
        if self._closing and not self._rests:
            # Not at once: this may be called by the transport as it writes, which closes itself then.
            self._loop.call_soon(self._transport.close)
        return not self._rests and not self._transport.get_write_buffer_size()

    def _forget(self, rest: _Rest) -> None:
        if rest.client is not None:
            self._unread.remove(rest.client, rest.body)

    def close(self) -> None:
        """Close behind what is still to be sent."""
        self.flush()
        self._closing = True
        if not self._rests:
            self._transport.close()

    def is_closing(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._closing or self._transport.is_closing()

    def lost(self) -> None:
        """Give up what is still to be sent, for the connection is gone."""
        self._closing = True
        self._held.clear()
        while self._rests:
            self._forget(self._rests.popleft())

    def get_write_buffer_size(self) -> int:
        """How many bytes the kernel has not taken yet."""
        held = sum(map(len, self._held)) + sum(len(rest.body) - rest.sent for rest in self._rests)
        return held + self._transport.get_write_buffer_size()

    def untaken(self) -> int:
        """How many bytes the client has not taken yet, if some of them are still here; otherwise 0."""
        here = self.get_write_buffer_size()
        if not here:
            return 0
        queued = b"\0" * 4
        with suppress(OSError):
            queued = fcntl.ioctl(self._transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, queued)
        return here + int(struct.unpack("i", queued)[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
