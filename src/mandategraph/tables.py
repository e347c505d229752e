"""Hand-kept tables: tab-separated text with a header row, to rows that know their place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mandategraph.errors import MandategraphError, TableError, raise_all
from mandategraph.places import Place
from mandategraph.record import REFERENCE_KINDS, Reference, reference

REFERENCE_FORM = f"kind:name, the kind one of {', '.join(REFERENCE_KINDS)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, and where it stands."""

    cells: dict[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def reference(self, column: str) -> Reference:
        """The row of the registry that a cell names.

        Raises:
            TableError: the cell is not of the form `kind:name`.
        """
        found = reference(self.cells[column])
        if found is None:
            raise self.fault(column, REFERENCE_FORM)
        return found

    def fault(self, column: str, expected: str) -> TableError:
        """The error for a cell that is not what was expected."""
        return TableError(self.place, f"{column}: {expected}", self.cells[column])


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of a table, those that may be empty, and those that together name a row once."""

    columns: tuple[str, ...]
    optional: frozenset[str] = frozenset()
    key: tuple[str, ...] = ()


def schema(columns: str, optional: str = "", key: str = "") -> Schema:
    """A schema from names separated by spaces.

    >>> schema("slug kind", key="slug").key
    ('slug',)
    """
    return Schema(tuple(columns.split()), frozenset(optional.split()), tuple(key.split()))


def rows(content: str, file: str, form: Schema) -> list[Row]:
    """The rows of a table.

    Raises:
        TableError: header, number of cells, a needed cell or a repeated key is wrong; several together as `Faults`.
    """
    header, *lines = content.removesuffix("\n").split("\n")
    if tuple(header.split("\t")) != form.columns:
        raise TableError(Place(file, 1), "the columns " + ", ".join(form.columns), header.replace("\t", ", "))
    faults: list[MandategraphError] = []
    found: list[Row] = []
    for number, line in enumerate(lines, 2):
        cells = line.split("\t")
        place = Place(file, number)
        if len(cells) != len(form.columns):
            faults.append(TableError(place, f"{len(form.columns)} cells", f"{len(cells)}: {line}"))
            continue
        held = dict(zip(form.columns, cells, strict=True))
        row = Row(held, Place(file, number, key=" · ".join(filter(None, (held[name] for name in form.key)))))
        empty = [name for name in form.columns if not row[name].strip() and name not in form.optional]
        faults += [row.fault(name, "a value") for name in empty]
        found.append(row)
    faults += _repeated(found, form.key)
    raise_all(faults)
    return found


def _repeated(found: Iterable[Row], key: Sequence[str]) -> list[TableError]:
    faults: list[TableError] = []
    seen: dict[tuple[str, ...], Place] = {}
    for row in found:
        name = tuple(row[column] for column in key)
        if key and name in seen:
            faults.append(row.fault(key[0], f"a {' and '.join(key)} not used before ({seen[name]} has it)"))
        seen.setdefault(name, row.place)
    return faults
