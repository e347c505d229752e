"""The query files: golden answers over the real documents, and what holds of every row of every answer.

A golden answer is `tests/queries/questions/<query>.<case>.json`. A new one begins as `{"parameters": {...}}`; it is
filled, and an old one changed, by running this file with MANDATEGRAPH_UPDATE_GOLDEN=1, which CI refuses.
"""

import json
import os
import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from mandategraph.model import folded
from mandategraph.queries import Query, Rows, results_of, rows
from mandategraph.sparql_text import refused
from mandategraph.store.embedded import EmbeddedStore
from mandategraph.vocabulary import MG, XSD
from serving import DOCUMENTS, HOME, folder_of, source, store

CASES = Path(__file__).parent / "queries"
GOLDEN = sorted((CASES / "questions").glob("*.json"))
FAILING = sorted((CASES / "checks").glob("*.fails.ttl"))
UPDATE = "MANDATEGRAPH_UPDATE_GOLDEN"
BASE = "http://example.org/"

QUESTIONS = list(folder_of("questions").values())
CHECKS = list(folder_of("checks").values())
LOOKUPS = list(folder_of("lookups").values())
EXAMPLES = list(folder_of("examples").values())

PLAN = f"{MG.iri.removesuffix('ontology#')}plan/2012"

NEEDED: dict[str, list[dict[str, str]]] = {
    "actions-under": [{"plan": "2012", "notation": "2.1"}],
    "leaves-of-a-document": [{"document": document} for document in DOCUMENTS],
    "number-of-references": [{"node": PLAN}],
    "references-to-a-resource": [{"node": PLAN}],
    "statements-of-a-resource": [{"node": PLAN}],
    "triples-of-a-graph": [{"graph": f"{MG.iri.removesuffix('ontology#')}graph/registry"}],
}
"""Values for the lookups that need some."""

SECRETARIAT = "https://w3id.org/mandategraph/body/secretariat-for-multidimensional-security"

SPEAKING = ("addressWords", "exact", "words")
"""The columns that may hold the words a row points to; where a row has several, the first of these does."""


def named(found: object) -> str:
    """A query or a file as pytest names it."""
    return found.name if isinstance(found, Query | Path) else str(found)


# What is discovered is counted


def test_every_file_of_queries_is_a_query() -> None:
    files = {path.relative_to(HOME.queries).as_posix() for path in HOME.queries.rglob("*") if path.is_file()}
    found = {"questions": QUESTIONS, "checks": CHECKS, "lookups": LOOKUPS, "examples": EXAMPLES}
    assert {f"{folder}/{query.name}.rq" for folder, listed in found.items() for query in listed} == files
    assert len(QUESTIONS) >= 10


def test_every_question_has_a_golden_answer_and_every_golden_answer_a_question() -> None:
    assert {query_of(path) for path in GOLDEN} == {query.name for query in QUESTIONS}
    assert set((CASES / "questions").iterdir()) == set(GOLDEN)


def test_every_check_has_a_failing_case_and_every_failing_case_a_check() -> None:
    assert [path.name.removesuffix(".fails.ttl") for path in FAILING] == [query.name for query in CHECKS]
    assert sorted((CASES / "checks").iterdir()) == FAILING


# The headers


@pytest.mark.parametrize("query", QUESTIONS, ids=named)
def test_a_question_is_a_numbered_question(query: Query) -> None:
    assert re.fullmatch(r"[A-Z][^?]*\?", query.question)
    assert re.fullmatch(r"[0-9]{2}(-[a-z]+)+", query.name)


def test_no_two_questions_have_one_number() -> None:
    numbers = [query.number for query in QUESTIONS]
    assert sorted(numbers) == sorted(set(numbers))


@pytest.mark.parametrize("query", CHECKS, ids=named)
def test_a_check_begins_with_the_sentence_it_denies(query: Query) -> None:
    assert re.fullmatch(r"No [^.]+\.", query.question)


@pytest.mark.parametrize("query", [*QUESTIONS, *CHECKS, *LOOKUPS], ids=named)
def test_the_columns_of_the_header_are_the_variables_of_the_query(query: Query) -> None:
    given = {each.name: "x" if each.kind == "string" else BASE for each in query.parameters if not each.optional}
    assert rows(store(), query, given).columns == query.columns


@pytest.mark.parametrize("query", [*QUESTIONS, *CHECKS, *LOOKUPS], ids=named)
def test_every_parameter_is_a_column(query: Query) -> None:
    assert {each.name for each in query.parameters} <= set(query.columns)
    assert len(set(query.columns)) == len(query.columns)


@pytest.mark.parametrize("query", [*QUESTIONS, *CHECKS, *LOOKUPS, *EXAMPLES], ids=named)
def test_every_line_of_the_header_is_read(query: Query) -> None:
    header = [line for line in query.text.split("\n") if line.startswith("#")]
    examples = sum(bool(each.example) for each in query.parameters)
    assert len(header) == 1 + len(query.parameters) + examples + bool(query.keywords) + 1


@pytest.mark.parametrize("query", [*QUESTIONS, *EXAMPLES], ids=named)
def test_a_query_for_others_has_keywords_and_an_example_for_each_parameter(query: Query) -> None:
    assert query.keywords
    assert [each.name for each in query.parameters if not each.example] == []


@pytest.mark.parametrize("query", QUESTIONS, ids=named)
def test_every_answer_shows_what_it_rests_on(query: Query) -> None:
    assert {"document", "start", "end", "kind"} <= set(query.columns)
    assert "quotation" not in query.columns or "comparison" in query.columns


SUPPORTING = {
    "01-mandates-of-an-action",
    "03-characters-behind-a-support",
    "04-actions-of-an-instrument",
    "05-thinly-supported-actions",
    "06-shared-passages",
    "09-mandates-in-time",
    "15-who-says-so",
}
"""The questions whose rows tell what supports an action."""

BEHIND = {
    "07-ranking": "counts links",
    "08-addressees": "tells whom quotations address",
    "23-themes": "tells what quotations and actions are about",
}
"""The questions that follow support links to tell something else."""


def test_an_answer_never_drops_its_basis() -> None:
    assert {query.name for query in QUESTIONS if "mg:assertedFor" in query.text} == SUPPORTING | BEHIND.keys()
    for name in SUPPORTING:
        query = folder_of("questions")[name]
        assert {"kind", "verdict", "assertedBy", "attribution", "comparison"} <= set(query.columns)
        for row in every_row(query):
            rests = {row[column] for column in ("assertedBy", "attribution", "comparison")}
            assert row["kind"]
            assert rests == {SECRETARIAT, "inferred by this project", MG["NotCompared"].value} or rests == {""}
            assert "" not in rests or (row.get("finding") == "none" and not row["instrument"])
            assert not row["verdict"]


@pytest.mark.parametrize("query", [*QUESTIONS, *CHECKS, *LOOKUPS], ids=named)
def test_a_query_can_be_sent_to_the_endpoint_as_it_stands(query: Query) -> None:
    assert refused(query.text, query.name) == query.text


# Golden answers


def query_of(path: Path) -> str:
    """The query a golden answer belongs to."""
    return path.name.partition(".")[0]


def cell(term: object) -> str | int | bool | None:
    """A term as JSON tells it: numbers and truth values as such, other terms as text, no term as null."""
    if not isinstance(term, ox.NamedNode | ox.Literal):
        assert term is None
        return None
    if isinstance(term, ox.Literal) and term.datatype == XSD["integer"]:
        return int(term.value)
    if isinstance(term, ox.Literal) and term.datatype == XSD["boolean"]:
        return term.value == "true"
    return term.value


def golden_text(parameters: dict[str, str], found: Rows) -> str:
    """A golden answer as it is written: a row a line."""
    lines = [json.dumps([cell(term) for term in row], ensure_ascii=False) for row in found.rows]
    listed = "[\n  " + ",\n  ".join(lines) + "\n ]" if lines else "[]"
    given, columns = (json.dumps(each, ensure_ascii=False) for each in (parameters, found.columns))
    return f'{{\n "parameters": {given},\n "columns": {columns},\n "rows": {listed}\n}}\n'


def updating() -> bool:
    """Whether golden answers are to be written anew."""
    if not os.environ.get(UPDATE):
        return False
    if os.environ.get("CI"):
        pytest.fail(f"{UPDATE}: golden answers are not changed in CI")
    return True


@pytest.mark.parametrize("path", GOLDEN, ids=named)
def test_the_answer_is_the_golden_one(path: Path) -> None:
    held: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found = rows(store(), folder_of("questions")[query_of(path)], held["parameters"])
    if updating():
        path.write_text(golden_text(held["parameters"], found), "utf-8")
        return
    assert list(found.columns) == held["columns"]
    assert [[cell(term) for term in row] for row in found.rows] == held["rows"]
    assert path.read_text("utf-8") == golden_text(held["parameters"], found)


def test_golden_answers_are_not_changed_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(UPDATE, "1")
    monkeypatch.delenv("CI", raising=False)
    assert updating()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not changed in CI"):
        updating()


# What holds of every row


@cache
def known(parameter: str) -> tuple[str, ...]:
    """The values there are for a parameter that a question needs."""
    if parameter == "action":
        return values(rows(store(), folder_of("lookups")["parts-of-plans"], {}), "notation")
    if parameter == "node":
        return one_of_each_kind()
    assert parameter == "instrument"
    listed = rows(store(), folder_of("lookups")["names"], {}).values()
    return tuple(row["name"] for row in listed if "/instrument/" in row["resource"] and row["name"] in row["resource"])


def one_of_each_kind() -> tuple[str, ...]:
    """A node of each class whose nodes are statements."""
    asked = (
        f"PREFIX mg: <{MG.iri}> SELECT ?kind (MIN(STR(?node)) AS ?one) "
        "WHERE { ?node a ?kind ; mg:statementKind ?any } GROUP BY ?kind ORDER BY ?kind"
    )
    found = results_of(store(), asked, "kinds.rq")
    assert isinstance(found, ox.QuerySolutions)
    nodes = tuple(dict.fromkeys(str(each["one"].value) for each in found))
    assert len(nodes) > 15
    return nodes


def values(found: Rows, column: str) -> tuple[str, ...]:
    """The different values of a column, in order."""
    return tuple(dict.fromkeys(row[column] for row in found.values() if row[column]))


@cache
def answers(name: str) -> tuple[tuple[dict[str, str], Rows], ...]:
    """All that a question can answer: for each value of the parameters it needs, what was given and the rows."""
    query = folder_of("questions")[name]
    needed = [each.name for each in query.parameters if not each.optional]
    given = [dict(zip(needed, each, strict=True)) for each in product(*(known(name) for name in needed))]
    return tuple((each, rows(store(), query, each)) for each in given)


def every_row(query: Query) -> list[dict[str, str]]:
    """The rows of all that a question can answer, as text by column; there are some."""
    found = [row for _, answer in answers(query.name) for row in answer.values()]
    assert found
    return found


@pytest.mark.parametrize("query", QUESTIONS, ids=named)
def test_every_row_says_what_kind_of_statement_it_is(query: Query) -> None:
    kinds = {MG[name].value for name in ("Asserted", "Judged", "Inferred", "Computed")}
    assert {row["kind"] for row in every_row(query)} <= kinds


@pytest.mark.parametrize("query", QUESTIONS, ids=named)
def test_a_row_points_to_characters_of_a_document(query: Query) -> None:
    pointing = [row for row in every_row(query) if row["document"] or row["start"] or row["end"]]
    assert pointing
    for row in pointing:
        start, end = int(row["start"]), int(row["end"])
        assert 0 <= start < end <= len(source(row["document"]))
        assert source(row["document"])[start:end].strip(), row


@pytest.mark.parametrize("query", [query for query in QUESTIONS if set(SPEAKING) & set(query.columns)], ids=named)
def test_the_characters_are_the_words(query: Query) -> None:
    for row in every_row(query):
        if not row["document"]:
            assert not any(row.get(name) for name in SPEAKING)
            continue
        words = next(row[name] for name in SPEAKING if row.get(name))
        assert folded(source(row["document"])[int(row["start"]) : int(row["end"])]) == folded(words)


def test_the_text_before_and_after_stands_there() -> None:
    for row in every_row(folder_of("questions")["03-characters-behind-a-support"]):
        text, start, end = source(row["document"]), int(row["start"]), int(row["end"])
        assert text[:start].endswith(row["prefix"])
        assert text[start:end] == row["exact"]
        assert text[end:].startswith(row["suffix"])
        assert row["prefix"]
        assert row["suffix"]


@pytest.mark.parametrize("query", [query for query in QUESTIONS if "comparison" in query.columns], ids=named)
def test_no_quotation_is_said_to_be_compared_today(query: Query) -> None:
    quoting = [row for row in every_row(query) if row.get("quotation") or row["comparison"]]
    assert {row["comparison"] for row in quoting} == {MG["NotCompared"].value}


@pytest.mark.parametrize("query", [query for query in QUESTIONS if query.parameters], ids=named)
def test_a_value_picks_the_rows_that_show_it(query: Query) -> None:
    optional = [each.name for each in query.parameters if each.optional]
    checked = 0
    for given, answer in answers(query.name):
        for name in optional:
            column = answer.columns.index(name)
            for value in values(answer, name):
                expected = tuple(row for row in answer.rows if ox.Literal(value) == row[column])
                assert rows(store(), query, {**given, name: value}).rows == expected
                checked += 1
        shown = {tuple(row[name] for name in given) for row in answer.values()}
        assert shown <= {tuple(given.values())}
    assert checked or not optional


LISTED = [
    (query, each.name, value)
    for query in QUESTIONS
    for each in query.parameters
    if (found := re.search(r"one of: (.+)", each.meaning)) and all(other.optional for other in query.parameters)
    for value in found[1].split(", ")
]


@pytest.mark.parametrize(("query", "name", "value"), LISTED, ids=str)
def test_every_value_a_question_lists_has_an_answer(query: Query, name: str, value: str) -> None:
    assert rows(store(), query, {name: value}).rows


@pytest.mark.parametrize("query", QUESTIONS, ids=named)
def test_no_row_is_given_twice(query: Query) -> None:
    for _, answer in answers(query.name):
        assert len(set(answer.rows)) == len(answer.rows)


# Lookups and checks


def given_to(lookup: Query) -> Iterable[dict[str, str]]:
    """Values a lookup has an answer for."""
    return NEEDED.get(lookup.name, [{}])


@pytest.mark.parametrize("lookup", LOOKUPS, ids=named)
def test_a_lookup_answers(lookup: Query) -> None:
    for given in given_to(lookup):
        assert rows(store(), lookup, given).rows


@pytest.mark.parametrize("check", CHECKS, ids=named)
def test_a_check_finds_nothing_in_the_release(check: Query) -> None:
    assert rows(store(), check, {}).values() == []


@pytest.mark.parametrize("path", FAILING, ids=named)
def test_a_check_finds_the_faulty_nodes_of_its_case_alone(path: Path) -> None:
    text = path.read_text("utf-8")
    faulty = set(re.findall(r"<(faulty/[\w-]+)>", text))
    assert faulty
    held = EmbeddedStore()
    held.load(text, BASE, ox.NamedNode(BASE), in_default=True)
    check = folder_of("checks")[path.name.removesuffix(".fails.ttl")]
    assert {row[0] for row in rows(held, check, {}).rows} == {ox.NamedNode(BASE + name) for name in faulty}
