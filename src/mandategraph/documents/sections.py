"""Sections under Roman numerals: headings, paragraphs, numbered items and labels, and the signatures below them."""

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from itertools import takewhile

from mandategraph.documents.lines import Line, is_label
from mandategraph.documents.numbered import NUMBER, NumberedReader, ends_sentence
from mandategraph.kinds import ElementKind
from mandategraph.model import Element, container, leaf

_HEADING = re.compile(r"([IVX]+)\.(?:\s+(\S.*))?")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,4}")
_SMALL_WORDS = ("of", "to", "for", "in", "on")
_SECTION = "a section, as 'I. TITLE'"
_CONTENT = "a paragraph that ends in a point, a numbered item, or a label that ends in a colon"


def slug(heading: str) -> str:
    """A readable key of a heading: its words before the first small one; empty if it has no letters.

    >>> slug("PRESENTATION OF PROPOSED PARAGRAPHS"), slug("Método de negociación:")
    ('presentation', 'metodo-de-negociacion')
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower().replace("'", "")
    words = re.findall("[a-z0-9]+", plain)
    return "-".join(list(takewhile(lambda each: each not in _SMALL_WORDS, words)) or words)


def is_name(line: Line) -> bool:
    """Whether a line is the name of a person and nothing else: two to five words, each with a capital.

    >>> is_name(Line(0, 17, "Jane Q. Public II")), is_name(Line(0, 12, "Jane speaks."))
    (False, False)
    >>> is_name(Line(0, 14, "Jane Q. Public"))
    True
    """
    return bool(_NAME.fullmatch(line.text)) and line.text.istitle() and not ends_sentence(line)


class SectionsReader(NumberedReader):
    """A pointer over a part that is made of sections and signatures."""

    def body(self) -> list[Element]:
        """The sections and signatures up to the end of the part."""
        children: list[Element] = []
        while self.cursor.peek() is not None:
            children += self.attempt(partial(self.top, children), self.ends_section)
        if not self.faults and not any(each.kind is ElementKind.SECTION for each in children):
            self.faults.append(self.cursor.fault(None, _SECTION))
        return children

    def top(self, before: list[Element]) -> Element:
        """What stands beside the sections, or the next of them."""
        line = self.cursor.take()
        if _HEADING.fullmatch(line.text) or not is_name(line):
            return self._section(line)
        count = sum(each.kind is ElementKind.SIGNATURE for each in before)
        return self._signature(line, f"{self.part.name}/signature-{count + 1}")

    def opens(self, line: Line) -> bool:
        """Whether a line opens a section, a numbered item or a labelled section, or is a name."""
        return self.ends_section(line) or super().opens(line) or is_label(line)

    def ends_section(self, line: Line) -> bool:
        """Whether a line stands beside the sections, or opens the next of them."""
        return bool(_HEADING.fullmatch(line.text)) or is_name(line)

    def runs_on(self, line: Line) -> bool:
        """Whether a line can be a further line of a heading."""
        return line.text.isupper() and not self.opens(line)

    def block(self, key: str, before: list[Element]) -> Element:
        """The paragraph, numbered item or labelled section that stands next in a section.

        Raises:
            SourceError: a line is none of them.
        """
        line = self.cursor.peek() or self.cursor.take()
        if NUMBER.fullmatch(line.text):
            return self.numbered(f"{key}/item", ElementKind.ITEM, _CONTENT)
        self.cursor.take()
        if is_label(line):
            return self._labelled(line, key)
        if not ends_sentence(line):
            raise self.cursor.fault(line, _CONTENT)
        count = sum(each.kind is ElementKind.PARAGRAPH for each in before)
        return line.leaf(f"{key}/paragraph-{count + 1}", ElementKind.PARAGRAPH)

    def _section(self, line: Line) -> Element:
        found = _HEADING.fullmatch(line.text)
        if not found:
            raise self.cursor.fault(line, _SECTION)
        number_end = line.start + found.end(1) + 1
        words = [line.after(number_end) or self.words_below(line)]
        while (following := self.cursor.peek()) is not None and self._goes_on(words[-1], following):
            words.append(self.cursor.take())
        key = self._key(self.part.name, " ".join(each.text for each in words), line)
        number = leaf(f"{key}/heading/number", ElementKind.NUMBER, line.start, number_end)
        leaves = [each.leaf(f"{key}/heading/words-{n}", ElementKind.WORDS) for n, each in enumerate(words, 1)]
        heading = container(f"{key}/heading", ElementKind.SECTION_HEADING, [number, *leaves])
        return container(key, ElementKind.SECTION, [heading, *self._content(key, line, self.ends_section)])

    def _goes_on(self, line: Line, following: Line) -> bool:
        """Whether a heading in capitals goes on in capitals on the very next line."""
        next_line = self.cursor.text.count("\n", line.end, following.start) == 1
        return next_line and line.text.isupper() and self.runs_on(following)

    def _labelled(self, line: Line, parent: str) -> Element:
        """The section within a section that a label opens; it ends where the next label stands."""
        key = self._key(parent, line.text, line)
        content = self._content(key, line, lambda each: self.ends_section(each) or is_label(each))
        return container(key, ElementKind.SECTION, [line.leaf(f"{key}/label", ElementKind.LABEL), *content])

    def _key(self, parent: str, heading: str, line: Line) -> str:
        """The key of a section, made of its heading: its numeral is printed, but may repeat."""
        name = slug(heading)
        if not name:
            raise self.cursor.fault(line, "a heading with letters")
        key = f"{parent}/section-{name}"
        self.claim(key, "a heading", line)
        return key

    def _content(self, key: str, heading: Line, ends: Callable[[Line], bool]) -> list[Element]:
        found: list[Element] = []
        faults = len(self.faults)
        while (line := self.cursor.peek()) is not None and not ends(line):
            found += self.attempt(partial(self.block, key, found), lambda _: True)
        if not found and len(self.faults) == faults:
            self.faults.append(self.cursor.fault(line, f"a paragraph under {heading.text!r}"))
        return found

    def _signature(self, name: Line, key: str) -> Element:
        """A name, a role and an office, which may run over several lines."""
        lines: list[Line] = []
        while (line := self.cursor.peek()) is not None and not self.opens(line) and not ends_sentence(line):
            lines.append(self.cursor.take())
        role, *office = lines or [name]
        if not office:
            raise self.cursor.fault(line, f"the role and the office of {name.text!r}, each on a line of its own")
        words = [each.leaf(f"{key}/office/words-{n}", ElementKind.WORDS) for n, each in enumerate(office, 1)]
        leaves = [name.leaf(f"{key}/name", ElementKind.NAME), role.leaf(f"{key}/role", ElementKind.ROLE)]
        return container(key, ElementKind.SIGNATURE, [*leaves, container(f"{key}/office", ElementKind.OFFICE, words)])
