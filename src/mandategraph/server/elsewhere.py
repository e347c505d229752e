"""Queries answered by a store elsewhere: under the same limits, but those of memory and processor are that store's."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from mandategraph import publication
from mandategraph.errors import CredentialsError, LimitReached, QueryRefused, StoreFault, SyntaxFault, UsageError
from mandategraph.release import Manifest, digest
from mandategraph.server import answering
from mandategraph.server.settings import Limits
from mandategraph.server.telling import tell
from mandategraph.server.turns import RefusedError, Turns
from mandategraph.server.watching import Watch
from mandategraph.server.wire import Job, Reply
from mandategraph.server.worker import refused_reply
from mandategraph.store import Results
from mandategraph.store.exchange import ERRAND, Patience
from mandategraph.store.remote import RemoteStore
from mandategraph.store.remote_queries import RemoteQueries

_LOOK = Patience(5.0, 64 * 1024)


class Elsewhere:
    """Hands queries on to a store, a bounded number at a time; to be used in one event loop.

    `switch` is called when the store holds another release than the one that it was opened with.
    """

    def __init__(
        self, held: Manifest, store: RemoteStore, limits: Limits, page: answering.Page, switch: Callable[[], None]
    ) -> None:
        at_once = limits.workers + limits.long
        self._page = page
        # One connection more than there are queries: how the store is looked at waits for none of them.
        self._line = RemoteQueries(store, at_once + 1, limits.workers)
        self._turns = Turns(at_once, limits.queue, limits.per_client)
        pointer, known = publication.pointer(held), digest(held.text())

        async def look_further() -> bool:
            return await asyncio.to_thread(publication.published, store.link) is not None

        self.watch = Watch(known, lambda: self._line.column(*pointer, _LOOK), look_further, switch)

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    def state(self) -> dict[str, int]:
        """How many queries are under way, and how many wait."""
        return self._turns.state()

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """What became of a query within `limit` seconds; when the caller is cancelled, its connection is closed.

        The outcome is as that of the pool of workers; `refused` where the store refuses the query, `store` where it
        does not answer or does not hold the release, `switching` where it holds another.
        """
        errand = ERRAND.get()
        try:
            async with self._turns.of(client, min(limit, errand.left()) if errand else limit) as left:
                began = time.monotonic()
                reply = await self._reply(job, left)
                return replace(reply, seconds=time.monotonic() - began)
        except RefusedError as refused:
            return Reply(refused.limit, {})
        except LimitReached as reached:
            return Reply(reached.limit, {})

    async def _reply(self, job: Job, limit: float) -> Reply:
        """The reply to a query; if the store has answered, it is asked behind that whether it was of this release."""
        if self.watch.in_the_way:
            return Reply(self.watch.in_the_way, {})
        reply = await self._answered(job, limit)
        if reply.outcome in ("ok", "unwritable", "unacceptable"):
            unconfirmed = await self.watch.confirmed()
            return Reply(unconfirmed, {}) if unconfirmed else reply
        return reply

    async def _answered(self, job: Job, limit: float) -> Reply:
        patience = Patience(limit, job.most)
        try:
            return await self._line.run(
                job.query, job.default, job.named, patience, self._writing(job), answering.terms(job), job.base
            )
        except LimitReached as reached:
            return Reply(reached.limit, {})
        except QueryRefused as refused:
            tell(str(refused))
            return Reply("refused", {"detail": "the store behind this service refuses this query"})
        except (StoreFault, CredentialsError) as fault:
            tell(str(fault))
            return Reply("store", {})
        except (SyntaxFault, UsageError, answering.Refusal) as error:
            return refused_reply(error)
        except SyntaxError as error:
            return refused_reply(answering.syntax_fault(error, job))

    def _writing(self, job: Job) -> Callable[[Results], Reply]:
        return lambda found: answering.replied(found, job, self._page)
