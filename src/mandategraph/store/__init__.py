"""Stores: named graphs in, answers out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pyoxigraph as ox

Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples
Bound = Mapping[str, ox.NamedNode | ox.Literal]


class Store(Protocol):
    """What a reader asks of a release, wherever it is kept: the default graph is the set union of the data graphs."""

    def query(self, text: str, bound: Bound | None = None) -> Results:
        """The results of a SPARQL query, with variables bound to terms.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
        """

    def about(self, node: ox.NamedNode) -> list[ox.Triple]:
        """The triples of the default graph whose subject is a node."""

    def about_all(self, nodes: Sequence[ox.NamedNode]) -> list[ox.Triple]:
        """The triples of the default graph whose subject is one of some nodes."""

    def only_in(self, name: ox.NamedNode, nodes: Sequence[ox.NamedNode]) -> set[ox.Triple]:
        """The triples whose subject is one of some nodes, that stand in a named graph and in no other."""

    def describe(self, node: ox.NamedNode) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """The quads of the named graphs that have a node as subject, and those that have it as object."""

    def graph(self, name: ox.NamedNode) -> list[ox.Triple]:
        """The triples of a named graph."""

    def default_triples(self) -> list[ox.Triple]:
        """The triples of the default graph."""

    def quads(self) -> Iterable[ox.Quad]:
        """All quads of the named graphs."""

    def names(self) -> list[ox.NamedNode]:
        """The names of the graphs, sorted."""

    def __len__(self) -> int:
        """How many quads the named graphs hold."""
