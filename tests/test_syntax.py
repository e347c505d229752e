"""Where a text breaks the grammar of SPARQL, and what was expected there: told at the fault, in words."""

import re

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.errors import SyntaxFault
from mandategraph.places import Place
from mandategraph.syntax import fault

BASE = "http://example.org/"
END = "the end of the line"
NODES = "a variable, an IRI, a prefixed name, a string, a number, a blank node, true or false"


def told(text: str) -> SyntaxFault:
    """The fault of a text."""
    with pytest.raises(SyntaxError) as caught:
        ox.Store().query(text, base_iri=BASE)
    return fault(caught.value, "a.rq", text, BASE)


@pytest.mark.parametrize(
    ("text", "line", "column", "found"),
    [
        ("SELCT * { ?s ?p ?o }", 1, 1, "SELCT * { ?s ?p ?o }"),
        ("SELECT { ?s ?p ?o }", 1, 8, "{ ?s ?p ?o }"),
        ("SELECT * WERE { ?s ?p ?o }", 1, 10, "WERE { ?s ?p ?o }"),
        ("SELECT * {\n  ?s ?p ?o . FILTR(?o > 1)\n}", 2, 14, "FILTR(?o > 1)"),
        ("SELECT * { # FOO\n  FOO }", 2, 3, "FOO }"),
        ("SELECT ?x WHERE { ?s ?p }", 1, 25, "}"),
        ("SELECT * { ?s ?p ?o . ?s ?p }\n\n", 1, 29, "}"),
        ("SELECT * {} x", 1, 13, "x"),
        ("SELECT * {}\r\nLIMIT x\r\nOFFSET 1", 2, 7, "x"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", 1, 29, "?s"),
        ("SELECT * { ?s ?p ?o FILTER ?o > 1 }", 1, 28, "?o > 1 }"),
        ("SELECT * { ?s ?p ?o FILTER(?o < 3) x }", 1, 36, "x }"),
        ("SELECT (?x + AS ?y) {}", 1, 14, "AS ?y) {}"),
        ("ASK { FILTER(STRLEN(?x, 2)) }", 1, 23, ", 2)) }"),
        ("SELECT * { ?s ?p 'é𝔘', 'x' FOO }", 1, 28, "FOO }"),
        ("SELECT * { ?s ?p 'abc }", 1, 24, END),
        ("SELECT ?x { ?s ?p ?o", 1, 21, END),
        ("DESCRIBE", 1, 9, END),
        ("", 1, 1, END),
        ("\n# only a comment", 2, 17, END),
    ],
)
def test_the_place_is_that_of_the_fault(text: str, line: int, column: int, found: str) -> None:
    place = told(text)
    assert (place.place, place.found) == (Place("a.rq", line, column), found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT * { FOO }", f'{NODES}, "(", ".", "{{", "}}", a keyword such as OPTIONAL'),
        ("SELECT ?x WHERE { ?s ?p }", f'{NODES}, "(", "."'),
        ("SELECT * WERE { ?s ?p ?o }", "a keyword such as WHERE"),
        ("SELECT * { ?s ?p ?o } ORDER ?s", "a keyword such as BY"),
        ("SELECT * {} LIMIT x", "a number"),
        ("SELECT (COUNT(* AS ?y) {}", '")"'),
        ("SELECT * { { ?s ?p ?o } UNION }", '"{"'),
        ("PREFIX a: SELECT * {}", "an IRI"),
        ("ASK { GRAPH { ?s ?p ?o } }", "a variable, an IRI, a prefixed name"),
        ("SELECT ?a ?a {}", "Duplicated variable name in SELECT"),
        ("SELECT * { BIND(1 AS ?s) BIND(2 AS ?s) }", "BIND is overriding an existing variable"),
    ],
)
def test_what_was_expected_is_told_in_words(text: str, expected: str) -> None:
    assert told(text).expected == f"SPARQL 1.1: {expected}"


@pytest.mark.parametrize("text", ["SELECT * { ?s mg:text ?o }", "SELECT *\n{ mg:a ?p ?o }", "ASK { ?s ?p 1, mg:a }"])
def test_a_prefix_that_is_not_declared_is_told_where_it_stands(text: str) -> None:
    found = told(text)
    assert found.found.startswith("mg:")
    assert found.expected == "SPARQL 1.1: a prefix that is declared, as with PREFIX mg: <…>"


@pytest.mark.parametrize("text", ["SELECT * { SERVICE <x:a> }", "SELECT * { ?s ?p 'service' } FOO"])
def test_of_a_text_with_the_word_service_no_variant_is_tried(text: str) -> None:
    """A variant might turn out to be a query that calls."""
    assert told(text).place.line == 1


def test_a_fault_without_a_place_is_told_whole() -> None:
    found = fault(SyntaxError("something else"), "a.rq", "")
    assert (found.place, found.found) == (Place("a.rq"), "something else")


WORDS = [
    "SELECT",
    "*",
    "{",
    "}",
    "(",
    ")",
    "?s",
    "<x:a>",
    "'a b'",
    "\n",
    "# c\n",
    ".",
    "FILTER",
    "1",
    "a:b",
    "LIMIT",
    '"',
]


@given(st.lists(st.sampled_from(WORDS), max_size=10).map(" ".join))
def test_every_fault_has_a_place_in_its_text_and_is_told_in_words(text: str) -> None:
    try:
        ox.Store().query(text, base_iri=BASE)
    except SyntaxError as error:
        found = fault(error, "a.rq", text, BASE)
        rest = text.split("\n")[found.place.line - 1][found.place.column - 1 :]
        assert found.found == (rest or END)
        assert re.fullmatch(r"SPARQL 1\.1: \S.*", found.expected)
        assert "..=" not in found.expected
        assert "[_]" not in found.expected
