"""What the tests of triples share: stated graphs by subject and predicate, and what is wrong with a corpus."""

import pyoxigraph as ox

from mandategraph.errors import Faults, TableError
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.schemes import Schemes
from mandategraph.triples import Graphs, state
from mandategraph.vocabulary import MG, OA, A, lexical

VERSION = "1.2.3"
HERE = Place("t.tsv", 2)
"""Where a row stands that a test puts into a table."""


class Stated:
    """The union of the data graphs, by subject and predicate."""

    def __init__(self, graphs: Graphs) -> None:
        self.triples = {each for held in graphs.values() for each in held}
        self._values: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        for each in self.triples:
            assert isinstance(each.object, ox.NamedNode | ox.Literal)
            self._values.setdefault(lexical(each.subject), {}).setdefault(each.predicate.value, []).append(each.object)

    def all(self, node: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        """The values of a property of a node."""
        return self._values.get(node.value, {}).get(predicate.value, [])

    def one(self, node: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode | ox.Literal:
        """The only value of a property of a node."""
        (found,) = self.all(node, predicate)
        return found

    def node(self, node: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode:
        """The only value of a property of a node, a resource."""
        found = self.one(node, predicate)
        assert isinstance(found, ox.NamedNode)
        return found

    def nodes(self, node: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode]:
        """The values of a property of a node that are resources."""
        return [each for each in self.all(node, predicate) if isinstance(each, ox.NamedNode)]

    def text(self, node: ox.NamedNode, predicate: ox.NamedNode) -> str:
        """The only value of a property of a node, its text."""
        return lexical(self.one(node, predicate))

    def words(self, node: ox.NamedNode, part: str = "evidence") -> str:
        """The characters that a node rests on."""
        return self.text(Iris.part(node, part, "quote"), OA["exact"])

    def properties(self, node: ox.NamedNode) -> dict[str, int]:
        """How many values each property of a node has."""
        return {predicate: len(values) for predicate, values in self._values[node.value].items()}

    def of(self, kind: str) -> list[ox.NamedNode]:
        """The nodes of a class of this project."""
        found = [each.subject for each in self.triples if each.predicate == A and each.object == MG[kind]]
        return [each for each in found if isinstance(each, ox.NamedNode)]


def faults(corpus: Corpus, iris: Iris, schemes: Schemes) -> list[str]:
    """The messages of what is wrong with the tables of a corpus."""
    try:
        state(corpus, iris, schemes, VERSION)
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []
