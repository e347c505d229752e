"""Anomalies: what in the text of a document looks at odds with itself, found without knowing the document."""

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from mandategraph.errors import TableError
from mandategraph.model import MONTHS, Reading, folded
from mandategraph.places import LineIndex, Span


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Words that look at odds with themselves or with what stands beside them: the kind of discrepancy, and why."""

    span: Span
    kind: str
    told: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that is not blank, without outer white space; `apart` says that an empty line stands before it."""

    start: int
    text: str
    apart: bool

    def span(self, start: int, end: int) -> Span:
        """Where a run of the characters of the line stands."""
        return Span(self.start + start, self.start + end)

    def last_word(self) -> Span:
        """Where the last word of the line stands."""
        return self.span(len(self.text) - len(self.text.split()[-1]), len(self.text))


@dataclass(slots=True)
class _List:
    """The items of one list: the number and span of each label, and the line its words stand on."""

    items: list[tuple[int, Span, _Line]] = field(default_factory=list)
    closed: bool = False


_MONTH = f"(?:{'|'.join(MONTHS)})"
_DAYS = rf"{_MONTH} [0-9]{{1,2}}(?![0-9])(?:,? and [0-9]{{1,2}}(?![0-9])|, [0-9]{{1,2}}(?![0-9]))*"
_DATE = re.compile(rf"(?P<month>{_MONTH}) (?P<day>[0-9]{{1,2}})(?![0-9])(?:, (?P<year>[0-9]{{4}}))?")
_SERIES = re.compile(rf"{_DATE.pattern}(?:(?:,| and|, and)(?: on)? {re.sub('[?]P<[a-z]+>', '?:', _DATE.pattern)})+")
_NUMBERS = re.findall(r"\w+", "two three four five six seven eight nine ten eleven twelve")
_COUNT = re.compile(rf"\b({'|'.join(_NUMBERS)}) (?:[a-z-]+ ){{0,3}}(?:meetings|sessions|days)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"\.(?=\s+\W?[A-Z]|\s*$)")
_LISTED_FAR, _SOMEMONTHS, _HEADING_WORDS, _FEW = 40, 6, 15, 3

_PATTERNS = (
    ("damaged character", r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]", "a character was lost"),
    ("impossible date", rf"{_MONTH}[ /]+{_MONTH} [0-9]{{1,2}}(?![0-9])", "two months before one day"),
    ("left blank", rf"\b(?:{_MONTH} X+\b|X{{2,}}(?=,? [0-9]{{4}}))|_{{3,}}|\?{{3,}}|(?<=\w)-\s+/\s?[0-9]", "left open"),
    ("wrong word", r"\b(?!(?i:that|had)\b)(?i:([a-z]{2,}) \1)\b", "a word repeated"),
    ("variation", r"(?<=[a-z,;:])[ \u00a0]{2,}(?=[a-z(“])", "more than one space"),
    ("variation", r"“[ \u00a0]|(?<=\S)[ \u00a0]”|(?<=[\w)]) +[,;:](?=\s)", "a space beside a mark"),
    ("variation", r"(?<![\w/.:@])[A-Za-z-]{2,}[,;][a-z]{2,}(?![\w/])", "no space behind a mark"),
)


def find(reading: Reading) -> list[Finding]:
    """All that looks at odds with itself in the text of a document, in its order."""
    lines = [*_lines(reading.text)]
    lists = _Lists([each.span for part in reading.parts for cited in part.citations for each in cited.quotations])
    lists.read(lines)
    return sorted({
        *lists.findings,
        *(each for items in lists.done for each in _endings(items)),
        *_sentences(lines),
        *_marks(reading.text),
        *(each for line in lines for finder in (_matches, _inline_labels, _dates, _counts) for each in finder(line)),
    })  # fmt: skip


def unknown(reading: Reading, findings: Iterable[Finding], known: Mapping[str, Iterable[Span]]) -> list[TableError]:
    """The findings of a document that no side of a discrepancy of their kind overlaps, given its spans by kind."""
    index = LineIndex(reading.source.file, reading.text)
    spans = {kind: tuple(each) for kind, each in known.items()}
    return [
        TableError(
            index.place(each.span.start),
            f"a row of discrepancies.tsv of kind {each.kind!r} that covers it ({each.told})",
            folded(each.span.of(reading.text)),
        )
        for each in findings
        if not any(side.start < each.span.end and each.span.start < side.end for side in spans.get(each.kind, ()))
    ]


def _lines(text: str) -> Iterator[_Line]:
    start, apart = 0, True
    for raw in text.split("\n"):
        held = raw.strip()
        if held:
            yield _Line(start + raw.index(held[0]), held, apart)
        apart = not held
        start += len(raw) + 1


def _matches(line: _Line) -> Iterator[Finding]:
    for kind, pattern, told in _PATTERNS:
        for found in re.finditer(pattern, line.text):
            yield Finding(line.span(*found.span()), kind, told)


# Labels of lists.
_WORDED = re.compile(r"(CHAPTER|Chapter|Objective|Section|Article|ANNEX|Annex) ([0-9]{1,2}(?:\.[0-9]{1,2})*)(?![\w/])")
_BARE = re.compile(r"([0-9]{1,2}(?:\.[0-9]{1,2})+\.?|[0-9]{1,2}[.)]|[IVXL]{1,6}\.|[ivx]{2,5}[.)]|[a-z][.)])(?=\s|$)")
_INLINE = re.compile(r"(?:(?<=\s)|(?<=^))\(?([0-9]{1,2}|[a-z])\)(?=\s)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
Key = tuple[int | None, str, tuple[int, ...]]


class _Lists:
    """The lists of a text: each label goes on with the list of its style that is open, or opens one."""

    def __init__(self, quotations: list[Span]) -> None:
        self.findings: list[Finding] = []
        self.done: list[_List] = []
        self._quotations = quotations
        self._open: dict[Key, _List] = {}
        self._reached: dict[Key, int] = {}

    def read(self, lines: list[_Line]) -> None:
        words_of_a_label = False
        for line, after in zip_longest(lines, lines[1:]):
            found = _WORDED.match(line.text) or _BARE.match(line.text)
            if found:
                words_of_a_label = found.end() == len(line.text)
                words = after if words_of_a_label and after else line
                self._take(found, line.span(0, found.end()), words)
            else:
                if not words_of_a_label and _is_heading(line.text):
                    for each in self._open.values():
                        each.closed = True
                words_of_a_label = False

    def _take(self, found: re.Match[str], label: Span, words: _Line) -> None:
        at = next((n for n, each in enumerate(self._quotations) if each.start <= label.start < each.end), None)
        style, prefix, number = self._value(found, at)
        key = (at, style, prefix)
        if key in self._open:
            while next(reversed(self._open)) != key:
                self._open.popitem()
        held = self._open.get(key)
        if held is None or (held.closed and number == 1):
            goes_on = at is not None or number in {1, self._reached.get(key, 0) + 1}
            self._open.pop(key, None)
            self._open[key] = held = _List()
            self.done.append(held)
        else:
            goes_on = number == held.items[-1][0] + 1
        if not goes_on:
            self.findings.append(Finding(label, "list label", "it does not follow the label before it"))
        held.items.append((number, label, words))
        held.closed = False
        self._reached[key] = number

    def _value(self, found: re.Match[str], at: int | None) -> tuple[str, tuple[int, ...], int]:
        """The style of a label, the numbers before its own, and its own."""
        *word, value = found.groups()
        bare = value.rstrip(".)")
        if bare[0].isdigit():
            *prefix, number = (int(each) for each in bare.split("."))
            return "".join(word) + "1" + value[-1:].strip("0123456789") * (not prefix), tuple(prefix), number
        letters = self._open.get((at, "a" + value[-1], ()))
        ninth = letters is not None and letters.items[-1][0] == ord("h") - ord("a") + 1
        goes_on = bare in _ROMAN and (at, "i" + value[-1], ()) in self._open
        if bare.isupper() or len(bare) > 1 or (bare == "i" and not ninth) or goes_on:
            return ("I" if bare.isupper() else "i") + value[-1], (), _roman(bare.lower())
        return "a" + value[-1], (), ord(bare) - ord("a") + 1


def _roman(text: str) -> int:
    values = [_ROMAN.get(each, 0) for each in text]
    return sum(-one if one < other else one for one, other in pairwise([*values, 0]))


def _is_heading(text: str) -> bool:
    """Whether a line opens something new: a few words without a final mark, or words that end in a colon."""
    return text.endswith(":") or (text[0].isupper() and text[-1].isalnum() and len(text.split()) <= _HEADING_WORDS)


def _inline_labels(line: _Line) -> Iterator[Finding]:
    found = [*_INLINE.finditer(line.text)]
    values = [int(each[1]) if each[1].isdigit() else ord(each[1]) - ord("a") + 1 for each in found]
    if values[:1] == [1]:
        for (one, other), label in zip(pairwise(values), found[1:], strict=True):
            if other != one + 1:
                yield Finding(line.span(*label.span()), "list label", "it does not follow the label before it")


# How items and sentences end.
_JOINED = re.compile(r"[,;] (?:and|or)$")
_OPEN_END = re.compile(r"\b(?:including|such as|namely|and|or|of|the|a|an)\.$")
_CUT = re.compile(r"\b(?:including|such as|and|or|of|the|a|an|to|for|with|by|in)$")
_NEW_BEGINNING = re.compile(r"[“\"·•*–-]")


def _endings(held: _List) -> Iterator[Finding]:
    """The items that have no final mark, or a comma, where most of their list have another mark."""
    ends = [line.text for _, _, line in held.items]
    marked = [bool(_JOINED.search(text)) or text[-1] in '.;:?!”")' for text in ends]
    if len(ends) < _FEW or sum(marked) * 2 <= len(ends):
        return
    for (_, _, line), good in zip(held.items, marked, strict=True):
        if not good and line.text.endswith(","):
            yield Finding(line.last_word(), "broken sentence", "an item that ends in a comma")
        elif not good:
            yield Finding(line.last_word(), "variation", "an item without the final mark of the others")


def _sentences(lines: list[_Line]) -> Iterator[Finding]:
    """The lines behind which a sentence does not go on though it has not ended."""
    for line, after in zip_longest(lines, lines[1:]):
        text = line.text
        begins = after is None or bool(_BARE.match(after.text) or _NEW_BEGINNING.match(after.text))
        cut = after is not None and after.apart and after.text[0].islower()
        if _OPEN_END.search(text):
            yield Finding(line.last_word(), "broken sentence", "a word that needs another behind it")
        elif text.endswith(",") and (after is None or cut):
            yield Finding(line.last_word(), "broken sentence", "a comma with nothing behind it")
        elif begins and _CUT.search(text) and not _JOINED.search(text) and not _BARE.fullmatch(text):
            yield Finding(line.last_word(), "broken sentence", "a word that needs another behind it")


# Marks that stand in pairs, within what stands between two empty lines.
_PAIRS = {"”": "“", "»": "«", ")": "(", "]": "["}


def _marks(text: str) -> Iterator[Finding]:
    for block in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):
        single = [*_unpaired(block[0], block.start())]
        straight = [block.start() + each.start() for each in re.finditer('"', block[0])]
        for at in sorted(single + straight[len(straight) // 2 * 2 :]):
            yield Finding(Span(at, at + 1), "unbalanced marks", "a mark without its counterpart")


def _unpaired(block: str, start: int) -> Iterator[int]:
    labels = {each.end() - 1 for each in _INLINE.finditer(block) if not each[0].startswith("(")}
    labels |= {each.end() - 1 for each in re.finditer(r"(?m)^\s*\w{1,4}\)", block)}
    waiting: dict[str, list[int]] = {opening: [] for opening in _PAIRS.values()}
    for at, mark in enumerate(block):
        if mark in waiting:
            waiting[mark].append(start + at)
        elif mark in _PAIRS and at not in labels:
            if waiting[_PAIRS[mark]]:
                waiting[_PAIRS[mark]].pop()
            else:
                yield start + at
    yield from (each for left in waiting.values() for each in left)


# Dates and how many of them.
def _dates(line: _Line) -> Iterator[Finding]:
    """The days no calendar has, and days that stand behind a later one in a series."""
    for found in _DATE.finditer(line.text):
        leap = 2000 if found["year"] is None else int(found["year"])
        if not 1 <= int(found["day"]) <= monthrange(max(leap, 1), MONTHS.index(found["month"]) + 1)[1]:
            yield Finding(line.span(*found.span()), "impossible date", "a day that its month does not have")
    for series in _SERIES.finditer(line.text):
        found_in = [*_DATE.finditer(line.text, series.start(), series.end())]
        for one, other in pairwise(_ordered(found_in)):
            if other[0] < one[0]:
                yield Finding(line.span(one[1].start(), other[1].end()), "sequence", "a day behind a later one")


def _ordered(dates: list[re.Match[str]]) -> list[tuple[tuple[int, int, int], re.Match[str]]]:
    """Dates with the year that stands with them, or else with the next one that has it."""
    held: list[tuple[tuple[int, int, int], re.Match[str]]] = []
    for each in reversed(dates):
        month = MONTHS.index(each["month"]) + 1
        after = held[-1][0] if held else (0, month, 0)
        year = int(each["year"]) if each["year"] else after[0] - (month - after[1] > _SOMEMONTHS)
        held.append(((year, month, int(each["day"])), each))
    return held[::-1]


def _counts(line: _Line) -> Iterator[Finding]:
    """The numbers of meetings that are not followed by as many days."""
    found = [*_COUNT.finditer(line.text)]
    for each, after in zip_longest(found, found[1:]):
        stop = _SENTENCE_END.search(line.text, each.end())
        ends = [len(line.text), *([stop.start()] if stop else []), *([after.start()] if after else [])]
        tail = line.text[each.end() : min(ends)]
        days = [*re.finditer(_DAYS, tail)]
        listed = sum(len(re.findall(r"\b[0-9]{1,2}\b", day[0])) for day in days)
        led = tail[: days[0].start()] if days else ""
        introduced = len(led) <= _LISTED_FAR and led.endswith(("on ", ": "))
        if introduced and listed not in {1, _NUMBERS.index(each[1].lower()) + 2}:
            yield Finding(line.span(*each.span()), "count", f"{listed} days are listed")
