"""Reading: the text of a source to elements, plans and citations as worded; nothing skipped, nothing guessed."""

from collections.abc import Callable

from mandategraph.documents import declaration, letter, linkage, plain, plan, report, workplan
from mandategraph.documents.lines import Cursor
from mandategraph.errors import Faults, MandategraphError, SourceError, raise_all
from mandategraph.model import PartDescription, PartReading, Reading, SourceDescription
from mandategraph.places import LineIndex, Place, Span

GENRES: dict[str, Callable[[PartDescription, Cursor], PartReading]] = {
    "plain": plain.read,
    "linkage": linkage.read,
    "numbered-plan": plan.read_numbered,
    "objectives-plan": plan.read_objectives,
    "declaration": declaration.read,
    "report": report.read,
    "proposed-paragraph": report.read_proposed,
    "work-plan": workplan.read,
    "letter": letter.read,
}


def read(source: SourceDescription, text: str) -> Reading:
    """A document read whole by the genres its description names.

    Raises:
        SourceError: a part is not found, a line has no place in its genre, or a character is in no element;
            several faults are raised together as `Faults`.
    """
    index = LineIndex(source.file, text)
    if not text:
        raise SourceError(Place(source.file), "a text with words", text)
    spans = _spans(source, index, text)
    parts: list[PartReading] = []
    faults: list[MandategraphError] = []
    for part, span in zip(source.parts, spans, strict=True):
        try:
            parts.append(GENRES[part.genre](part, Cursor(index, text, span)))
        except Faults as several:
            faults.extend(several.faults)
        except SourceError as fault:
            faults.append(fault)
    raise_all(faults)
    reading = Reading(source, text, tuple(parts))
    raise_all(unclaimed(reading))
    return reading


def _spans(source: SourceDescription, index: LineIndex, text: str) -> list[Span]:
    """Where each part runs: from the line its description names to the beginning of the next."""
    starts = [_beginning(part, index, text) for part in source.parts]
    if not starts or starts != sorted(set(starts)):
        raise SourceError(Place(source.file), "parts in the order of the text", ", ".join(p.name for p in source.parts))
    return [Span(start, end) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _beginning(part: PartDescription, index: LineIndex, text: str) -> int:
    if not part.begins:
        return 0
    starts: list[int] = []
    offset = 0
    for raw in text.split("\n"):
        if raw.strip().startswith(part.begins):
            starts.append(offset)
        offset += len(raw) + 1
    if len(starts) != 1:
        raise SourceError(
            Place(index.file), f"one line that begins {part.begins!r} (part {part.name})", f"{len(starts)} of them"
        )
    return starts[0]


def unclaimed(reading: Reading) -> list[SourceError]:
    """The places where a character that is not white space stands in no leaf or in two."""
    index = LineIndex(reading.source.file, reading.text)
    faults: list[SourceError] = []
    reached = 0
    for each in sorted(reading.leaves(), key=lambda leaf: leaf.span):
        if each.span.start < reached:
            faults.append(
                SourceError(index.place(each.span.start), "a character in one element only", each.span.of(reading.text))
            )
        faults += _gap(reading.text, reached, each.span.start, index)
        reached = max(reached, each.span.end)
    return faults + _gap(reading.text, reached, len(reading.text), index)


def _gap(text: str, start: int, end: int, index: LineIndex) -> list[SourceError]:
    between = text[start:end]
    if not between.strip():
        return []
    first = start + len(between) - len(between.lstrip())
    return [SourceError(index.place(first), "every character in an element", between.strip())]
