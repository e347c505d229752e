"""The commands that find something by words: what they print, in each form, and what is told where nothing is found."""

import pytest

from mandategraph.iris import DEFAULT_BASE
from mandategraph.results import release_of
from mandategraph.search import COLUMNS as FOUND
from mandategraph.vocabulary import MG
from mandategraph.wording import COLUMNS as LIKE
from mandategraph.wording import SCORE
from running import Command, answered
from serving import manifest

DRAFT = "Take note of the contribution of subregional police cooperation"


def test_words_are_found_with_their_place_and_marked(run: Command) -> None:
    text = answered(run("search", "prison", "--limit", "2")).text
    lines = [line.rstrip() for line in text.split("\n")]
    assert lines[0] == "chapter  plan/2011-draft/chapter/4  [draft-declaration-and-plan-2011:9908–10007]"
    assert "serving *prison* sentences" in lines[1]
    assert lines[-2] == "21 found, 2 shown; --limit shows more; the texts have all the words"


@pytest.mark.parametrize("words", [("objetivo", "2.1", "acción", "2"), ("2.1.2",), ("Objective 2.1, action 2",)])
def test_what_is_named_comes_first(run: Command, words: tuple[str, ...]) -> None:
    text = answered(run("search", *words)).text
    assert text.startswith("action  plan/2012/action/2.1.2  [hemispheric-plan-2012:5661–5896]\n")
    assert "number: *2.1.2*" in text
    assert "what is named comes first" in text


def test_each_name_says_what_sort_of_name_it_is(run: Command) -> None:
    text = answered(run("search", "MISPA I", "--limit", "2")).text
    assert "instrument  instrument/commitment-public-security-2008" in text
    assert "wording: *MISPA I*" in text
    assert "label: *MISPA I*" in text


def test_an_instrument_that_is_only_believed_says_so(run: Command) -> None:
    assert "instrument/ameripol-statute (identity believed, not verified)" in answered(run("search", "Ameripol")).text


def test_where_only_some_words_are_found_that_is_said(run: Command) -> None:
    assert "no text has all the words, these have some" in answered(run("search", "whales", "trafficking")).text
    assert answered(run("search", "whales")).text == "0 found\n"


def test_only_a_kind_is_found(run: Command) -> None:
    listed = answered(run("search", "prison", "--kind", "action", "--format", "csv")).csv()
    assert {row["kind"] for row in listed} == {"action"}
    told = run("search", "prison", "--kind", "state")
    assert (told.status, told.out) == (2, b"")
    assert "--kind: expected one of quotation, action" in " ".join(told.err.split())


def test_earlier_wording_is_shown_with_its_diff_and_cues(run: Command) -> None:
    text = " ".join(answered(run("wording", DRAFT)).text.split())
    assert text.startswith("1.0 Commitment to Public Security in the Americas (MISPA I), for action 1.1 of plan")
    assert "cooperation {+mechanisms and of the establishment of the American Police Community (AMERIPOL)+}" in text
    assert "cue verbs: take note (weak); not compared; quoted 2 times" in text
    assert "1 passage has a quarter of the draft or more" in text
    assert SCORE in text


def test_a_draft_is_read_from_standard_input(run: Command) -> None:
    from_input = answered(run("wording", "-", "--format", "json", given=DRAFT.encode()))
    assert from_input.json() == answered(run("wording", DRAFT, "--format", "json")).json()


def test_where_no_passage_is_like_the_draft_that_is_said(run: Command) -> None:
    assert answered(run("wording", "whales")).text.startswith("0 passages have a quarter of the draft or more\n")


@pytest.mark.parametrize(
    ("line", "columns"), [(("search", "MISPA I"), FOUND), (("wording", DRAFT), LIKE)], ids=["search", "wording"]
)
def test_each_form_says_which_release_it_comes_from(
    run: Command, line: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    release = manifest().identity
    listed = answered(run(*line, "--format", "json")).json()
    rows = answered(run(*line, "--format", "csv")).csv()
    assert listed
    assert len(rows) == len(listed)
    assert tuple(rows[0]) == (*columns, "release")
    assert set(listed[0]) >= {*columns, "release"}
    assert {row["release"] for row in rows} == {each["release"] for each in listed} == {release}
    triples = answered(run(*line, "--format", "ttl")).triples()
    assert release_of(DEFAULT_BASE, release) in triples
    column = "iri" if "iri" in columns else "quotation"
    assert {f"<{row[column]}>" for row in rows} <= {str(each.subject) for each in triples}


def test_a_likeness_is_marked_as_computed(run: Command) -> None:
    rows = answered(run("wording", DRAFT, "--format", "csv")).csv()
    assert {row["kind"] for row in rows} == {MG["Computed"].value}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("search", "a" * 501), "expected at most 500 characters to look for, found 501"),
        (("search", *["a"] * 33), "expected at most 32 words to look for, found 33"),
        (("wording", "a" * 5001), "expected a draft of at most 5000 characters, found 5001"),
        (("search",), "Missing argument"),
        (("search", "prison", "--limit", "0"), "Input should be greater than or equal to 1"),
    ],
)
def test_what_a_user_does_wrong_is_told(run: Command, line: tuple[str, ...], told: str) -> None:
    outcome = run(*line)
    assert (outcome.status, outcome.out) == (2, b"")
    assert told in " ".join(outcome.err.split())


@pytest.mark.parametrize("name", ["Resolución 2551", "AG/RES 2551", "ag-res-2551"])
def test_a_resource_is_shown_under_what_people_type(run: Command, name: str) -> None:
    text = answered(run("show", name)).text
    assert text.startswith(f"{DEFAULT_BASE}instrument/ag-res-2551-xl-o-10\n")


def test_a_resource_that_may_be_several_is_shown_as_each(run: Command) -> None:
    text = answered(run("show", "Hemispheric Drug Strategy")).text
    assert f"{DEFAULT_BASE}instrument/ga-resolution-drug-strategy-2010\n" in text
    assert f"{DEFAULT_BASE}instrument/hemispheric-drug-strategy-2010\n" in text
