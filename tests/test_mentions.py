"""The finder of mentions: what is a candidate and what is not, what covers it, and the real tables against it."""

import time
from pathlib import Path

import pytest

from mandategraph.errors import SourceError
from mandategraph.mentions import DATE, EXPECTED, FORM, NAME, SYMBOL, candidates, idle, uncovered, unknown
from mandategraph.model import folded
from mandategraph.places import Place, Span

TABLES = ("mentions", "excused", "bodies", "meetings", "states", "persons", "programmes", "symbols")
NAMED = ("bodies", "meetings", "states", "persons", "programmes")


def found(text: str, *forms: str) -> list[tuple[str, str]]:
    return [(each.words, each.why) for each in candidates(text, forms)]


def spans(text: str, *words: str) -> list[Span]:
    return [Span(text.index(each), text.index(each) + len(each)) for each in words]


@pytest.mark.parametrize(
    "symbol",
    [
        "AG/RES. 2444 (XXXIX-O/09)",
        "AG/RES. 2574 (XL-0/10)",
        "AG/DEC. 66 (XLI-O/11)",
        "CP/RES. 908 (1567/06)",
        "A/RES/55/25",
        "CSH/GT/DSS-12/12",
        "CSH/GT/DSS-12/12 rev. 5",
        "CES/DEC. 1/03 rev. 1",
        "MISPA/RE/doc.4/09",
        "MISPA II/doc.8/09 rev. 4",
        "CP/doc-\u00a0\u00a0\u00a0/12",
    ],
)
def test_a_document_symbol_is_one_candidate(symbol: str) -> None:
    assert found(f"as said in {symbol}, which was read") == [(folded(symbol), SYMBOL)]


@pytest.mark.parametrize("words", ["and/or", "his AND/OR hers", "http://community.example.org"])
def test_a_stroke_without_a_number_makes_no_symbol(words: str) -> None:
    assert SYMBOL not in [why for _, why in found(words)]


@pytest.mark.parametrize("date", ["March 28", "April 26, 2012", "May XX, 2012", "DECEMBER 2011", "March\n28"])
def test_a_date_is_a_candidate(date: str) -> None:
    assert found(f"held on {date}, there") == [(folded(date), DATE)]


def test_words_of_a_date_or_symbol_are_no_part_of_a_name() -> None:
    assert found("the Chair of April 3 and AG/RES. 1 (XL-O/10) Follow") == [
        ("Chair", NAME),
        ("April 3", DATE),
        ("AG/RES. 1 (XL-O/10)", SYMBOL),
        ("Follow", NAME),
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("then the Committee on Hemispheric Security met", "Committee on Hemispheric Security"),
        (
            "by the Meeting of Ministers of Justice or Other Ministers, too",
            "Meeting of Ministers of Justice or Other Ministers",
        ),
        ("of the Inter-American Convention against it", "Inter-American Convention"),
        ("to Trinidad and Tobago in turn", "Trinidad and Tobago"),
        ("the draft CSH’s members wrote", "CSH"),
        ("in Washington, and on", "Washington"),
        ("it meets in D.C. often", "D.C."),
        ("MANDATE", "MANDATE"),
        ("PROGRAM OF ACTION OF IXTAPA 1990:", "PROGRAM OF ACTION OF IXTAPA"),
        ("II. WORKING METHOD", "WORKING METHOD"),
        ("CICTE met", "CICTE"),
        ("Permanent Council and others", "Permanent Council"),
    ],
)
def test_capitalised_words_are_one_candidate(text: str, name: str) -> None:
    assert found(text) == [(name, NAME)]


@pytest.mark.parametrize(
    "text",
    [
        "Establish protocols",
        "It is so. Promote them! Why? Because",
        "1.1 Establish protocols",
        "2. Strengthen it",
        "\t· Dispatch of it",
        "a. Partner with them",
        "it reads “Promote it” and “ Requesting it",
        "(Approved there)",
        "as follows: Compile it",
        "the first\nThe second",
        "II.\nIn order to",
        "The. And of the",
        "member states of the hemisphere",
    ],
)
def test_a_single_capital_that_opens_something_is_no_candidate(text: str) -> None:
    assert found(text) == []


def test_names_are_kept_apart_by_punctuation_and_lines() -> None:
    assert [words for words, _ in found("of Peace, Security and Cooperation\nCitizen Security; the Chair")] == [
        "Peace",
        "Security and Cooperation",
        "Citizen Security",
        "Chair",
    ]


def test_a_known_form_is_a_candidate_wherever_it_stands_whole() -> None:
    text = "Chair and this\n guide; guides, this guide. An armchair"
    assert found(text, "Chair", "this guide") == [("Chair", FORM), ("this guide", FORM), ("this guide", FORM)]


def test_of_known_forms_the_longest_counts() -> None:
    assert found("the draft plan of action", "plan of action", "draft plan of action") == [
        ("draft plan of action", FORM)
    ]


def test_a_known_form_reaches_a_possessive() -> None:
    assert [each.span for each in candidates("x group’s y", ["group"])] == [Span(2, 7)]


def test_candidates_carry_offsets() -> None:
    text = "so the Working\u00a0Group said"
    (only,) = candidates(text, ())
    assert (only.span.of(text), only.words) == ("Working\u00a0Group", "Working Group")


def test_one_mention_covers_a_candidate() -> None:
    text = "then the Committee on Hemispheric Security met"
    assert uncovered(text, spans(text, "Committee on Hemispheric Security"), (), ()) == []


def test_several_mentions_cover_a_candidate_together() -> None:
    text = "the MISPA and REMJA processes"
    assert uncovered(text, spans(text, "MISPA", "REMJA"), (), ()) == []


def test_what_mentions_leave_of_a_candidate_is_reported() -> None:
    text = "the Vice Chairs of the Working Group and its Guests"
    left = uncovered(text, spans(text, "Working Group"), (), ())
    assert [each.words for each in left] == ["Vice Chairs", "Guests"]
    assert [each.words for each in uncovered(text, spans(text, "Vice"), (), ())] == [
        "Chairs of the Working Group",
        "Guests",
    ]


def test_a_single_capital_that_opens_something_may_be_left() -> None:
    text = "Requesting the General Secretariat to"
    assert uncovered(text, spans(text, "General Secretariat"), (), ()) == []
    assert [each.words for each in uncovered(text, spans(text, "General Secretariat"), (), ["Requesting"])] == [
        "Requesting"
    ]


def test_part_of_a_symbol_is_not_enough() -> None:
    text = "in AG/RES. 1 (XL-O/10)."
    assert [each.words for each in uncovered(text, spans(text, "AG/RES. 1"), (), ())] == ["XL-O/10"]


def test_a_known_form_without_a_mention_is_reported_once() -> None:
    text = "so the Working Group said"
    assert [each.words for each in uncovered(text, (), (), ["Working Group", "Group"])] == ["Working Group"]


def test_excused_words_cover_a_candidate_and_only_whole() -> None:
    text = "in the Hemisphere and the Hemispheres"
    assert [each.words for each in uncovered(text, (), ["Hemisphere"], ())] == ["Hemispheres"]
    assert uncovered("in Mexico City", (), ["Mexico City"], ["Mexico"]) == []


def test_an_unknown_name_is_an_error_where_it_stands() -> None:
    text = "Nothing.\nhere the Republic of\u00a0Ruritania sits"
    (error,) = unknown("a.txt", text, (), (), ())
    assert isinstance(error, SourceError)
    assert (error.place, error.expected, error.found) == (Place("a.txt", 2, 10), EXPECTED, "Republic of Ruritania")


def test_an_excuse_that_no_candidate_needs_is_idle() -> None:
    text = "Then the Hemisphere and Ruritania. Promote it"
    excused = ["Hemisphere", "Ruritania", "Promote", "Atlantis"]
    assert idle(text, spans(text, "Ruritania"), excused, ()) == ["Ruritania", "Promote", "Atlantis"]


def rows(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text("utf-8").removesuffix("\n").split("\n")
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


@pytest.fixture(scope="module")
def tables(root: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of what the documents name."""
    return {name: rows(root / f"data/registry/{name}.tsv") for name in TABLES}


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """The documents by name."""
    return {path.stem: path.read_text("utf-8") for path in sorted((root / "data/sources").glob("*.txt"))}


@pytest.fixture(scope="module")
def forms(tables: dict[str, list[dict[str, str]]]) -> set[str]:
    """Every name, abbreviation and symbol of a row, and every wording of a mention."""
    named = {row["name"] for name in NAMED for row in tables[name]}
    short = {row["abbreviation"] for row in tables["bodies"] if row["abbreviation"]}
    return named | short | {row["symbol"] for row in tables["symbols"]} | {row["words"] for row in tables["mentions"]}


def mentioned(tables: dict[str, list[dict[str, str]]], document: str) -> list[Span]:
    return [Span(int(row["start"]), int(row["end"])) for row in tables["mentions"] if row["document"] == document]


def excuses(tables: dict[str, list[dict[str, str]]], document: str) -> list[str]:
    return [row["words"] for row in tables["excused"] if row["document"] in {"any", document}]


def test_every_mention_of_the_tables_has_its_words(
    tables: dict[str, list[dict[str, str]]], texts: dict[str, str]
) -> None:
    assert tables["mentions"]
    for row in tables["mentions"]:
        exact = texts[row["document"]][int(row["start"]) : int(row["end"])]
        assert (folded(exact), exact.strip()) == (row["words"], exact)


def test_no_candidate_of_the_documents_is_left(
    tables: dict[str, list[dict[str, str]]], texts: dict[str, str], forms: set[str]
) -> None:
    errors = [
        str(error)
        for document, text in texts.items()
        for error in unknown(f"{document}.txt", text, mentioned(tables, document), excuses(tables, document), forms)
    ]
    assert errors == []


def test_no_excuse_of_the_tables_is_idle(
    tables: dict[str, list[dict[str, str]]], texts: dict[str, str], forms: set[str]
) -> None:
    needed = {
        (document, words)
        for document, text in texts.items()
        for words in set(excuses(tables, document))
        - set(idle(text, mentioned(tables, document), excuses(tables, document), forms))
    }
    for row in tables["excused"]:
        assert [each for each in needed if each[1] == row["words"] and row["document"] in {"any", each[0]}], row


def test_a_mention_taken_away_is_missed(
    tables: dict[str, list[dict[str, str]]], texts: dict[str, str], forms: set[str]
) -> None:
    document = "working-group-report-2012"
    for row in tables["states"]:
        away = {
            Span(int(each["start"]), int(each["end"])) for each in tables["mentions"] if each["words"] == row["name"]
        }
        kept = [each for each in mentioned(tables, document) if each not in away]
        left = unknown(document, texts[document], kept, excuses(tables, document), forms)
        assert {each.found for each in left} <= {row["name"]}
        assert left or row["code"] == "SV"


def test_the_documents_are_searched_quickly(
    tables: dict[str, list[dict[str, str]]], texts: dict[str, str], forms: set[str]
) -> None:
    before = time.perf_counter()
    for document, text in texts.items():
        unknown(document, text, mentioned(tables, document), excuses(tables, document), forms)
    assert time.perf_counter() - before < 1
