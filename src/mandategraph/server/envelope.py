"""The envelope of every answer, whatever its route: security headers, CORS, a line of the log, no body for HEAD.

Nobody is given an answer who leaves too many unread: a client that does so already is asked to read them first, and
where a long answer has turned out to be one too many, its place is taken by the problem.
"""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mandategraph.server import problems
from mandategraph.server.asking import CLIENT
from mandategraph.server.budget import client_of
from mandategraph.server.metering import FREE
from mandategraph.server.observation import Observation
from mandategraph.server.problems import Problem
from mandategraph.server.unread import LONG, Unread

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
        self,
        app: ASGIApp,
        direct: Mapping[str, ASGIApp],
        observed: Observation,
        problem: Problems,
        unread: Unread,
        limits: str,
    ) -> None:
        self._app, self._direct, self._observed, self._problem, self._unread = app, direct, observed, problem, unread
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
        begun, length = False, 0
        refused: Problem | None = None

        async def sent(message: Message) -> None:
            nonlocal start, begun, length, refused
            if message["type"] == "http.response.start":
                # It goes out with the first part of the body: until then there may be something else to tell.
                start = message
                return
            body = message.get("body", b"")
            if bare:
                body, message = b"", {**message, "body": b""}
            elif not begun and len(body) > LONG:
                refused = problems.of_unread(self._unread, _client(scope), body)
            if refused:
                return
            if not begun:
                begun = True
                _head(start, raw)
                await send(start)
            length += len(body)
            await send(message)

        try:
            await self._handled(scope, receive, sent)
            if refused:
                told, refused = refused, None
                await self._told(told, scope, receive, sent)
            if "type" not in start:
                start = {"status": _LEFT}
        finally:
            self._observed.answered(scope, start, length, time.perf_counter() - began)

    async def _handled(self, scope: Scope, receive: Receive, send: Callable[[Message], Awaitable[None]]) -> None:
        app = self._direct.get(scope["path"], self._app)
        try:
            self._admit(scope)
            await app(scope, receive, send)
        except Exception as error:
            self._observed.refused(scope, error)
            status = await self._told(error, scope, receive, send)
            if status == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise

    def _admit(self, scope: Scope) -> None:
        """Nothing, unless the client leaves too much unread to ask.

        Raises:
            Problem: it does.
        """
        if self._unread.size and scope["path"] not in FREE:
            refused = problems.of_unread(self._unread, _client(scope))
            if refused:
                raise refused

    async def _told(
        self, error: Exception, scope: Scope, receive: Receive, send: Callable[[Message], Awaitable[None]]
    ) -> int:
        """Tell an error; the status it is told with."""
        accept = b", ".join(value for name, value in scope["headers"] if name == b"accept")
        response = self._problem(scope["method"], accept.decode("latin-1") or None, error)
        await response(scope, receive, send)
        return response.status_code


def _client(scope: Scope) -> str:
    return client_of(scope["client"][0] if scope.get("client") else None)


def _head(message: Message, raw: Iterable[tuple[bytes, bytes]]) -> None:
    """Give the head of an answer what every answer of its kind has."""
    given = [(name, value) for name, value in message.get("headers", ()) if name != b"vary"]
    message["headers"] = [*given, *raw]
