"""The grammars of reports: sections under Roman numerals and a signature; and of a proposed paragraph."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import faults, leaves, mixed, read_as, read_or_refused, real, shown, spaced, whole

from mandategraph.documents.lines import Line
from mandategraph.documents.sections import is_name, slug
from mandategraph.kinds import ElementKind
from mandategraph.model import Reading

SMALL = "I.\nMANDATE\nIt was so.\nII. METHOD\n1. One,\n"
SIGNED = f"{SMALL}Jane Q. Public\nEnvoy of it\nChair of the\n\nGroup on it\n"
CONTENT = "expected a paragraph that ends in a point, a numbered item, or a label that ends in a colon"
SECTION = "expected a section, as 'I. TITLE'"
CONTENTS = st.sampled_from(
    [
        ["It was so.", "(It was.)"],
        ["1. One", "2.", "two", "It was, as said:"],
        ["It was “so”", "Label one:", "It was; indeed;", "Label two:", "1. One"],
    ]
)
PROPOSED = "A PARAGRAPH\n(Of today)\n1. To do so.\n"


def test_a_report() -> None:
    assert leaves(read_as("report", SIGNED)) == [
        ("section-mandate/heading/number", "I."),
        ("section-mandate/heading/words-1", "MANDATE"),
        ("section-mandate/paragraph-1", "It was so."),
        ("section-method/heading/number", "II."),
        ("section-method/heading/words-1", "METHOD"),
        ("section-method/item-1/number", "1."),
        ("section-method/item-1/words", "One,"),
        ("signature-1/name", "Jane Q. Public"),
        ("signature-1/role", "Envoy of it"),
        ("signature-1/office/words-1", "Chair of the"),
        ("signature-1/office/words-2", "Group on it"),
    ]


def test_the_kinds_of_a_report() -> None:
    (part,) = read_as("report", SIGNED).parts
    assert [each.kind for each in part.element.walk() if each.children] == [
        ElementKind.PART,
        *(ElementKind.SECTION, ElementKind.SECTION_HEADING),
        *(ElementKind.SECTION, ElementKind.SECTION_HEADING, ElementKind.ITEM),
        *(ElementKind.SIGNATURE, ElementKind.OFFICE),
    ]
    assert (part.plan, part.units, part.citations) == (None, (), ())


def test_numerals_may_repeat_and_need_no_sequence() -> None:
    text = "IV. B\nb.\nI. MANDATE\na.\nI. AUTHORITIES\n2. a\n1. a\n"
    assert [key for key, _ in leaves(read_as("report", text)) if not key.endswith("words-1")] == [
        *("section-b/heading/number", "section-b/paragraph-1"),
        *("section-mandate/heading/number", "section-mandate/paragraph-1"),
        "section-authorities/heading/number",
        *("section-authorities/item-2/number", "section-authorities/item-2/words"),
        *("section-authorities/item-1/number", "section-authorities/item-1/words"),
    ]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("I. TITLE OF\n IT", ["TITLE OF", "IT"]),
        ("I.\n\nTITLE OF\nIT AND\nMORE", ["TITLE OF", "IT AND", "MORE"]),
        ("I. TITLE of\nIt.", ["TITLE of"]),
        ("I. TITLE\nIt.", ["TITLE"]),
        ("I. TITLE\n1.\nONE", ["TITLE"]),
    ],
    ids=["two-lines", "three-below-the-numeral", "not-in-capitals", "words-below", "a-number-below"],
)
def test_a_heading_in_capitals_goes_on_in_capitals(heading: str, words: list[str]) -> None:
    reading = read_as("report", f"{heading}\na.\n")
    found = [each.span.of(reading.text) for each in reading.leaves() if "/heading/words-" in each.key]
    assert found == words


def test_capitals_behind_a_blank_line_are_no_heading() -> None:
    assert faults("report", "I. TITLE\n\nIT\n") == [f"doc.txt:3:1: {CONTENT}, found 'IT'"]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("WORKING METHOD", "working-method"),
        ("CALENDAR OF ACTIVITIES", "calendar"),
        ("THE GROUP'S 2nd TASK", "the-groups-2nd-task"),
        ("OF THE GROUP", "of-the-group"),
        ("ÉLECTION", "election"),
        ("Method:", "method"),
        ("«—»", ""),
        ("ยังไง", ""),
    ],
)
def test_a_heading_makes_a_readable_key(heading: str, name: str) -> None:
    assert slug(heading) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Denys Toscano Amores", True),
        ("Álvaro O'Neil-Núñez", True),
        ("Jane", False),
        ("Jane Public of Here", False),
        ("Jane Public:", False),
        ("JANE PUBLIC", False),
        ("Jane Q. Public 3", False),
        ("A B C D E F", False),
    ],
)
def test_a_name_is_a_few_words_with_capitals(text: str, expected: bool) -> None:  # noqa: FBT001 - both are tried
    assert is_name(Line(0, len(text), text)) is expected


def test_a_label_opens_a_section_within_a_section() -> None:
    text = "I. A\nOne:\nx.\n1. a\nTwo:\n1. b\nII. B\nOne:\ny.\n"
    assert [(key, words) for key, words in leaves(read_as("report", text)) if "/heading/" not in key] == [
        ("section-a/section-one/label", "One:"),
        ("section-a/section-one/paragraph-1", "x."),
        ("section-a/section-one/item-1/number", "1."),
        ("section-a/section-one/item-1/words", "a"),
        ("section-a/section-two/label", "Two:"),
        ("section-a/section-two/item-1/number", "1."),
        ("section-a/section-two/item-1/words", "b"),
        ("section-b/section-one/label", "One:"),
        ("section-b/section-one/paragraph-1", "y."),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("x.\n", [f"doc.txt:1:1: {SECTION}, found 'x.'"], id="words-only"),
        pytest.param(f"x.\n{SMALL}", [f"doc.txt:1:1: {SECTION}, found 'x.'"], id="words-before-the-first"),
        pytest.param(
            "I. A\na.\nI. A\nb.\n",
            ["doc.txt:3:1: expected a heading not used before (doc.txt:1:1 has this one), found 'I. A'"],
            id="a-heading-used-twice",
        ),
        pytest.param(
            "I. A\nOne:\na.\nOne:\nb.\n",
            ["doc.txt:4:1: expected a heading not used before (doc.txt:2:1 has this one), found 'One:'"],
            id="a-label-used-twice",
        ),
        pytest.param(
            "I. A\n1. a\n1. b\n",
            ["doc.txt:3:1: expected a number not used before (doc.txt:2:1 has this one), found '1. b'"],
            id="a-number-used-twice",
        ),
        pytest.param(
            "I. — —\nb.\n", ["doc.txt:1:1: expected a heading with letters, found 'I. — —'"], id="a-heading-of-dashes"
        ),
        pytest.param(
            "I.\nII. B\nb.\n", ["doc.txt:2:1: expected the words of 'I.', found 'II. B'"], id="a-numeral-alone"
        ),
        pytest.param(
            "I. A\nb.\nII.",
            ["doc.txt:3:3: expected the words of 'II.', found 'the end of the part'"],
            id="a-last-numeral",
        ),
        pytest.param(
            "I. A\nII. B\nb.\n",
            ["doc.txt:2:1: expected a paragraph under 'I. A', found 'II. B'"],
            id="nothing-under-a-heading",
        ),
        pytest.param(
            "I. A\nOne:\nTwo:\nb.\n",
            ["doc.txt:3:1: expected a paragraph under 'One:', found 'Two:'"],
            id="nothing-under-a-label",
        ),
        pytest.param("I. A\nb.\nwords\n", [f"doc.txt:3:1: {CONTENT}, found 'words'"], id="words-without-a-point"),
        pytest.param(
            "I. A\n1.\n2. b\n", ["doc.txt:3:1: expected the words of '1.', found '2. b'"], id="a-number-alone"
        ),
        pytest.param(
            f"{SMALL}Jane Public\nEnvoy of it\n",
            [
                (
                    "doc.txt:7:12: expected the role and the office of 'Jane Public', each on a line of its own, "
                    "found 'the end of the part'"
                )
            ],
            id="no-office",
        ),
        pytest.param(
            f"{SMALL}Jane Public\nIt was so.\nI. B\nb.\n",
            [
                (
                    "doc.txt:7:1: expected the role and the office of 'Jane Public', each on a line of its own, "
                    "found 'It was so.'"
                )
            ],
            id="no-role",
        ),
        pytest.param(f"{SIGNED}It was so.\n", [f"doc.txt:11:1: {SECTION}, found 'It was so.'"], id="words-behind-it"),
        pytest.param(
            "Jane Public\nEnvoy of it\nChair\n",
            [f"doc.txt:3:6: {SECTION}, found 'the end of the part'"],
            id="a-signature-only",
        ),
        pytest.param(
            "x\nI. A\nwords\nOne:\n1.\nI. A\n1. a\n1. b",
            [
                f"doc.txt:1:1: {SECTION}, found 'x'",
                f"doc.txt:3:1: {CONTENT}, found 'words'",
                "doc.txt:6:1: expected the words of '1.', found 'I. A'",
                "doc.txt:6:1: expected a heading not used before (doc.txt:2:1 has this one), found 'I. A'",
                "doc.txt:8:1: expected a number not used before (doc.txt:7:1 has this one), found '1. b'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_report(text: str, found: list[str]) -> None:
    assert faults("report", text) == found


def test_two_may_sign() -> None:
    reading = read_as("report", f"{SIGNED}John Public\nEnvoy\nVice Chair of it\n")
    assert [key for key, _ in leaves(reading) if key.endswith("name")] == ["signature-1/name", "signature-2/name"]


def test_a_proposed_paragraph() -> None:
    reading = read_as("proposed-paragraph", f"{PROPOSED}2.\nTo do more\n")
    assert leaves(reading) == [
        ("title-1", "A PARAGRAPH"),
        ("note-1", "(Of today)"),
        ("paragraph-1/number", "1."),
        ("paragraph-1/words", "To do so."),
        ("paragraph-2/number", "2."),
        ("paragraph-2/words", "To do more"),
    ]
    assert [each.kind for each in reading.parts[0].element.children] == [
        *(ElementKind.TITLE, ElementKind.NOTE, ElementKind.PARAGRAPH, ElementKind.PARAGRAPH),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "(OF TODAY)\n1. a\n", ["doc.txt:2:1: expected a title line in capitals, found '1. a'"], id="no-title"
        ),
        pytest.param(
            "A TITLE\n(Of today)\n",
            ["doc.txt:2:11: expected a proposed paragraph, as '1. Words', found 'the end of the part'"],
            id="no-paragraph",
        ),
        pytest.param(
            "a\n1.\n2. a\n2. b\nA TITLE\n",
            [
                "doc.txt:1:1: expected a title line in capitals, found 'a'",
                "doc.txt:1:1: expected a proposed paragraph, as '1. Words', found 'a'",
                "doc.txt:3:1: expected the words of '1.', found '2. a'",
                "doc.txt:4:1: expected a number not used before (doc.txt:3:1 has this one), found '2. b'",
                "doc.txt:5:1: expected a proposed paragraph, as '1. Words', found 'A TITLE'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_beside_a_proposed_paragraph(text: str, found: list[str]) -> None:
    assert faults("proposed-paragraph", text) == found


@given(st.data(), st.integers(1, 9))
def test_read_then_printed_a_report_is_itself(data: st.DataObject, count: int) -> None:
    numerals = st.sampled_from(["I.", "II.", "IX."])
    lines: list[str] = []
    for number in range(count):
        lines += [f"{data.draw(numerals)}\u00a0 TITLE {number}", *data.draw(CONTENTS)]
    lines += data.draw(st.sampled_from([[], ["Jane Public", "Envoy of it", "Chair of", "it all"]]))
    reading = whole("report", data.draw(spaced(lines)))
    assert sum(each.kind is ElementKind.SECTION_HEADING for each in reading.elements()) == count


@given(mixed("I.", "II. A", "I. B OF", "C", "It was.", "1.", "2. a", "Label:", "Jane Public", "envoy", "—", "X. —"))
def test_any_report_is_read_whole_or_refused(text: str) -> None:
    read_or_refused("report", text)


@given(mixed("A TITLE", "(A note)", "1.", "2. a", "words", "(A NOTE)", "١. c"))
def test_any_proposed_paragraph_is_read_whole_or_refused(text: str) -> None:
    read_or_refused("proposed-paragraph", text)


def test_the_sections_of_the_report_of_2012(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-report-2012", "report")
    numbers = {each.key: each.span.of(reading.text) for each in element.leaves() if "/heading/number" in each.key}
    assert [(key.split("/")[1], numeral) for key, numeral in numbers.items()] == [
        ("section-mandate", "I."),
        ("section-authorities", "I."),
        ("section-working-method", "II."),
        ("section-proceedings", "III."),
        ("section-presentation", "IV."),
    ]
    words = [each.span.of(reading.text) for each in element.leaves() if "section-presentation/heading/w" in each.key]
    assert words == ["PRESENTATION OF PROPOSED PARAGRAPHS", "FOR THE CSH’S DRAFT RESOLUTION"]
    blocks = {
        each.key.removeprefix("report/section-"): [child.key.rpartition("/")[2] for child in each.children[1:]]
        for each in element.walk()
        if each.kind is ElementKind.SECTION
    }
    assert blocks == {
        "mandate": ["paragraph-1", "paragraph-2"],
        "authorities": ["paragraph-1", "paragraph-2"],
        "working-method": ["paragraph-1", *(f"item-{number}" for number in range(1, 10))],
        "proceedings": [*(f"paragraph-{number}" for number in range(1, 5)), "section-negotiation-method"],
        "proceedings/section-negotiation-method": ["paragraph-1", "item-1", "item-2"],
        "presentation": ["paragraph-1", "paragraph-2"],
    }


def test_the_signature_of_the_report_of_2012(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-report-2012", "report")
    assert shown(reading, element.children[-1]) == [
        ("name", "name", "Denys Toscano Amores"),
        ("role", "role", "Alternate Representative of Ecuador to the OAS"),
        ("office/words-1", "words", "Chair of the Working Group to Prepare a"),
        ("office/words-2", "words", "Draft Hemispheric Plan of Action to"),
        ("office/words-3", "words", "Follow up on the Declaration of San Salvador"),
        ("office/words-4", "words", "on Citizen Security in the Americas"),
    ]


def test_the_proposed_paragraph_of_2012(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-report-2012", "annex-2")
    *opening, (key, kind, words) = shown(reading, element)
    assert opening == [
        ("title-1", "title", "PROPOSED PARAGRAPH FOR THE DRAFT RESOLUTION"),
        ("title-2", "title", "OF THE COMMITTEE ON HEMISPHERIC SECURITY"),
        ("note-1", "note", "(Presented by the Chair and considered at the meeting held on April 24, 2012)"),
        ("paragraph-1/number", "number", "1."),
    ]
    assert (key, kind) == ("paragraph-1/words", "words")
    assert words.startswith("To endorse the Hemispheric Plan of Action")
    assert words.endswith("as a reference guide for the member states.")
