"""Marks: the same characters in a text as it is given and in the source, whatever its white space."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.marks import CLOSE, OPEN, Marked, as_text, in_source, marked
from mandategraph.model import folded


def test_marks_are_shown_as_stars() -> None:
    assert Marked("in prison or not", ((3, 9), (13, 16))).shown() == "in *prison* or *not*"


def test_marks_that_stand_as_characters_are_taken_out() -> None:
    assert marked(f"in {OPEN}prison{CLOSE} or {OPEN}not{CLOSE}") == Marked("in prison or not", ((3, 9), (13, 16)))
    assert marked("") == Marked("", ())


@pytest.mark.parametrize(
    ("span", "places"),
    [
        ("in prison or not", ((3, 9), (13, 16))),
        ("in\n   prison or not", ((6, 12), (16, 19))),
        ("  in\u00a0prison\r\nor  not ", ((5, 11), (17, 20))),
        ("in prison, not", ()),
    ],
)
def test_the_places_are_those_in_the_source(span: str, places: tuple[tuple[int, int], ...]) -> None:
    found = Marked("in prison or not", ((3, 9), (13, 16)))
    assert in_source(found, span, 0, len(span)) == places
    moved = tuple((start + 4, end + 4) for start, end in places)
    assert in_source(found, f"the {span} the", 4, 4 + len(span)) == moved


@given(st.lists(st.tuples(st.text("aé.", min_size=1, max_size=4), st.text(" \n\u00a0\t", min_size=1, max_size=3))))
def test_every_word_is_where_it_stands(parts: list[tuple[str, str]]) -> None:
    span = "".join(word + space for word, space in parts)
    words = folded(span)
    marks, at = [], 0
    for word, _ in parts:
        marks.append((at, at + len(word)))
        at += len(word) + 1
    found = in_source(Marked(words, tuple(marks)), span, 0, len(span))
    assert [span[start:end] for start, end in found] == [word for word, _ in parts]


def test_marks_in_a_column_are_start_and_end_of_each() -> None:
    assert as_text(((3, 9), (13, 16))) == "3-9 13-16"
