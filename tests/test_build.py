"""The pipeline over the real inputs, and over inputs with one thing wrong in them."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mandategraph import build as pipeline
from mandategraph import turtle
from mandategraph.errors import (
    ClashError,
    Faults,
    InvalidGraphError,
    MandategraphError,
    MissingError,
    SourceError,
    SyntaxFault,
    TableError,
    UnknownWordingError,
)
from mandategraph.iris import DEFAULT_BASE
from mandategraph.release import MANIFEST, Home, home, manifest
from running import Command

ROOT = Path(__file__).parents[1]
Edit = Callable[[Path], None]


@pytest.fixture
def checkout(tmp_path: Path) -> Home:
    """A copy of the inputs and the release of this checkout, to be changed."""
    for folder in ("data", "ontology", "shapes", "queries"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return home(tmp_path)


def replaced(file: str, old: str, new: str) -> Edit:
    """An edit that replaces some words of a file, which must be there."""

    def edit(root: Path) -> None:
        text = (root / file).read_text("utf-8")
        assert old in text
        (root / file).write_text(text.replace(old, new, 1), "utf-8")

    return edit


def added(file: str, text: str) -> Edit:
    """An edit that adds a file."""

    def edit(root: Path) -> None:
        (root / file).write_text(text, "utf-8")

    return edit


def in_source(document: str, old: str, new: str) -> Edit:
    """An edit of a source text whose digest is brought up to date, so that its reader meets the change."""

    def edit(root: Path) -> None:
        from mandategraph.release import digest

        path = root / "data" / "sources" / f"{document}.txt"
        before = digest(path.read_bytes())
        replaced(f"data/sources/{document}.txt", old, new)(root)
        replaced("data/sources/sources.toml", before, digest(path.read_bytes()))(root)

    return edit


def test_the_release_is_what_its_inputs_make() -> None:
    where = home(ROOT)
    built = pipeline.build(where, DEFAULT_BASE)
    assert pipeline.differences(where, built) == []
    assert built.reused == ("inferred", "report")


def test_a_taken_over_closure_is_made_anew_when_the_data_change(checkout: Home) -> None:
    replaced("data/judgements/verbs.tsv", "weak", "moderate")(checkout.root)
    stages: list[str] = []

    def watch(stage: str) -> AbstractContextManager[object]:
        stages.append(stage)
        return pipeline.unwatched(stage)

    built = pipeline.build(checkout, DEFAULT_BASE, watch=watch)
    assert built.reused == ()
    assert stages[-2:] == ["reasoning", "validating"]


def test_a_changed_closure_is_not_taken_over(checkout: Home) -> None:
    (checkout.release / "inferred.ttl").write_text("# nothing follows\n", "utf-8")
    built = pipeline.build(checkout, DEFAULT_BASE)
    assert built.reused == ()
    assert "mg:supportedBy" in built.files["inferred.ttl"]


def test_another_base_moves_the_resources_and_never_the_terms(checkout: Home) -> None:
    base = "https://example.org/mandates/"
    pipeline.write(checkout, pipeline.build(checkout, base))
    held = manifest(checkout.release)
    text = (checkout.release / "source" / "hemispheric-plan-2012.ttl").read_text("utf-8")
    triples = turtle.read(text, base)
    assert held.base == base
    assert all(name.startswith(base) for name in held.graphs)
    assert not any(DEFAULT_BASE in str(t).replace(f"{DEFAULT_BASE}ontology#", "") for t in triples)
    assert any(f"{DEFAULT_BASE}ontology#Action" in str(t) for t in triples)


FAULTS: dict[str, tuple[Edit, type[MandategraphError], tuple[str, ...]]] = {
    "a changed byte": (
        replaced("data/sources/hemispheric-plan-2012.txt", "Purpose", "purpose"),
        SourceError,
        ("hemispheric-plan-2012.txt", "sha256"),
    ),
    "an unknown heading": (
        in_source("linking-document-2011", "Action Plan of Quebec, 2001", "Action Plan of Kebec, 2001"),
        UnknownWordingError,
        ("linking-document-2011.txt:30:1", "'Action Plan of Quebec, 2001'", "'Action Plan of Kebec, 2001'"),
    ),
    "a duplicate notation": (
        in_source("linking-document-2011", "1.2 Strengthen", "1.1 Strengthen"),
        SourceError,
        ("linking-document-2011.txt:40:1", "linking-document-2011.txt:22:1", "1.1"),
    ),
    "a quotation never closed": (
        in_source("linking-document-2011", "of their members”", "of their members"),
        SourceError,
        ("linking-document-2011.txt:44:1", "closed by ”"),
    ),
    "a missing part": (
        in_source("working-group-report-2012", "PROPOSED PARAGRAPH FOR THE", "THE PARAGRAPH FOR THE"),
        SourceError,
        ("working-group-report-2012.txt", "annex-2"),
    ),
    "a text nobody described": (
        added("data/sources/more.txt", "more\n"),
        TableError,
        ("data/sources/sources.toml", "more.txt"),
    ),
    "a text that is gone": (
        lambda root: (root / "data" / "sources" / "hemispheric-plan-2012.txt").unlink(),
        MissingError,
        ("hemispheric-plan-2012.txt", "data/sources"),
    ),
    "a spelling nothing uses": (
        replaced("data/registry/spellings.tsv", "Action Plan of Miami, 1994\t", "Action Plan of Miami\t"),
        MandategraphError,
        ("Action Plan of Miami",),
    ),
    "a judgement about words that are not there": (
        replaced("data/judgements/cues.tsv", "1.1/1\tTake note", "1.1/1\tTake notice"),
        TableError,
        ("data/judgements/cues.tsv:2", "Take notice"),
    ),
    "a quotation nobody coded": (
        replaced("data/judgements/cues.tsv", "linking-document-2011\t1.1/4\t", "linking-document-2011\t1.1/3\t"),
        TableError,
        ("1.1/4",),
    ),
    "an ontology that is not Turtle": (
        replaced("ontology/schemes.ttl", "a skos:ConceptScheme ;", "a skos:ConceptScheme ; ;;; ]"),
        SyntaxFault,
        ("ontology/schemes.ttl:",),
    ),
    "a shape that is not Turtle": (
        replaced("shapes/action.ttl", "sh:NodeShape ;", "sh:NodeShape"),
        SyntaxFault,
        ("shapes/action.ttl:",),
    ),
    "a question without an example": (
        replaced("queries/questions/19-duties.rq", "# example type: report\n", ""),
        SyntaxFault,
        ("19-duties.rq", "a line 'example name: value' a parameter", "'type'"),
    ),
    "an example that is not among those listed": (
        replaced(
            "queries/questions/05-thinly-supported-actions.rq", "example finding: only unquoted", "example finding: x"
        ),
        SyntaxFault,
        ("05-thinly-supported-actions.rq", "finding: expected one of one instrument, none, only unquoted, only weak"),
    ),
    "an example query without keywords": (
        replaced("queries/examples/plans.rq", "# keywords: introduction, plan, action\n", ""),
        InvalidGraphError,
        ("example/plans", "has keywords", "shapes#Executable-keywords"),
    ),
    "a violated shape": (
        replaced("shapes/action.ttl", "sh:minCount 1", "sh:minCount 2"),
        InvalidGraphError,
        ("plan/2011-03-07/action/1.1", "shapes#Action-"),
    ),
    "a clash with an axiom": (
        replaced(
            "ontology/mandategraph.ttl",
            "rdfs:subClassOf mg:PlanUnit, skos:Concept ;",
            "rdfs:subClassOf mg:PlanUnit, skos:Concept ; owl:disjointWith mg:PlanUnit ;",
        ),
        ClashError,
        ("cax-dw", "disjointWith", "ontology#PlanUnit", "/plan/2011-03-07/chapter/1"),
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_bad_input_is_told_with_its_place_and_nothing_is_written(checkout: Home, name: str) -> None:
    edit, kind, words = FAULTS[name]
    edit(checkout.root)
    before = {path: path.read_bytes() for path in sorted(checkout.release.rglob("*")) if path.is_file()}
    with pytest.raises(MandategraphError) as raised:
        pipeline.write(checkout, pipeline.build(checkout, DEFAULT_BASE))
    each = raised.value.faults if isinstance(raised.value, Faults) else (raised.value,)
    assert any(isinstance(fault, kind) for fault in each)
    assert [word for word in words if word not in str(raised.value)] == []
    assert {path: path.read_bytes() for path in sorted(checkout.release.rglob("*")) if path.is_file()} == before


CELLS: dict[str, tuple[str, str, str, str]] = {
    "a mention whose words are not there": (
        "registry/mentions",
        "\t93\t124\tOrganization of American States\t",
        "\t93\t124\tOrganisation of American States\t",
        "the words 'Organisation of American States', found \"'Organization of American States' at 93–124 of draft-",
    ),
    "a mention behind its words": (
        "registry/mentions",
        "\t93\t124\tOrganization of American States\t",
        "\t93\t93\tOrganization of American States\t",
        "end: an offset behind the start, 93, found '93'",
    ),
    "a mention of a body that does not exist": (
        "registry/mentions",
        "\tbody:oas-general-secretariat\t",
        "\tbody:oas-general-secretary\t",
        "row: a row of bodies.tsv (nearest: body:oas-general-secretariat, ",
    ),
    "a discrepancy whose words are not in the source": (
        "judgements/discrepancy-sides",
        "\tNovember September 8, 2011",
        "\tNovember October 8, 2011",
        "words that stand once in working-group-report-2012.txt, found '0 times: November October 8, 2011'",
    ),
    "a discrepancy whose words stand in several places": (
        "judgements/discrepancy-sides",
        "\tAt its meeting of ⟦April 24, 2012⟧, the Working Group",
        "\t⟦April 24, 2012⟧",
        "words that stand once in working-group-report-2012.txt, found '",
    ),
    "a discrepancy with an open bracket": (
        "judgements/discrepancy-sides",
        "At its meeting of ⟦April 24, 2012⟧, the",
        "At its meeting of ⟦April 24, 2012, the",
        "words of working-group-report-2012.txt, some of them in one pair of ⟦⟧, found ",
    ),
    "a month that cannot be": (
        "process/statements",
        "\t2011-12-15\t",
        "\t2011-13-15\t",
        "date: YYYY, YYYY-MM or YYYY-MM-DD, as precise as the document gives it, found '2011-13-15'",
    ),
    "a day that cannot be": (
        "registry/meetings",
        "\t2012-04-24\t",
        "\t2012-04-31\t",
        "begins: YYYY, YYYY-MM or YYYY-MM-DD, as precise as known, found '2012-04-31'",
    ),
    "a meeting that ends before it begins": (
        "registry/meetings",
        "\t2008-10-07\t2008-10-08\t",
        "\t2008-10-07\t2008-10-06\t",
        "ends: a date not before 2008-10-07, found '2008-10-06'",
    ),
    "a person without a role": (
        "registry/persons",
        "jeremy-long\tJeremy Long\t",
        "jane-roe\tJane Roe\tworking-group-report-2012.txt:14\njeremy-long\tJeremy Long\t",
        "slug: a person with a role in roles.tsv, found 'jane-roe'",
    ),
    "a judgement without a reason": (
        "judgements/discrepancies",
        "\tTwo months stand before one day; neither the report nor another document says which of them was meant.",
        "\t",
        "reason: a value, found ''",
    ),
    "an identity without a reason": (
        "judgements/identities",
        "\tThe name of the group has the declaration with its place in every other print.",
        "\t ",
        "reason: a value, found ' '",
    ),
    "a mandate judged without a reason": (
        "process/mandates",
        (
            "\tThe report begins with paragraph 16 under the heading MANDATE and presents the draft it orders; "
            "the paragraph asks for no report."
        ),
        "\t",
        "reason: a reason, exactly where the basis is judged, found ''",
    ),
    "a mandate judged in words that state it": (
        "process/mandates",
        "\tinstrument:declaration-san-salvador-2011\tstated\tworking-group-report-2012",
        "\tinstrument:declaration-san-salvador-2011\tjudged\tworking-group-report-2012",
        "words: the words that state it, exactly where the basis is stated, found 'the Plan of Action ordered in",
    ),
    "a statement about a body that does not exist": (
        "process/statements",
        "of=body:oas-general-assembly",
        "of=body:oas-general-asembly",
        "a body the tables have (nearest: oas-general-assembly, ",
    ),
    "a statement in a role that is none": (
        "process/statements",
        "of=body:oas-general-assembly",
        "at=body:oas-general-assembly",
        "about: role=kind:name separated by '|', the role one of meeting, by, ",
    ),
    "a state that is none": (
        "registry/states",
        "UY\tUruguay",
        "UU\tUruguay",
        "code: a state's alpha-2 code of ISO 3166-1, in capitals, found 'UU'",
    ),
    "a theme of no scheme": (
        "judgements/themes",
        "\tpolice\t",
        "\tpolicing\t",
        "theme: a notation of mg:Themes (nearest: police",
    ),
}
"""Cells of the tables of the record with one thing wrong: the table, the cell, what it becomes, what is told."""


@pytest.mark.parametrize("name", CELLS)
def test_a_bad_cell_is_told_to_the_user_with_file_row_and_what_was_expected(
    checkout: Home, run: Command, name: str
) -> None:
    table, old, new, expected = CELLS[name]
    file = f"data/{table}.tsv"
    row = (checkout.root / file).read_text("utf-8").partition(old)[0].count("\n") + 1
    replaced(file, old, new)(checkout.root)
    before = (checkout.release / MANIFEST).read_bytes()
    done = run("build", "--root", str(checkout.root))
    assert (done.status, done.text) == (2, "")
    assert f"{file}:{row}: expected {expected}" in done.err
    assert "Traceback" not in done.err
    assert (checkout.release / MANIFEST).read_bytes() == before


def test_what_follows_from_a_bad_cell_is_not_told_of_other_rows(checkout: Home, run: Command) -> None:
    table, old, new, _ = CELLS["a mention behind its words"]
    replaced(f"data/{table}.tsv", old, new)(checkout.root)
    told = run("build", "--root", str(checkout.root)).err
    assert told.count(": expected ") == 1


def test_several_faults_are_told_together(checkout: Home) -> None:
    in_source("linking-document-2011", "of their members”", "of their members")(checkout.root)
    in_source("linking-document-2011", "5.5 Create", "5.4 Create")(checkout.root)
    replaced("data/sources/hemispheric-plan-2012.txt", "Purpose", "purpose")(checkout.root)
    with pytest.raises(Faults) as raised:
        pipeline.build(checkout, DEFAULT_BASE)
    places = {str(fault).split(": expected")[0] for fault in raised.value.faults}
    assert {"linking-document-2011.txt:44:1", "linking-document-2011.txt:425:1", "hemispheric-plan-2012.txt"} <= places


def test_a_check_names_the_files_that_differ(checkout: Home) -> None:
    built = pipeline.build(checkout, DEFAULT_BASE)
    (checkout.release / "registry.ttl").write_text("", "utf-8")
    (checkout.release / "stray.ttl").write_text("", "utf-8")
    assert pipeline.differences(checkout, built) == ["registry.ttl", "stray.ttl"]
