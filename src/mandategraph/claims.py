"""The claims of this project: contradictions, identities, themes and principles, from hand-kept tables."""

import re
from collections.abc import Iterable, Mapping

from mandategraph.errors import MandategraphError, nearest, raise_all
from mandategraph.iris import is_name
from mandategraph.record import (
    NONE,
    Claims,
    Disagreement,
    Identity,
    Principle,
    Side,
    ThemeTag,
    reference,
)
from mandategraph.schemes import Schemes
from mandategraph.tables import REFERENCE_FORM, Row, Schema, rows, schema

SCHEMAS: dict[str, Schema] = {
    "discrepancies": schema("name kind compared_with holds held reason", "compared_with", "name"),
    "discrepancy-sides": schema("discrepancy document words", "", "discrepancy document words"),
    "identities": schema("name one other held reason consequence reassigns to", "reassigns to", "name"),
    "themes": schema("subject theme words reason", "words", "subject theme"),
    "principles": schema("name of principle document words reason", "document words", "name"),
}
UNDECIDED = "undecided"
_CONCEPTS = (
    ("discrepancies", "kind", "DiscrepancyKinds"),
    ("identities", "held", "IdentityStates"),
    ("themes", "theme", "Themes"),
    ("principles", "principle", "Principles"),
)
_SUBJECT = re.compile(r"quotation:[a-z0-9][a-z0-9.-]*/[0-9.]+/[1-9][0-9]*|action:[a-z0-9][a-z0-9.-]*/[0-9.]+")
_WORDING = re.compile(r"wording:[a-z0-9][a-z0-9.-]*/\S.*")


def loaded(contents: Mapping[str, str], folder: str, schemes: Schemes) -> Claims:
    """The claims that the tables of a folder hold.

    Raises:
        TableError: a table breaks its schema or uses a word no scheme has; several together as `Faults`.
    """
    tables = {name: rows(contents[name], f"{folder}/{name}.tsv", form) for name, form in SCHEMAS.items()}
    raise_all([*_faults(tables, schemes)])
    return Claims(
        discrepancies=tuple(_disagreement(row) for row in tables["discrepancies"]),
        sides=tuple(Side(**row.cells, place=row.place) for row in tables["discrepancy-sides"]),
        identities=tuple(Identity(**row.cells, place=row.place) for row in tables["identities"]),
        themes=tuple(ThemeTag(**row.cells, place=row.place) for row in tables["themes"]),
        principles=tuple(_principle(row) for row in tables["principles"]),
    )


def named(held: Claims) -> frozenset[str]:
    """The instruments that a claim names."""
    cells = [cell for row in held.identities for cell in (row.one, row.other, row.reassigns, row.to)]
    found = [*map(reference, cells), *(each for row in held.discrepancies for each in (row.compared_with, row.holds))]
    found += [row.of for row in held.principles]
    return frozenset(each.slug for each in found if each and each.kind == "instrument")


def _disagreement(row: Row) -> Disagreement:
    return Disagreement(
        row["name"], row["kind"], reference(row["compared_with"]), reference(row["holds"]), row["held"],
        row["reason"], row.place,
    )  # fmt: skip


def _principle(row: Row) -> Principle:
    of = row.reference("of")
    return Principle(row["name"], of, row["principle"], row["document"], row["words"], row["reason"], row.place)


def _faults(tables: Mapping[str, list[Row]], schemes: Schemes) -> Iterable[MandategraphError]:
    for table, column, scheme in _CONCEPTS:
        yield from schemes.faults(tables[table], column, scheme)
    for row in (*tables["discrepancies"], *tables["identities"], *tables["principles"]):
        if not is_name(row["name"]):
            yield row.fault("name", "a name of small letters, digits, '-' and '.'")
    yield from _discrepancy_faults(tables)
    yield from _identity_faults(tables["identities"])
    yield from _tag_faults(tables)


def _discrepancy_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    known = {row["name"] for row in tables["discrepancies"]}
    shown = {row["discrepancy"] for row in tables["discrepancy-sides"]}
    for row in tables["discrepancy-sides"]:
        if row["discrepancy"] not in known:
            near = ", ".join(nearest(row["discrepancy"], known)) or "none"
            yield row.fault("discrepancy", f"a name of discrepancies.tsv (nearest: {near})")
    for row in tables["discrepancies"]:
        if row["name"] not in shown:
            yield row.fault("name", "a discrepancy with a row of discrepancy-sides.tsv")
        if row["compared_with"] and reference(row["compared_with"]) is None:
            yield row.fault("compared_with", REFERENCE_FORM)
        if row["holds"] != UNDECIDED and reference(row["holds"]) is None:
            yield row.fault("holds", f"'{UNDECIDED}' or {REFERENCE_FORM}")


def _identity_faults(held: Iterable[Row]) -> Iterable[MandategraphError]:
    for row in held:
        for column in ("one", "other", "reassigns", "to"):
            if row[column] not in ("", NONE) and reference(row[column]) is None and not _WORDING.fullmatch(row[column]):
                yield row.fault(column, "kind:name, or wording:DOCUMENT/WORDING")
        if bool(row["reassigns"]) != bool(row["to"]):
            yield row.fault("to", "an instrument, exactly where something is reassigned")
        elif row["to"] and row["to"] != NONE and not row["to"].startswith("instrument:"):
            yield row.fault("to", f"instrument:name, or '{NONE}'")


def _tag_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    for row in tables["themes"]:
        if not _SUBJECT.fullmatch(row["subject"]):
            yield row.fault("subject", "quotation:DOCUMENT/ACTION/NUMBER or action:PLAN/ACTION")
        if bool(row["words"]) == (row["theme"] == NONE):
            yield row.fault("words", f"the words that justify the theme, exactly where it is not '{NONE}'")
    for row in tables["principles"]:
        if reference(row["of"]) is None:
            yield row.fault("of", REFERENCE_FORM)
        filled = bool(row["words"]) and bool(row["document"])
        if filled == (row["principle"] == NONE) or bool(row["words"]) != bool(row["document"]):
            yield row.fault("words", f"a document and its words, exactly where the principle is not '{NONE}'")
