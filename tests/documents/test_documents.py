"""Documents are read whole, part by part, and every character is in one place."""

import pytest

from mandategraph.documents import GENRES, read, unclaimed
from mandategraph.errors import Faults, SourceError
from mandategraph.kinds import ElementKind
from mandategraph.model import PartDescription, PartReading, Reading, SourceDescription, leaf


def source(*parts: PartDescription) -> SourceDescription:
    return SourceDescription("doc", "", "", "", "", "", "", "", "", parts)


def by_hand(text: str, *leaves: tuple[int, int]) -> Reading:
    """A reading that claims these characters."""
    parts = (leaf(f"a-{number}", ElementKind.PARAGRAPH, *each) for number, each in enumerate(leaves, 1))
    return Reading(source(), text, tuple(PartReading(each) for each in parts))


FIRST = PartDescription("first", "plain")
SECOND = PartDescription("second", "plain", "PLAN")


def test_a_part_begins_where_its_description_says_and_ends_where_the_next_begins() -> None:
    text = "a PLAN\n\n b\n\u00a0PLAN of c\nd\n"
    reading = read(source(FIRST, SECOND), text)
    words = {part.element.key: [each.span.of(text) for each in part.element.leaves()] for part in reading.parts}
    assert words == {"first": ["a PLAN", "b"], "second": ["PLAN of c", "d"]}


@pytest.mark.parametrize(
    ("parts", "text", "message"),
    [
        ((FIRST, SECOND), "a\n", "doc.txt: expected one line that begins 'PLAN' (part second), found '0 of them'"),
        (
            (FIRST, SECOND),
            "a\nPLAN\nPLAN\n",
            "doc.txt: expected one line that begins 'PLAN' (part second), found '2 of them'",
        ),
        ((SECOND, FIRST), "a\nPLAN\n", "doc.txt: expected parts in the order of the text, found 'second, first'"),
        ((FIRST, FIRST), "a\n", "doc.txt: expected parts in the order of the text, found 'first, first'"),
        ((), "a\n", "doc.txt: expected parts in the order of the text, found ''"),
        ((SECOND,), "a b\n c\nPLAN\n", "doc.txt:1:1: expected every character in an element, found 'a b\\n c'"),
        ((FIRST, SECOND), " \nPLAN\n", "doc.txt:1:2: expected another line, found 'the end of the part'"),
    ],
    ids=["not-found", "found-twice", "out-of-order", "at-one-place", "none", "text-before-the-first", "an-empty-part"],
)
def test_parts_that_do_not_fit_the_text_are_refused(
    parts: tuple[PartDescription, ...], text: str, message: str
) -> None:
    with pytest.raises(SourceError) as caught:
        read(source(*parts), text)
    assert str(caught.value) == message


def test_the_faults_of_all_parts_are_told_together() -> None:
    numbered = PartDescription("one", "numbered-plan", plan="p")
    linkage = PartDescription("two", "linkage", "LINKING", plan="q")
    text = "Title\n1.\nFirst\n1.1.\n1.2.\nTwo\n2.1.\nForeign\nLINKING\n1. First\n1.1 One\nno heading\n"
    with pytest.raises(Faults) as caught:
        read(source(numbered, linkage), text)
    assert [str(fault).partition(": ")[0] for fault in caught.value.faults] == [
        "doc.txt:5:1",
        "doc.txt:7:1",
        "doc.txt:12:1",
    ]


def test_what_is_claimed_once_has_no_faults() -> None:
    assert unclaimed(by_hand(" ab\u00a0\ncd \n", (1, 3), (5, 7))) == []


@pytest.mark.parametrize(
    ("leaves", "found"),
    [
        (((2, 9),), ["doc.txt:1:1: expected every character in an element, found 'a'"]),
        (((0, 1), (7, 9)), ["doc.txt:1:3: expected every character in an element, found 'bc\\nd'"]),
        (((0, 6),), ["doc.txt:2:3: expected every character in an element, found 'ef'"]),
        (((0, 9), (2, 4)), ["doc.txt:1:3: expected a character in one element only, found 'bc'"]),
        (((3, 9), (0, 4)), ["doc.txt:1:4: expected a character in one element only, found 'c\\nd ef'"]),
        (((0, 9), (0, 9)), ["doc.txt:1:1: expected a character in one element only, found 'a bc\\nd ef'"]),
        (
            ((2, 4), (3, 4)),
            [
                "doc.txt:1:1: expected every character in an element, found 'a'",
                "doc.txt:1:4: expected a character in one element only, found 'c'",
                "doc.txt:2:1: expected every character in an element, found 'd ef'",
            ],
        ),
    ],
    ids=["before", "between", "behind", "inside-another", "across-two", "the-same-twice", "several"],
)
def test_a_character_in_no_element_or_in_two_is_placed(leaves: tuple[tuple[int, int], ...], found: list[str]) -> None:
    assert [str(each) for each in unclaimed(by_hand("a bc\nd ef", *leaves))] == found


def test_every_genre_but_plain_is_used_by_a_real_document(readings: tuple[Reading, ...]) -> None:
    assert {part.genre for reading in readings for part in reading.source.parts} == set(GENRES) - {"plain"}
    assert len(readings) == 5


@pytest.mark.parametrize("number", range(5))
def test_a_real_document_is_its_elements_and_the_space_between(readings: tuple[Reading, ...], number: int) -> None:
    reading = readings[number]
    printed, reached = "", 0
    for each in reading.leaves():
        space = reading.text[reached : each.span.start]
        assert not space.strip()
        printed += space + each.span.of(reading.text)
        reached = each.span.end
    assert printed + reading.text[reached:] == reading.text
    assert not reading.text[reached:].strip()


@pytest.mark.parametrize("number", range(5))
def test_the_tree_of_a_real_document_is_sound(readings: tuple[Reading, ...], number: int) -> None:
    elements = list(readings[number].elements())
    assert len({each.key for each in elements}) == len(elements)
    for each in elements:
        if each.children:
            assert each.span.start == each.children[0].span.start
            assert each.span.end == each.children[-1].span.end
            assert all(child.key.startswith(f"{each.key}/") for child in each.children)
        elif each.kind is not ElementKind.ITEM:
            assert "\n" not in each.span.of(readings[number].text)
