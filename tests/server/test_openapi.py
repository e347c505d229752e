"""The description of the interface: its examples are the answers to their calls, and no request breaks what it says."""

import re
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from calling import get, media, send
from inline import app
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from mandategraph.results import GRAPH_MEDIA, ROW_MEDIA
from mandategraph.server.operation import DIRECT
from mandategraph.server.replies import FORMS
from serving import folder_of

EXAMPLES = 8
"""How many requests are made up for each operation, beside those its limits and examples suggest."""
SEED = 20120426

schemathesis.serializer.alias(DIRECT, "text/plain")
CONFIGURED = {"seed": SEED, "generation": {"max-examples": EXAMPLES, "deterministic": True}}
schema = schemathesis.openapi.from_asgi("/openapi.json", app(), config=SchemathesisConfig.from_dict(CONFIGURED))


@cache
def described() -> dict[str, Any]:
    """What the interface says of itself."""
    told: dict[str, Any] = get("/openapi.json").json()
    return told


def lookups() -> list[tuple[str, str]]:
    """The look-ups: method and path."""
    listed = described()["paths"].items()
    return [(method, path) for path, operations in listed if path.startswith("/api/") for method in operations]


# Whatever is asked


@schema.include(path_regex="^/api/").parametrize()
def test_no_request_is_answered_otherwise_than_described(case: Case[Any]) -> None:
    case.call_and_validate()


@schema.exclude(path_regex="^/(api/|sparql$)").parametrize()
def test_no_other_request_is_answered_otherwise_than_described(case: Case[Any]) -> None:
    case.call_and_validate()


@schema.include(path_regex="^/sparql$").parametrize()
def test_no_query_is_answered_otherwise_than_described(case: Case[Any]) -> None:
    """Text is not SPARQL for being text: what the schema allows may well be refused, with 400."""
    case.call_and_validate(excluded_checks=[positive_data_acceptance])


# What is described


def test_every_look_up_and_question_is_described() -> None:
    paths = {path for _, path in lookups()}
    assert paths == {
        "/api/plans",
        "/api/plans/{plan}",
        "/api/plans/{plan}/actions/{notation}",
        "/api/plans/{plan}/actions/{notation}/support",
        "/api/actions",
        "/api/instruments",
        "/api/instruments/{id}",
        "/api/instruments/{id}/supports",
        "/api/passages/{id}",
        "/api/search",
        "/api/wording",
        "/api/questions",
        *(f"/api/questions/{name}" for name in folder_of("questions")),
    }
    assert set(described()["paths"]["/api/wording"]) == {"get", "post"}


@pytest.mark.parametrize(("method", "path"), lookups())
def test_a_look_up_says_what_it_takes_and_how_it_is_answered(method: str, path: str) -> None:
    operation = described()["paths"][path][method]
    assert operation["summary"]
    assert operation["description"]
    assert {"200", "400", "404", "406"} <= set(operation["responses"])
    names = [each["name"] for each in operation["parameters"]]
    assert len(set(names)) == len(names)
    assert {"page", "per_page", "format"} <= set(names)
    assert all(each["description"] and each["schema"]["type"] for each in operation["parameters"])
    forms = [name for each in operation["parameters"] if each["name"] == "format" for name in each["schema"]["enum"]]
    assert set(operation["responses"]["200"]["content"]) == {FORMS[form] for form in forms}


@pytest.mark.parametrize(("method", "path"), lookups())
def test_an_example_is_the_answer_to_its_call(method: str, path: str) -> None:
    operation = described()["paths"][path][method]
    examples = {each["name"]: each for each in operation["parameters"] if "example" in each}
    address, given = path, {}
    for name, each in examples.items():
        if each["in"] == "path":
            address = address.replace(f"{{{name}}}", quote(each["example"]))
        else:
            given[name] = str(each["example"])
    assert "{" not in address
    body: dict[str, Any] = {}
    if "requestBody" in operation:
        body = {"content": operation["requestBody"]["content"]["text/plain"]["example"].encode()}
    for form, content in operation["responses"]["200"]["content"].items():
        headers = {"Content-Type": "text/plain"} if body else {}
        response = send(method.upper(), address, form, params=given, headers=headers, **body)
        assert response.status_code == 200
        told = response.json() if form == FORMS["json"] else response.text
        assert told == content["example"]


def test_the_examples_show_something() -> None:
    for method, path in lookups():
        content = described()["paths"][path][method]["responses"]["200"]["content"]
        assert len(content[FORMS["json"]]["example"]["items"]) == 1, path


ASKED = (
    "SELECT ?s WHERE { ?s a <https://w3id.org/mandategraph/ontology#Plan> }",
    "CONSTRUCT WHERE { ?s a <https://w3id.org/mandategraph/ontology#Plan> }",
)
OTHERS = ("image/png", "application/json", "text/csv", "text/turtle", "text/html", "application/n-quads")


def _called(method: str, path: str, accept: str, query: str = "") -> httpx.Response:
    """The answer to the call that the examples of an operation make, or to a query."""
    operation = described()["paths"][path][method]
    given = {each["name"]: str(each["example"]) for each in operation.get("parameters", ()) if "example" in each}
    given |= {"action": "1.2"} if path == "/support" else {"query": query} if path == "/sparql" else {}
    address = path
    for name in re.findall(r"{(\w+)}", path):
        address = address.replace(f"{{{name}}}", quote(given.pop(name)))
    if method == "get":
        return send("GET", address, accept, params=given)
    if path == "/sparql":
        return send("POST", address, accept, data=given)
    text = operation["requestBody"]["content"]["text/plain"]["example"]
    return send("POST", address, accept, params=given, content=text.encode(), headers={"Content-Type": "text/plain"})


OPERATIONS = [(method, path) for path, operations in described()["paths"].items() for method in operations]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_the_media_types_that_are_described_are_those_that_are_given(method: str, path: str) -> None:
    declared = set(described()["paths"][path][method]["responses"]["200"]["content"])
    for query in ASKED if path == "/sparql" else ("",):
        answers = {each: _called(method, path, each, query) for each in {*declared, *OTHERS}}
        given = {each for each, answer in answers.items() if answer.status_code == 200 and media(answer) == each}
        refused = {each for each, answer in answers.items() if answer.status_code == 406}
        kinds = (*ROW_MEDIA, "text/html") if query.startswith("SELECT") else (*GRAPH_MEDIA, "text/html")
        assert given == (declared & set(kinds) if query else declared)
        if path != "/dump.nq":
            assert refused == answers.keys() - given
        assert {media(answer) for answer in answers.values() if answer.status_code == 200} <= declared
    refusals = described()["paths"][path][method]["responses"]
    assert "429" in refusals
    assert set(refusals.get("300", {}).get("content", {"application/problem+json"})) == {"application/problem+json"}


def test_the_parameters_of_a_question_are_those_of_its_file() -> None:
    for query in folder_of("questions").values():
        operation = described()["paths"][f"/api/questions/{query.name}"]["get"]
        told = {each["name"]: each for each in operation["parameters"]}
        assert list(told)[: len(query.parameters)] == [each.name for each in query.parameters]
        for each in query.parameters:
            assert told[each.name].get("required", False) is not each.optional
    unit = described()["paths"]["/api/questions/07-ranking"]["get"]["parameters"][0]
    assert unit["schema"]["enum"] == ["instrument", "forum"]


def test_the_description_is_the_same_however_it_is_asked_for() -> None:
    assert get("/openapi.json").content == get("/openapi.json").content
    head = send("HEAD", "/openapi.json")
    assert (head.status_code, head.content) == (200, b"")
    assert described()["paths"].keys() == app().openapi()["paths"].keys()
