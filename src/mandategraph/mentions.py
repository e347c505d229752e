"""What in a text looks like the name of something: the candidates for rows of the mentions table."""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mandategraph.errors import SourceError
from mandategraph.model import MONTHS, folded
from mandategraph.places import LineIndex, Span

SYMBOL, DATE, NAME, FORM = "symbol", "date", "name", "known form"
EXPECTED = "a row of mentions.tsv or excused.tsv"

_BLANK = r"[ \t\u00a0]"
# AG/RES. 2444 (XXXIX-O/09), CSH/GT/DSS-12/12 rev. 5, MISPA II/doc.8/09, A/RES/55/25, and with the number left blank.
_SYMBOL = re.compile(
    rf"\b[A-Z]+(?:{_BLANK}[IVX]+)?(?:/[A-Za-z]+)+[./-]?{_BLANK}{{0,4}}[0-9]*(?:/[0-9]+)*"
    rf"(?:{_BLANK}?\([^()\s]+/[0-9]+\))?(?:{_BLANK}rev\.{_BLANK}[0-9]+)?"
)
_MONTHS = "|".join(MONTHS)
_DATE = re.compile(
    rf"\b(?:{_MONTHS}|{_MONTHS.upper()})\s+(?:(?:[0-9]{{1,2}}|XX)(?:,\s+[0-9]{{4}})?|[0-9]{{4}})(?![0-9A-Za-z])"
)
# The s of a possessive is matched and left out.
_WORD = re.compile(r"[’'][sS]\b|((?:[^\W\d_]\.){2,}|[^\W_]+(?:-[^\W_]+)*)")
_JOINING = frozenset(
    ["a", "against", "an", "and", "at", "by", "de", "del", "for", "from", "in", "into", "la", "of", "on", "or", "the"]
) | {"to", "with"}
_JOINING_IN_A_ROW = 3
_OPENING_MARKS = frozenset(".:?!“\"‘'(·•")
_LIST_MARK = re.compile(r"[\s0-9.()·•]*")
_ROMAN = re.compile(r"[IVXLC]+")


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """Words that look like a mention: where they stand, the words with white space folded, and what they look like."""

    span: Span
    words: str
    why: str


class _Word:
    """A word of the text: where it stands, and whether it may be part of a name."""

    __slots__ = ("acronym", "capital", "joining", "span", "text")

    def __init__(self, text: str, start: int) -> None:
        self.text, self.span = text, Span(start, start + len(text))
        self.joining = text.lower() in _JOINING
        self.capital = text[0].isupper()
        self.acronym = self.capital and len(text) > 1 and text.isupper()


@dataclass(frozen=True, slots=True)
class _Found:
    """A candidate, with the words of it that must be covered."""

    candidate: Candidate
    needed: tuple[_Word, ...]

    @classmethod
    def of(cls, text: str, span: Span, why: str, words: Iterable[_Word]) -> "_Found":
        return cls(Candidate(span, folded(span.of(text)), why), tuple(each for each in words if not each.joining))


def candidates(text: str, forms: Collection[str]) -> list[Candidate]:
    """What looks like a mention: symbols, dates, capitalised names, and the known forms wherever they stand.

    >>> [each.words for each in candidates("So said the Chair of the Group in AG/RES. 1 (XL-O/10).", ())]
    ['Chair of the Group', 'AG/RES. 1 (XL-O/10)']
    """
    return [each.candidate for each in _found(text, _words(text), forms)]


def uncovered(text: str, mentions: Iterable[Span], excused: Collection[str], forms: Collection[str]) -> list[Candidate]:
    """The candidates, or the parts of them, that neither a mention nor an excused wording covers."""
    words = _words(text)
    covered = [*mentions, *(span for span, _ in _occurrences(text, words, excused))]
    return [each.candidate for each in _left(text, words, covered, forms)]


def unknown(
    file: str, text: str, mentions: Iterable[Span], excused: Collection[str], forms: Collection[str]
) -> list[SourceError]:
    """An error for each part of a candidate that neither a mention nor an excused wording covers."""
    index = LineIndex(file, text)
    left = uncovered(text, mentions, excused, forms)
    return [SourceError(index.place(each.span.start), EXPECTED, each.words) for each in left]


def idle(text: str, mentions: Iterable[Span], excused: Collection[str], forms: Collection[str]) -> list[str]:
    """The excused wordings that no candidate of this text needs, in the order given.

    >>> idle("Then Ruritania and the Hemisphere", [Span(5, 14)], ["Hemisphere", "Ruritania"], ())
    ['Ruritania']
    """
    words = _words(text)
    mask = _mask(text, (need.span for each in _left(text, words, mentions, forms) for need in each.needed))
    used = {form for span, form in _occurrences(text, words, excused) if _touches(mask, span)}
    return [each for each in excused if folded(each) not in used]


def _left(text: str, words: Sequence[_Word], covered: Iterable[Span], forms: Collection[str]) -> list[_Found]:
    """The parts of candidates that are not covered, each once, and none inside another."""
    mask = _mask(text, covered)
    left: dict[Span, _Found] = {}
    for found in _found(text, words, forms):
        why = found.candidate.why
        for part in _parts(found.needed, mask):
            if why != NAME or _is_name(text, part):
                span = Span(part[0].span.start, part[-1].span.end)
                left.setdefault(span, _Found.of(text, span, why, part))
    kept: list[_Found] = []
    for each in _ordered(left.values()):
        if not kept or each.candidate.span.end > kept[-1].candidate.span.end:
            kept.append(each)
    return kept


def _parts(needed: Iterable[_Word], mask: bytearray) -> Iterator[list[_Word]]:
    """The runs of needed words with nothing covered between them."""
    part: list[_Word] = []
    for word in needed:
        if not _touches(mask, word.span):
            part.append(word)
        elif part:
            yield part
            part = []
    if part:
        yield part


def _found(text: str, words: Sequence[_Word], forms: Collection[str]) -> list[_Found]:
    """Every candidate; words of a symbol or a date are no part of a name."""
    found: dict[Span, _Found] = {}
    mask = bytearray(len(text))
    for pattern, why in ((_SYMBOL, SYMBOL), (_DATE, DATE)):
        for match in pattern.finditer(text):
            span = Span(match.start(), match.end())
            if why == DATE or any(map(str.isdigit, match[0])):
                found.setdefault(span, _Found.of(text, span, why, _inside(words, span)))
                mask[span.start : span.end] = b"\1" * (span.end - span.start)
    for run in _runs(text, [each for each in words if not _touches(mask, each.span)]):
        span = Span(run[0].span.start, run[-1].span.end)
        found.setdefault(span, _Found.of(text, span, NAME, run))
    for span in _longest(span for span, _ in _occurrences(text, words, forms)):
        found.setdefault(span, _Found.of(text, span, FORM, _inside(words, span)))
    return _ordered(found.values())


def _runs(text: str, words: Iterable[_Word]) -> Iterator[list[_Word]]:
    """Capitalised words that stand together, joined or not, but for a single one that only opens something."""
    run: list[_Word] = []
    joining: list[_Word] = []
    end = 0
    for word in words:
        apart = text[end : word.span.start].strip(" \t\u00a0") or len(joining) > _JOINING_IN_A_ROW
        if run and (apart or not (word.capital or word.joining)):
            if _is_name(text, run):
                yield run
            run, joining = [], []
        if word.joining and run:
            joining.append(word)
        elif word.capital and not word.joining and not _numbers_heading(text, word):
            run, joining = [*run, *joining, word], []
        end = word.span.end
    if run and _is_name(text, run):
        yield run


def _is_name(text: str, run: Sequence[_Word]) -> bool:
    """Whether these words are more than one capitalised word at the start of something."""
    return len(run) > 1 or run[0].acronym or not _opens(text, run[0].span.start)


def _opens(text: str, start: int) -> bool:
    """Whether a sentence, a line, a list item or something between marks begins here."""
    before = text[text.rfind("\n", 0, start) + 1 : start].rstrip()
    return not before or before[-1] in _OPENING_MARKS or _LIST_MARK.fullmatch(before) is not None


def _numbers_heading(text: str, word: _Word) -> bool:
    """Whether a word is the Roman number that opens a line."""
    line = text.rfind("\n", 0, word.span.start) + 1
    opens = not text[line : word.span.start].strip()
    return opens and text.startswith(".", word.span.end) and _ROMAN.fullmatch(word.text) is not None


def _occurrences(text: str, words: Sequence[_Word], forms: Iterable[str]) -> Iterator[tuple[Span, str]]:
    """Where the forms stand, from whole word to whole word and white space folded; each with the form folded."""
    by_first: dict[str, list[tuple[list[str], str, str]]] = {}
    for form in dict.fromkeys(map(folded, forms)):
        parts = _words(form)
        if parts:
            core = form[parts[0].span.start : parts[-1].span.end]
            by_first.setdefault(parts[0].text, []).append(([each.text for each in parts], core, form))
    for number, word in enumerate(words):
        for parts_of, core, form in by_first.get(word.text, ()):
            there = words[number : number + len(parts_of)]
            if [each.text for each in there] == parts_of:
                span = Span(word.span.start, there[-1].span.end)
                if folded(span.of(text)) == core:
                    yield span, form


def _longest(spans: Iterable[Span]) -> Iterator[Span]:
    """The spans that do not begin inside another, the longest of those that begin together."""
    end = 0
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        if span.start >= end:
            yield span
            end = span.end


def _words(text: str) -> list[_Word]:
    return [_Word(match[1], match.start()) for match in _WORD.finditer(text) if match[1]]


def _inside(words: Sequence[_Word], span: Span) -> Sequence[_Word]:
    """The words that begin in a span."""
    first = bisect_left(words, span.start, key=lambda each: each.span.start)
    return words[first : bisect_left(words, span.end, first, key=lambda each: each.span.start)]


def _ordered(found: Iterable[_Found]) -> list[_Found]:
    """In the order of the text, the longer of two that begin together first."""
    return sorted(found, key=lambda each: (each.candidate.span.start, -each.candidate.span.end))


def _mask(text: str, spans: Iterable[Span]) -> bytearray:
    """A byte for each character: 1 where a span covers it."""
    mask = bytearray(len(text))
    for span in spans:
        mask[span.start : span.end] = b"\1" * (span.end - span.start)
    return mask


def _touches(mask: bytearray, span: Span) -> bool:
    return mask.find(1, span.start, span.end) >= 0
