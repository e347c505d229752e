"""Descriptions as RDF: the same statements in every format; the document says what it holds and what it leaves out."""

from functools import cache

import pyoxigraph as ox
import pytest

from mandategraph.server.addresses import FORMATS, Format
from mandategraph.server.attributions import MARK, Attributions
from mandategraph.server.description import Describer, Description
from mandategraph.server.resource_graph import Writer
from mandategraph.vocabulary import FOAF, HYDRA, MG, OWL, RDFS, A
from serving import folder_of, manifest, store

BASE = manifest().base
ACTION = f"{BASE}plan/2011-03-07/action/1.4"
QUOTATION = f"{BASE}quotation/linking-document-2011/1.4/1"
LINK = f"{BASE}support/linking-document-2011/1.4/1"
INFERRED = ox.NamedNode(f"{BASE}graph/inferred")
DOCUMENT = f"{BASE}document/linking-document-2011"
RDF = {form.suffix: form for form in FORMATS if form.suffix != ".html"}


@cache
def described(iri: str, page: int = 1, size: int = 1000) -> Description:
    """A description of the release."""
    return Describer(manifest(), store(), folder_of("lookups")).of(iri, page, size)


def quads(iri: str, form: Format, page: int = 1, size: int = 1000) -> set[ox.Quad]:
    """What a description holds in a format."""
    writer = Writer(BASE, manifest().identity, Attributions(store(), folder_of("lookups")))
    content = writer.text(described(iri, page, size), form, iri + form.suffix)
    parsed = ox.RdfFormat.from_media_type(form.media)
    assert parsed is not None
    return set(ox.parse(content, format=parsed))


def triples(iri: str, form: Format) -> set[ox.Triple]:
    """What a description holds in a format but for what it says of the document itself."""
    return {quad.triple for quad in quads(iri, form) if quad.subject != ox.NamedNode(iri + form.suffix)}


@pytest.mark.parametrize("iri", [ACTION, QUOTATION, f"{BASE}plan/2012", f"{BASE}graph/report", f"{BASE}sparql"])
def test_every_format_holds_the_same_but_what_only_rules_infer(iri: str) -> None:
    whole = triples(iri, RDF[".trig"])
    assert {quad.triple for quad in described(iri).statements} <= whole
    stated = {quad.triple for quad in quads(iri, RDF[".trig"]) if quad.graph_name != INFERRED}
    for suffix, form in RDF.items():
        held = triples(iri, form)
        assert held == (whole if suffix in (".trig", ".nq", ".jsonld") else whole & stated)


@pytest.mark.parametrize("suffix", [".ttl", ".nt"])
def test_what_only_rules_infer_is_left_out_of_formats_without_graphs_and_that_is_said(suffix: str) -> None:
    found = {quad.triple for quad in quads(ACTION, RDF[suffix])}
    short = ox.Triple(ox.NamedNode(ACTION), MG["hasAssertedSupport"], ox.NamedNode(LINK))
    assert short not in found
    assert ox.Quad(short.subject, short.predicate, short.object, INFERRED) in quads(ACTION, RDF[".jsonld"])
    document = ox.NamedNode(ACTION + suffix)
    number = len(triples(ACTION, RDF[".trig"]) - found)
    told = (
        f"Triples left out, for only rules of the ontology infer them: {number}. "
        f"They are in <{INFERRED.value}> and in <{ACTION}.trig>."
    )
    assert number > 5
    assert ox.Triple(document, RDFS["comment"], ox.Literal(told, language="en")) in found
    leads = {each.object for each in found if each.subject == document and each.predicate == RDFS["seeAlso"]}
    assert leads == {INFERRED, ox.NamedNode(f"{ACTION}.trig")}


def test_the_graph_of_what_is_inferred_holds_its_triples_and_says_what_they_are() -> None:
    iri = INFERRED.value
    found = {quad.triple for page in (1, 2) for quad in quads(iri, RDF[".ttl"], page)}
    assert set(store().graph(INFERRED)) <= found
    told = ox.Literal("The triples of the graph are inferred by rules.", language="en")
    assert ox.Triple(ox.NamedNode(f"{iri}.ttl"), RDFS["comment"], told) in found


@pytest.mark.parametrize("suffix", [".ttl", ".nt", ".nq", ".trig", ".jsonld"])
def test_an_attribution_that_is_inferred_has_its_reason_beside_it(suffix: str) -> None:
    for iri in (QUOTATION, LINK, f"{BASE}body/secretariat-for-multidimensional-security"):
        found = {quad.triple for quad in quads(iri, RDF[suffix])}
        part = ox.NamedNode(f"{DOCUMENT}/plan")
        assert ox.Triple(ox.NamedNode(iri + suffix), RDFS["seeAlso"], part) in found
        (reason,) = (each.object for each in found if each.subject == part and each.predicate == MG["reason"])
        comments = [str(each.object) for each in found if each.subject == ox.NamedNode(iri + suffix)]
        assert any(f"{MARK}. {ox.Literal(str(reason)).value[1:40]}" in each for each in comments)
    assert not [quad for quad in quads(f"{BASE}plan/2012", RDF[suffix]) if MARK in str(quad.object)]


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".jsonld"])
def test_quads_keep_the_graph_that_each_triple_comes_from(suffix: str) -> None:
    found = quads(QUOTATION, RDF[suffix])
    about = described(QUOTATION)
    said = {*about.statements, *about.references}
    assert said <= found
    node = ox.NamedNode(QUOTATION)
    graphs = {str(quad.graph_name) for quad in found if quad.subject == node}
    assert graphs == {
        f"<{BASE}graph/{name}>" for name in ("source/linking-document-2011", "registry", "judgements")
    } | {str(quad.graph_name) for quad in said if quad.subject == node}
    of_document = {quad for quad in found if quad.subject == ox.NamedNode(QUOTATION + suffix)}
    assert {quad.graph_name for quad in of_document} == {ox.DefaultGraph()}


def test_what_stands_in_a_description_is_said_by_the_release_or_of_the_document() -> None:
    document = ox.NamedNode(f"{ACTION}.ttl")
    held = {quad.triple for quad in store().quads()}
    found = {quad.triple for quad in quads(ACTION, RDF[".ttl"])}
    assert {triple.subject for triple in found - held} == {document}
    of_document = {triple.predicate: triple.object for triple in found - held}
    assert of_document[A] == FOAF["Document"]
    assert of_document[FOAF["primaryTopic"]] == ox.NamedNode(ACTION)
    assert of_document[OWL["versionInfo"]] == ox.Literal(manifest().identity)
    assert set(of_document) == {A, FOAF["primaryTopic"], OWL["versionInfo"], RDFS["comment"], RDFS["seeAlso"]}
    comments = [str(triple.object) for triple in found - held if triple.predicate == RDFS["comment"]]
    assert len([each for each in comments if "Statements that point to it: 4." in each]) == 1
    assert len(comments) == 2


def test_the_names_of_what_is_pointed_to_are_there_and_its_words_are_not() -> None:
    found = {quad.triple for quad in quads(f"{BASE}support/linking-document-2011/1.4/1", RDF[".nt"])}
    assert ox.Triple(MG["assertedFor"], RDFS["label"], ox.Literal("asserted for", language="en")) in found
    assert not [each for each in found if each.predicate == MG["text"]]


def test_a_description_that_is_cut_says_so_and_where_the_rest_is() -> None:
    first, second, last = (quads(DOCUMENT, RDF[".nt"], page) for page in (1, 2, 4))

    def about(found: set[ox.Quad], page: int) -> dict[ox.NamedNode, str]:
        node = ox.NamedNode(f"{DOCUMENT}.nt?page={page}" if page > 1 else f"{DOCUMENT}.nt")
        told: dict[ox.NamedNode, str] = {}
        for quad in found:
            if quad.subject == node:
                told[quad.predicate] = f"{told.get(quad.predicate, '')}{quad.object}"
        return told

    assert "Statements that point to it: 1 to 1,000 of 3,782 (page 1 of 4)." in about(first, 1)[RDFS["comment"]]
    assert about(first, 1)[HYDRA["next"]] == f"<{DOCUMENT}.nt?page=2>"
    assert HYDRA["previous"] not in about(first, 1)
    assert about(second, 2)[HYDRA["previous"]] == f"<{DOCUMENT}.nt>"
    assert about(second, 2)[HYDRA["next"]] == f"<{DOCUMENT}.nt?page=3>"
    assert "3,001 to 3,782 of 3,782" in about(last, 4)[RDFS["comment"]]
    assert HYDRA["next"] not in about(last, 4)


def test_a_graph_that_is_cut_says_so() -> None:
    iri = f"{BASE}graph/report"
    comment = next(
        quad.object
        for quad in quads(iri, RDF[".ttl"], 2, 50)
        if quad.predicate == RDFS["comment"] and quad.subject == ox.NamedNode(f"{iri}.ttl?page=2")
    )
    number = manifest().triples["report.ttl"]
    assert f"Triples of the graph: 51 to {number} of {number} (page 2 of 2)." in str(comment)


def test_an_unnamed_node_of_a_vocabulary_keeps_what_it_holds() -> None:
    found = triples(f"{BASE}shapes", RDF[".ttl"])
    lists = [each.subject for each in found if each.predicate.value.endswith("#first")]
    assert lists
    assert len(set(lists)) == len(lists)
    assert {each.subject for each in found if each.predicate.value.endswith("#rest")} == set(lists)
