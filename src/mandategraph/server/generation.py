"""A generation: one release loaded, its nursery forked, and served on an address until told to end."""

import asyncio
import gc
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from contextlib import closing

import uvicorn

from mandategraph.errors import StoreFault
from mandategraph.iris import Iris
from mandategraph.release import MANIFEST, Home, Manifest, manifest, on_disk, opened
from mandategraph.server import confinement, nursery, worker
from mandategraph.server.app import application
from mandategraph.server.observation import Observation
from mandategraph.server.pages import Pages
from mandategraph.server.pool import Pool
from mandategraph.server.retiring import RetiringServer
from mandategraph.server.service import service_of
from mandategraph.server.settings import Settings
from mandategraph.server.shield import Shield
from mandategraph.server.unread import Unread, unread_of
from mandategraph.store.embedded import EmbeddedStore

_OPEN = "mandategraph: this kernel cannot keep workers from opening sockets; keep the service from the network\n"


def serving(where: Home, settings: Settings) -> Callable[[socket.socket, Callable[[], None]], None]:
    """What serves the release that is in its place at the time, on a listening socket, until it is told to end."""

    def serve(listening: socket.socket, ready: Callable[[], None]) -> None:
        (_serve_elsewhere if settings.store else _serve_here)(where, settings, listening, ready)

    return serve


def _serve_here(where: Home, settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve the release of this machine, with workers."""
    held = manifest(where.release)
    released = (where.release / MANIFEST).stat().st_mtime
    view = _view(where, held, settings)
    # What is shared with the workers stays shared only if nobody writes to it.
    gc.collect()
    gc.freeze()
    if not confinement.can_refuse_sockets():
        sys.stderr.write(_OPEN)
    page = Pages(held, {}, {}).results
    _, channel = nursery.planted(worker.begun(view, settings.limits.memory, page, files=_is_large(held, settings)))
    service = service_of(where, held, view(), released)
    pool, observed, unread = Pool(channel, settings.limits), Observation(settings), unread_of(settings)
    app = application(service, pool, settings, observed, unread)
    server = _Server(_config(app, settings, observed, unread), pool, ready)
    with closing(channel):
        server.run(sockets=[listening])
    if pool.gone.is_set() and not server.told_to_end:
        os._exit(1)


def _serve_elsewhere(where: Home, settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve the release that a store elsewhere holds; when it holds another, have a new generation serve that."""
    from mandategraph import publication
    from mandategraph.server.elsewhere import Elsewhere
    from mandategraph.server.fetching import Fetching
    from mandategraph.store.addresses import Endpoints, endpoint
    from mandategraph.store.link import Link

    held, store = publication.opened(Link(Endpoints(endpoint(settings.store, "--store"))))
    store.keep(Iris(held.base).mint("graph", name="service").value)
    service = service_of(where, held, store, time.time())
    if not store.is_current():
        raise StoreFault(store.link.where, "one release from the first question to the last", "two")
    server: _Elsewhere | None = None

    def switch() -> None:
        # One that retires has its successor already.
        if server is not None and not server.retires:
            os.kill(os.getppid(), signal.SIGHUP)

    runner = Elsewhere(held, store, settings.limits, service.pages.results, switch)
    fetching, observed = Fetching(settings.limits, runner.watch), Observation(settings)
    unread = unread_of(settings)
    app = application(service, runner, settings, observed, unread, fetching)

    async def watched() -> None:
        fetching.add_threads()
        await asyncio.gather(runner.watch.forever(), fetching.describe(app.openapi))

    server = _Elsewhere(_config(app, settings, observed, unread), watched, runner.close, ready)
    server.run(sockets=[listening])


def _view(where: Home, held: Manifest, settings: Settings) -> Callable[[], EmbeddedStore]:
    """What opens a view of the release: in memory one that all share, of a large release one on disk."""
    if not _is_large(held, settings):
        _, store = opened(where.release)
        return lambda: store
    folder = on_disk(where.release, held, settings.disk_folder)
    return lambda: EmbeddedStore(folder, read_only=True)


def _is_large(held: Manifest, settings: Settings) -> bool:
    return sum(held.triples.values()) > settings.disk_above


def _config(app: object, settings: Settings, observed: Observation, unread: Unread) -> uvicorn.Config:
    shield, patience = Shield(settings.patience, observed, unread, settings.proxies), settings.patience
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # an ASGI application of Starlette's types
        http=shield.protocol(),
        ws="none",
        log_level="error",
        server_header=False,
        access_log=False,
        lifespan="off",
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=",".join(settings.proxies),
        timeout_keep_alive=patience.idle,
        timeout_graceful_shutdown=patience.drain,
        callback_notify=shield.sweep,
        timeout_notify=1,
    )


class _Server(RetiringServer):
    """A server with a pool of workers: it begins when the workers are there and ends when their nursery does."""

    def __init__(self, config: uvicorn.Config, pool: Pool, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._pool, self._ready = pool, ready
        self.told_to_end = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await self._pool.open()
        await super().startup(sockets)
        self._ready()

    async def on_tick(self, counter: int) -> bool:
        ends = await super().on_tick(counter)
        self.told_to_end = self.told_to_end or ends
        return ends or self._pool.gone.is_set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        self._pool.close()


class _Elsewhere(RetiringServer):
    """A server of a store elsewhere, that watches it meanwhile."""

    def __init__(
        self,
        config: uvicorn.Config,
        watched: Callable[[], Coroutine[None, None, None]],
        close: Callable[[], Coroutine[None, None, None]],
        ready: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._watched, self._close, self._ready = watched, close, ready
        self._watch: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._watch = asyncio.create_task(self._watched())
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown(sockets)
        await self._close()
