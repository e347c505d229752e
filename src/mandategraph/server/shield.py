"""The shield: HTTP connections that are slow, silent or send too much are cut off, which the server alone does not do.

Each connection is in one phase: it sends headers, sends a body, waits for its answer, or is idle. Once a second all are
looked at; one whose phase has lasted longer than the service is patient is told 408 and closed. Idle ones between two
requests are the server's own to close. What is refused here is logged, counted and given the headers of every answer.
"""

import asyncio
import ipaddress
import json
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

from mandategraph.server.envelope import RAW
from mandategraph.server.observation import Observation
from mandategraph.server.retiring import RetiringProtocol
from mandategraph.server.settings import Patience

# Refusals that pass, and the seconds after which it is worth another try.
_PASSING = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})
_SOON = 1


class Shield:
    """The connections of one server, and how patient it is with them; those of a proxy are of many clients."""

    def __init__(self, patience: Patience, observed: Observation, proxies: Iterable[str] = ()) -> None:
        self.patience, self.observed = patience, observed
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


class _Gathering:
    """A transport that sends in one piece what is written in one turn of the loop: an answer, head and body."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Hold what is to be sent until this turn of the loop ends."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)

    def _flush(self) -> None:
        held, self._held = self._held, []
        if held:
            self._transport.write(b"".join(held))

    def close(self) -> None:
        """Close behind what is held."""
        self._flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class ShieldedProtocol(RetiringProtocol):
    """A connection that is watched."""

    shield: Shield

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._sent = 0
        self._unread = 0
        self._unread_since = 0.0
        self._crowded = False
        self._in("headers")

    def _in(self, phase: str) -> None:
        self._phase, self._since = phase, self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the server has it
        """Count a new connection; one too many of a client is closed."""
        super().connection_made(cast("asyncio.Transport", _Gathering(transport, self.loop)))
        shield = self.shield
        self._crowded = len(shield.connections) >= shield.patience.connections
        address = self.client[0] if self.client else ""
        shield.by_client[address] += 1
        shield.connections.add(self)
        if shield.by_client[address] > shield.patience.per_client and not shield.is_proxy(address):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS, f"at most {shield.patience.per_client} connections of a client")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        super().connection_lost(exc)
        address = self.client[0] if self.client else ""
        self.shield.connections.discard(self)
        self.shield.by_client[address] -= 1
        if self.shield.by_client[address] <= 0:
            del self.shield.by_client[address]

    def data_received(self, data: bytes) -> None:
        """Read what has come, as long as headers do not grow without end."""
        if self._phase == "idle":
            self._in("headers")
        if self._phase == "headers":
            self._sent += len(data)
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._phase == "headers" and self._sent > 2 * self.shield.patience.header_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers are too large")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        if self._phase != "answer":
            self._in("headers")

    def on_headers_complete(self) -> None:
        """The headers are there: one connection too many, headers or a body too large are refused before all else."""
        application, refusal = self.app, self._refusal()
        if refusal:
            self.app = self._refusing(*refusal)
        self._sent = 0
        self._in("body")
        super().on_headers_complete()
        self.app = application

    def _refusal(self) -> tuple[HTTPStatus, str] | None:
        """What a request is refused for, of which no more than the headers are known."""
        patience = self.shield.patience
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        announced = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if self._crowded:
            return HTTPStatus.SERVICE_UNAVAILABLE, f"expected at most {patience.connections} connections at one time"
        if size > patience.header_bytes:
            told = f"expected headers of at most {patience.header_bytes} bytes, found {size}"
            return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, told
        if announced.isdigit() and int(announced) > patience.body_bytes:
            told = f"expected a body of at most {patience.body_bytes} bytes, found {announced.decode()}"
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told
        return None

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._in("answer" if not self.cycle.response_complete else "idle")

    def on_response_complete(self) -> None:
        """The answer is written; a body that is still on its way has its time."""
        if self._phase == "answer":
            self._in("idle")
        super().on_response_complete()

    def check(self) -> None:
        """Cut this connection off if it has lasted too long in its phase, or its client does not read."""
        now, patience = self.loop.time(), self.shield.patience
        if self._crowded and self._phase == "headers":
            # One for whom there is no room is given the time to ask, and no more.
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, f"at most {patience.connections} connections at one time")
        elif self._phase == "headers" and now - self._since > patience.headers:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the headers took longer than {patience.headers:g} seconds")
        elif self._phase == "body" and now - self._since > patience.body:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, f"the body took longer than {patience.body:g} seconds")
        unread = self.transport.get_write_buffer_size()
        if not unread or unread != self._unread:
            self._unread, self._unread_since = unread, now
        elif now - self._unread_since > patience.reading:
            self._drop()

    def _drop(self) -> None:
        """End this connection at once; what the client has not read is thrown away, by the kernel too."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _refuse(self, status: HTTPStatus, told: str) -> None:
        """Answer a connection that has no request, or none that is whole, and close it."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            self._drop()
            return
        if not self.transport.is_closing():
            scope = {"type": "http", "method": "", "path": "", "client": self.client}
            headers, body = self._problem(scope, status, told)
            lines = b"".join(b"%s: %s\r\n" % field for field in headers)
            self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + body)
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def _refusing(self, status: HTTPStatus, told: str) -> ASGIApp:
        """An application that refuses every request so, and ends the connection."""

        async def refusing(scope: Scope, _receive: Receive, send: Send) -> None:
            headers, body = self._problem(scope, status, told)
            await send({"type": "http.response.start", "status": int(status), "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return refusing

    def _problem(self, scope: Scope, status: HTTPStatus, told: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """The headers and the body that refuse a request; noted as the answer it is."""
        problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": told}
        body = json.dumps(problem).encode()
        self.shield.observed.answered(scope, {"status": int(status)}, len(body), self.loop.time() - self._since)
        again = [(b"retry-after", b"%d" % _SOON)] if status in _PASSING else []
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        return [*headers, *again, *RAW], body
