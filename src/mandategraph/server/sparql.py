"""The SPARQL 1.1 Protocol, query operation: a request to a query and its dataset, results to a response."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs

import pyoxigraph as ox
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph import results
from mandategraph.errors import UsageError
from mandategraph.negotiation import chosen
from mandategraph.queries import sparql_fault
from mandategraph.sparql_text import refused
from mandategraph.store import Results
from mandategraph.store.embedded import EmbeddedStore

ROW_TYPES = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
GRAPH_TYPES = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/rdf+xml": "rdfxml",
}
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_PARAMETERS = frozenset({"query", "default-graph-uri", "named-graph-uri", "format"})
# Oxigraph overflows its stack on a few thousand groups or BINDs in a row; 20,000 characters cannot hold so many.
MAX_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Operation:
    """A query with the dataset it is to be run over, as the request names it."""

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    form: str | None


async def operation(request: Request) -> Operation | None:
    """What a request asks; None if it has no parameters at all, which asks for the service itself.

    Raises:
        HTTPException: 415 for a body of another type, 413 for one too long.
        UsageError: `query` is missing or repeated, or there are parameters of another operation.
    """
    parameters = parse_qs(request.url.query, keep_blank_values=True)
    if request.method == "POST":
        media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media not in (_FORM, _DIRECT):
            raise HTTPException(415, f"expected a body of {_FORM} or {_DIRECT}, found {media or 'none'}")
        body = await _body(request)
        if media == _DIRECT:
            if "query" in parameters:
                raise UsageError("expected the query in the body only, found a 'query' parameter too")
            parameters["query"] = [body]
        else:
            for name, values in parse_qs(body, keep_blank_values=True).items():
                parameters.setdefault(name, []).extend(values)
    elif not parameters:
        return None
    return _checked(parameters)


async def _body(request: Request) -> str:
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > MAX_LENGTH:
            raise HTTPException(413, f"expected a body of at most {MAX_LENGTH} bytes")
    try:
        return received.decode("utf-8")
    except UnicodeDecodeError:
        raise UsageError("expected a body in UTF-8") from None


def _checked(parameters: dict[str, list[str]]) -> Operation:
    if "update" in parameters:
        raise UsageError("expected a query, found an update: this endpoint is read-only")
    unknown = sorted(parameters.keys() - _PARAMETERS)
    if unknown:
        raise UsageError(f"expected the parameters {', '.join(sorted(_PARAMETERS))}, found {', '.join(unknown)}")
    queries = parameters.get("query", [])
    if len(queries) != 1:
        raise UsageError(f"expected one 'query', found {len(queries)}")
    forms = parameters.get("format", [])
    if len(forms) > 1:
        raise UsageError(f"expected one 'format' at most, found {len(forms)}")
    if len(queries[0]) > MAX_LENGTH:
        raise HTTPException(413, f"expected a query of at most {MAX_LENGTH} characters")
    return Operation(
        queries[0],
        tuple(parameters.get("default-graph-uri", [])),
        tuple(parameters.get("named-graph-uri", [])),
        forms[0] if forms else None,
    )


async def answered(asked: Operation, store: EmbeddedStore, accept: str | None) -> Response:
    """The response to a query: its results, whole, in the format the client wants most.

    Raises:
        SyntaxFault: the text is not a query, or one that is refused.
        HTTPException: 406 if no format fits the results.
    """
    return await run_in_threadpool(_answered, asked, store, accept)


def _answered(asked: Operation, store: EmbeddedStore, accept: str | None) -> Response:
    text = refused(asked.query, "query")
    try:
        if asked.default or asked.named:
            found = store.query_graphs(text, asked.default, asked.named)
        else:
            found = store.query(text)
    except SyntaxError as error:
        raise sparql_fault(error, "query", text) from None
    except OSError as error:
        raise UsageError(f"expected a query that calls no other endpoint, found {error}") from None
    except ValueError as error:
        raise UsageError(f"expected graphs named by IRIs, found {error}") from None
    form, types = _form(found, asked.form, accept)
    if form is None:
        # An exception would keep the results until another thread drops them, which the engine does not allow.
        del found
        raise HTTPException(HTTPStatus.NOT_ACCEPTABLE, f"these results can be had as {', '.join(types)}")
    return Response(results.serialized(found, types[form]), media_type=form)


def _form(found: Results, form: str | None, accept: str | None) -> tuple[str | None, dict[str, str]]:
    """The media type for results of this kind, None if none is wanted, and the types they can be had as."""
    types = dict(GRAPH_TYPES if isinstance(found, ox.QueryTriples) else ROW_TYPES)
    if isinstance(found, ox.QueryBoolean):
        types = {media: name for media, name in types.items() if name in ("json", "xml")}
    if form is None:
        return chosen(accept, list(types)), types
    return next((media for media, name in types.items() if form in (name, media)), None), types
