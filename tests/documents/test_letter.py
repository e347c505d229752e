"""The grammar of letters: paragraphs, a place and a date, an addressee."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import faults, leaves, mixed, read_as, read_or_refused, real, shown, spaced, whole

from mandategraph.kinds import ElementKind
from mandategraph.model import Reading

SMALL = "It was so.\nHere, D.C.,  May 3, 2011\nThe Organ\nThe Organization\nHere, D.C.\n"
PARAGRAPH = "expected a paragraph that ends in a point, or a place and a date"
DATELINE = "expected a place and a date, as 'Washington, D.C., April 1, 2011'"
ADDRESSEE = "expected an addressee: at least an organ, its organization and a place, each on a line of its own"


def test_a_letter() -> None:
    reading = read_as("letter", SMALL)
    assert leaves(reading) == [
        ("paragraph-1", "It was so."),
        ("dateline/place", "Here, D.C.,"),
        ("dateline/date", "May 3, 2011"),
        ("addressee/organ-1", "The Organ"),
        ("addressee/organization", "The Organization"),
        ("addressee/place", "Here, D.C."),
    ]
    (part,) = reading.parts
    assert [each.kind for each in part.element.walk()] == [
        *(ElementKind.PART, ElementKind.PARAGRAPH, ElementKind.DATELINE, ElementKind.PLACE, ElementKind.DATE),
        *(ElementKind.ADDRESSEE, ElementKind.ORGAN, ElementKind.ORGANIZATION, ElementKind.PLACE),
    ]
    assert (part.plan, part.units, part.citations) == (None, (), ())


def test_a_paragraph_may_end_in_a_date() -> None:
    assert leaves(read_as("letter", f"So it was in Here, D.C., on May 3, 2011.\n{SMALL}"))[:2] == [
        ("paragraph-1", "So it was in Here, D.C., on May 3, 2011."),
        ("paragraph-2", "It was so."),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            SMALL.removeprefix("It was so.\n"),
            [f"doc.txt:1:1: {PARAGRAPH}, found 'Here, D.C.,  May 3, 2011'"],
            id="no-paragraph",
        ),
        pytest.param(
            "It was so.\n", [f"doc.txt:1:11: {DATELINE}, found 'the end of the part'"], id="no-place-and-date"
        ),
        pytest.param(
            "It was so.\nHere, April 31, 2011\n",
            [
                f"doc.txt:2:1: {PARAGRAPH}, found 'Here, April 31, 2011'",
                f"doc.txt:2:21: {DATELINE}, found 'the end of the part'",
            ],
            id="a-day-that-is-none",
        ),
        pytest.param(
            "It was so.\nMay 3, 2011\n",
            [
                f"doc.txt:2:1: {PARAGRAPH}, found 'May 3, 2011'",
                f"doc.txt:2:12: {DATELINE}, found 'the end of the part'",
            ],
            id="a-date-without-place",
        ),
        pytest.param(
            "It was so.\nHere, May 3, 2011\nOrgan\nPlace\n",
            [f"doc.txt:4:6: {ADDRESSEE}, found 'the end of the part'"],
            id="no-organization",
        ),
        pytest.param(
            "It was so.\nHere, May 3, 2011",
            [f"doc.txt:2:17: {ADDRESSEE}, found 'the end of the part'"],
            id="no-addressee",
        ),
        pytest.param(
            "words\nIt was so.\nmore\nHere, May 3, 2011\nOrgan:\nOrganization\nIt was so.\nPlace\n",
            [
                f"doc.txt:1:1: {PARAGRAPH}, found 'words'",
                f"doc.txt:3:1: {PARAGRAPH}, found 'more'",
                "doc.txt:5:1: expected a line of the addressee, without a point at its end, found 'Organ:'",
                "doc.txt:7:1: expected a line of the addressee, without a point at its end, found 'It was so.'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_letter(text: str, found: list[str]) -> None:
    assert faults("letter", text) == found


@given(st.data(), st.integers(1, 5), st.integers(1, 5))
def test_read_then_printed_a_letter_is_itself(data: st.DataObject, paragraphs: int, organs: int) -> None:
    lines = ["It was so, May 3, 2011."] * paragraphs + ["Here,\u00a0\u00a0May 3, 2011"]
    lines += [*["An Organ"] * organs, "An Organization", "Here."]
    reading = whole("letter", data.draw(spaced(lines)))
    kinds = [each.kind for each in reading.leaves()]
    assert (kinds.count(ElementKind.PARAGRAPH), kinds.count(ElementKind.ORGAN)) == (paragraphs, organs)


@given(mixed("It was so.", "words", "Here, May 3, 2011", "Here, May 32, 2011", "An Organ", "1.", "May 3, 2011"))
def test_any_letter_is_read_whole_or_refused(text: str) -> None:
    read_or_refused("letter", text)


def test_the_note_of_2011(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "linking-document-2011", "note")
    paragraphs = [each for each in element.children if each.kind is ElementKind.PARAGRAPH]
    assert [each.span.of(reading.text).split(" ", 4)[:4] for each in paragraphs] == [
        ["The", "Permanent", "Mission", "of"],
        ["In", "that", "regard,", "the"],
        ["The", "Permanent", "Mission", "of"],
    ]
    assert shown(reading, element)[3:] == [
        ("dateline/place", "place", "Washington, D.C.,"),
        ("dateline/date", "date", "April 1, 2011"),
        ("addressee/organ-1", "organ", "General Secretariat"),
        ("addressee/organ-2", "organ", "Secretariat for Multidimensional Security"),
        ("addressee/organization", "organization", "Organization of American States"),
        ("addressee/place", "place", "Washington, D.C."),
    ]
