"""The judgements: every fault of their tables is found where it is."""

from pathlib import Path

import pytest

from mandategraph.errors import Faults, TableError
from mandategraph.judgements import SCHEMAS, loaded
from mandategraph.model import Judgements, Verb
from mandategraph.places import Place
from mandategraph.schemes import Schemes

Cells = dict[str, str]
Tables = dict[str, list[Cells]]

CUE = {"document": "d", "quotation": "1.1/1", "words": "Adopt", "verb": "adopt", "reason": "r"}


def small() -> Tables:
    """Tables without a fault."""
    return {
        "cues": [CUE | {"addressee_words": "states", "addressee": "member-states"}],
        "verbs": [{"verb": "adopt", "strength": "strong", "reason": "r"}],
        "overlaps": [
            {"document": "d", "quotation": "1.1/1", "other": "1.1/2", "relation": "different cut", "reason": "r"},
        ],
        "stated-sources": [{"plan": "p", "document": "d", "name": "purpose", "words": "w", "reason": "r"}],
        "scope": [{"name": "texts", "statement": "s", "state": "not compared", "reason": "r"}],
    }


def load(held: Tables, schemes: Schemes) -> Judgements:
    contents = {
        name: "".join(
            "\t".join(line) + "\n"
            for line in [form.columns, *([row.get(column, "") for column in form.columns] for row in held[name])]
        )
        for name, form in SCHEMAS.items()
    }
    return loaded(contents, "j", schemes)


def faults(held: Tables, schemes: Schemes) -> list[str]:
    """The messages of what is wrong with the tables."""
    try:
        load(held, schemes)
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


def test_tables_without_a_fault_load(schemes: Schemes) -> None:
    found = load(small(), schemes)
    (cue,) = found.cues
    assert (cue.quotation, cue.words, cue.addressee, cue.place) == (
        "1.1/1",
        "Adopt",
        "member-states",
        Place("j/cues.tsv", 2),
    )
    assert found.verbs == {"adopt": Verb("adopt", "strong", "r")}
    (overlap,) = found.overlaps
    assert (overlap.other, overlap.place) == ("1.1/2", Place("j/overlaps.tsv", 2))
    (stated,) = found.stated_sources
    assert (stated.words, stated.place) == ("w", Place("j/stated-sources.tsv", 2))
    (boundary,) = found.scope
    assert (boundary.statement, boundary.document, boundary.place) == ("s", "", Place("j/scope.tsv", 2))


VERB_OF_WORDS = "verb: a verb exactly where there are words"
ADDRESSEE_OF_WORDS = "addressee: an addressee exactly where there are addressee_words"
DOCUMENT_OF_WORDS = "document: a document exactly where there are words"
NAME = "name: a name of small letters, digits, '-' and '.'"
UNUSED_VERB = "verbs.tsv:2: expected verb: a verb some cue uses, found 'adopt'"


def test_a_quotation_may_have_no_cue(schemes: Schemes) -> None:
    held = small()
    held["cues"].append({"document": "d", "quotation": "1.1/2", "reason": "no verb"})
    assert faults(held, schemes) == []


@pytest.mark.parametrize(
    ("table", "cells", "found"),
    [
        ("cues", {"addressee": "everyone"}, ["cues.tsv:2: expected addressee: a notation of mg:Addressees (nearest: "]),
        (
            "verbs",
            {"strength": "steely"},
            ["verbs.tsv:2: expected strength: a notation of mg:VerbStrengths (nearest: "],
        ),
        (
            "overlaps",
            {"relation": "x"},
            ["overlaps.tsv:2: expected relation: a notation of mg:PlaceRelations (nearest: "],
        ),
        ("scope", {"state": "unknown"}, ["scope.tsv:2: expected state: a notation of mg:AnswerStates (nearest: "]),
        ("cues", {"words": ""}, [f"cues.tsv:2: expected {VERB_OF_WORDS}, found 'adopt'"]),
        ("cues", {"verb": ""}, [f"cues.tsv:2: expected {VERB_OF_WORDS}, found ''", UNUSED_VERB]),
        ("cues", {"verb": "agree"}, ["cues.tsv:2: expected verb: a verb of verbs.tsv, found 'agree'", UNUSED_VERB]),
        ("cues", {"addressee": ""}, [f"cues.tsv:2: expected {ADDRESSEE_OF_WORDS}, found ''"]),
        ("cues", {"addressee_words": ""}, [f"cues.tsv:2: expected {ADDRESSEE_OF_WORDS}, found 'member-states'"]),
        ("scope", {"document": "d"}, [f"scope.tsv:2: expected {DOCUMENT_OF_WORDS}, found 'd'"]),
        ("scope", {"words": "w"}, [f"scope.tsv:2: expected {DOCUMENT_OF_WORDS}, found ''"]),
        ("scope", {"name": "A b"}, [f"scope.tsv:2: expected {NAME}, found 'A b'"]),
        ("stated-sources", {"name": "A b"}, [f"stated-sources.tsv:2: expected {NAME}, found 'A b'"]),
    ],
)
def test_each_fault_is_found_where_it_is(schemes: Schemes, table: str, cells: Cells, found: list[str]) -> None:
    held = small()
    held[table][0].update(cells)
    told = faults(held, schemes)
    assert len(told) == len(found)
    for message, expected in zip(told, found, strict=True):
        assert message.startswith(f"j/{expected}")


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_judgement_has_a_reason(schemes: Schemes, table: str) -> None:
    held = small()
    held[table][0]["reason"] = ""
    assert faults(held, schemes) == [f"j/{table}.tsv:2: expected reason: a value, found ''"]


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_no_judgement_stands_twice(schemes: Schemes, table: str) -> None:
    held = small()
    held[table] *= 2
    (message,) = faults(held, schemes)
    assert message.startswith(f"j/{table}.tsv:3: expected {SCHEMAS[table].key[0]}: a ")
    assert f"not used before (j/{table}.tsv:2 has it)" in message


def test_the_tables_of_this_data_set_load(root: Path, judgements: Judgements) -> None:
    held = {
        "cues": len(judgements.cues),
        "verbs": len(judgements.verbs),
        "overlaps": len(judgements.overlaps),
        "stated-sources": len(judgements.stated_sources),
        "scope": len(judgements.scope),
    }
    lines = {name: (root / f"data/judgements/{name}.tsv").read_text("utf-8").count("\n") - 1 for name in SCHEMAS}
    assert held == lines
    assert all(lines.values())
