"""Queries answered by a store elsewhere: under the same limits, but those of memory and processor are that store's."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from mandategraph.errors import LimitReached, StoreFault, SyntaxFault, UsageError
from mandategraph.server import answering
from mandategraph.server.settings import Limits
from mandategraph.server.wire import Job, Reply
from mandategraph.server.worker import refused_reply
from mandategraph.store import Results
from mandategraph.store.exchange import Patience
from mandategraph.store.remote import RemoteStore
from mandategraph.store.remote_queries import RemoteQueries


class Elsewhere:
    """Hands queries on to a store, a bounded number at a time; to be used in one event loop."""

    def __init__(self, store: RemoteStore, limits: Limits, page: answering.Page) -> None:
        self._limits, self._page = limits, page
        self._line = RemoteQueries(store, limits.workers + limits.long)
        self._clients: Counter[str] = Counter()

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    def state(self) -> dict[str, int]:
        """How many queries are under way."""
        return {"busy": self._clients.total()}

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """What became of a query within `limit` seconds; when the caller is cancelled, its connection is closed.

        The outcome is as that of the pool of workers; `store` where the store cannot be reached or does not answer.
        """
        if self._clients[client] >= self._limits.per_client:
            return Reply("client", {})
        if self._clients.total() >= self._limits.workers + self._limits.long + self._limits.queue:
            return Reply("queue", {})
        self._clients[client] += 1
        began = time.monotonic()
        try:
            return replace(await self._reply(job, limit), seconds=time.monotonic() - began)
        finally:
            self._clients[client] -= 1
            if not self._clients[client]:
                del self._clients[client]

    async def _reply(self, job: Job, limit: float) -> Reply:
        patience = Patience(limit, job.most)
        try:
            return await self._line.run(
                job.query, job.default, job.named, patience, self._writing(job), answering.terms(job), job.base
            )
        except LimitReached as reached:
            return Reply(reached.limit, {})
        except StoreFault as fault:
            return Reply("store", {"detail": f"expected {fault.expected}, found {fault.found}"})
        except (SyntaxFault, UsageError, answering.Refusal) as error:
            return refused_reply(error)
        except SyntaxError as error:
            return refused_reply(answering.syntax_fault(error, job))

    def _writing(self, job: Job) -> Callable[[Results], Reply]:
        return lambda found: answering.replied(found, job, self._page)


async def until_changed(store: RemoteStore, pause: float) -> None:
    """Wait until a store holds another release than the one it was opened with; one that is silent has not changed."""
    while True:
        await asyncio.sleep(pause)
        try:
            if not await asyncio.to_thread(store.is_current):
                return
        except (StoreFault, LimitReached):
            continue
