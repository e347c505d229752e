"""What the service tells programs of itself, at the address it is asked at."""

import hashlib
from functools import lru_cache

from fastapi import FastAPI, Request
from pyoxigraph import NamedNode
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph import results
from mandategraph.description.service import served
from mandategraph.errors import UsageError
from mandategraph.iris import Iris
from mandategraph.negotiation import chosen
from mandategraph.server.addresses import FORMATS
from mandategraph.server.service import Service
from mandategraph.server.settings import MIB, Settings
from mandategraph.sparql_text import MAX_DEPTH

WELL_KNOWN = "/.well-known/void"


def add(app: FastAPI, service: Service, settings: Settings) -> None:
    """Give an application the route at which descriptions of data sets are looked for."""
    descriptions = Descriptions(service, settings)

    @app.head(WELL_KNOWN, include_in_schema=False)
    @app.get(WELL_KNOWN, responses=_RESPONSES, response_class=Response)
    def void(request: Request) -> Response:
        """The service, its graphs and limits, and the data set with the counts of its classes and properties."""
        media = chosen(request.headers.get("accept"), list(results.GRAPH_MEDIA))
        if media is None:
            raise HTTPException(406, f"the data set is described as {', '.join(results.GRAPH_MEDIA)}")
        return descriptions.answered(request, media)


class Descriptions:
    """The descriptions of a service, by the address it is asked at; those last asked for are kept."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self._service, self._settings = service, settings
        self._text = lru_cache(maxsize=64)(self._written)

    def answered(self, request: Request, media: str) -> Response:
        """The description as the answer to a request, in a media type of graphs.

        Raises:
            UsageError: the request names a host that makes no address.
        """
        return Response(self._text(address(request, "sparql"), address(request, "dump.nq"), media), media_type=media)

    def _written(self, endpoint: NamedNode, dump: NamedNode, media: str) -> bytes:
        iris = Iris(self._service.held.base)
        stated = self._service.store.graph(iris.mint("graph", name="service"))
        described = sorted(served(stated, iris, endpoint, limits_of(self._settings), dump), key=str)
        return results.graph_text(described, results.GRAPH_MEDIA[media])


def tag(request: Request, service: Service, settings: Settings, media: str) -> str:
    """The tag of the description: what it depends on, digested; weak, for it may be sent compressed."""
    told = (service.held.identity, service.digest, str(request.base_url), str(limits_of(settings)), media)
    return f'W/"{hashlib.sha256(chr(10).join(told).encode()).hexdigest()[:32]}"'


def links(service: Service) -> str:
    """What the service is called, and where it is described as other resources are."""
    iri = Iris(service.held.base).mint("service").value
    told = [f'<{iri}>; rel="canonical"']
    told += [f'</sparql{form.suffix}>; rel="alternate"; type="{form.media}"' for form in FORMATS]
    return ", ".join([*told, f'</sparql{FORMATS[0].suffix}>; rel="describedby"; type="{FORMATS[0].media}"'])


def limits_of(settings: Settings) -> dict[str, float]:
    """The limits as the description and the header state them: in seconds, bytes, characters, levels and queries."""
    held = settings.limits
    # The memory of a store elsewhere, and what it runs on with, are its own matter.
    memory = {} if settings.store else {"memory": held.memory * MIB}
    crowd = {} if settings.store else {"crowd": held.long}
    return {
        "time": held.timeout,
        **memory,
        "size": held.result * MIB,
        "length": held.length,
        "body": settings.patience.body_bytes,
        "nesting": MAX_DEPTH,
        "queue": held.queue,
        **crowd,
        "client": held.per_client,
        "budget": held.budget,
    }


def told_limits(settings: Settings) -> str:
    """The limits as a header, a dictionary of RFC 9651; named and measured as in the description of the service."""
    return ", ".join(f"{name}={f'{value:.3f}'.rstrip('0').rstrip('.')}" for name, value in limits_of(settings).items())


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
    429: {"description": "The client has used its time."},
}
