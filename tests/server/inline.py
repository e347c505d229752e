"""What the tests of the server share: the application over the release, its queries answered in this process."""

import asyncio
from functools import cache
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import ASGIApp

from mandategraph.release import Manifest
from mandategraph.server import application
from mandategraph.server.observation import Observation
from mandategraph.server.service import Service, service_of
from mandategraph.server.settings import Settings
from mandategraph.server.wire import HEAD, Job, Reply, job_of, packed_job
from mandategraph.server.worker import reply_to
from mandategraph.store.embedded import EmbeddedStore
from serving import HOME, release

RELEASED = 1_700_000_000.0


class Inline:
    """Answers queries in this process, as a worker does, and counts them."""

    def __init__(self, store: EmbeddedStore, service: Service) -> None:
        self._store, self._service = store, service
        self.jobs: list[Job] = []

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """What became of a query; the job goes the way to a worker and back."""
        assert limit > 0
        assert isinstance(client, str)
        self.jobs.append(job)
        return reply_to(self._store, job_of(packed_job(job)[HEAD:]), self._service.pages.results)

    def state(self) -> dict[str, int]:
        """Nothing runs beside."""
        return {"idle": 1}


@cache
def service() -> Service:
    """The release as the routes see it."""
    held, store = release()
    return service_of(HOME, held, store, RELEASED)


@cache
def runner() -> Inline:
    """What answers the queries of `app`."""
    return Inline(release()[1], service())


LOG: list[str] = []


def application_of(settings: Settings) -> FastAPI:
    """An application over the release; its log goes to `LOG`."""
    return application(service(), runner(), settings, Observation(settings, LOG.append))


def application_over(held: Manifest, store: EmbeddedStore) -> FastAPI:
    """An application over another release, with the queries of this one."""
    served = service_of(HOME, held, store, RELEASED)
    return application(served, Inline(store, served), Settings(), Observation(Settings(), LOG.append))


def ask(held: ASGIApp, method: str = "GET", path: str = "/sparql", **options: Any) -> httpx.Response:
    """The response of an application to a request, which has no headers but those given."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(held, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            client.headers.clear()
            return await client.request(method, path, **options)

    return asyncio.run(asked())


@cache
def app() -> FastAPI:
    """The application over the release, as it is set by default."""
    return application_of(Settings())
