"""The reader of declarations: a title, numbered preambular paragraphs, the formula, numbered operative paragraphs."""

import re
from functools import partial

from mandategraph.documents.lines import Cursor, Line
from mandategraph.documents.numbered import NumberedReader
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, PartDescription, PartReading, container, leaf

_FORMULA = "DECLARE:"
_OPENING = re.compile(r"[A-Z]{4,}(?: [A-Z]{2,})*(?=,? )")
_EXPECTED = {
    ElementKind.PREAMBULAR: "a preambular paragraph, as '1. RECALLING …'",
    ElementKind.OPERATIVE: "an operative paragraph, as '1. That …'",
}


def opening_end(text: str) -> int | None:
    """How many characters of a preambular paragraph are its opening verb in capitals; None if it has none.

    >>> opening_end("TAKING INTO ACCOUNT, furthermore, that"), opening_end("The member states of")
    (19, None)
    """
    found = _OPENING.match(text)
    return found.end() if found else None


def read(part: PartDescription, cursor: Cursor) -> PartReading:
    """The title lines, preambular paragraphs, declaring formula and operative paragraphs of a declaration.

    The verb of the operative paragraphs is the formula: what a "That we request …" asks for is not marked by rule.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _Declaration(part, cursor)
    children = reader.titles()
    children += reader.paragraphs(ElementKind.PREAMBULAR, _FORMULA)
    formula = cursor.peek()
    if formula is None:
        reader.faults.append(cursor.fault(None, repr(_FORMULA)))
        return reader.finish(children)
    children.append(cursor.take().leaf(f"{part.name}/formula", ElementKind.FORMULA))
    children += reader.paragraphs(ElementKind.OPERATIVE)
    return reader.finish(children)


class _Declaration(NumberedReader):
    def opens(self, line: Line) -> bool:
        return line.text == _FORMULA or super().opens(line)

    def titles(self) -> list[Element]:
        """The lines in capitals before the first number."""
        found: list[Element] = []
        while (line := self.cursor.peek()) is not None and line.text.isupper() and not self.opens(line):
            found.append(self.cursor.take().leaf(f"{self.part.name}/title-{len(found) + 1}", ElementKind.TITLE))
        if not found:
            self.faults.append(self.cursor.fault(line, "a title line in capitals"))
        return found

    def paragraphs(self, kind: ElementKind, until: str | None = None) -> list[Element]:
        """The paragraphs up to a line, or up to the end."""
        found: list[Element] = []
        faults = len(self.faults)
        while (line := self.cursor.peek()) is not None and line.text != until:
            found += self.attempt(partial(self._paragraph, kind), self.opens)
        if not found and len(self.faults) == faults:
            self.faults.append(self.cursor.fault(line, _EXPECTED[kind]))
        return found

    def _paragraph(self, kind: ElementKind) -> Element:
        """A numbered paragraph; a preambular one may open with a verb in capitals."""
        key, number, words = self.number(f"{self.part.name}/{kind}", _EXPECTED[kind])
        children = [number]
        length = opening_end(words.text) if kind is ElementKind.PREAMBULAR else None
        if length is not None:
            opening = leaf(f"{key}/opening", ElementKind.OPENING, words.start, words.start + length)
            children.append(opening)
            words = words.after(opening.span.end) or words
        return container(key, kind, [*children, words.leaf(f"{key}/words", ElementKind.WORDS)])
