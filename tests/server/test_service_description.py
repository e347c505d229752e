"""What the service tells programs of itself: at the address it is asked at, with its limits, in what it can serve."""

import asyncio
from dataclasses import replace

import httpx
import pyoxigraph as ox
import pytest
from inline import app, application_of, ask, runner, service
from starlette.requests import Request

from mandategraph.description.service import FORMATS, served
from mandategraph.iris import Iris
from mandategraph.results import GRAPH_MEDIA as GRAPH_TYPES
from mandategraph.results import ROW_MEDIA as ROW_TYPES
from mandategraph.server import problems
from mandategraph.server.addresses import FORMATS as SUFFIXES
from mandategraph.server.budget import Budget
from mandategraph.server.envelope import Envelope
from mandategraph.server.observation import Observation
from mandategraph.server.service_description import Descriptions, limits_of
from mandategraph.server.settings import Settings
from mandategraph.server.sparql import Endpoint
from mandategraph.server.unread import unread_of
from serving import store

PATHS = ("/sparql", "/.well-known/void")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DESCRIPTION = Iris().mint("graph", name="service")
LIMITS = limits_of(Settings())


def get(
    path: str, accept: str | None = None, *, host: str = "localhost", method: str = "GET", **conditions: str
) -> httpx.Response:
    """The response to a request; without `accept` the request has no such header."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app(), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            del client.headers["accept"]
            named = {name.replace("_", "-"): value for name, value in conditions.items()}
            headers = {"Host": host} | ({"Accept": accept} if accept else {}) | named
            return await client.request(method, path, headers=headers)

    return asyncio.run(sent())


def triples(response: httpx.Response, form: ox.RdfFormat) -> set[ox.Triple]:
    """The triples that a response holds."""
    assert response.status_code == 200
    return {quad.triple for quad in ox.parse(response.content, format=form)}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("media", GRAPH_TYPES)
def test_the_description_is_that_of_the_release_at_the_address_asked_with_the_limits(path: str, media: str) -> None:
    response = get(path, media, host="example.org:81")
    assert response.headers["content-type"].partition(";")[0] == media
    assert "Accept" in response.headers["vary"]
    form = ox.RdfFormat.from_media_type(media)
    assert form is not None
    address = ox.NamedNode("http://example.org:81/sparql")
    dump = ox.NamedNode("http://example.org:81/dump.nq")
    assert triples(response, form) == served(store().graph(DESCRIPTION), Iris(), address, LIMITS, dump)


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle", BROWSER])
def test_where_data_sets_are_looked_for_turtle_comes_first(accept: str | None) -> None:
    response = get("/.well-known/void", accept)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, "text/turtle")
    assert response.text == get("/.well-known/void", accept).text


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_status_and_type_of_get(path: str) -> None:
    whole, head = (get(path, "text/turtle", method=method) for method in ("GET", "HEAD"))
    assert (head.status_code, head.headers["content-type"]) == (whole.status_code, whole.headers["content-type"])
    assert head.content == b""


@pytest.mark.parametrize("media", [*GRAPH_TYPES, "text/html"])
def test_the_endpoint_says_what_it_is_called_and_where_it_is_described(media: str) -> None:
    link = get("/sparql", media).headers["link"]
    base = Iris().mint("service").value
    alternates = [f'</sparql{form.suffix}>; rel="alternate"; type="{form.media}"' for form in SUFFIXES]
    described = '</sparql.ttl>; rel="describedby"; type="text/turtle"'
    assert link == ", ".join([f'<{base}>; rel="canonical"', *alternates, described])
    for form in SUFFIXES:
        assert get(f"/sparql{form.suffix}").status_code == 200


@pytest.mark.parametrize("media", [*GRAPH_TYPES, "text/html"])
def test_a_description_that_has_not_changed_is_not_sent_again(media: str) -> None:
    whole = get("/sparql", media)
    tag = whole.headers["etag"]
    conditions = [{"if_none_match": each} for each in (tag, tag.removeprefix("W/"), f'"x", {tag}')]
    for condition in [*conditions, {"if_modified_since": whole.headers["last-modified"]}]:
        again = get("/sparql", media, **condition)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "last-modified", "link", "vary", "cache-control", "query-limits"):
            assert again.headers[name] == whole.headers[name]
    assert get("/sparql", media, if_none_match='"x"').content == whole.content
    assert get("/sparql", media, if_modified_since="Mon, 01 Jan 2001 00:00:00 GMT").status_code == 200


def test_the_tag_of_the_description_is_of_its_address_form_and_limits() -> None:
    tags = [get("/sparql", media).headers["etag"] for media in (*GRAPH_TYPES, "text/html")]
    tags.append(get("/sparql", "text/turtle", host="example.org").headers["etag"])
    limited = application_of(Settings(limits=replace(Settings().limits, timeout=7)))
    tags.append(ask(limited, headers={"Accept": "text/turtle", "Host": "localhost"}).headers["etag"])
    assert len(set(tags)) == len(tags)


def test_where_nothing_is_acceptable_the_offers_are_listed() -> None:
    response = get("/.well-known/void", "text/csv")
    assert response.status_code == 406
    assert response.json()["detail"] == f"the data set is described as {', '.join(GRAPH_TYPES)}"


@pytest.mark.parametrize("path", PATHS)
def test_a_host_that_makes_no_address_is_told(path: str) -> None:
    response = get(path, "text/turtle", host="a<b")
    assert response.status_code == 400
    assert response.json()["detail"] == "expected a Host header that names a host, found 'a<b'"


def test_only_reading_is_allowed() -> None:
    assert get("/.well-known/void", method="POST").status_code == 405


def test_the_formats_described_are_those_the_endpoint_serves() -> None:
    named = {each.object for each in store().graph(DESCRIPTION) if each.predicate.value.endswith("#resultFormat")}
    assert named == {FORMATS[name] for name in (*ROW_TYPES.values(), *GRAPH_TYPES.values())}


def test_a_description_is_made_once_for_an_address_and_charged_for() -> None:
    budget, told = Budget(0.001), Settings()
    observed = Observation(told, lambda _: None)
    held = Envelope(
        Endpoint(service(), runner(), told, observed, budget),
        {},
        observed,
        lambda method, accept, error: problems.answered(method, accept, error, service().pages),
        unread_of(told),
        "time=20",
    )
    headers = {"Accept": "text/turtle"}
    assert ask(held, path="/sparql", headers=headers).status_code == 200
    refused = ask(held, path="/sparql", headers=headers)
    assert (refused.status_code, refused.json()["limit"]) == (429, "budget")
    descriptions = Descriptions(service(), told)
    request = Request(
        {"type": "http", "method": "GET", "path": "/sparql", "query_string": b"", "headers": [(b"host", b"x")]}
    )
    first, second = (descriptions.answered(request, "text/turtle").body for _ in range(2))
    assert first is second
