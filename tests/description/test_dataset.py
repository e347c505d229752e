"""The description of the data set: every count is what a query over the release counts."""

import pyoxigraph as ox
import pytest

from mandategraph.description import dataset, described
from mandategraph.description.dataset import RIGHTS, SHOWN, counted
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.vocabulary import DCAT, DCTERMS, MG, PREFIXES, SD, VOID, A
from serving import ROOT, manifest, store
from stating import VERSION, Stated

IRIS = Iris()
DATASET = IRIS.mint("dataset")


@pytest.fixture(scope="module")
def released() -> Stated:
    """The description in the release."""
    name = IRIS.mint("graph", name="service")
    return Stated({name: set(store().graph(name))})


def rows(query: str) -> list[tuple[str, ...]]:
    """The rows of a query over the default graph."""
    found = store().query(query)
    assert isinstance(found, ox.QuerySolutions)
    names = [variable.value for variable in found.variables]
    return [tuple(row[name].value for name in names) for row in found]


@pytest.mark.parametrize(
    ("name", "counting"),
    [
        ("triples", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
        ("classes", "SELECT (COUNT(DISTINCT ?class) AS ?n) { ?s a ?class }"),
        ("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }"),
        ("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }"),
        ("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }"),
        ("entities", "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class }"),
    ],
)
def test_a_total_is_what_a_query_counts(released: Stated, name: str, counting: str) -> None:
    assert [(released.text(DATASET, VOID[name]),)] == rows(counting)


def parts(released: Stated, kind: str, *counts: str) -> list[tuple[str, ...]]:
    """The parts of the data set by class or property, each with its counts, sorted."""
    nodes = released.nodes(DATASET, VOID[f"{kind}Partition"])
    assert all(VOID["Dataset"] in released.all(each, A) for each in nodes)
    names = (kind, *counts)
    return sorted(tuple(released.text(each, VOID[name]) for name in names) for each in nodes)


def test_each_class_has_a_part_with_how_many_are_of_it(released: Stated) -> None:
    expected = rows(
        "SELECT ?class (COUNT(DISTINCT ?s) AS ?things) (COUNT(*) AS ?triples) (COUNT(DISTINCT ?o) AS ?objects) "
        "{ ?s a ?class ; ?p ?o } GROUP BY ?class"
    )
    assert parts(released, "class", "entities", "triples", "distinctObjects") == sorted(expected)
    assert parts(released, "class", "entities") == parts(released, "class", "distinctSubjects")


def test_each_property_has_a_part_with_how_many_triples_have_it(released: Stated) -> None:
    expected = rows(
        "SELECT ?p (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects) "
        "{ ?s ?p ?o } GROUP BY ?p"
    )
    assert parts(released, "property", "triples", "distinctSubjects", "distinctObjects") == sorted(expected)


def test_every_vocabulary_in_use_is_named_and_no_other(released: Stated) -> None:
    terms = {term for (term,) in rows("SELECT DISTINCT ?term { { ?s ?term ?o } UNION { ?s a ?term } }")}
    used = {namespace for namespace in PREFIXES.values() if any(term.startswith(namespace) for term in terms)}
    assert {node.value for node in released.nodes(DATASET, VOID["vocabulary"])} == used
    assert [term for term in terms if not term.startswith(tuple(used))] == []


def test_a_resource_of_each_shown_class_is_an_example(released: Stated) -> None:
    shown = {node.value for node in released.nodes(DATASET, VOID["exampleResource"])}
    assert shown == {rows(f"SELECT (MIN(STR(?s)) AS ?one) {{ ?s a <{MG[name].value}> }}")[0][0] for name in SHOWN}


def test_the_data_set_is_said_to_be_what_it_is(released: Stated) -> None:
    assert set(released.all(DATASET, A)) == {VOID["Dataset"], DCAT["Dataset"], SD["Graph"]}
    assert released.text(DATASET, DCAT["version"]) == manifest().version
    assert released.text(DATASET, VOID["uriSpace"]) == manifest().base
    assert released.node(DATASET, VOID["sparqlEndpoint"]) == IRIS.mint("service")
    assert released.node(DATASET, DCTERMS["creator"]) == IRIS.mint("agent", name="mandategraph-project")
    assert released.all(DATASET, VOID["dataDump"]) == []


def test_everything_described_stands_under_the_space_of_iris() -> None:
    assert rows(f'SELECT ?s {{ ?s ?p ?o FILTER(!STRSTARTS(STR(?s), "{manifest().base}")) }} LIMIT 1') == []


def test_rights_are_those_that_are_stated_and_no_licence_is_made_up(released: Stated) -> None:
    text = (ROOT / "LICENSE-DATA.md").read_text("utf-8")
    assert released.text(DATASET, DCTERMS["rights"]) == RIGHTS
    assert released.all(DATASET, DCTERMS["license"]) == []
    for words in ("CC BY 4.0", "not determined"):
        assert words in RIGHTS
        assert words in text
    assert 'attribution to "the mandategraph project"' in text
    assert "attribution to the mandategraph project" in RIGHTS


def test_counts_of_a_small_graph() -> None:
    a, b, p = (ox.NamedNode(f"http://example.org/{name}") for name in "abp")
    found = Stated(
        {DATASET: set(dataset.stated(counted([ox.Triple(a, A, b), ox.Triple(a, p, b)]), [a], "x", IRIS, "1"))}
    )
    assert {name: found.text(DATASET, VOID[name]) for name in ("triples", "entities", "classes", "properties")} == {
        "triples": "2",
        "entities": "1",
        "classes": "1",
        "properties": "2",
    }
    assert found.all(DATASET, VOID["subset"]) == [a]
    assert found.all(DATASET, VOID["exampleResource"]) == []


def test_an_empty_graph_has_no_parts() -> None:
    counts = counted([])
    assert (counts.whole.triples, counts.entities, counts.properties, counts.classes) == (0, 0, {}, {})


def test_the_description_counts_itself() -> None:
    name, other = IRIS.mint("graph", name="service"), IRIS.mint("graph", name="registry")
    found = described({other: 5, name: 0}, [other], counted([]), "about", IRIS, VERSION)
    stated = Stated({name: found})
    assert stated.text(name, VOID["triples"]) == str(len(found))
    assert stated.text(other, VOID["triples"]) == "5"


def test_another_base_moves_the_description() -> None:
    base = "https://example.org/here/"
    moved = Iris(base)
    names = [moved.mint("graph", name=name) for name in ("registry", "service")]
    found = described(dict.fromkeys(names, 1), names[:1], counted([]), "about", moved, VERSION)
    assert not any(DEFAULT_BASE in str(each).replace(MG.iri, "") for each in found)
