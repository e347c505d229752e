"""The reader of parts that are claimed paragraph by paragraph and read no further."""

from mandategraph.documents.lines import Cursor
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading, container


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """Each line that is not blank as one paragraph.

    Raises:
        SourceError: there is no line.
    """
    paragraphs: list[Element] = []
    while (line := cursor.peek()) is not None or not paragraphs:
        taken = line or cursor.take()
        paragraphs.append(taken.leaf(f"{part.name}/paragraph-{len(paragraphs) + 1}", ElementKind.PARAGRAPH))
        cursor.take()
    return PartReading(container(part.name, ElementKind.PART, paragraphs))
