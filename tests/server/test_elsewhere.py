"""The service over a store elsewhere: the same answers, the same limits, and a clear word when the store is gone."""

import time
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from live import Live, served

from mandategraph import publication
from mandategraph.server.generation import LOOKED_AT
from mandategraph.store.link import Link
from servers import Server, started
from serving import store
from stocked import real, small

COUNT = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store with the release of this checkout in it."""
    with started("oxigraph", tmp_path_factory.mktemp("behind")) as server:
        load(server, "real")
        yield server


def load(server: Server, version: str) -> None:
    """Put a release into a store: that of this checkout, or a small one of a version."""
    held, graphs = real() if version == "real" else small(version)
    with Link(server.endpoints) as link:
        publication.load(link, held, graphs, lambda _doing, _done, _total: None)


@pytest.fixture(scope="module")
def live(behind: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over that store."""
    options = ("--store", behind.endpoints.query, "--timeout", "2", "--result", "2", "--budget", "100000")
    with served(tmp_path_factory.mktemp("service"), *options) as running:
        yield running


def test_answers_are_those_of_the_release(live: Live) -> None:
    found = live.query(COUNT, format="csv").text.split()[1:]
    rows = store().query(COUNT)
    assert found == [f"{row['p'].value},{row['n'].value}" for row in rows]  # type: ignore[union-attr]
    assert live.query("ASK {}", format="xml").text.count("<boolean>true</boolean>") == 1
    assert live.client.get("/dump.nq").text.count("\n") == len(store())


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/questions/01-mandates-of-an-action?action=1.4&format=csv", "AMERIPOL"),
        ("/api/search?q=objetivo+2.1+acci%C3%B3n+2", "training curriculum"),
        ("/plan/2012/action/2.1.2.ttl", "training curriculum"),
        ("/support?action=1.4&plan=2011-03-07", "AMERIPOL"),
    ],
)
def test_look_ups_are_answered_from_there(live: Live, path: str, words: str) -> None:
    response = live.client.get(path)
    assert response.status_code == 200
    assert words in response.text


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("SELECT (<a#b> AS ?x) {}", "https://w3id.org/mandategraph/a#b"),
        ("BASE <b/> SELECT (<c> AS ?x) {}", "https://w3id.org/mandategraph/b/c"),
        ("PREFIX : <d/> SELECT (:e AS ?x) {}", "https://w3id.org/mandategraph/d/e"),
        ("SELECT ?x FROM <graph/registry> { <plan/2012> a ?x } LIMIT 0", ""),
        ("SELECT (COUNT(*) AS ?x) { GRAPH <graph/registry> { ?s ?p ?o } }", "registry"),
        ("SELECT (COUNT(*) AS ?x) FROM NAMED <graph/registry> { GRAPH <graph/judgements> { ?s ?p ?o } }", "0"),
    ],
)
def test_relative_iris_are_read_against_the_base_of_the_release(live: Live, query: str, answer: str) -> None:
    response = live.query(query, format="csv")
    registry = ox.NamedNode("https://w3id.org/mandategraph/graph/registry")
    expected = str(len(store().graph(registry))) if answer == "registry" else answer
    assert (response.status_code, response.text.split()[1:]) == (200, [expected] if expected else [])


@pytest.mark.parametrize(
    ("query", "status", "limit"), [(ENDLESS, 503, "time"), (LARGE, 413, "size")], ids=["time", "size"]
)
def test_limits_hold(live: Live, query: str, status: int, limit: str) -> None:
    response = live.query(query)
    assert (response.status_code, response.json()["limit"]) == (status, limit)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [("SELECT * {\n SERVICE <http://127.0.0.1:1/> {} }", 2, 2), ("SELECT * {} LIMIT x", 1, 19), ("CLEAR ALL", 1, 1)],
)
def test_what_is_refused_never_leaves(live: Live, query: str, line: int, column: int) -> None:
    response = live.query(query)
    assert response.status_code == 400
    assert (response.json()["line"], response.json()["column"]) == (line, column)


def test_another_release_there_is_gone_over_to(live: Live, behind: Server) -> None:
    before = live.client.get("/readyz").json()["version"]
    load(behind, "9.9.9")
    until = time.monotonic() + LOOKED_AT * 2 + 20
    while live.client.get("/readyz").json().get("version") == before and time.monotonic() < until:
        time.sleep(0.2)
    assert live.client.get("/readyz").json()["version"] == "9.9.9"
    load(behind, "real")


def test_a_store_that_is_gone_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with started("oxigraph", tmp_path_factory.mktemp("gone")) as server:
        load(server, "1.0.0")
        running = served(tmp_path_factory.mktemp("over"), "--store", server.endpoints.query)
        live = running.__enter__()
    try:
        response = live.query(COUNT)
        assert (response.status_code, response.json()["limit"]) == (503, "store")
        assert server.endpoints.query not in response.text
        assert live.client.get("/readyz").status_code == 503
    finally:
        running.__exit__(None, None, None)
