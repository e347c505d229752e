"""The grammar of work plans: sections and a signature as in a report, a calendar, footnotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from texts import faults, leaves, mixed, read_as, read_or_refused, real, shown, spaced, whole

from mandategraph.kinds import ElementKind
from mandategraph.model import Reading

HEADS = "I. CALENDAR\nDATE\nTOPIC:\n"
SMALL = f"{HEADS}MARCH 2012\nMarch 9, 2012\nFORMAL MEETING OF IT\n· One\n\n·Two.\n"
ENTRY = "expected an entry, as 'March 9, 2012' and its items, as '· Words'"
MONTH = "expected a month, as 'MARCH 2012'"


def in_table(text: str) -> list[tuple[str, str]]:
    """The leaves of the calendar."""
    start = "section-calendar/table/"
    return [(key[len(start) :], words) for key, words in leaves(read_as("work-plan", text)) if key.startswith(start)]


def test_a_calendar() -> None:
    entry = "month-2012-03/entry-2012-03-09"
    assert in_table(SMALL) == [
        ("head/date", "DATE"),
        ("head/topic", "TOPIC:"),
        ("month-2012-03/label", "MARCH 2012"),
        (f"{entry}/date", "March 9, 2012"),
        (f"{entry}/meeting", "FORMAL MEETING OF IT"),
        (f"{entry}/item-1/marker", "·"),
        (f"{entry}/item-1/words", "One"),
        (f"{entry}/item-2/marker", "·"),
        (f"{entry}/item-2/words", "Two."),
    ]


def test_the_kinds_of_a_calendar() -> None:
    (part,) = read_as("work-plan", SMALL).parts
    assert [each.kind for each in part.element.walk()][5:] == [
        *(ElementKind.TABLE, ElementKind.ROW, ElementKind.LABEL, ElementKind.LABEL),
        *(ElementKind.MONTH, ElementKind.LABEL, ElementKind.ENTRY, ElementKind.DATE, ElementKind.MEETING),
        *(ElementKind.ITEM, ElementKind.MARKER, ElementKind.WORDS) * 2,
    ]
    assert (part.plan, part.units, part.citations) == (None, (), ())


def test_months_and_dates_out_of_sequence_are_the_document_s_own() -> None:
    text = f"{HEADS}MAY 2012\nApril 3, 2012\n· a\nApril 1, 2012\n· b\nMARCH 2012\nMARCH 2011\n"
    assert [key for key, _ in in_table(text) if key.endswith(("label", "date"))][1:] == [
        *("month-2012-05/label", "month-2012-05/entry-2012-04-03/date", "month-2012-05/entry-2012-04-01/date"),
        *("month-2012-03/label", "month-2011-03/label"),
    ]


def test_the_heads_of_columns_end_a_heading_in_capitals() -> None:
    assert leaves(read_as("work-plan", SMALL))[1:3] == [
        ("section-calendar/heading/words-1", "CALENDAR"),
        ("section-calendar/table/head/date", "DATE"),
    ]


def test_what_stands_around_a_calendar() -> None:
    text = f"II. A\nNote:\n1. a\nJane Public\nEnvoy\nChair\n{SMALL}II. B\nb.\n* Noted\n\ufffd.\tAnd noted.\n"
    keys = [key for key, _ in leaves(read_as("work-plan", text)) if "calendar" not in key and "/heading/" not in key]
    assert keys == [
        *(
            "section-a/section-note/label",
            "section-a/section-note/item-1/number",
            "section-a/section-note/item-1/words",
        ),
        *("signature-1/name", "signature-1/role", "signature-1/office/words-1"),
        "section-b/paragraph-1",
        *("footnote-1/marker", "footnote-1/words", "footnote-2/marker", "footnote-2/words"),
    ]


def test_a_footnote_is_a_mark_and_words() -> None:
    assert leaves(read_as("work-plan", f"{SMALL}\ufffd.\tThis plan.\n"))[-2:] == [
        ("footnote-1/marker", "\ufffd."),
        ("footnote-1/words", "This plan."),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "I. A\na.\n",
            ["doc.txt:2:3: expected a calendar with the columns DATE and TOPIC:, found 'the end of the part'"],
            id="no-calendar",
        ),
        pytest.param(
            "* a\n", ["doc.txt:1:4: expected a section, as 'I. TITLE', found 'the end of the part'"], id="no-section"
        ),
        pytest.param(
            SMALL.replace("TOPIC:\n", ""),
            [
                "doc.txt:3:1: expected the head of a column, 'TOPIC:', found 'MARCH 2012'",
            ],
            id="a-column-without-head",
        ),
        pytest.param(
            "I. CALENDAR\nDATE",
            ["doc.txt:2:4: expected the head of a column, 'TOPIC:', found 'the end of the part'"],
            id="heads-at-the-end",
        ),
        pytest.param(f"{HEADS}March 9, 2012\n· One\n", [f"doc.txt:4:1: {MONTH}, found 'March 9, 2012'"], id="no-month"),
        pytest.param(f"{HEADS}a\nMAY 2012\n", [f"doc.txt:4:1: {MONTH}, found 'a'"], id="words-for-a-month"),
        pytest.param(
            f"{HEADS}MAY 2012\nFORMAL MEETING OF IT\n· One\nMay 3, 2012\n· Two\n",
            [f"doc.txt:5:1: {ENTRY}, found 'FORMAL MEETING OF IT'"],
            id="a-meeting-without-date",
        ),
        pytest.param(
            f"{HEADS}FEBRUARY 2012\nFebruary 30, 2012\n· One\n",
            [f"doc.txt:5:1: {ENTRY}, found 'February 30, 2012'"],
            id="a-day-that-is-none",
        ),
        pytest.param(
            f"{HEADS}MAY 2012\nMay 3, 2012\nMay 4, 2012\n· Two\n",
            ["doc.txt:6:1: expected an item under 'May 3, 2012', as '· Words', found 'May 4, 2012'"],
            id="no-items",
        ),
        pytest.param(
            f"{HEADS}MAY 2012\nMay 3, 2012\nFORMAL MEETING OF IT",
            ["doc.txt:6:20: expected an item under 'May 3, 2012', as '· Words', found 'the end of the part'"],
            id="no-items-at-the-end",
        ),
        pytest.param(
            f"{HEADS}MAY 2012\nMay 3, 2012\n·\nMay 4, 2012\n· Two\n",
            ["doc.txt:6:1: expected an item under 'May 3, 2012', as '· Words', found '·'"],
            id="a-marker-alone",
        ),
        pytest.param(
            f"{SMALL}words\nAPRIL 2012\n", [f"doc.txt:10:1: {ENTRY}, found 'words'"], id="words-behind-the-items"
        ),
        pytest.param(
            f"{SMALL}MARCH 2012\nMarch 9, 2012\n· Three\n",
            [
                "doc.txt:10:1: expected a month not used before (doc.txt:4:1 has this one), found 'MARCH 2012'",
                "doc.txt:11:1: expected a date not used before (doc.txt:5:1 has this one), found 'March 9, 2012'",
            ],
            id="a-month-and-a-date-used-twice",
        ),
        pytest.param(
            f"{SMALL}DATE\nTOPIC:\nMAY 2012\nMay 3, 2012\n",
            [
                f"doc.txt:10:1: {ENTRY}, found 'DATE'",
                "doc.txt:13:12: expected an item under 'May 3, 2012', as '· Words', found 'the end of the part'",
            ],
            id="a-second-head",
        ),
        pytest.param(
            f"x\n{HEADS}y\nMAY 2012\nz\nMay 3, 2012\nJUNE 2012\n· One\nJune 1, 2012\n· One\n* Noted\nv\n",
            [
                "doc.txt:1:1: expected a section, as 'I. TITLE', found 'x'",
                f"doc.txt:5:1: {MONTH}, found 'y'",
                f"doc.txt:7:1: {ENTRY}, found 'z'",
                "doc.txt:9:1: expected an item under 'May 3, 2012', as '· Words', found 'JUNE 2012'",
                f"doc.txt:10:1: {ENTRY}, found '· One'",
                "doc.txt:14:1: expected a section, as 'I. TITLE', found 'v'",
            ],
            id="several-together",
        ),
    ],
)
def test_what_has_no_place_in_a_work_plan(text: str, found: list[str]) -> None:
    assert faults("work-plan", text) == found


MONTHS = ("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER")


@given(st.data(), st.integers(0, 2))
def test_read_then_printed_a_work_plan_is_itself(data: st.DataObject, notes: int) -> None:
    lines = ["I. A", "a.", "1.", "b", "Jane Public", "Envoy", "Chair", "II. CALENDAR of it", "DATE", "TOPIC:"]
    for number, name in enumerate(data.draw(st.permutations(MONTHS))[:4], 1):
        lines.append(f"{name} 2012")
        for day in data.draw(st.lists(st.integers(1, 28), max_size=3, unique=True)):
            lines.append(f"{name.capitalize()} {day}, 2012")
            lines += data.draw(st.sampled_from([[], ["INFORMAL MEETING OF IT"]]))
            lines += [f"· {number}"] * data.draw(st.integers(1, 3))
    lines += ["\ufffd.\u00a0Noted."] * notes
    reading = whole("work-plan", data.draw(spaced(lines)))
    assert sum(each.kind is ElementKind.MONTH for each in reading.elements()) == 4


@given(
    st.booleans().flatmap(
        lambda headed: mixed(
            *("MARCH 2012", "March 9, 2012", "April 1, 2012", "FORMAL MEETING OF IT", "· One", "·", "words"),
            *("DATE", "TOPIC:", "I. A", "II. B", "It was.", "1. a", "2.", "* Noted", "Jane Public", "Label:"),
        ).map(lambda text: f"{HEADS}{text}" if headed else text)
    )
)
def test_any_work_plan_is_read_whole_or_refused(text: str) -> None:
    read_or_refused("work-plan", text)


def test_the_sections_of_the_work_plan_of_2012(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-work-plan-2012", "text")
    assert [each.key.partition("/")[2] for each in element.children] == [
        *("section-mandate", "section-working-procedures", "signature-1", "section-calendar", "footnote-1"),
    ]
    mandate, procedures, signature, calendar, footnote = element.children
    assert [each.key.rpartition("/")[2] for each in mandate.children] == ["heading", "paragraph-1", "paragraph-2"]
    assert [each.key.rpartition("/")[2] for each in procedures.children] == [
        *("heading", "paragraph-1"),
        *(f"item-{number}" for number in range(1, 10)),
    ]
    assert [words for _, _, words in shown(reading, signature)] == [
        "Denys Toscano Amores",
        "Alternate Representative of Ecuador to the OAS",
        "Chair of the Working Group to Prepare a Draft Hemispheric Plan of Action to",
        "Follow-up on the Declaration of San Salvador on",
        "Citizen Security in the Americas",
    ]
    numeral, heading = shown(reading, calendar.children[0])
    assert numeral == ("number", "number", "III.")
    assert heading[2].startswith("CALENDAR OF ACTIVITIES AND MEETINGS")
    marker, words = shown(reading, footnote)
    assert marker == ("marker", "marker", "\ufffd.")
    assert words[2].startswith("This work plan was adopted in keeping with")


CALENDAR = {
    "2011-12-15": ("FORMAL", 2),
    "2012-01-12": ("", 1),
    "2012-01-13": ("", 1),
    "2012-02-23": ("", 2),
    "2012-03-09": ("INFORMAL", 1),
    "2012-03-15": ("INFORMAL", 1),
    "2012-03-21": ("INFORMAL", 1),
    "2012-03-29": ("FORMAL", 1),
    "2012-04-03": ("INFORMAL", 1),
    "2012-04-19": ("FORMAL", 2),
}


def test_the_calendar_of_the_work_plan_of_2012(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-work-plan-2012", "text")
    months = [each for each in element.walk() if each.kind is ElementKind.MONTH]
    assert [each.key.rpartition("/")[2] for each in months] == [
        *("month-2011-12", "month-2012-01", "month-2012-02", "month-2012-03", "month-2012-04"),
    ]
    found = {}
    for entry in (each for month in months for each in month.children[1:]):
        words = {each.kind: each.span.of(reading.text) for each in entry.children}
        meeting = words.get(ElementKind.MEETING, "").partition(" ")[0]
        items = sum(each.kind is ElementKind.ITEM for each in entry.children)
        found[entry.key.rpartition("/entry-")[2]] = (meeting, items)
    assert found == CALENDAR


def test_an_item_in_a_paragraph_of_its_own_belongs_to_the_entry_above(readings: tuple[Reading, ...]) -> None:
    reading, element = real(readings, "working-group-work-plan-2012", "text")
    (entry,) = (each for each in element.walk() if each.key.endswith("/entry-2012-02-23"))
    assert shown(reading, entry) == [
        ("date", "date", "February 23, 2012"),
        ("item-1/marker", "marker", "·"),
        ("item-1/words", "words", "Deadline for inputs for the guidelines questionnaire"),
        ("item-2/marker", "marker", "·"),
        ("item-2/words", "words", "Preparation of the draft Work Plan based on the inputs received."),
    ]
