"""A query with variables bound in its text: as a constant where that asks the same, else by a condition."""

import pyoxigraph as ox
import pytest

from mandategraph.queries import Query, bound, rows
from mandategraph.store.binding import placed
from mandategraph.store.syntax import kind_of
from serving import folder_of, store

A = ox.Literal("a")
NODE = ox.NamedNode("http://example.org/n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT ?s ?n { ?s <x:p> ?n }", 'SELECT ?s ("a" AS ?n) { ?s <x:p> "a" }'),
        ("SELECT ?n { ?s <x:p> $n FILTER(?n != 1) }", 'SELECT ("a" AS ?n) { ?s <x:p> "a" FILTER("a" != 1) }'),
        ("SELECT ?n { GRAPH ?g { ?s <x:p> ?n } }", 'SELECT ("a" AS ?n) { GRAPH ?g { ?s <x:p> "a" } }'),
        ("SELECT ?n { ?s <x:p> ?n } ORDER BY ?n", 'SELECT ("a" AS ?n) { ?s <x:p> "a" } ORDER BY ?n'),
        (
            "SELECT ?n { ?s <x:p> ?n OPTIONAL { ?s <x:q> ?n } { ?s <x:r> ?n } UNION { ?s <x:s> ?n } }",
            'SELECT ("a" AS ?n) { ?s <x:p> "a" OPTIONAL { ?s <x:q> "a" } { ?s <x:r> "a" } UNION { ?s <x:s> "a" } }',
        ),
    ],
)  # fmt: skip
def test_what_every_answer_has_is_put_in_as_a_constant(text: str, expected: str) -> None:
    assert placed(text, {"n": A}) == expected
    assert kind_of(placed(text, {"n": A})) == "rows"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?n { BIND('a' AS ?n) }",
        "SELECT ?n { VALUES ?n { 'a' 'b' } ?s <x:p> ?n }",
        "SELECT ?n { VALUES (?s ?n) { ('a' 'b') } ?s <x:p> ?n }",
        "SELECT ?n { OPTIONAL { ?s <x:p> ?n } }",
        "SELECT ?n { { ?s <x:p> ?n } UNION { ?n <x:p> ?s } }",
        "SELECT ?n { ?s <x:p> ?n MINUS { ?t <x:q> ?n } }",
        "SELECT ?n { ?s <x:p> ?n FILTER(BOUND(?n)) }",
        "SELECT ?n { ?s <x:p> ?n . { FILTER(?n = 'b') } }",
        "SELECT ?n { ?s <x:p> ?n . { SELECT ?n { ?t <x:q> ?n } } }",
        "SELECT ?n (COUNT(*) AS ?m) { ?s <x:p> ?n } GROUP BY ?n",
        "SELECT * { ?s <x:p> ?n }",
        "SELECT (STR(?n) AS ?m) { ?s <x:p> ?n }",
        "SELECT ?n { FILTER EXISTS { ?s <x:p> ?n } }",
        "SELECT ?n { ?s <x:p> ?m FILTER(?m = ?n) }",
        "ASK { ?s <x:p> ?n }",
        "DESCRIBE ?n { ?s <x:p> ?n }",
    ],
)
def test_what_could_ask_something_else_is_held_by_a_condition(text: str) -> None:
    end = text.rindex("}")
    assert placed(text, {"n": A}) == f'{text[:end]}FILTER(?n = "a") {text[end:]}'


def test_a_condition_stands_in_the_group_of_the_answers() -> None:
    made = "CONSTRUCT { ?s <x:p> ?n } WHERE { ?s <x:q> ?n } LIMIT 1"
    assert placed(made, {"n": A}) == 'CONSTRUCT { ?s <x:p> ?n } WHERE { ?s <x:q> ?n FILTER(?n = "a") } LIMIT 1'
    valued = "SELECT ?n ?m { BIND(1 AS ?n) } VALUES ?m { 1 }"
    assert placed(valued, {"n": A}) == 'SELECT ?n ?m { BIND(1 AS ?n) FILTER(?n = "a") } VALUES ?m { 1 }'


def test_several_variables_are_each_bound_in_their_way() -> None:
    text = "SELECT ?n ?m { ?n <x:p> ?o BIND('b' AS ?m) }"
    node = "<http://example.org/n>"
    expected = f"SELECT ({node} AS ?n) ?m {{ {node} <x:p> ?o BIND('b' AS ?m) FILTER(?m = {A}) }}"
    assert placed(text, {"n": NODE, "m": A}) == expected


def test_names_in_strings_and_comments_are_no_variables() -> None:
    text = "SELECT ?n { ?s <x:p> ?n ; <x:q> '?n } }' } # ?n }"
    assert placed(text, {"n": A}) == """SELECT ("a" AS ?n) { ?s <x:p> "a" ; <x:q> '?n } }' } # ?n }"""


def test_nothing_bound_is_the_text_itself() -> None:
    assert placed("SELECT ?n { ?s ?p ?n }", {}) == "SELECT ?n { ?s ?p ?n }"


def test_what_is_made_of_the_answers_is_not_bound() -> None:
    with pytest.raises(ValueError, match="not m"):
        placed("SELECT (COUNT(*) AS ?m) { ?s ?p ?n }", {"m": A})


PARAMETERS = [
    (query, each.name)
    for folder in ("questions", "lookups")
    for query in folder_of(folder).values()
    for each in query.parameters
]


@pytest.mark.parametrize(("query", "name"), PARAMETERS, ids=lambda each: getattr(each, "name", each))
def test_a_parameter_in_the_text_asks_what_a_bound_one_asks(query: Query, name: str) -> None:
    """Over the embedded store itself, whose binding is the measure."""
    needed = {each.name: _value(each.name) for each in query.parameters if not each.optional}
    shown = {row[name] for row in rows(store(), query, needed).values() if row[name]}
    for value in sorted(shown)[:2]:
        given = {**needed, name: value}
        found = store().query(placed(query.text, bound(query, given)))
        assert isinstance(found, ox.QuerySolutions)
        answer = rows(store(), query, given)
        names = [variable.value for variable in found.variables]
        assert names == list(answer.columns)
        assert [tuple(row[each] for each in names) for row in found] == list(answer.rows)


def _value(parameter: str) -> str:
    values = {
        "action": "1.4",
        "document": "linking-document-2011",
        "graph": "https://w3id.org/mandategraph/graph/inferred",
        "instrument": "plan-of-action-quebec-2001",
        "node": "https://w3id.org/mandategraph/support/linking-document-2011/1.4/1",
        "notation": "2.1",
        "plan": "2012",
    }
    return values[parameter]
