"""The service over a store elsewhere: the same answers, the same limits, and a clear word when the store is gone."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from live import Live, served

from between import Between, between
from mandategraph import publication
from mandategraph.release import digest
from mandategraph.server.settings import Limits
from mandategraph.store import credentials
from mandategraph.store.link import Link
from scripted import RESULTS, Reply
from servers import KINDS, PASSWORD, USER, Server, started
from serving import store
from stocked import BASE, real, small

COUNT = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
MARK = f"SELECT ?version {{ <{BASE}test/mark> <{BASE}test/marked> ?version }}"
VALUES = " ".join(f"VALUES ?{name} {{ {' '.join(map(str, range(90)))} }}" for name in "abcdef")
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {VALUES} }}"
LARGE = "SELECT * { ?s ?p ?o }"
SUPPORT = "/api/plans/2012/actions/3.1.1/support"
TIMEOUT = 2
_NUMBERS = count(1)
OPTIONS = ("--result", "2", "--budget", "100000")


def load(server: Server, version: str) -> None:
    """Put a release into a store: that of this checkout, or a small one of a version."""
    held, graphs = real() if version == "real" else small(version)
    with Link(server.endpoints) as link:
        publication.load(link, held, graphs, lambda _doing, _done, _total: None)


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module", autouse=True)
def known() -> Iterator[None]:
    """Who we are to the stores."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(credentials.USER, USER)
        environment.setenv(credentials.PASSWORD, PASSWORD)
        yield


def told(response: httpx.Response) -> tuple[int, object, str | None]:
    """The status of a problem, the limit it names and when to come again."""
    return response.status_code, response.json().get("limit"), response.headers.get("retry-after")


def another() -> str:
    """A query that has not been answered before."""
    return f"{COUNT} LIMIT {next(_NUMBERS)}"


# Over every kind of store


@pytest.fixture(scope="module", params=KINDS)
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store of each kind with the release of this checkout in it."""
    kind: str = request.param
    with started(kind, tmp_path_factory.mktemp(kind)) as server:
        load(server, "real")
        yield server


@pytest.fixture(scope="module")
def live(behind: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over that store."""
    with served(tmp_path_factory.mktemp("service"), "--store", behind.endpoints.query, *OPTIONS) as running:
        yield running


def test_answers_are_those_of_the_release(live: Live) -> None:
    found = live.query(COUNT, format="csv").text.split()[1:]
    rows = store().query(COUNT)
    assert found == [f"{row['p'].value},{row['n'].value}" for row in rows]  # type: ignore[union-attr] # it answers rows
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
    ("query", "line", "column"),
    [("SELECT * {\n SERVICE <http://127.0.0.1:1/> {} }", 2, 2), ("SELECT * {} LIMIT x", 1, 19), ("CLEAR ALL", 1, 1)],
)
def test_what_is_refused_never_leaves(live: Live, query: str, line: int, column: int) -> None:
    response = live.query(query)
    assert response.status_code == 400
    assert (response.json()["line"], response.json()["column"]) == (line, column)


@pytest.mark.parametrize(
    ("query", "refusing"),
    [
        ("SELECT (<http://example.org/f>(1) AS ?x) {}", {"oxigraph", "virtuoso"}),
        ("SELECT (1/0 AS ?x) {}", {"virtuoso"}),
        ("SELECT * { ?s (<x:a>|<x:b>)* ?o } LIMIT 1", {"virtuoso"}),
        ("SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(')) } LIMIT 1", {"fuseki", "virtuoso"}),
    ],
)
def test_a_fault_of_the_query_is_told_as_one(live: Live, behind: Server, query: str, refusing: set[str]) -> None:
    response = live.query(query)
    if behind.kind in refusing:
        assert response.status_code == 400
        assert response.json()["detail"] == "the store behind this service refuses this query"
        assert behind.endpoints.query in live.written()
    else:
        assert response.status_code == 200


def test_an_answer_that_is_too_large_is_given_up(live: Live) -> None:
    assert told(live.query(LARGE)) == (413, "size", None)


def test_a_limit_that_means_nothing_here_is_not_told(live: Live) -> None:
    header = live.query("ASK {}").headers["query-limits"]
    assert "time=20" in header
    assert "memory" not in header
    assert "maximumQueryMemory" not in live.client.get("/sparql", headers={"Accept": "text/turtle"}).text
    page = live.client.get("/docs").text
    assert 'id="limit-store"' in page
    assert 'id="limit-memory"' not in page
    assert 'id="limit-crowd"' not in page


def test_another_release_there_is_gone_over_to(live: Live, behind: Server) -> None:
    before = live.client.get("/readyz").json()["version"]
    load(behind, "9.9.9")
    until(lambda: live.client.get("/readyz").json().get("version") not in (None, before))
    assert live.client.get("/readyz").json()["version"] == "9.9.9"
    assert '"9.9.9"' in live.query(MARK, format="tsv").text


def test_a_query_that_takes_too_long_is_given_up(live: Live) -> None:
    began = time.monotonic()
    assert told(live.query(ENDLESS, timeout="1")) == (503, "time", None)
    assert time.monotonic() - began < 3


# A store that loses its release, changes it, hangs or fails


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A store with the release of this checkout."""
    with started("oxigraph", tmp_path_factory.mktemp("stocked")) as server:
        load(server, "real")
        yield server


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Server]:
    """A store with nothing in it."""
    (tmp_path / "other").mkdir()
    with started("oxigraph", tmp_path / "other") as server:
        yield server


@pytest.fixture(scope="module")
def gate(stocked: Server) -> Iterator[Between]:
    """What stands before the store."""
    with between(stocked.endpoints.query) as made:
        yield made


@pytest.fixture(scope="module")
def service(gate: Between, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A service over what stands before the store."""
    with served(
        tmp_path_factory.mktemp("over"), "--store", gate.address, *OPTIONS, "--timeout", str(TIMEOUT)
    ) as running:
        yield running


@pytest.fixture
def over(gate: Between, service: Live, stocked: Server) -> Live:
    """That service, when it serves the release of this checkout."""
    gate.hangs, gate.reply, gate.target = False, None, stocked.endpoints.query
    release = digest(real()[0].text())
    until(lambda: service.client.get("/readyz").json().get("release") == release)
    until(lambda: service.client.get("/docs").status_code == 200)
    return service


@pytest.fixture
def said(service: Live) -> Callable[[], str]:
    """What the service has written since the test began."""
    before = len(service.written())
    return lambda: service.written()[before:]


def test_a_store_that_has_lost_the_release_answers_nothing_until_it_has_it_again(
    over: Live, gate: Between, other: Server, said: Callable[[], str]
) -> None:
    assert over.query(another()).status_code == 200
    release, gate.target = over.client.get("/readyz").json()["release"], other.endpoints.query
    for _ in range(2):
        assert told(over.query(another())) == (503, "store", "5")
        assert told(over.client.get(SUPPORT)) == (503, "store", "5")
        assert told(over.client.get("/plan/2012", headers={"Accept": "text/turtle"})) == (503, "store", "5")
        until(lambda: over.client.get("/readyz").status_code == 503)
    assert "the store holds none" in said()
    assert over.client.get("/").status_code == 200
    load(other, "real")
    until(lambda: over.client.get("/readyz").status_code == 200)
    assert over.client.get("/readyz").json()["release"] == release
    assert over.query(another()).status_code == 200
    assert over.client.get(SUPPORT).status_code == 200
    assert "the release is switched" not in said()


def test_a_release_that_cannot_be_switched_to_is_not_the_last_word(
    over: Live, gate: Between, other: Server, said: Callable[[], str]
) -> None:
    load(other, "2.0.0")
    with Link(other.endpoints) as link:
        link.update(
            "DELETE { GRAPH ?g { ?g ?value ?m } } INSERT { GRAPH ?g { ?g ?value 'of another version' } } WHERE "
            f"{{ BIND(<{BASE}graph/published> AS ?g) "
            "BIND(<http://www.w3.org/1999/02/22-rdf-syntax-ns#value> AS ?value) GRAPH ?g { ?g ?value ?m } }"
        )
    gate.target = other.endpoints.query
    assert told(over.query(another())) == (503, "switching", "1")
    until(lambda: "the release is not switched" in said())
    assert told(over.query(another())) == (503, "switching", "1")
    with Link(other.endpoints) as link:
        link.update(f"DROP GRAPH <{BASE}graph/published>")
    load(other, "3.0.0")
    until(lambda: '"3.0.0"' in over.query(MARK, format="tsv").text)


@pytest.mark.parametrize("path", ["/sparql?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D", SUPPORT, "/plan/2012.ttl"])
def test_no_answer_from_another_release_is_given_out_as_one_of_this(
    over: Live, gate: Between, other: Server, path: str, said: Callable[[], str]
) -> None:
    load(other, "2.0.0")
    gate.target = other.endpoints.query
    assert told(over.client.get(path)) == (503, "switching", "1")
    until(lambda: "the release is switched" in said())
    until(lambda: httpx.get(f"{over.address}readyz").json().get("version") == "2.0.0")
    with httpx.Client(base_url=over.address) as client:
        assert '"2.0.0"' in client.get("/sparql", params={"query": MARK, "format": "tsv"}).text
    assert said().count("the release is switched") == 1


def test_a_store_that_hangs_takes_nothing_but_what_needs_it(over: Live, gate: Between) -> None:
    gate.hangs = True

    async def asked() -> tuple[list[httpx.Response], list[tuple[str, int, float]]]:
        others = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=over.address, timeout=60, limits=others) as client:
            waiting = [asyncio.create_task(client.get(SUPPORT)) for _ in range(60)]
            await asyncio.sleep(0.5)
            served = []
            for path in ("/", "/style.css", "/docs", "/healthz", "/sparql", "/.well-known/void", "/openapi.json"):
                began = time.monotonic()
                response = await client.get(path)
                served.append((path, response.status_code, time.monotonic() - began))
            return await asyncio.gather(*waiting), served

    began = time.monotonic()
    responses, others = asyncio.run(asked())
    seconds = time.monotonic() - began
    assert [(path, status) for path, status, _ in others] == [(path, 200) for path, _, _ in others]
    assert max(taken for _, _, taken in others) < 1
    assert seconds < TIMEOUT + 3
    found = [told(each)[:2] for each in responses]
    assert set(found) == {(503, "time"), (503, "queue"), (429, "client")}
    assert found.count((429, "client")) == 60 - Limits().per_client
    gate.hangs = False
    gate.go_on.set()
    until(lambda: over.client.get(SUPPORT).status_code == 200)


@pytest.mark.parametrize("path", ["/support?action=1.4", "/sparql?query=ASK%20%7B%7D", "/plan/2012.ttl"])
def test_what_a_store_says_of_itself_is_told_to_the_operator_alone(
    over: Live, gate: Between, path: str, said: Callable[[], str]
) -> None:
    gate.reply = Reply(500, b"boom <script>\n{forged}\x1b[31m", {})
    for accept in ("application/json", "text/html"):
        response = over.client.get(path, headers={"Accept": accept})
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        for word in ("127.0.0.1", "boom", "script", credentials.USER):
            assert word not in response.text.replace(over.address, "")
    lines = [line for line in said().splitlines() if "boom" in line and line.startswith("mandategraph: http")]
    assert lines
    for line in lines:
        assert gate.address in line
        assert "\x1b" not in line
        assert PASSWORD not in line


def test_an_answer_without_the_variables_asked_for_is_no_answer(
    over: Live, gate: Between, said: Callable[[], str]
) -> None:
    body = b'{"head":{"vars":["b"]},"results":{"bindings":[{"b":{"type":"literal","value":"1"}}]}}'
    gate.reply = Reply(200, body, {"Content-Type": RESULTS})
    for path in (SUPPORT, "/sparql?query=SELECT%20%3Fs%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"):
        assert told(over.client.get(path)) == (503, "store", "5")
    assert "Traceback" not in said()


def test_a_server_that_dies_while_the_store_is_gone_serves_when_it_is_back(
    over: Live, gate: Between, said: Callable[[], str]
) -> None:
    gate.reply = Reply(502, b"", {})
    os.kill(over.generation(), signal.SIGKILL)
    until(lambda: "the server does not begin" in said())
    gate.reply = None
    over.process.send_signal(signal.SIGHUP)
    with httpx.Client(base_url=over.address, timeout=60) as client:
        assert client.get("/readyz").status_code == 200


def test_a_store_that_is_gone_is_told(tmp_path_factory: pytest.TempPathFactory) -> None:
    with started("oxigraph", tmp_path_factory.mktemp("gone")) as server:
        load(server, "1.0.0")
        running = served(tmp_path_factory.mktemp("over"), "--store", server.endpoints.query)
        live = running.__enter__()
    try:
        response = live.query(COUNT)
        assert told(response) == (503, "store", "5")
        assert server.endpoints.query not in response.text
        assert live.client.get("/readyz").status_code == 503
    finally:
        running.__exit__(None, None, None)


def test_a_first_start_without_a_store_ends_with_status_2(tmp_path: Path) -> None:
    with (
        pytest.raises(AssertionError, match="expected a store that answers"),
        served(tmp_path, "--store", "http://127.0.0.1:9/"),
    ):
        pass
