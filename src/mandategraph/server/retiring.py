"""Retiring: a server that has a successor takes no new connection, and answers those it has until they end.

A connection between two requests stays open for one more, whose answer says that it is the last. So no request is lost
that was on its way when the release was switched, which closing idle connections at once would do.
"""

import logging
import signal
import socket
import sys
from contextlib import suppress
from types import FrameType

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

RETIRE = signal.SIGUSR1


class _State(ServerState):
    """What the connections of a server share: whether it retires, too."""

    retires = False


class RetiringProtocol(HttpToolsProtocol):
    """A connection that ends with its next answer once its server retires."""

    def on_headers_complete(self) -> None:
        """A request begins; nothing is asked after it if the server retires."""
        super().on_headers_complete()
        if isinstance(self.server_state, _State) and self.server_state.retires:
            self.cycle.keep_alive = False

    def retire(self) -> None:
        """End with the answer under way, if the client has not been told otherwise."""
        if self.cycle is not None and not self.cycle.response_started:
            self.cycle.keep_alive = False


class _CutOff(logging.Filter):
    """Tells in the words of this service what is cut off at the end, which the server tells as an error of its own."""

    def __init__(self, drain: float) -> None:
        super().__init__()
        self._drain = drain

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is to be written as it is."""
        if not (str(record.msg).startswith("Cancel %s running task") and isinstance(record.args, tuple)):
            return True
        with suppress(OSError):
            told = f"cut off {record.args[0]} requests that took beyond {self._drain:g} seconds"
            sys.stderr.write(f"mandategraph: {told}\n")
            sys.stderr.flush()
        return False


class RetiringServer(uvicorn.Server):
    """A server that retires when it is sent `RETIRE`, and ends when it has no connection, or no more patience."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._state = _State()
        self.server_state = self._state
        self._wanted = False
        self._left = 10 * (config.timeout_graceful_shutdown or 0)
        logging.getLogger("uvicorn.error").addFilter(_CutOff(config.timeout_graceful_shutdown or 0))

    @property
    def retires(self) -> bool:
        """Whether it has been told to retire."""
        return self._wanted

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        signal.signal(RETIRE, self._told)
        await super().startup(sockets)

    def _told(self, _number: int, _frame: FrameType | None) -> None:
        self._wanted = True

    async def on_tick(self, counter: int) -> bool:
        """Whether to end; looked at ten times a second."""
        ends = await super().on_tick(counter)
        if self._wanted and not self._state.retires:
            self._retire()
        elif self._state.retires:
            self._left -= 1
        return ends or (self._state.retires and (self._left <= 0 or not self._state.connections))

    def _retire(self) -> None:
        self._state.retires = True
        for server in self.servers:
            server.close()
        for connection in list(self._state.connections):
            if isinstance(connection, RetiringProtocol):
                connection.retire()
