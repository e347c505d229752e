"""Query files: what a header must say, how parameters are bound, and where a fault stands."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.errors import Faults, MissingError, SyntaxFault, UsageError
from mandategraph.queries import Parameter, Query, bound, loaded, named, parsed, results_of, rows, value
from mandategraph.store.embedded import EmbeddedStore
from mandategraph.vocabulary import XSD

TEXT = """# Which things have a name?
# name (string): the name, as "a"
# thing (iri, optional): the thing
# -> thing, name
SELECT ?thing ?name WHERE { ?thing <http://example.org/name> ?name } ORDER BY ?thing
"""
QUERY = parsed(TEXT, "questions/07-names.rq")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """Two things that have names, and one of them a second."""
    held = EmbeddedStore()
    text = "<a> <name> 'a' , 'b' . <b> <name> 'b' ."
    held.load(text, "http://example.org/", ox.NamedNode("http://example.org/graph"), in_default=True)
    return held


# Headers


def test_a_header_is_read_whole() -> None:
    assert parsed(TEXT, "questions/07-names.rq") == Query(
        name="07-names",
        question="Which things have a name?",
        parameters=(
            Parameter("name", "string", optional=False, meaning='the name, as "a"'),
            Parameter("thing", "iri", optional=True, meaning="the thing"),
        ),
        columns=("thing", "name"),
        text=TEXT,
    )


@pytest.mark.parametrize(("name", "number"), [("07-names", "7"), ("12-a-b", "12"), ("names", ""), ("100", "100")])
def test_a_query_has_the_number_its_name_begins_with(name: str, number: str) -> None:
    assert parsed(TEXT, f"{name}.rq").number == number


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("", "q/a.rq:1", "a comment with the question"),
        ("SELECT * {}", "q/a.rq:1", "a comment with the question"),
        ("\n# Which?\n# -> a\n", "q/a.rq:1", "a comment with the question"),
        ("# Which\n# -> a\n", "q/a.rq:1", "ending in '?' or '.'"),
        ("# Which?\nSELECT * {}", "q/a.rq:2", "one comment line '-> column, column'"),
        ("# Which?\n# -> a\n# -> b\n", "q/a.rq:2", "one comment line '-> column, column'"),
        ("# Which?\n# a (string): it\n# -> b\n", "q/a.rq", "every parameter among the columns"),
        ("# Which?\n# a: it\n# -> a\n", "q/a.rq:2", ""),
        ("# Which?\n# a (number): it\n# -> a\n", "q/a.rq:2", ""),
        ("# Which?\n# a (string, needed): it\n# -> a\n", "q/a.rq:2", ""),
        ("# Which?\n# ->\n", "q/a.rq:2", "'-> columns'"),
        ("# Which?\n# a (string): it\n# a (iri): it\n# -> a\n", "q/a.rq:3", "each parameter once"),
        (
            "# Which?\n# a (string): it\n# example b: x\n# -> a\n",
            "q/a.rq:3",
            "one example for each of the parameters [a]",
        ),
        ("# Which?\n# example a: x\n# -> a\n", "q/a.rq:2", "one example for each of the parameters []"),
        (
            "# Which?\n# a (string): it\n# example a: x\n# example a: y\n# -> a\n",
            "q/a.rq:4",
            "one example for each of the parameters [a]",
        ),
        ("# Which?\n# keywords: a\n# keywords: b\n# -> a\n", "q/a.rq:2", "one comment line 'keywords: …'"),
    ],
)
def test_a_faulty_header_is_told_with_its_place(text: str, place: str, expected: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        parsed(text, "q/a.rq")
    assert str(caught.value.place) == place
    assert expected in caught.value.expected


def test_examples_and_keywords_are_read_in_any_place() -> None:
    text = "# Which?\n# example a: x: y\n# keywords: one, two\n# a (string): it\n# -> a\nSELECT ?a {}\n"
    found = parsed(text, "a.rq")
    assert found.parameters == (Parameter("a", "string", optional=False, meaning="it", example="x: y"),)
    assert found.keywords == ("one", "two")
    assert found.body == "SELECT ?a {}\n"


@pytest.mark.parametrize(
    ("answer", "form", "columns"),
    [("true or false", "ASK", ()), ("triples", "CONSTRUCT", ()), ("a, triples", "SELECT", ("a", "triples"))],
)
def test_a_header_says_what_form_the_query_has(answer: str, form: str, columns: tuple[str, ...]) -> None:
    found = parsed(f"# Which?\n# a (string): it\n# -> {answer}\n", "a.rq")
    assert (found.form, found.columns) == (form, columns)


def test_only_the_first_comment_is_the_header() -> None:
    text = TEXT.replace("SELECT", "\n# other (string): not one\n# -> more\nSELECT")
    assert (parsed(text, "a.rq").columns, len(parsed(text, "a.rq").parameters)) == (("thing", "name"), 2)


# Folders


def test_a_folder_is_loaded_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("02-b.rq", "01-a.rq", "notes.txt"):
        (tmp_path / name).write_text(TEXT, "utf-8")
    assert [*loaded(tmp_path)] == ["01-a", "02-b"]


def test_the_faults_of_a_folder_are_told_together(tmp_path: Path) -> None:
    for name in ("a.rq", "b.rq"):
        (tmp_path / name).write_text("# Which\n", "utf-8")
    (tmp_path / "c.rq").write_text(TEXT, "utf-8")
    with pytest.raises(Faults) as caught:
        loaded(tmp_path)
    told = [str(fault).partition(" ")[0] for fault in caught.value.faults]
    assert told == [f"{tmp_path.name}/a.rq:1:", f"{tmp_path.name}/b.rq:1:"]


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_a_folder_without_queries_is_missing(tmp_path: Path, folder: str) -> None:
    with pytest.raises(MissingError, match=r"\*\.rq: not found in"):
        loaded(tmp_path / folder)


# Names


KNOWN = {name: parsed(TEXT, f"{name}.rq") for name in ("01-mandates-of-an-action", "12-prints", "labels")}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("1", "01-mandates-of-an-action"),
        ("12", "12-prints"),
        ("12-prints", "12-prints"),
        ("labels", "labels"),
    ],
)
def test_a_query_is_found_by_number_and_by_name(name: str, found: str) -> None:
    assert named(KNOWN, name) is KNOWN[found]


@pytest.mark.parametrize(
    ("name", "nearest"), [("01-mandate-of-action", "01-mandates-of-an-action"), ("lables", "labels"), ("zzz", None)]
)
def test_an_unknown_query_is_missing_and_the_nearest_are_named(name: str, nearest: str | None) -> None:
    with pytest.raises(MissingError) as caught:
        named(KNOWN, name)
    assert caught.value.nearest[:1] == ((nearest,) if nearest else ())
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "?"])
def test_no_query_is_found_by_no_name(name: str) -> None:
    with pytest.raises(MissingError):
        named(KNOWN, name)


# Parameters


def test_values_are_bound_as_what_they_are() -> None:
    given = {"name": "http://example.org/a", "thing": "http://example.org/a"}
    assert bound(QUERY, given) == {
        "name": ox.Literal("http://example.org/a"),
        "thing": ox.NamedNode("http://example.org/a"),
    }


def test_an_optional_parameter_may_be_left_out() -> None:
    assert bound(QUERY, {"name": ""}) == {"name": ox.Literal("")}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, "no value for name"),
        ({"thing": "http://example.org/a"}, "no value for name"),
        ({"name": "a", "nam": "a"}, "unknown nam"),
        ({"nam": "a", "Name": "a"}, "no value for name; unknown Name; unknown nam"),
    ],
)
def test_a_missing_and_an_unknown_parameter_are_told_with_the_known_ones(given: dict[str, str], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        bound(QUERY, given)
    assert str(caught.value).endswith(f"found {told}")
    assert 'name: the name, as "a", thing (optional): the thing' in str(caught.value)


@pytest.mark.parametrize("text", ["", "a", "not an iri", "<http://example.org/a>", "http://example.org/a b"])
def test_what_is_no_iri_is_not_bound_as_one(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        bound(QUERY, {"name": "a", "thing": text})
    assert str(caught.value) == f"thing: expected an IRI, found {text!r}"


def test_characters_that_are_no_text_are_not_bound() -> None:
    with pytest.raises(UsageError, match="name: expected"):
        bound(QUERY, {"name": "\udcff"})


@pytest.mark.parametrize("text", ['" . } #', "a' }", "\\", "?name", "\n", "a\0b"])
def test_a_value_is_never_read_as_sparql(store: EmbeddedStore, text: str) -> None:
    assert rows(store, QUERY, {"name": text}).rows == ()


# Rows


def test_rows_are_the_bound_answers_in_their_order(store: EmbeddedStore) -> None:
    found = rows(store, QUERY, {"name": "b"})
    assert found.columns == ("thing", "name")
    assert found.values() == [
        {"thing": "http://example.org/a", "name": "b"},
        {"thing": "http://example.org/b", "name": "b"},
    ]
    assert rows(store, QUERY, {"name": "b", "thing": "http://example.org/b"}).rows == found.rows[1:]


def test_a_cell_without_a_value_is_empty(store: EmbeddedStore) -> None:
    query = parsed("# Which?\n# -> a, b\nSELECT ?a ?b { BIND(1 AS ?a) }", "a.rq")
    found = rows(store, query, {})
    assert found.rows == ((ox.Literal(1), None),)
    assert found.values() == [{"a": "1", "b": ""}]


@pytest.mark.parametrize("text", ["ASK {}", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "DESCRIBE <x:a>"])
def test_rows_come_from_a_select_query_only(store: EmbeddedStore, text: str) -> None:
    with pytest.raises(SyntaxFault, match="expected a SELECT query"):
        rows(store, parsed(f"# Which?\n# -> a\n{text}", "a.rq"), {})


@pytest.mark.parametrize(
    ("term", "text"),
    [
        (ox.NamedNode("http://example.org/a"), "http://example.org/a"),
        (ox.Literal("a", language="en"), "a"),
        (ox.Literal("1", datatype=XSD["integer"]), "1"),
        (ox.BlankNode("b"), "b"),
        (None, ""),
    ],
)
def test_the_text_of_a_term(term: object, text: str) -> None:
    assert value(term) == text


# Syntax


@pytest.mark.parametrize(
    ("text", "place", "found"),
    [
        ("SELECT * {\n  ?s ?p ?o", "a.rq:2:11", "the end of the line"),
        ("SELECT * {}\nLIMIT x OFFSET 1", "a.rq:2:7", "x OFFSET 1"),
        ("SELECT ('éé' AS ?a) {} LIMIT x", "a.rq:1:30", "x"),
        ("", "a.rq:1:1", "the end of the line"),
        ("# only a comment", "a.rq:1:17", "the end of the line"),
    ],
)
def test_a_syntax_fault_has_line_and_column(store: EmbeddedStore, text: str, place: str, found: str) -> None:
    with pytest.raises(SyntaxFault) as caught:
        results_of(store, text, "a.rq")
    assert str(caught.value.place) == place
    assert caught.value.found == found
    assert caught.value.expected.startswith("SPARQL 1.1")


def test_what_cannot_be_evaluated_is_told(store: EmbeddedStore) -> None:
    with pytest.raises(
        UsageError, match=r"a\.rq: expected a query that can be evaluated, found: .* <x:f> is not supported"
    ):
        results_of(store, "SELECT (<x:f>(1) AS ?x) {}", "a.rq")


def test_what_is_expected_is_no_list_of_characters(store: EmbeddedStore) -> None:
    with pytest.raises(SyntaxFault) as caught:
        results_of(store, "SELECT * { ?s ?p ?o", "a.rq")
    assert "..=" not in caught.value.expected


def test_an_unknown_prefix_is_a_syntax_fault(store: EmbeddedStore) -> None:
    with pytest.raises(SyntaxFault):
        results_of(store, "SELECT * { ?s ex:a ?o }", "a.rq")
