"""Metering: what look-ups and pages cost is taken from their client's time, as queries are."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mandategraph.server import problems
from mandategraph.server.budget import Budget, client_of
from mandategraph.server.settings import Limits

FREE = frozenset({"/style.css", "/healthz", "/readyz", "/metrics", "/docs"})


class Metering:
    """Middleware: a client that has used its time is refused until it has regained some."""

    def __init__(self, app: ASGIApp, budget: Budget, limits: Limits) -> None:
        self._app, self._budget, self._limits = app, budget, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and charge its client for it.

        Raises:
            Problem: 429 if the client has used its time.
        """
        if scope["type"] != "http" or scope["path"] in FREE:
            await self._app(scope, receive, send)
            return
        client = client_of(scope["client"][0] if scope.get("client") else None)
        wait = self._budget.wait(client)
        if wait:
            raise problems.of_budget(self._limits, wait)
        began = time.monotonic()

        async def charged(message: Message) -> None:
            # Until here it was our work; how fast the client reads is its own.
            if message["type"] == "http.response.start":
                self._budget.charge(client, time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, charged)
