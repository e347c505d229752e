"""The grammar of declarations: titles, preambular paragraphs, the formula and operative paragraphs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import faults, leaves, mixed, read_as, read_or_refused, real, spaced, whole

from mandategraph.documents.declaration import opening_end
from mandategraph.kinds import ElementKind
from mandategraph.model import Reading

SMALL = "A TITLE\n1.\nThe states;\n2. RECALLING, also, that\nDECLARE:\n1. That one, and\n2.\nThat two.\n"
NO_PREAMBLE = "expected a preambular paragraph, as '1. RECALLING …'"
NO_OPERATIVE = "expected an operative paragraph, as '1. That …'"


def test_a_declaration() -> None:
    assert leaves(read_as("declaration", SMALL)) == [
        ("title-1", "A TITLE"),
        ("preambular-1/number", "1."),
        ("preambular-1/words", "The states;"),
        ("preambular-2/number", "2."),
        ("preambular-2/opening", "RECALLING"),
        ("preambular-2/words", ", also, that"),
        ("formula", "DECLARE:"),
        ("operative-1/number", "1."),
        ("operative-1/words", "That one, and"),
        ("operative-2/number", "2."),
        ("operative-2/words", "That two."),
    ]


def test_the_kinds_of_a_declaration() -> None:
    (part,) = read_as("declaration", SMALL).parts
    assert [each.kind for each in part.element.children] == [
        ElementKind.TITLE,
        *[ElementKind.PREAMBULAR] * 2,
        ElementKind.FORMULA,
        *[ElementKind.OPERATIVE] * 2,
    ]
    assert (part.plan, part.units, part.citations) == (None, (), ())


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("RECALLING that", "RECALLING"),
        ("BEARING IN MIND the", "BEARING IN MIND"),
        ("TAKING INTO ACCOUNT, furthermore", "TAKING INTO ACCOUNT"),
        ("RECALLING A thing", "RECALLING"),
        ("The member states", None),
        ("OAS member states", None),
        ("RECALLING", None),
        ("RECALLING;", None),
        ("RECALLING-that", None),
        ("Recalling that", None),
        (" RECALLING that", None),
    ],
)
def test_the_opening_of_a_preambular_paragraph(text: str, opening: str | None) -> None:
    end = opening_end(text)
    assert (None if end is None else text[:end]) == opening


def test_no_opening_is_marked_in_an_operative_paragraph() -> None:
    reading = read_as("declaration", "A TITLE\n1. RECALLING it\nDECLARE:\n1. DECIDING that\n")
    assert [each.key for each in reading.elements() if each.kind is ElementKind.OPENING] == [
        "text/preambular-1/opening"
    ]


def test_numbers_out_of_sequence_are_the_document_s_own() -> None:
    reading = read_as("declaration", "A TITLE\n3. c\n1. a\nDECLARE:\n07. g\n")
    keys = [each.key for each in reading.parts[0].element.children]
    assert keys == ["text/title-1", "text/preambular-3", "text/preambular-1", "text/formula", "text/operative-07"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            SMALL.removeprefix("A TITLE\n"),
            ["doc.txt:1:1: expected a title line in capitals, found '1.'"],
            id="no-title",
        ),
        pytest.param(
            SMALL.replace("A TITLE", "A title"),
            [
                "doc.txt:1:1: expected a title line in capitals, found 'A title'",
                f"doc.txt:1:1: {NO_PREAMBLE}, found 'A title'",
            ],
            id="a-title-in-small-letters",
        ),
        pytest.param(
            "A TITLE\nDECLARE:\n1. That\n", [f"doc.txt:2:1: {NO_PREAMBLE}, found 'DECLARE:'"], id="no-preamble"
        ),
        pytest.param(
            "A TITLE\n1. a\nb\n2. c\nDECLARE:\n1. That\n", [f"doc.txt:3:1: {NO_PREAMBLE}, found 'b'"], id="stray-words"
        ),
        pytest.param(
            "A TITLE\n1.\n2. b\nDECLARE:\n1. That\n",
            ["doc.txt:3:1: expected the words of '1.', found '2. b'"],
            id="no-words-before-a-number",
        ),
        pytest.param(
            "A TITLE\n1.\nDECLARE:\n1. That\n",
            ["doc.txt:3:1: expected the words of '1.', found 'DECLARE:'"],
            id="no-words-before-the-formula",
        ),
        pytest.param(
            "A TITLE\n1. a\nDECLARE:\n1.",
            ["doc.txt:4:2: expected the words of '1.', found 'the end of the part'"],
            id="no-words-at-the-end",
        ),
        pytest.param(
            "A TITLE\n1. a\n1. b\nDECLARE:\n1. That\n1. That too",
            [
                "doc.txt:3:1: expected a number not used before (doc.txt:2:1 has this one), found '1. b'",
                "doc.txt:6:1: expected a number not used before (doc.txt:5:1 has this one), found '1. That too'",
            ],
            id="numbers-used-twice",
        ),
        pytest.param(
            "A TITLE\n1. a\n", ["doc.txt:2:5: expected 'DECLARE:', found 'the end of the part'"], id="no-formula"
        ),
        pytest.param(
            "A TITLE\n1. a\nDECLARE:\n",
            [f"doc.txt:3:9: {NO_OPERATIVE}, found 'the end of the part'"],
            id="nothing-declared",
        ),
        pytest.param(
            "A TITLE\n1. a\nDECLARE:\n1. b\nDECLARE:\n2. c\n",
            [f"doc.txt:5:1: {NO_OPERATIVE}, found 'DECLARE:'"],
            id="a-second-formula",
        ),
        pytest.param(
            "A TITLE\na\n1.\nDECLARE:\n1. b\nc\n1. d\n2.",
            [
                f"doc.txt:2:1: {NO_PREAMBLE}, found 'a'",
                "doc.txt:4:1: expected the words of '1.', found 'DECLARE:'",
                f"doc.txt:6:1: {NO_OPERATIVE}, found 'c'",
                "doc.txt:7:1: expected a number not used before (doc.txt:5:1 has this one), found '1. d'",
                "doc.txt:8:2: expected the words of '2.', found 'the end of the part'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_declaration(text: str, found: list[str]) -> None:
    assert faults("declaration", text) == found


@given(st.data(), st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_read_then_printed_a_declaration_is_itself(data: st.DataObject, before: int, behind: int, below: bool) -> None:  # noqa: FBT001 - both are tried
    gap = "\n" if below else " \u00a0"
    lines = ["A TITLE", "OF IT"]
    lines += [f"{number}.{gap}RECALLING, it {number}." for number in range(1, before + 1)]
    lines += ["DECLARE:", *(f"{number}.{gap}That {number};" for number in range(1, behind + 1))]
    reading = whole("declaration", data.draw(spaced(lines)))
    kinds = [each.kind for each in reading.parts[0].element.children]
    assert (kinds.count(ElementKind.PREAMBULAR), kinds.count(ElementKind.OPERATIVE)) == (before, behind)
    assert sum(each.kind is ElementKind.OPENING for each in reading.elements()) == before


@given(mixed("A TITLE", "1.", "2. RECALLING, it", "3. a", "10.\u00a0b", "DECLARE:", "That", "١. c", "RECALLING it"))
def test_any_declaration_is_read_whole_or_refused(text: str) -> None:
    read_or_refused("declaration", text)


def test_the_draft_declaration_of_2011(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "draft-declaration-and-plan-2011", "declaration")
    assert [each.key.partition("/")[2] for each in element.children] == [
        *("title-1", "title-2"),
        *(f"preambular-{number}" for number in range(1, 11)),
        "formula",
        *(f"operative-{number}" for number in range(1, 8)),
    ]
    openings = {
        each.key.split("/")[1].removeprefix("preambular-"): each.span.of(reading.text)
        for each in element.leaves()
        if each.kind is ElementKind.OPENING
    }
    assert openings == {
        "2": "ACKNOWLEDGING",
        "3": "RECOGNIZING",
        "4": "TAKING INTO ACCOUNT",
        "5": "CONVINCED",
        "6": "BEARING IN MIND",
        "7": "CONSIDERING",
        "8": "CONSIDERING",
        "9": "TAKING INTO ACCOUNT",
        "10": "TAKING INTO ACCOUNT",
    }


def test_the_words_of_the_draft_declaration_of_2011(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "draft-declaration-and-plan-2011", "declaration")
    words = {each.key.partition("/")[2]: each.span.of(reading.text) for each in element.leaves()}
    assert len(words) == 2 + 10 * 2 + 9 + 1 + 7 * 2
    assert words["title-2"] == "ON SECURITY IN THE AMERICAS"
    assert words["preambular-1/words"].startswith("The member states of")
    assert words["preambular-3/words"].startswith(", furthermore, that insecurity is")
    assert words["preambular-10/number"] == "10."
    assert words["formula"] == "DECLARE:"
    assert words["operative-6/words"].endswith("serving prison sentences, and")
    assert words["operative-7/words"].startswith("That we request the Secretary General to seek")
