"""Comunica pointed at the endpoint: a client of others finds it, asks it, and gets what the store answers.

Comunica is installed by `.ci/comunica`. Where it is not, these tests are skipped, unless MANDATEGRAPH_COMUNICA_REQUIRED
is set, as it is in CI.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.description.examples import runnable
from mandategraph.description.service import served
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.results import graph_text
from serving import ROOT, folder_of, store

COMUNICA = ROOT / "tests" / "comunica" / "node_modules" / ".bin" / "comunica-sparql"
REQUIRED = "MANDATEGRAPH_COMUNICA_REQUIRED"
ROWS = "application/sparql-results+json"
QUERIES = folder_of("questions") | folder_of("examples")
ASKED = (
    *("plans", "01-mandates-of-an-action", "18-discrepancies", "graphs"),
    *("each-support-has-words", "support-as-a-graph"),
)


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if not COMUNICA.exists():
        reason = f"Comunica is not installed: run .ci/comunica, which needs node and npm ({COMUNICA} is not there)"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of the endpoint of a server that is started for these tests."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "mandategraph", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await(port, server)
            yield f"http://127.0.0.1:{port}/sparql"
        finally:
            server.terminate()
            server.wait(30)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until a server listens."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        assert server.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail(f"nothing listens on port {port}")


@contextmanager
def described_elsewhere(endpoint: str) -> Iterator[str]:
    """An address whose description alone says that it is an endpoint; queries sent there are passed on."""
    held = store().graph(Iris().mint("graph", name="service"))

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.path.partition("?")[2]
            if asked:
                self._passed_on(f"{endpoint}?{asked}")
                return
            content = graph_text(served(held, Iris(), ox.NamedNode(address), {}), "ttl")
            self.send_response(200)
            self.send_header("Content-Type", "text/turtle")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._passed_on(endpoint)

        def _passed_on(self, to: str) -> None:
            self.send_response(307)
            self.send_header("Location", to)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        address = f"http://127.0.0.1:{server.server_address[1]}/graph"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield address
        finally:
            server.shutdown()


def comunica(*sources: str, query: str, form: str) -> tuple[str, str]:
    """What Comunica answers over some sources, and what it logs."""
    command = [str(COMUNICA), *sources, "--query", query, "--outputType", form, "--logLevel", "info"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def answer(name: str, *sources: str) -> list[str]:
    """What Comunica answers to an example: the triples, rows or truth value as text, sorted."""
    query = QUERIES[name]
    form = "application/n-triples" if query.form == "CONSTRUCT" else ROWS
    found, _ = comunica(*sources, query=runnable(query, DEFAULT_BASE), form=form)
    if query.form == "CONSTRUCT":
        return sorted(str(quad.triple) for quad in ox.parse(found.encode(), format=ox.RdfFormat.N_TRIPLES))
    # Comunica adds figures of its own, which the format does not have.
    told = {name: each for name, each in json.loads(found).items() if name != "metadata"}
    return as_text(ox.parse_query_results(json.dumps(told), format=ox.QueryResultsFormat.JSON))


def as_text(found: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> list[str]:
    """Results as text, sorted."""
    if isinstance(found, ox.QueryBoolean):
        return [str(bool(found))]
    if isinstance(found, ox.QueryTriples):
        return sorted(map(str, found))
    names = sorted(variable.value for variable in found.variables)
    return sorted(" ".join(f"{name}={row[name]}" for name in names) for row in found)


def expected(name: str) -> list[str]:
    """What the store answers to an example."""
    return as_text(store().query(runnable(QUERIES[name], DEFAULT_BASE)))


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("kind", ["", "sparql@"], ids=["as it finds it", "as an endpoint"])
def test_an_example_is_answered_as_the_store_answers_it(endpoint: str, kind: str, name: str) -> None:
    assert answer(name, f"{kind}{endpoint}") == expected(name)
    assert expected(name)


def test_the_examples_asked_are_of_every_form() -> None:
    assert {QUERIES[name].form for name in ASKED} == {query.form for query in QUERIES.values()}


def test_a_negative_answer_is_one(endpoint: str) -> None:
    found, _ = comunica(endpoint, query="ASK { ?s a <http://example.org/Nothing> }", form=ROWS)
    assert json.loads(found)["boolean"] is False


def test_the_description_alone_tells_that_an_address_is_an_endpoint(endpoint: str) -> None:
    with described_elsewhere(endpoint) as address:
        assert answer("plans", address) == expected("plans")
        _, log = comunica(address, query="ASK {}", form=ROWS)
    assert f"Identified {address} as sparql source with service URL: {address}" in log


def test_the_endpoint_can_be_joined_with_its_description_of_the_data_set(endpoint: str) -> None:
    query = (
        "PREFIX mg: <https://w3id.org/mandategraph/ontology#> PREFIX void: <http://rdfs.org/ns/void#> "
        "SELECT ?plan ?things { ?plan a mg:Plan . ?part void:class mg:Plan ; void:entities ?things }"
    )
    found, _ = comunica(endpoint, endpoint.replace("/sparql", "/.well-known/void"), query=query, form=ROWS)
    told = json.loads(found)["results"]["bindings"]
    plans = store().query("SELECT ?plan { ?plan a <https://w3id.org/mandategraph/ontology#Plan> }")
    assert isinstance(plans, ox.QuerySolutions)
    assert {each["plan"]["value"] for each in told} == {each["plan"].value for each in plans}
    assert {each["things"]["value"] for each in told} == {str(len(told))}
    assert told


def test_without_comunica_the_tests_are_skipped_or_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "COMUNICA", Path("/nowhere/comunica-sparql"))
    monkeypatch.delenv(REQUIRED, raising=False)
    installed = _installed.__wrapped__  # type: ignore[attr-defined] # pytest wraps a fixture
    with pytest.raises(pytest.skip.Exception, match=r"run \.ci/comunica"):
        installed()
    monkeypatch.setenv(REQUIRED, "1")
    with pytest.raises(pytest.fail.Exception, match=r"run \.ci/comunica"):
        installed()
