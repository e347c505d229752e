"""The entities: every fault of their tables is found where it is, and what refers to nothing is not loaded."""

from pathlib import Path

import pytest

from mandategraph.entities import SCHEMAS, loaded, named
from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.record import REFERENCE_KINDS, Body, Entities, Meeting, Person, Programme, Reference, State
from mandategraph.schemes import Schemes
from tabled import Cells, Tables, counted, faults_of, needed, written

LINE = "d.txt:4"


def small() -> Tables:
    """Tables without a fault: the first row of each refers to all it can, the second to as little as it may."""
    role = {"person": "a-person", "role": "chair", "document": "d", "words": "w", "reason": "r"}
    return {
        "bodies": [
            {"slug": "oas", "name": "The OAS", "abbreviation": "OAS", "kind": "organization", "source": LINE},
            {
                "slug": "council",
                "name": "The Council",
                "kind": "organ",
                "part_of": "oas",
                "part_of_source": "d.txt:6 ; https://example.org/a",
                "source": "d.txt:6,8-9 ; https://example.org/a",
            },
        ],
        "meetings": [
            {
                "slug": "ga-41",
                "name": "The session",
                "body": "council",
                "kind": "session",
                "begins": "2011-06-05",
                "ends": "2011-06-07",
                "place": "San Salvador",
                "source": LINE,
            },
            {"slug": "ga-42", "name": "The next session", "kind": "session", "source": LINE},
        ],
        "states": [{"code": "SV", "name": "El Salvador", "source": LINE}],
        "persons": [{"slug": "a-person", "name": "A. Person", "source": LINE}],
        "roles": [
            role | {"body": "council", "state": "SV", "begins": "2011-09"},
            role | {"role": "vice-chair"},
        ],
        "programmes": [
            {"slug": "platform", "name": "The platform", "kind": "platform", "body": "council", "source": LINE}
        ],
        "symbols": [
            {"slug": "d-12", "symbol": "D-12/12", "source": LINE},
            {
                "slug": "d-12-rev-1",
                "symbol": "D-12/12 rev. 1",
                "revision_of": "d-12",
                "instrument": "a-plan",
                "source": LINE,
                "reason": "r",
            },
        ],
        "mentions": [
            {"document": "d", "start": "9", "end": "10", "words": "w", "row": f"{kind}:{slug}"}
            for kind, slug in (
                ("body", "council"),
                ("meeting", "ga-41"),
                ("state", "sv"),
                ("person", "a-person"),
                ("programme", "platform"),
                ("symbol", "d-12"),
                ("instrument", "another-plan"),
                ("plan", "2012"),
                ("document", "d"),
            )
        ],
        "excused": [{"document": "any", "words": "Hemisphere", "reason": "r"}],
    }


def is_code(text: str) -> bool:
    return text in {"SV", "MX"}


def load(held: Tables, schemes: Schemes) -> Entities:
    return loaded(written(held, SCHEMAS), "e", schemes, is_code)


def faults(held: Tables, schemes: Schemes) -> list[str]:
    return faults_of(lambda: load(held, schemes))


def test_tables_without_a_fault_load(schemes: Schemes) -> None:
    found = load(small(), schemes)
    assert found.bodies["oas"] == Body("oas", "The OAS", "OAS", "organization", "", "", LINE)
    assert found.bodies["council"].part_of == "oas"
    assert found.meetings["ga-41"] == Meeting(
        slug="ga-41",
        name="The session",
        body="council",
        kind="session",
        begins="2011-06-05",
        ends="2011-06-07",
        place_name="San Salvador",
        source=LINE,
    )
    assert found.states == {"sv": State("SV", "El Salvador", LINE)}
    assert found.states["sv"].slug == "sv"
    assert found.persons == {"a-person": Person("a-person", "A. Person", LINE)}
    assert [(each.role, each.body, each.state, each.begins, each.place) for each in found.roles] == [
        ("chair", "council", "SV", "2011-09", Place("e/roles.tsv", 2)),
        ("vice-chair", "", "", "", Place("e/roles.tsv", 3)),
    ]
    assert found.programmes == {"platform": Programme("platform", "The platform", "platform", "council", LINE)}
    symbol = found.symbols["d-12-rev-1"]
    assert (symbol.revision_of, symbol.instrument, symbol.place) == ("d-12", "a-plan", Place("e/symbols.tsv", 3))
    mention = found.mentions[2]
    assert (mention.start, mention.end, mention.row) == (9, 10, Reference("state", "sv"))
    assert [each.row.kind for each in found.mentions] == [each for each in REFERENCE_KINDS if each != "order"]
    assert mention.place == Place("e/mentions.tsv", 4)
    (excuse,) = found.excused
    assert (excuse.document, excuse.words, excuse.place) == ("any", "Hemisphere", Place("e/excused.tsv", 2))


FORMS = {
    "name": "a name of small letters, digits, '-' and '.'",
    "source": "http(s) addresses and FILE:LINE, separated by ' ; '",
    "part": "FILE:LINE or an http(s) address, exactly where there is a part_of",
    "date": "YYYY, YYYY-MM or YYYY-MM-DD, as precise as known",
    "code": "a state's alpha-2 code of ISO 3166-1, in capitals",
    "row": f"kind:name, the kind one of {', '.join(REFERENCE_KINDS)}",
}


@pytest.mark.parametrize(
    ("table", "number", "column", "value", "expected"),
    [
        ("bodies", 1, "kind", "organn", "a notation of mg:BodyKinds (nearest: organ, organization"),
        ("meetings", 1, "kind", "organ", "a notation of mg:MeetingKinds (nearest: "),
        ("programmes", 0, "kind", "platfrom", "a notation of mg:ProgrammeKinds (nearest: platform, programme)"),
        ("roles", 1, "role", "chairs", "a notation of mg:Roles (nearest: chair, vice-chair)"),
        ("bodies", 1, "part_of", "oass", "a row of bodies.tsv (nearest: oas)"),
        ("meetings", 0, "body", "concil", "a row of bodies.tsv (nearest: council)"),
        ("roles", 0, "body", "ga-41", "a row of bodies.tsv (nearest: none)"),
        ("roles", 1, "person", "person", "a row of persons.tsv (nearest: a-person)"),
        ("roles", 0, "state", "SX", "a row of states.tsv (nearest: SV)"),
        ("roles", 0, "state", "sv", "a row of states.tsv (nearest: "),
        ("programmes", 0, "body", "platform", "a row of bodies.tsv (nearest: none)"),
        ("symbols", 1, "revision_of", "d-13", "a row of symbols.tsv (nearest: d-12, d-12-rev-1)"),
        ("mentions", 0, "row", "body:concil", "a row of bodies.tsv (nearest: body:council"),
        ("mentions", 1, "row", "meeting:ga-43", "a row of meetings.tsv (nearest: meeting:ga-42, meeting:ga-41)"),
        ("mentions", 2, "row", "state:mx", "a row of states.tsv (nearest: state:sv)"),
        ("mentions", 2, "row", "state:SV", "a row of states.tsv (nearest: state:sv)"),
        ("mentions", 3, "row", "person:b", "a row of persons.tsv (nearest: "),
        ("mentions", 4, "row", "programme:oas", "a row of programmes.tsv (nearest: "),
        ("mentions", 5, "row", "symbol:d-21", "a row of symbols.tsv (nearest: symbol:d-12"),
        ("mentions", 0, "row", "council", FORMS["row"]),
        ("mentions", 0, "row", "body:", FORMS["row"]),
        ("mentions", 0, "row", "Body:council", FORMS["row"]),
        ("mentions", 0, "row", "organ:council", FORMS["row"]),
        ("states", 0, "source", "line 4", FORMS["source"]),
        ("bodies", 0, "source", "d.txt", FORMS["source"]),
        ("bodies", 1, "source", "d.txt:4 d.txt:6", FORMS["source"]),
        ("bodies", 1, "source", "d.txt:4 ; ", FORMS["source"]),
        ("meetings", 0, "source", "https://b|c", FORMS["source"]),
        ("persons", 0, "source", "ftp://example.org", FORMS["source"]),
        ("programmes", 0, "source", "d.txt:", FORMS["source"]),
        ("symbols", 0, "source", "d.pdf:4", FORMS["source"]),
        ("bodies", 1, "part_of_source", "", FORMS["part"]),
        ("bodies", 1, "part_of_source", "line 6", FORMS["part"]),
        ("bodies", 0, "part_of_source", "d.txt:6", FORMS["part"]),
        ("bodies", 0, "part_of_source", "line 6", FORMS["part"]),
        ("meetings", 0, "begins", "2011-6-5", FORMS["date"]),
        ("meetings", 1, "begins", "2011-02-30", FORMS["date"]),
        ("meetings", 1, "ends", "June 2011", FORMS["date"]),
        ("roles", 0, "begins", "2011-13", FORMS["date"]),
        ("roles", 0, "begins", "٢٠١١", FORMS["date"]),
        ("meetings", 0, "ends", "2011-06-04", "a date not before 2011-06-05"),
        ("meetings", 0, "ends", "2011-05", "a date not before 2011-06-05"),
        ("meetings", 0, "ends", "2010", "a date not before 2011-06-05"),
        ("mentions", 0, "end", "9", "an offset behind the start, 9"),
        ("mentions", 0, "end", "8", "an offset behind the start, 9"),
        ("mentions", 0, "end", "ten", "an offset behind the start, 9"),
        ("mentions", 0, "end", "-10", "an offset behind the start, 9"),
        ("mentions", 0, "end", "010", "an offset behind the start, 9"),
        ("mentions", 0, "end", "١٠", "an offset behind the start, 9"),
    ],
)
def test_each_fault_is_found_where_it_is(
    schemes: Schemes, table: str, number: int, column: str, value: str, expected: str
) -> None:
    held = small()
    held[table][number][column] = value
    (told,) = faults(held, schemes)
    assert told.startswith(f"e/{table}.tsv:{number + 2}: expected {column}: {expected}")
    assert told.endswith(f", found {value!r}")


@pytest.mark.parametrize("start", ["10", "11", "nine", "-1", "09", "٩"])
def test_a_start_that_is_no_offset_before_the_end_is_found(schemes: Schemes, start: str) -> None:
    held = small()
    held["mentions"][0]["start"] = start
    assert faults(held, schemes) == [f"e/mentions.tsv:2: expected end: an offset behind the start, {start}, found '10'"]


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2011-06-05", "2011-06-05"),
        ("2011-06-05", "2011-06"),
        ("2011-06-05", "2011"),
        ("2011", "2011-01-01"),
        ("2011-06", "2012-01"),
        ("2011-06-05", ""),
        ("", "2011-06-05"),
    ],
)
def test_a_date_less_precise_than_another_is_not_before_it(schemes: Schemes, begins: str, ends: str) -> None:
    held = small()
    held["meetings"][0].update(begins=begins, ends=ends)
    assert faults(held, schemes) == []


@pytest.mark.parametrize("table", ["bodies", "meetings", "persons", "programmes", "symbols"])
@pytest.mark.parametrize("name", ["A b", "-a", "corps-électoral", "a/b", "A"])
def test_a_name_that_no_iri_can_hold_is_refused(schemes: Schemes, table: str, name: str) -> None:
    held = small()
    held[table].append(held[table][0] | {"slug": name})
    told = [each for each in faults(held, schemes) if "in roles.tsv" not in each]
    assert told == [f"e/{table}.tsv:{len(held[table]) + 1}: expected slug: {FORMS['name']}, found {name!r}"]


@pytest.mark.parametrize("code", ["ZZ", "sv", "SLV", "S"])
def test_a_code_of_no_state_is_refused(schemes: Schemes, code: str) -> None:
    held = small()
    held["states"].append({"code": code, "name": "Nowhere", "source": LINE})
    assert faults(held, schemes) == [f"e/states.tsv:3: expected code: {FORMS['code']}, found {code!r}"]


def test_a_person_has_a_role(schemes: Schemes) -> None:
    held = small()
    held["persons"].append({"slug": "nobody", "name": "N. Body", "source": LINE})
    assert faults(held, schemes) == [
        "e/persons.tsv:3: expected slug: a person with a role in roles.tsv, found 'nobody'"
    ]


@pytest.mark.parametrize(("table", "column"), needed(SCHEMAS))
def test_a_cell_that_must_be_filled_is_not_blank(schemes: Schemes, table: str, column: str) -> None:
    held = small()
    held[table][0][column] = " "
    assert faults(held, schemes) == [f"e/{table}.tsv:2: expected {column}: a value, found ' '"]


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_no_row_stands_twice(schemes: Schemes, table: str) -> None:
    held = small()
    held[table].append(held[table][0])
    key, line = SCHEMAS[table].key, len(held[table]) + 1
    (told,) = faults(held, schemes)
    assert told.startswith(f"e/{table}.tsv:{line}: expected {key[0]}: a {' and '.join(key)} not used before ")
    assert told.endswith(f"(e/{table}.tsv:2 has it), found {held[table][0][key[0]]!r}")


@pytest.mark.parametrize(
    ("table", "cells"),
    [
        ("roles", {"document": "e"}),
        ("roles", {"body": "oas"}),
        ("mentions", {"end": "11"}),
        ("mentions", {"row": "body:oas"}),
        ("excused", {"document": "d"}),
    ],
)
def test_a_row_with_another_key_is_another_row(schemes: Schemes, table: str, cells: Cells) -> None:
    held = small()
    held[table].append(held[table][0] | cells)
    assert faults(held, schemes) == []


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_table_is_held_against_its_columns(schemes: Schemes, table: str) -> None:
    contents = written(small(), SCHEMAS)
    contents[table] = contents[table].replace("\t", "\tmore\t", 1)
    columns = SCHEMAS[table].columns
    (told,) = faults_of(lambda: loaded(contents, "e", schemes, is_code))
    assert told.startswith(f"e/{table}.tsv:1: expected the columns {', '.join(columns)}, found '{columns[0]}, more, ")
    contents = written(small(), SCHEMAS)
    contents[table] += "more\n"
    told = f"e/{table}.tsv:{contents[table].count(chr(10))}: expected {len(columns)} cells, found '1: more'"
    assert faults_of(lambda: loaded(contents, "e", schemes, is_code)) == [told]


def test_several_faults_are_told_together(schemes: Schemes) -> None:
    held = small()
    held["bodies"][1].update(kind="poem", part_of="sun", source="s")
    held["meetings"][0].update(begins="soon", body="sun")
    held["persons"].append({"slug": "N. Body", "name": "N. Body", "source": LINE})
    held["roles"][0]["state"] = "MX"
    held["mentions"][0].update(end="1", row="sun")
    held["mentions"][1]["row"] = "person:sun"
    places = sorted(each.partition(", found ")[0].partition(" (nearest")[0] for each in faults(held, schemes))
    assert places == [
        "e/bodies.tsv:3: expected kind: a notation of mg:BodyKinds",
        "e/bodies.tsv:3: expected part_of: a row of bodies.tsv",
        f"e/bodies.tsv:3: expected source: {FORMS['source']}",
        f"e/meetings.tsv:2: expected begins: {FORMS['date']}",
        "e/meetings.tsv:2: expected body: a row of bodies.tsv",
        "e/mentions.tsv:2: expected end: an offset behind the start, 9",
        f"e/mentions.tsv:2: expected row: {FORMS['row']}",
        "e/mentions.tsv:3: expected row: a row of persons.tsv",
        f"e/persons.tsv:3: expected slug: {FORMS['name']}",
        "e/persons.tsv:3: expected slug: a person with a role in roles.tsv",
        "e/roles.tsv:2: expected state: a row of states.tsv",
    ]


def test_the_instruments_named_are_those_of_mentions_and_symbols(schemes: Schemes) -> None:
    assert named(load(small(), schemes)) == {"a-plan", "another-plan"}


def test_the_tables_of_this_data_set_load(root: Path, corpus: Corpus) -> None:
    held = {name: len(getattr(corpus.entities, name)) for name in SCHEMAS}
    assert held == counted(root, "registry", SCHEMAS)
    assert all(held.values())


def test_what_the_tables_of_this_data_set_name_is_in_the_registry(corpus: Corpus) -> None:
    assert named(corpus.entities)
    assert named(corpus.entities) <= corpus.registry.instruments.keys()
