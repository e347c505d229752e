"""The embedded store: what its default graph holds, what only GRAPH reaches, and what it will not load."""

import pyoxigraph as ox
import pytest

from mandategraph.store.embedded import EmbeddedStore

BASE = "http://example.org/"
ONE, OTHER, TERMS = (ox.NamedNode(f"{BASE}graph/{name}") for name in ("one", "other", "terms"))
A, B, C, P, Q = (ox.NamedNode(f"{BASE}{name}") for name in "abcpq")
SHARED = ox.Triple(A, P, B)
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
COUNT_GRAPHS = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module", params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """Two data graphs that share a triple, and a graph that is no data; in memory, and on disk opened read-only."""
    folder = tmp_path_factory.mktemp("store") if request.param == "disk" else None
    held = EmbeddedStore(folder)
    held.load("<a> <p> <b> . <b> <p> <c> .", BASE, ONE, in_default=True)
    held.load("<a> <p> <b> . <c> <p> 'é' .", BASE, OTHER, in_default=True)
    held.load("<a> <p> <b> . <p> <q> <a> .", BASE, TERMS, in_default=False)
    if folder is None:
        return held
    held.settled()
    del held
    return EmbeddedStore(folder, read_only=True)


def counted(found: object) -> int:
    """The number that a counting query answers."""
    assert isinstance(found, ox.QuerySolutions)
    number = next(found)["n"]
    assert isinstance(number, ox.Literal)
    return int(number.value)


def rows(found: object) -> list[tuple[object, ...]]:
    """The rows of an answer."""
    assert isinstance(found, ox.QuerySolutions)
    return [tuple(row) for row in found]


def asked(found: object) -> bool:
    """The answer to an ASK query."""
    assert isinstance(found, ox.QueryBoolean)
    return bool(found)


# The default graph


def test_a_triple_of_two_data_graphs_counts_once(store: EmbeddedStore) -> None:
    assert counted(store.query(COUNT)) == 3
    assert rows(store.query("SELECT ?o { <http://example.org/a> <http://example.org/p> ?o }")) == [(B,)]
    assert sorted(map(str, store.default_triples())).count(str(SHARED)) == 1


def test_the_default_graph_is_the_union_of_the_data_graphs(store: EmbeddedStore) -> None:
    assert set(store.default_triples()) == set(store.graph(ONE)) | set(store.graph(OTHER))
    assert len(store.default_triples()) == 3


def test_a_graph_that_is_no_data_is_reached_by_its_name_only(store: EmbeddedStore) -> None:
    pattern = f"<{P.value}> <{Q.value}> <{A.value}>"
    assert not asked(store.query(f"ASK {{ {pattern} }}"))
    assert asked(store.query(f"ASK {{ GRAPH <{TERMS.value}> {{ {pattern} }} }}"))
    assert rows(store.query(f"SELECT ?g {{ GRAPH ?g {{ {pattern} }} }}")) == [(TERMS,)]


def test_each_graph_holds_what_it_was_loaded_with(store: EmbeddedStore) -> None:
    found = rows(store.query(f"SELECT ?g {{ GRAPH ?g {{ <{A.value}> ?p ?o }} }} ORDER BY ?g"))
    assert found == [(ONE,), (OTHER,), (TERMS,)]
    assert counted(store.query(COUNT_GRAPHS)) == len(store) == 6


def test_variables_are_bound_to_terms(store: EmbeddedStore) -> None:
    found = store.query("SELECT ?s ?o { ?s ?p ?o } ORDER BY ?s", {"o": ox.Literal("é")})
    assert rows(found) == [(C, ox.Literal("é"))]


# A dataset of its own


def test_named_graphs_are_merged_as_a_set(store: EmbeddedStore) -> None:
    assert counted(store.query_graphs(COUNT, [ONE.value, OTHER.value], [])) == 3
    assert counted(store.query_graphs(COUNT, [ONE.value, ONE.value], [])) == 2
    assert counted(store.query_graphs(COUNT, [ONE.value, TERMS.value], [])) == 3


def test_graphs_merged_by_from_are_a_set_too(store: EmbeddedStore) -> None:
    both = f"FROM <{ONE.value}> FROM <{OTHER.value}>"
    assert counted(store.query(COUNT.replace("{", f"{both} {{", 1))) == 3
    assert counted(store.query(COUNT_GRAPHS.replace("{", f"{both} {{", 1))) == 0
    named = f"{both} FROM NAMED <{TERMS.value}>"
    assert counted(store.query(COUNT_GRAPHS.replace("{", f"{named} {{", 1))) == 2


def test_a_dataset_holds_only_what_it_names(store: EmbeddedStore) -> None:
    assert counted(store.query_graphs(COUNT_GRAPHS, [ONE.value], [])) == 0
    assert counted(store.query_graphs(COUNT, [], [ONE.value])) == 0
    assert counted(store.query_graphs(COUNT_GRAPHS, [], [ONE.value, TERMS.value])) == 4
    assert counted(store.query_graphs(COUNT, [f"{BASE}graph/none"], [])) == 0


def test_a_dataset_is_named_by_iris(store: EmbeddedStore) -> None:
    with pytest.raises(ValueError, match="IRI"):
        store.query_graphs(COUNT, ["no iri"], [])
    with pytest.raises(ValueError, match="IRI"):
        store.query_graphs(COUNT, [], [""])


def test_a_dataset_leaves_the_store_as_it_was(store: EmbeddedStore) -> None:
    store.query_graphs(COUNT, [TERMS.value], [ONE.value])
    assert counted(store.query(COUNT)) == 3
    assert len(store) == 6


# Looking up


def test_a_node_is_described_by_the_graphs_that_speak_of_it(store: EmbeddedStore) -> None:
    about, pointing = store.describe(B)
    assert set(about) == {ox.Quad(B, P, C, ONE)}
    assert set(pointing) == {ox.Quad(A, P, B, name) for name in (ONE, OTHER, TERMS)}
    assert store.describe(ONE) == ([], [])


def test_what_the_default_graph_says_of_a_node(store: EmbeddedStore) -> None:
    assert store.about(A) == [SHARED]
    assert store.about(P) == []


def test_what_stands_in_one_graph_only_is_told_from_what_others_say_too(store: EmbeddedStore) -> None:
    assert store.only_in(ONE, [A, B, C]) == {ox.Triple(B, P, C)}
    assert store.only_in(OTHER, [A, B, C]) == {ox.Triple(C, P, ox.Literal("é"))}
    assert store.only_in(ONE, [A]) == store.only_in(A, [B]) == set()


def test_graphs_are_named_in_order(store: EmbeddedStore) -> None:
    assert store.names() == [ONE, OTHER, TERMS]
    assert store.graph(ox.NamedNode(f"{BASE}graph/none")) == []


def test_the_quads_are_those_of_the_named_graphs(store: EmbeddedStore) -> None:
    assert {quad.graph_name for quad in store.quads()} == {ONE, OTHER, TERMS}


# What is refused


@pytest.mark.parametrize("text", ["<a> <p> .", "<a> <p> 'b", "ex:a ex:p ex:b .", "<a> <p> <b> ", "{"])
@pytest.mark.parametrize("in_default", [True, False])
def test_malformed_turtle_raises(text: str, in_default: bool) -> None:  # noqa: FBT001 - both are tried
    with pytest.raises(SyntaxError):
        EmbeddedStore().load(text, BASE, ONE, in_default=in_default)


@pytest.mark.parametrize("text", ["", "SELECT", "INSERT DATA { <x:a> <x:b> <x:c> }", "SELECT * { ?s ?p }"])
def test_what_is_no_query_raises(store: EmbeddedStore, text: str) -> None:
    with pytest.raises(SyntaxError):
        store.query(text)
    with pytest.raises(SyntaxError):
        store.query_graphs(text, [ONE.value], [])
