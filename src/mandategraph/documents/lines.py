"""The lines of a text, numbered once, and a pointer that only moves forward over them."""

import re
from dataclasses import dataclass

from mandategraph.errors import SourceError
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, leaf
from mandategraph.places import LineIndex, Place, Span

_LABEL = re.compile(r"[A-Z][\w -]{2,40}:")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank; `start` and `end` are the offsets of its text without outer white space."""

    start: int
    end: int
    text: str

    def leaf(self, key: str, kind: ElementKind) -> Element:
        """The whole line as one leaf."""
        return leaf(key, kind, self.start, self.end)

    def after(self, offset: int) -> "Line | None":
        """What the line holds from an offset of the file on, or None if that is only white space."""
        return line_of(self.text[max(offset - self.start, 0) :], max(offset, self.start))


def line_of(raw: str, start: int) -> Line | None:
    """The line a raw run of characters makes, or None if it is blank.

    >>> line_of("  ab ", 10)
    Line(start=12, end=14, text='ab')
    """
    text = raw.strip()
    if not text:
        return None
    begins = start + len(raw) - len(raw.lstrip())
    return Line(begins, begins + len(text), text)


def is_label(line: Line) -> bool:
    """Whether a line is a short label that announces, with a colon, what follows.

    >>> is_label(Line(0, 8, "Purpose:")), is_label(Line(0, 14, "To prevent, and:"))
    (True, False)
    """
    return bool(_LABEL.fullmatch(line.text))


def lines_of(text: str, span: Span) -> list[Line]:
    """The lines within a span of a text that are not blank."""
    found: list[Line] = []
    start = span.start
    for raw in span.of(text).split("\n"):
        line = line_of(raw, start)
        if line:
            found.append(line)
        start += len(raw) + 1
    return found


class Cursor:
    """A pointer over the lines of one part of a document that are not blank."""

    def __init__(self, index: LineIndex, text: str, span: Span) -> None:
        self.text = text
        self.index = index
        self.end = span.end
        self._lines = lines_of(text, span)
        self._next = 0

    def peek(self, ahead: int = 0) -> Line | None:
        """The line that stands next, or further ahead; None behind the last."""
        position = self._next + ahead
        return self._lines[position] if position < len(self._lines) else None

    def take(self) -> Line:
        """The next line, and step over it.

        Raises:
            SourceError: there is none.
        """
        line = self.peek()
        if line is None:
            raise SourceError(self.place(self.end - 1), "another line", "the end of the part")
        self._next += 1
        return line

    def seek(self, offset: int) -> None:
        """Step over all lines that end at or before an offset."""
        while (line := self.peek()) is not None and line.end <= offset:
            self._next += 1

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        return self.index.place(offset)

    def fault(self, line: Line | None, expected: str) -> SourceError:
        """The error for a line that is not what was expected, or for the end of the part."""
        if line is None:
            return SourceError(self.place(self.end - 1), expected, "the end of the part")
        return SourceError(self.place(line.start), expected, line.text)
