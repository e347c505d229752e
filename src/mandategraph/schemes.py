"""The SKOS schemes of the ontology: the words tables use, to the concepts they mean."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.errors import SyntaxFault, TableError, nearest
from mandategraph.places import Place
from mandategraph.tables import Row
from mandategraph.vocabulary import MG, SKOS, lexical


@dataclass(frozen=True, slots=True)
class Schemes:
    """For each scheme, by its local name, its concepts by their notation."""

    concepts: dict[str, dict[str, ox.NamedNode]]

    def concept(self, scheme: str, notation: str) -> ox.NamedNode:
        """The concept with a notation.

        Raises:
            KeyError: there is no such scheme or notation; tables are checked with `needs` before.
        """
        return self.concepts[scheme][notation]

    def check(self, row: Row, column: str, scheme: str) -> None:
        """See that a cell is a notation of a scheme.

        Raises:
            TableError: it is none; the nearest are named.
        """
        known = self.concepts[scheme]
        if row[column] not in known:
            near = ", ".join(nearest(row[column], known)) or ", ".join(known)
            raise row.fault(column, f"a notation of mg:{scheme} (nearest: {near})")

    def faults(self, rows: Iterable[Row], column: str, scheme: str) -> list[TableError]:
        """The cells of a column that are filled and are no notation of a scheme."""
        found: list[TableError] = []
        for row in rows:
            try:
                if row[column]:
                    self.check(row, column, scheme)
            except TableError as fault:
                found.append(fault)
        return found


def parsed(content: str, file: str) -> list[ox.Triple]:
    """The triples of a Turtle text.

    Raises:
        SyntaxFault: it is not Turtle.
    """
    try:
        return [quad.triple for quad in ox.parse(content.encode(), format=ox.RdfFormat.TURTLE)]
    except SyntaxError as error:
        raise turtle_fault(error, file) from None


def turtle_fault(error: SyntaxError, file: str) -> SyntaxFault:
    """The located error for what the Turtle parser found."""
    message = re.sub(r"^Parser error (at|between) [^:]*?: ", "", str(error.msg))
    return SyntaxFault(Place(file, error.lineno or 0, error.offset or 0), "Turtle", message)


def schemes_of(triples: list[ox.Triple], file: str) -> Schemes:
    """The schemes a graph holds; a concept may stand in several.

    Raises:
        SyntaxFault: a concept has no notation, or two of a scheme have one.
    """
    placed = {t.subject for t in triples if t.predicate == SKOS["inScheme"]}
    unnamed = placed - {t.subject for t in triples if t.predicate == SKOS["notation"]}
    if unnamed:
        raise SyntaxFault(Place(file), "a notation on every concept", ", ".join(sorted(map(str, unnamed))))
    notations = {t.subject: lexical(t.object) for t in triples if t.predicate == SKOS["notation"]}
    concepts: dict[str, dict[str, ox.NamedNode]] = {}
    for triple in triples:
        scheme = lexical(triple.object).removeprefix(MG.iri)
        if triple.predicate == SKOS["inScheme"] and isinstance(triple.subject, ox.NamedNode):
            notation = notations[triple.subject]
            other = concepts.setdefault(scheme, {}).setdefault(notation, triple.subject)
            if other != triple.subject:
                told = f"{notation!r} for {other.value} and {triple.subject.value}"
                raise SyntaxFault(Place(file), f"a notation once in mg:{scheme}", told)
    return Schemes(concepts)
