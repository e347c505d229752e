"""Users' queries at a store elsewhere: many at once in one event loop, each within its own limits."""

import asyncio
import traceback
from collections.abc import Callable, Sequence
from typing import Self, TypeVar

import httpx

from mandategraph.errors import LimitReached
from mandategraph.store import Bound, Results
from mandategraph.store.addresses import shown
from mandategraph.store.credentials import WhenAsked
from mandategraph.store.exchange import TOLD, Patience, asking, judged, read
from mandategraph.store.link import agent, fault_of
from mandategraph.store.remote import Prepared, RemoteStore, prepared

Answer = TypeVar("Answer")


class RemoteQueries:
    """A line for users' queries to the store of a release; to be used, and closed, in one event loop.

    A query is read here before it is sent: what is refused, or is no SPARQL 1.1, never leaves. It reaches the graphs
    of the release and no other. Its answer is received whole, and checked to its end, before any of it is given on.
    Whether a store stops at a query whose connection is closed is its own matter: it should have a time limit too.
    """

    def __init__(self, store: RemoteStore, at_once: int) -> None:
        """For the release of a store; at most so many connections are open at once, further queries wait."""
        self._store, self._url = store, store.link.endpoints.query
        limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
        # The time limit of a query holds for all of it, waiting included; nothing else ends it before.
        self._client = httpx.AsyncClient(auth=WhenAsked(), timeout=None, limits=limits, headers=agent())  # noqa: S113 - run() has one

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

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
        must not hold them. Its exceptions are passed on. When the caller is cancelled, the connection is closed.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
            SyntaxFault: it holds what is refused; the place is told.
            UsageError: it asks for a default graph that this store would miscount.
            LimitReached: the answer takes longer than the seconds it may (`time`), or has more bytes (`size`).
            StoreFault: the store cannot be reached, refuses, fails, or answers what is not whole.
        """
        try:
            async with asyncio.timeout(patience.seconds):
                asked = await asyncio.to_thread(self._prepared, text, (default, named), bound, base)
                headers, content = await self._answer(asked, patience)
        except TimeoutError:
            raise LimitReached("time", patience.seconds, "seconds") from None
        return await asyncio.to_thread(_written, shown(self._url), asked.kind, headers, content, write)

    def _prepared(
        self, text: str, graphs: tuple[Sequence[str], Sequence[str]], bound: Bound | None, base: str | None
    ) -> Prepared:
        asked = prepared(text, self._store.dataset, graphs, bound, base)
        self._store.check(asked.default)
        return asked

    async def _answer(self, asked: Prepared, patience: Patience) -> tuple[httpx.Headers, bytes]:
        """The headers and the body of the store's answer."""
        fields = self._store.dataset.fields(asked.default, asked.named)
        headers, body = asking(asked.text, fields, asked.kind)
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


def _written(
    where: str, kind: str, headers: httpx.Headers, content: bytes, write: Callable[[Results], Answer]
) -> Answer:
    """What is made of an answer; its results begin and end in the thread that calls this, whatever is raised."""
    found = read(where, kind, headers, content)
    try:
        return write(found)
    except BaseException as error:
        # The frames of an exception would keep the results until another thread drops them, which the engine forbids.
        traceback.clear_frames(error.__traceback__)
        raise
    finally:
        del found
