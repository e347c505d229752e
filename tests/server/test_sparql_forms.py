"""The endpoint over HTTP: which form an answer has, how it is coded, and what common clients send."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import zstandard
from fastapi import FastAPI
from inline import LOG, app, application_of, ask, service

from mandategraph.results import GRAPH_FORMATS, GRAPH_MEDIA, ROW_MEDIA
from mandategraph.server import application
from mandategraph.server.observation import Observation
from mandategraph.server.operation import DIRECT
from mandategraph.server.service_description import told_limits
from mandategraph.server.settings import Limits, Settings
from mandategraph.server.wire import Job, Reply
from serving import release

SELECT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
ASK = "ASK { ?s a <https://w3id.org/mandategraph/ontology#Action> }"
TURTLE = "CONSTRUCT { ?s a ?class } { ?s a <https://w3id.org/mandategraph/ontology#Plan>, ?class }"
SMALL = "SELECT (1 AS ?x) {}"
JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def get(query: str, headers: dict[str, str] | None = None, **parameters: Any) -> httpx.Response:
    """The response to a query by GET; the names of parameters with '_' for '-'."""
    named = {name.replace("_", "-"): given for name, given in parameters.items()}
    return ask(app(), params={"query": query, **named}, headers=headers or {})


@pytest.mark.parametrize(
    ("query", "accept", "media"),
    [
        (SELECT, None, JSON),
        (SELECT, "text/turtle, text/csv;q=0.1", CSV),
        (SELECT, "application/json;q=0.9, application/sparql-results+xml", XML),
        (SELECT, "application/*;q=0.5, text/csv;q=0.4, application/sparql-results+json;q=0", "application/json"),
        (SELECT, "*/*;q=0.1, text/*;q=0.2, text/csv;q=0", "text/tab-separated-values"),
        (SELECT, BROWSER, "text/html"),
        (ASK, "text/csv, application/sparql-results+xml;q=0.1", XML),
        (ASK, "text/*", "text/html"),
        (TURTLE, "application/json, application/rdf+xml;q=0.2, text/turtle;q=0.1", "application/rdf+xml"),
        (TURTLE, "application/sparql-results+json, */*;q=0.1", "text/turtle"),
    ],
)
def test_the_form_is_the_one_wanted_most_of_those_the_results_can_have(
    query: str, accept: str | None, media: str
) -> None:
    assert get(query, {"Accept": accept} if accept else {}).headers["content-type"].partition(";")[0] == media


def test_the_lines_of_a_header_are_one_list() -> None:
    url = httpx.URL("/sparql", params={"query": SELECT})
    response = ask(app(), path=str(url), headers=[("Accept", "image/png"), ("Accept", "text/csv")])
    assert response.headers["content-type"].startswith("text/csv")
    match = [("If-None-Match", '"x"'), ("If-None-Match", get(SELECT).headers["etag"])]
    assert ask(app(), path=str(url), headers=match).status_code == 304


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("query", "offered"), [(SELECT, ROW_MEDIA), (TURTLE, GRAPH_MEDIA)])
def test_what_is_offered_is_told_where_nothing_fits(method: str, query: str, offered: dict[str, str]) -> None:
    way: dict[str, Any] = {"params": {"query": query}} if method == "GET" else {"data": {"query": query}}
    response = ask(app(), method, headers={"Accept": "image/png, text/html;q=0"}, **way)
    assert response.status_code == 406
    assert response.json()["offered"] == [*offered, "text/html"]
    for media in response.json()["offered"]:
        assert ask(app(), method, headers={"Accept": media}, **way).headers["content-type"].startswith(media)


@pytest.mark.parametrize("form", ["nq", "trig"])
def test_a_graph_can_be_had_in_the_formats_of_datasets(form: str) -> None:
    response = get(TURTLE, format=form)
    quads = set(ox.parse(response.content, format=GRAPH_FORMATS[form]))
    assert {quad.graph_name for quad in quads} == {ox.DefaultGraph()}
    assert {quad.triple for quad in quads} == set(release()[1].query(TURTLE))  # type: ignore[arg-type] # triples


def undecoded(held: FastAPI, coding: str, form: str) -> tuple[bytes, httpx.Headers]:
    """The bytes of an answer as they are sent, and its headers."""

    async def asked() -> tuple[bytes, httpx.Headers]:
        headers = {"Accept-Encoding": coding}
        parameters = {"query": SELECT, "format": form}
        async with (
            httpx.AsyncClient(transport=httpx.ASGITransport(held), base_url="http://localhost") as client,
            client.stream("GET", "/sparql", params=parameters, headers=headers) as response,
        ):
            return b"".join([part async for part in response.aiter_raw()]), response.headers

    return asyncio.run(asked())


@pytest.mark.parametrize("form", ["json", "csv", "html"])
@pytest.mark.parametrize(
    ("coding", "decoded"),
    [("gzip", gzip.decompress), ("zstd", zstandard.ZstdDecompressor().decompress), ("identity", bytes)],
)
def test_a_coded_answer_is_the_same_answer(form: str, coding: str, decoded: Callable[[bytes], bytes]) -> None:
    fresh = application_of(Settings())
    for _ in range(2):
        content, headers = undecoded(fresh, coding, form)
        assert decoded(content) == get(SELECT, format=form).content
        assert headers.get("content-encoding", "identity") == coding
        assert headers["vary"] == "Accept, Accept-Encoding"
        assert int(headers["content-length"]) == len(content)


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity"])
def test_a_body_in_a_content_coding_is_not_supported(coding: str) -> None:
    headers = {"Content-Type": DIRECT, "Content-Encoding": coding}
    response = ask(app(), "POST", content=gzip.compress(SMALL.encode()), headers=headers)
    assert response.status_code == 415
    assert response.headers["accept-encoding"] == "identity"
    assert response.json()["detail"] == f"expected a body without a content coding, found {coding}"


# Clients


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(
    ("query", "form", "accept", "media"),
    [
        (SELECT, "xml", XML, XML),
        (SELECT, "json", f"{JSON},text/javascript,application/json", JSON),
        (SELECT, "csv", "*/*", CSV),
        (ASK, "xml", XML, XML),
        (TURTLE, "xml", "application/rdf+xml", "application/rdf+xml"),
        (TURTLE, "turtle", "text/rdf+n3,application/n-triples,text/turtle", "text/turtle"),
        (TURTLE, "n3", "text/rdf+n3,application/n-triples,text/turtle", "text/turtle"),
        (TURTLE, "rdf+xml", "application/rdf+xml", "application/rdf+xml"),
        (TURTLE, "json-ld", "application/x-json+ld,application/ld+json", "application/ld+json"),
    ],
)
def test_a_client_may_say_its_format_in_three_parameters(
    way: str, query: str, form: str, accept: str, media: str
) -> None:
    """As SPARQLWrapper does, with its own names of formats."""
    named, headers = dict.fromkeys(("format", "output", "results"), form), {"Accept": accept}
    if way == "direct":
        headers |= {"Content-Type": DIRECT}
        response = ask(app(), "POST", params=named, content=query, headers=headers)
    elif way == "form":
        response = ask(app(), "POST", data={"query": query, **named}, headers=headers)
    else:
        response = get(query, headers, **named)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, media)


class Late:
    """A runner that notes what it is given, and lets the time run out."""

    def __init__(self) -> None:
        self.limits: list[float] = []

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """Out of time."""
        assert job.query
        assert client == "127.0.0.1"
        self.limits.append(limit)
        return Reply("time", {})

    def state(self) -> dict[str, int]:
        """Nothing."""
        return {}


def test_a_caller_lowers_the_time_limit_and_never_raises_it() -> None:
    late, told = Late(), Settings(limits=Limits(timeout=5))
    held = application(service(), late, told, Observation(told, LOG.append))
    for wanted in ("1.5", "5", "100", "1e9", ".25"):
        response = ask(held, params={"query": SMALL, "timeout": wanted})
        expected = min(float(wanted), 5)
        assert late.limits[-1] == expected
        assert (response.status_code, response.json()["limit"], response.json()["maximum"]) == (503, "time", expected)
        assert "etag" not in response.headers


def test_the_limits_are_told_as_a_dictionary_of_structured_fields() -> None:
    limits = Limits(timeout=0.25, memory=2048, result=32, length=1_500_000, per_client=4, budget=2_000_000.5)
    assert told_limits(Settings(limits=limits)) == (
        "time=0.25, memory=2147483648, size=33554432, length=1500000, body=131072, nesting=64, "
        "queue=64, crowd=4, client=4, budget=2000000.5"
    )
    assert get(SMALL).headers["query-limits"] == told_limits(Settings())
