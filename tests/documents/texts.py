"""What the tests of readers share: a small text read by one genre, its leaves, its faults, and whether it is whole."""

from hypothesis import strategies as st

from mandategraph.documents import read
from mandategraph.errors import Faults, SourceError
from mandategraph.iris import RULES
from mandategraph.model import Element, PartDescription, Reading, SourceDescription

SPACES = ("\n", "\n\n", " \n", "\n\t", "\n \u00a0\n", "\r\n")


def read_as(genre: str, text: str) -> Reading:
    """A document of one part, called `text`."""
    return read(SourceDescription("doc", "", "", "", "", "", "", "", "", (PartDescription("text", genre),)), text)


def leaves(reading: Reading) -> list[tuple[str, str]]:
    """The keys of the leaves, without that of their part, and their characters."""
    return [(each.key.partition("/")[2], each.span.of(reading.text)) for each in reading.leaves()]


def faults(genre: str, text: str) -> list[str]:
    """The messages of what is wrong with a text."""
    try:
        read_as(genre, text)
    except SourceError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


def printed(reading: Reading) -> str:
    """The leaves in order, with the white space between them."""
    found, reached = "", 0
    for each in reading.leaves():
        space = reading.text[reached : each.span.start]
        assert not space.strip()
        found += space + each.span.of(reading.text)
        reached = each.span.end
    assert not reading.text[reached:].strip()
    return found + reading.text[reached:]


def whole(genre: str, text: str) -> Reading:
    """A reading that prints its text, with keys that differ and can be part of an IRI."""
    reading = read_as(genre, text)
    assert printed(reading) == text
    elements = list(reading.elements())
    assert len({each.key for each in elements}) == len(elements)
    assert all(RULES["element"].mint(document="doc", path=each.key) for each in elements)
    assert all("\n" not in each.span.of(text) for each in reading.leaves())
    return reading


def read_or_refused(genre: str, text: str) -> None:
    """A text is read whole, or every fault is told where it stands in it."""
    found = faults(genre, text)
    if not found:
        whole(genre, text)
    assert all(each.startswith("doc.txt:") for each in found)
    assert len(set(found)) == len(found)


def spaced(lines: list[str]) -> st.SearchStrategy[str]:
    """The lines as one text, with all sorts of white space between them."""
    spaces = st.lists(st.sampled_from(SPACES), min_size=len(lines), max_size=len(lines))
    return spaces.map(lambda each: "".join(line + space for line, space in zip(lines, each, strict=True)))


def mixed(*lines: str) -> st.SearchStrategy[str]:
    """Texts of these lines in any order and number, blank ones left out."""
    return st.lists(st.sampled_from(lines), min_size=1, max_size=12).flatmap(spaced)


def real(readings: tuple[Reading, ...], document: str, part: str) -> tuple[Reading, Element]:
    """A part of a real document."""
    (reading,) = (each for each in readings if each.source.identifier == document)
    (found,) = (each.element for each in reading.parts if each.element.key == part)
    return reading, found


def shown(reading: Reading, element: Element) -> list[tuple[str, str, str]]:
    """The leaves of an element: their keys within it, kinds and characters."""
    start = len(element.key) + 1
    return [(each.key[start:], str(each.kind), each.span.of(reading.text)) for each in element.leaves()]
