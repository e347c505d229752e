"""The errors a user can meet, each with where, what was expected and what was found as fields."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Self

from mandategraph.places import Place


class MandategraphError(Exception):
    """What stops mandategraph for a reason its user can mend."""


class LocatedError(MandategraphError):
    """Something in a file does not have the form expected of it there."""

    def __init__(self, place: Place, expected: str, found: str) -> None:
        super().__init__(place, expected, found)
        self.place, self.expected, self.found = place, expected, found

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, found {_shortened(self.found)}"


class SourceError(LocatedError):
    """A source text does not have the form its reader expects."""


class TableError(LocatedError):
    """A hand-kept table breaks its schema."""


class CellError(LocatedError):
    """A cell of a form is not what its column asks for; rows are counted as a spreadsheet counts them."""

    def __init__(self, place: Place, row: int, column: str, expected: str, found: str) -> None:
        super().__init__(place, expected, found)
        self.row, self.column = row, column

    def __str__(self) -> str:
        cell = f"row {self.row}, {self.column}" if self.column else f"row {self.row}"
        return f"{self.place}: {cell}: expected {self.expected}, found {_shortened(self.found)}"


class SyntaxFault(LocatedError):
    """A Turtle, TOML, JSON or SPARQL file cannot be parsed."""


class UnknownWordingError(LocatedError):
    """A heading of a document has no row in the spellings table."""

    def __init__(self, place: Place, wording: str, nearest: Sequence[str]) -> None:
        near = "; ".join(repr(each) for each in nearest) or "none"
        super().__init__(place, f"a wording of data/registry/spellings.tsv (nearest: {near})", wording)
        self.wording, self.nearest = wording, tuple(nearest)


class MissingError(MandategraphError):
    """A file, a build or a named thing that is not there."""

    def __init__(self, what: str, looked: str, nearest: Sequence[str] = (), remedy: str = "") -> None:
        super().__init__(what, looked)
        self.what, self.looked, self.nearest, self.remedy = what, looked, tuple(nearest), remedy

    def __str__(self) -> str:
        near = f"; nearest: {', '.join(self.nearest)}" if self.nearest else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{self.what}: not found in {self.looked}{near}{remedy}"

    @classmethod
    def among(cls, what: str, name: str, known: Iterable[str], looked: str) -> Self:
        """The error for a name that is none of the known ones, naming those that come nearest."""
        return cls(f"{what} {name!r}", looked, nearest(name, known))


class ClashError(MandategraphError):
    """The graph contradicts an axiom of the ontology."""


class InvalidGraphError(MandategraphError):
    """The graph violates a shape, or a selector does not point at its words."""


class UsageError(MandategraphError):
    """A command was given arguments it cannot serve."""


class StoreFault(MandategraphError):
    """A store elsewhere cannot be reached, or does not answer as a SPARQL store that holds a release does."""

    def __init__(self, where: str, expected: str, found: str) -> None:
        super().__init__(where, expected, found)
        self.where, self.expected, self.found = where, expected, found

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, found {_shortened(self.found)}"


class QueryRefused(StoreFault):
    """A store elsewhere refuses a query for what the query is."""


class CredentialsError(UsageError):
    """Who we are to a store cannot be told."""


class LimitReached(MandategraphError):
    """A query needs more than it may have: of what (time, size) and how much of it it may have."""

    def __init__(self, limit: str, maximum: float, unit: str) -> None:
        super().__init__(limit, maximum, unit)
        self.limit, self.maximum, self.unit = limit, maximum, unit

    def __str__(self) -> str:
        return f"limit of {self.limit} reached: expected an answer within {self.maximum:g} {self.unit}"


class Faults(MandategraphError):
    """Several faults of one input, raised together."""

    def __init__(self, faults: Sequence[MandategraphError]) -> None:
        super().__init__(*faults)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


def raise_all(faults: Sequence[MandategraphError]) -> None:
    """Raise the faults: none does nothing, one is raised as it is, several together as `Faults`."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The known names most like the one given, best first.

    >>> nearest("Action Plan of Quebek, 2001", ["Action Plan of Quebec, 2001", "Declaration of Lima"])
    ['Action Plan of Quebec, 2001']
    """
    return get_close_matches(name, list(dict.fromkeys(known)), n=count, cutoff=0.4)


def near_numbers(number: str, known: Sequence[str], count: int = 3) -> list[str]:
    """The numbers nearest to one, part by part; for what is no number, the most alike as text.

    >>> near_numbers("9.9", ["1.1", "5.4", "5.5", "2.1.2"])
    ['5.5', '5.4', '1.1']
    """
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", number):
        return nearest(number, known, count)
    wanted = [int(each) for each in number.split(".")]

    def distance(other: str) -> tuple[int, list[int]]:
        parts = [int(each) for each in other.split(".")]
        return abs(len(parts) - len(wanted)), [abs(a - b) for a, b in zip(parts, wanted, strict=False)]

    return sorted(dict.fromkeys(known), key=distance)[:count]


def _shortened(found: str, limit: int = 120) -> str:
    return repr(found if len(found) <= limit else found[: limit - 1] + "…")
