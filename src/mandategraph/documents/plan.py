"""The readers of plans of action: chapters of numbered actions, or chapters of objectives with proposed actions."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from mandategraph.documents.lines import Cursor, Line, is_label
from mandategraph.documents.units import NumberRegister
from mandategraph.errors import MandategraphError, SourceError, raise_all
from mandategraph.iris import is_name
from mandategraph.kinds import ElementKind
from mandategraph.model import (
    Element,
    PartDescription,
    PartReading,
    PlanUnit,
    UnitKey,
    UnitKind,
    container,
    folded,
    leaf,
)

_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\.(?:\s+(\S.*))?")
_CHAPTER = re.compile(r"(CHAPTER\s+(\d+)\s+[–-])\s+(\S.*)")
_OBJECTIVE = re.compile(r"(Objective\s+(\d+\.\d+))(?:\s+(\S.*))?")
_PROPOSED = re.compile(r"Proposed actions:?")
_ACTION = re.compile(r"(\d+)\.(?:\s+(\S.*))?")


@dataclass
class _PlanReader:
    """What the readers of both layouts share: the notations given out and the units met."""

    part: PartDescription
    cursor: Cursor
    units: list[PlanUnit] = field(default_factory=list)
    faults: list[MandategraphError] = field(default_factory=list)
    numbers: NumberRegister = field(default_factory=NumberRegister)

    @property
    def plan(self) -> UnitKey:
        return UnitKey(UnitKind.PLAN, self.part.plan or self.part.name)

    def claim(self, unit: UnitKey, line: Line) -> None:
        self.faults += self.numbers.claim(unit, self.cursor, line)

    def note(self, unit: UnitKey, words: Element, parent: UnitKey, key: str, cited_as: str = "") -> None:
        text = folded(words.span.of(self.cursor.text))
        self.units.append(PlanUnit(unit, text, parent, key, cited_as or unit.notation))

    def numbered(self, key: str, line: Line, number_end: int, words_start: int | None) -> list[Element]:
        """A number and its words; the words stand behind it or on the next line."""
        number = leaf(f"{key}/number", ElementKind.NUMBER, line.start, line.start + number_end)
        if words_start is not None:
            return [number, leaf(f"{key}/words", ElementKind.WORDS, line.start + words_start, line.end)]
        following = self.cursor.peek()
        if following is None:
            raise self.cursor.fault(None, f"the words of {line.text!r}")
        if self.ends_words(following):
            self.faults.append(self.cursor.fault(following, f"the words of {line.text!r}"))
            return [number]
        return [number, self.cursor.take().leaf(f"{key}/words", ElementKind.WORDS)]

    def ends_words(self, line: Line) -> bool:
        """Whether a line cannot be the words of the number before it."""
        return self.opens(line)

    def opens(self, line: Line) -> bool:
        """Whether a line opens a numbered part."""
        raise NotImplementedError

    def finish(self, children: list[Element]) -> PartReading:
        raise_all(self.faults)
        if not any(unit.key.kind is UnitKind.ACTION for unit in self.units):
            raise self.cursor.fault(None, "a plan with actions")
        element = container(self.part.name, ElementKind.PART, children, self.plan)
        return PartReading(element, self.part.plan, tuple(self.units))

    def skip(self) -> None:
        """After a fault, step to the next line that opens a numbered part, so that all faults are found in one pass."""
        while (line := self.cursor.peek()) is not None and not self.opens(line):
            self.cursor.take()


def read_numbered(part: PartDescription, cursor: Cursor) -> PartReading:
    """A plan whose chapters are '1.' and whose actions are '1.1.', each number before its words.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _Numbered(part, cursor)
    children = reader.opening()
    while cursor.peek() is not None:
        try:
            children.append(reader.chapter())
        except SourceError as fault:
            reader.faults.append(fault)
            reader.skip()
    return reader.finish(children)


class _Numbered(_PlanReader):
    def opens(self, line: Line) -> bool:
        return bool(_NUMBER.fullmatch(line.text))

    def opening(self) -> list[Element]:
        """The title line and the introductory paragraphs before the first chapter."""
        title = self.cursor.take()
        children = [title.leaf(f"{self.part.name}/title-1", ElementKind.TITLE)]
        key = f"{self.part.name}/section-introduction"
        paragraphs = _paragraphs(self, key, "introduction", self.opens)
        if paragraphs:
            children.append(_section(self, key, "introduction", paragraphs))
        return children

    def chapter(self) -> Element:
        line = self.cursor.take()
        found = _NUMBER.fullmatch(line.text)
        if not found or "." in found[1]:
            raise self.cursor.fault(line, "a chapter number, as '1.'")
        unit = UnitKey(UnitKind.CHAPTER, found[1])
        self.claim(unit, line)
        key = f"{self.part.name}/chapter-{found[1]}"
        children = self.numbered(key, line, found.end(1) + 1, _start(found, 2))
        self.note(unit, children[-1], self.plan, key)
        while (following := self.cursor.peek()) is not None:
            number = _NUMBER.fullmatch(following.text)
            if number and "." not in number[1]:
                break
            try:
                children.append(self._action(unit, key))
            except SourceError as fault:
                self.faults.append(fault)
                self.skip()
        return container(key, ElementKind.CHAPTER, children, unit)

    def _action(self, chapter: UnitKey, parent: str) -> Element:
        line = self.cursor.take()
        found = _NUMBER.fullmatch(line.text)
        if not found or not found[1].startswith(f"{chapter.notation}."):
            raise self.cursor.fault(line, f"an action of chapter {chapter.notation}, as '{chapter.notation}.1.'")
        unit = UnitKey(UnitKind.ACTION, found[1])
        self.claim(unit, line)
        key = f"{parent}/action-{found[1]}"
        children = self.numbered(key, line, found.end(1) + 1, _start(found, 2))
        self.note(unit, children[-1], chapter, key)
        return container(key, ElementKind.ACTION, children, unit)


def read_objectives(part: PartDescription, cursor: Cursor) -> PartReading:
    """A plan with labelled introductory sections, and chapters of objectives under which proposed actions are numbered.

    Raises:
        SourceError: a line has no place in the genre; several are raised together as `Faults`.
    """
    reader = _Objectives(part, cursor)
    children = reader.opening()
    while cursor.peek() is not None:
        try:
            children.append(reader.chapter())
        except SourceError as fault:
            reader.faults.append(fault)
            reader.skip()
    return reader.finish(children)


class _Objectives(_PlanReader):
    def opens(self, line: Line) -> bool:
        return bool(_CHAPTER.fullmatch(line.text) or _OBJECTIVE.fullmatch(line.text) or _ACTION.fullmatch(line.text))

    def opening(self) -> list[Element]:
        """Notes, the heading of the introduction and its labelled sections, before the first chapter."""
        children: list[Element] = []
        while (line := self.cursor.peek()) is not None and not self.opens(line):
            self.cursor.take()
            if not is_label(line):
                kind = ElementKind.NOTE
                children.append(line.leaf(f"{self.part.name}/{kind}-{len(children) + 1}", kind))
                continue
            following = self.cursor.peek()
            if following is not None and is_label(following):
                children.append(line.leaf(f"{self.part.name}/title-{len(children) + 1}", ElementKind.TITLE))
                continue
            children.append(self._labelled(line))
        return children

    def _labelled(self, line: Line) -> Element:
        name = line.text.removesuffix(":").lower().replace(" ", "-")
        if not is_name(name):
            raise self.cursor.fault(line, "a label of plain letters, digits and spaces")
        key = f"{self.part.name}/section-{name}"
        label = line.leaf(f"{key}/label", ElementKind.LABEL)
        paragraphs = _paragraphs(self, key, name, lambda each: self.opens(each) or is_label(each))
        if not paragraphs:
            raise self.cursor.fault(self.cursor.peek(), f"a paragraph under {line.text!r}")
        return _section(self, key, name, [label, *paragraphs], line)

    def chapter(self) -> Element:
        line = self.cursor.take()
        found = _CHAPTER.fullmatch(line.text)
        if not found:
            raise self.cursor.fault(line, "a chapter, as 'CHAPTER 1 – TITLE'")
        unit = UnitKey(UnitKind.CHAPTER, found[2])
        self.claim(unit, line)
        key = f"{self.part.name}/chapter-{found[2]}"
        children = self.numbered(key, line, found.end(1), found.start(3))
        self.note(unit, children[-1], self.plan, key, f"Chapter {found[2]}")
        while (following := self.cursor.peek()) is not None and not _CHAPTER.fullmatch(following.text):
            try:
                children.append(self._objective(unit, key))
            except SourceError as fault:
                self.faults.append(fault)
                self.skip()
                while (stray := self.cursor.peek()) is not None and not self._ends_objective(stray):
                    self.cursor.take()
        return container(key, ElementKind.CHAPTER, children, unit)

    def _objective(self, chapter: UnitKey, parent: str) -> Element:
        line = self.cursor.take()
        found = _OBJECTIVE.fullmatch(line.text)
        if not found or not found[2].startswith(f"{chapter.notation}."):
            raise self.cursor.fault(
                line, f"an objective of chapter {chapter.notation}, as 'Objective {chapter.notation}.1'"
            )
        unit = UnitKey(UnitKind.OBJECTIVE, found[2])
        self.claim(unit, line)
        key = f"{parent}/objective-{found[2]}"
        children = self.numbered(key, line, found.end(1), _start(found, 3))
        self.note(unit, children[-1], chapter, key, f"Objective {found[2]}")
        label = self.cursor.peek() or self.cursor.take()
        if _PROPOSED.fullmatch(label.text):
            children.append(self.cursor.take().leaf(f"{key}/label", ElementKind.LABEL))
        else:
            self.faults.append(self.cursor.fault(label, "'Proposed actions'"))
        while (following := self.cursor.peek()) is not None and not self._ends_objective(following):
            try:
                children.append(self._action(unit, key))
            except SourceError as fault:
                self.faults.append(fault)
                self.skip()
        return container(key, ElementKind.OBJECTIVE, children, unit)

    def ends_words(self, line: Line) -> bool:
        return self.opens(line) or bool(_PROPOSED.fullmatch(line.text))

    def _ends_objective(self, line: Line) -> bool:
        return bool(_CHAPTER.fullmatch(line.text) or _OBJECTIVE.fullmatch(line.text))

    def _action(self, objective: UnitKey, parent: str) -> Element:
        line = self.cursor.take()
        found = _ACTION.fullmatch(line.text)
        if not found:
            raise self.cursor.fault(line, f"a proposed action of objective {objective.notation}, as '1. To …'")
        unit = UnitKey(UnitKind.ACTION, f"{objective.notation}.{found[1]}")
        self.claim(unit, line)
        key = f"{parent}/action-{unit.notation}"
        children = self.numbered(key, line, found.end(1) + 1, _start(found, 2))
        self.note(unit, children[-1], objective, key, f"Objective {objective.notation}, proposed action {found[1]}")
        return container(key, ElementKind.ACTION, children, unit)


def _start(found: re.Match[str], group: int) -> int | None:
    return found.start(group) if found[group] is not None else None


def _paragraphs(reader: _PlanReader, key: str, name: str, ends: Callable[[Line], bool]) -> list[Element]:
    """The paragraphs of an introductory section, each a part of the plan of its own."""
    section = UnitKey(UnitKind.SECTION, name)
    found: list[Element] = []
    while (line := reader.cursor.peek()) is not None and not ends(line):
        reader.cursor.take()
        unit = UnitKey(UnitKind.PARAGRAPH, f"{name}/{len(found) + 1}")
        here = f"{key}/paragraph-{len(found) + 1}"
        words = line.leaf(f"{here}/words", ElementKind.WORDS)
        reader.note(unit, words, section, here, f"{name.replace('-', ' ').capitalize()}, paragraph {len(found) + 1}")
        found.append(container(here, ElementKind.PARAGRAPH, [words], unit))
    return found


def _section(reader: _PlanReader, key: str, name: str, children: list[Element], label: Line | None = None) -> Element:
    unit = UnitKey(UnitKind.SECTION, name)
    if label is not None:
        reader.claim(unit, label)
    title = label.text.removesuffix(":") if label else name.capitalize()
    reader.units.append(PlanUnit(unit, title, reader.plan, key, title))
    return container(key, ElementKind.SECTION, children, unit)
