"""What is left out before reasoning is what nothing follows from: the closure is that of everything."""

import random
from collections.abc import Iterable

import owlrl
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mandategraph import reasoning, turtle
from mandategraph.corpora import Inputs
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.model import Corpus
from mandategraph.rdflib_terms import to_oxigraph, to_rdflib
from mandategraph.reasoning import infer
from mandategraph.schemes import Schemes, parsed
from mandategraph.triples import Graphs, state
from mandategraph.vocabulary import MG, OWL, PREFIXES, RDF, RDFS, A, lexical

HEAD = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items())
ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"
LANGUAGES = tuple(PREFIXES[each] for each in ("owl", "rdf", "rdfs", "sd", "sh", "xsd"))
SPOKEN = tuple(iri for iri in PREFIXES.values() if iri not in LANGUAGES)


def graph(text: str) -> set[ox.Triple]:
    return turtle.read(HEAD + text, DEFAULT_BASE)


def whole(data: Iterable[ox.Triple], axioms: Iterable[ox.Triple]) -> tuple[set[ox.Triple], int]:
    """What follows from all triples and is worth publishing, and how many contradictions the reasoner meets."""
    stated = {*data, *axioms}
    closed = to_rdflib(stated)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(closed)
    new = {each for each in to_oxigraph(closed) if published(each)} - stated
    return new, sum(1 for _, predicate, _ in closed if str(predicate) == ERROR)


def published(triple: ox.Triple) -> bool:
    """Whether a triple says something of a resource of this project in the words of some vocabulary."""
    subject, said = lexical(triple.subject), triple.object if triple.predicate == A else triple.predicate
    ours = isinstance(triple.subject, ox.NamedNode) and subject.startswith(DEFAULT_BASE)
    return ours and not subject.startswith(MG.iri) and isinstance(said, ox.NamedNode) and said.value.startswith(SPOKEN)


def same(data: Iterable[ox.Triple], axioms: Iterable[ox.Triple]) -> set[ox.Triple]:
    """What follows, once it is seen that it is what follows from everything."""
    data, axioms = list(data), list(axioms)
    found = infer(data, axioms, DEFAULT_BASE)
    expected, contradictions = whole(data, axioms)
    assert found.triples == expected
    assert bool(found.clashes) == bool(contradictions)
    return expected


KINDS = """
mg:p a owl:ObjectProperty . mg:q a owl:ObjectProperty . mg:r a owl:ObjectProperty . mg:s a owl:DatatypeProperty .
mg:C a owl:Class . mg:D a owl:Class . mg:E a owl:Class .
"""
CASES = {
    "a chain of two": (
        "mg:r owl:propertyChainAxiom ( mg:p mg:q ) .",
        "<a> mg:p <b> . <b> mg:q <c> . <b> mg:p <d> . <a> mg:q <d> .",
        "<a> mg:r <c> .",
    ),
    "a chain of three over unnamed nodes": (
        "mg:r owl:propertyChainAxiom ( mg:p mg:q mg:p ) .",
        "<a> mg:p [ mg:q [ mg:p <c> ] ] . <a> mg:p [ mg:q <d> ] .",
        "<a> mg:r <c> .",
    ),
    "a chain whose end has domain and range": (
        "mg:r owl:propertyChainAxiom ( mg:p mg:q ) ; rdfs:domain mg:C ; rdfs:range mg:D .",
        "<a> mg:p <b> . <b> mg:q <c> .",
        "<a> mg:r <c> ; a mg:C . <c> a mg:D .",
    ),
    "a chain with domain and range stated": (
        "mg:r owl:propertyChainAxiom ( mg:p mg:q ) . mg:p rdfs:domain mg:C ; rdfs:range mg:D .",
        "<a> mg:p <b> ; a mg:C . <b> mg:q <c> ; a mg:D .",
        "<a> mg:r <c> .",
    ),
    "an inverse": ("mg:p owl:inverseOf mg:q .", "<a> mg:p <b> . <c> mg:q <d> .", "<b> mg:q <a> . <d> mg:p <c> ."),
    "an inverse with domain and range stated": (
        "mg:p rdfs:domain mg:C ; rdfs:range mg:D . mg:q owl:inverseOf mg:p .",
        "<a> mg:p <b> ; a mg:C . <b> a mg:D .",
        "<b> mg:q <a> .",
    ),
    "an inverse that gives types": (
        "mg:p owl:inverseOf mg:q . mg:q rdfs:domain mg:D .",
        "<a> mg:p <b> ; mg:s 'x' .",
        "<b> mg:q <a> ; a mg:D .",
    ),
    "a symmetric property": (
        "mg:p a owl:SymmetricProperty ; rdfs:domain mg:C .",
        "<a> mg:p <b> ; a mg:C .",
        "<b> mg:p <a> ; a mg:C .",
    ),
    "a symmetric property with both ends stated": (
        "mg:p a owl:SymmetricProperty ; rdfs:domain mg:C ; rdfs:range mg:C .",
        "<a> mg:p <b> ; a mg:C . <b> a mg:C .",
        "<b> mg:p <a> .",
    ),
    "a transitive property": (
        "mg:p a owl:TransitiveProperty .",
        "<a> mg:p <b> . <b> mg:p <c> . <c> mg:p <d> .",
        "<a> mg:p <c> , <d> . <b> mg:p <d> .",
    ),
    "subclasses": (
        "mg:C rdfs:subClassOf mg:D . mg:D rdfs:subClassOf mg:E .",
        "<a> a mg:C . <b> a mg:D , mg:E . <c> a mg:Unknown .",
        "<a> a mg:D , mg:E .",
    ),
    "a subclass of a class without name": (
        "mg:C rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( mg:D mg:E ) ] .",
        "<a> a mg:C . <b> a mg:D .",
        "<a> a mg:D , mg:E .",
    ),
    "a class equal to another": (
        "mg:C owl:equivalentClass mg:D .",
        "<a> a mg:C . <b> a mg:D .",
        "<a> a mg:D . <b> a mg:C .",
    ),
    "a class of those with a value": (
        "mg:C owl:equivalentClass [ a owl:Restriction ; owl:onProperty mg:p ; owl:hasValue <v> ] .",
        "<a> mg:p <v> . <b> a mg:C . <c> mg:p <w> .",
        "<a> a mg:C . <b> mg:p <v> .",
    ),
    "a class of those with values of a class": (
        "[ a owl:Restriction ; owl:onProperty mg:p ; owl:someValuesFrom mg:D ] rdfs:subClassOf mg:C .",
        "<a> mg:p <b> . <b> a mg:D . <c> mg:p <d> . <d> a mg:E .",
        "<a> a mg:C .",
    ),
    "a class whose members have values of a class": (
        "mg:C rdfs:subClassOf [ a owl:Restriction ; owl:onProperty mg:p ; owl:allValuesFrom mg:D ] .",
        "<a> a mg:C ; mg:p <b> . <c> mg:p <d> .",
        "<b> a mg:D .",
    ),
    "a subproperty": (
        "mg:p rdfs:subPropertyOf mg:q . mg:q rdfs:range mg:D .",
        "<a> mg:p <b> . <c> mg:q <d> . <d> a mg:D .",
        "<a> mg:q <b> . <b> a mg:D .",
    ),
    "a property equal to another": ("mg:p owl:equivalentProperty mg:q .", "<a> mg:p <b> .", "<a> mg:q <b> ."),
    "a domain not stated": (
        "mg:p rdfs:domain mg:C ; rdfs:range mg:D .",
        "<a> mg:p <b> . <b> a mg:D .",
        "<a> a mg:C .",
    ),
    "a range not stated": (
        "mg:p rdfs:domain mg:C ; rdfs:range mg:D .",
        "<a> mg:p <b> ; a mg:C .",
        "<b> a mg:D .",
    ),
    "one of two domains not stated": (
        "mg:p rdfs:domain mg:C , mg:D .",
        "<a> mg:p <b> ; a mg:C . <c> mg:p <d> ; a mg:C , mg:D .",
        "<a> a mg:D .",
    ),
    "one of two ranges not stated": ("mg:p rdfs:range mg:C , mg:D .", "<a> mg:p <b> . <b> a mg:D .", "<b> a mg:C ."),
    "a domain stated of another": (
        "mg:p rdfs:domain mg:C .",
        "<a> mg:p <b> . <b> a mg:C .",
        "<a> a mg:C .",
    ),
    "a domain stated by a subclass alone": (
        "mg:p rdfs:domain mg:D . mg:C rdfs:subClassOf mg:D .",
        "<a> mg:p <b> ; a mg:C .",
        "<a> a mg:D .",
    ),
    "a domain stated whose superclass is not": (
        "mg:p rdfs:domain mg:C . mg:C rdfs:subClassOf mg:D .",
        "<a> mg:p <b> ; a mg:C .",
        "<a> a mg:D .",
    ),
    "a domain of a property with literals": (
        "mg:s rdfs:domain mg:C ; rdfs:range xsd:string .",
        "<a> mg:s 'x' . <b> mg:s 'y' ; a mg:C .",
        "<a> a mg:C .",
    ),
    "a domain that follows from what another property gives": (
        "mg:p rdfs:range mg:C . mg:q rdfs:domain mg:D . mg:C rdfs:subClassOf mg:D .",
        "<a> mg:p <b> . <b> mg:q <c> .",
        "<b> a mg:C , mg:D .",
    ),
    "an annotation with a domain": (
        "mg:n a owl:AnnotationProperty ; rdfs:domain mg:C .",
        "<a> mg:n 'x' . <b> mg:n 'y' ; a mg:C .",
        "<a> a mg:C .",
    ),
    "a property that is of no stated kind": (
        "mg:u rdfs:domain mg:C ; rdfs:range mg:D .",
        "<a> mg:u <b> .",
        "<a> a mg:C . <b> a mg:D .",
    ),
    "a property with a kind alone": ("", "<a> mg:p <b> ; mg:s 'x' ; a mg:C .", ""),
    "what no axiom names": ("mg:C rdfs:subClassOf mg:D .", "<a> mg:t <b> ; rdfs:label 'a' ; dcterms:title 't' .", ""),
    "a class of the data that is a property's domain": (
        "mg:p rdfs:domain mg:C . mg:C rdfs:subClassOf mg:D .",
        "<a> a mg:C .",
        "<a> a mg:D .",
    ),
}
"""Axioms beside those of kinds, data, and what of it follows, each in Turtle."""


@pytest.mark.parametrize("name", CASES)
def test_the_closure_is_that_of_everything(name: str) -> None:
    axioms, data, follows = CASES[name]
    assert same(graph(data), graph(KINDS + axioms)) == graph(follows)


def test_the_closure_of_all_cases_together_is_that_of_everything() -> None:
    data = {each for _, stated, _ in CASES.values() for each in graph(stated)}
    sound = [name for name in CASES if "equal" not in name]
    axioms = {each for name in sound for each in graph(KINDS + CASES[name][0])}
    assert same(data, axioms)


CLASHES = {
    "two classes": ("mg:C owl:disjointWith mg:D .", "<a> a mg:C , mg:D ."),
    "a class stated and one that follows": (
        "mg:C owl:disjointWith mg:D . mg:p rdfs:domain mg:D .",
        "<a> a mg:C ; mg:p <b> .",
    ),
    "a domain and a range": (
        "mg:C owl:disjointWith mg:D . mg:p rdfs:domain mg:C . mg:q rdfs:range mg:D .",
        "<a> mg:p <b> . <c> mg:q <a> .",
    ),
    "a superclass": ("mg:E owl:disjointWith mg:D . mg:C rdfs:subClassOf mg:E .", "<a> a mg:C , mg:D ."),
    "two properties": ("mg:p owl:propertyDisjointWith mg:q .", "<a> mg:p <b> ; mg:q <b> ."),
    "two properties whose ends are stated": (
        "mg:p owl:propertyDisjointWith mg:q ; rdfs:domain mg:C . mg:q rdfs:domain mg:C .",
        "<a> mg:p <b> ; mg:q <b> ; a mg:C .",
    ),
    "a property and one that follows": (
        "mg:p owl:propertyDisjointWith mg:q . mg:q owl:inverseOf mg:r .",
        "<a> mg:p <b> . <b> mg:r <a> .",
    ),
    "a property that leads back": ("mg:p a owl:IrreflexiveProperty .", "<a> mg:p <a> ."),
    "a property both ways": ("mg:p a owl:AsymmetricProperty .", "<a> mg:p <b> . <b> mg:p <a> ."),
}


@pytest.mark.parametrize("name", CLASHES)
def test_what_contradicts_an_axiom_is_still_found(name: str) -> None:
    axioms, data = CLASHES[name]
    same(graph(data), graph(KINDS + axioms))
    assert infer(graph(data), graph(KINDS + axioms), DEFAULT_BASE).clashes


@pytest.mark.parametrize(
    "data",
    ["<a> a mg:C . <b> a mg:D .", "<a> a mg:C ; mg:p <b> . <b> a mg:D .", "<a> mg:p <b> . <b> mg:q <a> ."],
)
def test_what_contradicts_no_axiom_is_no_clash(data: str) -> None:
    axioms = "mg:C owl:disjointWith mg:D . mg:p owl:propertyDisjointWith mg:q ; rdfs:domain mg:C ."
    same(graph(data), graph(KINDS + axioms))
    assert infer(graph(data), graph(KINDS + axioms), DEFAULT_BASE).clashes == ()


EQUATING = {
    "a property with one value": (
        "mg:p a owl:FunctionalProperty .",
        "<a> mg:p <b> , <c> . <b> mg:t <d> ; rdfs:label 'b' .",
        "<c> mg:t <d> .",
    ),
    "a property with one subject": (
        "mg:p a owl:InverseFunctionalProperty .",
        "<a> mg:p <c> . <b> mg:p <c> ; mg:t <d> .",
        "<a> mg:t <d> .",
    ),
    "a thing stated to be another": ("", "<a> owl:sameAs <b> . <b> mg:t <d> .", "<a> mg:t <d> ."),
}


@pytest.mark.parametrize("name", EQUATING)
def test_where_two_things_turn_out_to_be_one_nothing_is_left_out(name: str) -> None:
    axioms, data, follows = EQUATING[name]
    assert same(graph(data), graph(KINDS + axioms)) >= graph(follows)


def test_what_is_left_out_is_most_of_what_is_stated() -> None:
    axioms = graph(KINDS + "mg:p rdfs:domain mg:C ; rdfs:range mg:D .")
    typed = graph("<a> a mg:C ; mg:p <b> . <b> a mg:D .")
    silent = graph("<a> mg:t <b> ; rdfs:label 'a' ; mg:s 'x' ; a mg:Unknown .")
    kept = set(reasoning._fruitful([*typed, *silent], [*axioms]))  # noqa: SLF001 - what this test is about
    assert kept == {each for each in typed if each.predicate == A}


NODES = [ox.NamedNode(DEFAULT_BASE + each) for each in "abcd"]
CLASSES = [MG[each] for each in "CDEF"]
PROPERTIES = [MG[each] for each in "pqrs"]
AXIOMS = st.one_of(
    st.builds(
        ox.Triple,
        st.sampled_from(CLASSES),
        st.just(RDFS["subClassOf"]) | st.just(OWL["disjointWith"]),
        st.sampled_from(CLASSES),
    ),
    st.builds(
        ox.Triple,
        st.sampled_from(PROPERTIES),
        st.just(RDFS["domain"]) | st.just(RDFS["range"]),
        st.sampled_from(CLASSES),
    ),
    st.builds(
        ox.Triple,
        st.sampled_from(PROPERTIES),
        st.sampled_from([OWL["inverseOf"], RDFS["subPropertyOf"], OWL["propertyDisjointWith"]]),
        st.sampled_from(PROPERTIES),
    ),
    st.builds(ox.Triple, st.sampled_from(PROPERTIES), st.just(A), st.just(OWL["SymmetricProperty"])),
)
DATA = st.one_of(
    st.builds(ox.Triple, st.sampled_from(NODES), st.just(A), st.sampled_from(CLASSES)),
    st.builds(ox.Triple, st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES)),
)


@settings(max_examples=60)
@given(st.lists(DATA, max_size=12), st.lists(AXIOMS, max_size=6), st.sets(st.sampled_from(PROPERTIES)))
def test_the_closure_of_any_graph_is_that_of_everything(
    data: list[ox.Triple], axioms: list[ox.Triple], declared: set[ox.NamedNode]
) -> None:
    same(data, [*axioms, *(ox.Triple(each, A, OWL["ObjectProperty"]) for each in declared)])


@pytest.fixture(scope="module")
def axioms(inputs: Inputs) -> list[ox.Triple]:
    """What the ontology entails things by."""
    files = [name for name in inputs.files if name.startswith("ontology/") and name.endswith(".ttl")]
    triples = [each for name in files for each in parsed(inputs.text(name), name)]
    languages = (RDF.iri, RDFS.iri, OWL.iri)
    return [
        each
        for each in triples
        if each.predicate.value.startswith(languages) and not isinstance(each.object, ox.Literal)
    ]


@pytest.fixture(scope="module")
def stated(corpus: Corpus, iris: Iris, schemes: Schemes) -> Graphs:
    """The graphs of the real corpus."""
    return state(corpus, iris, schemes, "0")


@pytest.mark.parametrize("document", ["hemispheric-plan-2012", "working-group-work-plan-2012"])
def test_the_closure_of_a_real_text_is_that_of_everything(
    stated: Graphs, iris: Iris, axioms: list[ox.Triple], document: str
) -> None:
    assert same(stated[iris.mint("source-graph", document=document)], axioms)


@pytest.mark.parametrize("name", ["registry", "judgements"])
def test_the_closure_of_a_sample_of_real_rows_is_that_of_everything(
    stated: Graphs, iris: Iris, axioms: list[ox.Triple], name: str
) -> None:
    held = stated[iris.mint("graph", name=name)]
    subjects = sorted({lexical(each.subject) for each in held})
    chosen = set(random.Random(name).sample(subjects, 150))  # noqa: S311 - the same rows each time
    assert same([each for each in held if lexical(each.subject) in chosen], axioms)
