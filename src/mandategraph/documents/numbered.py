"""What readers of numbered lines share: a number with its words, each key given out once, all faults in one pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mandategraph.documents.lines import Cursor, Line
from mandategraph.errors import MandategraphError, SourceError, raise_all
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading, container, leaf
from mandategraph.places import Place

NUMBER = re.compile(r"([0-9]+)\.(?:\s+(\S.*))?")
_SENTENCE_ENDS = '.:;!?)”"'


def ends_sentence(line: Line) -> bool:
    """Whether a line ends as a paragraph does, in a point or a closing mark; names and headings do not."""
    return line.text[-1] in _SENTENCE_ENDS


@dataclass
class NumberedReader:
    """A pointer over the lines of a part, the keys given out so far and the faults met."""

    part: PartDescription
    cursor: Cursor
    faults: list[MandategraphError] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def opens(self, line: Line) -> bool:
        """Whether a line opens something, so that it cannot be the words of what stands before it."""
        return bool(NUMBER.fullmatch(line.text))

    def claim(self, key: str, what: str, line: Line) -> None:
        """Note that the element of a key begins on a line; it is a fault if another began before."""
        place = self.cursor.place(line.start)
        earlier = self.places.setdefault(key, place)
        if earlier != place:
            self.faults.append(self.cursor.fault(line, f"{what} not used before ({earlier} has this one)"))

    def attempt(self, read: Callable[[], Element], resumes: Callable[[Line], bool]) -> list[Element]:
        """What is read; after a fault nothing, and the pointer steps to a line from which reading can go on."""
        try:
            return [read()]
        except SourceError as fault:
            self.faults.append(fault)
            while (line := self.cursor.peek()) is not None and not resumes(line):
                self.cursor.take()
            return []

    def number(self, name: str, expected: str) -> tuple[str, Element, Line]:
        """A numbered line: its key, made of a name and the number as printed, the number and the words.

        The words stand behind the number or on the next line. Numbers out of sequence are the document's own.

        Raises:
            SourceError: the line has no number, or the number no words.
        """
        line = self.cursor.take()
        found = NUMBER.fullmatch(line.text)
        if not found:
            raise self.cursor.fault(line, expected)
        key = f"{name}-{found[1]}"
        self.claim(key, "a number", line)
        number = leaf(f"{key}/number", ElementKind.NUMBER, line.start, line.start + found.end(1) + 1)
        return key, number, line.after(number.span.end) or self.words_below(line)

    def numbered(self, name: str, kind: ElementKind, expected: str) -> Element:
        """A numbered line as a container of its number and its words.

        Raises:
            SourceError: the line has no number, or the number no words.
        """
        key, number, words = self.number(name, expected)
        return container(key, kind, [number, words.leaf(f"{key}/words", ElementKind.WORDS)])

    def words_below(self, line: Line) -> Line:
        """The line below a number that stands alone on its line.

        Raises:
            SourceError: the line opens something itself, or there is none.
        """
        following = self.cursor.peek()
        if following is None or self.opens(following):
            raise self.cursor.fault(following, f"the words of {line.text!r}")
        return self.cursor.take()

    def finish(self, children: list[Element]) -> PartReading:
        """The part, if there were no faults.

        Raises:
            SourceError: there was one; several are raised together as `Faults`.
        """
        raise_all(self.faults)
        return PartReading(container(self.part.name, ElementKind.PART, children))
