"""What the service tells programs of itself, at the address it is asked at."""

from fastapi import FastAPI, Request
from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph import results
from mandategraph.description.service import served
from mandategraph.errors import UsageError
from mandategraph.iris import Iris
from mandategraph.negotiation import chosen
from mandategraph.server.service import Service
from mandategraph.server.settings import MIB, Settings
from mandategraph.sparql_text import MAX_DEPTH

WELL_KNOWN = "/.well-known/void"


def add(app: FastAPI, service: Service, settings: Settings) -> None:
    """Give an application the route at which descriptions of data sets are looked for."""

    @app.head(WELL_KNOWN, include_in_schema=False)
    @app.get(WELL_KNOWN, responses=_RESPONSES)
    def void(request: Request) -> Response:
        """The service, its graphs and limits, and the data set with the counts of its classes and properties."""
        media = chosen(request.headers.get("accept"), list(results.GRAPH_MEDIA))
        if media is None:
            raise HTTPException(406, f"the data set is described as {', '.join(results.GRAPH_MEDIA)}")
        return answered(request, service, settings, media)


def answered(request: Request, service: Service, settings: Settings, media: str) -> Response:
    """The description as the answer to a request, in a media type of graphs.

    Raises:
        UsageError: the request names a host that makes no address.
    """
    iris = Iris(service.held.base)
    stated = service.store.graph(iris.mint("graph", name="service"))
    endpoint, dump = address(request, "sparql"), address(request, "dump.nq")
    described = sorted(served(stated, iris, endpoint, limits_of(settings), dump), key=str)
    return Response(results.graph_text(described, results.GRAPH_MEDIA[media]), media_type=media)


def limits_of(settings: Settings) -> dict[str, float]:
    """The limits as the description states them: in seconds, bytes, characters, levels and queries."""
    held = settings.limits
    # The memory of a store elsewhere is its own matter.
    memory = {} if settings.store else {"memory": held.memory * MIB}
    return {
        "time": held.timeout,
        **memory,
        "result": held.result * MIB,
        "length": held.length,
        "nesting": MAX_DEPTH,
        "waiting": held.queue,
        "at-once": held.per_client,
        "budget": held.budget,
    }


def address(request: Request, path: str) -> NamedNode:
    """The address of a path, as the client reaches this server.

    Raises:
        UsageError: the request names a host that makes no address.
    """
    try:
        return NamedNode(f"{request.base_url}{path}")
    except ValueError:
        raise UsageError(f"expected a Host header that names a host, found {request.headers.get('host')!r}") from None


_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The description.", "content": {media: {} for media in results.GRAPH_MEDIA}},
    400: {"description": "The Host header names no host."},
    406: {"description": "No offered format is wanted."},
}
