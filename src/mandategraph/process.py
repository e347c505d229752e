"""The process: what the documents state of meetings, elections, deadlines, orders and duties, from hand-kept tables."""

from collections.abc import Iterable, Mapping

from mandategraph.errors import MandategraphError, TableError, nearest, raise_all
from mandategraph.iris import is_name
from mandategraph.model import is_date
from mandategraph.record import (
    Duty,
    Mandate,
    Order,
    OrderPart,
    Outcome,
    Process,
    Reference,
    Statement,
    reference,
)
from mandategraph.schemes import Schemes
from mandategraph.tables import REFERENCE_FORM, Row, Schema, rows, schema

SCHEMAS: dict[str, Schema] = {
    "statements": schema("name document words event modality form date about", "form date about", "name"),
    "orders": schema("name document instrument locator words", "instrument locator", "name"),
    "order-parts": schema("order part words row", "row", "order part words"),
    "mandates": schema("subject by basis document words reason", "document words reason", "subject by document"),
    "outcomes": schema("order outcome row date document words reason", "row date document words", "order outcome row"),
    "duties": schema(
        "name kind plan instrument document words holder addressee period act status status_document status_words "
        "reason",
        "plan instrument addressee status_document status_words",
        "name",
    ),
}
_ACTORS = ("body", "person", "state")
_TEXTS = ("instrument", "plan", "document", "symbol")
ROLES = {
    "meeting": ("meeting",),
    "by": _ACTORS,
    "to": _ACTORS,
    "with": _ACTORS,
    "of": ("body", "instrument", "plan"),
    "elected": ("person",),
    "result": ("symbol", "instrument", "document"),
    "subject": (*_TEXTS, "programme"),
    "via": ("programme", "instrument", "document"),
    "for": (*_TEXTS, "body"),
}
"""The roles of a statement's participants, and the kinds of row that can have each."""
_CONCEPTS = (
    ("statements", "event", "EventKinds"),
    ("statements", "modality", "Modalities"),
    ("statements", "form", "MeetingForms"),
    ("order-parts", "part", "OrderParts"),
    ("mandates", "basis", "MandateBases"),
    ("outcomes", "outcome", "Outcomes"),
    ("duties", "kind", "DutyKinds"),
    ("duties", "status", "DutyStatuses"),
)
_TYPED = (("order-parts", "row"), ("mandates", "subject"), ("mandates", "by"), ("outcomes", "row"))


def loaded(contents: Mapping[str, str], folder: str, schemes: Schemes) -> Process:
    """The process that the tables of a folder hold.

    Raises:
        TableError: a table breaks its schema or uses a word no scheme has; several together as `Faults`.
    """
    tables = {name: rows(contents[name], f"{folder}/{name}.tsv", form) for name, form in SCHEMAS.items()}
    raise_all([*_faults(tables, schemes)])
    return Process(
        statements=tuple(_statement(row) for row in tables["statements"]),
        orders={row["name"]: Order(**row.cells, place=row.place) for row in tables["orders"]},
        parts=tuple(
            OrderPart(row["order"], row["part"], row["words"], reference(row["row"]), row.place)
            for row in tables["order-parts"]
        ),
        mandates=tuple(_mandate(row) for row in tables["mandates"]),
        outcomes=tuple(_outcome(row) for row in tables["outcomes"]),
        duties=tuple(Duty(**row.cells, place=row.place) for row in tables["duties"]),
    )


def named(held: Process) -> frozenset[str]:
    """The instruments that a row of the process names."""
    found = [each for row in held.statements for _, each in row.about]
    found += [part.row for part in held.parts if part.row]
    found += [outcome.row for outcome in held.outcomes if outcome.row]
    found += [named for row in held.mandates for named in (row.subject, row.by)]
    bare = {order.instrument for order in held.orders.values()} | {duty.instrument for duty in held.duties}
    return frozenset({each.slug for each in found if each.kind == "instrument"} | bare) - {""}


def _statement(row: Row) -> Statement:
    cells = dict(row.cells)
    del cells["about"]
    return Statement(**cells, about=_about(row), place=row.place)


def _about(row: Row) -> tuple[tuple[str, Reference], ...]:
    """The participants of a statement, each with its role.

    Raises:
        TableError: an item is not of the form `role=kind:name`.
    """
    found: list[tuple[str, Reference]] = []
    for item in filter(None, row["about"].split("|")):
        role, _, written = item.partition("=")
        named = reference(written)
        if role not in ROLES or named is None:
            raise row.fault("about", f"role=kind:name separated by '|', the role one of {', '.join(ROLES)}")
        if named.kind not in ROLES[role]:
            raise row.fault("about", f"for {role} one of the kinds {', '.join(ROLES[role])}")
        found.append((role, named))
    return tuple(found)


def _mandate(row: Row) -> Mandate:
    cells = {name: row[name] for name in ("basis", "document", "words", "reason")}
    return Mandate(row.reference("subject"), row.reference("by"), **cells, place=row.place)


def _outcome(row: Row) -> Outcome:
    return Outcome(
        row["order"], row["outcome"], reference(row["row"]), row["date"], row["document"], row["words"],
        row["reason"], row.place,
    )  # fmt: skip


def _faults(tables: Mapping[str, list[Row]], schemes: Schemes) -> Iterable[MandategraphError]:
    for table, column, scheme in _CONCEPTS:
        yield from schemes.faults(tables[table], column, scheme)
    for table, column in _TYPED:
        for row in tables[table]:
            if row[column] and reference(row[column]) is None:
                yield row.fault(column, REFERENCE_FORM)
    for row in tables["statements"]:
        try:
            _about(row)
        except TableError as fault:
            yield fault
    yield from _form_faults(tables)
    yield from _order_faults(tables)
    yield from _word_faults(tables)


def _form_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    for row in (*tables["statements"], *tables["orders"], *tables["duties"]):
        if not is_name(row["name"]):
            yield row.fault("name", "a name of small letters, digits, '-' and '.'")
    for row in (*tables["statements"], *tables["outcomes"]):
        if row["date"] and not is_date(row["date"]):
            yield row.fault("date", "YYYY, YYYY-MM or YYYY-MM-DD, as precise as the document gives it")


def _order_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    known = {row["name"] for row in tables["orders"]}
    for table in ("order-parts", "outcomes"):
        for row in tables[table]:
            if row["order"] not in known:
                near = ", ".join(nearest(row["order"], known)) or "none"
                yield row.fault("order", f"a name of orders.tsv (nearest: {near})")
    parted = {row["order"] for row in tables["order-parts"]}
    yield from (row.fault("name", "an order with parts") for row in tables["orders"] if row["name"] not in parted)


def _word_faults(tables: Mapping[str, list[Row]]) -> Iterable[MandategraphError]:
    for table, document, words in (
        ("mandates", "document", "words"),
        ("outcomes", "document", "words"),
        ("duties", "status_document", "status_words"),
    ):
        for row in tables[table]:
            if bool(row[document]) != bool(row[words]):
                yield row.fault(document, f"a document exactly where there are {words}")
    for row in tables["mandates"]:
        if (row["basis"] == "stated") != bool(row["words"]):
            yield row.fault("words", "the words that state it, exactly where the basis is stated")
        if row["basis"] in ("stated", "judged") and (row["basis"] == "judged") != bool(row["reason"]):
            yield row.fault("reason", "a reason, exactly where the basis is judged")
    for row in tables["duties"]:
        if row["status"] != "not determined" and not row["status_words"]:
            yield row.fault("status", "not determined, or another status with the words that show it")
