"""The registry: hand-kept tables of instruments, their titles, and how documents word them."""

import re
from collections.abc import Collection, Mapping

from mandategraph.errors import MandategraphError, TableError, raise_all
from mandategraph.iris import is_name
from mandategraph.model import Forum, Instrument, Plan, Registry, Spelling, is_date
from mandategraph.schemes import Schemes
from mandategraph.tables import Row, Schema, rows, schema

_INSTRUMENT = (
    "slug kind title_en symbol adopting_body meeting place date part_of_or_adopted_by related status cell_status "
    "source_url"
)
_FACTS = ("symbol", "adopting_body", "meeting", "place", "date")
_OPTIONAL = " ".join([*_FACTS, "part_of_or_adopted_by related cell_status source_url"])
SCHEMAS: dict[str, Schema] = {
    "instruments": schema(_INSTRUMENT, _OPTIONAL, "slug"),
    "unused": schema(f"{_INSTRUMENT} reason", _OPTIONAL, "slug"),
    "titles": schema("slug language title status source_url", "source_url", "slug language"),
    "spellings": schema(
        "document wording instrument relation section names reason", "section names", "document wording"
    ),
    "plans": schema("plan title status status_document status_words reason instrument worded_by", "", "plan"),
    "forums": schema("adopting_body forum reason", "", "adopting_body"),
}
_SOURCE = re.compile(r"https?://[^\s<>\"{}|\\^`]+|[\w.-]+\.txt:[0-9,-]+(?: \(\w+\))?(?:; [\w.-]+\.txt:[0-9,-]+)*")
RELATIONS = (
    "adopted-by", "adopted-with", "concerns", "convened-by", "executes", "follows-up", "mandated-by", "recalls",
    "supplements",
)  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_STATUSES = ("verified", "believed")


def loaded(
    contents: Mapping[str, str], folder: str, schemes: Schemes, mentioned: Collection[str] | None = frozenset()
) -> Registry:
    """The registry that the tables of a folder hold; `mentioned` are the instruments that running text names.

    Where these are not known, None, no row is taken for one that nothing refers to.

    Raises:
        TableError: a table breaks its schema or refers to what is not there; several together as `Faults`.
    """
    tables = {name: rows(contents[name], f"{folder}/{name}.tsv", form) for name, form in SCHEMAS.items()}
    faults = _faults(tables, schemes, mentioned)
    raise_all(faults)
    titles: dict[str, list[tuple[str, str, str]]] = {}
    for row in tables["titles"]:
        if row["status"] == "verified":
            titles.setdefault(row["slug"], []).append((row["language"], row["title"], row["source_url"]))
    return Registry(
        instruments={
            row["slug"]: _instrument(row, tuple(titles.get(row["slug"], ()))) for row in tables["instruments"]
        },
        spellings={(row["document"], row["wording"]): _spelling(row) for row in tables["spellings"]},
        plans={row["plan"]: _plan(row) for row in tables["plans"]},
        forums={row["adopting_body"]: Forum(**row.cells, place=row.place) for row in tables["forums"]},
    )


def statuses(row: Row) -> dict[str, str]:
    """The status of each fact of an instrument: that of its row, unless `cell_status` gives the cell its own.

    Raises:
        TableError: `cell_status` is not of the form `column=status|column=status`.
    """
    own: dict[str, str] = {}
    for item in filter(None, row["cell_status"].split("|")):
        column, _, status = item.partition("=")
        if column not in (*_FACTS, "title_en") or status not in (*_STATUSES, "document"):
            raise row.fault("cell_status", "column=status, the status verified, believed or document")
        own[column] = status
    return {column: own.get(column, row["status"]) for column in (*_FACTS, "title_en")}


def _instrument(row: Row, titles: tuple[tuple[str, str, str], ...]) -> Instrument:
    status = statuses(row)
    known = {column: row[column] if status[column] != "believed" else "" for column in _FACTS}
    verified = row["status"] == "verified"
    return Instrument(
        slug=row["slug"],
        kind=row["kind"],
        title=row["title_en"],
        verified=verified,
        **known,
        related=_related(row) if verified else (),
        sources=tuple(filter(None, row["source_url"].split(" ; "))) if verified or any(known.values()) else (),
        titles=titles,
    )


def _related(row: Row) -> tuple[tuple[str, str], ...]:
    pairs = [item.partition("=") for item in filter(None, row["related"].split("|"))]
    return tuple((relation, slug) for relation, _, slug in pairs)


def _spelling(row: Row) -> Spelling:
    return Spelling(**row.cells, place=row.place)


def _plan(row: Row) -> Plan:
    return Plan(
        row["plan"], row["title"], row["status"], row["status_document"], row["status_words"], row["reason"],
        row["instrument"], row["worded_by"], row.place,
    )  # fmt: skip


def _faults(
    tables: Mapping[str, list[Row]], schemes: Schemes, mentioned: Collection[str] | None
) -> list[MandategraphError]:
    faults: list[MandategraphError] = []
    for row in (*tables["instruments"], *tables["unused"]):
        faults += _instrument_faults(row, schemes)
    names = (("instruments", "slug"), ("unused", "slug"), ("plans", "plan"))
    faults += [
        row.fault(column, "a name of small letters, digits, '-' and '.'")
        for table, column in names
        for row in tables[table]
        if not is_name(row[column])
    ]
    faults += [fault for row in tables["titles"] for fault in _title_faults(row)]
    faults += _reference_faults(tables, schemes)
    faults += _use_faults(tables, mentioned)
    return faults


def _title_faults(row: Row) -> list[MandategraphError]:
    faults: list[MandategraphError] = []
    if row["source_url"] and not _SOURCE.fullmatch(row["source_url"]):
        faults.append(row.fault("source_url", "an http(s) address or FILE:LINE"))
    if not _LANGUAGE.fullmatch(row["language"]):
        faults.append(row.fault("language", "a language tag, as es or pt-BR"))
    if not row["status"].startswith(_STATUSES):
        faults.append(row.fault("status", "verified or believed, with a note behind it if need be"))
    return faults


def _instrument_faults(row: Row, schemes: Schemes) -> list[MandategraphError]:
    faults: list[MandategraphError] = []
    if row["status"] not in _STATUSES:
        faults.append(row.fault("status", "verified or believed"))
    if row["status"] == "verified" and not row["source_url"]:
        faults.append(row.fault("source_url", "where the facts were read"))
    if not all(_SOURCE.fullmatch(each) for each in filter(None, row["source_url"].split(" ; "))):
        faults.append(row.fault("source_url", "http(s) addresses and FILE:LINE, separated by ' ; '"))
    if row["date"] and not is_date(row["date"]):
        faults.append(row.fault("date", "YYYY, YYYY-MM or YYYY-MM-DD, as precise as known"))
    if any(relation not in RELATIONS for relation, _ in _related(row)):
        faults.append(row.fault("related", f"relation=slug, the relation one of {', '.join(RELATIONS)}"))
    try:
        statuses(row)
        schemes.check(row, "kind", "InstrumentKinds")
    except TableError as fault:
        faults.append(fault)
    return faults


def _reference_faults(tables: Mapping[str, list[Row]], schemes: Schemes) -> list[MandategraphError]:
    known = {row["slug"] for row in tables["instruments"]}
    forums = {row["adopting_body"] for row in tables["forums"]}
    faults: list[MandategraphError] = []
    for row in tables["instruments"]:
        if not {slug for _, slug in _related(row)} <= known:
            faults.append(row.fault("related", "slugs of instruments.tsv"))
        if row["adopting_body"] and row["adopting_body"] not in forums:
            faults.append(row.fault("adopting_body", "a body of forums.tsv"))
    for row in tables["spellings"]:
        faults += [
            row.fault(c, "a slug of instruments.tsv") for c in ("instrument", "names") if row[c] and row[c] not in known
        ]
    faults += [
        row.fault("instrument", "a slug of instruments.tsv")
        for row in tables["plans"]
        if row["instrument"] not in known
    ]
    checks = (
        ("spellings", "relation", "WordingRelations"),
        ("plans", "status", "PlanStatuses"),
        ("forums", "forum", "Forums"),
    )
    for table, column, scheme in checks:
        faults += schemes.faults(tables[table], column, scheme)
    return faults


def _use_faults(tables: Mapping[str, list[Row]], mentioned: Collection[str] | None) -> list[MandategraphError]:
    """Each row of instruments is referred to by a wording, a mention, a plan or a row in use; no row of unused is."""
    related = {row["slug"]: {slug for _, slug in _related(row)} for row in (*tables["instruments"], *tables["unused"])}
    used = {row["instrument"] for row in (*tables["spellings"], *tables["plans"])}
    used |= {row["names"] for row in tables["spellings"] if row["names"]} | set(mentioned or ())
    while more := {slug for each in used for slug in related.get(each, ())} - used:
        used |= more
    idle = [
        row.fault("slug", "a row some wording, plan or row refers to; else it stands in unused.tsv")
        for row in tables["instruments"]
        if mentioned is not None and row["slug"] not in used
    ]
    known = {row["slug"] for row in tables["instruments"]}
    titles = {row["slug"] for row in tables["unused"]} | known
    busy = [
        row.fault("slug", "a row nothing refers to; else it stands in instruments.tsv")
        for row in tables["unused"]
        if row["slug"] in used | known
    ]
    lost = [
        row.fault("slug", "a slug of instruments.tsv or unused.tsv")
        for row in tables["titles"]
        if row["slug"] not in titles
    ]
    adopting = {row["adopting_body"] for row in tables["instruments"]} - {""}
    known_bodies = {row["adopting_body"] for row in tables["forums"]}
    empty = [
        row.fault("adopting_body", "a body that some instrument names")
        for row in tables["forums"]
        if row["adopting_body"] not in adopting and adopting <= known_bodies
    ]
    return [*idle, *busy, *lost, *empty]
