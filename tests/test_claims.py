"""The claims: every fault of their tables is found where it is, and no claim stands without its grounds."""

from pathlib import Path

import pytest

from mandategraph.claims import SCHEMAS, UNDECIDED, loaded, named
from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.record import NONE, REFERENCE_KINDS, Claims, Identity, Principle, Reference, Side, ThemeTag
from mandategraph.schemes import Schemes
from tabled import Cells, Tables, counted, faults_of, needed, written


def small() -> Tables:
    """Tables without a fault: the first row of each says all it can, the second as little as it may."""
    identity = {"reason": "r", "consequence": "c"}
    return {
        "discrepancies": [
            {
                "name": "day-of-adoption",
                "kind": "date",
                "compared_with": "instrument:declaration",
                "holds": "meeting:ga-41",
                "held": "7 June 2011",
                "reason": "r",
            },
            {"name": "two-months", "kind": "impossible date", "holds": UNDECIDED, "held": UNDECIDED, "reason": "r"},
        ],
        "discrepancy-sides": [
            {"discrepancy": "day-of-adoption", "document": "d", "words": "June 8"},
            {"discrepancy": "day-of-adoption", "document": "e", "words": "June 8"},
            {"discrepancy": "two-months", "document": "d", "words": "November September"},
        ],
        "identities": [
            identity
            | {
                "name": "plan-and-resolution",
                "one": "instrument:plan",
                "other": "wording:d/Plan of Miami: 1994",
                "held": "distinct",
                "reassigns": "wording:d/Plan of Miami: 1994",
                "to": "instrument:resolution",
            },
            identity | {"name": "two-bodies", "one": "body:a", "other": "body:b", "held": "undecided"},
        ],
        "themes": [
            {"subject": "quotation:linking-2011/1.1/12", "theme": "police", "words": "police", "reason": "r"},
            {"subject": "action:2012/2.1.2", "theme": "prisons", "words": "prisons", "reason": "r"},
        ],
        "principles": [
            {
                "name": "plan-sovereignty",
                "of": "plan:2012",
                "principle": "sovereignty",
                "document": "d",
                "words": "sovereignty",
                "reason": "r",
            },
            {"name": "plan-2011-none", "of": "plan:2011", "principle": NONE, "reason": "r"},
        ],
    }


def load(held: Tables, schemes: Schemes) -> Claims:
    return loaded(written(held, SCHEMAS), "c", schemes)


def faults(held: Tables, schemes: Schemes) -> list[str]:
    return faults_of(lambda: load(held, schemes))


def test_tables_without_a_fault_load(schemes: Schemes) -> None:
    found = load(small(), schemes)
    day, months = found.discrepancies
    assert (day.compared_with, day.holds, day.held) == (
        Reference("instrument", "declaration"),
        Reference("meeting", "ga-41"),
        "7 June 2011",
    )
    assert (months.kind, months.compared_with, months.holds, months.place) == (
        "impossible date",
        None,
        None,
        Place("c/discrepancies.tsv", 3),
    )
    assert found.sides[1] == Side("day-of-adoption", "e", "June 8", Place("c/discrepancy-sides.tsv", 3))
    assert found.identities[1] == Identity(
        name="two-bodies",
        one="body:a",
        other="body:b",
        held="undecided",
        reason="r",
        consequence="c",
        reassigns="",
        to="",
        place=Place("c/identities.tsv", 3),
    )
    assert found.themes[1] == ThemeTag("action:2012/2.1.2", "prisons", "prisons", "r", Place("c/themes.tsv", 3))
    assert found.principles[0] == Principle(
        "plan-sovereignty",
        Reference("plan", "2012"),
        "sovereignty",
        "d",
        "sovereignty",
        "r",
        Place("c/principles.tsv", 2),
    )


KINDS = f"kind:name, the kind one of {', '.join(REFERENCE_KINDS)}"
FORMS = {
    "name": "a name of small letters, digits, '-' and '.'",
    "holds": f"'{UNDECIDED}' or {KINDS}",
    "identity": "kind:name, or wording:DOCUMENT/WORDING",
    "reassigned": "an instrument, exactly where something is reassigned",
    "subject": "quotation:DOCUMENT/ACTION/NUMBER or action:PLAN/ACTION",
    "words": f"the words that justify the theme, exactly where it is not '{NONE}'",
    "stated": f"a document and its words, exactly where the principle is not '{NONE}'",
}


@pytest.mark.parametrize(
    ("table", "number", "column", "value", "expected"),
    [
        ("discrepancies", 1, "kind", "imposible date", "a notation of mg:DiscrepancyKinds (nearest: impossible date"),
        ("identities", 1, "held", "the same", "a notation of mg:IdentityStates (nearest: "),
        ("themes", 0, "theme", "polise", "a notation of mg:Themes (nearest: police"),
        ("principles", 0, "principle", "souvereignty", "a notation of mg:Principles (nearest: sovereignty"),
        ("identities", 0, "name", "Plan and resolution", FORMS["name"]),
        ("principles", 0, "name", "plan/sovereignty", FORMS["name"]),
        ("discrepancies", 0, "compared_with", "declaration", KINDS),
        ("discrepancies", 1, "compared_with", UNDECIDED, KINDS),
        ("discrepancies", 0, "holds", "7 June 2011", FORMS["holds"]),
        ("discrepancies", 0, "holds", "Undecided", FORMS["holds"]),
        ("discrepancies", 1, "holds", "day:7", FORMS["holds"]),
        ("discrepancies", 1, "holds", "instrument:", FORMS["holds"]),
        ("identities", 0, "one", "plan", FORMS["identity"]),
        ("identities", 0, "one", "instrument:", FORMS["identity"]),
        ("identities", 1, "other", "wording:Plan of Miami", FORMS["identity"]),
        ("identities", 1, "other", "wording:d/", FORMS["identity"]),
        ("identities", 1, "other", "wording:d/ Plan of Miami", FORMS["identity"]),
        ("identities", 1, "other", "wording:D/Plan of Miami", FORMS["identity"]),
        ("identities", 1, "other", "words:d/Plan of Miami", FORMS["identity"]),
        ("identities", 0, "reassigns", "Plan of Miami", FORMS["identity"]),
        ("identities", 0, "reassigns", "", FORMS["reassigned"]),
        ("identities", 0, "to", "", FORMS["reassigned"]),
        ("identities", 0, "to", "instrument:", FORMS["identity"]),
        ("identities", 0, "to", "plan:2012", "instrument:name, or 'none'"),
        ("identities", 0, "to", "wording:d/Plan of Miami", "instrument:name, or 'none'"),
        ("themes", 0, "subject", "linking-2011/1.1/12", FORMS["subject"]),
        ("themes", 0, "subject", "quotation:linking-2011/1.1", FORMS["subject"]),
        ("themes", 0, "subject", "quotation:linking-2011/1.1/0", FORMS["subject"]),
        ("themes", 0, "subject", "quotation:linking-2011/a/1", FORMS["subject"]),
        ("themes", 0, "subject", "quotation:Linking/1.1/1", FORMS["subject"]),
        ("themes", 1, "subject", "action:2012", FORMS["subject"]),
        ("themes", 1, "subject", "action:2012/2.1/3", FORMS["subject"]),
        ("themes", 1, "subject", "plan:2012", FORMS["subject"]),
        ("themes", 1, "words", "", FORMS["words"]),
        ("principles", 0, "of", "2012", KINDS),
        ("principles", 1, "of", "plans:2011", KINDS),
        ("principles", 0, "words", "", FORMS["stated"]),
        ("principles", 1, "words", "w", FORMS["stated"]),
    ],
)
def test_each_fault_is_found_where_it_is(
    schemes: Schemes, table: str, number: int, column: str, value: str, expected: str
) -> None:
    held = small()
    held[table][number][column] = value
    (told,) = faults(held, schemes)
    at = "to" if expected == FORMS["reassigned"] else column
    assert told.startswith(f"c/{table}.tsv:{number + 2}: expected {at}: {expected}")
    assert told.endswith(f", found {held[table][number][at]!r}")


@pytest.mark.parametrize(
    ("number", "cells", "words"),
    [
        (0, {"document": ""}, "sovereignty"),
        (0, {"document": "", "words": ""}, ""),
        (0, {"principle": NONE}, "sovereignty"),
        (1, {"document": "d"}, ""),
        (1, {"document": "d", "words": "w"}, "w"),
        (1, {"principle": "gender"}, ""),
    ],
)
def test_a_principle_has_a_document_and_words_and_none_has_neither(
    schemes: Schemes, number: int, cells: Cells, words: str
) -> None:
    held = small()
    held["principles"][number].update(cells)
    assert faults(held, schemes) == [
        f"c/principles.tsv:{number + 2}: expected words: {FORMS['stated']}, found {words!r}"
    ]


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"theme": NONE, "words": "", "reason": "nothing fits"}, []),
        ({"theme": NONE, "words": "police"}, [f"words: {FORMS['words']}, found 'police'"]),
    ],
)
def test_what_has_no_theme_has_a_reason_and_no_words(schemes: Schemes, cells: Cells, found: list[str]) -> None:
    held = small()
    held["themes"][0].update(cells)
    told = faults(held, schemes)
    assert told == [f"c/themes.tsv:2: expected {each}" for each in found]


def test_a_side_of_an_unknown_discrepancy_leaves_its_own_without(schemes: Schemes) -> None:
    held = small()
    held["discrepancy-sides"][2]["discrepancy"] = "two-moths"
    assert faults(held, schemes) == [
        (
            "c/discrepancy-sides.tsv:4: expected discrepancy: a name of discrepancies.tsv (nearest: two-months), "
            "found 'two-moths'"
        ),
        "c/discrepancies.tsv:3: expected name: a discrepancy with a row of discrepancy-sides.tsv, found 'two-months'",
    ]


def test_a_discrepancy_without_sides_is_found(schemes: Schemes) -> None:
    held = small()
    held["discrepancies"].append(held["discrepancies"][1] | {"name": "alone"})
    assert faults(held, schemes) == [
        "c/discrepancies.tsv:4: expected name: a discrepancy with a row of discrepancy-sides.tsv, found 'alone'"
    ]


def test_the_name_of_a_discrepancy_fits_an_iri(schemes: Schemes) -> None:
    held = small()
    for row, column in ((held["discrepancies"][1], "name"), (held["discrepancy-sides"][2], "discrepancy")):
        row[column] = "Two months"
    assert faults(held, schemes) == [f"c/discrepancies.tsv:3: expected name: {FORMS['name']}, found 'Two months'"]


@pytest.mark.parametrize(("table", "column"), needed(SCHEMAS))
def test_a_cell_that_must_be_filled_is_not_blank(schemes: Schemes, table: str, column: str) -> None:
    held = small()
    held[table][0][column] = ""
    assert faults(held, schemes) == [f"c/{table}.tsv:2: expected {column}: a value, found ''"]


@pytest.mark.parametrize("table", ["discrepancies", "identities", "principles"])
def test_no_claim_stands_without_a_reason(table: str) -> None:
    assert (table, "reason") in needed(SCHEMAS)


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_no_row_stands_twice(schemes: Schemes, table: str) -> None:
    held = small()
    held[table].append(held[table][0])
    key = SCHEMAS[table].key
    (told,) = faults(held, schemes)
    line = len(held[table]) + 1
    assert told.startswith(f"c/{table}.tsv:{line}: expected {key[0]}: a {' and '.join(key)} not used before ")
    assert told.endswith(f"(c/{table}.tsv:2 has it), found {held[table][0][key[0]]!r}")


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_table_is_held_against_its_columns(schemes: Schemes, table: str) -> None:
    contents = written(small(), SCHEMAS)
    contents[table] = contents[table].replace("\t", "\tmore\t", 1)
    columns = SCHEMAS[table].columns
    (told,) = faults_of(lambda: loaded(contents, "c", schemes))
    assert told.startswith(f"c/{table}.tsv:1: expected the columns {', '.join(columns)}, found '{columns[0]}, more, ")


def test_several_faults_are_told_together(schemes: Schemes) -> None:
    held = small()
    held["discrepancies"][0].update(kind="poem", holds="7 June")
    held["discrepancy-sides"][0]["discrepancy"] = "xyz"
    held["identities"][1].update(one="a", to="body:b")
    held["themes"][0].update(subject="plan:2012", words="")
    held["principles"][0].update(of="2012", document="")
    told = [each.partition(", found ")[0].partition(" (nearest")[0] for each in faults(held, schemes)]
    assert sorted(told) == [
        "c/discrepancies.tsv:2: expected holds: " + FORMS["holds"],
        "c/discrepancies.tsv:2: expected kind: a notation of mg:DiscrepancyKinds",
        "c/discrepancy-sides.tsv:2: expected discrepancy: a name of discrepancies.tsv",
        f"c/identities.tsv:3: expected one: {FORMS['identity']}",
        f"c/identities.tsv:3: expected to: {FORMS['reassigned']}",
        f"c/principles.tsv:2: expected of: {KINDS}",
        f"c/principles.tsv:2: expected words: {FORMS['stated']}",
        f"c/themes.tsv:2: expected subject: {FORMS['subject']}",
        f"c/themes.tsv:2: expected words: {FORMS['words']}",
    ]


@pytest.mark.parametrize(
    ("table", "number", "column"),
    [
        ("discrepancies", 1, "compared_with"),
        ("discrepancies", 1, "holds"),
        ("identities", 1, "one"),
        ("identities", 1, "other"),
        ("identities", 0, "reassigns"),
        ("identities", 0, "to"),
    ],
)
def test_an_instrument_is_named_by_every_cell_that_refers_to_it(
    schemes: Schemes, table: str, number: int, column: str
) -> None:
    assert named(load(small(), schemes)) == {"declaration", "plan", "resolution"}
    held = small()
    before = held[table][number].get(column, "")
    held[table][number][column] = "instrument:another"
    expected = {"declaration", "plan", "resolution", "another"} - {before.removeprefix("instrument:")}
    assert named(load(held, schemes)) == expected


def test_what_is_no_instrument_is_not_named(schemes: Schemes) -> None:
    held = small()
    held["identities"][1]["one"] = "wording:d/instrument:in-a-wording"
    assert named(load(held, schemes)) == {"declaration", "plan", "resolution"}


def test_the_tables_of_this_data_set_load(root: Path, corpus: Corpus) -> None:
    held = corpus.claims
    lengths = {
        "discrepancies": len(held.discrepancies),
        "discrepancy-sides": len(held.sides),
        "identities": len(held.identities),
        "themes": len(held.themes),
        "principles": len(held.principles),
    }
    assert lengths == counted(root, "judgements", SCHEMAS)
    assert all(lengths.values())


def test_what_the_tables_of_this_data_set_name_is_in_the_registry(corpus: Corpus) -> None:
    assert named(corpus.claims)
    assert named(corpus.claims) <= corpus.registry.instruments.keys()
