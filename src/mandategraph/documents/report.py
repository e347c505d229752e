"""The readers of reports: sections and a signature; and of a paragraph proposed in an annex."""

import re
from functools import partial

from mandategraph.documents.lines import Cursor
from mandategraph.documents.numbered import NumberedReader
from mandategraph.documents.sections import SectionsReader
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading

_NOTE = re.compile(r"\(.+\)")
_PARAGRAPH = "a proposed paragraph, as '1. Words'"


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """The sections and signatures of a report.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = SectionsReader(part, cursor)
    return reader.finish(reader.body())


def read_proposed(part: PartDescription, cursor: Cursor) -> PartReading:
    """The title lines, the notes in brackets and the numbered paragraphs of a proposal for another text.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = NumberedReader(part, cursor)
    children: list[Element] = []
    counts = {ElementKind.TITLE: 0, ElementKind.NOTE: 0}
    while (line := cursor.peek()) is not None and (line.text.isupper() or _NOTE.fullmatch(line.text)):
        kind = ElementKind.NOTE if _NOTE.fullmatch(line.text) else ElementKind.TITLE
        counts[kind] += 1
        children.append(cursor.take().leaf(f"{part.name}/{kind}-{counts[kind]}", kind))
    if not counts[ElementKind.TITLE]:
        reader.faults.append(cursor.fault(line, "a title line in capitals"))
    if line is None:
        reader.faults.append(cursor.fault(None, _PARAGRAPH))
    read_one = partial(reader.numbered, f"{part.name}/paragraph", ElementKind.PARAGRAPH, _PARAGRAPH)
    while cursor.peek() is not None:
        children += reader.attempt(read_one, reader.opens)
    return reader.finish(children)
