"""Schemes lead from the words of tables to concepts, and Turtle that cannot be read is placed."""

from pathlib import Path

import pytest

from mandategraph.errors import MandategraphError, SyntaxFault, TableError
from mandategraph.kinds import ElementKind
from mandategraph.places import Place
from mandategraph.schemes import Schemes, parsed, schemes_of, turtle_fault
from mandategraph.tables import Row, rows, schema
from mandategraph.vocabulary import MG

PREFIXES = (
    "@prefix mg: <https://w3id.org/mandategraph/ontology#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
)


def held(turtle: str) -> Schemes:
    """The schemes of a small graph."""
    return schemes_of(parsed(PREFIXES + turtle, "s.ttl"), "s.ttl")


def test_a_concept_is_found_in_every_scheme_it_stands_in() -> None:
    found = held(
        'mg:a skos:inScheme mg:One , mg:Two ; skos:notation "a word" . mg:b skos:inScheme mg:Two ; skos:notation "b" .'
    )
    assert found.concept("One", "a word") == found.concept("Two", "a word") == MG["a"]
    assert {name: sorted(each) for name, each in found.concepts.items()} == {"One": ["a word"], "Two": ["a word", "b"]}


def test_unnamed_nodes_are_no_concepts() -> None:
    assert held('[] skos:inScheme mg:One ; skos:notation "a" .').concepts == {}


def test_an_unknown_notation_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="b"):
        held('mg:a skos:inScheme mg:One ; skos:notation "a" .').concept("One", "b")


def test_a_notation_stands_for_one_concept_of_a_scheme() -> None:
    with pytest.raises(SyntaxFault) as caught:
        held('mg:a skos:inScheme mg:One ; skos:notation "x" . mg:b skos:inScheme mg:One ; skos:notation "x" .')
    fault = caught.value
    assert (fault.place, fault.expected) == (Place("s.ttl"), "a notation once in mg:One")
    assert "'x' for " in fault.found
    assert {MG["a"].value, MG["b"].value} <= set(fault.found.split())


def test_a_notation_may_stand_for_other_concepts_of_other_schemes() -> None:
    found = held('mg:a skos:inScheme mg:One ; skos:notation "x" . mg:b skos:inScheme mg:Two ; skos:notation "x" .')
    assert (found.concept("One", "x"), found.concept("Two", "x")) == (MG["a"], MG["b"])


def test_a_concept_without_notation_is_named() -> None:
    with pytest.raises(MandategraphError, match="ontology#a"):
        held("mg:a skos:inScheme mg:One .")


def test_a_cell_that_is_a_notation_passes(schemes: Schemes) -> None:
    (row,) = rows("kind\nresolution\n", "t.tsv", schema("kind"))
    schemes.check(row, "kind", "InstrumentKinds")


@pytest.mark.parametrize(
    ("cell", "near"),
    [("resolutoin", r"resolution, .*"), ("qqqq", r".*declaration.*resolution.*")],
)
def test_a_cell_that_is_none_is_told_the_nearest_or_all(schemes: Schemes, cell: str, near: str) -> None:
    (row,) = rows(f"kind\n{cell}\n", "t.tsv", schema("kind"))
    message = rf"^t\.tsv:2: expected kind: a notation of mg:InstrumentKinds \(nearest: {near}\), found '{cell}'$"
    with pytest.raises(TableError, match=message):
        schemes.check(row, "kind", "InstrumentKinds")


def test_the_schemes_of_the_ontology_cover_the_kinds_of_element(schemes: Schemes) -> None:
    assert schemes.concepts["ElementKinds"].keys() == {str(kind) for kind in ElementKind}


def test_turtle_that_cannot_be_read_is_placed() -> None:
    with pytest.raises(SyntaxFault) as caught:
        parsed("<http://a> <http://b> <http://c> .\n<http://a> ยังไง", "s.ttl")
    fault = caught.value
    assert (fault.place.file, fault.place.line, fault.expected) == ("s.ttl", 2, "Turtle")
    assert fault.place.column > 1
    assert not fault.found.startswith("Parser error")
    assert fault.__cause__ is None


def test_turtle_that_can_be_read_is_all_there(root: Path) -> None:
    text = (root / "ontology/alignments.ttl").read_text("utf-8")
    assert len(parsed(text, "alignments.ttl")) == len(set(parsed(text, "alignments.ttl"))) > 10


def test_a_syntax_error_without_a_line_names_the_file_only() -> None:
    assert turtle_fault(SyntaxError("odd"), "s.ttl").place == Place("s.ttl")


def column_of(cells: list[str]) -> list[Row]:
    """The rows of a table with these cells in the column `kind`, each beside a name."""
    return rows("name\tkind\n" + "".join(f"n\t{each}\n" for each in cells), "t.tsv", schema("name kind", "kind"))


def test_every_cell_of_a_column_that_is_no_notation_is_found_at_its_row(schemes: Schemes) -> None:
    found = schemes.faults(
        column_of(["resolution", "resolutoin", "", "draft", "Resolution"]), "kind", "InstrumentKinds"
    )
    assert [(each.place, each.found) for each in found] == [
        (Place("t.tsv", 3), "resolutoin"),
        (Place("t.tsv", 5), "draft"),
        (Place("t.tsv", 6), "Resolution"),
    ]
    assert all(each.expected.startswith("kind: a notation of mg:InstrumentKinds (nearest: ") for each in found)
    assert "draft resolution" in found[1].expected


def test_a_fault_of_a_column_is_the_one_that_its_cell_raises(schemes: Schemes) -> None:
    (row,) = column_of(["poem"])
    (found,) = schemes.faults([row], "kind", "InstrumentKinds")
    with pytest.raises(TableError) as caught:
        schemes.check(row, "kind", "InstrumentKinds")
    assert str(found) == str(caught.value)


@pytest.mark.parametrize("cells", [[], [""], ["", "resolution", "declaration"]])
def test_a_column_of_notations_and_empty_cells_has_no_faults(schemes: Schemes, cells: list[str]) -> None:
    assert schemes.faults(column_of(cells), "kind", "InstrumentKinds") == []


def test_a_blank_cell_is_no_empty_one(schemes: Schemes) -> None:
    (found,) = schemes.faults(column_of([" "]), "kind", "InstrumentKinds")
    assert found.found == " "


def test_a_notation_of_another_scheme_is_found(schemes: Schemes) -> None:
    assert schemes.faults(column_of(["regular"]), "kind", "MeetingForms") == []
    (found,) = schemes.faults(column_of(["regular"]), "kind", "MeetingKinds")
    assert found.expected.startswith("kind: a notation of mg:MeetingKinds (nearest: ")


def test_the_faults_of_an_unknown_scheme_are_a_key_error(schemes: Schemes) -> None:
    with pytest.raises(KeyError, match="Poems"):
        schemes.faults(column_of(["ode"]), "kind", "Poems")
