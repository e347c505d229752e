"""The assembly of the server: routes, headers, and errors to statuses."""

import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mandategraph import results
from mandategraph.errors import MandategraphError, UsageError
from mandategraph.iris import Iris
from mandategraph.negotiation import chosen
from mandategraph.release import Home, Manifest
from mandategraph.server import lookups, problems, sparql
from mandategraph.server.pages import STYLE, Pages
from mandategraph.server.service import Service, service_of
from mandategraph.store.embedded import EmbeddedStore

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def application(where: Home, held: Manifest, store: EmbeddedStore) -> FastAPI:
    """The application that serves a release."""
    service = service_of(where, held, store)
    app = FastAPI(
        title="mandategraph",
        version=held.version,
        description="Which earlier mandates support which action of an inter-American plan. Read-only.",
        docs_url=None,
        redoc_url=None,
    )
    _add_errors(app, service.pages)
    _add_pages(app, service)
    _add_sparql(app, service, store)
    lookups.add(app, service)
    return app


def run(where: Home, held: Manifest, store: EmbeddedStore, host: str, port: int, told: Callable[[str], None]) -> None:
    """Serve a release until interrupted.

    Raises:
        UsageError: the address cannot be listened on.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"{host}:{port}: expected an address that is free, found {error.strerror or error}") from None
    told(f"http://{host}:{port}/")
    with listening:
        config = uvicorn.Config(application(where, held, store), log_level="warning", server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _add_errors(app: FastAPI, pages: Pages) -> None:
    @app.middleware("http")
    async def with_headers(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        response = _headed(await call(request))
        if request.method == "HEAD":
            return Response(status_code=response.status_code, headers=dict(response.headers))
        return response

    async def handled(request: Request, error: Exception) -> Response:
        response = problems.answered(request, error, pages)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = ", ".join(_methods(app, request.url.path))
        return _headed(response)

    for kind in (MandategraphError, HTTPException, Exception):
        app.add_exception_handler(kind, handled)


def _headed(response: Response) -> Response:
    """A response with the headers every response has."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Vary", "Accept")
    return response


def _methods(app: FastAPI, path: str) -> list[str]:
    """The methods that a path takes."""
    routes = [route for route in app.routes if isinstance(route, Route | APIRoute) and route.path_regex.match(path)]
    return sorted({method for route in routes for method in route.methods or ()})


def _add_pages(app: FastAPI, service: Service) -> None:
    pages, support, store, questions = service.pages, service.support, service.store, service.questions
    plans = support.plans()

    @app.head("/", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    def front() -> Response:
        return pages.front(plans, len(store))

    @app.head("/style.css", include_in_schema=False)
    @app.get("/style.css", include_in_schema=False)
    def style() -> Response:
        return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    @app.head("/docs", include_in_schema=False)
    @app.get("/docs", include_in_schema=False)
    def docs() -> Response:
        return pages.docs(app.openapi(), list(questions.values()), [name.value for name in store.names()])

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
        parts = support.of(action, plan or None)
        vary = {"Vary": "Accept"}
        if media == "application/json":
            return JSONResponse([part.data() for part in parts], headers=vary)
        page = pages.support(action, plan, parts, plans)
        page.headers.update(vary)
        return page


def _add_sparql(app: FastAPI, service: Service, store: EmbeddedStore) -> None:
    pages, held = service.pages, service.held

    async def endpoint(request: Request) -> Response:
        asked = await sparql.operation(request)
        accept = request.headers.get("accept")
        if asked is not None:
            return await sparql.answered(asked, store, accept)
        media = chosen(accept, [*sparql.GRAPH_TYPES, "text/html"])
        if media is None:
            raise HTTPException(406, f"the service is described as {', '.join(sparql.GRAPH_TYPES)}, text/html")
        if media == "text/html":
            return pages.query()
        described = store.graph(Iris(held.base).mint("graph", name="service"))
        return Response(
            results.graph_text(described, sparql.GRAPH_TYPES[media]), media_type=media, headers={"Vary": "Accept"}
        )

    @app.head("/sparql", include_in_schema=False)
    @app.get("/sparql", openapi_extra=_OPENAPI, responses=_RESPONSES)
    async def sparql_get(request: Request) -> Response:
        """A SPARQL 1.1 query by GET; without parameters the description of the service."""
        return await endpoint(request)

    @app.post("/sparql", openapi_extra=_OPENAPI_POST, responses=_RESPONSES)
    async def sparql_post(request: Request) -> Response:
        """A SPARQL 1.1 query by POST, as a form or as the body itself."""
        return await endpoint(request)

    @app.get("/sparql/", include_in_schema=False)
    def with_slash(request: Request) -> Response:
        return RedirectResponse(f"/sparql?{request.url.query}".removesuffix("?"), status_code=308)


_SUPPORT: dict[str, object] = {
    "parameters": [
        {
            "name": "action",
            "in": "query",
            "required": True,
            "schema": {"type": "string"},
            "description": "The number of an action, as 1.2 or 2.1.2.",
        },
        {
            "name": "plan",
            "in": "query",
            "schema": {"type": "string"},
            "description": "The plan, as 2011-03-07; without it every plan.",
        },
    ]
}
_SUPPORT_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The answer.", "content": {"application/json": {}, "text/html": {}}},
    400: {"description": "No number is given."},
    404: {"description": "No plan has this number."},
    406: {"description": "No offered format is wanted."},
}
_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The results, whole.",
        "content": {media: {} for media in (*sparql.ROW_TYPES, *sparql.GRAPH_TYPES)},
    },
    400: {
        "description": "The query is missing, repeated, not SPARQL 1.1, or asks for what is refused (SERVICE, updates)."
    },
    406: {"description": "No offered format is wanted."},
    413: {"description": "The query is too long."},
}
_OPENAPI: dict[str, object] = {
    "parameters": [
        {"name": "query", "in": "query", "schema": {"type": "string"}, "description": "The query, in SPARQL 1.1."},
        {
            "name": "default-graph-uri",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string"}},
            "description": "The graphs whose set union is the default graph.",
        },
        {
            "name": "named-graph-uri",
            "in": "query",
            "schema": {"type": "array", "items": {"type": "string"}},
            "description": "The graphs that GRAPH reaches.",
        },
        {
            "name": "format",
            "in": "query",
            "schema": {"type": "string"},
            "description": "json, xml, csv or tsv for rows; ttl, jsonld, nt or rdfxml for graphs. Overrides Accept.",
        },
    ]
}
_OPENAPI_POST: dict[str, object] = {
    "requestBody": {
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {"type": "object", "properties": {"query": {"type": "string"}}}
            },
            "application/sparql-query": {"schema": {"type": "string"}},
        }
    }
}
