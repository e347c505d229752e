"""The canonical Turtle text says the whole graph, and says it in one way only."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import turtle
from mandategraph.iris import DEFAULT_BASE
from mandategraph.vocabulary import DCTERMS, MG, PREFIXES, XSD, A

BASE = "https://example.org/base/"
CASE = ox.NamedNode(BASE + "plan/2012")


@st.composite
def named_nodes(draw: st.DrawFn) -> ox.NamedNode:
    """IRIs of this project, of known vocabularies and of anywhere, among them some that look like one another."""
    namespace = draw(st.sampled_from([BASE, BASE.removesuffix("base/"), "urn:x:", *PREFIXES.values()]))
    odd = ["", "a", "A", "1", "_", "a-", "a/b", "a//b", "a/../b", "a/.", "a/b.", "a#b", "a#", "a?b", "a%20b", "é"]
    local = draw(st.sampled_from(odd) | st.text(alphabet="ab1_-./~!$&'()*+,;=:@é\U0001f600", max_size=6))
    return ox.NamedNode(namespace + (local.replace("#", "") if "#" in namespace else local))


def literals() -> st.SearchStrategy[ox.Literal]:
    """Literals of every form: plain, in a language, with a direction, typed well and typed badly."""
    characters = st.characters(exclude_categories=["Cs"])
    texts = st.text(characters | st.sampled_from("\\\"'\n\r\t\b\f\x00\x1f\x7f\x85\u2028\ufffe"), max_size=8)
    datatypes = st.sampled_from(["string", "integer", "boolean", "decimal", "double", "date", "gYear", "anyURI"])
    lexicals = texts | st.sampled_from(["1", "-1", "+1", "007", "1.0", "1e3", "true", "false", "TRUE", "1994-12", "٣"])
    languages = st.sampled_from(["en", "en-GB", "pt-BR", "zh-Hant-TW"])
    return st.one_of(
        st.builds(ox.Literal, lexicals),
        st.builds(lambda text, name: ox.Literal(text, datatype=XSD[name]), lexicals, datatypes),
        st.builds(lambda text, kind: ox.Literal(text, datatype=kind), lexicals, named_nodes()),
        st.builds(lambda text, language: ox.Literal(text, language=language), texts, languages),
    )


def triples() -> st.SearchStrategy[ox.Triple]:
    return st.builds(ox.Triple, named_nodes(), named_nodes() | st.just(A), named_nodes() | literals())


def graphs() -> st.SearchStrategy[set[ox.Triple]]:
    return st.sets(triples(), max_size=8)


@given(graphs())
def test_what_was_written_is_read_back(graph: set[ox.Triple]) -> None:
    assert turtle.read(turtle.written(graph, BASE), BASE) == graph


@given(graphs(), st.data())
def test_the_order_of_the_triples_does_not_show(graph: set[ox.Triple], data: st.DataObject) -> None:
    ordered = sorted(graph, key=str)
    assert turtle.written(data.draw(st.permutations(ordered)), BASE) == turtle.written(ordered, BASE)


def test_a_triple_given_twice_is_written_once() -> None:
    triple = ox.Triple(CASE, MG["text"], ox.Literal("a"))
    assert turtle.written([triple, triple], BASE) == turtle.written([triple], BASE)


def test_the_direction_of_a_text_is_kept() -> None:
    graph = {ox.Triple(CASE, MG["text"], ox.Literal("a", language="ar", direction=ox.BaseDirection.RTL))}
    assert turtle.read(turtle.written(graph, BASE), BASE) == graph


def test_the_text_is_as_people_write_it() -> None:
    graph = [
        ox.Triple(CASE, MG["order"], ox.Literal(12)),
        ox.Triple(CASE, MG["quoted"], ox.Literal(True)),  # noqa: FBT003 - the value itself
        ox.Triple(CASE, MG["text"], ox.Literal('a "b"\n\x07', language="en")),
        ox.Triple(CASE, DCTERMS["date"], ox.Literal("1994-12", datatype=XSD["gYearMonth"])),
        ox.Triple(CASE, MG["wordedBy"], ox.NamedNode(BASE + "document/b")),
        ox.Triple(CASE, MG["wordedBy"], ox.NamedNode(BASE + "document/a")),
        ox.Triple(CASE, A, MG["Plan"]),
    ]
    assert turtle.written(graph, BASE, ["made from x"]) == (
        "# made from x\n"
        "@base <https://example.org/base/> .\n"
        "@prefix dcterms: <http://purl.org/dc/terms/> .\n"
        "@prefix mg: <https://w3id.org/mandategraph/ontology#> .\n"
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
        "\n"
        "<plan/2012>\n"
        "    a mg:Plan ;\n"
        '    dcterms:date "1994-12"^^xsd:gYearMonth ;\n'
        "    mg:order 12 ;\n"
        "    mg:quoted true ;\n"
        '    mg:text "a \\"b\\"\\n\\u0007"@en ;\n'
        "    mg:wordedBy <document/a> , <document/b> .\n"
    )


@given(graphs())
def test_unused_prefixes_are_left_out(graph: set[ox.Triple]) -> None:
    head, _, body = turtle.written(graph, BASE).partition("\n\n")
    declared = [line.split()[1] for line in head.split("\n") if line.startswith("@prefix")]
    assert declared == sorted(declared)
    for prefix in declared:
        assert prefix in body, prefix


def test_the_ontology_stays_where_it_is_under_any_base() -> None:
    text = turtle.written({ox.Triple(MG["text"], A, MG["Plan"])}, DEFAULT_BASE)
    assert "\nmg:text\n    a mg:Plan .\n" in text


@pytest.mark.parametrize(
    "triple",
    [
        ox.Triple(ox.BlankNode("b"), A, MG["Plan"]),
        ox.Triple(CASE, MG["wordedBy"], ox.BlankNode("b")),
    ],
)
def test_blank_nodes_are_refused(triple: ox.Triple) -> None:
    with pytest.raises(ValueError, match="a graph with a blank node has no canonical text"):
        turtle.written([triple], BASE)


def test_triples_about_triples_are_refused() -> None:
    inner = ox.Triple(CASE, A, MG["Plan"])
    with pytest.raises(ValueError, match="only IRIs and literals have a canonical text"):
        turtle.written([ox.Triple(CASE, MG["reason"], inner)], BASE)


def test_what_is_not_turtle_is_refused() -> None:
    with pytest.raises(SyntaxError):
        turtle.read("<a> <b> ", BASE)
