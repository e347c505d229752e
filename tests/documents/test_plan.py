"""The grammars of plans: chapters of numbered actions, or chapters of objectives with proposed actions."""

import pytest

from mandategraph.documents import read
from mandategraph.errors import Faults, SourceError
from mandategraph.kinds import ElementKind
from mandategraph.model import PartDescription, Reading, SourceDescription, UnitKey, UnitKind

NUMBERED = "Title\n1.\nFirst\n1.1.\nOne\n"
OBJECTIVES = "CHAPTER 1 – FIRST\nObjective 1.1 Goal\nProposed actions\n1. One\n"


def plan(genre: str, text: str) -> Reading:
    part = PartDescription("plan", genre, plan="p")
    return read(SourceDescription("doc", "", "", "", "", "", "", "", "", (part,)), text)


def units(genre: str, text: str) -> list[tuple[str, str, str, str]]:
    """The units of a plan: kind, notation, words and the notation of what they stand in."""
    (part,) = plan(genre, text).parts
    return [(str(each.key.kind), each.key.notation, each.text, each.parent.notation) for each in part.units]


def faults(genre: str, text: str) -> list[str]:
    """The messages of what is wrong with a text."""
    try:
        plan(genre, text)
    except SourceError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


@pytest.mark.parametrize(
    "text",
    [
        "Title\n1.\nFirst\n\n1.1.\nOne\n\n1.2.\nTwo\n2.\nSecond\n2.1.\nOther\n",
        "Title\n1. First\n1.1. One\n1.2. Two\n2. Second\n2.1. Other",
    ],
    ids=["words-on-the-next-line", "words-behind-the-number"],
)
def test_a_numbered_plan(text: str) -> None:
    assert units("numbered-plan", text) == [
        ("chapter", "1", "First", "p"),
        ("action", "1.1", "One", "1"),
        ("action", "1.2", "Two", "1"),
        ("chapter", "2", "Second", "p"),
        ("action", "2.1", "Other", "2"),
    ]


def test_words_may_begin_like_a_number() -> None:
    assert units("numbered-plan", "Title\n2.5.x\n1.\n2.x\n1.1.\n3.0.x of them\n")[1:] == [
        ("section", "introduction", "Introduction", "p"),
        ("chapter", "1", "2.x", "p"),
        ("action", "1.1", "3.0.x of them", "1"),
    ]


def test_a_numbered_plan_may_have_an_introduction() -> None:
    text = "Title\nWe agree:\n\nAnd so on.\n1.\nFirst\n1.1.\nOne\n"
    (part,) = plan("numbered-plan", text).parts
    assert [(each.key.kind, each.key.notation, each.text, each.cited_as) for each in part.units[:3]] == [
        (UnitKind.PARAGRAPH, "introduction/1", "We agree:", "Introduction, paragraph 1"),
        (UnitKind.PARAGRAPH, "introduction/2", "And so on.", "Introduction, paragraph 2"),
        (UnitKind.SECTION, "introduction", "Introduction", "Introduction"),
    ]
    kinds = [each.kind for each in part.element.children]
    assert kinds == [ElementKind.TITLE, ElementKind.SECTION, ElementKind.CHAPTER]


@pytest.mark.parametrize(
    "text",
    [
        (
            "CHAPTER 1 – FIRST\nObjective 1.1  Goal\nProposed actions \n1. One\n\n2. Two\n"
            "CHAPTER 2 - SECOND\nObjective 2.1 Other\nProposed actions:\n1. Three\n"
        ),
        (
            "CHAPTER 1 – FIRST\nObjective 1.1\nGoal\nProposed actions\n1.\nOne\n2.\nTwo\n"
            "CHAPTER 2 – SECOND\nObjective 2.1\nOther\nProposed actions\n1.\nThree"
        ),
    ],
    ids=["words-behind-the-number", "words-on-the-next-line"],
)
def test_a_plan_of_objectives(text: str) -> None:
    assert units("objectives-plan", text) == [
        ("chapter", "1", "FIRST", "p"),
        ("objective", "1.1", "Goal", "1"),
        ("action", "1.1.1", "One", "1.1"),
        ("action", "1.1.2", "Two", "1.1"),
        ("chapter", "2", "SECOND", "p"),
        ("objective", "2.1", "Other", "2"),
        ("action", "2.1.1", "Three", "2.1"),
    ]


def test_units_are_cited_as_is_proper() -> None:
    (part,) = plan("objectives-plan", f"Follow-up:\na\n{OBJECTIVES}").parts
    assert [each.cited_as for each in part.units] == [
        "Follow up, paragraph 1",
        "Follow-up",
        "Chapter 1",
        "Objective 1.1",
        "Objective 1.1, proposed action 1",
    ]
    (part,) = plan("numbered-plan", NUMBERED).parts
    assert [each.cited_as for each in part.units] == ["1", "1.1"]


def test_the_opening_holds_notes_a_title_and_labelled_sections() -> None:
    text = f"Note: a\nINTRODUCTION:\nPurpose:\nAim: a\nCrosscutting issues:\nb\n\nc\n{OBJECTIVES}"
    reading = plan("objectives-plan", text)
    opening = [(each.key, each.kind) for each in reading.parts[0].element.children][:-1]
    assert opening == [
        ("plan/note-1", ElementKind.NOTE),
        ("plan/title-2", ElementKind.TITLE),
        ("plan/section-purpose", ElementKind.SECTION),
        ("plan/section-crosscutting-issues", ElementKind.SECTION),
    ]
    assert units("objectives-plan", text)[:5] == [
        ("paragraph", "purpose/1", "Aim: a", "purpose"),
        ("section", "purpose", "Purpose", "p"),
        ("paragraph", "crosscutting-issues/1", "b", "crosscutting-issues"),
        ("paragraph", "crosscutting-issues/2", "c", "crosscutting-issues"),
        ("section", "crosscutting-issues", "Crosscutting issues", "p"),
    ]


def test_the_number_and_the_words_are_leaves_of_their_own() -> None:
    text = "Title\n1.\nFirst\n1.1.  One\n"
    reading = plan("numbered-plan", text)
    assert [(each.kind, each.span.of(text)) for each in reading.leaves()] == [
        (ElementKind.TITLE, "Title"),
        (ElementKind.NUMBER, "1."),
        (ElementKind.WORDS, "First"),
        (ElementKind.NUMBER, "1.1."),
        (ElementKind.WORDS, "One"),
    ]
    aims = plan("objectives-plan", f"Aims:\na\nb\n{OBJECTIVES}")
    assert [each.key for each in aims.leaves()] == [
        *("plan/section-aims/label", "plan/section-aims/paragraph-1/words", "plan/section-aims/paragraph-2/words"),
        *("plan/chapter-1/number", "plan/chapter-1/words"),
        *(f"plan/chapter-1/objective-1.1/{name}" for name in ("number", "words", "label")),
        *(f"plan/chapter-1/objective-1.1/action-1.1.1/{name}" for name in ("number", "words")),
    ]
    assert [each.span.of(aims.text) for each in aims.leaves() if each.kind is ElementKind.NUMBER] == [
        *("CHAPTER 1 –", "Objective 1.1", "1."),
    ]
    realized = [each.realizes for each in reading.elements() if each.realizes]
    assert realized == [UnitKey(UnitKind.PLAN, "p"), UnitKey(UnitKind.CHAPTER, "1"), UnitKey(UnitKind.ACTION, "1.1")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            f"{NUMBERED}1.1.\nAgain\n",
            ["doc.txt:6:1: expected an action number not used before (doc.txt:4:1 has this one), found '1.1'"],
            id="duplicate-action",
        ),
        pytest.param(
            f"{NUMBERED}1.\nAgain\n1.2.\nTwo\n2.\nSecond\n2.1.\nThree\n",
            ["doc.txt:6:1: expected a chapter number not used before (doc.txt:2:1 has this one), found '1'"],
            id="duplicate-chapter",
        ),
        pytest.param(
            f"{NUMBERED}2.1.\nForeign\n1.2.\nTwo\n",
            ["doc.txt:6:1: expected an action of chapter 1, as '1.1.', found '2.1.'"],
            id="action-of-another-chapter",
        ),
        pytest.param(
            "Title\n1.1.\nOne\n1.\nFirst\n1.2.\nTwo\n",
            ["doc.txt:2:1: expected a chapter number, as '1.', found '1.1.'"],
            id="action-before-a-chapter",
        ),
        pytest.param(
            f"{NUMBERED}1.2.\n1.3.\nThree\n",
            ["doc.txt:7:1: expected the words of '1.2.', found '1.3.'"],
            id="no-words-of-an-action",
        ),
        pytest.param(
            f"{NUMBERED}2.\n2.1.\nTwo\n2.2.\nThree\n3.\nThird\n3.1.\nFour\n",
            ["doc.txt:7:1: expected the words of '2.', found '2.1.'"],
            id="no-words-of-a-chapter",
        ),
        pytest.param(
            f"{NUMBERED}1.2.",
            ["doc.txt:6:4: expected the words of '1.2.', found 'the end of the part'"],
            id="no-words-at-the-end",
        ),
        pytest.param(
            f"{NUMBERED}a\n",
            ["doc.txt:6:1: expected an action of chapter 1, as '1.1.', found 'a'"],
            id="words-out-of-place",
        ),
        pytest.param(
            f"{NUMBERED}2.x\n1.2.\nTwo\n",
            ["doc.txt:6:1: expected an action of chapter 1, as '1.1.', found '2.x'"],
            id="words-that-begin-like-a-chapter",
        ),
        pytest.param(
            f"{NUMBERED}1.2.x\nTwo\n",
            ["doc.txt:6:1: expected an action of chapter 1, as '1.1.', found '1.2.x'"],
            id="words-that-begin-like-an-action",
        ),
        pytest.param(
            "Title\n1.\nFirst\n",
            ["doc.txt:3:6: expected a plan with actions, found 'the end of the part'"],
            id="no-actions",
        ),
        pytest.param(
            "Title\na\n", ["doc.txt:2:2: expected a plan with actions, found 'the end of the part'"], id="no-chapters"
        ),
        pytest.param(
            f"{NUMBERED}1.1.\nAgain\n2.2.\nForeign\n1.2.\n1.3.\nThree\n1.4.",
            [
                "doc.txt:6:1: expected an action number not used before (doc.txt:4:1 has this one), found '1.1'",
                "doc.txt:8:1: expected an action of chapter 1, as '1.1.', found '2.2.'",
                "doc.txt:11:1: expected the words of '1.2.', found '1.3.'",
                "doc.txt:13:4: expected the words of '1.4.', found 'the end of the part'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_numbered_plan(text: str, found: list[str]) -> None:
    assert faults("numbered-plan", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            f"{OBJECTIVES}1. Again\n2. Two\n3. Three\n",
            ["doc.txt:5:1: expected an action number not used before (doc.txt:4:1 has this one), found '1.1.1'"],
            id="duplicate-action",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.1 Again\nProposed actions\n2. Two\nObjective 1.2 Next\nProposed actions\n",
            ["doc.txt:5:1: expected an objective number not used before (doc.txt:2:1 has this one), found '1.1'"],
            id="duplicate-objective",
        ),
        pytest.param(
            f"{OBJECTIVES}CHAPTER 1 – AGAIN\nObjective 1.2 Next\nProposed actions\n1. One\nCHAPTER 2 – SECOND\n",
            ["doc.txt:5:1: expected a chapter number not used before (doc.txt:1:1 has this one), found '1'"],
            id="duplicate-chapter",
        ),
        pytest.param(
            f"Purpose:\na\nPurpose:\nb\n{OBJECTIVES}",
            ["doc.txt:3:1: expected a section number not used before (doc.txt:1:1 has this one), found 'purpose'"],
            id="duplicate-section",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 2.1 Foreign\nProposed actions\n1. One\nObjective 1.2 Next\nProposed actions\n",
            ["doc.txt:5:1: expected an objective of chapter 1, as 'Objective 1.1', found 'Objective 2.1 Foreign'"],
            id="objective-of-another-chapter",
        ),
        pytest.param(
            f"Objective 1.1 Goal\n{OBJECTIVES}",
            ["doc.txt:1:1: expected a chapter, as 'CHAPTER 1 – TITLE', found 'Objective 1.1 Goal'"],
            id="objective-before-a-chapter",
        ),
        pytest.param(
            f"{OBJECTIVES}a\n2. Two\n3. Three\nCHAPTER 2 – SECOND\n",
            ["doc.txt:5:1: expected a proposed action of objective 1.1, as '1. To …', found 'a'"],
            id="words-among-actions",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.2 Next\n1. One\nObjective 1.3 Last\nProposed actions\n",
            ["doc.txt:6:1: expected 'Proposed actions', found '1. One'"],
            id="no-label-of-actions",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.2 Next\n",
            ["doc.txt:5:19: expected another line, found 'the end of the part'"],
            id="nothing-under-an-objective",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.2 Next\nProposed actions of note\nCHAPTER 2 – SECOND\n",
            [
                "doc.txt:6:1: expected 'Proposed actions', found 'Proposed actions of note'",
                (
                    "doc.txt:6:1: expected a proposed action of objective 1.2, as '1. To …', "
                    "found 'Proposed actions of note'"
                ),
            ],
            id="no-more-than-the-label-of-actions",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.1, again\n2.\nObjective 1.1, as before\n",
            ["doc.txt:5:1: expected a proposed action of objective 1.1, as '1. To …', found 'Objective 1.1, again'"],
            id="words-that-begin-like-an-objective",
        ),
        pytest.param(
            f"{OBJECTIVES}Objective 1.2\nProposed actions\n1. One\nObjective 1.3 Last\nProposed actions\n",
            ["doc.txt:6:1: expected the words of 'Objective 1.2', found 'Proposed actions'"],
            id="no-words-of-an-objective",
        ),
        pytest.param(
            f"{OBJECTIVES}2.x\nCHAPTER 2 – SECOND\n",
            ["doc.txt:5:1: expected a proposed action of objective 1.1, as '1. To …', found '2.x'"],
            id="words-that-begin-like-an-action",
        ),
        pytest.param(
            f"{OBJECTIVES}2.\nCHAPTER 2 – SECOND\n",
            ["doc.txt:6:1: expected the words of '2.', found 'CHAPTER 2 – SECOND'"],
            id="no-words-of-an-action",
        ),
        pytest.param(
            f"Purpose:\n{OBJECTIVES}",
            ["doc.txt:2:1: expected a paragraph under 'Purpose:', found 'CHAPTER 1 – FIRST'"],
            id="section-without-paragraphs",
        ),
        pytest.param(
            "Purpose:\na\n",
            ["doc.txt:2:2: expected a plan with actions, found 'the end of the part'"],
            id="no-chapters",
        ),
        pytest.param(
            f"{OBJECTIVES}a\nObjective 2.1 Foreign\nCHAPTER 1 – AGAIN\nCHAPTER 2 – SECOND\nObjective 2.1",
            [
                "doc.txt:5:1: expected a proposed action of objective 1.1, as '1. To …', found 'a'",
                "doc.txt:6:1: expected an objective of chapter 1, as 'Objective 1.1', found 'Objective 2.1 Foreign'",
                "doc.txt:7:1: expected a chapter number not used before (doc.txt:1:1 has this one), found '1'",
                "doc.txt:9:13: expected the words of 'Objective 2.1', found 'the end of the part'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_plan_of_objectives(text: str, found: list[str]) -> None:
    assert faults("objectives-plan", text) == found


def real(readings: tuple[Reading, ...], document: str, part: str) -> list[tuple[str, str]]:
    """The kinds and notations of the units of a part of a real document."""
    (found,) = (
        each
        for reading in readings
        if reading.source.identifier == document
        for each in reading.parts
        if each.element.key == part
    )
    return [(str(unit.key.kind), unit.key.notation) for unit in found.units]


def test_the_draft_of_2011_has_the_numbers_of_the_proposal(readings: tuple[Reading, ...]) -> None:
    draft = real(readings, "draft-declaration-and-plan-2011", "plan")
    proposal = real(readings, "linking-document-2011", "plan")
    assert [each for each in draft if each[0] in ("chapter", "action")] == proposal
    assert [each for each in draft if each[0] in ("section", "paragraph")] == [
        ("paragraph", "introduction/1"),
        ("section", "introduction"),
    ]
    assert sum(kind == "action" for kind, _ in draft) == 23


def test_both_prints_of_the_plan_of_2012_have_the_same_parts(readings: tuple[Reading, ...]) -> None:
    plan_itself = real(readings, "hemispheric-plan-2012", "plan")
    assert plan_itself == real(readings, "working-group-report-2012", "annex-1")
    assert [notation for kind, notation in plan_itself if kind == "chapter"] == ["1", "2", "3"]
    assert [notation for kind, notation in plan_itself if kind == "section"] == [
        *("purpose", "overview", "crosscutting-issues", "coordination", "follow-up"),
    ]
    assert sum(kind == "objective" for kind, _ in plan_itself) == 10
    assert sum(kind == "action" for kind, _ in plan_itself) == 27
    assert ("action", "2.1.2") in plan_itself
