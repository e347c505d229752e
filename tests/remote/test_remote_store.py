"""A store elsewhere answers as the embedded one does: every question, look-up and check, over each of the servers."""

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph import queries
from mandategraph.errors import SyntaxFault, UsageError
from mandategraph.queries import Query, Rows, results_of, rows
from mandategraph.store import Results
from mandategraph.store.addresses import Endpoints
from mandategraph.store.exchange import Dataset
from mandategraph.store.link import Link
from mandategraph.store.remote import RemoteStore
from servers import MERGING, Server
from serving import DOCUMENTS, folder_of, manifest, source, store

CASES = Path(__file__).parents[1] / "queries"
GOLDEN = sorted((CASES / "questions").glob("*.json"))
FAILING = sorted((CASES / "checks").glob("*.fails.ttl"))
BASE = manifest().base
REGISTRY, ONTOLOGY = f"{BASE}graph/registry", f"{BASE}graph/ontology"
COUNT = "SELECT (COUNT(*) AS ?n) {} {{ ?s ?p ?o }}"
ABOUT = ("number-of-references", "references-to-a-resource", "statements-of-a-resource")
LOOKED_UP = [
    ("actions-under", {"plan": "2012", "notation": "2.1"}),
    ("labels", {}),
    *(("leaves-of-a-document", {"document": document}) for document in DOCUMENTS),
    ("limits-of-a-plan", {}),
    ("limits-of-a-plan", {"plan": "2012"}),
    ("names", {}),
    ("names", {"name": "2.1"}),
    ("parts-of-plans", {}),
    ("parts-of-plans", {"plan": "2012"}),
    ("parts-of-plans", {"plan": "2012", "notation": "2.1"}),
    ("parts-of-plans", {"notation": "1.2"}),
    *((name, {}) for name in ("attributions", "cues", "instruments", "kind-words", "known-names", "plans")),
    *((name, {}) for name in ("labels-of-resources", "quotations", "resources", "versions")),
    *((f"texts-of-{of}", {}) for of in ("documents", "instruments", "plans", "quotations")),
    ("instruments", {"instrument": "plan-of-action-quebec-2001"}),
    ("plans", {"plan": "2012"}),
    *((name, {"node": f"{BASE}plan/2012/action/2.1.2"}) for name in ABOUT),
    ("triples-of-a-graph", {"graph": f"{BASE}graph/inferred"}),
    ("stated-sources", {}),
    ("stated-sources", {"plan": "2012"}),
]
NODES = [
    f"{BASE}plan/2012/action/2.1.2",
    f"{BASE}instrument/plan-of-action-quebec-2001",
    f"{BASE}quotation/linking-document-2011/1.4/1",
    f"{BASE}quotation/linking-document-2011/1.4/1#evidence-quote",
    "https://w3id.org/mandategraph/ontology#Action",
    f"{BASE}nothing/of/the/kind",
]


def same(one: RemoteStore, query: Query, given: dict[str, str]) -> None:
    """See that a query has the same answer over a store elsewhere as over the embedded one, row by row."""
    assert rows(one, query, given) == here(query, tuple(given.items()))


@cache
def here(query: Query, given: tuple[tuple[str, str], ...]) -> Rows:
    """The answer of the embedded store."""
    return rows(store(), query, dict(given))


def count(found: Results) -> int:
    """The number that a counting query answers."""
    assert isinstance(found, ox.QuerySolutions)
    term = next(found)["n"]
    assert isinstance(term, ox.Literal)
    return int(term.value)


def triples(found: Results) -> set[ox.Triple]:
    """The triples that a query answers."""
    assert isinstance(found, ox.QueryTriples)
    return set(found)


# The same answers


def test_every_lookup_is_looked_up() -> None:
    assert {name for name, _ in LOOKED_UP} == set(folder_of("lookups"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_a_question_has_its_golden_answer(remote: RemoteStore, path: Path) -> None:
    same(remote, folder_of("questions")[path.name.partition(".")[0]], json.loads(path.read_text("utf-8"))["parameters"])


@pytest.mark.parametrize("query", folder_of("questions").values(), ids=lambda query: query.name)
def test_a_question_has_the_same_answer_for_a_value_of_each_parameter(remote: RemoteStore, query: Query) -> None:
    needed = {each.name: _needed(each.name) for each in query.parameters if not each.optional}
    answer = here(query, tuple(needed.items()))
    assert answer.rows
    for name in (each.name for each in query.parameters if each.optional):
        shown = dict.fromkeys(row[name] for row in answer.values() if row[name])
        value = list(shown)[len(shown) // 2]
        same(remote, query, {**needed, name: value})


def _needed(parameter: str) -> str:
    """A value for a parameter that a question needs."""
    values = {
        "action": "1.4",
        "instrument": "plan-of-action-quebec-2001",
        "node": f"{BASE}support/linking-document-2011/1.4/1",
    }
    return values[parameter]


@pytest.mark.parametrize(("name", "given"), LOOKED_UP, ids=str)
def test_a_lookup_has_the_same_answer(remote: RemoteStore, name: str, given: dict[str, str]) -> None:
    same(remote, folder_of("lookups")[name], given)


@pytest.mark.parametrize("check", folder_of("checks").values(), ids=lambda check: check.name)
def test_a_check_finds_nothing_in_the_release(remote: RemoteStore, check: Query) -> None:
    assert rows(remote, check, {}).values() == []


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.name)
def test_a_check_finds_the_faulty_nodes_of_its_case(link: Link, path: Path) -> None:
    """That a check finds nothing is worth something only where it finds what is there."""
    text, base = path.read_text("utf-8"), "http://example.org/"
    graph = f"{base}cases/{path.name}"
    quads = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=base)
    link.put(graph, ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b"")
    held = RemoteStore(link, Dataset((graph,), (graph,), graph), lambda: True)
    found = rows(held, folder_of("checks")[path.name.removesuffix(".fails.ttl")], {})
    link.update(f"DROP SILENT GRAPH <{graph}>")
    assert {row[0] for row in found.rows} == {
        ox.NamedNode(base + name) for name in set(re.findall(r"<(faulty/[\w-]+)>", text))
    }


# Looking up


@pytest.mark.parametrize("iri", NODES)
def test_a_node_is_described_as_it_is_here(remote: RemoteStore, iri: str) -> None:
    node = ox.NamedNode(iri)
    assert sorted(map(str, remote.about(node))) == sorted(map(str, store().about(node)))
    for found, expected in zip(remote.describe(node), store().describe(node), strict=True):
        assert sorted(map(_without_blank, found)) == sorted(map(_without_blank, expected))


def test_what_only_rules_infer_is_told_apart_as_it_is_here(remote: RemoteStore) -> None:
    nodes = [ox.NamedNode(iri) for iri in NODES]
    inferred = ox.NamedNode(f"{BASE}graph/inferred")
    assert remote.only_in(inferred, nodes) == store().only_in(inferred, nodes) != set()
    assert remote.only_in(nodes[0], nodes) == set()


def canonical(quads: Iterable[ox.Quad]) -> ox.Dataset:
    """Quads, their blank nodes named by what is said of them."""
    held = ox.Dataset(quads)
    held.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return held


def _without_blank(quad: ox.Quad) -> str:
    """A quad as text, its blank nodes without their names."""
    return re.sub(r"_:\w+", "_:b", str(quad))


def test_every_graph_is_here_and_there(remote: RemoteStore) -> None:
    assert remote.names() == store().names()
    assert len(remote) == len(store())
    assert canonical(remote.quads()) == canonical(store().quads())
    assert set(remote.default_triples()) == set(store().default_triples())
    assert remote.graph(ox.NamedNode(f"{BASE}graph/none")) == []
    assert remote.graph(ox.NamedNode(remote.dataset.union)) == []


def test_a_document_is_rebuilt_from_there(remote: RemoteStore) -> None:
    leaves = rows(remote, folder_of("lookups")["leaves-of-a-document"], {"document": DOCUMENTS[0]}).values()
    text = "".join(leaf["spaceBefore"] + leaf["verbatim"] for leaf in leaves) + leaves[0]["spaceAtEnd"]
    assert text == source(DOCUMENTS[0])


# The dataset


def test_a_triple_of_two_graphs_counts_once(remote: RemoteStore) -> None:
    named = sum(len(store().graph(ox.NamedNode(name))) for name in remote.dataset.data)
    assert count(remote.query(COUNT.format(""))) == len(store().default_triples()) < named


@pytest.mark.parametrize(
    "clauses",
    [
        "FROM <{registry}>",
        "FROM NAMED <{registry}>",
        "FROM <{ontology}> FROM NAMED <{registry}>",
        "FROM <{base}graph/default>",
        "FROM NAMED <{base}graph/published>",
        "from g:registry\n FROM NAMED g:ontology",
        "FROM <http://example.org/none>",
    ],
)
def test_a_query_reaches_the_graphs_that_it_names_alone(remote: RemoteStore, clauses: str) -> None:
    named = clauses.format(base=BASE, registry=REGISTRY, ontology=ONTOLOGY)
    head = f"PREFIX g: <{BASE}graph/> SELECT (COUNT(*) AS ?n) {named}"
    for group in ("{ ?s ?p ?o }", "{ GRAPH ?g { ?s ?p ?o } }"):
        assert count(remote.query(f"{head} WHERE {group}")) == count(store().query(f"{head} WHERE {group}"))


def test_a_query_reaches_no_other_graph_of_the_store(remote: RemoteStore, link: Link) -> None:
    other = "http://example.org/another"
    link.put(other, b"<x:secret> <x:p> <x:o> .")
    for text in (
        "ASK { <x:secret> ?p ?o }",
        "ASK { GRAPH ?g { <x:secret> ?p ?o } }",
        f"ASK {{ GRAPH <{other}> {{ <x:secret> ?p ?o }} }}",
        f"PREFIX o: <{other[:-3]}> ASK {{ graph o:her {{ <x:secret> ?p ?o }} }}",
        f"ASK FROM <{other}> {{ <x:secret> ?p ?o }}",
        f"ASK FROM NAMED <{other}> {{ GRAPH ?g {{ <x:secret> ?p ?o }} }}",
    ):
        assert not remote.query(text), text
    for text in ("CONSTRUCT { <x:secret> ?p ?o } WHERE { <x:secret> ?p ?o }", "DESCRIBE <x:secret>"):
        assert triples(remote.query(text)) == set(), text
    link.update(f"DROP SILENT GRAPH <{other}>")


def test_all_data_graphs_merged_are_the_default_graph(remote: RemoteStore) -> None:
    fields = remote.dataset.fields(remote.dataset.data, ())
    assert fields[0] == ("default-graph-uri", remote.dataset.union)


def test_two_graphs_are_merged_as_a_set_or_not_at_all(remote: RemoteStore, server: Server) -> None:
    one, other = f"{BASE}graph/judgements", f"{BASE}graph/source/linking-document-2011"
    union = {triple for name in (one, other) for triple in store().graph(ox.NamedNode(name))}
    if server.kind in MERGING:
        remote.check([one, other])
        asked = remote.link.ask(COUNT.format(""), remote.dataset.fields([one, other]), "rows")
        assert count(asked) == len(union)
    else:
        with pytest.raises(UsageError, match="count a triple that stands in two of them twice; found 2"):
            remote.check([one, other])


# What is bound and what is refused


@pytest.mark.parametrize("text", ['" . } #', "a' }", "\\", "?name", "\n", "\r\t", "a\0b", "\\u0022 } #", "𝔘é"])
def test_a_value_is_never_read_as_sparql(remote: RemoteStore, text: str) -> None:
    for group in ("?thing <x:p> ?name", "BIND('a' AS ?name)"):
        query = queries.parsed(f"# Which?\n# name (string): it\n# -> name\nSELECT ?name {{ {group} }}", "a.rq")
        assert rows(remote, query, {"name": text}).rows == ()


@pytest.mark.parametrize("text", ['" . } #', "a' }", "\\", "\n", "\r\t", "\\u0022 } #", "𝔘é", "\u200b"])
def test_a_value_is_the_one_that_is_asked_for(remote: RemoteStore, text: str) -> None:
    group = f"BIND({ox.Literal(text)} AS ?name)"
    query = queries.parsed(f"# Which?\n# name (string): it\n# -> name\nSELECT ?name {{ {group} }}", "a.rq")
    assert rows(remote, query, {"name": text}).rows == ((ox.Literal(text),),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "without SERVICE"),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", "read-only"),
        ("PREFIX bif: <bif:> SELECT (bif:length('a') AS ?n) {}", "every SPARQL 1.1 store has"),
        ("ASK { ?s ?p '\\u0022 } SERVICE <x:a> { #' }", "the character itself"),
    ],
)
def test_what_is_refused_is_never_sent(text: str, expected: str, unreachable: RemoteStore) -> None:
    with pytest.raises(SyntaxFault) as caught:
        unreachable.query(text)
    assert expected in caught.value.expected


@pytest.fixture
def unreachable() -> Iterator[RemoteStore]:
    """A store that a query cannot be sent to without a fault of another kind."""
    with Link(Endpoints("http://127.0.0.1:9/")) as link:
        yield RemoteStore(link, Dataset(("x:a",), ("x:a",), "x:u"), lambda: True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SELECT",
        "SELECT * { ?s ?p }",
        "SELECT * { ?s ?p",
        "ASK {\n# a comment",
        "ASK {} LIMIT x",
        "ASK { ?s ?p 'a }",
        'ASK { ?s ?p """a }',
        "ASK {} VALUES ?x { 1",
        "SELECT ?x\n{ }\nVALUES ?x { ?y }",
        "SELECT * { ?s ex:a ?o }",
        "DEFINE input:inference 'x' SELECT * {}",
    ],
)
def test_what_is_no_query_raises_as_it_does_here(text: str, unreachable: RemoteStore) -> None:
    with pytest.raises(SyntaxError) as there:
        unreachable.query(text)
    with pytest.raises(SyntaxError) as embedded:
        store().query(text)
    assert str(there.value).split(":")[:2] == str(embedded.value).split(":")[:2]


def test_a_fault_is_placed_as_it_is_here(remote: RemoteStore) -> None:
    with pytest.raises(SyntaxFault) as caught:
        results_of(remote, "SELECT * {\n  ?s ?p ?o", "a.rq")
    assert (str(caught.value.place), caught.value.found) == ("a.rq:2:11", "the end of the line")


def test_a_variable_that_is_counted_is_not_bound(unreachable: RemoteStore) -> None:
    with pytest.raises(UsageError, match="a variable that is bound in the group, not n"):
        unreachable.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {"n": ox.Literal(1)})


# The kinds of results


def test_every_kind_of_results_comes_back(remote: RemoteStore) -> None:
    node = NODES[0]
    asked = remote.query(f"ASK {{ <{node}> ?p ?o }}")
    assert isinstance(asked, ox.QueryBoolean)
    assert asked
    said = set(store().about(ox.NamedNode(node)))
    assert triples(remote.query(f"CONSTRUCT WHERE {{ <{node}> ?p ?o }}")) == said
    assert triples(remote.query(f"DESCRIBE <{node}>")) >= said


def test_a_truth_value_is_canonical(remote: RemoteStore) -> None:
    text = "SELECT DISTINCT ?quoted { ?s <https://w3id.org/mandategraph/ontology#quoted> ?quoted } ORDER BY ?quoted"
    query = queries.parsed(f"# Which?\n# -> quoted\n{text}", "a.rq")
    assert rows(remote, query, {}) == rows(store(), query, {})
