"""The endpoint over HTTP: what is fresh, what is cached and for whom, and the methods it takes."""

from dataclasses import replace
from functools import cache
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from inline import LOG, RELEASED, Inline, app, ask, runner, service
from starlette.types import ASGIApp, Receive, Scope, Send

from mandategraph.server import application, problems
from mandategraph.server.budget import Budget
from mandategraph.server.envelope import Envelope
from mandategraph.server.observation import Observation
from mandategraph.server.operation import DIRECT, FORM
from mandategraph.server.problems import PROBLEM
from mandategraph.server.settings import Settings
from mandategraph.server.sparql import Endpoint
from mandategraph.server.unread import unread_of
from serving import release

SELECT = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
ASK = "ASK { ?s a <https://w3id.org/mandategraph/ontology#Action> }"
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


@pytest.mark.parametrize("match", ['W/"other"', '"', "", ",,"])
def test_what_the_client_does_not_hold_is_sent(match: str) -> None:
    assert get(SELECT, {"If-None-Match": match}).status_code == 200


@pytest.mark.parametrize("condition", [{"If-Modified-Since": AFTER}, {"If-None-Match": "*"}])
@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"query": "SELECT * { SERVICE <http://x.example/> {} }"}, 400),
        ({"query": "SELECT * { bad"}, 400),
        ({"query": SELECT, "default-graph-uri": "no iri"}, 400),
        ({"query": f"{SELECT} # {'x' * 20_000}"}, 413),
    ],
    ids=["service", "syntax", "graph", "length"],
)
def test_a_condition_makes_no_refusal_an_answer_that_is_held(
    condition: dict[str, str], given: dict[str, str], status: int
) -> None:
    """Conditions are for what would be answered well (RFC 9110, 13.2.1)."""
    assert ask(app(), params=given, headers=condition).status_code == status


def test_without_a_tag_what_was_not_answered_yet_is_answered_first() -> None:
    fresh = endpoint()
    for most, condition in enumerate(({"If-Modified-Since": AFTER}, {"If-None-Match": "*"})):
        text = f"{SELECT} LIMIT {most}"
        found = [ask(fresh, params={"query": text}, headers=condition).status_code for _ in range(2)]
        assert found == [200, 304]


@pytest.mark.parametrize(
    ("since", "status"),
    [(STAMP, 304), (AFTER, 304), (BEFORE, 200), ("yesterday", 200), ("", 200), ("Tue, 99 Nov 2023 22:13:20 GMT", 200)],
)
def test_an_answer_is_as_old_as_its_release(since: str, status: int) -> None:
    assert RELEASED == 1_700_000_000
    assert get(SELECT).status_code == 200
    assert get(SELECT, {"If-Modified-Since": since}).status_code == status


@pytest.mark.parametrize(
    ("match", "since", "status"), [("{}", BEFORE, 304), ('"other"', AFTER, 200), ("*", BEFORE, 304)]
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


def test_an_answer_of_another_kind_than_was_told_from_its_text_is_not_held() -> None:
    query = f"ASKFROM<{REPORT}>{{ {{ SELECT ?x {{}} }} }}"
    response = get(query)
    assert response.json()["boolean"] is True
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers
    assert get(query).headers["server-timing"].startswith("query;dur=")


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
    "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/mandategraph/graph/report> { ?s ?p ?o }",
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


def facts(held: ASGIApp, request: dict[str, Any]) -> Facts:
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


def endpoint() -> ASGIApp:
    """An endpoint that has not answered anything yet."""
    observed, pages = Observation(Settings(), LOG.append), service().pages
    return Envelope(
        app(),
        {"/sparql": Endpoint(service(), runner(), Settings(), observed, Budget(1e6))},
        observed,
        lambda method, accept, error: problems.answered(method, accept, error, pages),
        unread_of(Settings()),
        "time=20",
    )


@cache
def long_lived() -> ASGIApp:
    """An endpoint that has answered before."""
    return endpoint()


@hypothesis_settings(max_examples=60)
@given(st.lists(requests, min_size=1, max_size=6))
def test_no_request_changes_what_another_gets(asked: list[dict[str, Any]]) -> None:
    for request in asked:
        answer = facts(long_lived(), request)
        assert answer == facts(endpoint(), request)


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
    async def as_sent(scope: Scope, receive: Receive, send: Send) -> None:
        await app()({**scope, "method": method}, receive, send)

    response = ask(as_sent, "PUT", params={"query": SMALL})
    assert (response.status_code, response.headers["content-type"]) == (405, PROBLEM)
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert response.json()["detail"] == f"expected one of GET, HEAD, POST, OPTIONS, found {method}"
