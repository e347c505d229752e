"""The one place where the terms of pyoxigraph and of rdflib meet."""

from collections.abc import Iterable

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node


def to_rdflib(triples: Iterable[ox.Triple]) -> Graph:
    """The triples as an rdflib graph; blank nodes keep their labels."""
    graph = Graph()
    for triple in triples:
        graph.add((_rdflib(triple.subject), _rdflib(triple.predicate), _rdflib(triple.object)))
    return graph


def to_oxigraph(triples: Iterable[tuple[Node, Node, Node]]) -> set[ox.Triple]:
    """The triples as pyoxigraph terms; those with a literal as subject have no counterpart and are left out."""
    found: set[ox.Triple] = set()
    for subject, predicate, value in triples:
        if isinstance(predicate, URIRef) and isinstance(subject, URIRef | BNode):
            found.add(ox.Triple(_resource(subject), ox.NamedNode(str(predicate)), _oxigraph(value)))
    return found


def _rdflib(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Node:
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, lang=term.language)
        return Literal(term.value, datatype=URIRef(term.datatype.value), normalize=False)
    raise ValueError(f"rdflib has no term for {term}")


def _resource(term: URIRef | BNode) -> ox.NamedNode | ox.BlankNode:
    return ox.NamedNode(str(term)) if isinstance(term, URIRef) else ox.BlankNode(str(term))


def _oxigraph(term: Node) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    if isinstance(term, Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        return (
            ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype))) if term.datatype else ox.Literal(str(term))
        )
    if isinstance(term, URIRef | BNode):
        return _resource(term)
    raise ValueError(f"pyoxigraph has no term for {term!r}")
