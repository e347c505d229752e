"""What an operator asks a service: whether it lives, whether it can answer, and its figures."""

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mandategraph.server.observation import Observation
from mandategraph.server.operation import KINDS
from mandategraph.server.runner import Runner
from mandategraph.server.service import Service
from mandategraph.server.wire import Job

_PROBE_SECONDS = 5.0
# How long what a probe has told holds: however many ask, workers are asked once in so many seconds.
_HOLDS = 1.0
_PROBE = Job("ASK {}", {kind: next(iter(types)) for kind, types in KINDS.items()}, 1024)


class Operating:
    """The answers to an operator, of one service."""

    def __init__(self, service: Service, runner: Runner, observed: Observation) -> None:
        self._service, self._runner, self._observed = service, runner, observed
        self._probe: asyncio.Future[str] | None = None

    async def health(self, _request: Request) -> Response:
        """The service lives."""
        return _told("alive")

    async def ready(self, _request: Request) -> Response:
        """Whether a query is answered; told by one that asks nothing, for all who ask within a second."""
        if self._probe is None:
            self._probe = asyncio.ensure_future(self._outcome())
            self._probe.add_done_callback(lambda _: asyncio.get_running_loop().call_later(_HOLDS, self._forget))
        outcome = await asyncio.shield(self._probe)
        if outcome != "ok":
            return _told(f"not ready: {outcome}", HTTPStatus.SERVICE_UNAVAILABLE)
        return _told("ready", release=self._service.digest, version=self._service.held.version)

    async def _outcome(self) -> str:
        return (await self._runner.run(_PROBE, "", _PROBE_SECONDS)).outcome

    def _forget(self) -> None:
        self._probe = None

    async def metrics(self, _request: Request) -> Response:
        """The figures, for Prometheus."""
        return Response(
            self._observed.figures(self._runner.state()),
            media_type="text/plain; version=0.0.4; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )


def _told(status: str, code: HTTPStatus = HTTPStatus.OK, **more: str) -> Response:
    return JSONResponse({"status": status, **more}, int(code), {"Cache-Control": "no-store"})
