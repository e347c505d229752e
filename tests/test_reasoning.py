"""What follows from the ontology, what must never follow, and what contradicts it."""

from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph import turtle
from mandategraph.iris import DEFAULT_BASE
from mandategraph.reasoning import Clash, infer
from mandategraph.schemes import parsed
from mandategraph.vocabulary import CITO, MG, OWL, PREFIXES, RDF, RDFS, A, lexical

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "ontology"
FOLLOWS, FOLLOWS_NOT = ".follows.ttl", ".follows-not.ttl"

PREFIX_LINES = "".join(f"@prefix {name}: <{iri}> . " for name, iri in PREFIXES.items())

LANGUAGES = (RDF.iri, RDFS.iri, OWL.iri)

CONSTRUCTS = {
    *(RDF[name] for name in ("type", "first", "rest", "nil", "langString")),
    *(RDFS[name] for name in ("subClassOf", "domain", "range", "label", "isDefinedBy")),
    *(OWL[name] for name in ("Ontology", "versionIRI", "versionInfo", "Class")),
    *(OWL[name] for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "SymmetricProperty")),
    *(OWL[name] for name in ("inverseOf", "propertyChainAxiom", "disjointWith", "propertyDisjointWith")),
}
"""What the ontology is made of; all of it is OWL 2 RL, and nothing in it makes two values one thing."""


def graph(text: str) -> set[ox.Triple]:
    return turtle.read(PREFIX_LINES + text, DEFAULT_BASE)


def case(path: Path) -> set[ox.Triple]:
    return turtle.read(path.read_text("utf-8"), DEFAULT_BASE)


def premises(folder: str) -> list[Path]:
    return sorted(each for each in (CASES / folder).glob("*.ttl") if ".follows" not in each.name)


def conclusions(file: Path, suffix: str) -> set[ox.Triple]:
    return case(file.with_name(file.name.removesuffix(".ttl") + suffix))


@pytest.fixture(scope="module")
def ontology() -> list[ox.Triple]:
    """All triples of `ontology/`."""
    files = sorted((ROOT / "ontology").glob("*.ttl"))
    assert [each.stem for each in files] == ["alignments", "mandategraph", "schemes", "themes"]
    return [triple for file in files for triple in parsed(file.read_text("utf-8"), file.name)]


@pytest.fixture(scope="module")
def axioms(ontology: list[ox.Triple]) -> list[ox.Triple]:
    """The triples of the ontology that entail something; labels, definitions and concepts would only take time."""
    terms = {each.subject for each in ontology if each.predicate == A and lexical(each.object).startswith(OWL.iri)}
    named = [each for each in ontology if each.subject in terms or isinstance(each.subject, ox.BlankNode)]
    return [
        each for each in named if each.predicate.value.startswith(LANGUAGES) and not isinstance(each.object, ox.Literal)
    ]


@pytest.mark.parametrize("folder", ["must-follow", "must-not-follow"])
def test_every_case_has_premises_and_conclusions(folder: str) -> None:
    suffix = FOLLOWS if folder == "must-follow" else FOLLOWS_NOT
    named = {each.name.removesuffix(".ttl") for each in premises(folder)}
    assert named
    assert {each.name.removesuffix(suffix) for each in (CASES / folder).glob("*.follows*")} == named
    assert all(case(each) for each in (CASES / folder).glob("*.ttl"))


def test_every_term_of_a_case_is_one_of_the_ontology(ontology: list[ox.Triple]) -> None:
    declared = {each.subject for each in ontology}
    files = list(CASES.glob("*/*.ttl"))
    terms = {term for file in files for each in case(file) for term in (each.predicate, each.object)}
    ours = {term for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(MG.iri)}
    assert ours - declared == set()
    assert len(ours) > 20


@pytest.mark.parametrize("file", premises("must-follow"), ids=lambda each: each.stem)
def test_what_must_follow(file: Path, axioms: list[ox.Triple]) -> None:
    expected = conclusions(file, FOLLOWS)
    found = infer(case(file), axioms, DEFAULT_BASE)
    assert expected - found.triples == set()
    assert found.clashes == ()
    assert not expected & infer(case(file), [], DEFAULT_BASE).triples


@pytest.mark.parametrize("file", premises("must-not-follow"), ids=lambda each: each.stem)
def test_what_must_not_follow(file: Path, axioms: list[ox.Triple]) -> None:
    found = infer(case(file), axioms, DEFAULT_BASE)
    assert conclusions(file, FOLLOWS_NOT) & (found.triples | case(file)) == set()
    assert found.clashes == ()


@pytest.mark.parametrize(
    "name",
    ["passageOf", "assertedFor", "quotation", "identification", "proposedFor", "carriesPassage", "hasCitedEntity"],
)
def test_the_case_of_second_values_would_see_a_functional_property(name: str, axioms: list[ox.Triple]) -> None:
    (file,) = (each for each in premises("must-not-follow") if each.stem == "second-value")
    single = CITO[name] if name == "hasCitedEntity" else MG[name]
    found = infer(case(file), [*axioms, ox.Triple(single, A, OWL["FunctionalProperty"])], DEFAULT_BASE)
    assert conclusions(file, FOLLOWS_NOT) & found.triples
    assert not any(each.predicate == OWL["sameAs"] for each in found.triples)


@pytest.mark.parametrize("file", premises("must-follow"), ids=lambda each: each.stem)
def test_the_closure_of_a_closure_adds_nothing(file: Path, axioms: list[ox.Triple]) -> None:
    closed = case(file) | infer(case(file), axioms, DEFAULT_BASE).triples
    assert infer(closed, axioms, DEFAULT_BASE).triples == frozenset()


def test_only_what_is_new_is_inferred(axioms: list[ox.Triple]) -> None:
    stated = graph(
        "<passage/1> mg:overlaps <passage/2> . <passage/2> mg:overlaps <passage/1> . <passage/1> a mg:Passage ."
    )
    found = infer(stated, axioms, DEFAULT_BASE).triples
    assert not found & stated
    assert found >= graph("<passage/2> a mg:Passage .")


def test_nothing_is_published_about_terms_or_resources_of_others(
    ontology: list[ox.Triple], axioms: list[ox.Triple]
) -> None:
    outside = "<https://elsewhere.example/action> mg:hasAssertedSupport <support/1> . <support/1> dcterms:source 'x' ."
    stated = {*chain(*(case(each) for each in premises("must-follow"))), *graph(outside)}
    found = infer(stated, ontology, DEFAULT_BASE).triples
    silent = tuple(PREFIXES[name] for name in ("owl", "rdfs", "rdf", "xsd", "sh"))
    for each in found:
        assert lexical(each.subject).startswith(DEFAULT_BASE)
        assert not lexical(each.subject).startswith(MG.iri.removesuffix("#"))
        assert not lexical(each.object).startswith(silent)
        assert each.predicate == A or not each.predicate.value.startswith(silent)
    assert found == infer(stated, axioms, DEFAULT_BASE).triples != frozenset()


def test_the_resources_of_another_base_are_published(axioms: list[ox.Triple]) -> None:
    base = "https://example.org/"
    stated = turtle.read(f"{PREFIX_LINES}<passage/1> mg:overlaps <passage/2> .", base)
    assert (
        turtle.read(f"{PREFIX_LINES}<passage/2> mg:overlaps <passage/1> .", base) <= infer(stated, axioms, base).triples
    )
    assert infer(stated, axioms, DEFAULT_BASE).triples == frozenset()


def test_membership_of_a_class_without_name_is_not_published() -> None:
    unnamed = "mg:Action rdfs:subClassOf [ a owl:Class ; owl:intersectionOf ( mg:PlanUnit ) ] ."
    found = infer(graph("<plan/p/action/1> a mg:Action ."), graph(unnamed), DEFAULT_BASE)
    assert found.triples == graph("<plan/p/action/1> a mg:PlanUnit .")


def test_a_node_both_asserted_and_carried_is_a_clash(axioms: list[ox.Triple]) -> None:
    found = infer(graph("<support/1> a mg:AssertedSupport , mg:CarriedSupport ."), axioms, DEFAULT_BASE)
    node, kind = f"<{DEFAULT_BASE}support/1>", f"<{A.value}>"
    asserted, carried = f"<{MG['AssertedSupport'].value}>", f"<{MG['CarriedSupport'].value}>"
    assert found.clashes == (
        Clash(
            "cax-dw",
            f"{asserted} <{OWL['disjointWith'].value}> {carried}",
            (f"{node} {kind} {asserted}", f"{node} {kind} {carried}"),
        ),
    )


def test_a_node_asserted_and_carried_by_what_follows_is_a_clash(axioms: list[ox.Triple]) -> None:
    found = infer(graph("<support/1> mg:citedAs 'x' ; mg:carriesPassage <passage/1> ."), axioms, DEFAULT_BASE)
    assert [each.rule for each in found.clashes] == ["cax-dw"]


def test_one_action_asserted_and_proposed_on_one_link_is_a_clash(axioms: list[ox.Triple]) -> None:
    stated = graph("<support/1> mg:assertedFor <plan/p/action/1> ; mg:proposedFor <plan/p/action/1> .")
    kinds, clash = infer(stated, axioms, DEFAULT_BASE).clashes
    assert (kinds.rule, clash.rule) == ("cax-dw", "prp-pdw")
    node, action = f"<{DEFAULT_BASE}support/1>", f"<{DEFAULT_BASE}plan/p/action/1>"
    asserted, proposed = f"<{MG['assertedFor'].value}>", f"<{MG['proposedFor'].value}>"
    assert clash.axiom == f"{asserted} <{OWL['propertyDisjointWith'].value}> {proposed}"
    assert clash.triples == (f"{node} {asserted} {action}", f"{node} {proposed} {action}")
    assert str(clash) == (
        f"prp-pdw: expected no triples against the axiom {clash.axiom}, found {clash.triples[0]}; {clash.triples[1]}"
    )


def test_other_contradictions_are_told_in_the_words_of_the_reasoner() -> None:
    found = infer(graph("<passage/1> owl:differentFrom <passage/1> ."), graph("mg:a a owl:Class ."), DEFAULT_BASE)
    (clash,) = found.clashes
    assert (clash.rule, clash.triples) == ("owlrl", ())
    assert "passage/1" in clash.axiom


def test_properties_without_name_are_passed_over() -> None:
    axiom = graph("[ owl:inverseOf mg:quotes ] owl:propertyDisjointWith mg:cue .")
    assert infer(graph("<quotation/1> mg:quotes <passage/1> ."), axiom, DEFAULT_BASE).clashes == ()


def test_the_ontology_is_made_of_known_constructs(ontology: list[ox.Triple]) -> None:
    terms = {term for each in ontology for term in (each.subject, each.predicate, each.object)}
    used = {term for term in terms if isinstance(term, ox.NamedNode) and term.value.startswith(LANGUAGES)}
    assert used - CONSTRUCTS == set()
    assert {OWL["propertyChainAxiom"], OWL["disjointWith"], RDFS["subClassOf"]} <= used


def test_axioms_are_between_named_terms(ontology: list[ox.Triple]) -> None:
    blank = {each.predicate for each in ontology if isinstance(each.object, ox.BlankNode)}
    assert blank == {OWL["propertyChainAxiom"], RDF["rest"]}


def test_a_chain_is_not_made_of_itself_and_disjoint_properties_have_none(ontology: list[ox.Triple]) -> None:
    held = {(each.subject, each.predicate): each.object for each in ontology}
    made_of: dict[object, list[object]] = {}
    for each in ontology:
        if each.predicate == OWL["propertyChainAxiom"]:
            link = each.object
            while isinstance(link, ox.BlankNode):
                made_of.setdefault(each.subject, []).append(held[link, RDF["first"]])
                link = held[link, RDF["rest"]]
    reached = {chained: {*parts} for chained, parts in made_of.items()}
    for _ in made_of:
        for parts in reached.values():
            parts |= {deeper for part in parts for deeper in made_of.get(part, [])}
    assert len(made_of) == 4
    assert all(chained not in parts for chained, parts in reached.items())
    disjoint = [each for each in ontology if each.predicate == OWL["propertyDisjointWith"]]
    assert disjoint
    assert not {term for each in disjoint for term in (each.subject, each.object)} & made_of.keys()
