"""The envelope of every answer, whatever its route: security headers, CORS, a line of the log, no body for HEAD."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mandategraph.server.asking import CLIENT
from mandategraph.server.observation import Observation

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Vary": "Accept, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Allow, Content-Location, ETag, Last-Modified, Link, Query-Limits, Retry-After, Server-Timing, X-Total-Count"
    ),
}
# One answer in several formats and codings: caches have to ask for both, whatever a route says of it.
RAW = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in HEADERS.items()]
# No status of HTTP, for nothing was answered; logs and figures of other servers tell a client that left so too.
_LEFT = 499
Problems = Callable[[str, str | None, Exception], Response]


class Envelope:
    """Middleware; paths of `direct` go to their application at once, past the framework, and tell the limits."""

    def __init__(
        self, app: ASGIApp, direct: Mapping[str, ASGIApp], observed: Observation, problem: Problems, limits: str
    ) -> None:
        self._app, self._direct, self._observed, self._problem = app, direct, observed, problem
        self._limits = [*RAW, (b"query-limits", limits.encode("ascii"))]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        CLIENT.set(scope["client"][0] if scope.get("client") else "")
        bare = scope["method"] == "HEAD"
        raw = self._limits if scope["path"] in self._direct else RAW
        start: Message = {"status": HTTPStatus.INTERNAL_SERVER_ERROR}
        length = 0

        async def sent(message: Message) -> None:
            nonlocal start, length
            if message["type"] == "http.response.start":
                _head(message, raw)
                start = message
            elif message["type"] == "http.response.body":
                if bare:
                    message = {**message, "body": b""}
                length += len(message.get("body", b""))
            await send(message)

        try:
            await self._handled(self._direct.get(scope["path"], self._app), scope, receive, sent)
            if "type" not in start:
                start = {"status": _LEFT}
        finally:
            self._observed.answered(scope, start, length, time.perf_counter() - began)

    async def _handled(
        self, app: ASGIApp, scope: Scope, receive: Receive, send: Callable[[Message], Awaitable[None]]
    ) -> None:
        try:
            await app(scope, receive, send)
        except Exception as error:
            self._observed.refused(scope, error)
            accept = b", ".join(value for name, value in scope["headers"] if name == b"accept")
            response = self._problem(scope["method"], accept.decode("latin-1") or None, error)
            await response(scope, receive, send)
            if response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise


def _head(message: Message, raw: Iterable[tuple[bytes, bytes]]) -> None:
    """Give the head of an answer what every answer of its kind has."""
    given = [(name, value) for name, value in message.get("headers", ()) if name != b"vary"]
    message["headers"] = [*given, *raw]
