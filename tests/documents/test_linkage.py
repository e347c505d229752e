"""The grammar of linking documents: actions, under them headings, under those quotations."""

import re
from collections import Counter

import pytest

from mandategraph.documents import read
from mandategraph.documents.linkage import heading_end
from mandategraph.errors import Faults, SourceError
from mandategraph.kinds import ElementKind
from mandategraph.model import CitationReading, PartDescription, Reading, SourceDescription

TOP = "Title\n1. Chapter\n1.1 Action\n"
HEADING = "Plan of Action of X, 2001:"

QUOTATIONS = {
    "1.1": 5, "1.2": 9, "1.3": 4, "1.4": 1,
    "2.1": 17, "2.2": 7, "2.3": 11, "2.4": 12, "2.5": 3,
    "3.1": 5, "3.2": 3, "3.3": 1, "3.4": 2, "3.5": 2,
    "4.1": 8, "4.2": 1, "4.3": 4, "4.4": 3,
    "5.1": 6, "5.2": 9, "5.3": 8, "5.4": 2, "5.5": 7,
}  # fmt: skip
"""How many quotations stand under each action of the linking document, counted by hand."""

WITHOUT_MARKS = {
    "2.1": (127, 129, 131, 133, 139), "2.2": (160, 162), "2.3": (179, 188), "2.4": (218, 220, 222), "2.5": (244,),
    "3.2": (271,), "3.4": (280,),
    "4.1": (306, 308, 310, 312), "4.2": (318,), "4.3": (331, 335), "4.4": (346,),
    "5.1": (351,), "5.2": (385, 387), "5.4": (422, 424), "5.5": (440, 442),
}  # fmt: skip
"""The lines of the linking document on which a quotation without marks begins, found by eye."""


def linkage(text: str) -> Reading:
    part = PartDescription("plan", "linkage", plan="2011-03-07")
    return read(SourceDescription("doc", "", "", "", "", "", "", "", "", (part,)), text)


def citations(text: str) -> tuple[CitationReading, ...]:
    (part,) = linkage(text).parts
    return part.citations


def under_a_heading(text: str) -> list[tuple[str, bool]]:
    """The quotations of a text that stands under one heading: their words, and whether they stand in marks."""
    (citation,) = citations(f"{TOP}{HEADING}\n{text}\n")
    return [(each.text, each.quoted) for each in citation.quotations]


def faults(text: str) -> list[str]:
    """The messages of what is wrong with a text."""
    try:
        linkage(text)
    except SourceError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("“a b”", [("a b", True)], id="one-pair"),
        pytest.param("“a\n\nb”", [("a b", True)], id="one-pair-over-an-empty-line"),
        pytest.param(
            "“ a;\n\nPlan of B, 2001:\n1. c; and\nd”",
            [("a; Plan of B, 2001: 1. c; and d", True)],
            id="items-in-one-pair",
        ),
        pytest.param("“a”\n\n“b”", [("a", True), ("b", True)], id="two-pairs"),
        pytest.param("“a”\n“b”", [("a", True), ("b", True)], id="two-pairs-on-lines-that-touch"),
        pytest.param("“a” “b”", [("a", True), ("b", True)], id="two-pairs-on-one-line"),
        pytest.param(
            "“a\nb” “c\nd”\n“e”", [("a b", True), ("c d", True), ("e", True)], id="a-pair-begins-where-one-ends"
        ),
        pytest.param("“a “b” c”", [("a “b” c", True)], id="marks-inside"),
        pytest.param("“as in 1.2 of c\nd”", [("as in 1.2 of c d", True)], id="a-number-inside"),
        pytest.param("““a” b”", [("“a” b", True)], id="marks-inside-at-the-beginning"),
        pytest.param("“a” (about c)", [("a", True)], id="gloss"),
        pytest.param("“a” (such as “b”)", [("a", True)], id="marks-in-a-gloss"),
        pytest.param("“a\nb”.\n“c”", [("a b", True), ("c", True)], id="gloss-before-the-next"),
        pytest.param("“a” (about c) “b”", [("a", True), ("b", True)], id="gloss-between-two-pairs"),
        pytest.param("a\n\nb", [("a", False), ("b", False)], id="paragraphs-without-marks"),
        pytest.param("a, such as “b” and “c”", [("a, such as “b” and “c”", False)], id="marks-inside-a-paragraph"),
        pytest.param("3. a:\na. b\n\nb. c", [("3. a: a. b b. c", False)], id="numbered-with-items"),
        pytest.param(
            "3. a:\n\nb.\nc;\n\nb. d\n\ne", [("3. a: b. c; b. d", False), ("e", False)], id="letter-alone-on-its-line"
        ),
        pytest.param("3. a\n4. b", [("3. a", False), ("4. b", False)], id="numbered-twice"),
        pytest.param("a. b", [("a. b", False)], id="lettered-without-a-number"),
    ],
)
def test_what_is_one_quotation(text: str, found: list[tuple[str, bool]]) -> None:
    assert under_a_heading(text) == found


def test_a_quotation_reaches_from_its_first_word_to_its_last() -> None:
    text = f"{TOP}{HEADING}\n“ a\n\n b ” (c)\n"
    reading = linkage(text)
    (citation,) = reading.parts[0].citations
    (quotation,) = citation.quotations
    assert quotation.span.of(text) == "a\n\n b"
    kinds = {each.kind: each.span.of(text) for each in reading.leaves() if each.key.startswith(quotation.element)}
    assert kinds[ElementKind.GLOSS] == "(c)"
    marks = [each.span.of(text) for each in reading.leaves() if each.kind is ElementKind.MARK]
    assert marks == ["“", "”"]


def test_elements_are_named_by_where_they_stand() -> None:
    text = f"{TOP}{HEADING}\n“a\nb” (c)\n“d”\n{HEADING} e\n"
    action = "plan/chapter-1/action-1.1"
    assert [(each.key, each.span.of(text)) for each in linkage(text).leaves()] == [
        ("plan/title-1", "Title"),
        ("plan/chapter-1/number", "1."),
        ("plan/chapter-1/words", "Chapter"),
        (f"{action}/number", "1.1"),
        (f"{action}/words", "Action"),
        (f"{action}/citation-1/heading", HEADING),
        (f"{action}/citation-1/quotation-1/mark-1", "“"),
        (f"{action}/citation-1/quotation-1/words-1", "a"),
        (f"{action}/citation-1/quotation-1/words-2", "b"),
        (f"{action}/citation-1/quotation-1/mark-2", "”"),
        (f"{action}/citation-1/quotation-1/gloss", "(c)"),
        (f"{action}/citation-1/quotation-2/mark-1", "“"),
        (f"{action}/citation-1/quotation-2/words-1", "d"),
        (f"{action}/citation-1/quotation-2/mark-2", "”"),
        (f"{action}/citation-2/heading", HEADING),
        (f"{action}/citation-2/quotation-1/words-1", "e"),
    ]


def test_lettered_items_are_parts_of_their_paragraph() -> None:
    text = f"{TOP}{HEADING}\n3. a:\nb.\nc\nd. e\n"
    reading = linkage(text)
    (quotation,) = reading.parts[0].citations[0].quotations
    assert quotation.locator == "3"
    items = [each for each in reading.leaves() if each.kind is ElementKind.ITEM]
    assert [each.span.of(text) for each in items] == ["b.\nc", "d. e"]
    assert [each.key for each in items] == [f"{quotation.element}/item-1", f"{quotation.element}/item-2"]


def test_only_a_number_is_a_locator() -> None:
    (citation,) = citations(f"{TOP}{HEADING}\n2 a\n12. b\n")
    assert [each.locator for each in citation.quotations] == [None, "12"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Action Plan of Miami, 1994:", "Action Plan of Miami, 1994:"),
        ("Action Plan of Miami, 1994: “a: b”", "Action Plan of Miami, 1994:"),
        ("Action Plan of Miami, 1994 : a", "Action Plan of Miami, 1994 :"),
        ("Declaration of X: Y, 2008:", "Declaration of X: Y, 2008:"),
        ("Declaration of X: Y, 2008: adopt: measures", "Declaration of X: Y, 2008:"),
        ("Declaration of X: Y (AG/DEC. 57 (XXXVIII-O/08): adopt", "Declaration of X: Y (AG/DEC. 57 (XXXVIII-O/08):"),
        ("Drug Strategy, Demand: policies", "Drug Strategy, Demand:"),
        ("AG/RES. 2535 (XL-O/10) – CIFTA: organize", "AG/RES. 2535 (XL-O/10) – CIFTA:"),
        ("AG/RES. 2493 (XXXIX-O/09), OBSERVATIONS", "AG/RES. 2493 (XXXIX-O/09), OBSERVATIONS"),
        ("Recommendations of the Second Meeting: promote", "Recommendations of the Second Meeting:"),
        ("Elaborate mechanisms for the evaluation", None),
        ("Strengthen the exchange on these topics: 1) prisons", None),
        ("“Plan of X, 2001: a”", None),
        ("3. Plan of X, 2001: a", None),
        ("b. Plan of X, 2001: a", None),
        ("Plan of X, 2001:a", None),
        ("a AG/RES. 2493 (XXXIX-O/09)", None),
    ],
)
def test_where_a_heading_ends(line: str, heading: str | None) -> None:
    assert heading_end(line) == (None if heading is None else len(heading))


def test_a_heading_and_its_quotation_may_share_a_line() -> None:
    text = f"{TOP}Declaration of X: Y, 2008 : “a”\n\n“b”\nPlan of Z, 2009: c: d\ne\n"
    one, other = citations(text)
    assert (one.wording, one.heading.of(text), str(one.place)) == (
        "Declaration of X: Y, 2008",
        "Declaration of X: Y, 2008 :",
        "doc.txt:4:1",
    )
    assert [each.text for each in one.quotations] == ["a", "b"]
    assert (other.wording, [each.text for each in other.quotations]) == ("Plan of Z, 2009", ["c: d", "e"])


def test_a_heading_by_symbol_needs_no_colon() -> None:
    (citation,) = citations(f"{TOP}AG/RES. 2493 (XXXIX-O/09), OBSERVATIONS\n3. To instruct\n")
    assert citation.wording == "AG/RES. 2493 (XXXIX-O/09), OBSERVATIONS"
    assert [each.text for each in citation.quotations] == ["3. To instruct"]


def test_a_numbered_paragraph_before_the_tenth_action_opens_no_chapter() -> None:
    (citation,) = citations(f"{TOP}{HEADING}\n1. To instruct\n1.10 Next\n")
    assert [each.text for each in citation.quotations] == ["1. To instruct"]


def test_a_numbered_line_inside_a_resolution_opens_no_chapter() -> None:
    text = f"{TOP}{HEADING}\n2. To instruct\na. b\n\n1.2 Next\n{HEADING}\n“c”\n2. Second\n2.1 First\n{HEADING}\n“d”\n"
    (part,) = linkage(text).parts
    assert [(str(unit.key.kind), unit.key.notation, unit.text, unit.parent.notation) for unit in part.units] == [
        ("chapter", "1", "Chapter", "2011-03-07"),
        ("action", "1.1", "Action", "1"),
        ("action", "1.2", "Next", "1"),
        ("chapter", "2", "Second", "2011-03-07"),
        ("action", "2.1", "First", "2"),
    ]
    assert [(each.action, [q.text for q in each.quotations]) for each in part.citations] == [
        ("1.1", ["2. To instruct a. b"]),
        ("1.2", ["c"]),
        ("2.1", ["d"]),
    ]


def test_quotations_are_numbered_in_the_document_and_in_their_action() -> None:
    text = f"{TOP}{HEADING}\n“a”\n“b”\n{HEADING}\n“c”\n1.2 Next\n{HEADING}\n“d”\n"
    numbers = [(q.text, q.position, q.number_in_action) for each in citations(text) for q in each.quotations]
    assert numbers == [("a", 1, 1), ("b", 2, 2), ("c", 3, 3), ("d", 4, 1)]


def test_an_action_may_have_no_headings() -> None:
    (part,) = linkage(f"{TOP}1.2. Next\n").parts
    assert [unit.key.notation for unit in part.units] == ["1", "1.1", "1.2"]
    assert part.citations == ()


NO_MIX = "under one heading quotations all in marks or all without; or a heading with its colon"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            f"{TOP}{HEADING}\n“a\n1.2 Next\n{HEADING}\n“b”\n",
            ["doc.txt:5:1: expected a quotation closed by ” before the next action, found '“a'"],
            id="never-closed-before-the-next-action",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“a\n1.2 Next\n{HEADING}\n“b””\n",
            ["doc.txt:5:1: expected a quotation closed by ” before the next action, found '“a'"],
            id="closed-under-another-action",
        ),
        pytest.param(
            f"{TOP}{HEADING} “a “b”\n",
            ["doc.txt:4:28: expected a quotation closed by ” before the next action, found '“a “b”'"],
            id="never-closed-before-the-end",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“a”\n1.1 Again\n1.2 Next\n",
            ["doc.txt:6:1: expected an action number not used before (doc.txt:3:1 has this one), found '1.1'"],
            id="duplicate-action",
        ),
        pytest.param(
            f"{TOP}2.2 Foreign\n1.2 Next\n",
            ["doc.txt:4:1: expected an action of chapter 1, as '1.1 Words', found '2.2 Foreign'"],
            id="action-of-another-chapter",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n{HEADING}\n“a”\n",
            [f"doc.txt:5:1: expected a quotation under the heading '{HEADING}', found '{HEADING}'"],
            id="heading-without-quotation",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n",
            [f"doc.txt:4:27: expected a quotation under the heading '{HEADING}', found 'the end of the part'"],
            id="heading-at-the-end",
        ),
        pytest.param(
            f"{TOP}a\n",
            ["doc.txt:4:1: expected a heading that names an instrument, ending in a colon, found 'a'"],
            id="words-without-heading",
        ),
        pytest.param(
            f"{TOP}“a”\n",
            ["doc.txt:4:1: expected a heading that names an instrument, ending in a colon, found '“a”'"],
            id="quotation-without-heading",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“a”\nb\n", [f"doc.txt:6:1: expected {NO_MIX}, found 'b'"], id="unquoted-among-quoted"
        ),
        pytest.param(
            f"{TOP}{HEADING}\na\n  “b”\n", [f"doc.txt:6:3: expected {NO_MIX}, found '“b”'"], id="quoted-among-unquoted"
        ),
        pytest.param(
            f'{TOP}{HEADING}\n"a"\n', ["doc.txt:5:1: expected quotation marks “ ”, found '\"a\"'"], id="straight-marks"
        ),
        pytest.param(
            f"{TOP}{HEADING} «a»\n", ["doc.txt:4:28: expected quotation marks “ ”, found '«a»'"], id="french-marks"
        ),
        pytest.param(
            f"{TOP}{HEADING}\n„a“\n", ["doc.txt:5:1: expected quotation marks “ ”, found '„a“'"], id="german-marks"
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“”\n",
            ["doc.txt:5:1: expected words between the quotation marks, found '“”'"],
            id="no-words",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“ \n”\n",
            ["doc.txt:5:1: expected words between the quotation marks, found '“'"],
            id="only-space",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n“…”\n",
            ["doc.txt:5:1: expected words between the quotation marks, found '“…”'"],
            id="only-punctuation",
        ),
        pytest.param(
            f"{TOP}{HEADING}\n3. a\nb.\n",
            ["doc.txt:6:3: expected another line, found 'the end of the part'"],
            id="letter-alone-at-the-end",
        ),
        pytest.param(
            "Title\n“a”\n", ["doc.txt:2:4: expected a title and chapters, found 'the end of the part'"], id="no-chapter"
        ),
        pytest.param(
            " \n", ["doc.txt:1:2: expected a title and chapters, found 'the end of the part'"], id="no-words-at-all"
        ),
    ],
)
def test_what_has_no_place_is_told_where_it_stands(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_a_duplicate_chapter_does_not_make_faults_of_its_actions() -> None:
    first, *more = faults(f"{TOP}1. Chapter\n1.1 Again\n1.2 Next\n2. Last\n2.1 First\n")
    assert first == "doc.txt:4:1: expected a chapter number not used before (doc.txt:2:1 has this one), found '1'"
    assert all("number not used before" in each for each in more)


@pytest.mark.parametrize("following", ["1.2 Next", "Plan of Y, 2002:", "2. Second\n2.1 First", "c. d"])
def test_a_letter_alone_does_not_swallow_what_follows(following: str) -> None:
    (message,) = faults(f"{TOP}{HEADING}\n3. a\nb.\n{following}\n{HEADING}\n“c”\n")
    assert message.startswith("doc.txt:7:1: expected the words of 'b.', found ")


def test_the_faults_of_a_file_are_told_together() -> None:
    text = (
        f"{TOP}{HEADING}\n“a\n1.1 Again\n{HEADING}\n“b”\n2.2 Foreign\n1.2 Next\nc\n1.3 Next\n{HEADING}\n“d”\n"
        f"2. Second\n2.1 First\n{HEADING}\n«e»\n"
    )
    assert [each.partition(": ")[0] for each in faults(text)] == [
        "doc.txt:5:1",
        "doc.txt:6:1",
        "doc.txt:9:1",
        "doc.txt:11:1",
        "doc.txt:18:1",
    ]


def top_level_marks(text: str) -> Counter[str]:
    """How many quotation marks open outside any other under each action: a count that knows nothing of the reader."""
    action, depth = "", 0
    found: Counter[str] = Counter()
    for line in text.split("\n"):
        number = re.match(r"([1-5]\.[1-9]) ", line)
        action = number[1] if number else action
        for character in line:
            found[action] += character == "“" and depth == 0
            depth += (character == "“") - (character == "”")
    assert depth == 0
    return found


@pytest.fixture(scope="module")
def linking(readings: tuple[Reading, ...]) -> Reading:
    return readings[0]


def test_the_linking_document_has_the_quotations_counted_by_hand(linking: Reading) -> None:
    found = Counter(each.action for each in linking.parts[1].citations for _ in each.quotations)
    assert found == QUOTATIONS
    assert found.total() == 130


def test_an_independent_count_agrees(linking: Reading) -> None:
    marks = top_level_marks(linking.text)
    in_paragraphs = {"5.5": 2}  # “Life Skills” and “Program to Estimate …” stand inside a paragraph without marks
    for action, expected in QUOTATIONS.items():
        quoted = marks[action] - in_paragraphs.get(action, 0)
        assert quoted + len(WITHOUT_MARKS.get(action, ())) == expected, action


def test_the_quotations_without_marks_are_those_found_by_eye(linking: Reading) -> None:
    starts = [
        (each.action, linking.text.count("\n", 0, quotation.span.start) + 1)
        for each in linking.parts[1].citations
        for quotation in each.quotations
        if not quotation.quoted
    ]
    assert starts == [(action, line) for action, lines in WITHOUT_MARKS.items() for line in lines]
    assert len(starts) == 30


def test_the_linking_document_has_its_chapters_and_actions(linking: Reading) -> None:
    notations = [unit.key.notation for unit in linking.parts[1].units]
    assert [each for each in notations if "." in each] == list(QUOTATIONS)
    assert [each for each in notations if "." not in each] == ["1", "2", "3", "4", "5"]


def test_the_oddities_of_the_linking_document_are_read_as_they_are(linking: Reading) -> None:
    held = {(each.action, q.number_in_action): q for each in linking.parts[1].citations for q in each.quotations}
    assert held["1.3", 4].text.endswith(
        "as appropriate, that enable us to benefit from the expertise of each Member State"
    )
    assert held["2.4", 11].text.startswith("Requesting the General Secretariat")
    assert held["2.4", 11].text.endswith("including the use of technology for this purpose")
    assert held["3.3", 1].text.startswith("To include the item “Hemispheric Cooperation")
    assert held["2.3", 6].locator == "3"
    assert re.findall(r" [ab]\. ", held["2.3", 6].text) == [" a. ", " b. ", " b. "]
    glosses = [each.span.of(linking.text) for each in linking.leaves() if each.kind is ElementKind.GLOSS]
    assert glosses == ["(in the area of the prevention of trafficking in persons)", "."]
