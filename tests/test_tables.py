"""Tables are read row by row, and each fault says where it is."""

import pytest

from mandategraph.errors import Faults, TableError
from mandategraph.places import Place
from mandategraph.tables import rows, schema

FORM = schema("slug kind note", "note", "slug kind")


def faults(content: str) -> list[str]:
    """The messages of what is wrong with a table."""
    try:
        rows(content, "t.tsv", FORM)
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_row_knows_its_cells_and_its_place(end: str) -> None:
    one, other = rows(f"slug\tkind\tnote\na\tb\tc d\ne\tf\t{end}", "t.tsv", FORM)
    assert (one["slug"], one["kind"], one["note"], one.place) == ("a", "b", "c d", Place("t.tsv", 2))
    assert (other["slug"], other["note"], other.place) == ("e", "", Place("t.tsv", 3))


def test_the_place_of_a_row_has_the_cells_that_name_it() -> None:
    found = rows("slug\tkind\tnote\na\tb\tc\n", "t.tsv", FORM)
    assert [each.place.key for each in found] == ["a · b"]
    (row,) = rows("slug\tkind\tnote\na\tb\tc\n", "t.tsv", schema("slug kind note", key="note slug"))
    assert row.place.key == "c · a"
    (row,) = rows("slug\tkind\na\t\n", "t.tsv", schema("slug kind", "kind", "slug kind"))
    assert row.place.key == "a"
    (row,) = rows("slug\na\n", "t.tsv", schema("slug"))
    assert row.place.key == ""


def test_a_table_may_have_no_rows() -> None:
    assert rows("slug\tkind\tnote\n", "t.tsv", FORM) == []


def test_rows_without_a_key_may_repeat() -> None:
    assert len(rows("slug\na\na\n", "t.tsv", schema("slug"))) == 2


def test_a_fault_of_a_cell_quotes_it() -> None:
    (row,) = rows("slug\tkind\tnote\na\tb\t\n", "t.tsv", FORM)
    fault = row.fault("kind", "a number")
    assert isinstance(fault, TableError)
    assert str(fault) == "t.tsv:2: expected kind: a number, found 'b'"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("", ["t.tsv:1: expected the columns slug, kind, note, found ''"]),
        ("kind\tslug\tnote\n", ["t.tsv:1: expected the columns slug, kind, note, found 'kind, slug, note'"]),
        ("slug\tkind\tnote\r\n", ["t.tsv:1: expected the columns slug, kind, note, found 'slug, kind, note\\r'"]),
        ("slug\tkind\tnote\na\tb\n", ["t.tsv:2: expected 3 cells, found '2: a\\tb'"]),
        ("slug\tkind\tnote\na\tb\tc\td\n", ["t.tsv:2: expected 3 cells, found '4: a\\tb\\tc\\td'"]),
        ("slug\tkind\tnote\n\n", ["t.tsv:2: expected 3 cells, found '1: '"]),
        ("slug\tkind\tnote\na\t\t\n", ["t.tsv:2: expected kind: a value, found ''"]),
        ("slug\tkind\tnote\na\t \t\n", ["t.tsv:2: expected kind: a value, found ' '"]),
        (
            "slug\tkind\tnote\na\tb\t\na\tc\t\na\tb\tx\n",
            ["t.tsv:4: expected slug: a slug and kind not used before (t.tsv:2 has it), found 'a'"],
        ),
        (
            "slug\tkind\tnote\na\n\tb\t\na\tb\t\na\tb\t\n",
            [
                "t.tsv:2: expected 3 cells, found '1: a'",
                "t.tsv:3: expected slug: a value, found ''",
                "t.tsv:5: expected slug: a slug and kind not used before (t.tsv:4 has it), found 'a'",
            ],
        ),
    ],
)
def test_each_fault_is_told_with_its_place(content: str, found: list[str]) -> None:
    assert faults(content) == found
