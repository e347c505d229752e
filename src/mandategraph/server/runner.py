"""What answers a query: a pool of workers, or another store."""

from typing import Protocol

from mandategraph.server.wire import Job, Reply


class Runner(Protocol):
    """Answers queries, each within its limit or not at all."""

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """What became of a query within `limit` seconds; when the caller is cancelled, so is the query."""

    def state(self) -> dict[str, int]:
        """Figures of what it is doing, by name."""
