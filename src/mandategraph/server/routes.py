"""Routes of look-ups: how one is asked over HTTP, and how OpenAPI describes it, with examples from the release."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph.errors import MandategraphError, UsageError
from mandategraph.server.problems import PROBLEM
from mandategraph.server.replies import (
    FORMS,
    LAST_PAGE,
    MOST,
    Answer,
    Parameter,
    Replies,
    Several,
    Window,
    checked,
    form_of,
    window_of,
)

Given = Mapping[str, str]
Schema = dict[str, Any]
BODY = "text/plain"
_PATH = re.compile(r"{(\w+)(?::path)?}")
_TEXT: Schema = {"type": "string"}
_ITEM = "Whole numbers are numbers, what is true or false is a boolean; what has no value is empty."
_KINDS: dict[type, str] = {bool: "boolean", int: "integer"}
_PROBLEM: Schema = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT},
}


@dataclass(frozen=True, slots=True)
class Lookup:
    """A look-up: its address, what it tells, what it needs, and the function that finds a page of the answer.

    `columns` are those of an item; `may_choose` says that what is typed may mean several things; `body` names the
    parameter that may be sent as the body of a POST instead.
    """

    path: str
    summary: str
    meaning: str
    answer: Callable[[Given, Window], Answer]
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[str, ...] = ()
    forms: tuple[str, ...] = tuple(FORMS)
    most: int = MOST
    may_choose: bool = False
    body: str = ""

    def all_parameters(self) -> tuple[Parameter, ...]:
        """What a request may give: the look-up's own, and those of the page and the form."""
        return (
            *self.parameters,
            Parameter("page", "Which page of the answer, counted from 1.", "1", numbers=(1, LAST_PAGE)),
            Parameter("per_page", f"How many items a page has, {self.most} at most.", "1", numbers=(1, self.most)),
            Parameter("format", "The form of the answer; overrides Accept.", values=self.forms),
        )


def add(app: FastAPI, lookups: Sequence[Lookup], replies: Replies) -> None:
    """Add the routes of look-ups and their description."""
    for lookup in lookups:
        _add(app, lookup, replies)
    _describe(app, lookups, replies)


def _add(app: FastAPI, lookup: Lookup, replies: Replies) -> None:
    """Add the route of a look-up: GET and HEAD, and POST if it takes a body."""
    parameters = lookup.all_parameters()

    def answered(request: Request, given: Given) -> Response:
        form = form_of(given, request.headers.get("accept"), lookup.forms)
        window = window_of(given, lookup.most)
        try:
            return replies.reply(request, lookup.answer(given, window), form, window)
        except Several as choice:
            return choice.response()

    def got(request: Request) -> Response:
        return answered(request, checked(request, parameters))

    described: dict[str, Any] = {
        "summary": lookup.summary,
        "description": lookup.meaning,
        "responses": _responses(lookup),
        "response_class": Response,
    }
    listed = {"parameters": [_parameter(each) for each in parameters]}
    app.add_api_route(lookup.path, got, methods=["HEAD"], include_in_schema=False)
    app.add_api_route(lookup.path, got, methods=["GET"], openapi_extra=listed, **described)
    if lookup.body:
        _add_post(app, lookup, answered, described)


def _add_post(
    app: FastAPI, lookup: Lookup, answered: Callable[[Request, Given], Response], described: dict[str, Any]
) -> None:
    held = next(each for each in lookup.parameters if each.name == lookup.body)
    others = tuple(each for each in lookup.all_parameters() if each.name != lookup.body)
    longest = held.longest or 0

    async def sent(request: Request) -> str:
        media, _, charset = request.headers.get("content-type", "").lower().partition(";")
        if media.strip() != BODY or charset.strip().replace('"', "") not in ("", "charset=utf-8"):
            raise HTTPException(415, f"expected a body of {BODY} in UTF-8, found {media.strip() or 'none'}")
        received = bytearray()
        async for part in request.stream():
            received += part
            if len(received) > 4 * longest:
                raise HTTPException(413, f"expected a body of at most {longest} characters")
        try:
            return received.decode("utf-8")
        except UnicodeDecodeError:
            raise UsageError("expected a body in UTF-8") from None

    def posted(request: Request, text: Annotated[str, Depends(sent)]) -> Response:
        if len(text) > longest:
            raise HTTPException(413, f"expected a body of at most {longest} characters, found {len(text)}")
        if not text.strip():
            raise UsageError(f"expected {held.name} ({held.meaning}) as the body, found nothing in it")
        return answered(request, {**checked(request, others), held.name: text})

    body = {"required": True, "content": {BODY: {"schema": _schema(held), "example": held.example}}}
    listed = {"parameters": [_parameter(each) for each in others], "requestBody": body}
    responses = {
        **described["responses"],
        413: _problem("The body is too long."),
        415: _problem("The body is of another type."),
    }
    responses.pop(304)
    app.add_api_route(
        lookup.path, posted, methods=["POST"], openapi_extra=listed, **{**described, "responses": responses}
    )


def _parameter(each: Parameter) -> Schema:
    told: Schema = {"name": each.name, "in": each.where, "description": each.meaning, "schema": _schema(each)}
    if each.required or each.where == "path":
        told["required"] = True
    if each.example:
        told["example"] = int(each.example) if each.numbers else each.example
    return told


def _schema(each: Parameter) -> Schema:
    if each.numbers:
        return {"type": "integer", "minimum": each.numbers[0], "maximum": each.numbers[1]}
    schema: Schema = {"type": "string"}
    if each.values:
        schema["enum"] = list(each.values)
    if each.longest is not None:
        schema["maxLength"] = each.longest
    if each.required or (each.where == "query" and not each.values):
        schema |= {"minLength": 1, "pattern": r"\S"}
    return schema


def _responses(lookup: Lookup) -> dict[int | str, dict[str, Any]]:
    headers = {
        "X-Total-Count": {"description": "How many items the whole answer has.", "schema": {"type": "integer"}},
        "Link": {"description": "The first, previous, next and last page.", "schema": _TEXT},
        "ETag": {"description": "What the answer depends on: release, address and form.", "schema": _TEXT},
        "Content-Location": {"description": "The address by the thing's own identifier.", "schema": _TEXT},
    }
    content: dict[str, Schema] = {FORMS[form]: {"schema": _TEXT} for form in lookup.forms}
    content[FORMS["json"]]["schema"] = _answer_schema(lookup)
    found: dict[int | str, dict[str, Any]] = {
        200: {"description": "One page of the answer.", "content": content, "headers": headers},
        304: {"description": "The client holds this answer already."},
        400: _problem("A parameter is unknown, repeated, missing or has a value it cannot have."),
        404: _problem("There is no such thing, or no such page; the nearest names are told."),
        406: _problem("None of the forms is wanted."),
        429: REFUSED,
        503: _problem("A limit of time or memory is reached, or too many wait; the problem names the limit."),
    }
    if lookup.may_choose:
        told = "What is typed may mean several things; the candidates are listed."
        found[300] = {"description": told, "content": {PROBLEM: {"schema": _PROBLEM}}}
    return dict(sorted(found.items(), key=str))


def _problem(told: str) -> dict[str, Any]:
    return {"description": told, "content": {PROBLEM: {"schema": _PROBLEM}, "text/html": {"schema": _TEXT}}}


REFUSED: Schema = _problem("The client has used its time for queries and look-ups; Retry-After says when it has some.")


def _answer_schema(lookup: Lookup) -> Schema:
    counted = {name: {"type": "integer"} for name in ("total", "page", "pages", "per_page")}
    item: Schema = {"type": "object"}
    if lookup.columns:
        item |= {"required": list(lookup.columns), "description": _ITEM}
    return {
        "type": "object",
        "required": ["release", *counted, "items"],
        "properties": {"release": _TEXT, **counted, "items": {"type": "array", "items": item}},
    }


def _examples(lookup: Lookup, replies: Replies) -> dict[str, object]:
    """The answer to the call that the examples of the parameters make, by form; none if they make none here."""
    given = {each.name: each.example for each in lookup.all_parameters() if each.example}
    needed = {each.name for each in lookup.parameters if each.required or each.where == "path"}
    if not needed <= given.keys():
        return {}
    window = window_of(given, lookup.most)
    try:
        answer = lookup.answer(given, window)
    except (MandategraphError, Several):
        return {}
    told: dict[str, object] = {form: replies.text(answer, form, window) for form in lookup.forms if form != "json"}
    return {"json": replies.data(answer, window), **told}


def _typed(examples: Mapping[str, Any]) -> Schema:
    """Which columns hold numbers and truths, as an example of an answer shows it; a cell may be empty."""
    return {
        name: {"anyOf": [{"type": _KINDS[type(value)]}, {"enum": ["", None]}]}
        for item in examples.get("json", {"items": []})["items"]
        for name, value in item.items()
        if type(value) in _KINDS
    }


def _describe(app: FastAPI, lookups: Sequence[Lookup], replies: Replies) -> None:
    """Add the examples to what OpenAPI tells; they are found when it is first asked for, in a thread of its own."""
    generated, lock, held = app.openapi, Lock(), list[bytes]()

    def openapi() -> Schema:
        described = generated()
        with lock:
            for lookup in lookups if "x-examples" not in described else ():
                examples = _examples(lookup, replies)
                for operation in described["paths"][_PATH.sub(r"{\1}", lookup.path)].values():
                    content = operation["responses"]["200"]["content"]
                    content[FORMS["json"]]["schema"]["properties"]["items"]["items"]["properties"] = _typed(examples)
                    for form, example in examples.items():
                        content[FORMS[form]]["example"] = example
            described["x-examples"] = (
                "Each example of an answer is the answer to the call its parameters' examples make."
            )
        return described

    def told() -> Response:
        if not held:
            held.append(json.dumps(app.openapi(), ensure_ascii=False).encode())
        return Response(held[0], media_type="application/json")

    app.openapi = openapi  # type: ignore[method-assign] # the framework's own way to extend it
    place = str(app.openapi_url)
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", "") != place]
    app.add_api_route(place, told, methods=["GET", "HEAD"], include_in_schema=False)


def address(path: str, **values: str) -> str:
    """The address of a look-up with values in its path.

    >>> address("/api/passages/{id:path}", id="a/b c")
    '/api/passages/a/b%20c'
    """
    return _PATH.sub(lambda found: quote(values[found[1]]), path)
