"""Words of a table are found where they stand, and refused where they do not or stand more than once."""

from dataclasses import replace

import pytest

from mandategraph.errors import TableError
from mandategraph.model import Corpus, Reading
from mandategraph.places import Place, Span
from mandategraph.triples.spans import located, reading_of, tight

HERE = Place("t.tsv", 2)
TEXT = "On March 9 and\nMarch 28, in two\u00a0meetings (as planned), on March 9 again."


@pytest.fixture
def reading(corpus: Corpus) -> Reading:
    """A document of one sentence."""
    return replace(corpus.readings[0], text=TEXT, parts=())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("On March", "On March"),
        ("and March 28", "and\nMarch 28"),
        ("and\n\tMarch   28", "and\nMarch 28"),
        ("two meetings", "two\u00a0meetings"),
        ("(as planned),", "(as planned),"),
        ("⟦March 28⟧", "March 28"),
        ("on ⟦March 9⟧ again", "March 9"),
        ("⟦On March 9⟧ and", "On March 9"),
        ("March 9 and ⟦March 28⟧", "March 28"),
        ("⟦March 9 and March 28⟧, in", "March 9 and\nMarch 28"),
        ("meetings (⟦as planned⟧)", "as planned"),
    ],
)
def test_the_words_that_are_meant_are_found(reading: Reading, words: str, found: str) -> None:
    span = located(reading, words, HERE)
    assert span.of(TEXT) == found
    assert tight(words).split() == found.split()


@pytest.mark.parametrize(("words", "start"), [("On ⟦March 9⟧", 3), ("on ⟦March 9⟧", 58)])
def test_the_words_around_say_which_place_is_meant(reading: Reading, words: str, start: int) -> None:
    assert located(reading, words, HERE) == Span(start, start + 7)


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("April 11", 0),
        ("march 28", 0),
        ("March 9", 2),
        ("⟦March 9⟧", 2),
        ("March 29 and ⟦March 9⟧", 0),
        ("as.planned", 0),
    ],
)
def test_words_that_do_not_stand_once_are_refused_with_their_number(reading: Reading, words: str, times: int) -> None:
    with pytest.raises(TableError) as caught:
        located(reading, words, HERE)
    assert (caught.value.place, caught.value.expected, caught.value.found) == (
        HERE,
        "words that stand once in linking-document-2011.txt",
        f"{times} times: {words}",
    )


@pytest.mark.parametrize(
    "words",
    ["", " ", "⟦⟧ March 28", "⟦ ⟧", "⟦March 28", "March 28⟧", "⟧March 28⟦", "⟦⟦March 28⟧⟧", "⟦March⟧ ⟦28⟧"],
)
def test_brackets_come_as_one_pair_around_words(reading: Reading, words: str) -> None:
    with pytest.raises(TableError) as caught:
        located(reading, words, HERE)
    assert caught.value.expected == "words of linking-document-2011.txt, some of them in one pair of ⟦⟧"
    assert (caught.value.place, caught.value.found) == (HERE, words)


def test_within_a_part_the_first_place_counts(reading: Reading) -> None:
    assert located(reading, "March 9", HERE, Span(0, len(TEXT))) == Span(3, 10)
    assert located(reading, "March 9", HERE, Span(20, len(TEXT))) == Span(58, 65)
    assert located(reading, "and ⟦March 28⟧", HERE, Span(3, 30)) == Span(15, 23)


@pytest.mark.parametrize("within", [Span(0, 9), Span(4, 20), Span(11, 58), Span(59, len(TEXT))])
def test_words_that_reach_out_of_the_part_are_not_in_it(reading: Reading, within: Span) -> None:
    with pytest.raises(TableError) as caught:
        located(reading, "March 9", HERE, within)
    assert caught.value.expected == "words that stand in the part that is meant in linking-document-2011.txt"


def test_a_document_is_found_by_its_name(corpus: Corpus) -> None:
    for each in corpus.readings:
        assert reading_of(corpus, each.source.identifier, HERE) is each
    with pytest.raises(TableError) as caught:
        reading_of(corpus, "linking-document", HERE)
    assert (caught.value.place, caught.value.found) == (HERE, "linking-document")
    assert caught.value.expected == f"a document among {', '.join(each.source.identifier for each in corpus.readings)}"
