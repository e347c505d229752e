"""How answers look on a terminal."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mandategraph.answers import Part
from mandategraph.followup import Coverage, Status
from mandategraph.vocabulary import compact

UNREVIEWED = "machine-assisted, not reviewed by a human expert"


class _Console(Console):
    """A console that leaves a reader who went away to the command line's one place for errors."""

    def on_broken_pipe(self) -> None:
        """Raise what rich would turn into an exit status of its own."""
        raise BrokenPipeError


def console() -> Console:
    """The console for answers: as wide as the terminal or `COLUMNS` says; in a pipe otherwise 160."""
    told = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Console(width=None if told else 160, highlight=False, emoji=False)


def error(message: str) -> None:
    """Say what went wrong on standard error."""
    Console(stderr=True, highlight=False, emoji=False, soft_wrap=True).print(Text(f"mandategraph: {message}"))


def rows(columns: Sequence[str], values: Iterable[Mapping[str, str]], base: str) -> None:
    """Rows as a table; what is the same in every row, or empty in every row, is told once below it."""
    held = list(values)
    out = console()
    if not held:
        out.print("0 rows")
        return
    if len(held) == 1:
        _one_row(columns, held[0], base)
        return
    different = {name: len({row[name] for row in held}) > 1 for name in columns}
    shown = [name for name in columns if different[name]]
    table = Table(pad_edge=False, box=None, header_style="bold")
    for name in shown:
        table.add_column(name, overflow="fold", max_width=60)
    for row in held:
        table.add_row(*(Text(compact(row[name], base)) for name in shown))
    out.print(table)
    same = [f"{name} {compact(held[0][name], base)}" for name in columns if name not in shown and held[0][name]]
    empty = [name for name in columns if not any(row[name] for row in held)]
    told = [f"{len(held)} rows"]
    told += [f"in every row: {', '.join(same)}"] if same else []
    told += [f"empty: {', '.join(empty)}"] if empty else []
    out.print(Text("; ".join(told)))


def _one_row(columns: Sequence[str], row: Mapping[str, str], base: str) -> None:
    """A single row, a line a column."""
    table = Table(pad_edge=False, box=None, show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name in columns:
        if row[name]:
            table.add_row(name, Text(compact(row[name], base)))
    out = console()
    out.print(table)
    out.print("1 row")


def part(each: Part, labels: Mapping[str, str]) -> None:
    """What is known of one part of a plan."""
    out = console()
    title = f"plan {each.plan} ({labels[each.status]}) · {each.kind} {each.notation}"
    if each.citation_form not in (each.notation, f"{each.kind.capitalize()} {each.notation}"):
        title += f" · cited as: {each.citation_form}"
    out.print(Text(title, style="bold"))
    out.print(Text(f"{each.words}  [{each.document}:{each.start}–{each.end}]"))
    out.print(Text(each.answer, style="italic"))
    if each.quotations:
        _quotations(each, labels)
    for row in each.stated_sources:
        out.print(Text(f"  the plan itself says: “{row['words']}”  [{row['document']}:{row['start']}–{row['end']}]"))
    for row in each.limits:
        out.print(Text(f"  {labels[row['state']]}: {row['statement']} {row['reason']}  ({UNREVIEWED})"))
    for row in each.actions:
        out.print(Text(f"  {row['action']}  {row['words']}  [{row['document']}:{row['start']}–{row['end']}]"))
    out.print()


def _quotations(each: Part, labels: Mapping[str, str]) -> None:
    table = Table(pad_edge=False, box=None, header_style="bold")
    for name, width in (("nr", 3), ("cited as", 42), ("words", 84), ("characters", 12)):
        table.add_column(name, overflow="fold", max_width=width)
    before = ""
    for row in each.quotations:
        words = f"“{row['words']}”" if row["quoted"] == "true" else f"{row['words']} (not in quotation marks)"
        cited = "" if row["citedAs"] == before else row["citedAs"]
        if cited and not row["verification"].endswith("#Verified"):
            cited += "\n(identity believed, not verified)"
        before = row["citedAs"]
        number = row["quotation"].rsplit("/", 1)[1]
        table.add_row(number, Text(cited), Text(words), f"{row['start']}–{row['end']}")
    out = console()
    out.print(table)
    for body in sorted({row["assertedBy"] for row in each.quotations}):
        out.print(Text(f"asserted by the {labels[body]}. {each.attribution}"))
    out.print(Text(f"Which instrument a heading means is this project's reading, {UNREVIEWED}."))


def release(identity: str) -> None:
    """Which release an answer comes from."""
    console().print(Text(f"release {identity}"))


def statements(iri: str, about: Iterable[Sequence[str]], pointing: Iterable[Sequence[str]], base: str) -> None:
    """A resource: what is said of it, and what points to it, each with the graph that says so."""
    out = console()
    out.print(Text(iri, style="bold"))
    table = Table(pad_edge=False, box=None, header_style="bold")
    for name in ("", "predicate", "value", "graph"):
        table.add_column(name, overflow="fold")
    for mark, found in (("", about), ("is", pointing)):
        for predicate, value, graph in found:
            shown = f"{predicate} of" if mark else predicate
            table.add_row(mark, *(Text(compact(each, base)) for each in (shown, value, graph)))
    out.print(table)


_MARKS = {
    Status.REPORTED_DONE: "D",
    Status.UNDER_WAY: "U",
    Status.PLANNED: "P",
    Status.NOT_BEGUN: "N",
    Status.NOT_STATED: "?",
}


def coverage(found: Coverage) -> None:
    """Who reports on what: an action a row and a state a column, then the states, then what nobody reports on."""
    out = console()
    table = Table(pad_edge=False, box=None, header_style="bold")
    for name in ("action", "states", *(state.code for state in found.states)):
        table.add_column(name)
    for action in found.actions:
        marks = [",".join(_MARKS[each] for each in found.statuses(action, state).values()) for state in found.states]
        table.add_row(action, str(found.reporting(action)), *marks)
    out.print(table)
    legend = " · ".join(f"{mark} {status}" for status, mark in _MARKS.items())
    out.print(Text(f"{legend}; several marks: a report each, the earliest period first"))
    out.print()
    states = Table(pad_edge=False, box=None, header_style="bold")
    for name in ("state", "name", "periods", "actions"):
        states.add_column(name, overflow="fold")
    for state in found.states:
        periods = ", ".join(report.period for report in found.of(state))
        states.add_row(state.code, state.name, periods, f"{found.reported(state)} of {len(found.actions)}")
    out.print(states)
    unreported = f"{len(found.unreported)} of {len(found.actions)}: {', '.join(found.unreported) or 'none'}"
    out.print(Text(f"actions that no state reports on: {unreported}"))
    out.print(Text("as the states report it; nobody here has verified it"))
