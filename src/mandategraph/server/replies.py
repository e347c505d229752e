"""Replies to look-ups: what the parameters are checked for, the page and the form of an answer, and its headers."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import quote, urlencode

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph import queries, results
from mandategraph.errors import MissingError, UsageError
from mandategraph.naming import Known
from mandategraph.negotiation import chosen
from mandategraph.queries import Cell
from mandategraph.release import digest
from mandategraph.server.attributions import Attributions
from mandategraph.server.conditions import holds
from mandategraph.server.problems import PROBLEM
from mandategraph.server.service import Service

FORMS = {"json": "application/json", "csv": "text/csv", "ttl": "text/turtle"}
MOST = 500
USUAL = 100
LAST_PAGE = 1_000_000
Row = Mapping[str, Cell]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value a caller gives: in the path or in the query, of a set of values or a range of numbers if it has one."""

    name: str
    meaning: str
    example: str = ""
    where: str = "query"
    required: bool = False
    values: tuple[str, ...] = ()
    numbers: tuple[int, int] | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of an answer a caller wants: pages counted from 1, each of so many items."""

    page: int = 1
    size: int = USUAL

    @property
    def first(self) -> int:
        """How many items stand before the window."""
        return (self.page - 1) * self.size

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items that stand in the window."""
        return items[self.first : self.first + self.size]


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of an answer: rows for CSV and Turtle, items for JSON if they differ, and the resources it tells of."""

    columns: tuple[str, ...]
    total: int
    rows: Sequence[Row]
    items: Sequence[object] | None = None
    about: Mapping[str, object] = field(default_factory=dict)
    iris: tuple[str, ...] = ()
    place: str = ""


class Several(Exception):
    """A name that may mean several things, each with the address it is found at."""

    def __init__(self, typed: str, found: Mapping[str, Known]) -> None:
        super().__init__(typed)
        self.typed, self.found = typed, dict(found)

    def response(self) -> Response:
        """The choice, as a problem that lists the candidates."""
        told = [
            {
                "address": place,
                "iri": each.iri,
                "kind": each.kind,
                "plan": each.plan,
                "name": each.name,
                "how": each.how,
            }
            for place, each in self.found.items()
        ]
        body = {
            "type": "about:blank",
            "title": "Multiple Choices",
            "status": 300,
            "detail": f"{self.typed!r} may mean {len(told)} things; ask for one of the candidates at its address",
            "candidates": told,
        }
        return JSONResponse(body, status_code=300, media_type=PROBLEM)


def checked(request: Request, parameters: Iterable[Parameter]) -> dict[str, str]:
    """The values a request gives, by parameter.

    Raises:
        UsageError: a parameter is unknown, repeated, missing or has a value it cannot have.
    """
    known = {each.name: each for each in parameters if each.where == "query"}
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise UsageError(f"expected the parameters {', '.join(sorted(known)) or 'none'}, found {name!r}")
        if name in given:
            raise UsageError(f"{name}: expected one value, found several")
        given[name] = _value(known[name], value)
    for name, each in known.items():
        if each.required and name not in given:
            raise UsageError(f"expected {name} ({each.meaning}), found none")
    return {**given, **{name: str(value) for name, value in request.path_params.items()}}


def _value(parameter: Parameter, value: str) -> str:
    name = parameter.name
    if parameter.values and value not in parameter.values:
        raise UsageError(f"{name}: expected one of {', '.join(parameter.values)}, found {value!r}")
    if parameter.numbers:
        least, most = parameter.numbers
        if not (value.isascii() and value.isdigit() and len(value) <= len(str(most)) and least <= int(value) <= most):
            raise UsageError(f"{name}: expected a whole number from {least} to {most}, found {value[:40]!r}")
    if parameter.longest is not None and len(value) > parameter.longest:
        raise UsageError(f"{name}: expected at most {parameter.longest} characters, found {len(value)}")
    if not value.strip():
        raise UsageError(f"expected {name} ({parameter.meaning}), found nothing in it")
    return value


def form_of(given: Mapping[str, str], accept: str | None, offered: Sequence[str]) -> str:
    """The form of an answer: the one asked for by name, or the one that Accept wants most.

    Raises:
        HTTPException: 406 if none is wanted.
    """
    if "format" in given:
        return given["format"]
    media = chosen(accept, [FORMS[name] for name in offered])
    for name in offered:
        if FORMS[name] == media:
            return name
    raise HTTPException(406, f"this answer can be had as {', '.join(FORMS[name] for name in offered)}")


def window_of(given: Mapping[str, str], most: int = MOST) -> Window:
    """The page that is asked for."""
    return Window(int(given.get("page", "1")), int(given.get("per_page", str(min(USUAL, most)))))


class Replies:
    """Writes answers of one release; in every form an answer says which release it comes from."""

    def __init__(self, service: Service) -> None:
        held = service.held
        self._base, self._store, self._release = held.base, service.store, held.identity
        self._attributions = Attributions(service.store, service.lookups)
        self._digest = digest(held.text())
        self._released = results.release_of(held.base, held.identity)

    def reply(self, request: Request, answer: Answer, form: str, window: Window) -> Response:
        """The response with an answer: whole, or without a body if the client holds it already.

        Raises:
            MissingError: the page is behind the last one.
        """
        last = max(1, -(-answer.total // window.size))
        if window.page > last:
            raise MissingError(f"page {window.page}", f"an answer of {answer.total} items, whose last page is {last}")
        path = request.scope["path"]
        headers = {"Vary": "Accept", "Cache-Control": "no-cache", "X-Total-Count": str(answer.total)}
        if answer.place and answer.place != quote(path):
            headers["Content-Location"] = f"{answer.place}?{request.url.query}".removesuffix("?")
        if request.method != "POST":
            headers["Link"] = _links(request, window.page, last)
            headers["ETag"] = tag = self._tag(f"{path}?{request.url.query}", form)
            if holds(request.headers.get("if-none-match"), tag):
                return Response(status_code=304, headers=headers)
        return Response(self.text(answer, form, window), media_type=FORMS[form], headers=headers)

    def text(self, answer: Answer, form: str, window: Window) -> str:
        """An answer in a form."""
        if form == "ttl":
            return self._turtle(answer)
        if form == "csv":
            told = [queries.values(row) for row in self._rows(answer)]
            return results.rows_csv(_columns(answer), told, "\r\n")
        return json.dumps(self.data(answer, window), ensure_ascii=False)

    def data(self, answer: Answer, window: Window) -> dict[str, object]:
        """An answer as the JSON of it holds it."""
        pages = max(1, -(-answer.total // window.size))
        counted = {"total": answer.total, "page": window.page, "pages": pages, "per_page": window.size}
        items = [queries.data(row) for row in answer.rows] if answer.items is None else list(answer.items)
        return {"release": self._release, **counted, **answer.about, "items": items}

    def _turtle(self, answer: Answer) -> str:
        """The rows of an answer, and what is stated of the resources it tells of."""
        stated = results.behind(self._store, answer.iris, self._base)
        marked = self._attributions.marked(results.ANSWER, stated)
        return results.rows_turtle(_columns(answer), self._rows(answer), {*stated, *marked, self._released}).decode()

    def _rows(self, answer: Answer) -> list[Row]:
        """The rows of an answer, each with the release it comes from."""
        return [{**row, "release": ox.Literal(self._release)} for row in answer.rows]

    def _tag(self, address: str, form: str) -> str:
        """What an answer depends on, digested; weak, for it may be sent compressed."""
        return f'W/"{digest(chr(10).join((self._digest, address, form)))[:32]}"'


def _columns(answer: Answer) -> tuple[str, ...]:
    return (*(name for name in answer.columns if name != "release"), "release")


def _links(request: Request, page: int, last: int) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    path = quote(request.scope["path"])
    pages = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    return ", ".join(
        f'<{path}?{urlencode([*kept, ("page", str(number))])}>; rel="{rel}"'
        for rel, number in pages.items()
        if 1 <= number <= last
    )
