"""The rest of the registry: bodies, meetings, states, persons, programmes, symbols, and where the texts name them."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping

from mandategraph.errors import MandategraphError, TableError, nearest, raise_all
from mandategraph.iris import is_name
from mandategraph.model import is_date
from mandategraph.record import (
    Body,
    Entities,
    Excuse,
    Meeting,
    Mention,
    Person,
    Programme,
    Role,
    State,
    Symbol,
)
from mandategraph.schemes import Schemes
from mandategraph.tables import Row, Schema, rows, schema

SCHEMAS: dict[str, Schema] = {
    "bodies": schema(
        "slug name abbreviation kind part_of part_of_source source", "abbreviation part_of part_of_source", "slug"
    ),
    "meetings": schema("slug name body kind begins ends place source", "body begins ends place", "slug"),
    "states": schema("code name source", "", "code"),
    "persons": schema("slug name source", "", "slug"),
    "roles": schema(
        "person role body state begins document words reason", "body state begins", "person role document body"
    ),
    "programmes": schema("slug name kind body source", "body", "slug"),
    "symbols": schema("slug symbol revision_of instrument source reason", "revision_of instrument reason", "slug"),
    "mentions": schema("document start end words row reason", "reason", "document start end row"),
    "excused": schema("document words reason", "", "document words"),
}
_KINDS = (
    ("bodies", "kind", "BodyKinds"),
    ("meetings", "kind", "MeetingKinds"),
    ("programmes", "kind", "ProgrammeKinds"),
    ("roles", "role", "Roles"),
)
_REFERENCES = (
    ("bodies", "part_of", "bodies"),
    ("meetings", "body", "bodies"),
    ("roles", "person", "persons"),
    ("roles", "body", "bodies"),
    ("programmes", "body", "bodies"),
    ("symbols", "revision_of", "symbols"),
)
_SOURCE = re.compile(r"(?:[\w.-]+\.txt:[0-9][0-9,-]*|https?://[^\s<>\"{}|\\^`]+)")
_OFFSET = re.compile(r"0|[1-9][0-9]{0,8}")
_TABLES = {
    "body": "bodies",
    "meeting": "meetings",
    "person": "persons",
    "programme": "programmes",
    "symbol": "symbols",
    "state": "states",
}


def loaded(contents: Mapping[str, str], folder: str, schemes: Schemes, is_code: Callable[[str], bool]) -> Entities:
    """The entities that the tables of a folder hold; `is_code` says whether a text is an ISO 3166-1 alpha-2 code.

    Raises:
        TableError: a table breaks its schema or refers to what is not there; several together as `Faults`.
    """
    tables = {name: rows(contents[name], f"{folder}/{name}.tsv", form) for name, form in SCHEMAS.items()}
    raise_all([*_faults(tables, schemes, is_code)])
    return Entities(
        bodies={row["slug"]: Body(**row.cells) for row in tables["bodies"]},
        meetings={row["slug"]: _meeting(row) for row in tables["meetings"]},
        states={row["code"].lower(): State(**row.cells) for row in tables["states"]},
        persons={row["slug"]: Person(**row.cells) for row in tables["persons"]},
        roles=tuple(Role(**row.cells, place=row.place) for row in tables["roles"]),
        programmes={row["slug"]: Programme(**row.cells) for row in tables["programmes"]},
        symbols={row["slug"]: Symbol(**row.cells, place=row.place) for row in tables["symbols"]},
        mentions=tuple(_mention(row) for row in tables["mentions"]),
        excused=tuple(Excuse(**row.cells, place=row.place) for row in tables["excused"]),
    )


def named(entities: Entities) -> frozenset[str]:
    """The instruments that a mention or a symbol names."""
    mentioned = {each.row.slug for each in entities.mentions if each.row.kind == "instrument"}
    return frozenset(mentioned | {each.instrument for each in entities.symbols.values() if each.instrument})


def _meeting(row: Row) -> Meeting:
    cells = {**row.cells, "place_name": row["place"]}
    del cells["place"]
    return Meeting(**cells)


def _mention(row: Row) -> Mention:
    found = row.reference("row")
    return Mention(
        row["document"], int(row["start"]), int(row["end"]), row["words"], found, row["reason"], place=row.place
    )


def _faults(
    tables: Mapping[str, list[Row]], schemes: Schemes, is_code: Callable[[str], bool]
) -> Iterable[MandategraphError]:
    yield from _form_faults(tables, is_code)
    for table, column, scheme in _KINDS:
        yield from schemes.faults(tables[table], column, scheme)
    slugs = {name: {row["slug"] for row in tables[name]} for name in ("bodies", "meetings", "persons", "symbols")}
    slugs["programmes"] = {row["slug"] for row in tables["programmes"]}
    slugs["states"] = {row["code"].lower() for row in tables["states"]}
    for table, column, to in _REFERENCES:
        for row in tables[table]:
            if row[column] and row[column] not in slugs[to]:
                yield _unknown(row, column, slugs[to], to)
    yield from _role_faults(tables)
    for row in tables["mentions"]:
        yield from _mention_faults(row, slugs)


def _form_faults(tables: Mapping[str, list[Row]], is_code: Callable[[str], bool]) -> Iterable[MandategraphError]:
    for table in ("bodies", "meetings", "persons", "programmes", "symbols"):
        for row in tables[table]:
            if not is_name(row["slug"]):
                yield row.fault("slug", "a name of small letters, digits, '-' and '.'")
    for table in ("bodies", "meetings", "states", "persons", "programmes", "symbols"):
        for row in tables[table]:
            if not all(_SOURCE.fullmatch(each) for each in row["source"].split(" ; ")):
                yield row.fault("source", "http(s) addresses and FILE:LINE, separated by ' ; '")
    for row in tables["states"]:
        if not is_code(row["code"]):
            yield row.fault("code", "a state's alpha-2 code of ISO 3166-1, in capitals")
    yield from _hierarchy_faults(tables["bodies"])
    yield from _date_faults(tables)


def _hierarchy_faults(bodies: Iterable[Row]) -> Iterable[MandategraphError]:
    for row in bodies:
        stated = all(_SOURCE.fullmatch(each) for each in row["part_of_source"].split(" ; "))
        if bool(row["part_of"]) != stated or bool(row["part_of_source"]) != stated:
            yield row.fault("part_of_source", "FILE:LINE or an http(s) address, exactly where there is a part_of")


def _date_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    dated = [(row, column) for row in tables["meetings"] for column in ("begins", "ends")]
    for row, column in [*dated, *((row, "begins") for row in tables["roles"])]:
        if row[column] and not is_date(row[column]):
            yield row.fault(column, "YYYY, YYYY-MM or YYYY-MM-DD, as precise as known")
    for row in tables["meetings"]:
        begins, ends = row["begins"], row["ends"]
        if is_date(begins) and is_date(ends) and ends[: len(begins)] < begins[: len(ends)]:
            yield row.fault("ends", f"a date not before {begins}")


def _role_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    holders = {row["person"] for row in tables["roles"]}
    for row in tables["persons"]:
        if row["slug"] not in holders:
            yield row.fault("slug", "a person with a role in roles.tsv")
    codes = {row["code"] for row in tables["states"]}
    for row in tables["roles"]:
        if row["state"] and row["state"] not in codes:
            yield _unknown(row, "state", codes, "states")


def _mention_faults(row: Row, slugs: Mapping[str, set[str]]) -> Iterable[MandategraphError]:
    if not (_OFFSET.fullmatch(row["start"]) and _OFFSET.fullmatch(row["end"]) and int(row["start"]) < int(row["end"])):
        yield row.fault("end", f"an offset behind the start, {row['start']}")
    try:
        found = row.reference("row")
    except TableError as fault:
        yield fault
        return
    table = _TABLES.get(found.kind)
    if table and found.slug not in slugs[table]:
        yield _unknown(row, "row", {f"{found.kind}:{slug}" for slug in slugs[table]}, table)


def _unknown(row: Row, column: str, known: Collection[str], table: str) -> TableError:
    near = ", ".join(nearest(row[column], sorted(known))) or "none"
    return row.fault(column, f"a row of {table}.tsv (nearest: {near})")
