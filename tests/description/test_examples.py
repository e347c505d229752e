"""Example queries: each is a file under `queries/`, runs as it stands, and answers."""

import re
from functools import cache

import pyoxigraph as ox
import pytest
from rdflib.plugins.sparql import prepareQuery

from mandategraph.description import examples
from mandategraph.description.examples import runnable
from mandategraph.errors import SyntaxFault
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.queries import Query, bound, example, parsed, results_of, rows
from mandategraph.sparql_text import refused
from mandategraph.vocabulary import DCTERMS, OWL, PREFIXES, RDFS, SCHEMA, SH, XSD, A
from serving import HOME, folder_of, store
from stating import Stated

IRIS = Iris()
QUERIES = {**folder_of("questions"), **folder_of("examples")}
PREFIXED = IRIS.mint("prefixes")
TEXTS = {"SELECT": "select", "ASK": "ask", "CONSTRUCT": "construct"}


@cache
def released() -> Stated:
    """The examples in the release."""
    name = IRIS.mint("graph", name="examples")
    return Stated({name: set(store().graph(name))})


def node_of(name: str) -> ox.NamedNode:
    """The node of an example."""
    return IRIS.mint("example", name=name)


def text_of(name: str) -> str:
    """The text of an example in the release."""
    return released().text(node_of(name), SH[TEXTS[QUERIES[name].form]])


def test_every_question_and_every_introductory_query_is_an_example() -> None:
    found = {each.subject for each in released().triples if each.object == SH["SPARQLExecutable"]}
    assert found == {node_of(name) for name in QUERIES}
    assert len(QUERIES) == len(list(HOME.queries.glob("questions/*.rq"))) + len(
        list(HOME.queries.glob("examples/*.rq"))
    )
    assert {query.form for query in QUERIES.values()} == set(TEXTS)


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_an_example_says_what_its_file_says(query: Query) -> None:
    node, stated = node_of(query.name), released()
    kind = f"SPARQL{query.form.title()}Executable"
    assert set(stated.all(node, A)) == {SH["SPARQLExecutable"], SH[kind]}
    assert stated.text(node, RDFS["comment"]) == query.question
    assert stated.text(node, DCTERMS["identifier"]) == query.name
    assert stated.node(node, SCHEMA["target"]) == IRIS.mint("service")
    assert stated.node(node, SH["prefixes"]) == PREFIXED
    assert {each.value for each in stated.all(node, SCHEMA["keywords"])} == set(query.keywords)
    assert text_of(query.name) == runnable(query, DEFAULT_BASE)
    assert not text_of(query.name).startswith("#")


@pytest.mark.parametrize("query", QUERIES.values(), ids=lambda query: query.name)
def test_an_example_runs_as_it_stands_and_answers(query: Query) -> None:
    text = refused(text_of(query.name), query.name)
    found = results_of(store(), text, query.name)
    if isinstance(found, ox.QueryBoolean):
        assert query.form == "ASK"
        assert found
        return
    assert isinstance(found, ox.QuerySolutions if query.form == "SELECT" else ox.QueryTriples)
    assert next(iter(found), None) is not None


@pytest.mark.parametrize(
    "query", [each for each in QUERIES.values() if each.form == "SELECT"], ids=lambda query: query.name
)
def test_an_example_answers_what_the_query_answers_with_its_values(query: Query) -> None:
    alone = Query(query.name, query.question, (), query.columns, text_of(query.name))
    found = rows(store(), alone, {})
    assert found.columns == query.columns
    assert found.rows == rows(store(), query, example(query, DEFAULT_BASE)).rows


@pytest.mark.parametrize("name", QUERIES)
def test_an_example_is_sparql_to_another_library(name: str) -> None:
    prepareQuery(text_of(name))


def test_the_graph_of_an_action_is_its_own() -> None:
    query = QUERIES["support-as-a-graph"]
    found = results_of(store(), text_of(query.name), query.name)
    assert isinstance(found, ox.QueryTriples)
    notations = {each.object.value for each in found if each.predicate.value.endswith("#notation")}
    assert notations == {example(query, DEFAULT_BASE)["number"]}


def test_every_prefix_of_this_project_is_declared() -> None:
    stated = released()
    declared = {
        stated.text(each, SH["prefix"]): stated.one(each, SH["namespace"])
        for each in stated.nodes(PREFIXED, SH["declare"])
    }
    assert declared == {name: ox.Literal(iri, datatype=XSD["anyURI"]) for name, iri in PREFIXES.items()}
    assert stated.one(PREFIXED, A) == OWL["Ontology"]


@pytest.mark.parametrize("name", QUERIES)
def test_the_prefixes_of_an_example_are_those_declared(name: str) -> None:
    used = re.findall(r"^PREFIX ([\w-]+): <([^>]+)>", text_of(name), re.MULTILINE)
    assert used
    assert {PREFIXES[prefix] for prefix, _ in used} == {iri for _, iri in used}


# Texts


HEADER = "# Which?\n# a (string): it\n# b (iri, optional): that\n"


def query(header: str, columns: str = "a, b", body: str = "SELECT * { ?a ?p ?b }") -> Query:
    """A query of a header that ends with its examples."""
    return parsed(f"{header}# -> {columns}\n\n{body}\n\n", "q/a.rq")


def test_parameters_are_bound_behind_the_query() -> None:
    found = query(f'{HEADER}# example a: say "x"\n# example b: plan/2012\n')
    expected = 'SELECT * { ?a ?p ?b }\nVALUES (?a ?b) { ("say \\"x\\"" <http://example.org/plan/2012>) }\n'
    assert runnable(found, "http://example.org/") == expected
    assert bound(found, example(found, "http://example.org/"))["a"] == ox.Literal('say "x"')


def test_an_absolute_iri_is_left_as_it_is() -> None:
    found = query(f"{HEADER}# example a: x\n# example b: http://example.com/b\n")
    assert example(found, "http://example.org/")["b"] == "http://example.com/b"


def test_a_query_without_parameters_is_its_body() -> None:
    assert runnable(query("# Which?\n", "a"), DEFAULT_BASE) == "SELECT * { ?a ?p ?b }\n"


@pytest.mark.parametrize(
    ("header", "expected", "found"),
    [
        (f"{HEADER}# example a: x\n", "a line 'example name: value' a parameter", "b"),
        (f"{HEADER}# example a: x\n# example b: a b\n", "examples the parameters can be bound to", "an IRI"),
        (
            "# Which?\n# a (string): one of: x, y\n# example a: z\n",
            "examples the parameters can be bound to",
            "one of x, y",
        ),
    ],
)
def test_a_missing_or_impossible_example_is_told(header: str, expected: str, found: str) -> None:
    columns = "a, b" if "# b " in header else "a"
    with pytest.raises(SyntaxFault) as raised:
        examples.stated([query(header, columns)], IRIS)
    assert str(raised.value.place) == "a.rq"
    assert raised.value.expected == expected
    assert found in raised.value.found
