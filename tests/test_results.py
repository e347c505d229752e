"""Results as text: every format parses back to what was asked for, and the wrong format is refused."""

import csv
import io

import pyoxigraph as ox
import pytest
from rdflib import RDF, Literal, Namespace, URIRef

from mandategraph import rdflib_terms
from mandategraph.errors import UsageError
from mandategraph.queries import Rows
from mandategraph.results import (
    ANSWER,
    DATASET_FORMATS,
    GRAPH_FORMATS,
    ROW_FORMATS,
    behind,
    dataset_text,
    graph_text,
    iris_in,
    result_set,
    rows_csv,
    rows_turtle,
    serialized,
)
from mandategraph.store.embedded import EmbeddedStore
from mandategraph.vocabulary import MG, RDFS, RS, XSD
from mandategraph.vocabulary import A as RDF_TYPE

RESULT = Namespace(RS.iri)

BASE = "http://example.org/"
A, B, P, Q = (ox.NamedNode(f"{BASE}{name}") for name in ("a", "b", "p", "q"))
TERMS: tuple[ox.NamedNode | ox.Literal, ...] = (
    A,
    ox.Literal("one, “two”\n\t\"three\" <four> & 'five' é 𝔘"),
    ox.Literal("dos", language="es"),
    ox.Literal("0", datatype=XSD["integer"]),
    ox.Literal("false", datatype=XSD["boolean"]),
    ox.Literal(""),
)
TRIPLES = {ox.Triple(A, P, term) for term in TERMS}
SELECT = f"SELECT ?value ?none WHERE {{ <{A.value}> <{P.value}> ?value }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{A.value}> <{P.value}> ?value }}"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """The triples in one graph."""
    held = EmbeddedStore()
    held.load(graph_text(TRIPLES, "ttl").decode(), BASE, ox.NamedNode(f"{BASE}graph"), in_default=True)
    return held


# The standard formats


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_rows_parse_back_to_the_terms_they_held(store: EmbeddedStore, form: str) -> None:
    parsed = ox.parse_query_results(serialized(store.query(SELECT), form), format=ROW_FORMATS[form])
    assert isinstance(parsed, ox.QuerySolutions)
    assert [variable.value for variable in parsed.variables] == ["value", "none"]
    found = list(parsed)
    assert {row["value"] for row in found} == set(TERMS)
    assert {row["none"] for row in found} == {None}


def test_rows_in_csv_hold_the_text_of_the_terms(store: EmbeddedStore) -> None:
    text = serialized(store.query(SELECT), "csv").decode()
    header, *lines = csv.reader(io.StringIO(text, newline=""))
    assert header == ["value", "none"]
    assert sorted(lines) == sorted([term.value, ""] for term in TERMS)


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(("query", "answer"), [("ASK {}", True), ("ASK { <x:a> <x:b> <x:c> }", False)])
def test_a_boolean_parses_back(store: EmbeddedStore, form: str, query: str, answer: bool) -> None:  # noqa: FBT001 - the answer is one
    parsed = ox.parse_query_results(serialized(store.query(query), form), format=ROW_FORMATS[form])
    assert isinstance(parsed, ox.QueryBoolean)
    assert bool(parsed) is answer


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_a_graph_parses_back_to_the_same_triples(store: EmbeddedStore, form: str) -> None:
    found = serialized(store.query(CONSTRUCT), form)
    assert {quad.triple for quad in ox.parse(found, format=GRAPH_FORMATS[form])} == TRIPLES


@pytest.mark.parametrize("form", DATASET_FORMATS)
def test_a_dataset_parses_back_to_the_same_quads(form: str) -> None:
    quads = {ox.Quad(A, P, B, Q), ox.Quad(A, P, B, P), ox.Quad(B, P, ox.Literal("“b”"), Q)}
    assert set(ox.parse(dataset_text(quads, form), format=DATASET_FORMATS[form])) == quads


@pytest.mark.parametrize("form", ["ttl", "rdfxml"])
def test_the_terms_of_this_project_are_written_with_its_prefix(form: str) -> None:
    assert b"mg:text" in graph_text([ox.Triple(A, MG["text"], B)], form)


@pytest.mark.parametrize("form", GRAPH_FORMATS)
def test_no_triples_are_a_graph_too(form: str) -> None:
    assert list(ox.parse(graph_text([], form), format=GRAPH_FORMATS[form])) == []


@pytest.mark.parametrize(
    ("query", "form", "fitting"),
    [
        (SELECT, "ttl", "json, xml, csv, tsv"),
        (SELECT, "", "json, xml, csv, tsv"),
        ("ASK {}", "csv", "json, xml"),
        ("ASK {}", "tsv", "json, xml"),
        ("ASK {}", "nt", "json, xml"),
        (CONSTRUCT, "csv", "ttl, nt, nq, trig, rdfxml, jsonld"),
        (CONSTRUCT, "json", "ttl, nt, nq, trig, rdfxml, jsonld"),
    ],
)
def test_a_format_that_does_not_fit_is_refused_and_those_that_do_are_named(
    store: EmbeddedStore, query: str, form: str, fitting: str
) -> None:
    with pytest.raises(UsageError) as caught:
        serialized(store.query(query), form)
    assert str(caught.value).endswith(f"can be written as {fitting}, not {form}")


# Rows for programs


ROWS = Rows(("b", "a"), ((A, ox.Literal("“x”, y\nz")), (None, ox.Literal("2", datatype=XSD["integer"]))))


def test_rows_as_csv_have_a_header_and_one_kind_of_line_end() -> None:
    text = rows_csv(("b", "a"), ROWS.values())
    assert "\r" not in text
    assert list(csv.reader(io.StringIO(text))) == [["b", "a"], [A.value, "“x”, y\nz"], ["", "2"]]


def test_rows_as_csv_hold_the_columns_asked_for() -> None:
    assert rows_csv(("a",), [{"a": "1", "b": "2"}]) == "a\n1\n"
    assert rows_csv(("a", "b"), []) == "a,b\n"


def test_rows_as_csv_end_their_lines_as_asked() -> None:
    assert rows_csv(("b", "a"), ROWS.values()[1:], "\r\n") == "b,a\r\n,2\r\n"


def test_rows_as_turtle_are_a_result_set_in_order_with_the_terms_they_have() -> None:
    found = {
        each.triple for each in ox.parse(rows_turtle(("b", "a"), ROWS.cells(), TRIPLES), format=ox.RdfFormat.TURTLE)
    }
    assert found >= TRIPLES
    held = rdflib_terms.to_rdflib(found - TRIPLES)
    (answer,) = held.subjects(RDF.type, RESULT.ResultSet)
    assert {str(each) for each in held.objects(answer, RESULT.resultVariable)} == {"a", "b"}
    told = {
        int(str(held.value(row, RESULT["index"]))): {
            str(held.value(binding, RESULT.variable)): held.value(binding, RESULT.value)
            for binding in held.objects(row, RESULT.binding)
        }
        for row in held.objects(answer, RESULT.solution)
    }
    assert told == {
        1: {"b": URIRef(A.value), "a": Literal("“x”, y\nz", datatype=XSD["string"].value)},
        2: {"a": Literal("2", datatype=XSD["integer"].value)},
    }


def test_a_result_set_without_rows_has_its_columns() -> None:
    assert {each.predicate for each in result_set(("a",), [])} == {RDF_TYPE, RS["resultVariable"]}


def test_the_iris_in_rows_are_those_of_resources() -> None:
    rows = Rows(("a", "b"), ((A, ox.Literal(B.value)), (ox.BlankNode("x"), None), (B, A)))
    assert list(iris_in(rows)) == [A.value, B.value, A.value]


# What is behind rows


EVIDENCE = """
<quotation> <evidence> <quotation#evidence> ; <quotes> <passage> ; <note> "n" .
<quotation#evidence> <selector> <quotation#evidence-quote> ; <source> <document#evidence> .
<quotation#evidence-quote> <exact> "e" ; <of> <quotation#evidence> .
<passage> <of> <instrument> .
<document#evidence> <exact> "d" .
"""


@pytest.fixture(scope="module")
def evident() -> EmbeddedStore:
    """A quotation with its evidence."""
    held = EmbeddedStore()
    held.load(EVIDENCE, BASE, ox.NamedNode(f"{BASE}graph"), in_default=True)
    return held


def test_behind_a_resource_are_its_statements_and_those_of_its_own_nodes(evident: EmbeddedStore) -> None:
    found = behind(evident, [f"{BASE}quotation", f"{BASE}quotation"], BASE)
    assert {triple.subject for triple in found} == {
        ox.NamedNode(f"{BASE}quotation{part}") for part in ("", "#evidence", "#evidence-quote")
    }
    assert len(found) == 7


def test_behind_what_is_not_of_this_project_is_nothing(evident: EmbeddedStore) -> None:
    assert behind(evident, [f"{BASE}quotation"], "http://example.com/") == set()
    assert behind(evident, [f"{BASE}nothing"], BASE) == set()


def test_what_only_rules_infer_is_not_behind_a_resource_and_is_counted() -> None:
    graph = ox.NamedNode(f"{BASE}graph/inferred")
    held = EmbeddedStore()
    held.load("<a> <p> <b> .", BASE, ox.NamedNode(f"{BASE}graph/registry"), in_default=True)
    held.load("<a> <p> <b> ; <q> <b> , <c> . <b> <q> <c> .", BASE, graph, in_default=True)
    note = "Triples left out, for only rules of the ontology infer them: 2. They are in <http://example.org/graph/inferred>."
    assert behind(held, [A.value], BASE) == {
        ox.Triple(A, P, B),
        ox.Triple(ANSWER, RDFS["comment"], ox.Literal(note, language="en")),
        ox.Triple(ANSWER, RDFS["seeAlso"], graph),
    }
