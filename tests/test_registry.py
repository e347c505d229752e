"""The registry: every fault of its tables is found where it is, and what is only believed is not loaded."""

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from mandategraph.errors import Faults, TableError
from mandategraph.model import Forum, Instrument, Registry
from mandategraph.places import Place
from mandategraph.registry import RELATIONS, SCHEMAS, loaded, statuses
from mandategraph.schemes import Schemes
from mandategraph.tables import Row, rows

Cells = dict[str, str]
Tables = dict[str, list[Cells]]

INSTRUMENT = {"kind": "resolution", "title_en": "A title", "status": "verified", "source_url": "https://example.org/a"}


def small() -> Tables:
    """Tables without a fault: a resolution, the one it recalls, the one a wording wrongly names, and one not in use."""
    return {
        "instruments": [
            INSTRUMENT
            | {"slug": "res-1", "related": "recalls=res-2", "adopting_body": "The Assembly", "date": "2010-06"},
            INSTRUMENT | {"slug": "res-2"},
            INSTRUMENT | {"slug": "res-3"},
        ],
        "unused": [INSTRUMENT | {"slug": "res-9", "reason": "no document names it"}],
        "titles": [
            {
                "slug": "res-1",
                "language": "es",
                "title": "Un título",
                "status": "verified",
                "source_url": "https://x.org",
            },
            {"slug": "res-1", "language": "fr", "title": "Un titre", "status": "believed"},
        ],
        "spellings": [
            {
                "document": "d",
                "wording": "Res. 1",
                "instrument": "res-1",
                "relation": "wrong title",
                "names": "res-3",
                "reason": "r",
            },
        ],
        "plans": [
            {
                "plan": "p",
                "title": "t",
                "status": "draft",
                "status_document": "d",
                "status_words": "w",
                "reason": "r",
                "instrument": "res-2",
                "worded_by": "d",
            },
        ],
        "forums": [{"adopting_body": "The Assembly", "forum": "general-assembly", "reason": "the body itself"}],
    }


def load(held: Tables, schemes: Schemes, mentioned: Collection[str] = ()) -> Registry:
    contents = {
        name: "".join(
            "\t".join(line) + "\n"
            for line in [form.columns, *([row.get(column, "") for column in form.columns] for row in held[name])]
        )
        for name, form in SCHEMAS.items()
    }
    return loaded(contents, "r", schemes, mentioned)


def faults(held: Tables, schemes: Schemes, mentioned: Collection[str] = ()) -> list[str]:
    """The messages of what is wrong with the tables."""
    try:
        load(held, schemes, mentioned)
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


def change(table: str, number: int, **cells: str) -> Callable[[Tables], None]:
    return lambda held: held[table][number].update(cells)


def add(table: str, **cells: str) -> Callable[[Tables], None]:
    return lambda held: held[table].append(cells)


def test_tables_without_a_fault_load(schemes: Schemes) -> None:
    found = load(small(), schemes)
    assert found.instruments["res-1"] == Instrument(
        slug="res-1",
        kind="resolution",
        title="A title",
        verified=True,
        adopting_body="The Assembly",
        date="2010-06",
        related=(("recalls", "res-2"),),
        sources=("https://example.org/a",),
        titles=(("es", "Un título", "https://x.org"),),
    )
    assert list(found.instruments) == ["res-1", "res-2", "res-3"]
    assert found.spellings["d", "Res. 1"].names == "res-3"
    assert found.plans["p"].worded_by == "d"
    assert found.forums == {
        "The Assembly": Forum("The Assembly", "general-assembly", "the body itself", Place("r/forums.tsv", 2))
    }


def test_a_row_keeps_its_place_and_the_cells_that_name_it(schemes: Schemes) -> None:
    found = load(small(), schemes)
    held = [found.spellings["d", "Res. 1"].place, found.plans["p"].place, found.forums["The Assembly"].place]
    assert [(str(place), place.key) for place in held] == [
        ("r/spellings.tsv:2", "d · Res. 1"),
        ("r/plans.tsv:2", "p"),
        ("r/forums.tsv:2", "The Assembly"),
    ]


FORMS = {
    "status": "verified or believed",
    "source_url": "where the facts were read",
    "address": "http(s) addresses and FILE:LINE, separated by ' ; '",
    "date": "YYYY, YYYY-MM or YYYY-MM-DD, as precise as known",
    "relation": f"relation=slug, the relation one of {', '.join(RELATIONS)}",
    "cell_status": "column=status, the status verified, believed or document",
    "slug": "a slug of instruments.tsv",
    "slugs": "slugs of instruments.tsv",
}
IDLE = "slug: a row some wording, plan or row refers to; else it stands in unused.tsv"
BUSY = "slug: a row nothing refers to; else it stands in instruments.tsv"


@pytest.mark.parametrize(
    ("table", "number", "column", "value", "expected"),
    [
        ("instruments", 1, "status", "sure", FORMS["status"]),
        ("unused", 0, "status", "sure", FORMS["status"]),
        ("instruments", 1, "source_url", "", FORMS["source_url"]),
        ("unused", 0, "source_url", "", FORMS["source_url"]),
        ("instruments", 1, "source_url", "the web", FORMS["address"]),
        ("instruments", 1, "source_url", "https://a.org ; https://b|c", FORMS["address"]),
        ("unused", 0, "source_url", "d.txt line 4", FORMS["address"]),
        ("titles", 0, "source_url", "https://b|c", ""),
        ("titles", 0, "language", "español", ""),
        ("instruments", 0, "date", "2010-6", FORMS["date"]),
        ("instruments", 0, "date", "2010-13", FORMS["date"]),
        ("instruments", 0, "date", "2010-02-30", FORMS["date"]),
        ("instruments", 0, "date", "٢٠١٠", FORMS["date"]),
        ("unused", 0, "date", "June 2010", FORMS["date"]),
        ("instruments", 0, "related", "likes=res-2|recalls=res-2", FORMS["relation"]),
        ("unused", 0, "related", "res-2", FORMS["relation"]),
        ("instruments", 0, "related", "recalls=res-2|recalls=res-0", FORMS["slugs"]),
        ("instruments", 0, "related", "recalls=res-2|recalls=", FORMS["slugs"]),
        ("instruments", 0, "cell_status", "date", FORMS["cell_status"]),
        ("instruments", 0, "cell_status", "kind=verified", FORMS["cell_status"]),
        ("unused", 0, "cell_status", "date=sure", FORMS["cell_status"]),
        ("instruments", 1, "kind", "resolutoin", "a notation of mg:InstrumentKinds (nearest: "),
        ("unused", 0, "kind", "poem", "a notation of mg:InstrumentKinds (nearest: "),
        ("instruments", 0, "adopting_body", "The Council", "a body of forums.tsv"),
        ("spellings", 0, "instrument", "res-0", FORMS["slug"]),
        ("spellings", 0, "names", "res-0", FORMS["slug"]),
        ("spellings", 0, "relation", "wrong", "a notation of mg:WordingRelations (nearest: "),
        ("plans", 0, "instrument", "res-0", FORMS["slug"]),
        ("plans", 0, "status", "in force", "a notation of mg:PlanStatuses (nearest: "),
        ("forums", 0, "forum", "assembly", "a notation of mg:Forums (nearest: "),
        ("titles", 0, "slug", "res-0", f"{FORMS['slug']} or unused.tsv"),
    ],
)
def test_each_fault_is_found_where_it_is(
    schemes: Schemes, table: str, number: int, column: str, value: str, expected: str
) -> None:
    held = small()
    held[table][number][column] = value
    told = [each for each in faults(held, schemes) if IDLE not in each]
    assert len(told) == 1
    assert told[0].startswith(f"r/{table}.tsv:{number + 2}: expected {column}: {expected}")
    assert told[0].endswith(f", found {value!r}")


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([change("spellings", 0, names="")], [f"r/instruments.tsv:4: expected {IDLE}, found 'res-3'"]),
        (
            [change("plans", 0, instrument="res-1"), change("instruments", 0, related="")],
            [f"r/instruments.tsv:3: expected {IDLE}, found 'res-2'"],
        ),
        ([change("plans", 0, instrument="res-1")], []),
        (
            [
                add("instruments", **INSTRUMENT, slug="res-4", related="recalls=res-5"),
                add("instruments", **INSTRUMENT, slug="res-5", related="recalls=res-4"),
            ],
            [
                f"r/instruments.tsv:5: expected {IDLE}, found 'res-4'",
                f"r/instruments.tsv:6: expected {IDLE}, found 'res-5'",
            ],
        ),
        (
            [add("unused", **INSTRUMENT, slug="res-2", reason="r")],
            [f"r/unused.tsv:3: expected {BUSY}, found 'res-2'"],
        ),
        (
            [change("unused", 0, related="recalls=res-8"), add("unused", **INSTRUMENT, slug="res-8", reason="r")],
            [],
        ),
        (
            [change("instruments", 0, related="recalls=res-9")],
            [
                "r/instruments.tsv:2: expected related: slugs of instruments.tsv, found 'recalls=res-9'",
                f"r/unused.tsv:2: expected {BUSY}, found 'res-9'",
            ],
        ),
        ([add("titles", slug="res-9", language="es", title="t", status="verified")], []),
        (
            [add("forums", adopting_body="The Council", forum="permanent-council", reason="r")],
            ["r/forums.tsv:3: expected adopting_body: "],
        ),
        (
            [change("instruments", 1, status="sure", date="soon", kind="poem"), change("forums", 0, forum="poem")],
            [
                "r/instruments.tsv:3: expected status",
                "r/instruments.tsv:3: expected date",
                "r/instruments.tsv:3: expected kind",
                "r/forums.tsv:2: expected forum",
            ],
        ),
    ],
    ids=[
        *("out-of-use", "no-longer-recalled", "recalled-only", "naming-only-each-other", "in-both-tables"),
        *(
            "unused-among-themselves",
            "unused-referred-to",
            "title-of-an-unused-row",
            "forum-of-nothing",
            "several-together",
        ),
    ],
)
def test_rows_stand_in_the_table_their_use_asks_for(
    schemes: Schemes, changes: list[Callable[[Tables], None]], found: list[str]
) -> None:
    held = small()
    for each in changes:
        each(held)
    told = faults(held, schemes)
    assert len(told) == len(found)
    for message, expected in zip(told, found, strict=True):
        assert message.startswith(expected)


def test_a_row_that_only_running_text_names_is_in_use(schemes: Schemes) -> None:
    held = small()
    add("instruments", **INSTRUMENT, slug="res-4", related="recalls=res-5")(held)
    add("instruments", **INSTRUMENT, slug="res-5")(held)
    assert len(faults(held, schemes)) == 2
    assert list(load(held, schemes, {"res-4"}).instruments) == ["res-1", "res-2", "res-3", "res-4", "res-5"]
    assert faults(held, schemes, {"res-5"}) == [f"r/instruments.tsv:5: expected {IDLE}, found 'res-4'"]


def test_a_row_that_running_text_names_is_not_out_of_use(schemes: Schemes) -> None:
    assert faults(small(), schemes, {"res-9"}) == [f"r/unused.tsv:2: expected {BUSY}, found 'res-9'"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ([change("instruments", 2, slug="Res 3"), change("spellings", 0, names="Res 3")], "r/instruments.tsv:4: slug"),
        ([change("unused", 0, slug="-9")], "r/unused.tsv:2: slug"),
        ([change("plans", 0, plan="a/plan")], "r/plans.tsv:2: plan"),
    ],
)
def test_a_name_that_no_iri_can_hold_is_refused(
    schemes: Schemes, changes: list[Callable[[Tables], None]], found: str
) -> None:
    held = small()
    for each in changes:
        each(held)
    (message,) = faults(held, schemes)
    place, _, column = found.rpartition(": ")
    assert message.startswith(f"{place}: expected {column}: a name of small letters, digits, '-' and '.', found ")


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_every_table_is_held_against_its_columns(schemes: Schemes, table: str) -> None:
    held = small()
    held[table].append(dict.fromkeys(SCHEMAS[table].columns, "") | dict.fromkeys(SCHEMAS[table].key, "x"))
    needed = [
        column for column in SCHEMAS[table].columns if column not in {*SCHEMAS[table].optional, *SCHEMAS[table].key}
    ]
    assert faults(held, schemes) == [
        f"r/{table}.tsv:{len(held[table]) + 1}: expected {column}: a value, found ''" for column in needed
    ]


@pytest.mark.parametrize("table", sorted(SCHEMAS))
def test_no_table_names_a_row_twice(schemes: Schemes, table: str) -> None:
    held = small()
    held[table].append(dict(held[table][0]))
    key = " and ".join(SCHEMAS[table].key)
    (message,) = faults(held, schemes)
    assert message.startswith(
        f"r/{table}.tsv:{len(held[table]) + 1}: expected {SCHEMAS[table].key[0]}: a {key} not used"
    )


def instrument_row(**cells: str) -> Row:
    content = [SCHEMAS["instruments"].columns, [cells.get(each, "") for each in SCHEMAS["instruments"].columns]]
    (row,) = rows("\n".join("\t".join(line) for line in content), "i.tsv", SCHEMAS["instruments"])
    return row


def test_a_cell_has_the_status_of_its_row_or_its_own() -> None:
    row = instrument_row(**INSTRUMENT, slug="a", cell_status="date=believed|title_en=document")
    assert statuses(row) == {
        "symbol": "verified",
        "adopting_body": "verified",
        "meeting": "verified",
        "place": "verified",
        "date": "believed",
        "title_en": "document",
    }


def test_a_cell_only_believed_is_not_loaded(schemes: Schemes) -> None:
    held = small()
    held["instruments"][0] |= {"symbol": "S", "place": "Lima", "cell_status": "date=believed|place=believed"}
    found = load(held, schemes).instruments["res-1"]
    assert (found.symbol, found.adopting_body, found.date, found.place) == ("S", "The Assembly", "", "")


def test_a_row_only_believed_is_loaded_by_name_alone(schemes: Schemes) -> None:
    held = small()
    held["instruments"][0] |= {"symbol": "S", "status": "believed", "meeting": "m", "place": "Lima"}
    found = load(held, schemes).instruments["res-1"]
    titles = (("es", "Un título", "https://x.org"),)
    assert found == Instrument(slug="res-1", kind="resolution", title="A title", verified=False, titles=titles)


def test_a_verified_cell_of_a_believed_row_is_loaded(schemes: Schemes) -> None:
    held = small()
    held["instruments"][0] |= {"symbol": "S", "status": "believed", "cell_status": "symbol=verified"}
    found = load(held, schemes).instruments["res-1"]
    assert (found.verified, found.symbol, found.date) == (False, "S", "")


@pytest.mark.parametrize("date", ["1990", "1994-12", "2008-02-29", "2003-10-28"])
def test_a_date_stays_as_precise_as_it_is(schemes: Schemes, date: str) -> None:
    held = small()
    held["instruments"][0]["date"] = date
    assert load(held, schemes).instruments["res-1"].date == date


def test_several_sources_are_kept_apart(schemes: Schemes) -> None:
    held = small()
    held["instruments"][0]["source_url"] = "https://a.org ; d.txt:4 (title)"
    assert load(held, schemes).instruments["res-1"].sources == ("https://a.org", "d.txt:4 (title)")


def test_the_tables_of_this_data_set_load(root: Path, registry: Registry) -> None:
    def lines(table: str) -> int:
        return (root / f"data/registry/{table}.tsv").read_text("utf-8").count("\n") - 1

    held = {name: len(getattr(registry, name)) for name in ("instruments", "spellings", "plans", "forums")}
    assert held == {name: lines(name) for name in held}
    assert list(registry.plans) == ["2011-03-07", "2011-draft", "2012"]
    assert {len(each.date) for each in registry.instruments.values()} == {0, 4, 7, 10}
    assert [each.slug for each in registry.instruments.values() if not each.verified] == [
        "regional-strategy-criminal-gangs-2010",
        "work-plan-tip-2010",
        "un-charter-1945",
        "ameripol-statute",
        "ga-resolution-drug-strategy-2010",
    ]


def test_a_fault_of_a_cell_status_is_placed() -> None:
    with pytest.raises(TableError) as caught:
        statuses(instrument_row(**INSTRUMENT, slug="a", cell_status="colour=verified"))
    assert caught.value.place == Place("i.tsv", 2)
