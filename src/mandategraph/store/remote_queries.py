"""Users' queries at a store elsewhere: many at once in one event loop, each within its own limits."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self, TypeVar

import httpx
import pyoxigraph as ox

from mandategraph.errors import LimitReached
from mandategraph.store import Bound, Results
from mandategraph.store.addresses import shown
from mandategraph.store.credentials import WhenAsked
from mandategraph.store.exchange import ERRAND, TOLD, Errand, Field, Patience, Received, asking, judged, made, read
from mandategraph.store.link import agent, fault_of
from mandategraph.store.remote import Prepared, RemoteStore, prepared
from mandategraph.store.syntax import ROWS, shape_of

Answer = TypeVar("Answer")


class RemoteQueries:
    """A line for users' queries to the store of a release; to be used, and closed, in one event loop.

    A query is read here before it is sent: what is refused, or is no SPARQL 1.1, never leaves. It reaches the graphs
    of the release and no other. Its answer is received whole, and checked to its end, before any of it is given on.
    Whether a store stops at a query whose connection is closed is its own matter: it should have a time limit too.
    """

    def __init__(self, store: RemoteStore, at_once: int, writers: int = 4) -> None:
        """For the release of a store: how many connections are open, how many answers written, at once; others wait."""
        self._store, self._url = store, store.link.endpoints.query
        self._threads = ThreadPoolExecutor(writers, "written")
        self._free = asyncio.Semaphore(writers)
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        # The time limit of a query holds for all of it, waiting included; nothing else ends it before.
        self._client = httpx.AsyncClient(auth=WhenAsked(), timeout=None, limits=limits, headers=agent())  # noqa: S113 - run() has one

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up, once what is being written is."""
        await self._client.aclose()
        await asyncio.to_thread(self._threads.shutdown)

    async def run(
        self,
        text: str,
        default: Sequence[str],
        named: Sequence[str],
        patience: Patience,
        write: Callable[[Results], Answer],
        bound: Bound | None = None,
        base: str | None = None,
    ) -> Answer:
        """What `write` makes of the results of a query over the graphs named with it, over the release if none are.

        `write` is called in a thread of its own, with results that no other thread may touch; what it gives back
        must not hold them. Its exceptions are passed on. The seconds hold until it is called. When the caller is
        cancelled, the connection is closed.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
            SyntaxFault: it holds what is refused; the place is told.
            UsageError: it asks for a default graph that this store would miscount.
            LimitReached: the answer takes longer than the seconds it may (`time`), or has more bytes (`size`).
            QueryRefused: the store refuses the query.
            StoreFault: the store cannot be reached, fails, or answers what is not whole.
        """
        try:
            async with asyncio.timeout(patience.seconds):
                ERRAND.set(Errand(patience, time.monotonic() + patience.seconds))
                asked = await asyncio.to_thread(self._prepared, text, (default, named), bound, base)
                fields = self._store.dataset.fields(asked.default, asked.named)
                headers, content = await self._answer(asked.text, fields, asked.kind, patience)
                await self._free.acquire()
        except TimeoutError:
            raise LimitReached("time", patience.seconds, "seconds") from None
        return await self._made(Received(shown(self._url), asked.kind, asked.variables, headers, content), write)

    async def column(self, text: str, fields: Sequence[Field], patience: Patience) -> list[str]:
        """The texts in the first column of the rows that answer a query of ours.

        Raises:
            LimitReached: the answer takes too long or is too large.
            StoreFault: as for `run`.
        """
        try:
            async with asyncio.timeout(patience.seconds):
                headers, content = await self._answer(text, fields, ROWS, patience)
        except TimeoutError:
            raise LimitReached("time", patience.seconds, "seconds") from None
        found = read(Received(shown(self._url), ROWS, shape_of(text)[1], headers, content))
        cells = [row[0] for row in found] if isinstance(found, ox.QuerySolutions) else []
        return [cell.value for cell in cells if isinstance(cell, ox.NamedNode | ox.Literal)]

    async def _made(self, answer: Received, write: Callable[[Results], Answer]) -> Answer:
        """What is made of an answer, in a thread that was free, and is again when that has ended, whoever leaves."""
        loop = asyncio.get_running_loop()
        work: Future[Answer] = self._threads.submit(made, answer, write)
        work.add_done_callback(lambda _: loop.call_soon_threadsafe(self._free.release))
        return await asyncio.shield(asyncio.wrap_future(work))

    def _prepared(
        self, text: str, graphs: tuple[Sequence[str], Sequence[str]], bound: Bound | None, base: str | None
    ) -> Prepared:
        asked = prepared(text, self._store.dataset, graphs, bound, base)
        self._store.check(asked.default)
        return asked

    async def _answer(
        self, text: str, fields: Sequence[Field], kind: str, patience: Patience
    ) -> tuple[httpx.Headers, bytes]:
        """The headers and the body of the store's answer."""
        headers, body = asking(text, fields, kind)
        content = bytearray()
        try:
            async with self._client.stream("POST", self._url, headers=headers, content=body) as response:
                most = patience.most if response.is_success else TOLD
                async for part in response.aiter_bytes():
                    content += part
                    if len(content) > most:
                        break
        except httpx.HTTPError as error:
            raise fault_of(error, shown(self._url), patience.seconds) from None
        judged(shown(self._url), response.status_code, response.headers, bytes(content[:TOLD]))
        if len(content) > most:
            raise LimitReached("size", most, "bytes")
        return response.headers, bytes(content)
