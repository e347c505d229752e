"""The look-ups: that each answers what the graph holds, in each form, paged, as people type, and how it says no."""

import csv
import io
import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from calling import data, get, media, problem, send
from inline import service

from mandategraph import queries
from mandategraph.iris import DEFAULT_BASE
from mandategraph.naming import Known
from mandategraph.queries import Cell, Rows
from mandategraph.results import release_of
from mandategraph.server.asked import Asked
from mandategraph.server.attributions import MARK
from mandategraph.server.replies import FORMS, LAST_PAGE, Several, window_of
from mandategraph.vocabulary import MG, PROV, RDFS, RS, A
from serving import ROOT, folder_of, manifest, source, store

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SUPPORT = "/api/plans/2011-03-07/actions/1.4/support"
PASSAGE = "/api/passages/commitment-public-security-2008/take-note-of-the-contribution-c36a9e26bb"
UNUSED = "/api/instruments/un-charter-1945/supports"
LISTS = [
    "/api/plans",
    "/api/plans/2012",
    "/api/plans/2012/actions/2.1.2",
    "/api/plans/2012/actions/2.1.2/support",
    "/api/plans/2012/actions/2.1/support",
    SUPPORT,
    "/api/actions",
    "/api/actions?notation=2.1.2",
    "/api/instruments",
    "/api/instruments/ag-res-2551-xl-o-10",
    "/api/instruments/ag-res-2551-xl-o-10/supports",
    UNUSED,
    PASSAGE,
    "/api/search?q=prison",
    "/api/search?q=whales",
    "/api/wording?text=social%20reintegration",
    "/api/questions/01-mandates-of-an-action?action=1.2",
    "/api/questions/18-discrepancies",
    "/api/questions/20-where-a-statement-comes-from?node=support/linking-document-2011/1.4/1",
]


EMPTY = {"/api/search?q=whales"}
"""Those of them that have no row."""


def table(text: str) -> list[dict[str, str]]:
    """The rows of CSV."""
    return list(csv.DictReader(io.StringIO(text, newline="")))


def triples(text: str) -> set[ox.Triple]:
    """The triples of Turtle."""
    return {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}


def result_set(found: set[ox.Triple]) -> tuple[set[str], list[dict[str, Cell]]]:
    """The columns and the rows of the result set that triples hold, as the W3C says how to read one."""
    said: dict[object, dict[str, list[Any]]] = {}
    for each in found:
        said.setdefault(each.subject, {}).setdefault(each.predicate.value.removeprefix(RS.iri), []).append(each.object)
    (answer,) = (node for node, values in said.items() if RS["ResultSet"] in values.get(A.value, []))
    columns = [each.value for each in said[answer]["resultVariable"]]
    solutions = sorted(said[answer].get("solution", []), key=lambda node: int(said[node]["index"][0].value))
    assert [int(said[node]["index"][0].value) for node in solutions] == list(range(1, len(solutions) + 1))
    rows = []
    for node in solutions:
        bindings = [(said[each]["variable"], said[each]["value"]) for each in said[node].get("binding", [])]
        row = {variable.value: value for (variable,), (value,) in bindings}
        assert len(row) == len(bindings)
        rows.append(row)
    return set(columns), rows


def looked(name: str, **given: str) -> list[dict[str, Any]]:
    """The rows of a look-up query."""
    return queries.rows(store(), folder_of("lookups")[name], given).data()


# In each form


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(("form", "found"), FORMS.items())
def test_each_form_is_had_by_accept_and_by_name(path: str, form: str, found: str) -> None:
    by_accept = send("GET", path, found)
    by_name = send("GET", f"{path}{'&' if '?' in path else '?'}format={form}", "image/png")
    assert (by_accept.status_code, media(by_accept)) == (by_name.status_code, media(by_name)) == (200, found)
    assert by_accept.content == by_name.content


@pytest.mark.parametrize("path", LISTS)
def test_every_answer_in_every_form_says_which_release_it_comes_from(path: str) -> None:
    release = manifest().identity
    assert send("GET", path).json()["release"] == release
    rows = table(send("GET", path, "text/csv").text)
    assert {row["release"] for row in rows} == ({release} if path not in EMPTY else set())
    assert release_of(DEFAULT_BASE, release) in triples(send("GET", path, "text/turtle").text)


@pytest.mark.parametrize("path", LISTS)
def test_csv_tells_what_json_tells(path: str) -> None:
    told = send("GET", path, "application/json").json()
    rows = table(send("GET", path, "text/csv").text)
    assert bool(rows) == (path not in EMPTY)
    if "answer" in told:
        assert {row["answer"] for row in rows} == {told["answer"]}
    if path.endswith("/support") or not told["items"]:
        return
    assert len(rows) == len(told["items"])
    for row, item in zip(rows, told["items"], strict=True):
        same = {name: _text(value) for name, value in item.items() if isinstance(value, str | int)}
        assert {name: row[name] for name in same} == same


def _text(value: str | int) -> str:
    """What JSON holds as CSV has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("path", LISTS)
def test_turtle_states_the_resources_of_the_rows(path: str) -> None:
    told = send("GET", path, "application/json").json()
    found = triples(send("GET", path, "text/turtle").text)
    wanted = {
        value
        for item in told["items"]
        for name, value in item.items()
        if name in ("iri", "resource", "unit", "quotation", "node", "passage") and value.startswith(DEFAULT_BASE)
    }
    assert bool(wanted) == (path not in {*EMPTY, UNUSED, "/api/questions/18-discrepancies"})
    assert {f"<{iri}>" for iri in wanted} <= {str(each.subject) for each in found}


def _golden() -> list[str]:
    """Where the questions are asked that golden answers are of."""
    cases = sorted((ROOT / "tests" / "queries" / "questions").glob("*.json"))
    assert {case.name.partition(".")[0] for case in cases} == folder_of("questions").keys()
    given = [(case.name.partition(".")[0], json.loads(case.read_text("utf-8"))["parameters"]) for case in cases]
    return [f"/api/questions/{name}?{urlencode(parameters)}" for name, parameters in given]


@pytest.mark.parametrize("path", [*LISTS, *_golden()])
def test_the_rows_of_turtle_are_those_of_csv(path: str) -> None:
    whole = f"{path}{'&' if '?' in path else '?'}per_page={50 if '/wording' in path else 500}".replace("?&", "?")
    text = send("GET", whole, "text/csv").text
    columns, rows = result_set(triples(send("GET", whole, "text/turtle").text))
    assert columns == set(next(csv.reader([text.split("\r\n")[0]])))
    assert [{name: queries.value(row.get(name)) for name in columns} for row in rows] == table(text)
    told = send("GET", whole, "application/json").json()
    if "/support" in path:
        return
    assert len(rows) == min(told["total"], 500)
    for row, item in zip(rows, told["items"], strict=True):
        typed = {name: _typed(cell) for name, cell in row.items() if name in item and not isinstance(_typed(cell), str)}
        held = {name: value for name, value in item.items() if isinstance(value, int)}
        assert json.dumps(held, sort_keys=True) == json.dumps(typed, sort_keys=True)


def _typed(cell: Cell) -> int | bool | str:
    """What JSON holds for a literal of a result set, by its datatype."""
    datatype = cell.datatype.value.partition("#")[2] if isinstance(cell, ox.Literal) else ""
    text = queries.value(cell)
    return text == "true" if datatype == "boolean" else int(text) if datatype == "integer" else text


@pytest.mark.parametrize("path", LISTS)
def test_turtle_leaves_out_what_only_rules_infer(path: str) -> None:
    graph = ox.NamedNode(f"{DEFAULT_BASE}graph/inferred")
    stated = {quad.triple for quad in store().quads() if quad.graph_name != graph}
    assert not triples(send("GET", path, "text/turtle").text) & (set(store().graph(graph)) - stated)


def test_turtle_says_what_it_leaves_out_and_that_an_attribution_is_inferred() -> None:
    found = triples(get(SUPPORT, "text/turtle").text)
    (answer,) = (each.subject for each in found if each.object == RS["ResultSet"])
    about = {each for each in found if each.subject == answer}
    (reason,) = (row for row in looked("attributions"))
    part, body = ox.NamedNode(reason["part"]), ox.NamedNode(reason["assertedBy"])
    comments = sorted(queries.value(each.object) for each in about if each.predicate == RDFS["comment"])
    assert comments == [
        f"Triples left out, for only rules of the ontology infer them: 10. They are in <{DEFAULT_BASE}graph/inferred>.",
        f"What <{reason['source']}> states is attributed to <{body.value}>: {MARK}. {reason['reason']}",
    ]
    leads = {each.object for each in about if each.predicate == RDFS["seeAlso"]}
    assert leads == {ox.NamedNode(f"{DEFAULT_BASE}graph/inferred"), part}
    assert ox.Triple(part, MG["reason"], ox.Literal(reason["reason"], language="en")) in found
    assert ox.Triple(part, PROV["wasAttributedTo"], body) in found
    assert not [each for each in triples(get("/api/plans", "text/turtle").text) if each.object == body]


@pytest.mark.parametrize(("accept", "form"), [(None, "json"), ("*/*", "json"), (BROWSER, "json"), ("text/*", "csv")])
def test_the_first_form_that_is_wanted_is_chosen(accept: str | None, form: str) -> None:
    assert media(send("GET", "/api/plans", accept)) == FORMS[form]


def test_where_no_form_is_wanted_those_offered_are_told() -> None:
    assert problem(send("GET", "/api/plans", "image/png"), 406)["detail"].endswith(", ".join(FORMS.values()))
    told = problem(send("GET", "/api/questions", "text/turtle"), 406)["detail"]
    assert told.endswith("application/json, text/csv")


# What is answered


def test_the_plans_and_their_parts() -> None:
    assert data("/api/plans")["items"] == looked("plans")
    assert [(row["plan"], row["actions"], row["links"]) for row in looked("plans")] == [
        ("2011-03-07", 23, 130),
        ("2011-draft", 23, 0),
        ("2012", 27, 0),
    ]
    whole = data("/api/plans/2012")
    assert whole["items"] == looked("parts-of-plans", plan="2012")
    assert whole["total"] == 40
    assert whole["plan"]["wordedBy"] == "hemispheric-plan-2012"
    (part,) = data("/api/plans/2012/actions/2.1.2")["items"]
    assert (part["citationForm"], part["links"]) == ("Objective 2.1, proposed action 2", 0)


def test_the_parts_that_have_a_number_are_told_apart() -> None:
    found = data("/api/actions", notation="2.1")["items"]
    assert [(row["plan"], row["class"].rpartition("#")[2]) for row in found] == [
        ("2011-03-07", "Action"),
        ("2011-draft", "Action"),
        ("2012", "Objective"),
    ]
    assert data("/api/actions")["total"] == 73
    assert {row["class"] for row in data("/api/actions")["items"]} == {MG["Action"].value}


def test_the_support_of_an_action_is_that_of_the_command() -> None:
    told = data(SUPPORT)
    expected = [json.loads(json.dumps(each.data())) for each in service().support.of("1.4", "2011-03-07")]
    assert told["items"] == expected
    (row,) = table(get(SUPPORT, "text/csv").text)
    (quotation,) = expected[0]["quotations"]
    assert {name: row[name] for name in quotation} == {name: _text(value) for name, value in quotation.items()}
    assert (quotation["start"], quotation["end"], quotation["quoted"]) == (7911, 8054, True)
    assert (
        row["answer"]
        == "1 quotation of 1 instrument, asserted in linking-document-2011; none compared with the instrument."
    )
    assert (row["kind"], row["comparison"]) == (MG["Asserted"].value, MG["NotCompared"].value)
    subjects = {each.subject for each in triples(get(SUPPORT, "text/turtle").text)}
    link = ox.NamedNode(f"{DEFAULT_BASE}support/linking-document-2011/1.4/1")
    assert {link, ox.NamedNode(quotation["quotation"]), ox.NamedNode(quotation["instrument"])} <= subjects


@pytest.mark.parametrize(
    ("notation", "answer"),
    [
        ("2.1.2", "No document links mandates to this action; documents do so for plan 2011-03-07 only."),
        ("2.1", "In plan 2012 this number is an objective; mandates are attached to actions only."),
    ],
)
def test_where_no_document_says_anything_every_form_says_that(notation: str, answer: str) -> None:
    path = f"/api/plans/2012/actions/{notation}/support"
    (item,) = data(path)["items"]
    assert item["answer"] == answer
    (row,) = table(get(path, "text/csv").text)
    assert (row["plan"], row["action"], row["answer"]) == ("2012", notation, answer)
    found = triples(get(path, "text/turtle").text)
    _, (cells,) = result_set(found)
    assert {name: queries.value(cell) for name, cell in cells.items()} == {
        name: text for name, text in row.items() if text
    }
    stated = {"stated-source": item["stated_sources"], "scope": item["limits"]}
    assert [len(each) for each in stated.values()] == ([3, 2] if notation == "2.1.2" else [0, 0])
    subjects = {str(each.subject) for each in found}
    for kind, rows in stated.items():
        for each in rows:
            path = f"{kind}/{each['plan']}/{each['name']}" if kind == "stated-source" else f"{kind}/{each['name']}"
            assert f"<{DEFAULT_BASE}{path}>" in subjects


def test_an_instrument_has_its_names() -> None:
    told = data("/api/instruments/commitment-public-security-2008")
    (item,) = told["items"]
    (row,) = looked("instruments", instrument="commitment-public-security-2008")
    assert {name: item[name] for name in row} == row
    assert {"name": "Compromiso por la Seguridad Pública en las Américas", "how": "title"} in item["names"]
    assert {"name": "MISPA/doc.7/08 rev. 4", "how": "symbol"} in item["names"]
    assert {"name": "MISPA I", "how": "wording"} in item["names"]
    assert data("/api/instruments")["total"] == 58


def test_what_an_instrument_supports_is_question_4() -> None:
    told = data("/api/instruments/ag-res-2551-xl-o-10/supports")
    question = folder_of("questions")["04-actions-of-an-instrument"]
    assert told["items"] == queries.rows(store(), question, {"instrument": "ag-res-2551-xl-o-10"}).data()
    assert (told["total"], told["instrument"]["quotations"]) == (8, 8)
    assert told["answer"] == (
        "8 quotations for 5 actions of plan 2011-03-07, asserted in linking-document-2011; "
        "none compared with the instrument."
    )


def test_where_an_instrument_supports_nothing_every_form_says_that() -> None:
    answer = (
        "No document links words of this instrument to an action; "
        "documents link mandates to actions of plan 2011-03-07 only."
    )
    told = data(UNUSED)
    assert (told["answer"], told["total"], told["items"]) == (answer, 0, [])
    (row,) = table(get(UNUSED, "text/csv").text)
    cells = {"instrument": "un-charter-1945", "answer": answer, "release": manifest().identity}
    assert {name: text for name, text in row.items() if text} == cells
    _, (solution,) = result_set(triples(get(UNUSED, "text/turtle").text))
    assert {name: queries.value(cell) for name, cell in solution.items()} == cells


def test_a_passage_has_its_quotations() -> None:
    told = data(PASSAGE)
    assert [row["action"] for row in told["items"]] == ["1.1", "1.4"]
    assert told["items"] == looked("quotations", passage=told["items"][0]["passage"])


def test_every_passage_has_its_address() -> None:
    found = {row["passage"].removeprefix(f"{DEFAULT_BASE}passage/") for row in looked("quotations")}
    assert len(found) == 112
    for passage in sorted(found)[::10]:
        assert data(f"/api/passages/{passage}")["total"] >= 1


def test_words_are_found_and_marked() -> None:
    told = data("/api/search", q="prison", per_page="3")
    hits = service().search.find("prison", count=3)
    assert (told["q"], told["matched"], told["total"]) == ("prison", "all", 21)
    assert told["items"] == json.loads(json.dumps([hit.data() for hit in hits.hits]))
    for item in told["items"]:
        assert {item["words"][start:end].lower() for start, end in item["marks"]} == {"prison"}
        text = source(item["document"])
        assert {text[start:end].lower() for start, end in item["places"]} == {"prison"}
    assert {item["kind"] for item in data("/api/search", q="prison", kind="action")["items"]} == {"action"}


def test_a_draft_is_held_against_earlier_wording_by_get_and_by_post() -> None:
    draft = "Take note of the contribution of subregional police cooperation"
    told = data("/api/wording", text=draft, per_page="2")
    (first,) = told["items"]
    assert (first["score"], first["timesQuoted"], first["kind"]) == (1.0, 2, MG["Computed"].value)
    assert (first["quoted"], first["end"] - first["start"] > len(draft)) == (True, True)
    assert first["cues"] == [{"words": "Take note", "verb": "take note", "strength": MG["Weak"].value}]
    assert told["score"].startswith("Computed: no document says")
    posted = send("POST", "/api/wording?per_page=2", content=draft.encode(), headers={"Content-Type": "text/plain"})
    assert posted.json() == told
    assert "etag" not in posted.headers


# The questions


QUESTIONS = list(folder_of("questions").values())
GIVEN = {
    "action": "1.4",
    "instrument": "ag-res-2551-xl-o-10",
    "node": f"{DEFAULT_BASE}support/linking-document-2011/1.4/1",
}


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)
def test_every_question_is_answered_at_its_address(query: queries.Query) -> None:
    given = {each.name: GIVEN[each.name] for each in query.parameters if not each.optional}
    expected = queries.rows(store(), query, given).data()
    told = data(f"/api/questions/{query.name}", per_page="500", **given)
    assert (told["total"], told["question"], told["number"]) == (len(expected), query.question, query.number)
    assert told["items"] == expected[:500]
    assert told["parameters"] == given


def test_the_questions_are_listed_with_their_addresses() -> None:
    listed = data("/api/questions")["items"]
    assert [row["number"] for row in listed] == sorted((row["number"] for row in listed), key=int)
    assert {row["number"] for row in listed} == {query.number for query in QUESTIONS} | {"21", "22"}
    assert {row["number"]: row["address"] for row in listed if row["number"] in ("1", "21", "22")} == {
        "1": "/api/questions/01-mandates-of-an-action",
        "21": "/api/search",
        "22": "/api/wording",
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("4", "/api/questions/04-actions-of-an-instrument?instrument=x%20y"),
        ("21", "/api/search?instrument=x%20y"),
        ("22", "/api/wording?instrument=x%20y"),
    ],
)
def test_a_question_is_found_by_its_number(name: str, place: str) -> None:
    response = send("GET", f"/api/questions/{name}?instrument=x%20y")
    assert (response.status_code, response.headers["location"]) == (308, place)


def test_an_unknown_question_is_told_with_the_nearest() -> None:
    told = problem(get("/api/questions/01-mandates-of-action"), 404)["detail"]
    assert "nearest: 01-mandates-of-an-action" in told


@pytest.mark.parametrize(
    ("path", "given", "read"),
    [
        ("01-mandates-of-an-action", {"action": "action 1.4"}, {"action": "1.4"}),
        (
            "01-mandates-of-an-action",
            {"action": "1.4", "plan": "plan 2011-03-07"},
            {"action": "1.4", "plan": "2011-03-07"},
        ),
        (
            "01-mandates-of-an-action",
            {"action": "acción 1.4 del plan 2011-03-07"},
            {"action": "1.4", "plan": "2011-03-07"},
        ),
        ("04-actions-of-an-instrument", {"instrument": "Resolución 2551"}, {"instrument": "ag-res-2551-xl-o-10"}),
        ("18-discrepancies", {"document": "Working-Group report 2012"}, {"document": "working-group-report-2012"}),
    ],
)
def test_the_values_of_a_question_are_read_as_people_type_them(
    path: str, given: dict[str, str], read: dict[str, str]
) -> None:
    told = data(f"/api/questions/{path}", **given)
    assert told["parameters"] == read
    assert told["total"] > 0


@pytest.mark.parametrize(
    ("path", "given", "status", "words"),
    [
        ("01-mandates-of-an-action", {}, 400, "expected action"),
        ("01-mandates-of-an-action", {"action": ""}, 400, "found nothing in it"),
        ("01-mandates-of-an-action", {"action": "1.4", "nr": "1"}, 400, "found 'nr'"),
        ("01-mandates-of-an-action", {"action": "Objective 1.1"}, 404, "objective is what it says"),
        ("01-mandates-of-an-action", {"action": "prison"}, 404, "action 'prison': not found"),
        ("01-mandates-of-an-action", {"action": "9.9"}, 404, "nearest: 5.5, 5.4, 5.3"),
        ("01-mandates-of-an-action", {"action": "1.4", "plan": "2013"}, 404, "plan '2013': not found"),
        ("04-actions-of-an-instrument", {"instrument": "ag-res-9999"}, 404, "nearest: "),
        ("07-ranking", {"unit": "state"}, 400, "unit: expected one of instrument, forum, found 'state'"),
        ("20-where-a-statement-comes-from", {"node": "nothing"}, 404, "nothing': not found"),
        ("20-where-a-statement-comes-from", {"node": "a <b>"}, 404, "node 'a <b>': not found"),
    ],
)
def test_a_question_that_cannot_be_asked_so_says_why(path: str, given: dict[str, str], status: int, words: str) -> None:
    assert words in problem(get(f"/api/questions/{path}", **given), status)["detail"]


def test_a_question_without_an_answer_has_no_rows_and_says_nothing_more() -> None:
    told = data("/api/questions/01-mandates-of-an-action", action="2.1.2")
    assert (told["total"], told["items"], told["pages"]) == (0, [], 1)


def test_questions_go_through_one_function() -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def ask(query: queries.Query, terms: Any) -> Rows:
        asked.append((query.name, dict(terms)))
        return Rows(("theme",), ((ox.Literal("youth"),),))

    fake = Asked(replace(service(), ask=ask), _no_name)
    (lookup,) = [each for each in fake.all() if each.path.endswith("23-themes")]
    answer = lookup.answer({"theme": "youth"}, window_of({}))
    assert asked == [("23-themes", {"theme": ox.Literal("youth")})]
    assert answer.rows == [{"theme": ox.Literal("youth")}]


def _no_name(typed: str, kinds: tuple[str, ...], place: object) -> Known:
    raise AssertionError((typed, kinds, place))


# What people type


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("/api/instruments/AG%2FRES.%202551", "/api/instruments/ag-res-2551-xl-o-10"),
        ("/api/instruments/AG/RES.%202551", "/api/instruments/ag-res-2551-xl-o-10"),
        ("/api/instruments/ag-res-2551", "/api/instruments/ag-res-2551-xl-o-10"),
        ("/api/instruments/Resoluci%C3%B3n%202551", "/api/instruments/ag-res-2551-xl-o-10"),
        ("/api/instruments/MISPA%20I", "/api/instruments/commitment-public-security-2008"),
        ("/api/instruments/MISPA%20I/supports", "/api/instruments/commitment-public-security-2008/supports"),
        ("/api/plans/2012/actions/Objective%203.2", "/api/plans/2012/actions/3.2"),
        ("/api/plans/2012/actions/objetivo%202.1%20acci%C3%B3n%202", "/api/plans/2012/actions/2.1.2"),
        ("/api/plans/plan%202012/actions/2.1.2/support", "/api/plans/2012/actions/2.1.2/support"),
        ("/api/plans/2011%20draft", "/api/plans/2011-draft"),
    ],
)
def test_what_people_type_is_understood_and_the_canonical_address_told(typed: str, place: str) -> None:
    response, canonical = get(typed), get(place)
    assert response.status_code == 200
    assert response.headers["content-location"] == place
    assert "content-location" not in canonical.headers
    assert response.json() == canonical.json()


def test_the_canonical_address_keeps_what_was_asked() -> None:
    response = send("GET", "/api/instruments/MISPA%20I/supports?per_page=2&page=2")
    place = "/api/instruments/commitment-public-security-2008/supports?per_page=2&page=2"
    assert response.headers["content-location"] == place
    assert send("GET", place).json() == response.json()


@pytest.mark.parametrize(
    ("path", "places"),
    [
        (
            "/api/instruments/Hemispheric%20Drug%20Strategy",
            ["/api/instruments/ga-resolution-drug-strategy-2010", "/api/instruments/hemispheric-drug-strategy-2010"],
        ),
        (
            "/api/instruments/Declaration%20of%20Mar%20del%20Plata,%202005/supports",
            [
                "/api/instruments/declaration-mar-del-plata-2005/supports",
                "/api/instruments/plan-of-action-mar-del-plata-2005/supports",
            ],
        ),
        (
            "/api/questions/03-characters-behind-a-support?action=1.2&instrument=Hemispheric%20Drug%20Strategy",
            [
                "/api/questions/03-characters-behind-a-support?instrument=ga-resolution-drug-strategy-2010&action=1.2",
                "/api/questions/03-characters-behind-a-support?instrument=hemispheric-drug-strategy-2010&action=1.2",
            ],
        ),
    ],
)
def test_what_may_mean_several_things_is_a_choice_of_addresses(path: str, places: list[str]) -> None:
    told = problem(send("GET", path), 300)
    assert [each["address"] for each in told["candidates"]] == places
    assert {each["kind"] for each in told["candidates"]} == {"instrument"}
    for place in places:
        assert send("GET", place).status_code == 200


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/plans/2013", "plan '2013': not found in the release; nearest: 2012"),
        ("/api/plans/2013/actions/1.1", "plan '2013'"),
        ("/api/plans/2012/actions/9.9", "action '9.9': not found in plan 2012; nearest: "),
        ("/api/plans/2012/actions/action%202.1/support", "action 'action 2.1': not found in plan 2012"),
        ("/api/actions?notation=9.9", "action '9.9': not found in the plans; nearest: 5.5, 5.4, 5.3"),
        ("/api/instruments/Quebec", "nearest: Plan of Action of the Third Summit of the Americas (Quebec City)"),
        ("/api/instruments/Ixtapa/supports", "nearest: Declaration and Program of Action of Ixtapa"),
        ("/api/plans/Hemispheric%20Plan", "nearest: Hemispheric Plan of Action to Follow Up on the Declaration of"),
        ("/api/instruments/plan-of-action-quebek", "nearest: plan-of-action-quebec-2001"),
        (
            "/api/passages/commitment-public-security-2008/take-note-of-the-contribution-0000000000",
            "nearest: commitment",
        ),
        ("/api/passages/a b", "passage 'a b': not found"),
        ("/api/plans?page=2", "page 2: not found in an answer of 3 items, whose last page is 1"),
        ("/api/nothing", "Not Found"),
    ],
)
def test_what_is_not_there_is_told_with_what_comes_nearest(path: str, told: str) -> None:
    assert told in problem(send("GET", path), 404)["detail"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/api/plans?plan=2012", "expected the parameters format, page, per_page, found 'plan'"),
        ("/api/plans?page=0", f"page: expected a whole number from 1 to {LAST_PAGE}, found '0'"),
        ("/api/plans?page=x", "found 'x'"),
        ("/api/plans?page=%C2%B2", "page: expected a whole number"),
        (f"/api/plans?page={'9' * 5000}", "page: expected a whole number"),
        ("/api/plans?per_page=501", "per_page: expected a whole number from 1 to 500, found '501'"),
        ("/api/wording?text=a&per_page=51", "per_page: expected a whole number from 1 to 50, found '51'"),
        ("/api/plans?page=1&page=2", "page: expected one value, found several"),
        ("/api/plans?format=xml", "format: expected one of json, csv, ttl, found 'xml'"),
        ("/api/questions?format=ttl", "format: expected one of json, csv, found 'ttl'"),
        ("/api/search", "expected q ("),
        ("/api/search?q=%20", "found nothing in it"),
        ("/api/actions?notation=", "expected notation ("),
        ("/api/actions?notation=%20", "found nothing in it"),
        ("/api/questions/01-mandates-of-an-action?action=1.4&plan=", "expected plan ("),
        (f"/api/search?q={'a' * 501}", "q: expected at most 500 characters, found 501"),
        (f"/api/search?q={'a+' * 33}", "at most 32 words to look for, found 33"),
        ("/api/search?q=a&kind=meeting", "kind: expected one of quotation, action"),
        (f"/api/wording?text={'a' * 5001}", "text: expected at most 5000 characters, found 5001"),
    ],
)
def test_a_request_that_cannot_be_meant_is_refused_with_what_is_expected(path: str, told: str) -> None:
    assert told in problem(send("GET", path), 400)["detail"]


@pytest.mark.parametrize(
    ("content", "media_type", "status", "told"),
    [
        (b"prison", "application/json", 415, "expected a body of text/plain in UTF-8, found application/json"),
        (b"prison", "", 415, "found none"),
        (b"prison", "text/plain; charset=latin-1", 415, "text/plain in UTF-8"),
        (b"\xff", "text/plain", 400, "expected a body in UTF-8"),
        (b" ", "text/plain", 400, "found nothing in it"),
        (b"a" * 5001, "text/plain", 413, "at most 5000 characters, found 5001"),
        (b"a" * 20_001, "text/plain", 413, "at most 5000 characters"),
    ],
)
def test_a_body_that_is_no_draft_is_refused(content: bytes, media_type: str, status: int, told: str) -> None:
    response = send("POST", "/api/wording", content=content, headers={"Content-Type": media_type})
    assert told in problem(response, status)["detail"]


def test_a_draft_may_be_so_long_and_in_any_letters() -> None:
    headers = {"Content-Type": 'text/plain; charset="UTF-8"'}
    response = send("POST", "/api/wording", content=("é" * 5000).encode(), headers=headers)
    assert (response.status_code, response.json()["total"]) == (200, 0)
    assert problem(send("POST", "/api/wording?text=a", content=b"a", headers=headers), 400)


def test_a_browser_gets_a_page_for_what_went_wrong() -> None:
    response = send("GET", "/api/plans/2013", BROWSER)
    assert (response.status_code, media(response)) == (404, "text/html")


# Pages, tags and methods


def links(path: str) -> dict[str, str]:
    """The links of a response, by relation."""
    response = send("GET", path)
    assert response.status_code == 200
    parts = (part.split(";") for part in response.headers["link"].split(", "))
    return {rel.strip().removeprefix('rel="').removesuffix('"'): target.strip("<>") for target, rel in parts}


def test_pages_follow_one_another_and_together_are_the_whole() -> None:
    whole = data("/api/instruments")["items"]
    path, found, seen = "/api/instruments?per_page=7", [], 0
    while path:
        told = send("GET", path).json()
        found += told["items"]
        seen += 1
        assert (told["total"], told["pages"], told["page"]) == (58, 9, seen)
        path = links(path).get("next", "")
    assert found == whole
    assert send("GET", "/api/instruments?per_page=7", "text/csv").headers["x-total-count"] == "58"


def test_a_page_links_to_those_around_it() -> None:
    base = "/api/search?q=AG%2FRES.+2551&per_page=2&page="
    assert links("/api/search?page=2&q=AG/RES.%202551&per_page=2") == {
        "first": f"{base}1",
        "prev": f"{base}1",
        "next": f"{base}3",
        "last": f"{base}9",
    }
    assert set(links("/api/plans")) == {"first", "last"}


@pytest.mark.parametrize("path", LISTS)
def test_what_a_client_holds_is_not_sent_again(path: str) -> None:
    response = send("GET", path)
    tag = response.headers["etag"]
    for condition in (tag, f'"x", {tag}', tag.removeprefix("W/"), "*"):
        again = send("GET", path, headers={"If-None-Match": condition})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert again.headers["vary"] == "Accept, Accept-Encoding"
    assert send("GET", path, headers={"If-None-Match": 'W/"x"'}).status_code == 200
    assert send("GET", path, "text/csv").headers["etag"] != tag


def test_a_tag_is_of_one_address_and_one_release() -> None:
    tags = {send("GET", path).headers["etag"] for path in LISTS}
    assert len(tags) == len(LISTS)


@pytest.mark.parametrize("path", LISTS)
def test_head_is_answered_as_get_without_a_body(path: str) -> None:
    whole, head = send("GET", path), send("HEAD", path)
    assert (head.status_code, head.content) == (whole.status_code, b"")
    for name in ("content-type", "etag", "link", "x-total-count", "vary"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/plans", "GET, HEAD"),
        ("/api/plans/2012/actions/2.1.2/support", "GET, HEAD"),
        ("/api/instruments/a/b", "GET, HEAD"),
        ("/api/questions/01-mandates-of-an-action", "GET, HEAD"),
        ("/api/wording", "GET, HEAD, POST"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(path: str, allowed: str) -> None:
    response = send("DELETE", path)
    problem(response, 405)
    assert response.headers["allow"] == allowed


def test_what_is_negotiated_says_so_to_caches() -> None:
    for path in ("/api/plans", "/api/plans/2013", "/api/instruments/Hemispheric%20Drug%20Strategy"):
        assert "accept" in send("GET", path).headers["vary"].lower()


def test_no_column_is_told_twice() -> None:
    for path in LISTS:
        header = send("GET", path, "text/csv").text.split("\r\n")[0].split(",")
        assert len(set(header)) == len(header)


@pytest.mark.parametrize("path", LISTS)
def test_lines_of_csv_end_as_its_standard_says(path: str) -> None:
    text = send("GET", path, "text/csv").text
    rows = [[cell.replace("\n", " ") for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    assert text.endswith("\r\n")
    assert written.getvalue().count("\r\n") == text.count("\r\n") == len(rows)


def test_a_choice_lists_what_it_is_between() -> None:
    known = Known(f"{DEFAULT_BASE}instrument/a", "instrument", "A", "title")
    body = json.loads(bytes(Several("a", {"/a": known}).response().body))
    assert body["candidates"] == [
        {"address": "/a", "iri": known.iri, "kind": "instrument", "plan": "", "name": "A", "how": "title"}
    ]
