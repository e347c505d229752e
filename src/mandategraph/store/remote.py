"""A store elsewhere: a release in any SPARQL 1.1 store that it was loaded into."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.errors import StoreFault, UsageError
from mandategraph.store import Bound, Results
from mandategraph.store.binding import placed
from mandategraph.store.exchange import Dataset, Field
from mandategraph.store.link import Link
from mandategraph.store.syntax import GRAPH, ROWS, confined, dataset_of, rebased, sendable, shape_of

_BATCH = 100
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_COUNT_NAMED = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query as it is sent to a store: its text, the kind of its results, and the graphs it is asked over."""

    text: str
    kind: str
    variables: tuple[str, ...]
    default: tuple[str, ...]
    named: tuple[str, ...]


def prepared(
    text: str,
    dataset: Dataset,
    graphs: tuple[Sequence[str], Sequence[str]] = ((), ()),
    bound: Bound | None = None,
    base: str | None = None,
) -> Prepared:
    """A query as a store is sent it, that reaches graphs of a release only.

    Those named with it, for the default graph and by their names, come before those its text names by FROM. A store
    would read relative IRIs against its own address; they are read against `base`, if there is one.

    Raises:
        SyntaxError: the text is not a SPARQL 1.1 query.
        SyntaxFault: it holds what is refused.
        UsageError: a variable cannot be bound.
    """
    rest, default, named = dataset_of(sendable(text, "query", base), "query", base)
    kind, variables = shape_of(rest, base)
    if any(graphs):
        default, named = map(tuple, graphs)
    _, reached = dataset.reached(default, named)
    try:
        sent = placed(confined(rest, reached, dataset.nowhere, "query", base), bound or {})
    except ValueError as error:
        raise UsageError(f"query: expected {error}") from None
    return Prepared(rebased(sent, base) if base else sent, kind, variables, default, named)


class RemoteStore:
    """A release that a store elsewhere holds, asked over HTTP; threads may share it.

    The dataset of every query is the release and nothing else the store may hold: the union of the data graphs as
    the default graph, and the graphs of the release by their names.
    """

    def __init__(self, link: Link, dataset: Dataset, is_current: Callable[[], bool]) -> None:
        """Over a line to a store: which graphs are the release, and what tells whether the store still holds it."""
        self.link, self.dataset, self.is_current = link, dataset, is_current
        self._merges: bool | None = None
        self._kept: dict[str, list[ox.Triple]] = {}

    def keep(self, name: str) -> None:
        """Have a named graph here from now on."""
        self._kept[name] = self.graph(ox.NamedNode(name))

    def query(self, text: str, bound: Bound | None = None) -> Results:
        """The results of a SPARQL query, with variables bound to terms.

        Raises:
            SyntaxError: the text is not a SPARQL 1.1 query.
            SyntaxFault: it holds what is refused: another endpoint, an update.
            UsageError: it asks for a default graph that this store would miscount, or binds what cannot be bound.
            StoreFault: the store cannot be reached, refuses, fails, or answers what is not whole.
            LimitReached: the answer takes too long or is too large.
        """
        asked = prepared(text, self.dataset, bound=bound)
        self.check(asked.default)
        fields = self.dataset.fields(asked.default, asked.named)
        return self.link.ask(asked.text, fields, asked.kind, asked.variables)

    def check(self, default: Sequence[str]) -> None:
        """See that this store merges graphs into a default graph as the set they are, if several are named.

        Raises:
            UsageError: it counts a triple once for every graph it stands in.
        """
        if len(self.dataset.reached(default, ())[0]) > 1 and not self._is_merging():
            raise UsageError(
                "expected one graph for the default graph, or all data graphs: this store would count a triple that "
                f"stands in two of them twice; found {len(default)}"
            )

    def _is_merging(self) -> bool:
        """Whether the data graphs, merged by the store, have as many triples as their union has."""
        if self._merges is None:
            merged = _number(self.link, _COUNT, [("default-graph-uri", name) for name in self.dataset.data])
            self._merges = merged == size(self.link, self.dataset.union)
        return self._merges

    def about(self, node: ox.NamedNode) -> list[ox.Triple]:
        """The triples of the default graph whose subject is a node."""
        return self.about_all([node])

    def about_all(self, nodes: Sequence[ox.NamedNode]) -> list[ox.Triple]:
        """The triples of the default graph whose subject is one of some nodes, asked for a batch at a time."""
        found: list[ox.Triple] = []
        for listed in _batches(nodes):
            text = f"SELECT ?s ?p ?o WHERE {{ VALUES ?s {{ {listed} }} ?s ?p ?o }}"
            rows = rows_of(self.link, text, self.dataset.fields())
            found += [self._quad(row["s"], row["p"], row["o"], None).triple for row in rows]
        return found

    def only_in(self, name: ox.NamedNode, nodes: Sequence[ox.NamedNode]) -> set[ox.Triple]:
        """The triples whose subject is one of some nodes, that stand in a named graph and in no other."""
        if name.value not in self.dataset.names:
            return set()
        here: set[ox.Triple] = set()
        elsewhere: set[ox.Triple] = set()
        for listed in _batches(nodes):
            text = (
                f"SELECT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {listed} }} GRAPH {name} {{ ?s ?p ?o }} "
                "GRAPH ?g { ?s ?p ?o } }"
            )
            for row in rows_of(self.link, text, self.dataset.fields()):
                quad = self._quad(row["s"], row["p"], row["o"], row["g"])
                (here if quad.graph_name == name else elsewhere).add(quad.triple)
        return here - elsewhere

    def describe(self, node: ox.NamedNode) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """The quads of the named graphs that have a node as subject, and those that have it as object."""
        about: list[ox.Quad] = []
        pointing: list[ox.Quad] = []
        text = f"SELECT ?g ?s ?p ?o WHERE {{ GRAPH ?g {{ {{ {node} ?p ?o }} UNION {{ ?s ?p {node} }} }} }}"
        for row in rows_of(self.link, text, self.dataset.fields()):
            if row["o"] is None:
                pointing.append(self._quad(row["s"], row["p"], node, row["g"]))
            else:
                about.append(self._quad(node, row["p"], row["o"], row["g"]))
        return about, pointing

    def _quad(self, subject: object, predicate: object, value: object, graph: object) -> ox.Quad:
        """The quad that the cells of a row make.

        Raises:
            StoreFault: they make none.
        """
        if (
            isinstance(subject, ox.NamedNode | ox.BlankNode)
            and isinstance(predicate, ox.NamedNode)
            and isinstance(value, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple)
        ):
            return ox.Quad(subject, predicate, value, graph if isinstance(graph, ox.NamedNode) else None)
        raise StoreFault(self.link.where, "the terms of a triple", f"{subject} {predicate} {value}")

    def graph(self, name: ox.NamedNode) -> list[ox.Triple]:
        """The triples of a named graph.

        Raises:
            StoreFault: the store counts more of them than it gives.
        """
        if name.value in self._kept:
            return self._kept[name.value]
        return whole(self.link, name.value) if name.value in self.dataset.names else []

    def default_triples(self) -> list[ox.Triple]:
        """The triples of the default graph.

        Raises:
            StoreFault: the store counts more of them than it gives.
        """
        return whole(self.link, self.dataset.union)

    def quads(self) -> Iterator[ox.Quad]:
        """All quads of the named graphs.

        Raises:
            StoreFault: the store counts more of them than it gives, or came to hold another release meanwhile.
        """
        for name in self.names():
            for triple in self.graph(name):
                yield ox.Quad(triple.subject, triple.predicate, triple.object, name)
        if not self.is_current():
            raise StoreFault(self.link.where, "one release from the first graph to the last", "two")

    def names(self) -> list[ox.NamedNode]:
        """The names of the graphs, sorted."""
        return [ox.NamedNode(name) for name in sorted(self.dataset.names)]

    def __len__(self) -> int:
        return _number(self.link, _COUNT_NAMED, self.dataset.fields())


def _batches(nodes: Sequence[ox.NamedNode]) -> Iterator[str]:
    """Nodes as they are listed in a query, so many at a time."""
    for start in range(0, len(nodes), _BATCH):
        yield " ".join(map(str, nodes[start : start + _BATCH]))


def whole(link: Link, name: str) -> list[ox.Triple]:
    """All triples of a graph of a store, counted: stores may cut an answer and not say so.

    Raises:
        StoreFault: the store counts another number of them than it gives.
    """
    found = link.ask(_ALL, [("default-graph-uri", name)], GRAPH)
    triples = list(found) if isinstance(found, ox.QueryTriples) else []
    counted = size(link, name)
    if len(triples) != counted:
        raise StoreFault(link.where, f"the {counted} triples of {name}", f"an answer of {len(triples)}")
    return triples


def size(link: Link, name: str) -> int:
    """How many triples a graph of a store has."""
    return _number(link, _COUNT, [("default-graph-uri", name)])


def _number(link: Link, text: str, fields: Sequence[Field]) -> int:
    """The number that a counting query answers."""
    numbers = [row["n"] for row in rows_of(link, text, fields)]
    if len(numbers) != 1 or not isinstance(numbers[0], ox.Literal) or not numbers[0].value.isdigit():
        raise StoreFault(link.where, "one number", ", ".join(map(str, numbers)) or "none")
    return int(numbers[0].value)


def rows_of(link: Link, text: str, fields: Sequence[Field]) -> ox.QuerySolutions:
    """The rows that answer a query over a dataset."""
    found = link.ask(text, fields, ROWS, shape_of(text)[1])
    if not isinstance(found, ox.QuerySolutions):
        raise TypeError("what is asked for as rows is read as rows")
    return found
