"""What people type and what it means: in four languages, with and without accents, and never guessed."""

import unicodedata
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import naming
from mandategraph.errors import MissingError, TableError
from mandategraph.iris import DEFAULT_BASE
from mandategraph.naming import NOTHING, Naming, Number, Words, number, tokens
from mandategraph.queries import rows
from mandategraph.tables import rows as table_rows
from serving import HOME, folder_of, store
from test_architecture import DEFINED

TABLE = HOME.words.read_text("utf-8")


@cache
def words() -> Words:
    """The words for kinds: of the ontology, and of the table."""
    return naming.words_of(store(), folder_of("lookups"), TABLE, "words.tsv")


@cache
def names() -> Naming:
    """The names of the release."""
    return naming.opened(store(), folder_of("lookups"), HOME.words)


def meant(typed: str, *kinds: str) -> list[str]:
    """What is typed, as paths under the base."""
    return [each.iri.removeprefix(DEFAULT_BASE) for each in names().candidates(typed, kinds)]


ONE = [
    ("2.1.2", "plan/2012/action/2.1.2"),
    ("objetivo 2.1 acción 2", "plan/2012/action/2.1.2"),
    ("Objective 2.1, proposed action 2", "plan/2012/action/2.1.2"),
    ("objectif 2.1, action proposée 2", "plan/2012/action/2.1.2"),
    ("action 2 de l'objectif 2.1", "plan/2012/action/2.1.2"),
    ("l’action 2 de l’objectif 2.1 du plan de 2012", "plan/2012/action/2.1.2"),
    ("objetivo 2.1, ação proposta n.º 2", "plan/2012/action/2.1.2"),
    ("acción 2 del objetivo 2.1 del plan 2012", "plan/2012/action/2.1.2"),
    ("2.1, action 2", "plan/2012/action/2.1.2"),
    ("Objective 3.2", "plan/2012/objective/3.2"),
    ("OBJETIVO 3.2.", "plan/2012/objective/3.2"),
    ("action 1.4 of plan 2011-03-07", "plan/2011-03-07/action/1.4"),
    ("1.4 2011-draft", "plan/2011-draft/action/1.4"),
    ("capítulo 2 del plan de 2012", "plan/2012/chapter/2"),
    ("2012", "plan/2012"),
    ("plan 2012", "plan/2012"),
    ("plano de 2011-03-07", "plan/2011-03-07"),
    ("Overview, paragraph 1", "plan/2012/section/overview/1"),
    ("Resolución 2551", "instrument/ag-res-2551-xl-o-10"),
    ("Résolution 2551", "instrument/ag-res-2551-xl-o-10"),
    ("resolução n.º 2551", "instrument/ag-res-2551-xl-o-10"),
    ("AG/RES 2551", "instrument/ag-res-2551-xl-o-10"),
    ("AG/RES. 2551", "instrument/ag-res-2551-xl-o-10"),
    ("AG/RES. 2551 (XL-O/10)", "instrument/ag-res-2551-xl-o-10"),
    ("ag-res-2551", "instrument/ag-res-2551-xl-o-10"),
    ("Resolución AG/RES. 2551", "instrument/ag-res-2551-xl-o-10"),
    ("2551", "instrument/ag-res-2551-xl-o-10"),
    ("Resolución AG/RES. 2551 de la Asamblea General", "instrument/ag-res-2551-xl-o-10"),
    ("Resolución 2551 de la Asamblea General", "instrument/ag-res-2551-xl-o-10"),
    ("resolution AG/RES. 2551 (XL-O/10) of the General Assembly", "instrument/ag-res-2551-xl-o-10"),
    ("the document CSH/GT/DSS-12/12 rev. 5 of the group", "instrument/hemispheric-plan-citizen-security-2012"),
    ("Declaración AG/DEC. 63 de la Asamblea General", "instrument/ag-dec-63-lima-2010"),
    ("III MISPA", "meeting/mispa-3"),
    ("AG/DEC. 66", "instrument/declaration-san-salvador-2011"),
    ("CP/RES. 908", "instrument/cp-res-908-1567-06"),
    ("CIFTA", "instrument/cifta-1997"),
    ("Declaración de Lima", "instrument/ag-dec-63-lima-2010"),
    ("declaracao de lima", "instrument/ag-dec-63-lima-2010"),
    ("Compromiso por la Seguridad Pública en las Américas", "instrument/commitment-public-security-2008"),
    ("Plan de Acción de Quebec, 2001", "instrument/plan-of-action-quebec-2001"),
    ("CSH/GT/DSS-12/12", "instrument/hemispheric-plan-citizen-security-2012"),
    ("MISPA", "body/mispa"),
    ("Denys Toscano", "person/denys-toscano-amores"),
]


@pytest.mark.parametrize(("typed", "path"), ONE)
def test_what_is_typed_is_found(typed: str, path: str) -> None:
    assert meant(typed) == [path]


SEVERAL = [
    ("2.1", ["plan/2011-03-07/action/2.1", "plan/2011-draft/action/2.1", "plan/2012/objective/2.1"]),
    ("acción 2.1", ["plan/2011-03-07/action/2.1", "plan/2011-draft/action/2.1"]),
    ("MISPA I", ["instrument/commitment-public-security-2008", "meeting/mispa-1"]),
    ("I MISPA", ["instrument/commitment-public-security-2008", "meeting/mispa-1"]),
    ("MISPA II", ["instrument/consensus-santo-domingo-2009", "meeting/mispa-2"]),
    ("II MISPA", ["instrument/consensus-santo-domingo-2009", "meeting/mispa-2"]),
    (
        "resolución A/RES/55/25 de las Naciones Unidas",
        ["instrument/palermo-tip-protocol-2000", "instrument/untoc-2000"],
    ),
    ("AG/RES. 2551 y AG/RES. 2543", ["instrument/ag-res-2543-xl-o-10", "instrument/ag-res-2551-xl-o-10"]),
    (
        "Hemispheric Drug Strategy",
        ["instrument/ga-resolution-drug-strategy-2010", "instrument/hemispheric-drug-strategy-2010"],
    ),
    (
        "Declaration of Mar del Plata, 2005",
        ["instrument/declaration-mar-del-plata-2005", "instrument/plan-of-action-mar-del-plata-2005"],
    ),
    (
        "Work Plan against Trafficking in Persons in the Western Hemisphere",
        ["instrument/ag-res-2551-xl-o-10", "instrument/work-plan-tip-2010"],
    ),
]


@pytest.mark.parametrize(("typed", "paths"), SEVERAL)
def test_what_may_mean_several_things_is_not_guessed(typed: str, paths: list[str]) -> None:
    assert meant(typed) == paths


def test_the_kinds_wanted_decide_between_several() -> None:
    assert meant("MISPA I", "instrument") == ["instrument/commitment-public-security-2008"]
    assert meant("MISPA I", "meeting") == ["meeting/mispa-1"]
    assert meant("MISPA I", "plan") == []
    assert meant("2.1", "objective") == ["plan/2012/objective/2.1"]


def test_a_symbol_as_a_document_prints_it_means_what_it_is_taken_to_mean() -> None:
    assert meant("AG/RES. 57") == ["instrument/ag-dec-57-medellin-2008"]
    assert meant("AG/RES. 2543 (XXXIX-O/09)") == ["instrument/ag-res-2543-xl-o-10"]
    assert [each.how for each in names().candidates("AG/RES. 57")] == ["symbol"]


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "!!!", "plan", "action", "resolución", "security", "9.9", "objective 1.1 objective 1.2", "1 2"),
        *("XL-O/10", "Quebec", "Palermo Convention", "resolution 55 of the United Nations"),
        *("AG/RES. 2551 (XLI-O/11) of the General Assembly", "AG/RES. 2551, paragraph 3", "AG/RES. 2551 y 2600"),
    ],
)
def test_what_names_nothing_has_no_candidates(typed: str) -> None:
    assert meant(typed) == []


def test_every_name_that_is_known_is_found_whatever_its_case_accents_and_points() -> None:
    assert len(names().names) > 500
    for each in names().names:
        plain = unicodedata.normalize("NFD", each.name.upper())
        for typed in (each.name, plain, f"  {each.name}. "):
            assert each.iri in {found.iri for found in names().candidates(typed, (each.kind,))}, typed


@given(st.text(max_size=600))
def test_whatever_is_typed_has_candidates_that_are_known_or_none(typed: str) -> None:
    found = names().candidates(typed)
    assert {each.iri for each in found} <= {each.iri for each in names().names}
    assert len({each.iri for each in found}) == len(found)
    assert set(names().near(typed)) <= {each.name for each in names().names}


@given(st.text())
def test_tokens_are_folded_once_and_for_all(text: str) -> None:
    found = tokens(text)
    assert tokens(" ".join(found)) == found


@pytest.mark.parametrize(
    ("read", "found"),
    [
        (("2.1.2",), Number("2.1.2", "", "")),
        ((":Chapter", "2", ":Objective", "2.1"), Number("2.1", "objective", "")),
        ((":Chapter", "2", ":Objective", "1", ":Action", "2"), Number("2.1.2", "action", "")),
        (("2012", "2.1"), Number("2.1", "", "2012")),
        (("2012",), Number("2012", "", "")),
        ((":Objective",), None),
        ((":Objective", ":Action", "2"), None),
        (("1.1", "1.2"), None),
        ((":Action", "1", ":Action", "2"), None),
        (("prison", "2.1"), None),
        ((), None),
    ],
)
def test_a_number_is_read_from_what_is_said_of_it(read: tuple[str, ...], found: Number | None) -> None:
    assert number(read, {("2012",): "2012"}) == found


def test_what_is_near_is_told_in_numbers_for_a_number_and_in_names_for_a_name() -> None:
    assert names().near("action 9.9") == ["5.5", "5.4", "5.3"]
    assert names().near("plan-of-action-quebek", ("instrument",))[0] == "plan-of-action-quebec-2001"
    assert names().near("Quebec", ("instrument",)) == [
        "Plan of Action of the Third Summit of the Americas (Quebec City)"
    ]
    assert names().near("ixtapa", ("instrument",)) == ["Declaration and Program of Action of Ixtapa"]
    assert names().near("Hemispheric Plan", ("plan",)) == [
        "Hemispheric Plan of Action to Follow Up on the Declaration of San Salvador on Citizen Security in the Americas"
    ]
    assert len(names().near("security")) == 5
    assert names().near("of the") == []
    assert set(names().near("2013", ("plan",))) <= {each.name for each in names().names}
    assert names().number("Objective 2.1, proposed action 2") == Number("2.1.2", "action", "")
    assert names().number("prison") is None


# The words


def test_every_row_of_the_table_means_a_term_of_the_ontology() -> None:
    listed = table_rows(TABLE, "words.tsv", naming.WORDS)
    assert len(listed) > 50
    assert {row["means"] for row in listed} - {NOTHING} <= DEFINED
    assert {row["language"] for row in listed} == {"any", "en", "es", "fr", "pt"}
    ordered = [row["words"] for row in listed]
    assert all(tokens(each) for each in ordered)


def test_no_word_has_two_meanings() -> None:
    labels = rows(store(), folder_of("lookups")["kind-words"], {}).values()
    listed = [(row["word"], row["term"].rpartition("#")[2]) for row in labels]
    listed += [(row["words"], row["means"]) for row in table_rows(TABLE, "words.tsv", naming.WORDS)]
    meanings: dict[tuple[str, ...], set[str]] = {}
    for text, means in listed:
        meanings.setdefault(words().read(text) if means != NOTHING else tokens(text), set()).add(means)
    assert {text: found for text, found in meanings.items() if len(found) > 1} == {}


def test_every_word_is_read_as_its_kind() -> None:
    for row in table_rows(TABLE, "words.tsv", naming.WORDS):
        assert words().read(row["words"]) == (() if row["means"] == NOTHING else (f":{row['means']}",))
    labels = rows(store(), folder_of("lookups")["kind-words"], {}).values()
    assert len(labels) == 92
    for label in labels:
        assert words().read(label["word"]) == (f":{label['term'].rpartition('#')[2]}",)


def test_a_word_that_is_passed_over_tells_no_two_things_apart() -> None:
    told: dict[tuple[str, ...], dict[tuple[str, ...], set[str]]] = {}
    for each in names().names:
        if each.how != "number":
            told.setdefault(words().read(each.name), {}).setdefault(tokens(each.name), set()).add(each.iri)
    assert len(told) > 300
    clashes = {read: spelt for read, spelt in told.items() if len(set(map(frozenset, spelt.values()))) > 1}
    assert {read for read, spelt in clashes.items() if not set.intersection(*spelt.values())} == set()


def test_a_table_that_is_not_there_or_broken_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match=r"words\.tsv: not found in"):
        naming.opened(store(), folder_of("lookups"), tmp_path / "words.tsv")
    with pytest.raises(TableError, match=r"words\.tsv:1: expected the columns language, words, means"):
        naming.words_of(store(), folder_of("lookups"), "a\tb\n", "words.tsv")
