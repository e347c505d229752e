"""The form: comma-separated text under a header of named columns, to rows that know their place."""

import codecs
import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mandategraph.errors import CellError, LocatedError, TableError, nearest
from mandategraph.model import folded
from mandategraph.places import Place

COLUMNS: dict[str, str] = {
    "state": "an ISO 3166-1 code of two or three letters, or the name in English",
    "period_begins": "a year, month or day, as 2013, 2013-07 or 2013-07-31",
    "period_ends": "a year, month or day, not before the period begins",
    "submitted": "a year, month or day, not before the period begins",
    "source": "the address (https://...) or the title of the document in which the state reports",
    "action": "the number of an action of the plan of 2012, as 2.1.2",
    "done": "what was done, in the words of the report",
    "status": "one of: reported done, under way, planned, not begun, not stated",
    "status_words": "how the report words the status",
    "evidence": "an address (https://...) that the report gives for it",
}
"""The columns of the form, each with what belongs in it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a form: its cells by column, white space folded, and where it stands; a missing column has no cell."""

    file: str
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def fault(self, column: str, expected: str) -> CellError:
        """The error for a cell that is not what was expected."""
        return CellError(Place(self.file), self.number, column, expected, self[column])


@dataclass(frozen=True, slots=True)
class Form:
    """What could be read of a form: its rows, and what is wrong with the form as a whole."""

    rows: tuple[Row, ...]
    faults: tuple[LocatedError, ...]


def parsed(raw: bytes, file: str) -> Form:
    """The rows of a form; rows without a character are passed over, as spreadsheets leave them."""
    try:
        text = _decoded(raw, file)
    except TableError as fault:
        return Form((), (fault,))
    records, faults = _records(text, file)
    if not records:
        return Form((), tuple(faults) or (TableError(Place(file), _header(), "an empty file"),))
    header = _trimmed(records[0])
    faults = [*_faults_of(header, file), *faults]
    if not set(header) & COLUMNS.keys():
        return Form((), tuple(faults))
    rows: list[Row] = []
    for number, record in enumerate(records[1:], 2):
        cells = _trimmed(record)
        if not cells:
            continue
        row = Row(file, number, _named(header, cells))
        if len(record) > len(records[0]):
            told = f"{len(records[0])} cells (a comma inside a cell needs quotation marks around the cell)"
            faults.append(CellError(Place(file), number, "", told, f"{len(record)}: {','.join(cells)}"))
            continue
        held = [column for column, cell in row.cells.items() if _CONTROL.search(cell)]
        faults += [row.fault(column, "text without control characters") for column in held]
        rows.append(row)
    if not rows and not faults:
        faults.append(CellError(Place(file), 2, "", "a row for each action reported on", "nothing below the header"))
    return Form(tuple(rows), tuple(faults))


def _decoded(raw: bytes, file: str) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise TableError(Place(file), "text in UTF-8", "UTF-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[max(0, error.start - 20) : error.start].decode("ascii", "replace").rpartition("\n")[2]
        found = f"byte {raw[error.start]:#04x} after {before!r}"
        raise TableError(Place(file, line), "text in UTF-8 (save as 'CSV UTF-8')", found) from None


def _records(text: str, file: str) -> tuple[list[list[str]], list[LocatedError]]:
    """The records of comma-separated text up to the first that cannot be read, and what is wrong with that one."""
    if not text.strip():
        return [], []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[list[str]] = []
    try:
        records.extend(reader)
    except csv.Error as error:
        told = "cells in quotation marks that are closed, with each mark inside doubled"
        return records, [CellError(Place(file), len(records) + 1, "", told, str(error))]
    return records, []


def _trimmed(record: Sequence[str]) -> list[str]:
    """The cells of a record, white space folded, without the empty ones at its end."""
    cells = [folded(cell) for cell in record]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _named(header: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return {column: cell for column, cell in zip(header, padded, strict=False) if column in COLUMNS}


def _faults_of(header: Sequence[str], file: str) -> list[LocatedError]:
    if not set(header) & COLUMNS.keys():
        return [CellError(Place(file), 1, "", _header(), ",".join(header))]
    faults: list[LocatedError] = []
    for position, name in enumerate(header):
        if name not in COLUMNS:
            near = ", ".join(nearest(name, COLUMNS)) or "none"
            faults.append(CellError(Place(file), 1, "", f"a column of the form (nearest: {near})", name))
        elif name in header[:position]:
            faults.append(CellError(Place(file), 1, "", "each column once", name))
    missing = ", ".join(name for name in COLUMNS if name not in header)
    if missing:
        faults.append(CellError(Place(file), 1, "", f"also the columns {missing}", ",".join(header)))
    return faults


def _header() -> str:
    return f"the columns {','.join(COLUMNS)} with commas between them"
