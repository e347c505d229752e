"""Where a SPARQL text breaks its grammar, and what was expected there: the engine's report, put right.

The engine tries each keyword by as many characters as the keyword has, and reports the furthest place that any of
them reached: one behind the fault, where only the longest keywords were expected. With wide gaps between the tokens
it can be told at which of them the fault is; of a text that ends there the engine tells what else was expected.
"""

import re
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.errors import SyntaxFault
from mandategraph.places import LineIndex, Place
from mandategraph.sparql_text import prefixes, tokens

_LOCATED = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_KEYWORD = re.compile(r"[A-Z][A-Z0-9_]+")
_DIGIT, _LETTER = "['0'..='9']", "['A' ..="
_SIGNS = {
    "a variable": ('"$"', '"?"'),
    "an IRI": ('"<"',),
    "a prefixed name": ('":"', _LETTER),
    "a string": ('"\'"', "\"'''\"", r'"\""', r'"\"\"\""'),
    "a number": (_DIGIT, '"+"', '"-"'),
    "a blank node": ('"_:"', '"["'),
    "true or false": ('"true"', '"false"'),
}
# What the engine knows beyond SPARQL 1.1.
_BEYOND = ('"<<"', '"<<("', '"~"', '"{|"')
# Longer than any keyword, so that one tried at a token does not reach the next.
_GAP, _END = " " * 40, "\0" * 40
_BRACKETS = frozenset("()[]{},;")
_MOST_GAPS = 2000


@dataclass(frozen=True, slots=True)
class _Report:
    """What the engine says of a text: an offset, and what it expected there."""

    offset: int
    expected: tuple[str, ...]

    @property
    def keywords(self) -> tuple[str, ...]:
        """The keywords, where nothing else is expected: the offset is then as far behind the fault as they are long."""
        found = tuple(each for each in self.expected if each != "[_]")
        return found if all(map(_KEYWORD.fullmatch, found)) else ()

    @property
    def start(self) -> int:
        """The offset of the fault."""
        return self.offset - min(map(len, self.keywords), default=0)

    @property
    def reason(self) -> str:
        """What is wrong in words, if it is no matter of the grammar alone."""
        return next((each for each in self.expected if re.match(r"[A-Z]\w* [a-zA-Z ]+", each)), "")


def fault(error: SyntaxError, file: str, text: str, base: str | None = None) -> SyntaxFault:
    """The located error for what the engine says of a text; `base` is what it resolved relative IRIs against."""
    first = _report(error, text)
    if first is None:
        return SyntaxFault(Place(file), "SPARQL 1.1", str(error))
    found = _Report(first.start, first.expected) if first.reason else _furthest(text, base) or first
    shorter = found if found.reason or not found.keywords else _at_end(text, found.offset, first, base)
    undeclared = _undeclared(text, found.offset)
    offset, expected = undeclared or (found.offset, found.reason or shorter.reason or _told(found, shorter))
    rest = text[offset:].partition("\n")[0].rstrip("\r")
    return SyntaxFault(LineIndex(file, text).place(offset), f"SPARQL 1.1: {expected}", rest or "the end of the line")


def _report(error: SyntaxError, text: str) -> _Report | None:
    found = _LOCATED.fullmatch(str(error))
    if not found:
        return None
    lines = text.split("\n")
    offset = sum(len(line) + 1 for line in lines[: int(found[1]) - 1]) + int(found[2]) - 1
    return _Report(offset, tuple(found[3].replace("\n", "").split(", ")))


def _parsed(text: str, base: str | None) -> _Report | None:
    """The report on a text that is not SPARQL; None if it is, or has the word SERVICE: nothing is called by asking."""
    if "service" in text.lower():
        return None
    try:
        ox.Store().query(text, base_iri=base)
    except SyntaxError as error:
        return _report(error, text)
    return None


def _furthest(text: str, base: str | None) -> _Report | None:
    """The report on a text with wide gaps, its place that of the fault in the text; None if it cannot be told."""
    wide, starts = _widened(text)
    report = _parsed(wide + _GAP + _END, base) if len(starts) <= _MOST_GAPS else None
    if report is None:
        return None
    if report.start >= len(wide):
        return _Report(len(text), report.expected)
    at, place, length = max((each for each in starts if each[0] <= report.start), default=(0, 0, 0))
    return _Report(place + min(report.start - at, length), report.expected)


def _widened(text: str) -> tuple[str, list[tuple[int, int, int]]]:
    """A text with wide gaps where it may have any; of what is between them the new place, the old one and the length.

    A text is left as it is where its gaps cannot be told: they may stand in a string.
    """
    parts: list[tuple[int, int]] = []
    before = ""
    for _, found, offset in tokens(text):
        if found in ("'", '"', "\\"):
            return text, [(0, 0, len(text))]
        end = offset + len(found)
        if parts and parts[-1][1] == offset and not _parts(before, found):
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((offset, end))
        before = found
    starts, at = [], 0
    for start, end in parts:
        starts.append((at, start, end - start))
        at += end - start + len(_GAP)
    return _GAP.join(text[start:end] for start, end in parts), starts


def _parts(before: str, after: str) -> bool:
    """Whether a gap may be put between two tokens: around brackets and commas that are no part of a longer sign."""
    return (before in _BRACKETS or after in _BRACKETS) and not {before, after} & {"<", ">", "|"}


def _at_end(text: str, offset: int, first: _Report, base: str | None) -> _Report:
    """What was expected at an offset, signs included: the report on the text that ends there.

    It is asked for only in the middle of a group: the text is no query yet, so that none is run.
    """
    if offset >= len(text):
        return first
    signs = [found for _, found, _ in tokens(text[:offset])]
    report = _parsed(text[:offset], base) if signs.count("{") > signs.count("}") else None
    return report if report and report.offset == offset else _Report(offset, ())


def _undeclared(text: str, offset: int) -> tuple[int, str] | None:
    """The place of a prefixed name at an offset, or before it, whose prefix is not declared; and what was expected."""
    for kind, found, start in tokens(text):
        prefix = found.partition(":")[0]
        if kind == "prefixed" and start <= offset <= start + len(found) and prefix not in prefixes(text):
            return start, f"a prefix that is declared, as with PREFIX {prefix}: <…>"
    return None


def _told(found: _Report, shorter: _Report) -> str:
    """What was expected, in words."""
    items = [_LETTER if each.startswith(_LETTER) else each for each in shorter.expected]
    kinds = {name: signs for name, signs in _SIGNS.items() if all(sign in items for sign in signs)}
    passed = {sign for signs in kinds.values() for sign in signs}.union(_BEYOND)
    signs = [each for each in items if each.startswith('"') and each not in passed]
    number = ["a number"] if _DIGIT in items and "a number" not in kinds else []
    some = [f"a keyword such as {found.keywords[0]}"] if found.keywords else []
    return ", ".join((*kinds, *number, *signs, *some)) or "a query"
