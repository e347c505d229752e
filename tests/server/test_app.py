"""The server: for each path, method and Accept the status and the type, what pages hold, and how it says no."""

import asyncio
import gc
import inspect
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from inline import app, runner

from mandategraph import errors
from mandategraph.answers import Part, Support
from mandategraph.model import folded
from mandategraph.places import Place
from mandategraph.queries import Rows, value
from mandategraph.results import GRAPH_MEDIA as GRAPH_TYPES
from mandategraph.results import ROW_FORMATS
from mandategraph.results import ROW_MEDIA as ROW_TYPES
from mandategraph.server.envelope import HEADERS
from mandategraph.server.operation import FORMATS
from mandategraph.server.pages import Pages
from mandategraph.server.problems import PROBLEM, STATUSES, status_of
from mandategraph.server.settings import Limits
from serving import folder_of, manifest, store

MAX_LENGTH = Limits().length
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
ROWS = (
    "PREFIX mg: <https://w3id.org/mandategraph/ontology#> "
    "SELECT ?action ?words ?none { ?action a mg:Action ; mg:text ?words } ORDER BY ?action"
)
ASK = "ASK {}"
TRIPLES = (
    "PREFIX mg: <https://w3id.org/mandategraph/ontology#> CONSTRUCT WHERE { ?action a mg:Action ; mg:text ?words }"
)
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"
SERVICE = "SELECT * {\n  SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
SYNTAX = "SELECT * {}\nLIMIT x"


@pytest.fixture(autouse=True, scope="module")
def _collected_by_the_tests_own_thread() -> Iterator[None]:
    """Results of the engine may be dropped by their own thread only, and a request is served in another."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


def send(method: str, path: str, accept: str | None = None, **options: Any) -> httpx.Response:
    """The response to a request; without `accept` the request has no such header."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            del client.headers["accept"]
            headers = {**({"Accept": accept} if accept is not None else {}), **options.pop("headers", {})}
            return await client.request(method, path, headers=headers, **options)

    return asyncio.run(sent())


def get(path: str, accept: str | None = None, **parameters: str | list[str]) -> httpx.Response:
    """The response to GET, its parameters given by name, with '_' for '-'."""
    named = {name.replace("_", "-"): given for name, given in parameters.items()}
    return send("GET", path, accept, params=named or None)


def sparql(way: str, query: str, accept: str | None = None, **parameters: str | list[str]) -> httpx.Response:
    """The response to a query sent in one of the three ways of the protocol."""
    if way == "get":
        return get("/sparql", accept, query=query, **parameters)
    named = {name.replace("_", "-"): given for name, given in parameters.items()}
    if way == "form":
        return send("POST", "/sparql", accept, data={"query": query, **named})
    return send("POST", "/sparql", accept, params=named, content=query, headers={"Content-Type": DIRECT})


def media(response: httpx.Response) -> str:
    """The media type of a response, without parameters."""
    found: str = response.headers.get("content-type", "")
    return found.partition(";")[0]


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that a response tells."""
    assert (response.status_code, media(response)) == (status, PROBLEM)
    told: dict[str, Any] = response.json()
    assert told["type"] == (f"/docs#limit-{told['limit']}" if "limit" in told else "about:blank")
    assert told["title"] == HTTPStatus(status).phrase
    assert told["status"] == status
    assert isinstance(told["detail"], str)
    assert told["detail"]
    return told


# For each path, method and Accept the status and the type

MATRIX: list[tuple[str, str, str | None, int, str]] = [
    ("GET", "/", None, 200, "text/html"),
    ("GET", "/", "application/json", 200, "text/html"),
    ("GET", "/style.css", "text/css", 200, "text/css"),
    ("GET", "/docs", BROWSER, 200, "text/html"),
    ("GET", "/openapi.json", None, 200, "application/json"),
    ("GET", "/support?action=1.2", None, 200, "application/json"),
    ("GET", "/support?action=1.2", "*/*", 200, "application/json"),
    ("GET", "/support?action=1.2", BROWSER, 200, "text/html"),
    ("GET", "/support?action=1.2&plan=2012", "text/html", 200, "text/html"),
    ("GET", "/support?action=1.2", "text/turtle", 406, PROBLEM),
    ("GET", "/support?action=9.9", "application/json", 404, PROBLEM),
    ("GET", "/support?action=9.9", BROWSER, 404, "text/html"),
    ("GET", "/support?action=1.2&plan=2013", None, 404, PROBLEM),
    ("GET", "/support", None, 400, PROBLEM),
    ("GET", "/support", BROWSER, 400, "text/html"),
    ("GET", "/support?action=%20", None, 400, PROBLEM),
    ("POST", "/support?action=1.2", None, 405, PROBLEM),
    ("GET", "/sparql", None, 200, "text/turtle"),
    ("GET", "/sparql", "application/ld+json", 200, "application/ld+json"),
    ("GET", "/sparql", BROWSER, 200, "text/html"),
    ("GET", "/sparql", "text/csv", 406, PROBLEM),
    ("GET", "/sparql?query=ASK%7B%7D", None, 200, "application/sparql-results+json"),
    ("GET", "/sparql?query=ASK%7B%7D", "text/csv", 406, PROBLEM),
    ("GET", "/sparql?query=ASK%7B%7D", "text/csv, */*;q=0.1", 200, "application/sparql-results+json"),
    ("GET", "/sparql?query=ASK%7B%7D", BROWSER, 200, "text/html"),
    ("GET", "/sparql?query=ASK%7B%7D", "application/xhtml+xml,application/xml;q=0.9", 200, "application/xml"),
    ("GET", "/sparql?query=DESCRIBE%20%3Cx:a%3E", None, 200, "text/turtle"),
    ("GET", "/sparql?query=DESCRIBE%20%3Cx:a%3E", "text/csv", 406, PROBLEM),
    ("GET", "/sparql?query=SELECT", BROWSER, 400, "text/html"),
    ("POST", "/sparql", None, 415, PROBLEM),
    ("POST", "/sparql", BROWSER, 415, PROBLEM),
    ("PUT", "/sparql", None, 405, PROBLEM),
    ("DELETE", "/sparql", None, 405, PROBLEM),
    ("DELETE", "/", None, 405, PROBLEM),
    ("GET", "/nothing", None, 404, PROBLEM),
    ("GET", "/nothing", "image/png", 404, PROBLEM),
    ("GET", "/nothing", BROWSER, 404, "text/html"),
    ("POST", "/nothing", BROWSER, 404, PROBLEM),
    ("GET", "/static/style.css", None, 404, PROBLEM),
    ("GET", "/style.css/../../pages.py", None, 404, PROBLEM),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "accept", "status", "found"), MATRIX)
def test_status_and_type(method: str, path: str, accept: str | None, status: int, found: str) -> None:
    response = send(method, path, accept)
    assert (response.status_code, media(response)) == (status, found)
    if found == PROBLEM:
        problem(response, status)
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize("path", ["/", "/style.css", "/docs", "/openapi.json", "/support?action=1.2", "/sparql"])
@pytest.mark.parametrize("accept", [None, BROWSER])
def test_head_is_answered_with_the_status_and_type_of_get(path: str, accept: str | None) -> None:
    whole, head = send("GET", path, accept), send("HEAD", path, accept)
    assert (head.status_code, media(head)) == (whole.status_code, media(whole))


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("/", {"GET"}), ("/docs", {"GET"}), ("/support", {"GET"}), ("/healthz", {"GET"}), ("/sparql", {"GET", "POST"})],
)
def test_a_wrong_method_is_told_the_right_ones(path: str, allowed: set[str]) -> None:
    response = send("DELETE", path)
    problem(response, 405)
    assert {each.strip() for each in response.headers["allow"].split(",")} - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/support?action=1.2", BROWSER),
        ("/support?action=1.2", None),
        ("/sparql", BROWSER),
        ("/sparql", None),
        ("/sparql?query=ASK%7B%7D", None),
        ("/sparql?query=SELECT", None),
        ("/nothing", BROWSER),
        ("/nothing", None),
    ],
)
def test_what_is_negotiated_says_so_to_caches(path: str, accept: str | None) -> None:
    assert "accept" in send("GET", path, accept).headers.get("vary", "").lower()


@pytest.mark.parametrize("path", ["/docs/", "/healthz/", "/api/plans/", "/.well-known/void/", "/plan", "/ontology/"])
def test_no_redirect_names_a_host_that_a_client_named(path: str) -> None:
    response = send("GET", path, headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert "evil.example" not in f"{response.headers} {response.text}"


def test_the_dump_is_packed_only_for_those_who_take_it_so_and_sent_once() -> None:
    plain = send("GET", "/dump.nq", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text.count("\n") == len(store())
    packed = send("GET", "/dump.nq", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", plain.text)
    assert packed.headers["content-disposition"].endswith('.nq"')
    held = send("GET", "/dump.nq", headers={"If-None-Match": plain.headers["etag"]})
    assert (held.status_code, held.content, held.headers["etag"]) == (304, b"", plain.headers["etag"])


def test_the_endpoint_is_found_with_a_slash_too() -> None:
    response = get("/sparql/", query=ASK)
    assert response.status_code == 308
    target = httpx.URL("http://localhost/sparql/").join(response.headers["location"])
    assert (target.path, target.params["query"]) == ("/sparql", ASK)


# Results

WAYS = ["get", "form", "direct"]


def rows_of(found: object) -> list[tuple[str, ...]]:
    """The rows of results as text."""
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(value(cell) for cell in row) for row in found]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("accept", "form"), [item for item in ROW_TYPES.items() if item[1] != "csv"])
def test_rows_are_those_of_the_store(way: str, accept: str, form: str) -> None:
    response = sparql(way, ROWS, accept)
    assert (response.status_code, media(response)) == (200, accept)
    found = ox.parse_query_results(response.content, format=ROW_FORMATS[form])
    assert isinstance(found, ox.QuerySolutions)
    assert [each.value for each in found.variables] == ["action", "words", "none"]
    expected = rows_of(store().query(ROWS))
    assert len(expected) == 73
    assert rows_of(found) == expected


@pytest.mark.parametrize("way", WAYS)
def test_rows_in_csv_are_those_of_the_store(way: str) -> None:
    response = sparql(way, COUNT, "text/csv")
    assert (response.status_code, media(response)) == (200, "text/csv")
    assert response.text.split() == ["n", str(len(store().default_triples()))]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("query", [ASK, "ASK { <x:a> <x:b> <x:c> }"])
@pytest.mark.parametrize(("accept", "form"), [item for item in ROW_TYPES.items() if item[1] in ("json", "xml")])
def test_a_truth_value_is_that_of_the_store(way: str, query: str, accept: str, form: str) -> None:
    response = sparql(way, query, accept)
    assert (response.status_code, media(response)) == (200, accept)
    found = ox.parse_query_results(response.content, format=ROW_FORMATS[form])
    expected = store().query(query)
    assert isinstance(found, ox.QueryBoolean)
    assert isinstance(expected, ox.QueryBoolean)
    assert bool(found) is bool(expected)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("accept", GRAPH_TYPES)
def test_triples_are_those_of_the_store(way: str, accept: str) -> None:
    response = sparql(way, TRIPLES, accept)
    assert (response.status_code, media(response)) == (200, accept)
    form = ox.RdfFormat.from_media_type(accept)
    assert form is not None
    expected = store().query(TRIPLES)
    assert isinstance(expected, ox.QueryTriples)
    assert {quad.triple for quad in ox.parse(response.content, format=form)} == set(expected)


@pytest.mark.parametrize(("media_type", "form"), [*ROW_TYPES.items(), *GRAPH_TYPES.items()])
def test_format_overrides_accept(media_type: str, form: str) -> None:
    query = TRIPLES if media_type in GRAPH_TYPES else ROWS
    first = next(each for each, name in {**ROW_TYPES, **GRAPH_TYPES}.items() if name == form)
    assert media(get("/sparql", "image/png", query=query, format=form)) == first
    assert media(get("/sparql", "image/png", query=query, format=media_type)) == media_type


@pytest.mark.parametrize(
    ("query", "form", "offers"),
    [
        (ROWS, "ttl", [*ROW_TYPES, "text/html"]),
        (ASK, "csv", [*(each for each, name in ROW_TYPES.items() if name in ("json", "xml")), "text/html"]),
        (TRIPLES, "json", [*GRAPH_TYPES, "text/html"]),
    ],
)
def test_a_format_that_does_not_fit_is_not_acceptable_and_the_offers_are_listed(
    query: str, form: str, offers: list[str]
) -> None:
    by_format = problem(get("/sparql", query=query, format=form), 406)
    by_accept = problem(get("/sparql", "image/png", query=query), 406)
    assert by_format == by_accept
    assert by_format["offered"] == offers
    assert by_format["detail"].partition(" as ")[2] == ", ".join(offers)


@pytest.mark.parametrize("form", ["", "JSON", "text/plain"])
def test_a_format_that_is_none_is_told_the_formats(form: str) -> None:
    detail = problem(get("/sparql", query=ROWS, format=form), 400)["detail"]
    assert detail == f"format: expected one of {', '.join(FORMATS)}, found {form!r}"


@pytest.mark.parametrize("path", ["/sparql", "/support?action=1.2"])
def test_where_nothing_is_acceptable_the_offers_are_listed(path: str) -> None:
    detail = problem(send("GET", path, "image/png"), 406)["detail"]
    assert "text/html" in detail
    assert ("text/turtle" if path == "/sparql" else "application/json") in detail


def test_results_that_nobody_gets_leave_no_fault_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda fault: told.append(repr(fault.exc_value)))
    for query in (ROWS, TRIPLES):
        problem(get("/sparql", "image/png", query=query), 406)
    gc.collect()
    assert told == []


# Datasets


def graph(name: str) -> str:
    """The name of a graph of the release."""
    return f"https://w3id.org/mandategraph/graph/{name}"


def counted(response: httpx.Response) -> int:
    """The number that a response holds."""
    assert response.status_code == 200
    return int(response.json()["results"]["bindings"][0]["n"]["value"])


def names(response: httpx.Response) -> list[str]:
    """The graphs that a response names."""
    assert response.status_code == 200
    return [row["g"]["value"] for row in response.json()["results"]["bindings"]]


@pytest.mark.parametrize("way", WAYS)
def test_the_default_graph_is_the_set_union_of_those_named(way: str) -> None:
    shared = [graph("source/hemispheric-plan-2012"), graph("source/working-group-report-2012"), graph("inferred")]
    triples = {triple for name in shared for triple in store().graph(ox.NamedNode(name))}
    assert counted(sparql(way, COUNT, default_graph_uri=shared)) == len(triples)
    assert (
        counted(sparql(way, COUNT, default_graph_uri=[shared[0], shared[0]]))
        == manifest().triples["source/hemispheric-plan-2012.ttl"]
    )


@pytest.mark.parametrize("way", WAYS)
def test_graphs_are_reached_by_name_only_if_they_are_named(way: str) -> None:
    assert names(sparql(way, GRAPHS)) == sorted(manifest().graphs)
    assert names(sparql(way, GRAPHS, named_graph_uri=[graph("shapes"), graph("report")])) == [
        graph("report"),
        graph("shapes"),
    ]
    assert names(sparql(way, GRAPHS, default_graph_uri=graph("shapes"))) == []
    assert counted(sparql(way, COUNT, named_graph_uri=graph("shapes"))) == 0
    assert counted(sparql(way, COUNT, default_graph_uri="http://example.org/none")) == 0


def test_the_dataset_of_the_request_goes_before_that_of_the_query() -> None:
    query = COUNT.replace("{", f"FROM <{graph('report')}> {{", 1)
    assert counted(get("/sparql", query=query)) == manifest().triples["report.ttl"]
    assert counted(get("/sparql", query=query, default_graph_uri=graph("service"))) == manifest().triples["service.ttl"]


@pytest.mark.parametrize("name", ["default_graph_uri", "named_graph_uri"])
def test_a_graph_is_named_by_an_iri(name: str) -> None:
    assert "IRI" in problem(get("/sparql", query=COUNT, **{name: "no iri"}), 400)["detail"]


# Requests that are refused


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("?query=ASK%7B%7D&query=ASK%7B%7D", "expected one 'query', found 2"),
        ("?format=json", "expected one 'query', found none"),
        ("?default-graph-uri=x:a", "expected one 'query', found none"),
        ("?query=ASK%7B%7D&timeout=0", "timeout: expected a number of seconds above 0, found '0'"),
        ("?query=ASK%7B%7D&timeout=inf", "timeout: expected a number of seconds above 0, found 'inf'"),
        ("?query=ASK%7B%7D&timeout=1s", "timeout: expected a number of seconds above 0, found '1s'"),
        ("?query=ASK%7B%7D&query=%FF", "expected parameters in UTF-8, percent-encoded"),
        ("?query=%FF", "expected parameters in UTF-8, percent-encoded"),
        ("?" + "&".join(["query=ASK%7B%7D"] * 201), "expected at most 200 parameters"),
        ("?query=ASK%7B%7D&using-graph-uri=x:a", "found using-graph-uri"),
        ("?Query=ASK%7B%7D", "found Query"),
        ("?query=ASK%7B%7D&format=json&format=xml", "format"),
        ("?update=DROP%20ALL", "expected a query, found an update: this endpoint is read-only"),
        ("?query=ASK%7B%7D&update=DROP%20ALL", "expected a query, found an update: this endpoint is read-only"),
        ("?query=DROP%20ALL", "this graph is read-only"),
    ],
)
def test_a_request_that_is_no_query_is_refused_by_get_and_by_form(url: str, told: str) -> None:
    assert told in problem(send("GET", f"/sparql{url}"), 400)["detail"]
    by_form = send("POST", "/sparql", content=url[1:], headers={"Content-Type": FORM})
    assert told in problem(by_form, 400)["detail"]


def test_a_form_without_a_query_is_refused() -> None:
    response = send("POST", "/sparql", content="", headers={"Content-Type": FORM})
    assert "expected one 'query', found none" in problem(response, 400)["detail"]


@pytest.mark.parametrize("content_type", [FORM, DIRECT])
def test_a_query_stands_in_one_place(content_type: str) -> None:
    content = "query=ASK%7B%7D" if content_type == FORM else ASK
    headers = {"Content-Type": content_type}
    response = send("POST", "/sparql", params={"query": ASK}, content=content, headers=headers)
    assert "query" in problem(response, 400)["detail"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("query", "line", "column", "found"),
    [
        (SERVICE, 2, 3, "SERVICE"),
        (SYNTAX, 2, 7, "x"),
        ("DROP ALL", 1, 1, "DROP"),
        ("", 1, 1, "the end of the line"),
        ("ASK FROM <x:a> FROM <b> {}", 1, 21, "<b>"),
    ],
)
def test_a_query_that_is_refused_is_told_with_line_and_column(
    way: str, query: str, line: int, column: int, found: str
) -> None:
    told = problem(sparql(way, query), 400)
    assert (told["line"], told["column"], told["found"]) == (line, column, found)
    assert told["expected"]
    assert told["detail"].startswith(f"query:{line}:{column}: expected {told['expected']}, found")


@pytest.mark.parametrize(
    "content_type",
    ["application/sparql-update", "application/json", "multipart/form-data", "text/plain", "", "a/b;c=d"],
)
def test_a_body_of_another_type_is_refused(content_type: str) -> None:
    response = send("POST", "/sparql", content=ASK, headers={"Content-Type": content_type})
    detail = problem(response, 415)["detail"]
    assert FORM in detail
    assert DIRECT in detail


@pytest.mark.parametrize("content_type", [f"{DIRECT}; charset=utf-8", DIRECT.upper(), f" {DIRECT} ;x=y"])
def test_the_type_of_a_body_may_have_parameters(content_type: str) -> None:
    query = "ASK { FILTER(STRLEN('é𝔘') = 2) }"
    response = send("POST", "/sparql", content=query.encode(), headers={"Content-Type": content_type})
    assert response.json()["boolean"] is True


def test_a_body_that_is_no_text_is_refused() -> None:
    response = send("POST", "/sparql", content=b"ASK {} # \xff", headers={"Content-Type": DIRECT})
    assert "UTF-8" in problem(response, 400)["detail"]


@pytest.mark.parametrize("way", ["get", "direct"])
def test_a_query_may_be_so_long(way: str) -> None:
    assert sparql(way, "ASK {} #".ljust(MAX_LENGTH, "_")).status_code == 200


@pytest.mark.parametrize("way", WAYS)
def test_a_query_may_be_no_longer(way: str) -> None:
    longer = sparql(way, "ASK {} #".ljust(MAX_LENGTH + 1, "_"))
    assert f"at most {MAX_LENGTH} " in problem(longer, 413)["detail"]


# Faults


def test_a_fault_of_ours_is_told_as_one_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("what nobody should read")

    monkeypatch.setattr(runner(), "run", fails)
    response = get("/sparql", query=COUNT, default_graph_uri=graph("report"))
    assert "what nobody should read" not in response.text
    assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
    problem(response, 500)


def test_the_headers_let_a_page_load_nothing_from_elsewhere() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert set(policy.values()) <= {"'none'", "'self'"}
    assert HEADERS["X-Content-Type-Options"] == "nosniff"


EXAMPLES: list[tuple[errors.MandategraphError, int]] = [
    (errors.MissingError("x", "y"), 404),
    (errors.UsageError("x"), 400),
    (errors.SyntaxFault(Place("x"), "y", "z"), 400),
    (errors.SourceError(Place("x"), "y", "z"), 400),
    (errors.TableError(Place("x"), "y", "z"), 400),
    (errors.CellError(Place("x"), 1, "a", "y", "z"), 400),
    (errors.UnknownWordingError(Place("x"), "y", []), 400),
    (errors.LocatedError(Place("x"), "y", "z"), 400),
    (errors.StoreFault("x", "y", "z"), 503),
    (errors.QueryRefused("x", "y", "z"), 503),
    (errors.CredentialsError("x"), 503),
    (errors.LimitReached("time", 1, "seconds"), 503),
    (errors.ClashError("x"), 500),
    (errors.InvalidGraphError("x"), 500),
    (errors.Faults([errors.UsageError("x")]), 500),
    (errors.MandategraphError("x"), 500),
]


@pytest.mark.parametrize(("error", "status"), EXAMPLES, ids=lambda each: type(each).__name__)
def test_an_error_has_a_status(error: errors.MandategraphError, status: int) -> None:
    assert status_of(error) == status


def test_every_class_of_errors_has_a_status() -> None:
    found = {each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)}
    assert found == {type(error) for error, _ in EXAMPLES}
    assert all(any(issubclass(each, kind) for kind, _ in STATUSES) for each in found)


def test_the_more_special_errors_come_first() -> None:
    kinds = [kind for kind, _ in STATUSES]
    assert [
        (kind, before) for place, kind in enumerate(kinds) for before in kinds[:place] if issubclass(kind, before)
    ] == []


# Pages

VOID = {"meta", "link", "input", "br", "hr", "img"}
PAGES = [
    "/",
    "/docs",
    "/sparql",
    "/support?action=1.2",
    "/support?action=2.1",
    "/support?action=2.1.2",
    "/support?action=4.2&plan=2011-03-07",
    "/support?action=9.9",
    "/support",
    "/nothing",
    "/sparql?query=SELECT%20*%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20ORDER%20BY%20%3Fs%20%3Fp%20%3Fo%20LIMIT%2020",
    "/sparql?query=SELECT%20*%20%7B%20%3Cx:a%3E%20%3Fp%20%3Fo%20%7D",
    "/sparql?query=SELECT%20*%20%7BVALUES%20%3Fx%7B1%20'a'%20'b'%40es%20UNDEF%20%3Cx%3Ay%3E%20%3Chttp%3A%2F%2Fx%2F%3E%7D%7D",
    "/sparql?query=ASK%7B%7D",
    "/sparql?query=SELECT",
]


class Page(HTMLParser):
    """A page taken apart: its elements, and its texts with the tags and classes they stand in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[frozenset[str], str]] = []
        self._open: list[tuple[str, frozenset[str]]] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and that it is open."""
        given = {name: held or "" for name, held in attrs}
        self.elements.append((tag, given))
        if tag not in VOID:
            self._open.append((tag, frozenset({tag, *(f".{name}" for name in given.get("class", "").split())})))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that is open."""
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Note a text with what it stands in."""
        if data.strip():
            self.texts.append((frozenset().union(*(names for _, names in self._open)), folded(data)))

    def attributes(self, name: str) -> list[str]:
        """The values of an attribute, wherever it stands."""
        return [given[name] for _, given in self.elements if name in given]

    def within(self, name: str) -> str:
        """The text that stands in elements of a tag or a class."""
        return " ".join(text for names, text in self.texts if name in names)

    def outside(self, name: str) -> str:
        """The text that stands in no element of a tag or a class."""
        return " ".join(text for names, text in self.texts if name not in names)


def page(path: str) -> Page:
    """A page as a browser gets it."""
    response = send("GET", path, BROWSER)
    assert media(response) == "text/html"
    return Page(response.text)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_script_and_loads_nothing_from_elsewhere(path: str) -> None:
    found = page(path)
    assert "script" not in {tag for tag, _ in found.elements}
    loading = [given for tag, given in found.elements if tag in ("link", "img", "script", "iframe", "object")]
    assert [given.get("href", given.get("src")) for given in loading] == ["/style.css"]
    assert [name for _, given in found.elements for name in given if name.startswith("on") or name == "style"] == []
    links = {link for link in found.attributes("href") if not link.startswith(("/", "#"))}
    assert {link.partition(":")[0] for link in links} <= {"http", "https"}
    assert set(found.attributes("action")) <= {"/support", "/sparql"}


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_anyone(path: str) -> None:
    found = page(path)
    tags = [tag for tag, _ in found.elements]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert dict(found.elements)["html"] == {"lang": "en"}
    ids = found.attributes("id")
    assert len(set(ids)) == len(ids)
    assert {*found.attributes("for"), *found.attributes("aria-labelledby")} <= set(ids)
    assert {link[1:] for link in found.attributes("href") if link.startswith("#")} <= set(ids)
    assert "machine-assisted, not reviewed by a human expert" in found.within("footer")


def test_every_link_of_a_page_leads_somewhere() -> None:
    links = {link for path in PAGES for link in page(path).attributes("href") if link.startswith("/")}
    assert len(links) > 10
    assert {link: send("GET", link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize(
    "path",
    [
        "/support?action=%3Cb%20id%3Dx%3E1.2%3C/b%3E",
        "/support?action=1.2&plan=%3Cb%20id%3Dx%3E2012%3C/b%3E",
        "/support?action=%22%3E%3Cb%20id%3Dx%3E",
        "/sparql?%3Cb%20id%3Dx%3E=1",
    ],
)
def test_markup_in_parameters_is_escaped(path: str) -> None:
    response = send("GET", path, BROWSER)
    assert response.status_code in (400, 404)
    assert "<b id=x>" not in response.text
    assert "&lt;b id=x&gt;" in response.text
    assert "b" not in {tag for tag, _ in Page(response.text).elements}


@cache
def support() -> Support:
    """The look-up over the release."""
    return Support(store(), folder_of("lookups"), folder_of("questions"), manifest().identity)


@cache
def pages() -> Pages:
    """The pages of the release."""
    return Pages(manifest(), support().labels(), support().attributions())


def rendered(parts: Iterable[Part]) -> Page:
    """The support page of some parts."""
    return Page(bytes(pages().support("1.2", "", list(parts), support().plans()).body).decode())


def test_markup_in_the_data_is_escaped() -> None:
    part = support().of("1.2", "2011-03-07")[0]
    held = part.rows["quotations"]
    marked = Rows(held.columns, tuple(tuple(ox.Literal(f"<b>{value(cell)}</b>") for cell in row) for row in held.rows))
    rows = {**part.rows, "quotations": marked}
    found = rendered([replace(part, words="<b>words</b>", plan="<b>", document="<b>", rows=rows)])
    assert "b" not in {tag for tag, _ in found.elements}
    assert "<b>words</b>" in found.within(".words")


@pytest.mark.parametrize("action", ["1.2", "2.1", "4.2", "5.2", "5.4"])
def test_the_quotations_of_an_action_stand_whole_and_apart_from_what_this_project_adds(action: str) -> None:
    found = page(f"/support?action={action}")
    quotations = [row for part in support().of(action) for row in part.quotations]
    assert quotations
    for row in quotations:
        assert folded(row["words"]) in found.within("blockquote")
        assert f"{row['document']}, characters {row['start']}–{row['end']}" in found.within(".meta")
        assert folded(row["citedAs"]) in found.within(".cited")
        assert row["title"] in found.within(".ours")
    assert not {names for names, _ in found.texts if {"blockquote", ".ours"} <= names}
    assert "Asserted by the Secretariat for Multidimensional Security" in found.outside(".ours")
    assert "not compared" in found.outside(".ours")
    unquoted = sum(row["quoted"] != "true" for row in quotations)
    assert found.outside(".ours").count("not in quotation marks") == unquoted
    assert found.within("blockquote").count("“") >= len(quotations) - unquoted


@pytest.mark.parametrize("action", ["1.2", "2.1.2", "5.2"])
def test_what_this_project_adds_is_marked_as_its_own(action: str) -> None:
    found = page(f"/support?action={action}")
    parts = support().of(action)
    assert any(part.limits for part in parts)
    for part in parts:
        for row in part.limits:
            assert row["statement"] in found.within(".ours")
            assert row["statement"] not in found.outside(".ours")
            assert row["reason"] in found.within(".ours")
        for row in part.stated_sources:
            assert folded(row["words"]) in found.within("blockquote")
    marks = found.within(".tag").count("machine-assisted, not reviewed by a human expert")
    blocks = sum(given.get("class") == "ours" for _, given in found.elements)
    assert marks == blocks > 0


def test_an_identity_that_is_believed_only_is_told_so() -> None:
    doubtful = {
        row["title"]
        for part in support().of("5.2")
        for row in part.quotations
        if not row["verification"].endswith("#Verified")
    }
    assert doubtful
    ours = page("/support?action=5.2").within(".ours")
    assert ours.count("identity believed, not verified") == len(doubtful)
    assert all(f"{title}: identity believed, not verified" in ours for title in doubtful)


def test_a_number_of_several_plans_is_told_apart_on_the_page() -> None:
    found = page("/support?action=2.1")
    for heading in (
        "Plan 2011-03-07 (draft), action 2.1",
        "Plan 2011-draft (draft), action 2.1",
        "Plan 2012 (agreed draft), objective 2.1",
    ):
        assert heading in found.within("h2")
    assert "/support?action=2.1.2&plan=2012" in found.attributes("href")


def test_support_as_json_holds_the_parts() -> None:
    assert get("/support", action="2.1").json() == json.loads(json.dumps([part.data() for part in support().of("2.1")]))
    (part,) = get("/support", action=" 2.1 ", plan=" 2012 ").json()
    assert (part["plan"], part["kind"]) == ("2012", "objective")


@pytest.mark.parametrize(
    ("typed", "plan", "found"),
    [
        ("Objective 3.2", "", ["2012/objective/3.2"]),
        ("objetivo 2.1 acción 2", "", ["2012/action/2.1.2"]),
        ("1.2", "plan of 2012", ["2012/objective/1.2"]),
        ("acción 2.1", "", ["2011-03-07/action/2.1", "2011-draft/action/2.1"]),
        ("action 1.4 of plan 2011-03-07", "", ["2011-03-07/action/1.4"]),
    ],
)
def test_the_form_takes_what_people_type(typed: str, plan: str, found: list[str]) -> None:
    parts = get("/support", action=typed, plan=plan).json()
    assert [part["iri"].partition("/plan/")[2] for part in parts] == found
    shown = page(f"/support?action={quote(typed)}&plan={quote(plan)}")
    assert [given["value"] for tag, given in shown.elements if tag == "input" and given.get("name") == "action"] == [
        typed
    ]
    chosen = [given["value"] for tag, given in shown.elements if tag == "option" and "selected" in given]
    assert chosen == (["2012"] if plan else [])


@pytest.mark.parametrize(("action", "plan", "told"), [("9.9", "", "nearest: 5.5"), ("1.2", "2013", "nearest: 2012")])
def test_what_is_not_found_is_told_with_the_nearest(action: str, plan: str, told: str) -> None:
    assert told in problem(get("/support", action=action, plan=plan), 404)["detail"]
    assert told in page(f"/support?action={action}&plan={plan}").within("main")


# The documentation


def test_the_description_of_the_interface_lists_its_paths() -> None:
    described = get("/openapi.json").json()
    listed = {path: set(methods) - {"head"} for path, methods in described["paths"].items()}
    assert {path: methods for path, methods in listed.items() if not path.startswith("/api/")} == {
        "/support": {"get"},
        "/dump.nq": {"get"},
        "/sparql": {"get", "post"},
        "/.well-known/void": {"get"},
    }
    for methods in described["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert "200" in operation["responses"]
            assert all(each["description"] for each in operation["responses"].values())
    endpoint = described["paths"]["/sparql"]["get"]
    assert [each["name"] for each in endpoint["parameters"]] == [
        "query",
        "default-graph-uri",
        "named-graph-uri",
        "format",
        "timeout",
    ]
    assert {*endpoint["responses"]["200"]["content"]} >= {*ROW_TYPES, *GRAPH_TYPES}
    assert {*described["paths"]["/sparql"]["post"]["requestBody"]["content"]} == {FORM, DIRECT}


def test_the_documentation_lists_every_question_path_and_limit() -> None:
    text = folded(page("/docs").within("main"))
    for question in folder_of("questions").values():
        assert f"{question.number}. {question.question}" in text
        assert folded(question.text) in text
    for wanted in ("GET /support", "GET /sparql", "POST /sparql", f"length: {MAX_LENGTH} characters", *ROW_TYPES):
        assert wanted in text


def test_the_query_form_asks_a_query_that_has_an_answer() -> None:
    text = send("GET", "/sparql", BROWSER).text
    query = Page(text).within("textarea")
    assert rows_of(store().query(query))
    forms = [given["value"] for tag, given in Page(text).elements if tag == "option"]
    assert {*forms} <= {*FORMATS}
    assert get("/sparql", BROWSER, query=query, format="csv").status_code == 200
