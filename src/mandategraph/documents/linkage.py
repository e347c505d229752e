"""The reader of linking documents: under each action headings that name instruments, under each heading quotations."""

import re
from dataclasses import dataclass, field

from mandategraph.documents.lines import Cursor, Line, line_of, lines_of
from mandategraph.documents.units import NumberRegister
from mandategraph.errors import MandategraphError, SourceError, raise_all
from mandategraph.kinds import ElementKind
from mandategraph.model import (
    CitationReading,
    Element,
    PartDescription,
    PartReading,
    PlanUnit,
    QuotationReading,
    UnitKey,
    UnitKind,
    container,
    folded,
    leaf,
    words_of,
)
from mandategraph.places import Span

OPENING, CLOSING = "“", "”"
_FOREIGN_MARKS = '"«„'
_CHAPTER = re.compile(r"(\d+)\.\s+(\S.*)")
_ACTION = re.compile(r"(\d+\.\d+)\.?\s+(\S.*)")
_NUMBERED = re.compile(r"(\d+)\.(?:\s|$)")
_LETTERED = re.compile(r"[a-z]\.(?:\s|$)")
_SYMBOL = re.compile(r"[A-Z]{2,}/[A-Z]+\.? ?\d")
_NAMES_INSTRUMENT = re.compile(
    r"\b(Declaration|Commitment|Consensus|Plan|Program|Programme|Work ?plan|[Rr]ecommendations|"
    r"Strategy|Convention|Charter|Protocol|Resolution|Statute)\b|" + _SYMBOL.pattern
)
_ENDS_NAME = re.compile(r"(?:\d{4}|\))\s*:(?=\s)")
_ENDS_ANYHOW = re.compile(r":(?=\s)")


def heading_end(text: str) -> int | None:
    """How many characters of a line are a heading that names an instrument; None if none are.

    A heading ends the line with a colon; or stands before an opening mark; or, before words without
    marks, ends at the first colon behind a year or a closing bracket, else at the first colon; or opens
    with a document symbol and has no colon at all.

    >>> heading_end("Action Plan of Miami, 1994:")
    27
    >>> heading_end("Declaration of X: Y, 2008: adopt policies")
    26
    >>> heading_end("Elaborate mechanisms for the evaluation")
    """
    if text.startswith(OPENING) or _NUMBERED.match(text) or _LETTERED.match(text):
        return None
    before_mark = text.partition(OPENING)[0].rstrip()
    if before_mark.endswith(":"):
        return len(before_mark)
    ends = _ENDS_NAME.search(text) or _ENDS_ANYHOW.search(text)
    if ends and _NAMES_INSTRUMENT.search(text[: ends.end()]):
        return ends.end()
    if _SYMBOL.match(text) and ":" not in text:
        return len(text)
    return None


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """The chapters, actions, citations and quotations of a linking document.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _Linkage(part, cursor)
    return PartReading(reader.body(), part.plan, tuple(reader.units), tuple(reader.citations))


@dataclass
class _Linkage:
    part: PartDescription
    cursor: Cursor
    units: list[PlanUnit] = field(default_factory=list)
    citations: list[CitationReading] = field(default_factory=list)
    faults: list[MandategraphError] = field(default_factory=list)
    numbers: NumberRegister = field(default_factory=NumberRegister)
    position: int = 0

    def body(self) -> Element:
        children = self._title()
        while self._opens_chapter():
            children.append(self._chapter())
        if not self.units:
            raise self.cursor.fault(None, "a title and chapters")
        raise_all(self.faults)
        plan = UnitKey(UnitKind.PLAN, self.part.plan or self.part.name)
        return container(self.part.name, ElementKind.PART, children, plan)

    def _skip_to_number(self) -> None:
        while (line := self.cursor.peek()) is not None and not (self._opens_chapter() or _ACTION.match(line.text)):
            self.cursor.take()

    def _title(self) -> list[Element]:
        titles: list[Element] = []
        while (line := self.cursor.peek()) is not None and not self._opens_chapter():
            titles.append(line.leaf(f"{self.part.name}/title-{len(titles) + 1}", ElementKind.TITLE))
            self.cursor.take()
        return titles

    def _opens_chapter(self) -> bool:
        """A numbered line opens a chapter only if its first action follows: resolutions number paragraphs too."""
        line, following = self.cursor.peek(), self.cursor.peek(1)
        found = line and _CHAPTER.fullmatch(line.text)
        first = following and _ACTION.fullmatch(following.text)
        return bool(found and first and first[1] == f"{found[1]}.1")

    def _chapter(self) -> Element:
        """A chapter, at whose first line the pointer stands."""
        line = self.cursor.take()
        found = _CHAPTER.fullmatch(line.text)
        if not found:
            raise self.cursor.fault(line, "a chapter, as '1. Title', followed by its first action")
        unit = UnitKey(UnitKind.CHAPTER, found[1])
        self.faults += self.numbers.claim(unit, self.cursor, line)
        key = f"{self.part.name}/chapter-{found[1]}"
        self._unit(unit, found[2], UnitKey(UnitKind.PLAN, self.part.plan or ""), key)
        children = _numbered(line, found, key)
        while self.cursor.peek() is not None and not self._opens_chapter():
            try:
                children.append(self._action(unit, key))
            except SourceError as fault:
                self.faults.append(fault)
                self._skip_to_number()
        return container(key, ElementKind.CHAPTER, children, unit)

    def _unit(self, unit: UnitKey, text: str, parent: UnitKey, key: str) -> None:
        self.units.append(PlanUnit(unit, folded(text), parent, key, unit.notation))

    def _action(self, chapter: UnitKey, parent: str) -> Element:
        line = self.cursor.take()
        found = _ACTION.fullmatch(line.text)
        if not found or not found[1].startswith(f"{chapter.notation}."):
            raise self.cursor.fault(line, f"an action of chapter {chapter.notation}, as '{chapter.notation}.1 Words'")
        unit = UnitKey(UnitKind.ACTION, found[1])
        self.faults += self.numbers.claim(unit, self.cursor, line)
        key = f"{parent}/action-{found[1]}"
        self._unit(unit, found[2], chapter, key)
        children = _numbered(line, found, key)
        before = self.position
        count = 0
        while (following := self.cursor.peek()) is not None and not self._at_number(following):
            count += 1
            children.append(self._citation(unit.notation, f"{key}/citation-{count}", before))
        return container(key, ElementKind.ACTION, children, unit)

    def _at_number(self, line: Line) -> bool:
        return self._opens_chapter() or bool(_ACTION.fullmatch(line.text))

    def _citation(self, action: str, key: str, before: int) -> Element:
        line = self.cursor.take()
        length = heading_end(line.text)
        if length is None:
            raise self.cursor.fault(line, "a heading that names an instrument, ending in a colon")
        heading = leaf(f"{key}/heading", ElementKind.HEADING, line.start, line.start + length)
        block = _Block(self, key, action, before)
        rest = line.after(heading.span.end)
        if rest:
            block.take(rest)
        while (following := self.cursor.peek()) is not None and not self.begins_something(following):
            block.take(self.cursor.take())
        if not block.quotations:
            raise self.cursor.fault(self.cursor.peek(), f"a quotation under the heading {line.text!r}")
        wording = line.text[:length].removesuffix(":").strip()
        self.citations.append(
            CitationReading(action, key, heading.span, wording, self.cursor.place(line.start), tuple(block.quotations))
        )
        return container(key, ElementKind.CITATION, [heading, *block.elements])

    def begins_something(self, line: Line) -> bool:
        """Whether the next line opens a chapter, an action or a citation."""
        return self._at_number(line) or heading_end(line.text) is not None


@dataclass
class _Block:
    """The quotations under one heading."""

    reader: _Linkage
    key: str
    action: str
    before: int
    elements: list[Element] = field(default_factory=list)
    quotations: list[QuotationReading] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """Read what begins on a line: quotations in marks, a paragraph without, or a numbered one with its items."""
        if line.text[0] in _FOREIGN_MARKS:
            raise self.reader.cursor.fault(line, f"quotation marks {OPENING} {CLOSING}")
        marked = line.text.startswith(OPENING)
        if self.quotations and self.quotations[-1].quoted != marked:
            raise self.reader.cursor.fault(
                line, "under one heading quotations all in marks or all without; or a heading with its colon"
            )
        if marked:
            self._marked(line)
        else:
            self._unmarked(line)

    def _next_key(self) -> str:
        return f"{self.key}/quotation-{len(self.quotations) + 1}"

    def _marked(self, line: Line) -> None:
        key = self._next_key()
        close = self._closing(line)
        children = [leaf(f"{key}/mark-1", ElementKind.MARK, line.start, line.start + 1)]
        words = self._between(line, close)
        children += [each.leaf(f"{key}/words-{n}", ElementKind.WORDS) for n, each in enumerate(words, 1)]
        children.append(leaf(f"{key}/mark-2", ElementKind.MARK, close, close + 1))
        tail = self._closing_line(line, close).after(close + 1)
        gloss = tail and _gloss(tail)
        if tail and gloss:
            children.append(gloss.leaf(f"{key}/gloss", ElementKind.GLOSS))
            tail = tail.after(gloss.end)
        self._add(key, children, Span(words[0].start, words[-1].end), quoted=True)
        if tail:
            self.take(tail)

    def _closing_line(self, line: Line, close: int) -> Line:
        """The line the closing mark stands on, stepped over."""
        if close < line.end:
            return line
        self.reader.cursor.seek(close)
        return self.reader.cursor.take()

    def _between(self, line: Line, close: int) -> list[Line]:
        """The lines between the marks."""
        inside = line.start + 1, close
        words = lines_of(self.reader.cursor.text, Span(*inside)) if inside[0] < inside[1] else []
        if not any(words_of(each.text) for each in words):
            raise self.reader.cursor.fault(line, "words between the quotation marks")
        return words

    def _closing(self, line: Line) -> int:
        """The offset of the mark that closes the quotation opened at the start of a line; marks inside are balanced."""
        cursor = self.reader.cursor
        depth = 0
        offset = line.start
        while offset < cursor.end:
            character = cursor.text[offset]
            depth += (character == OPENING) - (character == CLOSING)
            if depth == 0:
                return offset
            if character == "\n" and self._new_number(offset + 1):
                break
            offset += 1
        raise cursor.fault(line, f"a quotation closed by {CLOSING} before the next action")

    def _new_number(self, start: int) -> bool:
        raw = self.reader.cursor.text[start : self.reader.cursor.end].partition("\n")[0].strip()
        return bool(_ACTION.fullmatch(raw))

    def _unmarked(self, line: Line) -> None:
        key = self._next_key()
        number = _NUMBERED.match(line.text)
        children = [line.leaf(f"{key}/words-1", ElementKind.WORDS)]
        if number:
            children += self._items(key)
        span = Span(children[0].span.start, children[-1].span.end)
        self._add(key, children, span, quoted=False, locator=number[1] if number else None)

    def _items(self, key: str) -> list[Element]:
        """The lettered items under a numbered paragraph; a letter may stand alone on its line."""
        cursor = self.reader.cursor
        items: list[Element] = []
        while (line := cursor.peek()) is not None and _LETTERED.match(line.text):
            cursor.take()
            end = line.end
            if not line.text[2:]:
                end = self._words_of_item(line).end
            items.append(leaf(f"{key}/item-{len(items) + 1}", ElementKind.ITEM, line.start, end))
        return items

    def _words_of_item(self, letter: Line) -> Line:
        """The line that holds the words of an item whose letter stands alone."""
        words = self.reader.cursor.peek()
        if words and (self.reader.begins_something(words) or _LETTERED.match(words.text)):
            raise self.reader.cursor.fault(words, f"the words of {letter.text!r}")
        return self.reader.cursor.take()

    def _add(self, key: str, children: list[Element], span: Span, *, quoted: bool, locator: str | None = None) -> None:
        self.reader.position += 1
        position = self.reader.position
        self.elements.append(container(key, ElementKind.QUOTATION, children))
        self.quotations.append(
            QuotationReading(
                key,
                position,
                position - self.before,
                span,
                folded(span.of(self.reader.cursor.text)),
                quoted,
                locator,
            )
        )


def _gloss(tail: Line) -> Line | None:
    """What stands behind a closing mark up to the next quotation; marks inside brackets open none.

    >>> _gloss(Line(0, 15, "(such as “a”) x"))
    Line(start=0, end=15, text='(such as “a”) x')
    >>> _gloss(Line(0, 9, "(b) “cde”"))
    Line(start=0, end=3, text='(b)')
    """
    depth = 0
    for offset, character in enumerate(tail.text):
        depth += (character in "([") - (character in ")]")
        if character == OPENING and depth <= 0:
            return line_of(tail.text[:offset], tail.start)
    return tail


def _numbered(line: Line, found: re.Match[str], key: str) -> list[Element]:
    """The number of a chapter or action and its words, two leaves of one line."""
    words = line.start + found.start(2)
    number_end = line.start + len(line.text[: found.start(2)].rstrip())
    return [
        leaf(f"{key}/number", ElementKind.NUMBER, line.start, number_end),
        leaf(f"{key}/words", ElementKind.WORDS, words, line.end),
    ]
