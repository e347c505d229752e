"""Full text over the real documents: what is found, in which order, with which marks, whatever is typed.

A golden answer is `tests/finding/search.<case>.json`. A new one begins as `{"q": "..."}`; it is filled, and an old one
changed, by running this file with MANDATEGRAPH_UPDATE_GOLDEN=1, which CI refuses.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import naming, search
from mandategraph.errors import UsageError
from mandategraph.iris import DEFAULT_BASE
from mandategraph.model import folded
from mandategraph.search import COLUMNS, KINDS, LONGEST, Found, Marked, Search, Text
from mandategraph.vocabulary import MG
from serving import HOME, folder_of, source, store
from test_questions import named, updating

GOLDEN = sorted((Path(__file__).parent / "finding").glob("search.*.json"))


@cache
def index() -> Search:
    """The texts of the release."""
    lookups = folder_of("lookups")
    return search.search_of(store(), lookups, naming.opened(store(), lookups, HOME.words))


def paths(found: Found) -> list[str]:
    """What was found, as paths under the base."""
    return [hit.text.iri.removeprefix(DEFAULT_BASE) for hit in found.hits]


def whole(typed: str, *kinds: str) -> Found:
    """Everything that is found."""
    return index().find(typed, kinds, count=1000)


# Golden answers


def test_there_are_golden_answers() -> None:
    assert len(GOLDEN) >= 5


@pytest.mark.parametrize("path", GOLDEN, ids=named)
def test_the_answer_is_the_golden_one(path: Path) -> None:
    held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found = index().find(held["q"], count=6)
    hits = [
        {
            "iri": hit.text.iri.removeprefix(DEFAULT_BASE),
            "found": " ".join(filter(None, (hit.match, hit.how))),
            "words": hit.words.shown(),
            "names": [each.shown() for each in hit.names],
            "place": f"{hit.text.document}:{hit.text.start}-{hit.text.end}" if hit.text.document else "",
            "statement": hit.text.statement.removeprefix(MG.iri),
            "score": hit.score,
        }
        for hit in found.hits
    ]
    told = {"q": held["q"], "total": found.total, "matched": found.matched, "hits": hits}
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    if updating():
        path.write_text(text, "utf-8")
        return
    assert path.read_text("utf-8") == text


# What is indexed


def test_every_kind_of_text_is_there_and_each_text_stands_where_it_says() -> None:
    found = whole('"the" "of" "in" "to" "and" "a" "on" "for" whales', *KINDS)
    assert found.matched == "some"
    texts = [hit.text for hit in found.hits]
    assert {text.kind for text in texts} == set(KINDS)
    printed = [text for text in texts if text.document]
    assert len(printed) > 200
    for text in printed:
        assert folded(source(text.document)[text.start : text.end]) == text.words, text.iri
        assert text.statement == MG["Asserted"].value
    assert {text.kind for text in texts if not text.document} == {"instrument"}


def test_what_is_printed_twice_in_the_same_words_is_found_once() -> None:
    assert paths(whole('"prioritize strategies on prevention"')) == ["plan/2012/action/1.1.1"]


def test_what_another_print_words_differently_is_found_too() -> None:
    found = whole('"To design public policies based on national realities"')
    assert [hit.text.document for hit in found.hits] == ["hemispheric-plan-2012", "working-group-report-2012"]
    assert [hit.text.kind for hit in found.hits] == ["objective", "element"]


# What is found


def test_what_is_named_comes_first_then_texts_with_the_words() -> None:
    found = index().find("AG/RES. 2551", count=3)
    assert (found.total, found.matched) == (9, "all")
    assert [(hit.match, hit.how, hit.text.kind) for hit in found.hits] == [
        ("name", "symbol", "instrument"),
        ("words", "", "quotation"),
        ("words", "", "quotation"),
    ]
    assert [each.shown() for each in found.hits[0].names] == ["*AG/RES. 2551 (XL-O/10)*"]
    assert paths(found)[0] == "instrument/ag-res-2551-xl-o-10"
    assert paths(whole("AG/RES. 2551")).count("instrument/ag-res-2551-xl-o-10") == 1


def test_each_thing_that_may_be_meant_is_shown() -> None:
    found = index().find("MISPA I", count=2)
    assert paths(found) == ["instrument/commitment-public-security-2008", "meeting/mispa-1"]
    assert [hit.how for hit in found.hits] == ["wording", "label"]
    assert found.hits[1].text == Text(f"{DEFAULT_BASE}meeting/mispa-1", "meeting", "MISPA I")


@pytest.mark.parametrize("typed", ["objetivo 2.1 acción 2", "Objective 2.1, proposed action 2", "2.1.2"])
def test_a_number_is_the_part_of_the_plan_itself(typed: str) -> None:
    found = whole(typed)
    assert paths(found)[0] == "plan/2012/action/2.1.2"
    assert (found.hits[0].match, found.hits[0].how, found.hits[0].score) == ("name", "number", None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Medellin", "MEDELLÍN"),
        ("prisons", "Prison"),
        ("police training", "training POLICE"),
        ("Compromiso por la Seguridad Publica", "compromiso seguridad pública"),
    ],
)
def test_case_accents_order_and_endings_do_not_count(one: str, other: str) -> None:
    assert {*paths(whole(one))} == {*paths(whole(other))}
    assert whole(one).total > 0


def test_words_in_quotation_marks_stand_together_and_a_star_ends_a_beginning() -> None:
    together, apart = whole('"organized crime"'), whole("crime organized")
    assert 0 < together.total < apart.total
    assert all("organized crime" in hit.words.words.lower() for hit in together.hits if hit.words.marks)
    assert whole("traff").total == 0
    marked = {hit.words.words[slice(*mark)].lower() for hit in whole("traff*").hits for mark in hit.words.marks}
    assert {"trafficking", "traffic"} <= marked
    assert all(word.startswith("traff") for word in marked)


def test_where_no_text_has_all_words_those_with_some_are_shown() -> None:
    found = whole("whales trafficking")
    assert (found.matched, found.total) == ("some", whole("trafficking").total)
    assert whole("whales") == Found(0, "none", ())


def test_words_that_are_passed_over_count_only_where_there_are_no_others() -> None:
    assert whole("the prisons of") == whole("prison")
    assert whole("of the").total > 200
    assert paths(whole('"of the prison"')) == ["quotation/linking-document-2011/4.1/1"]


def test_the_best_text_has_most_of_the_rare_words() -> None:
    assert paths(whole("exchange of training instructors"))[0] == "plan/2012/action/2.1.2"
    scores = [hit.score for hit in whole("prison").hits]
    assert scores == sorted(scores, key=lambda score: -(score or 0))


def test_only_the_kinds_that_are_wanted_are_found() -> None:
    found = whole("prison", "action", "chapter")
    assert {hit.text.kind for hit in found.hits} == {"action", "chapter"}
    assert found.total == sum(whole("prison", kind).total for kind in ("action", "chapter"))
    assert whole("prison").total == sum(whole("prison", kind).total for kind in KINDS)


def test_a_quotation_is_found_by_the_instrument_it_is_cited_from() -> None:
    (hit,) = whole("Quebec policing").hits
    assert hit.text.notation == "1.2"
    assert [each.shown() for each in hit.names] == ["Action Plan of *Quebec* City, 2001"]
    assert hit.text.comparison == MG["NotCompared"].value


def test_an_instrument_that_is_only_believed_says_so() -> None:
    (hit,) = whole("AMERIPOL statute", "instrument").hits
    assert hit.text.verification == MG["Unverified"].value


@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_pages_together_are_the_whole(count: int) -> None:
    everything = whole("MISPA I")
    pages = [index().find("MISPA I", first=first, count=count) for first in range(0, everything.total, count)]
    assert tuple(hit for page in pages for hit in page.hits) == everything.hits
    assert {page.total for page in pages} == {everything.total} == {len(everything.hits)}


# Whatever is typed


HOSTILE = [
    '"',
    '"""',
    "'",
    "a AND",
    "OR",
    "NOT prison",
    "NEAR(prison police, 3)",
    "words:prison",
    "{words names}: prison",
    "^prison",
    "-prison",
    "prison + police",
    "(prison",
    "prison)",
    "*",
    "a*b*",
    "\x00prison",
    "\ud800",
    "\ue000prison\ue001",
    "; DROP TABLE texts; --",
    "_",
    "Ⅷ 𞤀 ﷽",
    "prison\\",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_means_something_to_the_index_means_nothing_here(typed: str) -> None:
    found = whole(typed)
    assert found.total == len(found.hits)
    assert whole("prison").total == 21


def test_a_query_language_is_words_too() -> None:
    assert whole("NOT prison").matched == "some"
    assert paths(whole("^prison")) == paths(whole("prison")) == paths(whole("\x00(prison)"))


@given(st.text(max_size=LONGEST))
def test_marks_stand_in_the_words_one_behind_the_other(typed: str) -> None:
    try:
        found = index().find(typed)
    except UsageError as error:
        assert "words to look for" in str(error)  # noqa: PT017 -- either outcome is right
        return
    for hit in found.hits:
        assert hit.words.words == hit.text.words
        for marked in (hit.words, *hit.names):
            places = [place for mark in marked.marks for place in mark]
            assert places == sorted(places)
            assert all(0 <= place <= len(marked.words) for place in places)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(UsageError, match=f"at most {LONGEST} characters to look for, found {LONGEST + 1}"):
        whole("a" * (LONGEST + 1))
    with pytest.raises(UsageError, match="at most 32 words to look for, found 33"):
        whole("a " * 33)
    assert whole("a " * 32).total > 0


def test_threads_may_share_an_index() -> None:
    asked = ["prison", "police", "MISPA I", "2.1", "trafficking persons", "whales"] * 20
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(whole, asked))
    assert found == [whole(each) for each in asked]


# As data


def test_a_hit_is_a_row_and_data_of_the_same_columns() -> None:
    for hit in whole("MISPA I").hits:
        row, data = hit.row(), hit.data()
        assert tuple(row) == tuple(data) == COLUMNS
        assert [row["start"], row["end"]] == [
            "" if each is None else str(each) for each in (data["start"], data["end"])
        ]
        assert row["marks"] == " ".join(f"{start}-{end}" for start, end in hit.words.marks)
        json.dumps(data)


def test_marks_are_shown_as_stars() -> None:
    assert Marked("in prison or not", ((3, 9), (13, 16))).shown() == "in *prison* or *not*"
