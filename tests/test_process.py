"""The process: every fault of its tables is found where it is, and words stand just where something rests on them."""

from pathlib import Path

import pytest

from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.process import ROLES, SCHEMAS, loaded
from mandategraph.record import REFERENCE_KINDS, Order, OrderPart, Process, Reference
from mandategraph.schemes import Schemes
from mandategraph.triples.process import PARTICIPANTS
from tabled import Cells, Tables, counted, faults_of, needed, written


def small() -> Tables:
    """Tables without a fault: the first row of each says all it can, the second as little as it may."""
    statement = {"document": "d", "words": "w", "event": "adoption", "modality": "reported"}
    outcome = {"order": "paragraph-16", "reason": "r"}
    duty = {
        "document": "d",
        "words": "w",
        "holder": "the states",
        "period": "not stated",
        "act": "report",
        "reason": "r",
    }
    return {
        "statements": [
            statement
            | {
                "name": "adopted",
                "form": "formal",
                "date": "2011-06-07",
                "about": "by=body:oas|meeting=meeting:ga-41|with=state:sv",
            },
            statement | {"name": "said"},
        ],
        "orders": [
            {
                "name": "paragraph-16",
                "document": "d",
                "instrument": "declaration",
                "locator": "Paragraph 16",
                "words": "w",
            },
            {"name": "request", "document": "d", "words": "w"},
        ],
        "order-parts": [
            {"order": "paragraph-16", "part": "ordered", "words": "the Council", "row": "body:council"},
            {"order": "request", "part": "task", "words": "a plan"},
        ],
        "mandates": [
            {"subject": "plan:2012", "by": "order:paragraph-16", "basis": "stated", "document": "d", "words": "w"},
            {"subject": "body:group", "by": "order:paragraph-16", "basis": "judged", "reason": "r"},
        ],
        "outcomes": [
            outcome
            | {"outcome": "prepared", "row": "symbol:d-12", "date": "2012-04-26", "document": "d", "words": "w"},
            outcome | {"outcome": "not determined"},
        ],
        "duties": [
            duty
            | {
                "name": "reports",
                "kind": "report",
                "plan": "2012",
                "instrument": "declaration",
                "addressee": "body:committee",
                "status": "done by some",
                "status_document": "d",
                "status_words": "some did",
                "reason": "r",
            },
            duty | {"name": "funds", "kind": "funding", "status": "not determined"},
        ],
    }


def load(held: Tables, schemes: Schemes) -> Process:
    return loaded(written(held, SCHEMAS), "p", schemes)


def faults(held: Tables, schemes: Schemes) -> list[str]:
    return faults_of(lambda: load(held, schemes))


def test_tables_without_a_fault_load(schemes: Schemes) -> None:
    found = load(small(), schemes)
    adopted, said = found.statements
    assert (adopted.name, adopted.date, adopted.form, adopted.place) == (
        "adopted",
        "2011-06-07",
        "formal",
        Place("p/statements.tsv", 2),
    )
    assert adopted.about == (
        ("by", Reference("body", "oas")),
        ("meeting", Reference("meeting", "ga-41")),
        ("with", Reference("state", "sv")),
    )
    assert (said.form, said.date, said.about) == ("", "", ())
    assert found.orders["paragraph-16"] == Order(
        "paragraph-16", "d", "declaration", "Paragraph 16", "w", Place("p/orders.tsv", 2)
    )
    assert found.parts == (
        OrderPart(
            "paragraph-16", "ordered", "the Council", Reference("body", "council"), Place("p/order-parts.tsv", 2)
        ),
        OrderPart("request", "task", "a plan", None, Place("p/order-parts.tsv", 3)),
    )
    assert [(each.subject, each.basis, each.words, each.reason, each.place) for each in found.mandates] == [
        (Reference("plan", "2012"), "stated", "w", "", Place("p/mandates.tsv", 2)),
        (Reference("body", "group"), "judged", "", "r", Place("p/mandates.tsv", 3)),
    ]
    assert [(each.outcome, each.row, each.date, each.words, each.place) for each in found.outcomes] == [
        ("prepared", Reference("symbol", "d-12"), "2012-04-26", "w", Place("p/outcomes.tsv", 2)),
        ("not determined", None, "", "", Place("p/outcomes.tsv", 3)),
    ]
    assert [(each.name, each.status, each.status_words, each.place) for each in found.duties] == [
        ("reports", "done by some", "some did", Place("p/duties.tsv", 2)),
        ("funds", "not determined", "", Place("p/duties.tsv", 3)),
    ]


REFERENCE = f"kind:name, the kind one of {', '.join(REFERENCE_KINDS)}"
FORMS = {
    "about": f"role=kind:name separated by '|', the role one of {', '.join(ROLES)}",
    "date": "YYYY, YYYY-MM or YYYY-MM-DD, as precise as the document gives it",
    "order": "a name of orders.tsv (nearest: ",
    "document": "a document exactly where there are words",
    "shown": "a document exactly where there are status_words",
    "stated": "the words that state it, exactly where the basis is stated",
    "status": "not determined, or another status with the words that show it",
}


@pytest.mark.parametrize(
    ("table", "number", "column", "value", "expected"),
    [
        ("statements", 1, "event", "adaption", "a notation of mg:EventKinds (nearest: adoption"),
        ("statements", 1, "modality", "expected", "a notation of mg:Modalities (nearest: reported"),
        ("statements", 1, "form", "casual", "a notation of mg:MeetingForms (nearest: "),
        ("order-parts", 1, "part", "order", "a notation of mg:OrderParts (nearest: order"),
        ("outcomes", 1, "outcome", "done", "a notation of mg:Outcomes (nearest: "),
        ("duties", 1, "kind", "report plan", "a notation of mg:DutyKinds (nearest: report, work plan"),
        ("duties", 0, "status", "done", "a notation of mg:DutyStatuses (nearest: done by some"),
        ("mandates", 1, "basis", "inferred", "a notation of mg:MandateBases (nearest: "),
        ("statements", 0, "about", "by", FORMS["about"]),
        ("statements", 0, "about", "body:oas", FORMS["about"]),
        ("statements", 0, "about", "=body:oas", FORMS["about"]),
        ("statements", 0, "about", "by=oas", FORMS["about"]),
        ("statements", 0, "about", "by=body:", FORMS["about"]),
        ("statements", 0, "about", "by=organ:oas", FORMS["about"]),
        ("statements", 0, "about", "from=body:oas", FORMS["about"]),
        ("statements", 0, "about", "by=body:oas|to=council", FORMS["about"]),
        ("statements", 0, "about", "by= body:oas", FORMS["about"]),
        ("order-parts", 0, "row", "council", REFERENCE),
        ("order-parts", 1, "row", "organ:council", REFERENCE),
        ("mandates", 0, "subject", "2012", REFERENCE),
        ("mandates", 1, "subject", "plan:", REFERENCE),
        ("outcomes", 0, "row", "D-12/12", REFERENCE),
        ("outcomes", 1, "row", ":d-12", REFERENCE),
        ("statements", 0, "date", "2011-6-7", FORMS["date"]),
        ("statements", 1, "date", "2011-02-30", FORMS["date"]),
        ("outcomes", 0, "date", "April 26", FORMS["date"]),
        ("outcomes", 1, "date", "2012-13", FORMS["date"]),
        ("mandates", 1, "by", "paragraph-61", REFERENCE),
        ("outcomes", 1, "order", "requests", f"{FORMS['order']}request)"),
        ("outcomes", 0, "order", "xyz", f"{FORMS['order']}none)"),
        ("outcomes", 0, "document", "", FORMS["document"]),
        ("outcomes", 1, "document", "d", FORMS["document"]),
        ("duties", 0, "status_document", "", FORMS["shown"]),
        ("duties", 1, "status_document", "d", FORMS["shown"]),
        ("mandates", 0, "document", "", FORMS["document"]),
        ("mandates", 1, "document", "d", FORMS["document"]),
        ("mandates", 1, "reason", "", "a reason, exactly where the basis is judged"),
    ],
)
def test_each_fault_is_found_where_it_is(
    schemes: Schemes, table: str, number: int, column: str, value: str, expected: str
) -> None:
    held = small()
    held[table][number][column] = value
    (told,) = faults(held, schemes)
    assert told.startswith(f"p/{table}.tsv:{number + 2}: expected {column}: {expected}")
    assert told.endswith(f", found {value!r}")


@pytest.mark.parametrize(
    ("table", "number", "cells", "found"),
    [
        ("mandates", 0, {"document": "", "words": ""}, [f"words: {FORMS['stated']}, found ''"]),
        ("mandates", 1, {"document": "d", "words": "w"}, [f"words: {FORMS['stated']}, found 'w'"]),
        ("mandates", 0, {"basis": "judged", "reason": "r"}, [f"words: {FORMS['stated']}, found 'w'"]),
        (
            "mandates",
            0,
            {"words": ""},
            [f"document: {FORMS['document']}, found 'd'", f"words: {FORMS['stated']}, found ''"],
        ),
        (
            "mandates",
            0,
            {"basis": "judged"},
            [f"words: {FORMS['stated']}, found 'w'", "reason: a reason, exactly where the basis is judged, found ''"],
        ),
        ("mandates", 0, {"reason": "r"}, ["reason: a reason, exactly where the basis is judged, found 'r'"]),
        ("outcomes", 0, {"words": ""}, [f"document: {FORMS['document']}, found 'd'"]),
        ("outcomes", 1, {"words": "w"}, [f"document: {FORMS['document']}, found ''"]),
        ("outcomes", 1, {"document": "d", "words": "w"}, []),
        (
            "duties",
            0,
            {"status_words": ""},
            [f"status_document: {FORMS['shown']}, found 'd'", f"status: {FORMS['status']}, found 'done by some'"],
        ),
        (
            "duties",
            0,
            {"status_document": "", "status_words": ""},
            [f"status: {FORMS['status']}, found 'done by some'"],
        ),
        (
            "duties",
            1,
            {"status": "a draft was delivered"},
            [f"status: {FORMS['status']}, found 'a draft was delivered'"],
        ),
        ("duties", 1, {"status_words": "w"}, [f"status_document: {FORMS['shown']}, found ''"]),
        ("duties", 1, {"status_document": "d", "status_words": "w"}, []),
    ],
)
def test_words_stand_exactly_where_something_rests_on_them(
    schemes: Schemes, table: str, number: int, cells: Cells, found: list[str]
) -> None:
    held = small()
    held[table][number].update(cells)
    assert faults(held, schemes) == [f"p/{table}.tsv:{number + 2}: expected {each}" for each in found]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("kind", REFERENCE_KINDS)
def test_a_thing_has_the_roles_that_are_for_its_kind(schemes: Schemes, role: str, kind: str) -> None:
    held = small()
    held["statements"][1]["about"] = f"{role}={kind}:name"
    if kind in ROLES[role]:
        assert load(held, schemes).statements[1].about == ((role, Reference(kind, "name")),)
    else:
        expected = f"for {role} one of the kinds {', '.join(ROLES[role])}"
        assert faults(held, schemes) == [f"p/statements.tsv:3: expected about: {expected}, found '{role}={kind}:name'"]


def test_every_role_has_its_property() -> None:
    assert PARTICIPANTS.keys() == set(ROLES)


@pytest.mark.parametrize("table", ["statements", "orders", "duties"])
@pytest.mark.parametrize("name", ["A b", "-a", "a/b", "Á"])
def test_a_name_that_no_iri_can_hold_is_refused(schemes: Schemes, table: str, name: str) -> None:
    held = small()
    held[table].append(held[table][0] | {"name": name})
    if table == "orders":
        held["order-parts"].append(held["order-parts"][0] | {"order": name})
    assert faults(held, schemes) == [
        f"p/{table}.tsv:4: expected name: a name of small letters, digits, '-' and '.', found {name!r}"
    ]


def test_an_order_without_parts_is_found(schemes: Schemes) -> None:
    held = small()
    held["orders"].append(held["orders"][1] | {"name": "alone"})
    assert faults(held, schemes) == ["p/orders.tsv:4: expected name: an order with parts, found 'alone'"]


def test_a_part_of_an_unknown_order_leaves_its_own_without_parts(schemes: Schemes) -> None:
    held = small()
    held["order-parts"][1]["order"] = "requets"
    assert faults(held, schemes) == [
        "p/order-parts.tsv:3: expected order: a name of orders.tsv (nearest: request), found 'requets'",
        "p/orders.tsv:3: expected name: an order with parts, found 'request'",
    ]


@pytest.mark.parametrize(("table", "column"), needed(SCHEMAS))
def test_a_cell_that_must_be_filled_is_not_blank(schemes: Schemes, table: str, column: str) -> None:
    held = small()
    held[table][0][column] = ""
    assert faults(held, schemes) == [f"p/{table}.tsv:2: expected {column}: a value, found ''"]


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_no_row_stands_twice(schemes: Schemes, table: str) -> None:
    held = small()
    held[table].append(held[table][0])
    key = SCHEMAS[table].key
    (told,) = faults(held, schemes)
    assert told.startswith(f"p/{table}.tsv:4: expected {key[0]}: a {' and '.join(key)} not used before ")
    assert told.endswith(f"(p/{table}.tsv:2 has it), found {held[table][0][key[0]]!r}")


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_table_is_held_against_its_columns(schemes: Schemes, table: str) -> None:
    contents = written(small(), SCHEMAS)
    contents[table] = contents[table].replace("\t", "\tmore\t", 1)
    columns = SCHEMAS[table].columns
    (told,) = faults_of(lambda: loaded(contents, "p", schemes))
    assert told.startswith(f"p/{table}.tsv:1: expected the columns {', '.join(columns)}, found '{columns[0]}, more, ")


def test_several_faults_are_told_together(schemes: Schemes) -> None:
    held = small()
    held["statements"][0].update(event="poem", date="soon", about="by")
    held["orders"].append(held["orders"][1] | {"name": "Alone"})
    held["mandates"][0].update(subject="2012", by="paragraph-61", document="")
    held["duties"][1].update(kind="poem", status="done by some")
    told = [each.partition(", found ")[0].partition(" (nearest")[0] for each in faults(held, schemes)]
    assert sorted(told) == [
        "p/duties.tsv:3: expected kind: a notation of mg:DutyKinds",
        f"p/duties.tsv:3: expected status: {FORMS['status']}",
        f"p/mandates.tsv:2: expected by: {REFERENCE}",
        f"p/mandates.tsv:2: expected document: {FORMS['document']}",
        f"p/mandates.tsv:2: expected subject: {REFERENCE}",
        "p/orders.tsv:4: expected name: a name of small letters, digits, '-' and '.'",
        "p/orders.tsv:4: expected name: an order with parts",
        f"p/statements.tsv:2: expected about: {FORMS['about']}",
        f"p/statements.tsv:2: expected date: {FORMS['date']}",
        "p/statements.tsv:2: expected event: a notation of mg:EventKinds",
    ]


def test_the_tables_of_this_data_set_load(root: Path, corpus: Corpus) -> None:
    held = corpus.process
    lengths = {
        "statements": len(held.statements),
        "orders": len(held.orders),
        "order-parts": len(held.parts),
        "mandates": len(held.mandates),
        "outcomes": len(held.outcomes),
        "duties": len(held.duties),
    }
    assert lengths == counted(root, "process", SCHEMAS)
    assert all(lengths.values())
