"""Places and spans count as they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.places import LineIndex, Place, Span


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place("a.txt"), "a.txt"),
        (Place("a.txt", 3), "a.txt:3"),
        (Place("a.txt", 3, 7), "a.txt:3:7"),
    ],
)
def test_a_place_shows_only_the_numbers_it_has(place: Place, shown: str) -> None:
    assert str(place) == shown


def test_the_key_of_a_row_neither_shows_nor_tells_places_apart() -> None:
    named = Place("a.tsv", 3, key="x · y")
    assert str(named) == "a.tsv:3"
    assert named == Place("a.tsv", 3)
    assert len({named, Place("a.tsv", 3)}) == 1


def test_places_sort_by_file_then_line_then_column() -> None:
    assert sorted([Place("b", 1, 1), Place("a", 10, 1), Place("a", 9, 2), Place("a", 9, 1)]) == [
        Place("a", 9, 1),
        Place("a", 9, 2),
        Place("a", 10, 1),
        Place("b", 1, 1),
    ]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 3)])
def test_a_span_that_does_not_run_forward_cannot_be_built(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"a span runs forward: {start}\.\.{end}"):
        Span(start, end)


def test_a_span_counts_code_points() -> None:
    assert Span(1, 3).of("\U0001f600é\u0301x") == "é\u0301"
    assert Span(0, 1).of("\U0001f600é\u0301x") == "\U0001f600"


@given(st.text(alphabet=st.sampled_from("ab\n\r \u2028"), min_size=1))
def test_a_place_leads_back_to_its_offset(text: str) -> None:
    index = LineIndex("a.txt", text)
    lines = text.split("\n")
    for offset in range(len(text)):
        place = index.place(offset)
        assert sum(len(line) + 1 for line in lines[: place.line - 1]) + place.column - 1 == offset
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
