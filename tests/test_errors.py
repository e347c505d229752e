"""Errors say where, what was expected and what was found."""

import pytest

from mandategraph.errors import (
    CellError,
    ClashError,
    Faults,
    LimitReached,
    LocatedError,
    MandategraphError,
    MissingError,
    SourceError,
    StoreFault,
    SyntaxFault,
    TableError,
    UnknownWordingError,
    near_numbers,
    nearest,
    raise_all,
)
from mandategraph.places import Place

PLACE = Place("a.txt", 3, 7)


@pytest.mark.parametrize("kind", [SourceError, TableError, SyntaxFault])
def test_a_located_error_holds_its_fields(kind: type[LocatedError]) -> None:
    error = kind(PLACE, "a number", "words")
    assert (error.place, error.expected, error.found) == (PLACE, "a number", "words")
    assert str(error) == "a.txt:3:7: expected a number, found 'words'"


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ("action", "a.csv: row 3, action: expected an action, found '2.1'"),
        ("", "a.csv: row 3: expected an action, found '2.1'"),
    ],
)
def test_a_fault_of_a_cell_names_row_and_column(column: str, shown: str) -> None:
    error = CellError(Place("a.csv"), 3, column, "an action", "2.1")
    assert (error.row, error.column, error.found) == (3, column, "2.1")
    assert str(error) == shown


def test_a_fault_of_a_store_says_where() -> None:
    error = StoreFault("https://example.org/sparql", "a whole answer", "x" * 200)
    assert (error.where, error.expected, error.found) == ("https://example.org/sparql", "a whole answer", "x" * 200)
    assert str(error) == f"https://example.org/sparql: expected a whole answer, found '{'x' * 119}…'"


def test_a_limit_says_which_it_is() -> None:
    error = LimitReached("time", 2.5, "seconds")
    assert (error.limit, error.maximum, error.unit) == ("time", 2.5, "seconds")
    assert str(error) == "limit of time reached: expected an answer within 2.5 seconds"


@pytest.mark.parametrize(("length", "shown"), [(120, "x" * 120), (121, "x" * 119 + "…")])
def test_what_was_found_is_shortened_in_the_message_only(length: int, shown: str) -> None:
    error = SourceError(PLACE, "a number", "x" * length)
    assert str(error).endswith(f"found '{shown}'")
    assert error.found == "x" * length


def test_an_unknown_wording_names_the_nearest() -> None:
    error = UnknownWordingError(PLACE, "Plan of Quebek", ["Plan of Quebec", "Plan of Miami"])
    assert error.nearest == ("Plan of Quebec", "Plan of Miami")
    assert "(nearest: 'Plan of Quebec'; 'Plan of Miami'), found 'Plan of Quebek'" in str(error)
    assert "(nearest: none)" in str(UnknownWordingError(PLACE, "x", []))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        (MissingError("x.ttl", "data/graph"), "x.ttl: not found in data/graph"),
        (
            MissingError("x.ttl", "data/graph", ["y.ttl", "z.ttl"]),
            "x.ttl: not found in data/graph; nearest: y.ttl, z.ttl",
        ),
        (MissingError("x.ttl", "data/graph", remedy="build first"), "x.ttl: not found in data/graph; build first"),
        (
            MissingError.among("question", "acton", ["action"], "queries"),
            "question 'acton': not found in queries; nearest: action",
        ),
    ],
)
def test_a_missing_thing_says_where_it_was_looked_for(error: MissingError, shown: str) -> None:
    assert str(error) == shown


def test_no_faults_raise_nothing() -> None:
    raise_all([])


def test_one_fault_is_raised_as_it_is() -> None:
    fault = SourceError(PLACE, "a", "b")
    with pytest.raises(SourceError) as caught:
        raise_all([fault])
    assert caught.value is fault


def test_several_faults_are_raised_together_in_their_order() -> None:
    faults: list[MandategraphError] = [TableError(PLACE, "a", "b"), ClashError("c")]
    with pytest.raises(Faults) as caught:
        raise_all(faults)
    assert caught.value.faults == tuple(faults)
    assert str(caught.value) == "a.txt:3:7: expected a, found 'b'\nc"


def test_the_nearest_come_best_first_once_each_and_no_more_than_asked_for() -> None:
    known = ["Plan of Miami", "Plan of Quebec", "Plan of Quebec", "zzz"]
    assert nearest("Plan of Quebek", known) == ["Plan of Quebec", "Plan of Miami"]
    assert nearest("Plan of Quebek", known, count=1) == ["Plan of Quebec"]
    assert nearest("ÿÿÿ", known) == []


@pytest.mark.parametrize(
    ("number", "known", "found"),
    [
        ("1.10", ["1.1", "1.9", "1.11", "2.10"], ["1.9", "1.11", "1.1"]),
        ("3", ["1", "4", "3.1"], ["4", "1", "3.1"]),
        ("1.1", ["1.2", "1.2", "1.3"], ["1.2", "1.3"]),
        ("1.1", [], []),
        ("1.a", ["1.1", "zzz"], ["1.1"]),
    ],
)
def test_the_nearest_numbers_are_near_part_by_part(number: str, known: list[str], found: list[str]) -> None:
    assert near_numbers(number, known) == found
