"""Earlier wording for drafts: ranked by how much of the draft a passage has, with the word diff and the cue verbs.

A golden answer is `tests/finding/wording.<case>.json`. A new one begins as `{"draft": "..."}`; it is filled, and an old
one changed, by running this file with MANDATEGRAPH_UPDATE_GOLDEN=1, which CI refuses.
"""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import wording
from mandategraph.errors import UsageError
from mandategraph.iris import DEFAULT_BASE
from mandategraph.queries import rows
from mandategraph.stems import Stemmer
from mandategraph.vocabulary import MG
from mandategraph.wording import COLUMNS, LEAST, LONGEST, Cue, Likeness, Quoted, Wordings, differences, shown
from serving import folder_of, store
from test_questions import named, updating

GOLDEN = sorted((Path(__file__).parent / "finding").glob("wording.*.json"))


@cache
def wordings() -> Wordings:
    """The quotations of the release."""
    return wording.wordings_of(store(), folder_of("lookups"))


@cache
def quotations() -> list[dict[str, str]]:
    """The rows of the quotations."""
    return rows(store(), folder_of("lookups")["quotations"], {}).values()


def like(draft: str) -> tuple[Likeness, ...]:
    """Every passage that is like a draft."""
    return wordings().like(draft, count=1000)[1]


# Golden answers


def test_there_are_golden_answers() -> None:
    assert len(GOLDEN) >= 4


@pytest.mark.parametrize("path", GOLDEN, ids=named)
def test_the_answer_is_the_golden_one(path: Path) -> None:
    held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    total, found = wordings().like(held["draft"], count=4)
    hits = [
        {
            "score": each.score,
            "quotation": each.quoted.row["quotation"].removeprefix(DEFAULT_BASE),
            "others": [other.row["quotation"].removeprefix(DEFAULT_BASE) for other in each.others],
            "citedAs": each.quoted.row["citedAs"],
            "cues": [f"{cue.words}: {cue.verb}, {cue.strength.removeprefix(MG.iri)}" for cue in each.quoted.cues],
            "diff": shown(each.differences),
        }
        for each in found
    ]
    text = json.dumps({"draft": held["draft"], "total": total, "hits": hits}, ensure_ascii=False, indent=1) + "\n"
    if updating():
        path.write_text(text, "utf-8")
        return
    assert path.read_text("utf-8") == text


# What the score is


def test_a_quotation_has_all_of_itself_and_nothing_has_more() -> None:
    assert len(quotations()) == 130
    for row in quotations():
        found = like(row["words"])
        best = [each for each in found if each.score == 1]
        held = {one.row["quotation"] for each in best for one in (each.quoted, *each.others)}
        assert row["quotation"] in held
        assert all(LEAST <= each.score <= 1 for each in found)


def test_those_with_most_of_the_draft_come_first_the_shortest_of_equals_before() -> None:
    found = like("Promote the social reintegration of prisoners")
    order = [(-each.score, len(Stemmer().stems([each.quoted.row["words"]])[0])) for each in found]
    assert order == sorted(order)
    assert len(found) == 13


def test_the_score_is_the_share_of_weight() -> None:
    """Two passages: one has 'the' and 'police', both have 'train', which weighs nothing, none has 'whales'."""
    first, second = (
        {"passage": name, "quotation": name, "words": words}
        for name, words in (("a", "Train the police"), ("b", "training of judges"))
    )
    held = Wordings([Quoted(first, ()), Quoted(second, ())])
    (found,) = held.like("the police whales")[1]
    in_one, in_none = math.log(3 / 2), math.log(3)
    shared = in_one + in_one + in_one  # the, police, the police
    assert found.quoted.row["passage"] == "a"
    assert found.score == round(shared / (shared + in_none + in_one), 3) == 0.447
    assert held.like("trains") == (0, ())


def test_a_passage_is_shown_once_with_all_that_quote_it() -> None:
    (found, *_) = like("Take note of the contribution of subregional police cooperation mechanisms")
    assert found.quoted.row["action"] == "1.1"
    assert [each.row["action"] for each in found.others] == ["1.4"]
    assert {each.row["passage"] for each in found.others} == {found.quoted.row["passage"]}
    data = found.data()
    assert data["timesQuoted"] == 2
    assert data["quotations"] == [found.quoted.row["quotation"], *(each.row["quotation"] for each in found.others)]


def test_the_cue_verbs_are_those_of_the_graph() -> None:
    (found, *_) = like("Take note of the contribution of subregional police cooperation mechanisms")
    assert found.quoted.cues == (Cue("Take note", "take note", MG["Weak"].value),)
    assert found.row()["cues"] == "take note (weak)"


def test_a_likeness_is_computed_and_keeps_what_it_rests_on() -> None:
    (found, *_) = like("Take note of the contribution of subregional police cooperation mechanisms")
    row = found.row()
    assert set(COLUMNS) == {*row}
    assert row["kind"] == MG["Computed"].value
    assert row["comparison"] == MG["NotCompared"].value
    assert row["assertedBy"].endswith("body/secretariat-for-multidimensional-security")
    assert (row["document"], row["start"], row["end"]) == ("linking-document-2011", "1447", "1590")
    json.dumps(found.data())


@pytest.mark.parametrize("draft", ["", "  ", "%", "whales", "Protect whales in the ocean", "\x00\ud800"])
def test_where_nothing_is_like_the_draft_nothing_is_shown(draft: str) -> None:
    assert wordings().like(draft) == (0, ())


def test_a_draft_is_no_longer_than_it_may_be() -> None:
    assert wordings().like("a " * (LONGEST // 2))[0] >= 0
    with pytest.raises(UsageError, match=f"at most {LONGEST} characters, found {LONGEST + 1}"):
        wordings().like("a" * (LONGEST + 1))


@pytest.mark.parametrize("count", [1, 3, 50])
def test_pages_together_are_the_whole(count: int) -> None:
    draft = "Promote the social reintegration of prisoners"
    total, _ = wordings().like(draft)
    pages = [wordings().like(draft, first=first, count=count)[1] for first in range(0, total, count)]
    assert tuple(each for page in pages for each in page) == like(draft)


def test_threads_may_share_wordings() -> None:
    asked = ["police cooperation", "trafficking in persons", "social reintegration", "whales"] * 20
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(like, asked)) == [like(each) for each in asked]


@given(st.text(max_size=200))
def test_whatever_is_drafted_has_a_score_between_the_least_and_1(draft: str) -> None:
    assert all(LEAST <= each.score <= 1 for each in like(draft))


# The diff


@given(st.text(max_size=200), st.text(max_size=200))
def test_a_diff_has_both_texts_whole_and_in_order(draft: str, quotation: str) -> None:
    found = differences(draft, quotation)
    assert " ".join(each.draft for each in found if each.draft).split() == draft.split()
    assert " ".join(each.quotation for each in found if each.quotation).split() == quotation.split()
    assert all(each.draft or each.quotation for each in found)


def test_a_diff_of_the_same_words_is_one_stretch() -> None:
    (found,) = differences("To TRAIN the police, forces.", "to train the police forces")
    assert found.same
    assert shown([found]) == "to train the police forces"


# Stems


@given(st.lists(st.text(max_size=60), max_size=5))
def test_each_text_has_its_own_stems(texts: list[str]) -> None:
    stemmer = Stemmer()
    together = stemmer.stems(texts)
    assert together == [stemmer.stems([each])[0] for each in texts]
