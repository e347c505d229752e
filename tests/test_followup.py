"""Forms to reports: what is right is read, and everything that is wrong is told at once. All reports are invented."""

import contextlib
import csv
import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph import followup
from mandategraph.errors import CellError, Faults, MandategraphError, TableError
from mandategraph.followup import COLUMNS, Part, Report, State, States, Status
from mandategraph.followup.stating import CONCEPTS
from mandategraph.iris import Iris
from mandategraph.schemes import Schemes
from mandategraph.vocabulary import DCTERMS, MG, PROV, A

PARTS = {
    "1": Part("chapter", "Chapter"),
    "1.1": Part("objective", "Objective"),
    "1.1.1": Part("action", "To do"),
    "1.1.2": Part("action", "To do more"),
    "1.1.10": Part("action", "To do most"),
}
INVENTED = {
    "state": "CA",
    "period_begins": "2013",
    "period_ends": "2014-06",
    "submitted": "2015-03-31",
    "source": "https://example.org/invented",
    "action": "1.1.1",
    "done": "Invented for this test.",
    "status": "under way",
    "status_words": "begun",
    "evidence": "",
}
HEADER = ",".join(COLUMNS)


def form(*rows: dict[str, str], columns: tuple[str, ...] = tuple(COLUMNS)) -> bytes:
    """A form in which each row is the invented one, but for what is given."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({**dict.fromkeys(columns, ""), **INVENTED, **row} for row in rows)
    return out.getvalue().encode()


def read(*contents: bytes) -> tuple[Report, ...]:
    """The reports of forms."""
    return followup.read([(f"{name}.csv", each) for name, each in zip("abc", contents, strict=False)], PARTS, States())


def faults(*contents: bytes) -> list[MandategraphError]:
    """What is wrong with forms."""
    with pytest.raises(MandategraphError) as raised:
        read(*contents)
    return list(raised.value.faults) if isinstance(raised.value, Faults) else [raised.value]


def fault(*contents: bytes) -> str:
    """The one thing that is wrong with forms."""
    (found,) = faults(*contents)
    return str(found)


# What is right


def test_a_form_holds_reports_by_state_and_period_in_the_order_of_the_plan() -> None:
    reports = read(
        form({"state": "mex", "action": "1.1.2"}, {"state": "Mexico", "action": "1.1.1"}, {"period_begins": "2012"}),
        form({"action": "1.1.10"}, {"action": "1.1.2", "status": "Planned", "done": ""}),
    )
    assert [(each.state.code, each.period, [entry.action for entry in each.entries]) for each in reports] == [
        ("CA", "2012/2014-06", ["1.1.1"]),
        ("CA", "2013/2014-06", ["1.1.2", "1.1.10"]),
        ("MX", "2013/2014-06", ["1.1.1", "1.1.2"]),
    ]
    assert reports[1].entries[0].status is Status.PLANNED
    assert (reports[1].submitted, reports[1].source) == ("2015-03-31", "https://example.org/invented")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mark_of_utf_8_and_either_line_end_are_read(mark: bytes, end: bytes) -> None:
    (report,) = read(mark + form({"done": "Capacitación, «dos» veces"}).replace(b"\r\n", end))
    assert report.entries[0].done == "Capacitación, «dos» veces"


def test_cells_may_hold_lines_commas_and_quotation_marks() -> None:
    (report,) = read(form({"done": ' A "first"\ncourse,\tand\u00a0another '}))
    assert report.entries[0].done == 'A "first" course, and another'


def test_columns_may_stand_in_any_order_and_empty_rows_and_columns_are_passed_over() -> None:
    content = form({}, columns=tuple(reversed(COLUMNS)))
    spread = b"\r\n".join(line + b",," for line in content.split(b"\r\n"))
    assert read(spread) == read(content) == read(form({}))
    assert read(form({}) + b",,,\r\n\r\n") == read(form({}))


def test_what_may_be_missing() -> None:
    rows: list[dict[str, str]] = [
        {"action": "1.1.1", "status": "not stated", "done": "", "status_words": ""},
        {"action": "1.1.2", "status": "not begun", "done": ""},
    ]
    (report,) = read(form(*rows))
    assert [entry.status for entry in report.entries] == [Status.NOT_STATED, Status.NOT_BEGUN]


@pytest.mark.parametrize(
    "name", ["BO", "bol", "Bolivia", "Plurinational State of Bolivia", " BOLIVIA,  plurinational state of"]
)
def test_a_state_is_known_by_its_codes_and_names(name: str) -> None:
    assert States().named(name) == State("BO", "Bolivia")


@pytest.mark.parametrize("name", ["México", "PANAMÁ", "Haïti"])
def test_accents_do_not_matter(name: str) -> None:
    assert States().named(name)


@pytest.mark.parametrize("name", ["", "XX", "076", "Brasil", "\U0001f1e8\U0001f1e6", "Americas"])
def test_what_is_no_code_or_name_is_no_state(name: str) -> None:
    assert States().named(name) is None


# What is wrong with a form as a whole


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n \n"])
def test_an_empty_file_is_told(content: bytes) -> None:
    assert fault(content) == f"a.csv: expected the columns {HEADER} with commas between them, found 'an empty file'"


def test_a_form_that_is_not_filled_in_is_told() -> None:
    told = "a.csv: row 2: expected a row for each action reported on, found 'nothing below the header'"
    assert fault(form()) == told


def test_what_is_not_utf_8_is_told_with_its_line() -> None:
    latin = form({"done": "Capacitación"}).decode().encode("latin-1")
    (found,) = faults(latin)
    assert isinstance(found, TableError)
    assert str(found).startswith("a.csv:2: expected text in UTF-8 (save as 'CSV UTF-8'), found \"byte 0xf3 after '")
    assert str(found).endswith("Capacitaci'\"")
    assert fault(form({}).decode().encode("utf-16")) == "a.csv: expected text in UTF-8, found 'UTF-16'"


@pytest.mark.parametrize("separator", [";", "\t"])
def test_another_separator_is_told_once(separator: str) -> None:
    content = form({}, {"action": "1.1.2"}).replace(b",", separator.encode())
    assert fault(content).startswith(f"a.csv: row 1: expected the columns {HEADER} with commas between them, found '")


def test_each_fault_of_a_header_is_told() -> None:
    columns = (*tuple(COLUMNS)[:-1], "evidense", "state")
    told = [str(each) for each in faults(form({}, columns=columns))]
    assert told == [
        "a.csv: row 1: expected a column of the form (nearest: evidence, period_ends, period_begins), found 'evidense'",
        "a.csv: row 1: expected each column once, found 'state'",
        f"a.csv: row 1: expected also the columns evidence, found '{','.join(columns)}'",
    ]


def test_a_missing_column_is_told_once_and_the_others_are_checked() -> None:
    columns = tuple(column for column in COLUMNS if column not in ("state", "status_words", "done"))
    told = [str(each) for each in faults(form({}, {"action": "1.1"}, columns=columns))]
    assert len(told) == 2
    assert "expected also the columns state, done, status_words" in told[0]
    assert "row 3, action" in told[1]


def test_a_row_with_too_many_cells_is_told() -> None:
    content = form({}) + b"CA,2013,2014,2015,Report, volume 2,1.1.2,,planned,planned,\r\nCA,2013,2014\r\n"
    told = [str(each) for each in faults(content)]
    assert told[0].startswith("a.csv: row 3: expected 10 cells (a comma inside a cell needs quotation marks")
    assert [each.split(":")[1] for each in told[1:]] == [
        f" row 4, {name}" for name in ("submitted", "source", "action", "status")
    ]


@pytest.mark.parametrize("cell", ['"open', '"closed" and more'])
def test_broken_quotation_marks_are_told_with_what_stands_above(cell: str) -> None:
    content = form({"action": "1.1"}) + f"CA,2013,2014,2015,{cell}\r\n".encode()
    told = [str(each) for each in faults(content)]
    assert "row 2, action" in told[0]
    assert told[1].startswith("a.csv: row 3: expected cells in quotation marks that are closed")


# What is wrong with a cell


@pytest.mark.parametrize(
    ("column", "found", "told"),
    [
        ("state", "", "an ISO 3166-1 code of two or three letters, or the name in English"),
        ("state", "Brasil", "(nearest: Brazil (BR)"),
        ("state", "@@", "(nearest: none)"),
        ("period_begins", "", "a year, month or day, as 2013, 2013-07 or 2013-07-31"),
        ("period_begins", "13/07/2013", "a date in the calendar"),
        ("period_begins", "2013-02-29", "a date in the calendar"),
        ("period_begins", "2013-13", "a date in the calendar"),
        ("period_begins", "0000", "a date in the calendar"),
        ("period_ends", "2012-12", "a date not before the period begins (2013)"),
        ("submitted", "2012", "a date not before the period begins (2013)"),
        ("submitted", "soon", "a date in the calendar"),
        ("source", "", "the address (https://...) or the title"),
        ("source", "https://", "an address, as https://www.example.org/report"),
        ("source", "http://example.org/<", "an address"),
        ("evidence", "www.example.org", "an address"),
        ("evidence", "ftp://example.org/", "an address"),
        ("action", "", "the number of an action of the plan of 2012"),
        ("action", "1.1", "an action of plan 2012 (1.1 is an objective; its actions: 1.1.1, 1.1.2, 1.1.10)"),
        ("action", "1", "(1 is a chapter; its actions: 1.1.1, 1.1.2, 1.1.10)"),
        ("action", "1.1.3", "an action of plan 2012 (nearest: 1.1.2, 1.1.1, 1.1.10)"),
        ("action", "prisons", "(nearest: none)"),
        ("status", "", "one of: reported done"),
        ("status", "done", "one of: reported done, under way, planned, not begun, not stated (nearest: reported done"),
        ("status", "%%%", "(nearest: none)"),
        ("status_words", "", "how the report words the status, since one is given"),
        ("done", "", "what was done, in the words of the report, since the status is under way"),
        ("done", "a\x07b", "text without control characters"),
    ],
)
def test_a_cell_that_is_wrong_is_told_with_row_and_column(column: str, found: str, told: str) -> None:
    (one,) = faults(form({"state": "US"}, {column: found}))
    assert isinstance(one, CellError)
    assert (one.place.file, one.row, one.column, one.found) == ("a.csv", 3, column, found)
    assert told in one.expected


def test_a_period_is_compared_as_far_as_both_ends_are_precise() -> None:
    assert read(form({"period_begins": "2013-07", "period_ends": "2013", "submitted": "2013-07"}))
    assert "period_ends" in fault(form({"period_begins": "2013-07-02", "period_ends": "2013-06"}))


def test_an_action_stands_once_in_a_report_wherever_its_rows_are() -> None:
    again = "expected an action once for a state and period"
    assert f"a.csv: row 3, action: {again} (row 2 has it)" in fault(form({}, {"state": "Canada"}))
    assert f"b.csv: row 2, action: {again} (a.csv, row 2 has it)" in fault(form({}), form({"status": "planned"}))
    assert len(read(form({}, {"period_ends": "2014"}, {"state": "US"}))) == 3


def test_a_report_has_one_date_of_submission_and_one_source() -> None:
    submitted, source = faults(form({}, {"action": "1.1.2", "submitted": "2016", "source": "Another"}))
    told = "expected what row 2 has for the same state and period"
    assert str(submitted) == f"a.csv: row 3, submitted: {told}, '2015-03-31', found '2016'"
    assert str(source) == f"a.csv: row 3, source: {told}, 'https://example.org/invented', found 'Another'"


def test_all_faults_of_all_forms_are_told_in_the_order_of_their_rows() -> None:
    one = (
        form({"state": "Atlantis", "action": "9"}, {"status": "over", "period_ends": "2012"}) + b"CA" + b"," * 12 + b"x"
    )
    told = faults(one, b"", form({}, {}))
    assert [(each.row, each.column) if isinstance(each, CellError) else "" for each in told] == [
        (2, "state"),
        (2, "action"),
        (3, "period_ends"),
        (3, "status"),
        (4, ""),
        "",
        (3, "action"),
    ]


@given(st.binary())
def test_no_bytes_are_read_with_another_error(content: bytes) -> None:
    for raw in (content, form({}) + content, HEADER.encode() + b"\n" + content):
        with contextlib.suppress(MandategraphError):
            assert read(raw)


@given(st.lists(st.tuples(st.sampled_from(list(COLUMNS)), st.text()), max_size=3))
def test_what_is_read_is_stated(changes: list[tuple[str, str]]) -> None:
    try:
        reports = read(form(dict(changes)))
    except MandategraphError:
        return
    assert followup.state(reports, Iris(), "0.1.0")


# Stating


def test_statuses_are_those_of_the_scheme(schemes: Schemes) -> None:
    assert schemes.concepts["ImplementationStatuses"] == {str(key): concept for key, concept in CONCEPTS.items()}
    assert CONCEPTS.keys() == set(Status)


def objects(triples: set[ox.Triple], subject: ox.NamedNode, predicate: ox.NamedNode) -> set[object]:
    """What a graph says of a node under a predicate."""
    return {each.object for each in triples if (each.subject, each.predicate) == (subject, predicate)}


def test_a_report_is_attributed_to_its_state_and_asserted(iris: Iris) -> None:
    triples = followup.state(read(form({"evidence": "https://example.org/e"})), iris, "0.1.0")
    report = iris.mint("implementation-report", plan="2012", state="ca", begins="2013", ends="2014-06")
    (entry,) = objects(triples, report, MG["entry"])
    assert isinstance(entry, ox.NamedNode)
    for node in (report, entry):
        assert objects(triples, node, PROV["wasAttributedTo"]) == {iris.mint("state", code="ca")}
        assert objects(triples, node, MG["statementKind"]) == {MG["Asserted"]}
    assert objects(triples, entry, MG["reportsOn"]) == {iris.mint("action", plan="2012", notation="1.1.1")}
    assert objects(triples, entry, MG["implementationStatus"]) == {MG["UnderWay"]}
    assert objects(triples, entry, MG["statusWords"]) == {ox.Literal("begun")}
    assert objects(triples, entry, MG["evidenceAddress"]) == {ox.NamedNode("https://example.org/e")}
    assert objects(triples, report, DCTERMS["source"]) == {ox.NamedNode("https://example.org/invented")}
    assert {each.predicate for each in triples} & {MG["reviewState"], MG["reason"]} == set()


def test_a_title_is_no_address(iris: Iris) -> None:
    triples = followup.state(read(form({"source": "An invented report"})), iris, "0.1.0")
    assert {each.object for each in triples if each.predicate == DCTERMS["source"]} == set()
    (title,) = {each.object for each in triples if each.predicate == DCTERMS["bibliographicCitation"]}
    assert title == ox.Literal("An invented report")


def test_a_state_that_is_described_is_not_described_again(iris: Iris) -> None:
    node = iris.mint("state", code="ca")
    reports = read(form({}))
    assert objects(followup.state(reports, iris, "0.1.0"), node, A) == {PROV["Agent"]}
    assert objects(followup.state(reports, iris, "0.1.0", {node}), node, A) == set()
    assert followup.state([], iris, "0.1.0") == set()


# Coverage


def test_coverage_counts_states_and_actions() -> None:
    reports = read(
        form(
            {"status": "planned"},
            {"period_begins": "2015", "period_ends": "2016", "submitted": "2017"},
            {"state": "US", "action": "1.1.2"},
            {"state": "US"},
        )
    )
    found = followup.covered(PARTS, reports)
    canada, states = State("CA", "Canada"), State("US", "United States")
    assert found.states == (canada, states)
    assert found.statuses("1.1.1", canada) == {"2013/2014-06": Status.PLANNED, "2015/2016": Status.UNDER_WAY}
    assert (found.reporting("1.1.1"), found.reporting("1.1.2"), found.reporting("1.1.10")) == (2, 1, 0)
    assert (found.reported(canada), found.reported(states)) == (1, 2)
    assert found.unreported == ("1.1.10",)
    columns, rows = found.rows()
    assert columns == ("action", "states", "CA", "US")
    assert rows[0]["CA"] == "2013/2014-06: planned; 2015/2016: under way"
    assert (rows[1]["CA"], rows[1]["US"]) == ("", "under way")
