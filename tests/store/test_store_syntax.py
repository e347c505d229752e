"""What is told of a query by reading it: its kind, its graphs, what must not be sent; and that nothing is run."""

import pyoxigraph as ox
import pytest

from mandategraph.errors import SyntaxFault
from mandategraph.places import Place
from mandategraph.store.exchange import Dataset
from mandategraph.store.syntax import BOOLEAN, GRAPH, ROWS, confined, dataset_of, kind_of, sendable

DATASET = Dataset(("x:a", "x:b", "x:terms"), ("x:a", "x:b"), "x:union")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SELECT * {}", ROWS),
        ("PREFIX ask: <x:ASK> select ?ask { ?ask ask:ask ?ask } # ASK", ROWS),
        ("ASK {}", BOOLEAN),
        ("CONSTRUCT WHERE { ?s ?p ?o }", GRAPH),
        ("DESCRIBE <x:a>", GRAPH),
        ("SELECT ?a { ?a ?b ?c } VALUES ?a { <x:a> }", ROWS),
        ("ASK { VALUES ?a { 1 } } VALUES ?a { 1 UNDEF }", BOOLEAN),
        ("SELECT ?values { ?values ?p 'VALUES' }", ROWS),
    ],
)
def test_the_kind_of_a_query(text: str, kind: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    ["", "SELECT * {} VALUES ?a", "SELECT * {} VALUES ?a { ?b }", "SELECT ?a {} VALUES ?a { 1 } VALUES ?a { 1 }"],
)
def test_what_is_no_query_has_no_kind(text: str) -> None:
    with pytest.raises(SyntaxError):
        kind_of(text)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * {",
        "ASK {\n\n# a",
        "ASK {} VALUES ?a {\n ?b }",
        "SELECT *\n{ ?s ?p }",
        "SELECT *\n{ ?s ex:a ?o }",
        "ASK {\n  ?s ?p 'a }",
    ],
)
def test_a_fault_is_told_where_the_engine_tells_it(text: str) -> None:
    with pytest.raises(SyntaxError) as told:
        kind_of(text)
    with pytest.raises(SyntaxError) as engine:
        ox.Store().query(text)
    assert str(told.value).split(":")[:2] == str(engine.value).split(":")[:2]


# What is sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ASK { ?s ?p 'caf\\u00e9' }", "ASK { ?s ?p 'café' }"),
        ("ASK { ?s ?p '\\U0001D518' }", "ASK { ?s ?p '𝔘' }"),
        ("ASK { ?s ?p '\\\\u0022' }", "ASK { ?s ?p '\\\\u0022' }"),
        ("ASK { ?s ?p '\\\\\\u0061' }", "ASK { ?s ?p '\\\\a' }"),
        ("ASK { <x:\\u0061> ?p '\\n' }", "ASK { <x:a> ?p '\\n' }"),
    ],
)
def test_letters_are_written_out(text: str, sent: str) -> None:
    assert sendable(text, "a.rq") == sent
    assert kind_of(text) == kind_of(sent) == BOOLEAN


@pytest.mark.parametrize(
    ("text", "expected", "place"),
    [
        ("ASK {\n ?s ?p '\\u0022' }", "the character itself", Place("a.rq", 2, 9)),
        ("ASK { ?s ?p '\\U00110000' }", "the character itself", Place("a.rq", 1, 14)),
        (
            "ASK { \\u0053ERVICE <x:a> {} }",
            "a query without SERVICE: this endpoint calls no other",
            Place("a.rq", 1, 7),
        ),
        ("PREFIX x: <BIF:> ASK {}", "functions that every SPARQL 1.1 store has", Place("a.rq", 1, 11)),
        ("SELECT (<sql:x>(1) AS ?x) {}", "functions that every SPARQL 1.1 store has", Place("a.rq", 1, 9)),
    ],
)
def test_what_a_store_could_read_otherwise_is_refused(text: str, expected: str, place: Place) -> None:
    with pytest.raises(SyntaxFault) as caught:
        sendable(text, "a.rq")
    assert (caught.value.expected, caught.value.place) == (expected, place)


# Graphs


@pytest.mark.parametrize(
    ("text", "default", "named"),
    [
        ("SELECT * {}", (), ()),
        ("SELECT * FROM <x:a> {}", ("x:a",), ()),
        ("SELECT * FROM <x:a> FROM NAMED <x:b> WHERE {}", ("x:a",), ("x:b",)),
        ("PREFIX g: <x:> CONSTRUCT { ?s ?p ?o } from g:a from named g:b WHERE { ?s ?p ?o }", ("x:a",), ("x:b",)),
        ("BASE <http://example.org/> ASK FROM <a> {}", ("http://example.org/a",), ()),
        ("ASK FROM\n<x:a>\n{ ?from ?p 'FROM <x:b>' } # FROM <x:c>", ("x:a",), ()),
        ("DESCRIBE <x:n> FROM <x:a>", ("x:a",), ()),
    ],
)
def test_the_graphs_of_a_text_are_taken_out_of_it(text: str, default: tuple[str, ...], named: tuple[str, ...]) -> None:
    rest, *found = dataset_of(text, "a.rq")
    assert tuple(found) == (default, named)
    assert dataset_of(rest, "a.rq") == (rest, (), ())
    assert kind_of(rest) == kind_of(text)
    assert len(rest) == len(text)
    assert rest.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "text", ["PREFIX : <x:> ASK FROM:a {}", "ASK FROM <relative> {}", "ASK FROM ex:a {}", "ASK FROM NAMED:a {}"]
)
def test_a_graph_that_cannot_be_told_is_refused(text: str) -> None:
    with pytest.raises(SyntaxFault):
        dataset_of(text, "a.rq")


ANOTHER = f"<{DATASET.names[0]}>"
NEVER = "{ FILTER(false) "


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("ASK { GRAPH <x:a> { ?s ?p ?o } }", "ASK { GRAPH <x:a> { ?s ?p ?o } }"),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", "ASK { GRAPH ?g { ?s ?p ?o } }"),
        ("ASK { graph <x:other> { ?s ?p ?o } }", f"ASK {{ graph {ANOTHER} {NEVER} ?s ?p ?o }} }}"),
        (
            "PREFIX g: <x:> ASK { GRAPH g:c{} GRAPH g:a {} }",
            f"PREFIX g: <x:> ASK {{ GRAPH {ANOTHER}{NEVER}}} GRAPH g:a {{}} }}",
        ),
        ("PREFIX graph: <x:> ASK { graph:s ?p 'GRAPH <x:c>' }", "PREFIX graph: <x:> ASK { graph:s ?p 'GRAPH <x:c>' }"),
    ],
)
def test_a_graph_that_is_not_reached_has_nothing_in_it(text: str, sent: str) -> None:
    assert confined(text, DATASET.names, DATASET.nowhere, "a.rq") == sent
    assert kind_of(sent) == BOOLEAN


@pytest.mark.parametrize("text", ["PREFIX : <x:> ASK { GRAPH:a { ?s ?p ?o } }", "ASK { GRAPH <x:a(b)> { ?s ?p ?o } }"])
def test_a_graph_that_could_be_hidden_is_refused(text: str) -> None:
    ox.Store().query(text)
    with pytest.raises(SyntaxFault):
        confined(text, DATASET.names, DATASET.nowhere, "a.rq")


@pytest.mark.parametrize(
    ("default", "named", "merged", "reached"),
    [
        ([], [], ["x:union"], ["x:a", "x:b", "x:terms"]),
        (["x:a"], [], ["x:a"], []),
        ([], ["x:terms"], ["x:union/nowhere"], ["x:terms"]),
        (["x:b", "x:a", "x:b"], ["x:a"], ["x:union"], ["x:a"]),
        (["x:a", "x:terms"], [], ["x:a", "x:terms"], []),
        (["x:other", "x:union"], ["x:other"], ["x:union/nowhere"], []),
    ],
)
def test_a_dataset_is_always_named(default: list[str], named: list[str], merged: list[str], reached: list[str]) -> None:
    fields = DATASET.fields(default, named)
    assert [value for name, value in fields if name == "default-graph-uri"] == merged
    assert [value for name, value in fields if name == "named-graph-uri"] == [*reached, DATASET.nowhere]
