"""What the service tells programs of itself, at the address it is asked at."""

from collections.abc import Mapping

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
from mandategraph.server.sparql import GRAPH_TYPES

WELL_KNOWN = "/.well-known/void"


def add(app: FastAPI, service: Service, limits: Mapping[str, float]) -> None:
    """Give an application the route at which descriptions of data sets are looked for."""

    @app.head(WELL_KNOWN, include_in_schema=False)
    @app.get(WELL_KNOWN, responses=_RESPONSES)
    def void(request: Request) -> Response:
        """The service, its graphs and limits, and the data set with the counts of its classes and properties."""
        media = chosen(request.headers.get("accept"), list(GRAPH_TYPES))
        if media is None:
            raise HTTPException(406, f"the data set is described as {', '.join(GRAPH_TYPES)}")
        return answered(request, service, limits, media)


def answered(request: Request, service: Service, limits: Mapping[str, float], media: str) -> Response:
    """The description as the answer to a request, in one of `GRAPH_TYPES`.

    Raises:
        UsageError: the request names a host that makes no address.
    """
    iris = Iris(service.held.base)
    stated = service.store.graph(iris.mint("graph", name="service"))
    described = sorted(served(stated, iris, address(request), limits), key=str)
    text = results.graph_text(described, GRAPH_TYPES[media])
    return Response(text, media_type=media, headers={"Vary": "Accept"})


def address(request: Request) -> NamedNode:
    """The address of the endpoint, as the client reaches this server.

    Raises:
        UsageError: the request names a host that makes no address.
    """
    try:
        return NamedNode(f"{request.base_url}sparql")
    except ValueError:
        raise UsageError(f"expected a Host header that names a host, found {request.headers.get('host')!r}") from None


_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"description": "The description.", "content": {media: {} for media in GRAPH_TYPES}},
    400: {"description": "The Host header names no host."},
    406: {"description": "No offered format is wanted."},
}
