"""What supports an action: told apart plan by plan, honest where no document says, and helpful where nothing is."""

import json
from functools import cache

import pytest

from mandategraph.answers import Part, Support
from mandategraph.errors import MissingError
from mandategraph.model import folded
from mandategraph.vocabulary import MG
from serving import folder_of, manifest, source, store

PLANS = ["2011-03-07", "2011-draft", "2012"]


@cache
def support() -> Support:
    """The look-up over the release."""
    return Support(store(), folder_of("lookups"), folder_of("questions"), manifest().identity)


@cache
def parts(notation: str, plan: str | None = None) -> tuple[Part, ...]:
    """What is known of a number."""
    return support().of(notation, plan)


def every_part() -> list[Part]:
    """What is known of every number of every plan."""
    return [part for notation in support().notations() for part in parts(notation)]


# What there is


def test_the_plans_are_told_apart() -> None:
    assert support().plans() == PLANS
    assert support().linked_plans() == ["2011-03-07"]


def test_the_numbers_of_a_plan_are_its_own() -> None:
    assert "2.1.2" in support().notations("2012")
    assert "2.1.2" not in support().notations("2011-03-07")
    assert set(support().notations()) == {number for plan in PLANS for number in support().notations(plan)}


def test_every_quotation_of_the_linking_document_supports_an_action() -> None:
    quotations = [row["quotation"] for part in every_part() for row in part.quotations]
    assert len(quotations) == len(set(quotations)) == 130


# An action that mandates are linked to


def test_1_2_rests_on_nine_quotations_of_seven_instruments() -> None:
    part = parts("1.2", "2011-03-07")[0]
    assert (part.kind, part.notation, part.citation_form) == ("action", "1.2", "1.2")
    assert part.words.startswith("Strengthen the capacity of police institutions to prevent and counter risk factors")
    assert [
        (row["citedAs"].partition("(")[0].strip(" ,:"), row["words"].split()[0].strip(",")) for row in part.quotations
    ] == [
        ("Commitment to Public Security in the Americas", "Promote"),
        ("Commitment to Public Security in the Americas", "Continue"),
        ("Commitment to Public Security in the Americas", "Foster"),
        ("Consensus of Santo Domingo on Public Security", "Thank"),
        ("Action Plan of Quebec City, 2001", "Encourage"),
        ("Santiago Action Plan, 1998", "Promote"),
        ("Action Plan of Miami, 1994", "Review"),
        ("AG/RES. 2551", "Develop"),
        ("Hemispheric Plan of Action against Transnational Organized Crime", "Strengthening"),
    ]
    assert part.answer == (
        "9 quotations of 7 instruments, asserted in linking-document-2011; none compared with the instrument."
    )
    assert (part.actions, part.stated_sources, part.limits) == ((), (), ())


def test_one_quotation_is_counted_as_one() -> None:
    assert parts("1.4", "2011-03-07")[0].answer.startswith("1 quotation of 1 instrument, asserted in")


def test_the_quotations_of_an_action_are_its_own_and_in_order() -> None:
    for part in every_part():
        assert {(row["plan"], row["action"]) for row in part.quotations} <= {(part.plan, part.notation)}
        places = [(int(row["position"]), int(row["start"])) for row in part.quotations]
        assert places == sorted(places)


# A number that three plans have


def test_2_1_is_two_actions_and_an_objective_with_six_actions() -> None:
    first, draft, plan = parts("2.1")
    assert [(part.plan, part.kind) for part in (first, draft, plan)] == [
        ("2011-03-07", "action"),
        ("2011-draft", "action"),
        ("2012", "objective"),
    ]
    assert len({part.words for part in (first, draft, plan)}) == 3
    assert (len(first.quotations), len(draft.quotations), len(plan.quotations)) == (17, 0, 0)
    assert [row["action"] for row in plan.actions] == [f"2.1.{number}" for number in range(1, 7)]
    assert plan.answer == "In plan 2012 this number is an objective; mandates are attached to actions only."
    assert parts("2.1", "2012") == (plan,)


def test_a_chapter_holds_the_actions_of_its_objectives() -> None:
    chapters = {part.plan: part for part in parts("2")}
    assert chapters.keys() == set(PLANS)
    assert chapters["2012"].answer == "In plan 2012 this number is a chapter; mandates are attached to actions only."
    assert [row["action"] for row in chapters["2011-03-07"].actions] == ["2.1", "2.2", "2.3", "2.4", "2.5"]
    assert {row["action"].split(".")[1] for row in chapters["2012"].actions} == {"1", "2", "3"}


# An action that no document links mandates to


def test_2_1_2_says_that_no_document_links_mandates_and_what_exists_instead() -> None:
    (part,) = parts("2.1.2")
    assert (part.plan, part.kind, part.quotations) == ("2012", "action", ())
    assert part.answer == ("No document links mandates to this action; documents do so for plan 2011-03-07 only.")
    assert [row["name"] for row in part.limits] == ["adopted-plan", "mandates-of-2012"]
    checked = {row["name"]: row["state"] for row in part.limits}["mandates-of-2012"]
    assert checked == MG["CheckedNone"].value
    assert any("seeks to complement the mandates" in row["words"] for row in part.stated_sources)


def test_an_action_of_the_draft_says_that_its_numbers_are_those_of_another_plan() -> None:
    (part,) = parts("1.2", "2011-draft")
    assert (part.kind, part.quotations) == ("action", ())
    assert [row["name"] for row in part.limits] == ["mandates-of-the-draft", "order-of-the-drafts"]


def test_what_exists_instead_is_told_only_where_there_is_no_quotation() -> None:
    for part in every_part():
        if part.kind == "action":
            assert bool(part.quotations) != bool(part.limits)
            assert part.actions == ()
        else:
            assert part.actions
            assert (part.quotations, part.limits, part.stated_sources) == ((), (), ())


# What every part rests on


def test_the_words_of_every_part_stand_where_it_says() -> None:
    found = every_part()
    assert len(found) > 80
    for part in found:
        assert folded(source(part.document)[part.start : part.end]) == folded(part.words)
        for row in (*part.quotations, *part.actions, *part.stated_sources):
            assert folded(source(row["document"])[int(row["start"]) : int(row["end"])]) == folded(row["words"])


def test_a_part_is_plain_data() -> None:
    for part in parts("2.1"):
        told = json.loads(json.dumps(part.data()))
        assert (told["plan"], told["words"], told["start"]) == (part.plan, part.words, part.start)
        assert [row["words"] for row in told["quotations"]] == [row["words"] for row in part.quotations]


def test_every_concept_that_an_answer_shows_has_a_label() -> None:
    labels = support().labels()
    for part in every_part():
        shown = [part.status, *(row["state"] for row in part.limits)]
        shown += [row[name] for row in part.quotations for name in ("assertedBy", "comparison", "kind")]
        assert {iri for iri in shown if iri not in labels} == set()


def test_every_document_that_asserts_support_has_a_reason_for_its_attribution() -> None:
    attributed = {iri.rpartition("/")[2] for iri, reason in support().attributions().items() if reason}
    assert {row["document"] for part in every_part() for row in part.quotations} <= attributed


# What there is not


@pytest.mark.parametrize(
    ("notation", "plan", "nearest"),
    [
        ("9.9", None, ("5.5", "5.4", "5.3")),
        ("2.1.9", "2012", ("2.1.6", "2.1.5", "2.1.4")),
        ("2.1.2", "2011-03-07", ("2.1", "2.2", "2.3")),
        ("1.2.3.4", None, ("1.2.3",)),
        ("", None, ()),
        ("police", None, ()),
        ("1.2'", None, ("1.2",)),
    ],
)
def test_an_unknown_number_is_missing_and_the_nearest_are_named(
    notation: str, plan: str | None, nearest: tuple[str, ...]
) -> None:
    with pytest.raises(MissingError) as caught:
        support().of(notation, plan)
    assert caught.value.what == f"action {notation!r}"
    assert caught.value.looked == (f"plan {plan}" if plan else f"the plans {', '.join(PLANS)}")
    assert caught.value.nearest[: max(1, len(nearest))] == nearest


@pytest.mark.parametrize(("plan", "nearest"), [("2013", "2012"), ("2011-03-7", "2011-03-07")])
def test_an_unknown_plan_is_missing_and_the_nearest_are_named(plan: str, nearest: str) -> None:
    with pytest.raises(MissingError) as caught:
        support().of("1.2", plan)
    assert caught.value.nearest[0] == nearest
    assert caught.value.looked == f"the plans {', '.join(PLANS)}"
