"""Reading: filled-in forms to the reports they hold, or to all faults of all forms at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from mandategraph.errors import CellError, MandategraphError, near_numbers, nearest, raise_all
from mandategraph.followup import form
from mandategraph.followup.form import COLUMNS, Row
from mandategraph.followup.reports import PLAN, Entry, Part, Report, State, Status
from mandategraph.followup.states import States
from mandategraph.model import is_date

_NEEDED = ("state", "period_begins", "period_ends", "submitted", "source", "action", "status")
_OF_A_REPORT = ("submitted", "source")
_NEEDS_DONE = (Status.REPORTED_DONE, Status.UNDER_WAY)
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*")

_Key = tuple[State, str, str]


def read(files: Iterable[tuple[str, bytes]], parts: Mapping[str, Part], states: States) -> tuple[Report, ...]:
    """The reports that forms hold together, by state and period, their entries in the order of the plan.

    Raises:
        LocatedError: a form or a cell is not as it should be; several together as `Faults`.
    """
    reader = _Reader(parts, states)
    for file, raw in files:
        held = form.parsed(raw, file)
        before = len(reader.faults)
        reader.faults += held.faults
        for row in held.rows:
            reader.take(row)
        reader.faults[before:] = sorted(reader.faults[before:], key=_row)
    raise_all(reader.faults)
    return reader.reports()


@dataclass
class _Reader:
    """Takes rows one by one and keeps them by report and action, and every fault it finds."""

    parts: Mapping[str, Part]
    states: States
    faults: list[MandategraphError] = field(default_factory=list)
    _rows: dict[_Key, list[Row]] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        """Check a row and keep it, if it says which report it belongs to."""
        self.faults += [row.fault(name, COLUMNS[name]) for name in _NEEDED if name in row.cells and not row[name]]
        state = self._state(row)
        sound = self._dates(row)
        self._addresses(row)
        self._action(row)
        self._status(row)
        if state is not None and {"period_begins", "period_ends"} <= sound:
            self._compare(row, self._rows.setdefault((state, row["period_begins"], row["period_ends"]), []))

    def reports(self) -> tuple[Report, ...]:
        """The reports of all rows taken; there are no faults in them."""
        order = list(self.parts)
        found: list[Report] = []
        for (state, begins, ends), rows in sorted(self._rows.items(), key=lambda held: held[0]):
            entries = [_entry(row) for row in sorted(rows, key=lambda row: order.index(row["action"]))]
            found.append(Report(state, begins, ends, rows[0]["submitted"], rows[0]["source"], tuple(entries)))
        return tuple(found)

    def _state(self, row: Row) -> State | None:
        if not row["state"]:
            return None
        found = self.states.named(row["state"])
        if found is None:
            near = ", ".join(self.states.nearest(row["state"])) or "none"
            self.faults.append(row.fault("state", f"{COLUMNS['state']} (nearest: {near})"))
        return found

    def _dates(self, row: Row) -> set[str]:
        """The columns of the row that hold a date."""
        dates = ("period_begins", "period_ends", "submitted")
        sound = {name for name in dates if row[name] and is_date(row[name]) and not row[name].startswith("0")}
        self.faults += [
            row.fault(name, "a date in the calendar: " + COLUMNS["period_begins"])
            for name in dates
            if row[name] and name not in sound
        ]
        begins = row["period_begins"]
        for name in ("period_ends", "submitted"):
            if {"period_begins", name} <= sound and _before(row[name], begins):
                self.faults.append(row.fault(name, f"a date not before the period begins ({begins})"))
        return sound

    def _addresses(self, row: Row) -> None:
        for name in ("source", "evidence"):
            needed = name == "evidence" or row[name].startswith(("http:", "https:"))
            if row[name] and needed and not is_address(row[name]):
                self.faults.append(row.fault(name, "an address, as https://www.example.org/report"))

    def _action(self, row: Row) -> None:
        notation = row["action"]
        part = self.parts.get(notation)
        if not notation or (part and part.kind == "action"):
            return
        actions = [name for name, each in self.parts.items() if each.kind == "action"]
        if part:
            under = ", ".join(name for name in actions if name.startswith(f"{notation}."))
            told = f"an action of plan {PLAN} ({notation} is {_article(part.kind)}; its actions: {under})"
        else:
            told = f"an action of plan {PLAN} (nearest: {', '.join(near_numbers(notation, actions)) or 'none'})"
        self.faults.append(row.fault("action", told))

    def _status(self, row: Row) -> None:
        if not row["status"]:
            return
        try:
            status = _status_of(row)
        except ValueError:
            near = ", ".join(nearest(row["status"].casefold(), list(Status))) or "none"
            self.faults.append(row.fault("status", f"{COLUMNS['status']} (nearest: {near})"))
            return
        if status is not Status.NOT_STATED and "status_words" in row.cells and not row["status_words"]:
            self.faults.append(row.fault("status_words", f"{COLUMNS['status_words']}, since one is given"))
        if status in _NEEDS_DONE and "done" in row.cells and not row["done"]:
            self.faults.append(row.fault("done", f"{COLUMNS['done']}, since the status is {status}"))

    def _compare(self, row: Row, same: list[Row]) -> None:
        """Hold a row against those of the same report, and put it among them."""
        for name in _OF_A_REPORT:
            other = next((each for each in same if each[name]), row)
            if row[name] and row[name] != other[name]:
                told = f"what {_place(other, row)} has for the same state and period, {other[name]!r}"
                self.faults.append(row.fault(name, told))
        before = next((each for each in same if each["action"] == row["action"]), None)
        if before and row["action"]:
            told = f"an action once for a state and period ({_place(before, row)} has it)"
            self.faults.append(row.fault("action", told))
        same.append(row)


def _row(fault: MandategraphError) -> int:
    """The row a fault is in; 0 for the form as a whole."""
    return fault.row if isinstance(fault, CellError) else 0


def _entry(row: Row) -> Entry:
    return Entry(row["action"], row["done"], _status_of(row), row["status_words"], row["evidence"])


def _status_of(row: Row) -> Status:
    return Status(row["status"].casefold())


def is_address(text: str) -> bool:
    """Whether a text is an address on the web.

    >>> is_address("https://www.example.org/report?x=1"), is_address("https:// example"), is_address("www.example.org")
    (True, False, False)
    """
    if not _ADDRESS.fullmatch(text):
        return False
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


def _before(one: str, other: str) -> bool:
    """Whether a date lies before another, as far as both are precise.

    >>> _before("2013", "2013-07"), _before("2012-12-31", "2013")
    (False, True)
    """
    shared = min(len(one), len(other))
    return one[:shared] < other[:shared]


def _place(row: Row, seen_from: Row) -> str:
    return f"row {row.number}" if row.file == seen_from.file else f"{row.file}, row {row.number}"


def _article(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
