"""The test cases of the SPARQL 1.1 Protocol, asked of a real server.

They are those of the W3C test suite (`sparql/sparql11/protocol` of its collection of tests for RDF and SPARQL; approved
by the SPARQL working group on 20 November 2012), by their names there, restated with graphs of this release. For the
query operation the expectations are the suite's. This service is read-only, as the protocol allows: each update is
refused, and the graph is as it was.

Where the suite's `query_multiple_dataset` has its second parameter encoded into the value of the first, so that no
server could find the graph, both are parameters here.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import httpx
import pyoxigraph as ox
import pytest
from live import Live, served

from mandategraph.results import BOOLEAN_MEDIA, GRAPH_MEDIA, ROW_MEDIA
from mandategraph.server.operation import DIRECT, FORM
from serving import ROOT, store

UPDATE = "application/sparql-update"
ONE, TWO, THREE = (
    f"https://w3id.org/mandategraph/graph/{name}"
    for name in ("source/hemispheric-plan-2012", "source/linking-document-2011", "registry")
)
TARGET = "http://example.org/protocol-update-test/"
DOCUMENT = "<http://xmlns.com/foaf/0.1/Document>"
INSERT = f"INSERT DATA {{ GRAPH <{ONE}> {{ <{ONE}> a {DOCUMENT} }} }} ; INSERT {{ GRAPH <{TARGET}> {{ ?s a <x:a> }} }}"
RELATIVE = f"INSERT DATA {{ GRAPH <{TARGET}> {{ <http://example.org/s> <http://example.org/p> <test> }} }}"
REPLACED = f"WITH <{ONE}> DELETE {{ ?s a ?t }} INSERT {{ ?s a {DOCUMENT} }} WHERE {{ ?s a ?t }}"
READ_ONLY = "expected a query, found an update: this endpoint is read-only"
NO_TYPE = f"expected a body of {FORM} or {DIRECT}, found "

Given = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Case:
    """A test case: the request, and the kind of results or the words of the refusal that answer it."""

    name: str
    method: str
    parameters: Given
    content_type: str | None
    body: str | bytes
    status: int
    expected: str


@cache
def typed(graph: str) -> str:
    """A pattern that only this graph has: a resource with its class."""
    held = store().query(
        "SELECT ?s { { SELECT DISTINCT ?s ?g { GRAPH ?g { ?s a ?t } } } } GROUP BY ?s "
        f"HAVING(COUNT(*) = 1 && STR(SAMPLE(?g)) = '{graph}') ORDER BY ?s LIMIT 1"
    )
    assert isinstance(held, ox.QuerySolutions)
    (row,) = held
    return f"{row['s']} a ?type"


def default(*graphs: str) -> Given:
    """Parameters that name default graphs."""
    return tuple(("default-graph-uri", each) for each in graphs)


def named(*graphs: str) -> Given:
    """Parameters that name named graphs."""
    return tuple(("named-graph-uri", each) for each in graphs)


def asked(query: str) -> Given:
    """The parameter that holds a query."""
    return (("query", query),)


def using(*graphs: str) -> Given:
    """Parameters that name the graphs an update reads."""
    return tuple(("using-graph-uri", each) for each in graphs)


BOTH = f"ASK {{ {typed(ONE)} . {typed(TWO)} }}"
EACH = f"ASK {{ GRAPH ?g1 {{ {typed(ONE)} }} GRAPH ?g2 {{ {typed(TWO)} }} }}"
ALL = f"ASK {{ {typed(THREE)} GRAPH ?g1 {{ {typed(ONE)} }} GRAPH ?g2 {{ {typed(TWO)} }} }}"
SECOND = EACH.replace("ASK", f"ASK FROM <{THREE}>")
USING_NAMED: Given = (("using-named-graph-uri", TWO),)
UTF_16 = "; charset=UTF-16"

QUERIES = [
    Case("query_post_form", "POST", default(ONE), FORM, "query=ASK%20%7B%7D", 200, "true"),
    Case("query_dataset_default_graphs_get", "GET", asked(BOTH) + default(ONE, TWO), None, "", 200, "true"),
    Case("query_dataset_default_graphs_post", "POST", default(ONE, TWO), DIRECT, BOTH, 200, "true"),
    Case("query_dataset_named_graphs_post", "POST", named(ONE, TWO), DIRECT, EACH, 200, "true"),
    Case("query_dataset_named_graphs_get", "GET", asked(EACH) + named(ONE, TWO), None, "", 200, "true"),
    Case("query_dataset_full", "POST", default(THREE) + named(ONE, TWO), DIRECT, ALL, 200, "true"),
    Case("query_multiple_dataset", "POST", named(ONE, TWO), DIRECT, SECOND, 200, "true"),
    Case("query_get", "GET", asked("ASK {}") + default(ONE), None, "", 200, "true"),
    Case("query_content_type_select", "POST", default(ONE), DIRECT, "SELECT (1 AS ?value) {}", 200, "rows"),
    Case("query_content_type_ask", "POST", default(ONE), DIRECT, "ASK {}", 200, "true"),
    Case("query_content_type_describe", "POST", default(ONE), DIRECT, "DESCRIBE <http://example.org/>", 200, "graph"),
    Case(
        "query_content_type_construct", "POST", default(ONE), DIRECT, "CONSTRUCT { <s> <p> 1 } WHERE {}", 200, "graph"
    ),
    Case("query_post_direct", "POST", (), DIRECT, "ASK {}", 200, "true"),
]
BAD_QUERIES = [
    Case("bad_query_method", "PUT", asked("ASK {}") + default(ONE), FORM, "", 405, "expected one of GET, HEAD, POST"),
    Case("bad_multiple_queries", "GET", asked("ASK {}") + asked("SELECT * {}"), None, "", 400, "expected one 'query'"),
    Case("bad_query_wrong_media_type", "POST", (), "text/plain", "ASK {}", 415, f"{NO_TYPE}text/plain"),
    Case("bad_query_missing_form_type", "POST", (), None, "query=ASK%20%7B%7D", 415, f"{NO_TYPE}none"),
    Case("bad_query_missing_direct_type", "POST", (), None, "ASK {}", 415, f"{NO_TYPE}none"),
    Case("bad_query_non_utf8", "POST", (), DIRECT + UTF_16, "ASK {}".encode("utf-16"), 415, "found the charset utf-16"),
    Case("bad_query_syntax", "GET", asked("ASK {"), None, "", 400, "query:1:6: expected SPARQL 1.1: "),
]
UPDATES = [
    Case("update_dataset_default_graph", "POST", using(ONE), UPDATE, INSERT, 415, "this endpoint is read-only"),
    Case("update_dataset_default_graphs", "POST", using(ONE, TWO), UPDATE, INSERT, 415, "this endpoint is read-only"),
    Case("update_dataset_named_graphs", "POST", USING_NAMED, UPDATE, INSERT, 415, "this endpoint is read-only"),
    Case("update_dataset_full", "POST", using(ONE) + USING_NAMED, UPDATE, INSERT, 415, "this endpoint is read-only"),
    Case("update_post_form", "POST", (), FORM, "update=CLEAR+ALL", 400, READ_ONLY),
    Case("update_post_direct", "POST", (), UPDATE, "CLEAR ALL", 415, "this endpoint is read-only"),
    Case("update_base_uri", "POST", (), UPDATE, RELATIVE, 415, "this endpoint is read-only"),
    Case("bad_update_get", "GET", (("update", "CLEAR ALL"),), None, "", 400, READ_ONLY),
    Case("bad_multiple_updates", "POST", (), FORM, "update=CLEAR%20NAMED&update=CLEAR%20DEFAULT", 400, READ_ONLY),
    Case("bad_update_wrong_media_type", "POST", (), "text/plain", "CLEAR NAMED", 415, f"{NO_TYPE}text/plain"),
    Case("bad_update_missing_form_type", "POST", (), None, "update=CLEAR%20NAMED", 415, f"{NO_TYPE}none"),
    Case("bad_update_non_utf8", "POST", (), UPDATE + UTF_16, "CLEAR NAMED".encode("utf-16"), 415, "read-only"),
    Case("bad_update_syntax", "POST", (), FORM, "update=CLEAR%20XYZ", 400, READ_ONLY),
    Case("bad_update_dataset_conflict", "POST", USING_NAMED, UPDATE, REPLACED, 415, "this endpoint is read-only"),
]
# Not of the suite: an update in the place of a query.
DISGUISED = [
    Case("update_as_a_query", "GET", asked("CLEAR ALL"), None, "", 400, "a query: this graph is read-only"),
    Case("update_as_a_query_by_form", "POST", (), FORM, "query=DROP+ALL", 400, "a query: this graph is read-only"),
    Case("update_as_a_query_by_body", "POST", (), DIRECT, RELATIVE, 400, "a query: this graph is read-only"),
    Case("update_beside_a_query", "POST", (), FORM, "query=ASK%7B%7D&update=CLEAR+ALL", 400, READ_ONLY),
]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of the release."""
    with served(tmp_path_factory.mktemp("protocol")) as running:
        yield running


def sent(live: Live, case: Case) -> httpx.Response:
    """The response to a case."""
    content = case.body.encode() if isinstance(case.body, str) else case.body
    headers = {"Content-Type": case.content_type} if case.content_type else {}
    parameters = httpx.QueryParams(case.parameters)
    return live.client.request(case.method, "/sparql", params=parameters, content=content, headers=headers)


def test_the_suite_is_whole() -> None:
    names = [case.name for case in QUERIES + BAD_QUERIES + UPDATES]
    assert len(set(names)) == len(names) == 34
    starts = [name.partition("_")[0] for name in names]
    assert {start: starts.count(start) for start in starts} == {"query": 13, "bad": 14, "update": 7}


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case.name)
def test_a_query_is_answered(live: Live, case: Case) -> None:
    response = sent(live, case)
    media = response.headers["content-type"].partition(";")[0]
    assert response.status_code == case.status
    if case.expected == "true":
        assert media in BOOLEAN_MEDIA
        assert response.json()["boolean"] is True
    elif case.expected == "rows":
        assert media in ROW_MEDIA
        (row,) = response.json()["results"]["bindings"]
        assert row["value"]["value"] == "1"
    else:
        assert media in GRAPH_MEDIA
        assert len(list(ox.parse(response.content, format=ox.RdfFormat.TURTLE))) == ("CONSTRUCT" in case.body)


@pytest.mark.parametrize("case", [case for case in QUERIES if "dataset" in case.name], ids=lambda case: case.name)
def test_it_is_the_dataset_of_the_request_that_answers(live: Live, case: Case) -> None:
    """With one graph fewer the answer is another."""
    kept = case.parameters[:-1]
    response = sent(live, Case(case.name, case.method, kept, case.content_type, case.body, 200, "false"))
    assert response.json()["boolean"] is False


@pytest.mark.parametrize("case", BAD_QUERIES + UPDATES + DISGUISED, ids=lambda case: case.name)
def test_what_is_no_query_is_refused(live: Live, case: Case) -> None:
    response = sent(live, case)
    assert response.status_code == case.status
    assert response.headers["content-type"] == "application/problem+json"
    assert case.expected in response.json()["detail"]
    if case.status == 405:
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_the_graph_is_as_it_was(live: Live) -> None:
    """Whatever was sent before."""
    for case in UPDATES + DISGUISED:
        sent(live, case)
    counted = live.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").json()
    assert int(counted["results"]["bindings"][0]["n"]["value"]) == len(store())


@pytest.mark.parametrize("dataset", ["FROM <{}>", "FROM NAMED <{}>", "FROM <{}> FROM <x:a>", "default", "named"])
def test_no_graph_is_fetched(live: Live, dataset: str) -> None:
    """Neither a file nor what a server would send; the graph is empty."""
    counting = "SELECT (COUNT(*) AS ?n) {} {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?s ?p ?o }} }} }}"
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        for address in ("file:///etc/passwd", f"file://{ROOT}/ontology/schemes.ttl", f"http://127.0.0.1:{port}/"):
            clause = dataset.format(address) if "FROM" in dataset else ""
            parameters = {} if clause else {f"{dataset}-graph-uri": address}
            response = live.query(counting.format(clause), **parameters)
            assert [row["n"]["value"] for row in response.json()["results"]["bindings"]] == ["0"]
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {{ SERVICE <{}> {{ ?s ?p ?o }} }}",
        "ASK {{ service silent <{}> {{ ?s ?p ?o }} }}",
        "ASK {{ SERVICESILENT<{}>{{}} }}",
        "LOAD <{}>",
        "LOAD SILENT <{}> INTO GRAPH <x:a>",
    ],
)
def test_no_other_server_is_called(live: Live, text: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        response = live.query(text.format(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        assert response.status_code == 400
        expected = response.json()["expected"]
        assert expected in ("a query without SERVICE: this endpoint calls no other", "a query: this graph is read-only")
        listening.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listening.accept()


def test_the_base_of_relative_iris_is_that_of_the_release(live: Live) -> None:
    """The protocol has each service define one; here it does not depend on the address by which it is called."""
    query = "SELECT (<graph/registry> AS ?g) (COUNT(*) AS ?n) FROM <graph/registry> { ?s ?p ?o }"
    response = live.client.get("/sparql", params={"query": query}, headers={"Host": "elsewhere.example"})
    (row,) = response.json()["results"]["bindings"]
    assert row["g"]["value"] == THREE
    assert int(row["n"]["value"]) == len(store().graph(ox.NamedNode(THREE)))
