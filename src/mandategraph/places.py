"""Where something stands: a file with line and column for people, code points for programs."""

from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A point in a file, its line and column counted from 1; line 0 means the file as a whole.

    The row of a table also has its key: the cells that name it, which stay when rows are added before it.

    >>> str(Place("a.txt", 3, 7)), str(Place("a.txt"))
    ('a.txt:3:7', 'a.txt')
    """

    file: str
    line: int = 0
    column: int = 0
    key: str = field(default="", compare=False)

    def __str__(self) -> str:
        numbers = [str(each) for each in (self.line, self.column) if each]
        return ":".join([self.file, *numbers])


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A non-empty run of Unicode code points of a file, counted from 0, `end` exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span runs forward: {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """The raw slice of the text.

        >>> Span(1, 3).of("abcd")
        'bc'
        """
        return text[self.start : self.end]


class LineIndex:
    """The line starts of one text, numbered once."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._starts = [0]
        for number, character in enumerate(text):
            if character == "\n":
                self._starts.append(number + 1)

    def place(self, offset: int) -> Place:
        r"""The line and column of a code point offset.

        >>> str(LineIndex("a.txt", "ab\ncd").place(4))
        'a.txt:2:2'
        """
        line = bisect_right(self._starts, offset)
        return Place(self.file, line, offset - self._starts[line - 1] + 1)
