"""The values of the model, and the two ways its texts are folded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.kinds import ElementKind
from mandategraph.model import Reading, UnitKey, UnitKind, container, folded, is_date, leaf, words_of
from mandategraph.places import Span


@given(st.text())
def test_folding_white_space_twice_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    assert once.split() == text.split()


@given(st.text())
def test_taking_the_words_twice_changes_nothing(text: str) -> None:
    assert words_of(words_of(text)) == words_of(text)


@given(st.lists(st.text(alphabet="abcdeéñ0", min_size=1), min_size=1), st.data())
def test_words_do_not_depend_on_case_spacing_or_punctuation(words: list[str], data: st.DataObject) -> None:
    between = st.text(alphabet=" \n\u00a0-–_,.;“”()'", min_size=1)
    cased = [word.upper() if data.draw(st.booleans()) else word for word in words]
    text = "".join(word + data.draw(between) for word in cased)
    assert words_of(text) == " ".join(words)


def test_other_words_stay_other_words() -> None:
    assert words_of("prisonlike") != words_of("prison-like")
    assert words_of("a b") != words_of("b a")


@pytest.mark.parametrize("text", ["1990", "1994-10", "1994-12", "2008-02-29", "2003-10-28"])
def test_a_date_is_as_precise_as_it_is_known(text: str) -> None:
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    ["", "199", "19900", "1994-13", "1994-00", "1994-1", "2010-02-30", "20101028", "2010-W01-1", "2010-10-28 ", "٢٠١٠"],
)
def test_no_other_text_is_a_date(text: str) -> None:
    assert not is_date(text)


def test_a_container_reaches_from_its_first_child_to_its_last() -> None:
    children = [leaf("a/1", ElementKind.WORDS, 2, 4), leaf("a/2", ElementKind.WORDS, 7, 9)]
    unit = UnitKey(UnitKind.ACTION, "1.1")
    held = container("a", ElementKind.ACTION, children, unit)
    assert (held.span, held.children, held.realizes) == (Span(2, 9), tuple(children), unit)


def test_a_container_without_children_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="a/b: a container has children"):
        container("a/b", ElementKind.ACTION, [])


def test_walking_goes_parents_first_and_leaves_are_what_has_no_children() -> None:
    inner = container("a/1", ElementKind.CITATION, [leaf("a/1/x", ElementKind.WORDS, 0, 1)])
    whole = container("a", ElementKind.ACTION, [inner, leaf("a/2", ElementKind.WORDS, 2, 3)])
    assert [each.key for each in whole.walk()] == ["a", "a/1", "a/1/x", "a/2"]
    assert [each.key for each in whole.leaves()] == ["a/1/x", "a/2"]


def test_a_reading_goes_through_all_its_parts(readings: tuple[Reading, ...]) -> None:
    report = next(each for each in readings if each.source.identifier == "working-group-report-2012")
    firsts = list(dict.fromkeys(each.key.partition("/")[0] for each in report.elements()))
    assert firsts == ["report", "annex-1", "annex-2"]
    assert [each for each in report.elements() if not each.children] == list(report.leaves())
    assert report.source.file == "working-group-report-2012.txt"
