"""The shield: HTTP connections that are slow, silent or send too much are cut off, which the server alone does not do.

Each connection is in one phase: it sends headers, sends a body, waits for its answer, or is idle. Once a second all are
looked at; one whose phase has lasted longer than the service is patient is told 408 and closed. Idle ones between two
requests are the server's own to close. What is refused here is logged, counted and given the headers of every answer.
A connection is not read, and its next request does not begin, until the kernel has taken the whole answer before.
"""

import asyncio
import ipaddress
import socket
import struct
from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, cast

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from mandategraph.server import problems, refusal
from mandategraph.server.budget import client_of
from mandategraph.server.envelope import RAW
from mandategraph.server.observation import Observation
from mandategraph.server.outgoing import Outgoing
from mandategraph.server.refusal import Refusal
from mandategraph.server.retiring import RetiringProtocol
from mandategraph.server.settings import Patience
from mandategraph.server.unread import Unread

# Refusals that pass, and the seconds after which it is worth another try.
_PASSING = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})
_SOON = 1
# Requests that a connection may send before it has its answer to the first.
_AHEAD = 32
# What a body in chunks of one byte each takes for a byte: none takes more that is not meant to.
_CHUNK = len(b"1\r\nx\r\n")


class _AheadError(Exception):
    """A connection asks too much before it is answered."""


class Shield:
    """The connections of one server, and how patient it is with them; those of a proxy are of many clients."""

    def __init__(self, patience: Patience, observed: Observation, unread: Unread, proxies: Iterable[str] = ()) -> None:
        self.patience, self.observed, self.unread = patience, observed, unread
        self._proxies = [ipaddress.ip_network(each) for each in proxies]
        self.connections: set[ShieldedProtocol] = set()
        self.by_client: Counter[str] = Counter()

    def protocol(self) -> type[asyncio.Protocol]:
        """The class of this server's connections."""
        return type("Protocol", (ShieldedProtocol,), {"shield": self})

    def is_proxy(self, address: str) -> bool:
        """Whether an address is that of a proxy of this service."""
        return bool(address) and any(ipaddress.ip_address(address) in network for network in self._proxies)

    async def sweep(self) -> None:
        """Cut off every connection that has lasted too long in its phase."""
        for each in list(self.connections):
            each.check()


class ShieldedProtocol(RetiringProtocol):
    """A connection that is watched."""

    shield: Shield
    transport: Outgoing  # type: ignore[assignment] # what the server uses of a transport, it has

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._most = self.shield.patience
        # Of the message that comes: whether its head does, its bytes as they come, and what its fields hold.
        self._heading, self._raw, self._size, self._fields = True, 0, 0, 0
        self._untaken, self._untaken_since = 0, 0.0
        self._owed = False
        self._crowded = False
        self._in("headers")

    def _in(self, phase: str) -> None:
        self._phase, self._since = phase, self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the server has it
        """Count a new connection; one too many of a client is closed."""
        shield = self.shield
        outgoing = Outgoing(transport, self.loop, shield.unread, self._asking)
        super().connection_made(cast("asyncio.Transport", outgoing))
        self._crowded = len(shield.connections) >= self._most.connections
        self._client = client_of(self.client[0] if self.client else None)
        shield.by_client[self._client] += 1
        shield.connections.add(self)
        own = shield.by_client[self._client]
        if own > self._most.per_client and not shield.is_proxy(self.client[0] if self.client else ""):
            self._refuse(refusal.of_client(self._most))

    def _asking(self) -> str:
        """The client that is answered: the one a proxy names, if it does."""
        client = self.cycle.scope["client"] if self.cycle is not None else self.client
        return client_of(client[0] if client else None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self.transport.lost()
        super().connection_lost(exc)
        self.shield.connections.discard(self)
        self.shield.by_client[self._client] -= 1
        if self.shield.by_client[self._client] <= 0:
            del self.shield.by_client[self._client]

    def data_received(self, data: bytes) -> None:
        """Read what has come, as long as it does not grow without end.

        What a message holds is bounded as it is read; what it sends beside that (the marks of chunks, empty lines) is
        bounded by its bytes as they come, counted from the end of the part in which it begins.
        """
        if self.transport.is_closing():
            return
        if self._phase == "idle":
            self._in("headers")
        self._raw += len(data)
        super().data_received(data)
        most = self._most
        if self._is_too_large() or (self._heading and self._raw > 2 * most.header_bytes):
            self._refuse(refusal.of_headers(self._most))
        elif self._raw > _CHUNK * most.body_bytes + most.header_bytes:
            self._refuse(refusal.of_body(self._most))

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._heading, self._raw, self._size, self._fields = True, 0, 0, 0
        if self._phase != "answer":
            self._in("headers")

    def on_url(self, url: bytes) -> None:
        """A part of the address, which is kept as long as it may be."""
        self._size += len(url)
        super().on_url(url[: max(0, len(url) + self._most.header_bytes - self._size)])

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field, which is kept as long as there may be more of them; those behind a body are not."""
        self._size += len(name) + len(value) + 4
        self._fields += 1
        if self._heading and not self._is_too_large():
            super().on_header(name, value)

    def _is_too_large(self) -> bool:
        return self._size > self._most.header_bytes or self._fields > self._most.header_fields

    def on_headers_complete(self) -> None:
        """The headers are there: what is refused before all else is; it is not read what would be answered later."""
        if len(self.pipeline) >= _AHEAD:
            raise _AheadError
        application, told = self.app, self._refusal()
        if told:
            self.app = self._refusing(told)
        self._heading, self._raw, self._size, self._fields = False, 0, 0, 0
        self._in("body")
        super().on_headers_complete()
        self.app = application

    def _refusal(self) -> Refusal | None:
        """What a request is refused for, of which no more than the headers are known."""
        hosts, codings, announced = 0, [], b"0"
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding":
                codings.append(value.lower())
            elif name == b"content-length":
                announced = value
        if self._crowded:
            return refusal.of_connections(self._most)
        if self._is_too_large():
            return refusal.of_headers(self._most)
        if announced.isdigit() and int(announced) > self._most.body_bytes:
            return refusal.of_body(self._most, announced.decode())
        return refusal.of_framing(self.parser.get_http_version(), hosts, codings)

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._heading, self._raw = True, 0
        self._in("answer" if not self.cycle.response_complete else "idle")

    def on_response_complete(self) -> None:
        """The answer is written; a body that is still on its way has its time."""
        self.transport.flush()
        if self.flow.write_paused:
            self.flow.pause_reading()
            self._owed = True
        else:
            self._answered()

    def _answered(self) -> None:
        """The kernel has all of the answer."""
        if self._phase == "answer":
            self._in("idle")
        super().on_response_complete()

    def resume_writing(self) -> None:
        """The kernel takes more."""
        if self.transport.feed():
            super().resume_writing()
            if self._owed:
                self._owed = False
                self._answered()

    def check(self) -> None:
        """Cut this connection off if it has lasted too long in its phase, or its client does not read."""
        now, most = self.loop.time(), self._most
        if self._crowded and self._phase == "headers":
            # One for whom there is no room is given the time to ask, and no more.
            self._refuse(refusal.of_connections(self._most))
        elif self._phase == "headers" and now - self._since > most.headers:
            self._refuse(refusal.of_time("headers", most.headers))
        elif self._phase == "body" and now - self._since > most.body:
            self._refuse(refusal.of_time("body", most.body))
        untaken = self.transport.untaken()
        if not untaken or untaken != self._untaken:
            self._untaken, self._untaken_since = untaken, now
        elif now - self._untaken_since > most.reading:
            self._drop()

    def _drop(self) -> None:
        """End this connection at once; what the client has not read is thrown away, by the kernel too."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _refuse(self, told: Refusal) -> None:
        """Answer a connection that has no request, or none that is whole, and close it."""
        if self.transport.is_closing():
            return
        if self._has_answers_to_come():
            self._drop()
            return
        scope = {"type": "http", "method": "", "path": "", "client": self.client}
        headers, body = self._problem(scope, told)
        lines = b"".join(b"%s: %s\r\n" % field for field in headers)
        self.transport.write(STATUS_LINE[told.status] + lines + b"\r\n" + body)
        self.transport.close()

    def _has_answers_to_come(self) -> bool:
        """Whether what is told now would be taken for the answer to another request."""
        if self.cycle is None or self.cycle.response_complete:
            return bool(self.pipeline)
        return self.cycle.response_started or self._phase == "answer" or bool(self.pipeline)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(Refusal(HTTPStatus.BAD_REQUEST, msg))

    def _refusing(self, told: Refusal) -> ASGIApp:
        """An application that refuses every request so, and ends the connection."""

        async def refusing(scope: Scope, _receive: Receive, send: Send) -> None:
            headers, body = self._problem(scope, told)
            await send({"type": "http.response.start", "status": int(told.status), "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return refusing

    def _problem(self, scope: Scope, told: Refusal) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """The headers and the body that refuse a request; noted as the answer it is."""
        status = told.status
        body = problems.document(status, told.detail, told.members)
        self.shield.observed.answered(scope, {"status": int(status)}, len(body), self.loop.time() - self._since)
        again = [(b"retry-after", b"%d" % _SOON)] if status in _PASSING else []
        headers = [
            (b"content-type", problems.PROBLEM.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        return [*headers, *again, *RAW], body
