"""The description of the service: what it offers is what it has, and it is found at the address it answers at."""

import pyoxigraph as ox
import pytest
from rdflib import Graph

from mandategraph import validation
from mandategraph.build import shapes_of
from mandategraph.description import service
from mandategraph.description.service import FORMATS, LIMITS, served
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.rdflib_terms import to_oxigraph
from mandategraph.release import is_data
from mandategraph.results import DATASET_FORMATS, GRAPH_FORMATS, ROW_FORMATS, graph_text
from mandategraph.vocabulary import DCAT, DCTERMS, MG, PROV, SD, SH, VOID, XSD, A
from serving import HOME, ROOT, manifest, store
from stating import VERSION, Stated

IRIS = Iris()
SERVICE, DATASET = IRIS.mint("service"), IRIS.mint("dataset")
OFFERED = Iris.part(SERVICE, "dataset")
HERE = ox.NamedNode("http://localhost:8000/sparql")


@pytest.fixture(scope="module")
def released() -> Stated:
    """The description in the release."""
    name = IRIS.mint("graph", name="service")
    return Stated({name: set(store().graph(name))})


def graph(name: str) -> ox.NamedNode:
    """The IRI of a named graph."""
    return IRIS.mint("graph", name=name)


def test_the_service_speaks_the_query_language_and_claims_no_feature(released: Stated) -> None:
    assert released.one(SERVICE, SD["supportedLanguage"]) == SD["SPARQL11Query"]
    assert released.all(SERVICE, SD["feature"]) == []
    assert released.one(SERVICE, SD["endpoint"]) == SERVICE
    assert set(released.all(SERVICE, A)) == {SD["Service"], DCAT["DataService"]}
    assert "SERVICE" in released.text(SERVICE, DCTERMS["description"])


def test_the_formats_are_those_results_are_written_in(released: Stated) -> None:
    written = {FORMATS[name] for name in (*ROW_FORMATS, *GRAPH_FORMATS)}
    assert set(released.all(SERVICE, SD["resultFormat"])) == written
    assert set(released.all(DATASET, VOID["feature"])) == {FORMATS[name] for name in GRAPH_FORMATS}


def test_a_format_is_named_as_w3c_names_it() -> None:
    assert FORMATS.keys() == ROW_FORMATS.keys() | GRAPH_FORMATS.keys() | DATASET_FORMATS.keys()
    known: dict[str, ox.QueryResultsFormat | ox.RdfFormat] = {**ROW_FORMATS, **GRAPH_FORMATS, **DATASET_FORMATS}
    # Of JSON-LD the engine has an IRI that is not in the list of W3C.
    assert {name: each.iri for name, each in known.items() if name != "jsonld"} == {
        name: node.value for name, node in FORMATS.items() if name != "jsonld"
    }
    assert FORMATS["jsonld"].value == "http://www.w3.org/ns/formats/JSON-LD"


def test_every_named_graph_is_described_with_what_it_holds(released: Stated) -> None:
    nodes = released.nodes(OFFERED, SD["namedGraph"])
    names = [released.node(each, SD["name"]) for each in nodes]
    assert sorted(names, key=str) == sorted(store().names(), key=str)
    assert [released.node(each, SD["graph"]) for each in nodes] == names
    assert {each: int(released.text(each, VOID["triples"])) for each in names} == {
        each: len(store().graph(each)) for each in names
    }
    assert len({released.text(each, DCTERMS["description"]) for each in names}) == len(names)
    software = IRIS.mint("agent", name="mandategraph-software")
    for each in names:
        assert released.node(each, PROV["wasAttributedTo"]) == software
        assert released.text(each, MG["packageVersion"]) == manifest().version


def test_the_default_graph_is_the_union_of_the_data_graphs_and_of_no_other(released: Stated) -> None:
    assert released.node(OFFERED, SD["defaultGraph"]) == DATASET
    subsets = released.all(DATASET, VOID["subset"])
    assert set(subsets) == {name for name in store().names() if is_data(name, DEFAULT_BASE)}
    assert graph("ontology") not in subsets
    assert int(released.text(DATASET, VOID["triples"])) == len(store().default_triples())


def test_a_graph_has_the_licence_that_the_statement_of_rights_gives_it(released: Stated) -> None:
    text = (ROOT / "LICENSE-DATA.md").read_text("utf-8")
    rows = {line.split("|")[1]: line.split("|")[2] for line in text.split("\n") if line.startswith("| ")}
    (ours,) = (rights for what, rights in rows.items() if "`ontology/`" in what)
    (code,) = (rights for what, rights in rows.items() if "`queries/`" in what and "`shapes/`" in what)
    ontology = released.node(graph("ontology"), DCTERMS["license"])
    assert f"({ontology.value})" in ours
    assert "Apache-2.0" in code
    apache = ox.NamedNode("https://www.apache.org/licenses/LICENSE-2.0")
    licensed = {name: node for name in store().names() for node in released.all(name, DCTERMS["license"])}
    assert licensed == {graph("ontology"): ontology, graph("shapes"): apache, graph("examples"): apache}


def test_a_graph_of_a_document_says_which() -> None:
    name = IRIS.mint("source-graph", document="doc")
    found = Stated({SERVICE: set(service.stated({name: 7}, IRIS, VERSION))})
    assert found.text(name, DCTERMS["description"]) == "What is read in doc.txt."
    assert found.text(name, VOID["triples"]) == "7"


# What a server adds


def test_the_service_is_named_by_the_address_it_answers_at(released: Stated) -> None:
    found = Stated({SERVICE: served(released.triples, IRIS, HERE, {})})
    assert found.one(HERE, SD["endpoint"]) == HERE
    assert found.one(HERE, DCAT["endpointURL"]) == HERE
    assert found.one(DATASET, VOID["sparqlEndpoint"]) == HERE
    assert SERVICE not in {term for each in found.triples for term in (each.subject, each.object)}
    assert len(found.triples) == len(released.triples)
    assert found.one(HERE, SD["defaultDataset"]) == OFFERED
    assert found.all(OFFERED, SD["namedGraph"])


def test_limits_are_stated_of_the_service_in_seconds_and_whole_numbers(released: Stated) -> None:
    given = {"time": 2.5, "budget": 120.0, "memory": 512 * 1024**2, "length": 20_000, "nesting": 64}
    found = Stated({SERVICE: served(released.triples, IRIS, HERE, given)})
    assert {name: found.one(HERE, LIMITS[name]) for name in given} == {
        "time": ox.Literal("2.5", datatype=XSD["decimal"]),
        "budget": ox.Literal("120", datatype=XSD["decimal"]),
        "memory": ox.Literal("536870912", datatype=XSD["integer"]),
        "length": ox.Literal("20000", datatype=XSD["integer"]),
        "nesting": ox.Literal("64", datatype=XSD["integer"]),
    }
    assert found.all(HERE, LIMITS["queue"]) == []


def test_an_unknown_limit_is_refused(released: Stated) -> None:
    with pytest.raises(ValueError, match=r"expected limits named time, .*, found speed"):
        served(released.triples, IRIS, HERE, {"speed": 1})


def test_a_dump_is_that_of_all_that_is_offered(released: Stated) -> None:
    dump = ox.NamedNode("http://localhost:8000/dump.nq")
    found = served(released.triples, IRIS, HERE, {}, dump)
    assert found - served(released.triples, IRIS, HERE, {}) == {ox.Triple(OFFERED, VOID["dataDump"], dump)}


def test_every_limit_has_a_shape() -> None:
    text = (ROOT / "shapes" / "service.ttl").read_text("utf-8")
    shapes = {
        quad.object for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE) if quad.predicate == SH["path"]
    }
    assert set(LIMITS.values()) <= shapes


def test_what_is_served_conforms(released: Stated) -> None:
    found = served(released.triples, IRIS, HERE, dict.fromkeys(LIMITS, 3))
    agents = [IRIS.mint("agent", name=f"mandategraph-{name}") for name in ("project", "software")]
    known = {each for agent in agents for each in store().about(agent)}
    shapes = shapes_of(HOME, manifest())
    assert validation.check(found | known, shapes).conforms
    assert not validation.check(found | known | {ox.Triple(HERE, SD["feature"], SD["EmptyGraphs"])}, shapes).conforms


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("nt", "nt"), ("rdfxml", "xml")])
def test_what_is_served_is_read_by_another_library(released: Stated, form: str, name: str) -> None:
    found = served(released.triples, IRIS, HERE, {"time": 2.5})
    read = Graph().parse(data=graph_text(found, form), format=name)
    assert to_oxigraph(read) == found
