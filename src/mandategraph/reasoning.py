"""Reasoning: a graph and the axioms of the ontology to the new triples worth publishing, or the clashes found."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import owlrl
import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.namespace import OWL, RDF, RDFS
from rdflib.term import Node

from mandategraph.rdflib_terms import to_oxigraph, to_rdflib
from mandategraph.vocabulary import MG, PREFIXES, A
from mandategraph.vocabulary import RDFS as RDFS_TERMS

_ERROR = URIRef("http://www.daml.org/2002/03/agents/agent-ont#error")
_TELLING = (RDFS_TERMS["label"], RDFS_TERMS["comment"], RDFS_TERMS["isDefinedBy"], RDFS_TERMS["seeAlso"])
_PLAIN = tuple(ox.NamedNode(OWL[name]) for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty"))
_EQUATING = frozenset(
    ox.NamedNode(OWL[name])
    for name in (
        *("sameAs", "differentFrom", "AllDifferent", "FunctionalProperty", "InverseFunctionalProperty", "hasKey"),
        *("maxCardinality", "maxQualifiedCardinality"),
    )
)
DOMAIN, RANGE = RDFS_TERMS["domain"], RDFS_TERMS["range"]
_SILENT = ("owl", "rdfs", "sd", "sh", "xsd")


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """A contradiction: the rule of OWL 2 RL that found it, the axiom, and the triples that break it."""

    rule: str
    axiom: str
    triples: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule}: expected no triples against the axiom {self.axiom}, found {'; '.join(self.triples)}"


@dataclass(frozen=True, slots=True)
class Closure:
    """What follows from a graph and was not stated in it, and where it contradicts the axioms."""

    triples: frozenset[ox.Triple]
    clashes: tuple[Clash, ...]


def infer(data: Iterable[ox.Triple], axioms: Iterable[ox.Triple], base: str) -> Closure:
    """The new publishable triples of the OWL 2 RL closure of a graph; the graph itself is left as it is.

    Only triples from which something new can follow are reasoned over.

    A triple is published if its subject is a resource under the base, it is not in the graph, and it says
    something: no `owl:sameAs`, no membership of the classes everything belongs to, no triple of RDFS or OWL.
    """
    data, rules = list(data), [each for each in axioms if _axiomatic(each.predicate)]
    graph = to_rdflib(_fruitful(data, rules)) + to_rdflib(rules)
    known = {*to_rdflib(data), *graph}
    closure = owlrl.DeductiveClosure(owlrl.OWLRL_Semantics)
    closure.expand(graph)
    clashes = sorted({*_disjoint_classes(graph), *_disjoint_properties(graph), *_reported(graph)})
    new = (each for each in graph if each not in known and _publishable(each, base))
    return Closure(frozenset(to_oxigraph(new)), tuple(clashes))


def _fruitful(data: list[ox.Triple], rules: list[ox.Triple]) -> Iterator[ox.Triple]:
    """The triples from which something not stated can follow.

    Nothing follows where no axiom names the predicate or the class. Where the axioms of a predicate are its domain
    and range alone, nothing new follows once subject and object are stated to be of them. Where two things can turn
    out to be one, what is said of either may follow of the other, and every triple counts.
    """
    if any(term in _EQUATING for each in (*rules, *data) for term in (each.predicate, each.object)):
        yield from data
        return
    named = {term for each in rules for term in (each.subject, each.object)}
    only_typed, demands = _typing(rules)
    types: dict[object, set[object]] = {}
    for each in (*rules, *data):
        if each.predicate == A:
            types.setdefault(each.subject, set()).add(each.object)
    for each in data:
        if each.predicate == A:
            if each.object in named:
                yield each
        elif each.predicate in only_typed:
            domains, ranges = demands.get(each.predicate, (set(), set()))
            typed = isinstance(each.object, ox.Literal) or ranges <= types.get(each.object, set())
            if not (domains <= types.get(each.subject, set()) and typed):
                yield each
        elif each.predicate in named:
            yield each


def _typing(rules: list[ox.Triple]) -> tuple[set[object], dict[object, tuple[set[object], set[object]]]]:
    """The properties that no axiom names but those of their kind, domain and range; and what these demand."""
    demands: dict[object, tuple[set[object], set[object]]] = {}
    kinds: set[object] = set()
    others: set[object] = set()
    for each in rules:
        if each.predicate == A and each.object in _PLAIN:
            kinds.add(each.subject)
        elif each.predicate in (DOMAIN, RANGE):
            demands.setdefault(each.subject, (set(), set()))[each.predicate == RANGE].add(each.object)
            others.add(each.object)
        else:
            others |= {each.subject, each.object}
    return kinds - others, demands


def _axiomatic(predicate: ox.NamedNode) -> bool:
    """Whether triples of a predicate are axioms or parts of them; labels and the like entail nothing."""
    return predicate.value.startswith(tuple(str(each) for each in (OWL, RDF, RDFS))) and predicate not in _TELLING


def _publishable(triple: tuple[Node, Node, Node], base: str) -> bool:
    subject, predicate, value = triple
    if not isinstance(subject, URIRef) or not subject.startswith(base) or subject.startswith(MG.iri):
        return False
    if not _speaks(predicate):
        return False
    return predicate != RDF.type or (_speaks(value) and not str(value).startswith(str(RDF)))


def _speaks(term: Node) -> bool:
    """Whether a term is of a vocabulary that says something of a resource."""
    if not isinstance(term, URIRef):
        return False
    return any(term.startswith(namespace) for prefix, namespace in PREFIXES.items() if prefix not in _SILENT)


def _disjoint_classes(graph: Graph) -> Iterator[Clash]:
    for one, other in graph.subject_objects(OWL.disjointWith):
        for node in set(graph.subjects(RDF.type, one)) & set(graph.subjects(RDF.type, other)):
            triples = (_shown(node, RDF.type, one), _shown(node, RDF.type, other))
            yield Clash("cax-dw", _shown(one, OWL.disjointWith, other), triples)


def _disjoint_properties(graph: Graph) -> Iterator[Clash]:
    for one, other in graph.subject_objects(OWL.propertyDisjointWith):
        if isinstance(one, URIRef) and isinstance(other, URIRef):
            for subject, value in set(graph.subject_objects(one)) & set(graph.subject_objects(other)):
                triples = (_shown(subject, one, value), _shown(subject, other, value))
                yield Clash("prp-pdw", _shown(one, OWL.propertyDisjointWith, other), triples)


def _reported(graph: Graph) -> Iterator[Clash]:
    """What the reasoner itself reports, where it is not one of the clashes told with their triples."""
    told = ("Disjoint classes", "Erroneous usage of disjoint properties")
    for message in graph.objects(None, _ERROR):
        if not str(message).startswith(told):
            yield Clash("owlrl", str(message), ())


def _shown(subject: Node, predicate: Node, value: Node) -> str:
    return " ".join(term.n3() for term in (subject, predicate, value))
