"""The assembly of the server: routes, middleware, and errors to statuses."""

import gzip
import os
import socket
from collections.abc import Callable
from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route

from mandategraph import meant, results
from mandategraph.errors import MandategraphError, UsageError
from mandategraph.negotiation import chosen, coding
from mandategraph.release import Home
from mandategraph.server import asking, linked_data, lookups, problems, service_description
from mandategraph.server.budget import Budget
from mandategraph.server.conditions import holds
from mandategraph.server.envelope import Envelope
from mandategraph.server.fetching import Fetching, FetchingMiddleware
from mandategraph.server.metering import Metering
from mandategraph.server.observation import Observation
from mandategraph.server.operating import Operating
from mandategraph.server.pages import STYLE
from mandategraph.server.problems import Problem
from mandategraph.server.protocol_description import PATHS
from mandategraph.server.runner import Runner
from mandategraph.server.service import Service
from mandategraph.server.settings import Settings
from mandategraph.server.sparql import Endpoint
from mandategraph.server.unread import Unread, unread_of

# How many bytes the kernel takes ahead of what it sends.
_AHEAD = 128 * 1024


def application(
    service: Service,
    runner: Runner,
    settings: Settings,
    observed: Observation,
    unread: Unread | None = None,
    fetching: Fetching | None = None,
) -> FastAPI:
    """The application that serves a release; queries of users are answered by `runner`.

    `unread` is what the connections count in; an application that has none sees nothing left unread. What else is
    asked of a store elsewhere is fetched as `fetching` says, if the release is in one.
    """
    app = FastAPI(
        title="mandategraph",
        version=service.held.version,
        description="Which earlier mandates support which action of an inter-American plan. Read-only.",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    budget = Budget(settings.limits.budget)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)
    app.add_middleware(Metering, budget=budget, limits=settings.limits)
    if fetching is not None:
        app.add_middleware(FetchingMiddleware, fetching=fetching)
    _add_errors(app, service, observed)
    _add_pages(app, service, settings)
    _add_operating(app, Operating(service, runner, observed), settings)
    _add_dump(app, service)
    service_description.add(app, service, settings)
    lookups.add(app, asking.through(service, runner, settings))
    linked_data.add(app, service)
    endpoint = Endpoint(service, runner, settings, observed, budget)
    app.add_middleware(
        Envelope,
        direct={"/sparql": endpoint},
        observed=observed,
        problem=_problem(service),
        unread=unread or unread_of(settings),
        limits=service_description.told_limits(settings),
    )
    _describe(app)
    return app


def run(where: Home, settings: Settings, told: Callable[[str], None]) -> None:
    """Serve the release until told to end.

    Raises:
        MandategraphError: the address cannot be listened on, or there is no release.
    """
    from mandategraph.server.generation import serving
    from mandategraph.server.supervisor import Supervisor

    host, port = settings.host, settings.port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None) or 0
        # The numbers of faults of names are below 0; of others what is told may hold the address once more.
        if isinstance(error, UnicodeError) or number < 0:
            raise UsageError(f"--host: expected an address or a name of this machine, found {host!r}") from None
        reason = os.strerror(number) if number else str(error)
        raise UsageError(f"{host}:{port}: expected an address that is free, found {reason}") from None
    # Accepted connections inherit it; asyncio sets it only where the socket names its protocol.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        # What a client does not read waits with us, where it is counted, and not some MB of it in the kernel.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _AHEAD)
    found = listening.getsockname()[1]
    address = f"http://[{host}]:{found}/" if ":" in host else f"http://{host}:{found}/"
    with listening:
        supervisor = Supervisor(listening, serving(where, settings), told, settings.patience.drain, settings.pid_file)
        supervisor.run(lambda: told(address))


def _problem(service: Service) -> Callable[[str, str | None, Exception], Response]:
    return lambda method, accept, error: problems.answered(method, accept, error, service.pages)


def _add_errors(app: FastAPI, service: Service, observed: Observation) -> None:
    told = _problem(service)

    async def handled(request: Request, error: Exception) -> Response:
        observed.refused(request.scope, error)
        response = told(request.method, request.headers.get("accept"), error)
        if response.status_code == 405:  # noqa: PLR2004 -- the status
            allowed = _methods(app, request.url.path)
            response.headers.update({"Allow": ", ".join(allowed)} if allowed else {})
        return response

    for kind in (MandategraphError, HTTPException, Problem, Exception):
        app.add_exception_handler(kind, handled)


def _add_operating(app: FastAPI, operating: Operating, settings: Settings) -> None:
    app.router.routes.append(Route("/healthz", operating.health))
    app.router.routes.append(Route("/readyz", operating.ready))
    if settings.metrics:
        app.router.routes.append(Route("/metrics", operating.metrics))


def _describe(app: FastAPI) -> None:
    """Add to the OpenAPI description what the framework does not route."""
    generated = app.openapi

    def openapi() -> dict[str, Any]:
        described = generated()
        described["paths"].update(PATHS)
        return described

    app.openapi = openapi  # type: ignore[method-assign] # the framework's own way to extend it


def _methods(app: FastAPI, path: str) -> list[str]:
    """The methods that a path takes."""
    routes = [route for route in app.routes if isinstance(route, Route | APIRoute) and route.path_regex.match(path)]
    return sorted({method for route in routes for method in route.methods or ()})


def _add_pages(app: FastAPI, service: Service, settings: Settings) -> None:
    pages, support, store, questions = service.pages, service.support, service.store, service.questions
    plans, triples = support.plans(), len(store)
    graphs = [name.value for name in store.names()]

    @app.head("/", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    def front() -> Response:
        return pages.front(plans, triples)

    @app.head("/style.css", include_in_schema=False)
    @app.get("/style.css", include_in_schema=False)
    def style() -> Response:
        return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @cache
    def documented() -> bytes:
        return bytes(pages.docs(app.openapi(), list(questions.values()), graphs, settings).body)

    @app.head("/docs", include_in_schema=False)
    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return HTMLResponse(documented())

    @app.head("/support", include_in_schema=False)
    @app.get("/support", openapi_extra=_SUPPORT, responses=_SUPPORT_RESPONSES)
    def support_of_action(request: Request) -> Response:
        """Which mandates support an action, in the words quoted; every plan that has the number, told apart."""
        action, plan = (request.query_params.get(name, "").strip() for name in ("action", "plan"))
        if not action:
            raise UsageError("expected the number of an action, as action=1.2, found none")
        media = chosen(request.headers.get("accept"), ["application/json", "text/html"])
        if media is None:
            raise HTTPException(406, "this answer can be had as application/json, text/html")
        parts = meant.supported(service.naming, support, action, plan or None)
        if media == "application/json":
            return JSONResponse([part.data() for part in parts])
        return pages.support(action, meant.only_plan(parts) if plan else "", parts, plans)


def _add_dump(app: FastAPI, service: Service) -> None:
    @cache
    def dumped() -> bytes:
        return gzip.compress(results.dataset_text(service.store.quads(), "nq"), 6, mtime=0)

    @app.head("/dump.nq", include_in_schema=False)
    @app.get("/dump.nq", responses=_DUMP_RESPONSES, response_class=Response)
    def dump(request: Request) -> Response:
        """The whole graph, every named graph of it."""
        # Weak: blank nodes have other labels each time that a store elsewhere is read, and codings share it.
        tag = f'W/"{service.digest[:32]}"'
        headers = {"Content-Disposition": f'attachment; filename="mandategraph-{service.held.version}.nq"', "ETag": tag}
        if holds(request.headers.get("if-none-match"), tag):
            return Response(status_code=304, headers=headers)
        packed = coding(request.headers.get("accept-encoding"), ["gzip"])
        if packed:
            headers["Content-Encoding"] = packed
        body = dumped() if packed else gzip.decompress(dumped())
        return Response(body, media_type="application/n-quads", headers=headers)

    @app.api_route("/sparql/", methods=["GET", "HEAD", "POST", "OPTIONS"], include_in_schema=False)
    def with_slash(request: Request) -> Response:
        return RedirectResponse(f"/sparql?{request.url.query}".removesuffix("?"), status_code=308)


_SUPPORT: dict[str, object] = {
    "parameters": [
        {
            "name": "action",
            "in": "query",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "pattern": "\\S"},
            "description": "The number of an action, as 1.2, Objective 3.2 or objetivo 2.1 acción 2.",
        },
        {
            "name": "plan",
            "in": "query",
            "schema": {"type": "string"},
            "description": "The plan, as 2011-03-07 or plan of 2012; without it every plan.",
        },
    ]
}
_REFUSED: dict[str, object] = {"description": "The client has used its time."}
_DUMP_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "N-Quads.", "content": {"application/n-quads": {}}},
    429: _REFUSED,
}
_SUPPORT_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The answer.", "content": {"application/json": {}, "text/html": {}}},
    400: {"description": "No number is given."},
    404: {"description": "No plan has this number."},
    406: {"description": "No offered format is wanted."},
    429: _REFUSED,
}
