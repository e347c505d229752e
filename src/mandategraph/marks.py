"""Marks: which characters of a text match, in the text as it is given and in the source it was read from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mandategraph.model import folded

# Private-use characters cannot be told from words of the texts: none has any, and what has loses it.
OPEN, CLOSE = "\ue000", "\ue001"
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Marked:
    """Words with the places that match, as characters of them."""

    words: str
    marks: tuple[Mark, ...]

    def shown(self) -> str:
        """The words with a star before and behind each match.

        >>> Marked("in prison", ((3, 9),)).shown()
        'in *prison*'
        """
        parts, at = [], 0
        for start, end in self.marks:
            parts += [self.words[at:start], f"*{self.words[start:end]}*"]
            at = end
        return "".join([*parts, self.words[at:]])


def marked(highlighted: str) -> Marked:
    """Words and marks of a text in which the marks stand as characters."""
    words, marks, start = "", [], 0
    for part in re.split(f"([{OPEN}{CLOSE}])", highlighted):
        if part == OPEN:
            start = len(words)
        elif part == CLOSE:
            marks.append((start, len(words)))
        else:
            words += part
    return Marked(words, tuple(marks))


def in_source(found: Marked, source: str, start: int, end: int) -> tuple[Mark, ...]:
    r"""The marks as characters of a source whose span has the words, its white space not yet folded.

    There are none if the span does not have the words.

    >>> in_source(Marked("in prison", ((3, 9),)), "- in\n  prison", 2, 13)
    ((7, 13),)
    """
    if folded(source[start:end]) != found.words:
        return ()
    places = list(_places(source, start, end))
    return tuple((places[first], places[last - 1] + 1) for first, last in found.marks if first < last)


def _places(source: str, start: int, end: int) -> Iterator[int]:
    """Where each character of the folded words stands: of white space between words, its first character."""
    before: int | None = None
    seen = False
    for place in range(start, end):
        if source[place].isspace():
            before = place if before is None else before
            continue
        if seen and before is not None:
            yield before
        before, seen = None, True
        yield place


def as_text(marks: Iterable[Mark]) -> str:
    """Marks in a column of a table: start and end of each."""
    return " ".join(f"{start}-{end}" for start, end in marks)
