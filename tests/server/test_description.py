"""Descriptions: every IRI of the release has one, it is whole, and it takes as many queries whatever its size."""

from collections import defaultdict
from collections.abc import Callable
from functools import cache

import pyoxigraph as ox
import pytest

from mandategraph.errors import MissingError
from mandategraph.release import is_data
from mandategraph.server.addresses import Addresses
from mandategraph.server.description import IN_A_FILE, Describer
from mandategraph.store import Bound, Results
from mandategraph.vocabulary import MG
from serving import folder_of, manifest, store

BASE = manifest().base
SIZE = IN_A_FILE
VOCABULARIES = {f"{BASE}ontology", f"{BASE}shapes"}


@cache
def describer() -> Describer:
    """What describes the resources of the release."""
    return Describer(manifest(), store(), folder_of("lookups"))


@cache
def parts() -> dict[str, set[str]]:
    """Every IRI under the base that occurs anywhere in the release, by the resource it is a part of or is."""
    found: dict[str, set[str]] = defaultdict(set)
    for quad in store().quads():
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(BASE):
                found[term.value.partition("#")[0]].add(term.value)
    return dict(found)


@cache
def said() -> dict[str, set[ox.Quad]]:
    """What the release says of each resource and of its parts, wherever it says so."""
    found: dict[str, set[ox.Quad]] = defaultdict(set)
    for quad in store().quads():
        if isinstance(quad.subject, ox.NamedNode):
            found[quad.subject.value.partition("#")[0]].add(quad)
    return dict(found)


def graph(name: str) -> list[ox.Quad]:
    """The triples of a named graph of the release."""
    node = ox.NamedNode(f"{BASE}graph/{name}")
    return [ox.Quad(each.subject, each.predicate, each.object, node) for each in store().graph(node)]


def test_every_iri_of_the_release_is_described_whole() -> None:
    addresses = Addresses(BASE)
    assert len(parts()) > 4000
    assert sum(map(len, parts().values())) > 12000
    for iri, names in parts().items():
        found = describer().of(iri, 1, SIZE)
        assert addresses.iri((addresses.path(iri) or "")[1:]) == iri
        if found.of in VOCABULARIES:
            continue
        assert set(found.statements) == said().get(found.of, set())
        subjects = {quad.subject.value for quad in found.statements if isinstance(quad.subject, ox.NamedNode)}
        assert names - {iri} <= subjects
        assert iri in subjects or iri != found.of


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_a_vocabulary_comes_whole_with_all_its_terms(name: str) -> None:
    found = describer().of(f"{BASE}{name}", 1, 1)
    assert len(found.contents) == manifest().triples[f"{name}.ttl"] == len(graph(name))
    subjects = {quad.subject.value for quad in found.contents if isinstance(quad.subject, ox.NamedNode)}
    namespace = f"{BASE}{name}#"
    assert parts()[f"{BASE}{name}"] - {f"{BASE}{name}", namespace} <= subjects
    assert (found.page, found.pages) == (1, 1)


def test_the_unnamed_nodes_of_a_vocabulary_are_those_it_points_to() -> None:
    contents = describer().of(f"{BASE}shapes", 1, SIZE).contents
    subjects = {quad.subject for quad in contents if isinstance(quad.subject, ox.BlankNode)}
    objects = {quad.object for quad in contents if isinstance(quad.object, ox.BlankNode)}
    assert len(subjects) > 400
    assert subjects == objects


# Versions


@pytest.mark.parametrize("name", ["ontology", "shapes"])
def test_the_version_that_is_held_is_described_as_the_vocabulary(name: str) -> None:
    found = describer().of(f"{BASE}{name}/{manifest().version}", 1, SIZE)
    assert (found.iri, found.of) == (f"{BASE}{name}/{manifest().version}", f"{BASE}{name}")
    assert len(found.contents) == manifest().triples[f"{name}.ttl"]


@pytest.mark.parametrize("name", ["ontology", "shapes", "ontology/alignments"])
def test_another_version_is_missing(name: str) -> None:
    with pytest.raises(MissingError) as caught:
        describer().of(f"{BASE}{name}/0.0.9", 1, SIZE)
    assert f"{name}/{manifest().version}" in caught.value.nearest


# What points to a resource


def pointing(iri: str) -> set[ox.Quad]:
    """What points to a resource from elsewhere than its own parts."""
    return {
        quad
        for quad in store().quads()
        if quad.object == ox.NamedNode(iri)
        and isinstance(quad.subject, ox.NamedNode)
        and not quad.subject.value.startswith(f"{iri}#")
    }


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("plan/2011-03-07/action/1.4", 4),
        ("document/linking-document-2011", None),
        ("body/secretariat-for-multidimensional-security", None),
        ("agent/mandategraph-project", None),
        ("ontology", 0),
    ],
)
def test_all_pages_together_hold_all_that_points_to_a_resource(path: str, number: int | None) -> None:
    iri = f"{BASE}{path}"
    expected = pointing(iri)
    assert number is None or len(expected) == number
    first = describer().of(iri, 1, SIZE)
    assert (first.referring, sum(first.numbers.values())) == (len(expected), len(expected))
    assert first.pages == max(1, -(-len(expected) // SIZE))
    pages = [describer().of(iri, page, SIZE) for page in range(1, first.pages + 1)]
    found = [quad for page in pages for quad in page.references]
    assert len(found) == len(set(found)) == len(expected)
    assert set(found) == expected
    assert all(page.statements == first.statements for page in pages)


def test_the_elements_of_a_document_come_first_and_in_order() -> None:
    iri = f"{BASE}document/hemispheric-plan-2012"
    found = describer().of(iri, 1, SIZE)
    places = {
        quad.subject: int(quad.object.value)
        for quad in store().quads()
        if quad.predicate == MG["start"] and isinstance(quad.object, ox.Literal)
    }
    elements = [quad.subject for quad in found.references if quad.predicate == MG["inDocument"]]
    assert len(elements) == found.numbers[MG["inDocument"].value] > 90
    assert [places[each] for each in elements] == sorted(places[each] for each in elements)
    first = [quad.subject in places for quad in found.references]
    assert first == sorted(first, reverse=True)


def test_all_pages_of_a_graph_together_are_the_graph() -> None:
    iri = f"{BASE}graph/source/linking-document-2011"
    pages = describer().of(iri, 1, SIZE).pages
    found = [quad for page in range(1, pages + 1) for quad in describer().of(iri, page, SIZE).contents]
    assert len(found) == manifest().triples["source/linking-document-2011.ttl"]
    assert set(found) == set(graph("source/linking-document-2011"))


@pytest.mark.parametrize("page", [2, 3, 999_999_999])
def test_a_page_behind_the_last_is_missing(page: int) -> None:
    with pytest.raises(MissingError) as caught:
        describer().of(f"{BASE}plan/2011-03-07/action/1.4", page, SIZE)
    assert caught.value.what == f"page {page}"


# Labels


def test_what_is_pointed_to_has_its_labels_in_every_language() -> None:
    found = describer().of(f"{BASE}plan/2011-03-07/action/1.4", 1, SIZE)
    labels = defaultdict(set)
    for quad in found.labels:
        if isinstance(quad.object, ox.Literal):
            labels[str(quad.subject)].add((quad.object.value, quad.object.language))
    assert {("action", "en"), ("acción", "es"), ("ação", "pt"), ("action", "fr")} == labels[str(MG["Action"])]
    assert ("supported by", "en") in labels[str(MG["supportedBy"])]
    assert ("asserted for", "en") in labels[str(MG["assertedFor"])]
    instrument = f"<{BASE}instrument/commitment-public-security-2008>"
    assert ("Commitment to Public Security in the Americas", "en") in labels[instrument]


# How many queries


Counted = Callable[[str], int]


@pytest.fixture(name="queries")
def counting(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """How many queries the description of a resource takes."""
    run = store().query
    asked: list[str] = []

    def query(text: str, bound: Bound | None = None) -> Results:
        asked.append(text)
        return run(text, bound)

    describer().of(f"{BASE}plan/2012", 1, SIZE)
    monkeypatch.setattr(store(), "query", query)

    def counted(iri: str) -> int:
        asked.clear()
        describer().of(iri, 1, SIZE)
        return len(asked)

    return counted


def test_a_description_takes_as_many_queries_whatever_its_size(queries: Counted) -> None:
    sizes = {iri: len(said().get(iri, ())) for iri in parts()}
    smallest, largest = min(sizes, key=lambda iri: sizes[iri]), max(sizes, key=lambda iri: sizes[iri])
    assert (sizes[smallest], sizes[largest]) < (1, 6000)
    most = f"{BASE}document/linking-document-2011"
    graphs = [name for name in manifest().graphs if is_data(ox.NamedNode(name), BASE)]
    assert {queries(iri) for iri in (smallest, largest, most, f"{BASE}sparql", *graphs)} == {5}


# What there is not


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("plan/2013", "plan/2012"),
        ("plan/2012/action/2.1.9", "plan/2012/action/2.1.6"),
        ("instrument/ag-res-2551", "instrument/ag-res-2551-xl-o-10"),
        ("graph/registri", "graph/registry"),
    ],
)
def test_a_resource_that_is_not_there_is_missing_and_the_nearest_are_named(path: str, near: str) -> None:
    with pytest.raises(MissingError) as caught:
        describer().of(f"{BASE}{path}", 1, SIZE)
    assert caught.value.what == f"resource {path!r}"
    assert near in caught.value.nearest


def test_odd_characters_are_told_as_such() -> None:
    assert describer().missing(f"{BASE}plan/2012\x00\n").what == "resource 'plan/2012\\x00\\n'"


def test_the_nearest_of_a_very_long_name_are_not_looked_for() -> None:
    error = describer().missing(f"{BASE}plan/{'2' * 60_000}")
    assert error.nearest == ()
    assert len(str(error)) < 300
