"""The shield: HTTP connections that are slow, silent or send too much are cut off, which the server alone does not do.

Each connection is in one phase: it sends headers, sends a body, waits for its answer, or is idle. Once a second all are
looked at; one whose phase has lasted longer than the service is patient is told 408 and closed. Idle ones between two
requests are the server's own to close.
"""

import asyncio
import ipaddress
import json
import socket
import struct
from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE
from uvicorn.server import ServerState

from mandategraph.server.retiring import RetiringProtocol
from mandategraph.server.settings import Patience


class Shield:
    """The connections of one server, and how patient it is with them; those of a proxy are of many clients."""

    def __init__(self, patience: Patience, proxies: Iterable[str] = ()) -> None:
        self.patience = patience
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
        self._in("headers")

    def _in(self, phase: str) -> None:
        self._phase, self._since = phase, self.loop.time()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the server has it
        """Count a new connection; one too many of a client is closed."""
        super().connection_made(transport)
        shield = self.shield
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
        """The headers are there: too large ones, and a body too large, are refused before the application."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        application, most = self.app, self.shield.patience.body_bytes
        announced = next((value for name, value in self.headers if name == b"content-length"), b"0")
        if size > self.shield.patience.header_bytes:
            told = f"expected headers of at most {self.shield.patience.header_bytes} bytes, found {size}"
            self.app = _refusing(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, told)
        elif announced.isdigit() and int(announced) > most:
            told = f"expected a body of at most {most} bytes, found {announced.decode()}"
            self.app = _refusing(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)
        self._sent = 0
        self._in("body")
        super().on_headers_complete()
        self.app = application

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
        if self._phase == "headers" and now - self._since > patience.headers:
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
            body = _problem(status, told)
            head = b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(body) + body)
            self.transport.close()


def _problem(status: HTTPStatus, told: str) -> bytes:
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": told}
    return json.dumps(body).encode()


def _refusing(status: HTTPStatus, told: str) -> Any:
    """An application that refuses every request so, and ends the connection."""

    async def refusing(_scope: Scope, _receive: Receive, send: Send) -> None:
        body = _problem(status, told)
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return refusing
