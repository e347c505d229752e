"""The reader of letters: paragraphs, the line of place and date, and the addressee below it."""

import re
from functools import partial

from mandategraph.documents.dates import day_of
from mandategraph.documents.lines import Cursor, Line
from mandategraph.documents.numbered import NumberedReader, ends_sentence
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading, container, leaf

_DATELINE = re.compile(r"(\S.*,)\s+(\w+\s+[0-9]+,\s+[0-9]+)")
_EXPECTED_PARAGRAPH = "a paragraph that ends in a point, or a place and a date"
_EXPECTED_DATELINE = "a place and a date, as 'Washington, D.C., April 1, 2011'"
_EXPECTED_ADDRESSEE = "an addressee: at least an organ, its organization and a place, each on a line of its own"


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """The paragraphs, the place and date, and the addressee of a letter.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _Letter(part, cursor)
    children = reader.paragraphs()
    line = cursor.peek()
    start = _date_start(line) if line else None
    if line is None or start is None:
        reader.faults.append(cursor.fault(None, _EXPECTED_DATELINE))
        return reader.finish(children)
    children.append(reader.dateline(line, start))
    children += reader.attempt(reader.addressee, lambda _: False)
    return reader.finish(children)


def _date_start(line: Line) -> int | None:
    """Where in a line of place and date the date begins; None if it is no such line."""
    found = _DATELINE.fullmatch(line.text)
    return line.start + found.start(2) if found and day_of(found[2]) else None


class _Letter(NumberedReader):
    def paragraphs(self) -> list[Element]:
        """The lines before the place and date."""
        found: list[Element] = []
        faults = len(self.faults)
        while (line := self.cursor.peek()) is not None and _date_start(line) is None:
            found += self.attempt(partial(self._paragraph, len(found) + 1), lambda _: True)
        if not found and len(self.faults) == faults:
            self.faults.append(self.cursor.fault(line, _EXPECTED_PARAGRAPH))
        return found

    def _paragraph(self, count: int) -> Element:
        line = self.cursor.take()
        if not ends_sentence(line):
            raise self.cursor.fault(line, _EXPECTED_PARAGRAPH)
        return line.leaf(f"{self.part.name}/paragraph-{count}", ElementKind.PARAGRAPH)

    def dateline(self, line: Line, start: int) -> Element:
        """The line of place and date, stepped over; the comma between them stays with the place."""
        self.cursor.take()
        key = f"{self.part.name}/dateline"
        place_end = line.start + len(line.text[: start - line.start].rstrip())
        place = leaf(f"{key}/place", ElementKind.PLACE, line.start, place_end)
        return container(key, ElementKind.DATELINE, [place, leaf(f"{key}/date", ElementKind.DATE, start, line.end)])

    def addressee(self) -> Element:
        """The lines up to the end: organs, the larger first, their organization and its place."""
        lines: list[Line] = []
        while self.cursor.peek() is not None:
            lines.append(self.cursor.take())
        if not lines[2:]:
            raise self.cursor.fault(None, _EXPECTED_ADDRESSEE)
        *organs, organization, place = lines
        wrong = [each for each in lines[:-1] if ends_sentence(each)]
        self.faults += [
            self.cursor.fault(each, "a line of the addressee, without a point at its end") for each in wrong
        ]
        key = f"{self.part.name}/addressee"
        children = [each.leaf(f"{key}/organ-{n}", ElementKind.ORGAN) for n, each in enumerate(organs, 1)]
        children.append(organization.leaf(f"{key}/organization", ElementKind.ORGANIZATION))
        children.append(place.leaf(f"{key}/place", ElementKind.PLACE))
        return container(key, ElementKind.ADDRESSEE, children)
