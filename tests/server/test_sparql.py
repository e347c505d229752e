"""The endpoint over HTTP: what is fresh, what is cached and for whom, which form is chosen, how it is coded."""

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
import zstandard
from fastapi import FastAPI
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from inline import LOG, RELEASED, Inline, app, application_of, ask, runner, service

from mandategraph.results import GRAPH_FORMATS, GRAPH_MEDIA, ROW_MEDIA
from mandategraph.server import application
from mandategraph.server.observation import Observation
from mandategraph.server.operation import DIRECT, FORM
from mandategraph.server.problems import PROBLEM
from mandategraph.server.settings import Limits, Settings
from mandategraph.server.sparql import told_limits
from mandategraph.server.wire import Job, Reply
from serving import release

SELECT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
ASK = "ASK { ?s a <https://w3id.org/mandategraph/ontology#Action> }"
TURTLE = "DESCRIBE <https://w3id.org/mandategraph/graph/registry>"
SMALL = "SELECT (1 AS ?x) {}"
REPORT, SHAPES = (f"https://w3id.org/mandategraph/graph/{name}" for name in ("report", "shapes"))
JSON, XML, CSV = "application/sparql-results+json", "application/sparql-results+xml", "text/csv"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
STAMP, BEFORE, AFTER = (
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Tue, 14 Nov 2023 22:13:19 GMT",
    "Tue, 14 Nov 2023 22:13:21 GMT",
)


def get(query: str, headers: dict[str, str] | None = None, **parameters: Any) -> httpx.Response:
    """The response to a query by GET; the names of parameters with '_' for '-'."""
    named = {name.replace("_", "-"): given for name, given in parameters.items()}
    return ask(app(), params={"query": query, **named}, headers=headers or {})


def tag(query: str, headers: dict[str, str] | None = None, **parameters: Any) -> str:
    """The entity tag of a query's answer."""
    response = get(query, headers, **parameters)
    assert response.status_code == 200
    return str(response.headers["etag"])


# Freshness


@pytest.mark.parametrize(
    "query",
    [
        f"  {SELECT}\n",
        SELECT.replace(" ", "\n\t "),
        f"# what the graph holds\n{SELECT} # all",
        SELECT.replace("GROUP", "#\r\nGROUP"),
    ],
)
def test_queries_that_differ_in_white_space_and_comments_only_have_one_tag(query: str) -> None:
    assert tag(query) == tag(SELECT)
    assert get(query).content == get(SELECT).content


def test_whatever_an_answer_depends_on_changes_its_tag() -> None:
    tags = [
        tag(SELECT),
        tag(SELECT.replace("?n", "?count")),
        tag(SELECT, default_graph_uri=REPORT),
        tag(SELECT, named_graph_uri=REPORT),
        tag(SELECT, named_graph_uri=SHAPES),
        tag(SELECT, named_graph_uri=[REPORT, SHAPES]),
        tag(SELECT, format="xml"),
        tag(SELECT, {"Accept": CSV}),
        tag(SELECT, {"Accept-Encoding": "gzip"}),
        tag(SELECT, {"Accept-Encoding": "zstd"}),
    ]
    assert len(set(tags)) == len(tags)
    assert all(each.startswith('W/"') for each in tags)


def test_what_an_answer_does_not_depend_on_leaves_its_tag() -> None:
    same = {
        tag(SELECT, named_graph_uri=[REPORT, SHAPES]),
        tag(SELECT, named_graph_uri=[SHAPES, REPORT]),
        tag(SELECT, {"Accept": JSON}, named_graph_uri=[REPORT, SHAPES]),
        tag(SELECT, {"User-Agent": "x", "Cookie": "a=b", "Host": "elsewhere"}, named_graph_uri=[REPORT, SHAPES]),
        tag(SELECT, named_graph_uri=[REPORT, SHAPES], timeout="1", output="xml", results="xml"),
        tag(SELECT, named_graph_uri=[REPORT, SHAPES], format="json"),
    }
    assert len(same) == 1


def test_another_release_has_other_tags() -> None:
    other = replace(service(), held=replace(service().held, inferred_from="other"))
    other_app = application(other, runner(), Settings(), Observation(Settings(), LOG.append))
    assert other.digest != service().digest
    assert ask(other_app, params={"query": SMALL}).headers["etag"] != tag(SMALL)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", '"x", {}', '{} , W/"y"', "{strong}", 'W/"x",{strong}'])
def test_what_the_client_holds_is_not_sent_again(method: str, form: str) -> None:
    found = tag(SELECT)
    match = form.format(found, strong=found.removeprefix("W/"))
    before = len(runner().jobs)
    response = ask(app(), method, params={"query": SELECT}, headers={"If-None-Match": match})
    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == found
    assert response.headers["vary"] == "Accept, Accept-Encoding"
    assert response.headers["last-modified"] == STAMP
    assert len(runner().jobs) == before


@pytest.mark.parametrize("match", ['W/"other"', '"', "*", "", ",,"])
def test_what_the_client_does_not_hold_is_sent(match: str) -> None:
    """A star too: it is for those who would write."""
    assert get(SELECT, {"If-None-Match": match}).status_code == 200


@pytest.mark.parametrize(
    ("since", "status"),
    [(STAMP, 304), (AFTER, 304), (BEFORE, 200), ("yesterday", 200), ("", 200), ("Tue, 99 Nov 2023 22:13:20 GMT", 200)],
)
def test_an_answer_is_as_old_as_its_release(since: str, status: int) -> None:
    assert RELEASED == 1_700_000_000
    assert get(SELECT, {"If-Modified-Since": since}).status_code == status


@pytest.mark.parametrize(
    ("match", "since", "status"), [("{}", BEFORE, 304), ('"other"', AFTER, 200), ("*", AFTER, 200)]
)
def test_the_tag_goes_before_the_date(match: str, since: str, status: int) -> None:
    headers = {"If-None-Match": match.format(tag(SELECT)), "If-Modified-Since": since}
    assert get(SELECT, headers).status_code == status


@pytest.mark.parametrize("form", [FORM, DIRECT])
def test_post_is_always_answered_whole(form: str) -> None:
    body = {"data": {"query": SELECT}} if form == FORM else {"content": SELECT}
    headers = {"Content-Type": form, "If-None-Match": tag(SELECT), "If-Modified-Since": AFTER}
    response = ask(app(), "POST", headers=headers, **body)
    assert response.status_code == 200
    assert response.content == get(SELECT).content


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?x) {}",
        "SELECT (rand() AS ?x) {}",
        "SELECT (Uuid () AS ?x) {}",
        "SELECT (STRUUID# c\n() AS ?x) {}",
        "SELECT (BNODE() AS ?x) {}",
        "SELECT * { ?s ?p ?o FILTER(?p != ?o) } ORDER BYRAND() LIMIT 2",
    ],
)
def test_what_answers_otherwise_each_time_is_not_held(query: str) -> None:
    first, second = get(query), get(query, {"If-Modified-Since": AFTER, "If-None-Match": "*"})
    assert first.status_code == second.status_code == 200
    assert first.content != second.content
    for response in (first, second):
        assert response.headers["cache-control"] == "no-store"
        assert {"etag", "last-modified"}.isdisjoint(response.headers)
        assert response.headers["server-timing"].startswith("query;dur=")


@pytest.mark.parametrize(
    ("query", "parameters", "status"), [("SELECT", {}, 400), (ASK, {"format": "csv"}, 406), (ASK, {"format": "x"}, 400)]
)
def test_a_problem_is_not_held(query: str, parameters: dict[str, str], status: int) -> None:
    response = get(query, {"If-None-Match": "*"}, **parameters)
    assert (response.status_code, response.headers["cache-control"]) == (status, "no-store")
    assert "etag" not in response.headers


# The cache


def test_an_answer_is_kept_and_asked_for_once() -> None:
    held = Inline(release()[1], service())
    fresh = application(service(), held, Settings(), Observation(Settings(), LOG.append))
    first = ask(fresh, params={"query": SELECT})
    again = ask(fresh, params={"query": f"{SELECT}  # again"})
    posted = ask(fresh, "POST", data={"query": SELECT})
    assert len(held.jobs) == 1
    assert first.content == again.content == posted.content
    assert [each.headers["server-timing"] for each in (again, posted)] == ["cache", "cache"]


def test_nothing_is_kept_where_there_is_no_room() -> None:
    held = Inline(release()[1], service())
    fresh = application(service(), held, Settings(cache=0), Observation(Settings(), LOG.append))
    assert [ask(fresh, params={"query": SMALL}).status_code for _ in range(2)] == [200, 200]
    assert len(held.jobs) == 2


def test_a_page_shows_the_query_of_the_one_who_asks() -> None:
    mine, yours = f"{SMALL} # my secret", f"{SMALL} # yours"
    assert "my secret" in get(mine, {"Accept": BROWSER}).text
    page = get(yours, {"Accept": BROWSER}).text
    assert "yours" in page
    assert "my secret" not in page


QUERIES = [
    SMALL,
    f"{SMALL}#x",
    SMALL.replace(" (", "  ("),
    SMALL.replace(" (", "\u00a0("),
    "ASK {}",
    "ask{}",
    "CONSTRUCT { <x:a> <x:b> '\\r' } {}",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    f"SELECT (COUNT(*) AS ?n) FROM <{REPORT}> {{ ?s ?p ?o }}",
    "SELECT (COUNT(*) AS ?n) FROM <graph/report> { ?s ?p ?o }",
    "SELECT",
    "DROP ALL",
    "",
]
requests = st.fixed_dictionaries(
    {
        "method": st.sampled_from(["GET", "GET", "HEAD", "POST"]),
        "query": st.sampled_from(QUERIES),
        "parameters": st.lists(
            st.sampled_from(
                [
                    *[("format", name) for name in ("json", "xml", "csv", "html", "ttl", "nt")],
                    *[(name, iri) for name in ("default-graph-uri", "named-graph-uri") for iri in (REPORT, SHAPES, "")],
                    ("timeout", "3"),
                    ("output", "csv"),
                ]
            ),
            max_size=3,
            unique=True,
        ),
        "accept": st.sampled_from(
            [None, "*/*", JSON, XML, CSV, BROWSER, "text/turtle", "application/n-triples", "x/y"]
        ),
        "coding": st.sampled_from([None, "gzip", "zstd", "gzip;q=0.5, zstd;q=0.1", "identity"]),
        "other": st.sampled_from(
            [{}, {"Host": "x.example"}, {"Cookie": "a"}, {"X-Forwarded-Host": "y"}, {"Range": "bytes=0-1"}]
        ),
    }
)
Facts = tuple[int, bytes, dict[str, str]]


def facts(held: FastAPI, request: dict[str, Any]) -> Facts:
    """What answers a request, but for how long it took."""
    given = [("query", request["query"]), *request["parameters"]]
    headers = {"Accept": request["accept"], "Accept-Encoding": request["coding"]}
    headers = {**{name: value for name, value in headers.items() if value is not None}, **request["other"]}
    if request["method"] == "POST":
        response = ask(held, "POST", content=str(httpx.QueryParams(given)), headers={"Content-Type": FORM, **headers})
    else:
        response = ask(held, request["method"], params=given, headers=headers)
    told = {name: value for name, value in response.headers.items() if name != "server-timing"}
    return response.status_code, response.content, told


@cache
def long_lived() -> FastAPI:
    """An application that has answered before."""
    return application_of(Settings())


@hypothesis_settings(max_examples=60)
@given(st.lists(requests, min_size=1, max_size=6))
def test_no_request_changes_what_another_gets(asked: list[dict[str, Any]]) -> None:
    for request in asked:
        answer = facts(long_lived(), request)
        assert answer == facts(application_of(Settings()), request)


# Methods


@pytest.mark.parametrize(
    ("parameters", "headers"),
    [
        ({"query": SELECT}, {}),
        ({"query": SELECT, "format": "csv"}, {"Accept-Encoding": "gzip"}),
        ({"query": "SELECT"}, {}),
        ({"query": ASK}, {"Accept": "text/csv"}),
        ({}, {"Accept": "application/n-triples"}),
        ({}, {"Accept": "image/png"}),
    ],
)
def test_head_has_the_headers_of_get_and_no_body(parameters: dict[str, str], headers: dict[str, str]) -> None:
    whole, head = (ask(app(), method, params=parameters, headers=headers) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (whole.status_code, b"")
    kept = [{**each.headers, "server-timing": ""} for each in (whole, head)]
    assert kept[0] == kept[1]
    assert int(head.headers["content-length"]) > 0


def test_a_browser_may_ask_from_any_page() -> None:
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    response = ask(app(), "OPTIONS", headers=headers)
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert "Content-Type" in response.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in response.headers
    answer = get(SELECT, {"Origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Query-Limits" in answer.headers["access-control-expose-headers"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "QUERY", "get"])
def test_another_method_is_told_the_right_ones(method: str) -> None:
    async def as_sent(scope: Any, receive: Any, send: Any) -> None:
        await app()({**scope, "method": method}, receive, send)

    response = ask(as_sent, "PUT", params={"query": SMALL})  # type: ignore[arg-type] # an application around one
    assert (response.status_code, response.headers["content-type"]) == (405, PROBLEM)
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.json()["detail"] == f"expected one of GET, HEAD, POST, OPTIONS, found {method}"


# Forms and codings


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
    match = [("If-None-Match", '"x"'), ("If-None-Match", tag(SELECT))]
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
    assert {quad.triple for quad in quads} == set(release()[1].query(TURTLE))  # type: ignore[arg-type] # of triples


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
    for given in ("1.5", "5", "100", "1e9", ".25"):
        response = ask(held, params={"query": SMALL, "timeout": given})
        expected = min(float(given), 5)
        assert late.limits[-1] == expected
        assert (response.status_code, response.json()["limit"], response.json()["maximum"]) == (503, "time", expected)
        assert "etag" not in response.headers


def test_the_limits_are_told_as_a_dictionary_of_structured_fields() -> None:
    limits = Limits(timeout=0.25, memory=2048, result=32, length=1_500_000, per_client=4, budget=2_000_000.5)
    assert told_limits(Settings(limits=limits)) == (
        "time=0.25, memory=2048, result=32, length=1500000, at-once=4, budget=2000000.5"
    )
    assert get(SMALL).headers["query-limits"] == told_limits(Settings())
