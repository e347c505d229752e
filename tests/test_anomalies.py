"""What looks at odds with itself is found by its kind, what is sound is left alone, and what is known is no error."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import anomalies
from mandategraph.anomalies import Finding
from mandategraph.errors import TableError
from mandategraph.model import Reading, SourceDescription
from mandategraph.places import Place, Span
from mandategraph.triples.spans import located


def reading(text: str) -> Reading:
    """A text in which no part is read: the finders look at its characters."""
    source = SourceDescription("doc", "", "", "", "", "", "", "", "", ())
    return Reading(source, text, ())


def found(text: str) -> list[tuple[str, str]]:
    """The kinds and words of the findings of a text."""
    return [(each.kind, each.span.of(text)) for each in anomalies.find(reading(text))]


FIRING = {
    "a letter twice": ("a. One;\nb. Two;\nb. Three;\n", [("list label", "b.")]),
    "a number left out": ("1. One.\n\n2. Two.\n\n4. Four.\n", [("list label", "4.")]),
    "a list from its second label": ("2. Two.\n3. Three.\n", [("list label", "2.")]),
    "a dotted number twice": ("1.1 One.\n1.2 Two.\n1.2 Three.\n", [("list label", "1.2")]),
    "a section twice": ("I.\nMANDATE\n\nIt was given.\n\nI. OFFICE\n\nIt was held.\n", [("list label", "I.")]),
    "a roman number left out": ("i. One.\nii. Two.\niv. Four.\n", [("list label", "iv.")]),
    "a roman letter left out": ("iv) Four.\nvi) Six.\n", [("list label", "iv)"), ("list label", "vi)")]),
    "a chapter twice": ("CHAPTER 1 – One\nSome words.\nCHAPTER 1 – Two\nSome words.\n", [("list label", "CHAPTER 1")]),
    "an objective left out": ("Objective 1.1\nTo do.\nObjective 1.3\nTo do.\n", [("list label", "Objective 1.3")]),
    "a label within a line twice": ("Topics: 1) one; 2) two; 2) three.\n", [("list label", "2)")]),
    "a letter within a line left out": ("Topics: (a) one; (c) two.\n", [("list label", "(c)")]),
    "a quotation not closed": ("“Take note\n\nand go on.\n", [("unbalanced marks", "“")]),
    "a quotation not opened": ("Take note” of it.\n", [("unbalanced marks", "”")]),
    "a bracket not closed": ("A (B 5 (C/08): it.\n", [("unbalanced marks", "(")]),
    "a square bracket not opened": ("A] it.\n", [("unbalanced marks", "]")]),
    "a straight mark alone": ('A "word" and "another.\n', [("unbalanced marks", '"')]),
    "a comma before an empty line": ("As appropriate,\n\nthat it goes.\n", [("broken sentence", "appropriate,")]),
    "a comma at the end": ("As appropriate,\n", [("broken sentence", "appropriate,")]),
    "an item with a comma": ("1. One.\n2. Two,\n3. Three.\n", [("broken sentence", "Two,")]),
    "a word that needs another": ("All crimes, including.\nMore.\n", [("broken sentence", "including.")]),
    "a conjunction before a label": ("To go and\n1. One.\n", [("broken sentence", "and")]),
    "a conjunction at the end": ("It is to go and\n", [("broken sentence", "and")]),
    "an item without a mark": ("1. One.\n2. Two\n3. Three.\n", [("variation", "Two")]),
    "a lost character": ("\ufffd. A note.\n", [("damaged character", "\ufffd")]),
    "two months": ("On November September 8, 2011, it met.\n", [("impossible date", "November September 8")]),
    "a day too many": ("On June 31, 2011, it met.\n", [("impossible date", "June 31, 2011")]),
    "no leap year": ("On February 29, 2011, it met.\n", [("impossible date", "February 29, 2011")]),
    "a day left open": ("On May XX, 2012, it met.\n", [("left blank", "May XX")]),
    "a number left open": ("See CP/doc-\u00a0\u00a0 /12 here.\n", [("left blank", "-\u00a0\u00a0 /1")]),
    "a line to fill": ("Done at ____ today.\n", [("left blank", "____")]),
    "more meetings than days": (
        "It held four regular meetings: on March 1, March 8, and March 9, 2012.\n",
        [("count", "four regular meetings")],
    ),
    "fewer meetings than days": (
        "The two meetings held on March 1, 2 and 3, 2012, were long.\n",
        [("count", "two meetings")],
    ),
    "a day behind a later one": (
        "It met on March 28, March 24, and April 26, 2012.\n",
        [("sequence", "March 28, March 24")],
    ),
    "a year behind a later one": (
        "It met on March 28, 2012, and on April 24, 2011.\n",
        [("sequence", "March 28, 2012, and on April 24, 2011")],
    ),
    "a word twice": ("It is to to go.\n", [("wrong word", "to to")]),
    "two spaces": ("It is  to go.\n", [("variation", "  ")]),
    "a space behind a mark": ("“ Take” note.\n", [("variation", "“ ")]),
    "a space before a colon": ("AG/RES. 1 (O/07) : prepare\n", [("variation", " :")]),
    "no space behind a comma": ("The detainees,institute it.\n", [("variation", "detainees,institute")]),
}


@pytest.mark.parametrize(("text", "expected"), FIRING.values(), ids=FIRING.keys())
def test_what_is_at_odds_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


SOUND = {
    "a list": "1. One;\n2. Two; and\n3. Three.\n",
    "labels alone": "1.\nOne thing.\n2.\nAnother thing.\n",
    "letters under numbers": "1. One:\na. A;\nb. B.\n2. Two:\na. A;\nb. B.\n3. Three.\n",
    "roman numbers under letters": "a. A:\n(b) no label\ni. One.\nii. Two.\nb. B.\n",
    "the ninth letter": "".join(f"{letter}. Words.\n" for letter in "abcdefghijkl"),
    "roman letters": "i. One.\nii. Two.\niii. Three.\niv. Four.\nv. Five.\nvi. Six.\n",
    "a list under another heading": "1. One.\n2. Two.\n\nDECLARE:\n\n1. One.\n2. Two.\n",
    "lists of one item": "Objective 1.1\nProposed actions\n1. One.\nObjective 1.2\nProposed actions\n1. One.\n",
    "numbers that go on in another chapter": "CHAPTER 1\n1. One.\n2. Two.\nCHAPTER 2\n3. Three.\n",
    "labels within a line": "Topics: 1) one; 2) two; 3) three.\n",
    "brackets that are no labels": "See resolution 5 (2) and paragraph (b) of it.\n",
    "a quotation within a quotation": "“To include “Life” here” and (that [too]).\n",
    "a quotation over two lines": "“Take note\nof it” here.\n",
    "a list of commas": "1. One,\n2. Two,\n3. Three.\n",
    "a title over lines": "Chair of the Group to Prepare a\nPlan of Action to\n\nFollow up on the Declaration\n",
    "a signature": "Sincerely,\n\nThe Chair\n",
    "a colon before a list": "They are these:\n1. go.\n",
    "titles without a final mark": "1. One\n2. Two\n3. Three.\n4. Four\n",
    "a session in roman numbers": "AG/RES. 1 (XX-O/90) of the XX session.\n",
    "leap days": "On February 29, 2012, or February 29.\n",
    "as many meetings as days": "It held two meetings, one on March 15 and the other on April 11, 2012.\n",
    "two counts": "The three meetings held on March 1, 2, and 3, and the two meetings held on May 1 and May 2, 2012.\n",
    "a count without days": "The two meetings were long; the text of March 3 and March 4 was read.\n",
    "a turn of the year": "It met on December 15 and January 10, 2012.\n",
    "days with their years": "It met on December 15, 2011, and on March 28, 2012.\n",
    "that that": "It is said that that is so.\n",
    "two spaces behind a stop": "It is so.  It is not.\n",
    "two spaces behind a label": "Objective 1.1  To do.\n",
    "marks without spaces": "At 10:30, see http://a.org/b,c or 1,000.\n",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND.keys())
def test_what_is_sound_is_left_alone(text: str) -> None:
    assert found(text) == []


@given(st.text(st.sampled_from('aiIX1259.,;:()[]“”" \n\u00a0\ufffd')) | st.text())
def test_findings_of_any_text_are_words_of_it(text: str) -> None:
    findings = anomalies.find(reading(text))
    assert findings == sorted(findings)
    assert all(each.span.end <= len(text) and each.span.of(text).strip(" \u00a0") != "\n" for each in findings)


def test_a_list_within_a_quotation_is_one_of_its_own(readings: tuple[Reading, ...]) -> None:
    linking = next(each for each in readings if each.source.identifier == "linking-document-2011")
    labels = [each for each in anomalies.find(linking) if each.kind == "list label"]
    assert [linking.text[each.span.start : each.span.end + 8] for each in labels] == ["b. Develop"]


TEXT = "It is to to go\nand is  so.\n"


@pytest.mark.parametrize(
    ("known", "places"),
    [
        ({}, [Place("doc.txt", 1, 7), Place("doc.txt", 2, 7)]),
        ({"wrong word": [Span(0, 7)], "variation": [Span(21, 22)]}, []),
        ({"wrong word": [Span(0, 6), Span(11, 14)]}, [Place("doc.txt", 1, 7), Place("doc.txt", 2, 7)]),
        ({"variation": [Span(0, 26)]}, [Place("doc.txt", 1, 7)]),
    ],
)
def test_a_finding_is_known_where_a_side_of_its_kind_overlaps_it(
    known: dict[str, list[Span]], places: list[Place]
) -> None:
    held = reading(TEXT)
    assert [each.place for each in anomalies.unknown(held, anomalies.find(held), known)] == places


def test_what_is_unknown_is_told_with_its_words() -> None:
    finding = Finding(Span(6, 11), "wrong word", "a word repeated")
    (fault,) = anomalies.unknown(reading(TEXT), [finding], {})
    assert isinstance(fault, TableError)
    assert str(fault) == (
        "doc.txt:1:7: expected a row of discrepancies.tsv of kind 'wrong word' that covers it (a word repeated), "
        "found 'to to'"
    )


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def spans(root: Path, readings: tuple[Reading, ...]) -> dict[str, dict[str, list[Span]]]:
    """The spans of the sides of all discrepancies, by document and kind."""
    held_in = {each.source.identifier: each for each in readings}
    kinds = {row["name"]: row["kind"] for row in rows(root / "data/judgements/discrepancies.tsv")}
    held: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(root / "data/judgements/discrepancy-sides.tsv"):
        span = located(held_in[row["document"]], row["words"], Place("discrepancy-sides.tsv"))
        held[row["document"]][kinds[row["discrepancy"]]].append(span)
    return held


def test_all_findings_in_the_real_texts_are_known(root: Path, readings: tuple[Reading, ...]) -> None:
    known = spans(root, readings)
    findings = {each.source.identifier: anomalies.find(each) for each in readings}
    faults = [
        fault
        for each in readings
        for fault in anomalies.unknown(each, findings[each.source.identifier], known[each.source.identifier])
    ]
    assert [str(fault) for fault in faults] == []
    assert {name: len(each) for name, each in findings.items()} == {
        "linking-document-2011": 21,
        "draft-declaration-and-plan-2011": 2,
        "working-group-work-plan-2012": 2,
        "working-group-report-2012": 8,
        "hemispheric-plan-2012": 1,
    }


def test_the_kinds_of_findings_are_kinds_of_discrepancies(root: Path, readings: tuple[Reading, ...]) -> None:
    kinds = {row["kind"] for row in rows(root / "data/judgements/discrepancies.tsv")}
    made = {finding.kind for each in readings for finding in anomalies.find(each)}
    assert made <= kinds
    assert {kind for _, expected in FIRING.values() for kind, _ in expected} == made | {"wrong word", "count"}
