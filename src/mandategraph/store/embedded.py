"""The embedded store: a release in memory, its default graph the set union of the data graphs."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from mandategraph.sparql_text import merged


class EmbeddedStore:
    """Named graphs, read-only once loaded; the default graph holds each triple of the data graphs once.

    They are in memory; a folder given, they are on disk there, and any number of processes may open it read-only.
    """

    def __init__(self, folder: Path | None = None, *, read_only: bool = False) -> None:
        if folder is None:
            self._store = ox.Store()
        else:
            self._store = ox.Store.read_only(str(folder)) if read_only else ox.Store(str(folder))

    def settled(self) -> None:
        """Write what is loaded to disk, in the form that is read fastest."""
        self._store.flush()
        self._store.optimize()

    def load(self, text: str, base: str, name: ox.NamedNode, *, in_default: bool) -> None:
        """Add a named graph from Turtle, and its triples to the default graph if it is one of the data graphs.

        Raises:
            SyntaxError: the text is not Turtle.
        """
        content = text.encode()
        graphs: list[ox.NamedNode | ox.DefaultGraph] = [name]
        if in_default:
            graphs.append(ox.DefaultGraph())
        for graph in graphs:
            self._store.bulk_load(content, format=ox.RdfFormat.TURTLE, base_iri=base, to_graph=graph)

    def query(
        self, text: str, bound: Mapping[str, ox.NamedNode | ox.Literal] | None = None, base: str | None = None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The results of a SPARQL query, with variables bound to terms; graphs that it merges by FROM are a set.

        Its relative IRIs are resolved against `base`; without one they are a fault.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
        """
        graphs = merged(text)
        if graphs is not None and not bound:
            return self.query_graphs(text, *graphs, base)
        substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): term for name, term in (bound or {}).items()
        }
        return self._store.query(text, substitutions=substitutions, base_iri=base)

    def query_graphs(
        self, text: str, default: Iterable[str], named: Iterable[str], base: str | None = None
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """The results of a query over a dataset of its own: the default graph is the set union of those named.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
            ValueError: a name is not an IRI.
        """
        names, reached = [ox.NamedNode(name) for name in default], [ox.NamedNode(name) for name in named]
        if len(names) == 1:
            return self._store.query(text, default_graph=names[0], named_graphs=list(reached), base_iri=base)
        store = ox.Store()
        for name in names:
            graph = self._store.quads_for_pattern(None, None, None, name)
            store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in graph)
        for graph_name in reached:
            store.bulk_extend(self._store.quads_for_pattern(None, None, None, graph_name))
        return store.query(text, default_graph=ox.DefaultGraph(), named_graphs=list(reached), base_iri=base)

    def about(self, node: ox.NamedNode) -> list[ox.Triple]:
        """The triples of the default graph whose subject is a node."""
        return [q.triple for q in self._store.quads_for_pattern(node, None, None, ox.DefaultGraph())]

    def about_all(self, nodes: Sequence[ox.NamedNode]) -> list[ox.Triple]:
        """The triples of the default graph whose subject is one of some nodes."""
        return [triple for node in nodes for triple in self.about(node)]

    def only_in(self, name: ox.NamedNode, nodes: Sequence[ox.NamedNode]) -> set[ox.Triple]:
        """The triples whose subject is one of some nodes, that stand in a named graph and in no other."""
        found = (quad.triple for node in nodes for quad in self._store.quads_for_pattern(node, None, None, name))
        return {triple for triple in found if self._named_with(triple) == {name}}

    def _named_with(self, triple: ox.Triple) -> set[object]:
        """The named graphs that a triple stands in."""
        quads = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None)
        return {quad.graph_name for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)}

    def describe(self, node: ox.NamedNode) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """The quads of the named graphs that have a node as subject, and those that have it as object."""
        found = (
            self._store.quads_for_pattern(node, None, None, None),
            self._store.quads_for_pattern(None, None, node, None),
        )
        one, other = ([q for q in each if not isinstance(q.graph_name, ox.DefaultGraph)] for each in found)
        return one, other

    def graph(self, name: ox.NamedNode) -> list[ox.Triple]:
        """The triples of a named graph."""
        return [q.triple for q in self._store.quads_for_pattern(None, None, None, name)]

    def default_triples(self) -> list[ox.Triple]:
        """The triples of the default graph."""
        return [q.triple for q in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph())]

    def quads(self) -> Iterable[ox.Quad]:
        """All quads of the named graphs."""
        return (quad for quad in self._store if not isinstance(quad.graph_name, ox.DefaultGraph))

    def names(self) -> list[ox.NamedNode]:
        """The names of the graphs, sorted."""
        found = [name for name in self._store.named_graphs() if isinstance(name, ox.NamedNode)]
        return sorted(found, key=lambda name: name.value)

    def __len__(self) -> int:
        return sum(1 for _ in self.quads())
