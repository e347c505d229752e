"""Look-ups and pages over a store elsewhere: in turn, in time, and only of the release that the service says it is."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mandategraph.server import problems
from mandategraph.server.budget import client_of
from mandategraph.server.settings import MIB, Limits
from mandategraph.server.telling import tell
from mandategraph.server.turns import RefusedError, Turns
from mandategraph.server.watching import LOOKED_AT, Watch
from mandategraph.store.exchange import ERRAND, Errand, Patience

# What is answered from here, whatever the store does.
HERE = frozenset(
    {
        *("/", "/style.css", "/healthz", "/readyz", "/metrics"),
        *("/sparql", "/sparql/", "/.well-known/void"),
    }
)
# What is here once the examples of the description have been fetched.
DESCRIBED = frozenset({"/docs", "/openapi.json"})
# The whole graph takes longer than a look-up and is larger; it is fetched for one caller at a time, and kept.
DUMP = "/dump.nq"


@dataclass(frozen=True, slots=True)
class Fetching:
    """How what is not here is fetched from a store: within which limits, and who knows whether it holds the release."""

    limits: Limits
    watch: Watch
    described: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def at_once(self) -> int:
        """How many look-ups ask the store at a time, each in a thread."""
        return self.limits.workers + self.limits.long

    def add_threads(self) -> None:
        """Have as many threads more as look-ups may hold; to be called in the event loop, once."""
        anyio.to_thread.current_default_thread_limiter().total_tokens += self.at_once + 2

    async def describe(self, fetch: Callable[[], object]) -> None:
        """Fetch the examples of the description, before anybody asks, and however often that has to be tried."""
        while not self.described.is_set():
            patience = Patience()
            ERRAND.set(Errand(patience, time.monotonic() + patience.seconds))
            try:
                await anyio.to_thread.run_sync(fetch, abandon_on_cancel=True)
                self.described.set()
            except Exception as error:  # noqa: BLE001 -- whatever it is: there is another try
                tell(f"the examples of the description cannot be fetched: {error}")
                await asyncio.sleep(LOOKED_AT)


class FetchingMiddleware:
    """Middleware: what asks the store waits for its turn, is given up in time, and is held back until confirmed."""

    def __init__(self, app: ASGIApp, fetching: Fetching) -> None:
        limits = fetching.limits
        self._app, self._watch, self._limits, self._described = app, fetching.watch, limits, fetching.described
        self._turns = Turns(fetching.at_once, limits.queue, limits.per_client)
        self._dumps = Turns(1, limits.queue, limits.per_client)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request.

        Raises:
            Problem: 503 or 429 if there is no turn, or the store does not hold the release any more.
        """
        if scope["type"] == "http" and scope["path"] in DESCRIBED:
            await self._until_described()
        if scope["type"] != "http" or scope["path"] in HERE | DESCRIBED:
            await self._app(scope, receive, send)
            return
        self._refuse(self._watch.in_the_way)
        is_dump = scope["path"] == DUMP
        patience = Patience() if is_dump else Patience(self._limits.timeout, self._limits.result * MIB)
        client = client_of(scope["client"][0] if scope.get("client") else None)
        # A body that is slow to come keeps no turn from others.
        body = await _received(receive) if scope["method"] == "POST" else []
        answer = _Answer(body, receive)
        try:
            async with (self._dumps if is_dump else self._turns).of(client, self._limits.timeout) as left:
                seconds = patience.seconds if is_dump else left
                await self._asked(scope, answer, Errand(patience, time.monotonic() + seconds))
        except RefusedError as refused:
            self._refuse(refused.limit)
        for message in answer.messages:
            await send(message)
        if answer.error is not None:
            raise answer.error

    async def _until_described(self) -> None:
        try:
            async with asyncio.timeout(self._limits.timeout):
                await self._described.wait()
        except TimeoutError:
            self._refuse("time")

    async def _asked(self, scope: Scope, answer: "_Answer", errand: Errand) -> None:
        """Have a request answered; if the store was asked for it, it has to hold the release behind that too."""
        before = ERRAND.set(errand)
        try:
            await self._app(scope, answer.receive, answer.send)
        except Exception as error:  # noqa: BLE001 -- it is raised again once it is clear what it comes from
            answer.error = error
        finally:
            ERRAND.reset(before)
        if errand.asked and answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
            self._refuse(await self._watch.confirmed())

    def _refuse(self, limit: str) -> None:
        if limit:
            raise problems.of_limit(limit, self._limits, self._limits.timeout)


class _Answer:
    """An answer that is held back, and the body it answers."""

    def __init__(self, body: list[Message], receive: Receive) -> None:
        self._body, self._receive = body, receive
        self.messages: list[Message] = []
        self.error: Exception | None = None

    @property
    def status(self) -> int:
        """The status of the answer; 500 while there is none."""
        told: int = self.messages[0]["status"] if self.messages else HTTPStatus.INTERNAL_SERVER_ERROR
        return told

    async def receive(self) -> Message:
        """The next part of the body."""
        return self._body.pop(0) if self._body else await self._receive()

    async def send(self, message: Message) -> None:
        """Hold a part of the answer back."""
        self.messages.append(message)


async def _received(receive: Receive) -> list[Message]:
    """All parts of a body, which whoever takes connections has bounded."""
    parts = [await receive()]
    while parts[-1]["type"] == "http.request" and parts[-1].get("more_body"):
        parts.append(await receive())
    return parts
