"""Linked data over HTTP: every IRI at its path, in the format that is wanted, and a clear no to everything else."""

import json
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from inline import app

from browsing import Parsed, media, sent
from mandategraph.iris import Iris
from mandategraph.server.addresses import FORMATS
from mandategraph.server.problems import PROBLEM
from serving import manifest, store

BASE = manifest().base
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
ACTION = "/plan/2012/action/2.1.2"


def get(path: str, accept: str | None = None, **headers: str) -> httpx.Response:
    """The response to GET; without `accept` the request has no such header."""
    return sent(app(), "GET", path, **({"accept": accept} if accept is not None else {}), **headers)


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem that a response tells."""
    assert (response.status_code, media(response)) == (status, PROBLEM)
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    return told


def links(response: httpx.Response) -> set[tuple[str, str, str]]:
    """The links of a response: relation, target and type."""
    found = set()
    for each in response.headers["link"].split(", <"):
        target, *parameters = each.removeprefix("<").split(">; ", 1)[0], *each.split(">; ", 1)[1].split("; ")
        named = dict(parameter.split("=", 1) for parameter in parameters)
        found.add((named["rel"].strip('"'), target, named.get("type", "").strip('"')))
    return found


@cache
def one_of_each_kind() -> tuple[str, ...]:
    """The path of one resource for each rule that makes IRIs, and of the vocabularies."""
    iris = Iris(BASE)
    found: dict[str, str] = {}
    for iri in sorted({quad.subject.value for quad in store().quads() if isinstance(quad.subject, ox.NamedNode)}):
        parsed = iris.parse(iri)
        if parsed:
            found.setdefault(parsed[0], iri.removeprefix(BASE))
    versions = [f"{name}/{manifest().version}" for name in ("ontology", "shapes", "ontology/alignments")]
    assert len(found) > 40
    return (*found.values(), "ontology", "shapes", "ontology/alignments", *versions)


# What is answered


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_kind_of_resource_is_had_in_every_format(form: Any) -> None:
    parsed = ox.RdfFormat.from_media_type(form.media)
    for path in one_of_each_kind():
        # The endpoint's own address is that of the service as it is here, with its limits.
        bare = path if path != "sparql" else f"{path}{form.suffix}"
        by_accept, by_suffix = get(f"/{bare}", form.media), get(f"/{path}{form.suffix}", "image/png")
        assert (by_accept.status_code, media(by_accept)) == (200, form.media), path
        assert (by_suffix.status_code, media(by_suffix)) == (200, form.media), path
        assert by_accept.headers["content-location"] == f"/{path}{form.suffix}"
        assert by_accept.headers["etag"] == by_suffix.headers["etag"]
        if parsed is not None:
            subjects = {quad.subject for quad in ox.parse(by_accept.content, format=parsed)}
            assert ox.NamedNode(f"{BASE}{path}{form.suffix}") in subjects
            assert len(subjects) > 1


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        (None, "text/turtle"),
        ("*/*", "text/turtle"),
        (BROWSER, "text/html"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples;q=0.5, text/turtle;q=0.4", "application/n-triples"),
        ("text/*", "text/turtle"),
        ("text/*;q=0.1, application/trig", "application/trig"),
        ("text/turtle;q=0, text/html;q=0.1", "text/html"),
    ],
)
def test_the_format_is_the_one_that_is_wanted_most(accept: str | None, found: str) -> None:
    response = get(ACTION, accept)
    assert (response.status_code, media(response)) == (200, found)
    assert "accept" in response.headers["vary"].lower()


def test_an_answer_says_where_it_and_its_other_formats_are() -> None:
    response = get(ACTION, BROWSER)
    alternates = {("alternate", f"{ACTION}{form.suffix}", form.media) for form in FORMATS}
    assert links(response) == alternates | {
        ("canonical", f"{BASE}{ACTION[1:]}", ""),
        ("describedby", f"{ACTION}.ttl", "text/turtle"),
    }
    assert {get(target).status_code for _, target, _ in alternates} == {200}


def test_a_version_leads_to_the_latest() -> None:
    found = links(get(f"/ontology/{manifest().version}"))
    assert ("canonical", f"{BASE}ontology/{manifest().version}", "") in found
    assert ("latest-version", f"{BASE}ontology", "") in found
    detail = problem(get("/ontology/9.9.9"), 404)["detail"]
    assert detail.endswith(f"; nearest: ontology/{manifest().version}, ontology/alignments")


@pytest.mark.parametrize("suffix", [".nt", ".html"])
def test_the_pages_are_linked_and_together_they_are_whole(suffix: str) -> None:
    first = f"/graph/report{suffix}" if suffix == ".html" else f"/graph/source/working-group-report-2012{suffix}"
    path: str | None = first
    seen: list[str] = []
    while path:
        response = get(path)
        assert response.status_code == 200
        relations = {relation: target for relation, target, _ in links(response)}
        assert ("prev" in relations, "first" in relations) == (bool(seen), bool(seen))
        seen.append(path)
        path = relations.get("next")
    assert seen == [f"{first}?page={number}".removesuffix("?page=1") for number in range(1, len(seen) + 1)]
    if suffix == ".nt":
        triples = {quad.triple for each in seen for quad in ox.parse(get(each).content, format=ox.RdfFormat.N_TRIPLES)}
        held = store().graph(ox.NamedNode(f"{BASE}{first[1:]}".removesuffix(suffix)))
        assert len(seen) == 5
        assert set(held) <= triples


def test_every_answer_says_from_which_release_it_is() -> None:
    identity = manifest().identity
    assert identity in get(ACTION).text
    assert identity in get(ACTION, BROWSER).text
    for part in get("/support?action=2.1").json():
        assert part["release"] == identity
        assert {row["release"] for row in part["quotations"]} <= {identity}
    assert identity in get("/support?action=2.1", BROWSER).text


# Caches


@pytest.mark.parametrize("path", [f"{ACTION}.ttl", f"{ACTION}.html", "/ontology.jsonld", ACTION])
def test_what_has_not_changed_is_not_sent_again(path: str) -> None:
    whole = get(path)
    tag = whole.headers["etag"]
    for condition in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = get(path, if_none_match=condition)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "vary", "content-location", "cache-control", "link"):
            assert again.headers[name] == whole.headers[name]
    assert get(path, if_none_match='"other"').content == whole.content or path == "/ontology.jsonld"
    assert get(path, if_none_match='"other"').status_code == 200


def test_the_tag_tells_formats_pages_and_resources_apart() -> None:
    paths = [
        *(f"{ACTION}{form.suffix}" for form in FORMATS),
        "/plan/2012.ttl",
        "/graph/registry.nt",
        "/graph/registry.nt?page=2",
    ]
    assert len({get(path).headers["etag"] for path in paths}) == len(paths)


def test_what_is_not_there_is_not_said_to_be_unchanged() -> None:
    problem(get("/plan/2013.ttl", if_none_match="*"), 404)


@pytest.mark.parametrize("accept", ["text/turtle", BROWSER])
def test_head_has_the_headers_of_get_and_no_body(accept: str) -> None:
    whole, head = get(ACTION, accept), sent(app(), "HEAD", ACTION, accept=accept)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "etag", "link", "vary", "content-location"):
        assert head.headers[name] == whole.headers[name]


# What is refused


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [ACTION, "/ontology", "/ontology.ttl", "/graph/registry"])
def test_a_resource_is_read_only(method: str, path: str) -> None:
    response = sent(app(), method, path)
    problem(response, 405)
    assert {each.strip() for each in response.headers["allow"].split(",")} == {"GET", "HEAD"}


@pytest.mark.parametrize("accept", ["image/png", "text/csv", "application/rdf+xml"])
def test_where_nothing_is_acceptable_the_offers_are_listed(accept: str) -> None:
    detail = problem(get(ACTION, accept), 406)["detail"]
    assert detail == f"this resource can be had as {', '.join(form.media for form in FORMATS)}"


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "", "01", "9" * 12, "2&page=3", "%00", "1%20"])
def test_a_page_is_a_number(page: str) -> None:
    assert "expected the number of a page" in problem(get(f"{ACTION}?page={page}"), 400)["detail"]


def test_a_page_that_is_not_there_is_not_found() -> None:
    assert problem(get(f"{ACTION}?page=2"), 404)["detail"] == f"page 2: not found in the 1 pages of {BASE}{ACTION[1:]}"


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/plan/2013", "plan/2012"),
        ("/plan/2013.ttl", "plan/2012"),
        ("/plan/2012/action/2.1.9", "plan/2012/action/2.1.6"),
        ("/plan/2012/", "plan/2012"),
        ("/PLAN/2012", None),
        ("/instrument/AG-RES-2551", None),
        ("/document/linking-document-2011/nothing", "document/linking-document-2011/note"),
    ],
)
@pytest.mark.parametrize("accept", [None, BROWSER])
def test_what_is_not_there_is_not_found_and_the_nearest_are_named(
    path: str, near: str | None, accept: str | None
) -> None:
    response = get(path, accept)
    assert response.status_code == 404
    assert media(response) == ("text/html" if accept else PROBLEM)
    assert near is None or near in response.text


@pytest.mark.parametrize(
    "path",
    [
        "/document/..%2f..%2f..%2fetc%2fpasswd",
        "/document/%2e%2e/%2e%2e/pyproject.toml",
        "/plan/2012%00",
        "/plan/2012%0d%0aSet-Cookie:%20a=b",
        "/plan/%ff%fe",
        "/plan/2012%23evidence",
        "/plan/2012%3Cscript%3E",
        "/plan/" + "2" * 20_000,
        "/plan/" + "%F0%9F%92%A9" * 500,
        "/ontology/../plan/%2e%2e",
        "/shapes%2f..%2fontology",
        "/graph//registry",
    ],
)
def test_odd_paths_are_not_found(path: str) -> None:
    for accept in (None, BROWSER):
        response = get(path, accept)
        assert response.status_code == 404
        assert "set-cookie" not in response.headers
        assert "<script>" not in response.text or media(response) == PROBLEM
        assert len(response.content) < 6000


@pytest.mark.parametrize("path", ["/", "/docs", "/sparql", "/support?action=1.2", "/openapi.json", "/style.css"])
def test_other_routes_are_not_shadowed(path: str) -> None:
    response = get(path)
    assert response.status_code == 200
    assert "content-location" not in response.headers


def test_what_the_service_describes_is_had_beside_the_endpoint_with_its_parts() -> None:
    page = Parsed(get("/sparql.html").text)
    described = {
        each.subject.value
        for each in store().graph(ox.NamedNode(f"{BASE}graph/service"))
        if isinstance(each.subject, ox.NamedNode) and each.subject.value.startswith(f"{BASE}sparql#")
    }
    assert len(described) > 10
    assert {each.partition("#")[2] for each in described} <= set(page.attributes("id"))
    for form in FORMATS[:-1]:
        parsed = ox.RdfFormat.from_media_type(form.media)
        assert parsed is not None
        subjects = {str(quad.subject) for quad in ox.parse(get(f"/sparql{form.suffix}").content, format=parsed)}
        assert {f"<{each}>" for each in described} <= subjects
    assert ("canonical", f"{BASE}sparql", "") in links(get("/sparql.ttl"))
    problem(get("/sparql.csv"), 404)
    problem(get("/sparqling"), 404)


def test_a_path_of_every_iri_is_a_route() -> None:
    for path in one_of_each_kind():
        assert get(f"/{quote(path)}").status_code == 200


def test_json_ld_is_json() -> None:
    listed = json.loads(get(f"{ACTION}.jsonld").text)
    graphs = {each["@id"]: each.get("@graph") for each in listed}
    assert len(graphs) == len(listed)
    nodes = graphs[f"{BASE}graph/source/hemispheric-plan-2012"]
    assert f"{BASE}{ACTION[1:]}" in {node["@id"] for node in nodes}
    assert graphs[f"{BASE}{ACTION[1:]}.jsonld"] is None
