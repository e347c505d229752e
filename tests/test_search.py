"""Full text over the real documents: what is found, in which order, with which marks, whatever is typed.

A golden answer is `tests/finding/search.<case>.json`. A new one begins as `{"q": "..."}`; it is filled, and an old one
changed, by running this file with MANDATEGRAPH_UPDATE_GOLDEN=1, which CI refuses.
"""

import json
import unicodedata
from collections import Counter
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
from mandategraph.queries import rows
from mandategraph.search import COLUMNS, KINDS, LONGEST, Found, Search, Text
from mandategraph.vocabulary import MG
from serving import HOME, folder_of, source, store
from test_questions import named, updating

QUOTATIONS = rows(store(), folder_of("lookups")["quotations"], {}).values()
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
    assert (found.total, found.matched, found.linked) == (17, "all", 8)
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


def ways(found: Found) -> Counter[tuple[str, str]]:
    """How many hits there are of each sort."""
    return Counter((hit.match, hit.how) for hit in found.hits)


@pytest.mark.parametrize(
    "typed", ["Resolución 2551", "AG/RES 2551", "Resolución AG/RES. 2551 de la Asamblea General", "ag-res-2551"]
)
def test_however_an_instrument_is_named_its_quotations_are_found(typed: str) -> None:
    found = whole(typed)
    quoted = [text["quotation"] for text in QUOTATIONS if text["instrument"] == "ag-res-2551-xl-o-10"]
    assert found.hits[0].text.iri.endswith("instrument/ag-res-2551-xl-o-10")
    assert {hit.text.iri for hit in found.hits[1:9]} == {*quoted}
    assert len(quoted) == 8
    assert found.total == 17
    assert {hit.match for hit in found.hits[9:]} == {"mention"}
    title = "*Work plan against Trafficking in Persons in the Western Hemisphere*"
    assert {each.shown().casefold() for hit in found.hits[9:] for each in hit.names} == {title.casefold()}


def test_what_is_linked_says_how_and_to_what() -> None:
    found = whole("Resolución 2551")
    assert ways(found) == {("name", "symbol"): 1, ("link", "quoted from"): 8, ("mention", ""): 8}
    assert [each.words for each in found.hits[1].names] == ["AG/RES. 2551 (XL-O/10)"]
    assert (found.matched, found.linked, found.hits[1].score) == ("none", 16, None)
    places = [(hit.text.document, hit.text.start) for hit in found.hits if hit.match == "link"]
    assert places == sorted(places)
    assert ways(whole("Plan de Acción de Quebec")) == {("name", "identifier"): 1, ("link", "quoted from"): 12}
    assert ways(whole("2.1")) == {("name", "number"): 3, ("link", "quoted for"): 17, ("link", "part of"): 6}


def test_what_is_quoted_for_an_action_is_found_with_it() -> None:
    for plan, action in {(row["plan"], row["action"]) for row in QUOTATIONS}:
        quoted = {row["quotation"] for row in QUOTATIONS if (row["plan"], row["action"]) == (plan, action)}
        linked = {hit.text.iri for hit in whole(f"action {action} of plan {plan}").hits if hit.match == "link"}
        assert linked == quoted


def test_the_actions_of_a_part_of_a_plan_are_found_with_it() -> None:
    lookups = folder_of("lookups")
    parts = [
        row for row in rows(store(), lookups["parts-of-plans"], {}).values() if not row["class"].endswith("Action")
    ]
    assert len(parts) == 23
    for row in parts:
        under = rows(store(), lookups["actions-under"], {"plan": row["plan"], "notation": row["notation"]}).values()
        kind = row["class"].rpartition("#")[2]
        linked = [hit for hit in whole(f"{kind} {row['notation']} plan {row['plan']}").hits if hit.match == "link"]
        assert [hit.text.notation for hit in linked] == [each["action"] for each in under]
        assert {(hit.text.kind, hit.text.plan, hit.how) for hit in linked} <= {("action", row["plan"], "part of")}
    assert ways(whole("plan 2012"))["link", "part of"] == 27


def test_a_text_with_another_name_of_what_is_named_is_found() -> None:
    (hit,) = (hit for hit in whole("CICAD").hits if hit.match == "mention")
    assert hit.words.shown().endswith("of the *Inter-American Drug Abuse Control Commission*")
    assert ways(whole("prison"))["mention", ""] == 0


def test_what_belongs_to_a_thing_is_found_where_the_thing_is_of_another_kind() -> None:
    found = whole("Resolución 2551", "quotation")
    assert {hit.text.kind for hit in found.hits} == {"quotation"}
    assert ways(found)["link", "quoted from"] == 8
    assert found.total == sum(hit.text.kind == "quotation" for hit in whole("Resolución 2551").hits)


def test_where_there_is_nothing_else_the_action_stands_alone() -> None:
    assert paths(whole("objetivo 2.1 acción 2")) == ["plan/2012/action/2.1.2"]


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
        ("Compromiso Seguridad Publica", "compromiso seguridad pública"),
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


@pytest.mark.parametrize("typed", ["MISPA I", "Resolución 2551", "2.1"])
@pytest.mark.parametrize("count", [1, 2, 7, 100])
def test_pages_together_are_the_whole(typed: str, count: int) -> None:
    everything = whole(typed)
    pages = [index().find(typed, first=first, count=count) for first in range(0, everything.total, count)]
    assert tuple(hit for page in pages for hit in page.hits) == everything.hits
    assert {page.total for page in pages} == {everything.total} == {len(everything.hits)}


# Marks and kinds


ASKED = [
    *("prison", "police training", "trafficking in persons", '"organized crime"', "traff*", "prevention of violence"),
    *("firearms", "youth", "AG/RES. 2551", "MISPA", "public security", "cooperation", "Inter-American", "medellin"),
]


def plain(text: str) -> str:
    """A text without case, accents and the extent of its white space."""
    apart = unicodedata.normalize("NFKD", folded(text))
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()


def test_a_mark_is_the_same_word_in_the_words_and_in_the_document() -> None:
    moved = 0
    hits = [hit for typed in ASKED for hit in whole(typed).hits]
    marked = [hit for hit in hits if hit.text.start is not None and hit.words.marks]
    assert len(marked) > 200
    for hit in marked:
        text, begin, end_of_span = source(hit.text.document), hit.text.start or 0, hit.text.end or 0
        assert len(hit.places) == len(hit.words.marks)
        for (start, end), (first, last) in zip(hit.words.marks, hit.places, strict=True):
            assert begin <= first < last <= end_of_span
            assert plain(text[first:last]) == plain(hit.words.words[start:end]), hit
            moved += begin + start != first
    assert moved > 5  # words behind folded white space
    assert all(hit.places == () for hit in hits if hit.text.start is None or not hit.words.marks)


def test_every_hit_says_who_states_it_and_whether_it_was_compared() -> None:
    hits = [hit for typed in (*ASKED, "MISPA I", "Mexico", "2.1", "plan 2012") for hit in whole(typed).hits]
    assert {hit.text.kind for hit in hits} >= {*KINDS, "meeting", "state", "plan"}
    for hit in hits:
        of_registry = hit.text.start is None
        assert hit.text.statement == MG["Judged" if of_registry else "Asserted"].value
        quoted = hit.text.kind == "quotation"
        assert hit.text.comparison == (MG["NotCompared"].value if quoted else "not applicable")


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
        assert row["places"] == " ".join(f"{start}-{end}" for start, end in hit.places)
        json.dumps(data)
