"""The judgements of this project: hand-kept tables, each row with its reason."""

from collections.abc import Mapping

from mandategraph.errors import MandategraphError, raise_all
from mandategraph.iris import is_name
from mandategraph.model import Boundary, Cue, Judgements, Overlap, StatedSource, Verb
from mandategraph.schemes import Schemes
from mandategraph.tables import Row, Schema, rows, schema

SCHEMAS: dict[str, Schema] = {
    "cues": schema(
        "document quotation words verb addressee_words addressee reason",
        "words verb addressee_words addressee",
        "document quotation words addressee_words",
    ),
    "verbs": schema("verb strength reason", "", "verb"),
    "overlaps": schema("document quotation other relation reason", "", "document quotation other"),
    "stated-sources": schema("plan document name words reason", "", "plan name"),
    "scope": schema("name plan statement state reason document words", "plan document words", "name"),
}


def loaded(contents: Mapping[str, str], folder: str, schemes: Schemes) -> Judgements:
    """The judgements that the tables of a folder hold.

    Raises:
        TableError: a table breaks its schema or uses a word no scheme has; several together as `Faults`.
    """
    tables = {name: rows(contents[name], f"{folder}/{name}.tsv", form) for name, form in SCHEMAS.items()}
    raise_all(_faults(tables, schemes))
    return Judgements(
        cues=tuple(Cue(**row.cells, place=row.place) for row in tables["cues"]),
        verbs={row["verb"]: Verb(**row.cells) for row in tables["verbs"]},
        overlaps=tuple(Overlap(**row.cells, place=row.place) for row in tables["overlaps"]),
        stated_sources=tuple(StatedSource(**row.cells, place=row.place) for row in tables["stated-sources"]),
        scope=tuple(Boundary(**row.cells, place=row.place) for row in tables["scope"]),
    )


def _faults(tables: Mapping[str, list[Row]], schemes: Schemes) -> list[MandategraphError]:
    faults: list[MandategraphError] = []
    checks = (
        ("cues", "addressee", "Addressees"),
        ("verbs", "strength", "VerbStrengths"),
        ("overlaps", "relation", "PlaceRelations"),
        ("scope", "state", "AnswerStates"),
    )
    for table, column, scheme in checks:
        faults += schemes.faults(tables[table], column, scheme)
    faults += [
        row.fault("document", "a document exactly where there are words")
        for row in tables["scope"]
        if bool(row["document"]) != bool(row["words"])
    ]
    faults += [
        row.fault("name", "a name of small letters, digits, '-' and '.'")
        for row in (*tables["scope"], *tables["stated-sources"])
        if not is_name(row["name"])
    ]
    verbs = {row["verb"] for row in tables["verbs"]}
    used = {row["verb"] for row in tables["cues"]}
    for row in tables["cues"]:
        if row["verb"] and row["verb"] not in verbs:
            faults.append(row.fault("verb", "a verb of verbs.tsv"))
        if bool(row["words"]) != bool(row["verb"]):
            faults.append(row.fault("verb", "a verb exactly where there are words"))
        if bool(row["addressee_words"]) != bool(row["addressee"]):
            faults.append(row.fault("addressee", "an addressee exactly where there are addressee_words"))
    faults += [row.fault("verb", "a verb some cue uses") for row in tables["verbs"] if row["verb"] not in used]
    return faults
