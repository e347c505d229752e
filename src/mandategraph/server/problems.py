"""Problems: what went wrong with a request, as RFC 9457 JSON or as a page."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph.errors import (
    CredentialsError,
    LimitReached,
    LocatedError,
    MandategraphError,
    MissingError,
    StoreFault,
    UsageError,
)
from mandategraph.negotiation import chosen
from mandategraph.server.pages import Pages
from mandategraph.server.settings import MIB, Limits
from mandategraph.server.telling import tell
from mandategraph.server.unread import Unread

PROBLEM = "application/problem+json"
# Every error a request can raise, the most special first; anything else is a fault of ours and is 500.
STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (MissingError, HTTPStatus.NOT_FOUND),
    (LocatedError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (MandategraphError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


# What goes wrong between this service and a store elsewhere: the operator's to read, and nobody else's.
_OF_A_STORE = (StoreFault, CredentialsError)


class Problem(Exception):
    """A request that is not served: its status, why, and what a program wants to know of it.

    `members` become members of the problem's JSON; of a limit that was reached they name it (`limit`) and its
    `maximum`.
    """

    def __init__(
        self, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.members = status, detail, dict(headers or {}), members


def status_of(error: Exception) -> HTTPStatus:
    """The status an error is answered with."""
    error = _known(error)
    if isinstance(error, Problem):
        return error.status
    if isinstance(error, HTTPException):
        return HTTPStatus(error.status_code)
    found = (status for kind, status in STATUSES if isinstance(error, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def answered(method: str, accept: str | None, error: Exception, pages: Pages) -> Response:
    """The response that tells an error, in the form the client reads."""
    if isinstance(error, _OF_A_STORE):
        tell(str(error))
    error = _known(error)
    status = status_of(error)
    detail = _detail(error)
    headers = {**_headers(error), "Cache-Control": "no-store"}
    wanted = chosen(accept, [PROBLEM, "application/json", "text/html"])
    if wanted == "text/html" and method in ("GET", "HEAD"):
        response: Response = pages.problem(status, detail)
        response.headers.update(headers)
        return response
    return Response(document(status, detail, _members(error)), int(status), headers, PROBLEM)


def document(status: HTTPStatus, detail: str, members: Mapping[str, object]) -> bytes:
    """A problem in JSON."""
    kind = f"/docs#limit-{members['limit']}" if "limit" in members else "about:blank"
    body = {"type": kind, "title": status.phrase, "status": int(status), "detail": detail, **members}
    return json.dumps(body, ensure_ascii=False).encode()


def _known(error: Exception) -> Exception:
    """An error as one who asks is told it: of a store elsewhere no more than that it does not answer."""
    if isinstance(error, LimitReached) and error.limit in ("time", "size"):
        return of_limit(error.limit, Limits(result=max(1, int(error.maximum) // MIB)), error.maximum)
    if isinstance(error, (*_OF_A_STORE, LimitReached)):
        return of_limit("store", Limits(), 0)
    return error


def _members(error: Exception) -> dict[str, object]:
    if isinstance(error, LocatedError):
        place = error.place
        return {"line": place.line, "column": place.column, "expected": error.expected, "found": error.found}
    return dict(error.members) if isinstance(error, Problem) else {}


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, Problem | HTTPException):
        return dict(error.headers or {})
    return {}


def _detail(error: Exception) -> str:
    """What went wrong, in a sentence; of a fault of ours no more than that it is one."""
    if isinstance(error, Problem | HTTPException):
        return str(error.detail)
    return str(error) if isinstance(error, MandategraphError) else "a fault of this service"


_UNAVAILABLE, _TOO_MANY = HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS
_AGAIN, _SOON = {"Retry-After": "5"}, {"Retry-After": "1"}
_WHOLE = "the whole graph can be loaded elsewhere instead, from /dump.nq"


def of_limit(outcome: str, limits: Limits, timeout: float) -> Problem:
    """The problem of a query that reached a limit, or whose worker died, by its outcome."""
    told: dict[str, tuple[HTTPStatus, str, object, dict[str, str]]] = {
        "time": (_UNAVAILABLE, f"the query ran into the time limit of {timeout:g} seconds", timeout, {}),
        "memory": (_UNAVAILABLE, f"the query needs more memory than {limits.memory} MiB", limits.memory, {}),
        "size": (
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"the answer is larger than {limits.result} MiB; ask for part of it with LIMIT and OFFSET",
            limits.result,
            {},
        ),
        "queue": (
            _UNAVAILABLE,
            f"too many queries wait already, {limits.queue} at most, or none could begin in time",
            limits.queue,
            _AGAIN,
        ),
        "crowd": (
            _UNAVAILABLE,
            f"the query was stopped for others that waited; {limits.long} at most run beyond {limits.long_after:g} s",
            limits.long,
            _AGAIN,
        ),
        "client": (_TOO_MANY, f"at most {limits.per_client} queries of one client at once", limits.per_client, _AGAIN),
    }
    if outcome in told:
        status, detail, maximum, headers = told[outcome]
        return Problem(status, f"{detail}; {_WHOLE}", headers, limit=outcome, maximum=maximum)
    if outcome == "store":
        told_so = "the store behind this service does not answer, or not from the release that is served"
        return Problem(_UNAVAILABLE, told_so, _AGAIN, limit=outcome)
    if outcome == "switching":
        told_so = "the store behind this service has another release now, which this service goes over to"
        return Problem(_UNAVAILABLE, told_so, _SOON, limit=outcome)
    died = {"engine": "the engine gave way under this query", "killed": "the worker was stopped from outside"}
    headers = _SOON if outcome == "killed" else {}
    return Problem(_UNAVAILABLE, f"{died[outcome]}; nothing else was harmed", headers, limit=outcome)


def of_budget(limits: Limits, wait: float) -> Problem:
    """The problem of a client that has used its query time."""
    return Problem(
        _TOO_MANY,
        f"this client has used its {limits.budget:g} seconds a minute for queries and look-ups; {_WHOLE}",
        {"Retry-After": str(max(1, round(wait + 0.5)))},
        limit="budget",
        maximum=limits.budget,
    )


def of_unread(unread: Unread, client: str, body: bytes | None = None) -> Problem | None:
    """The problem of a client that leaves too much unread to ask, or to be given an answer; None if it may."""
    if not (unread.may_ask(client) if body is None else unread.may_have(client, body)):
        most = unread.per_client // MIB
        told = f"this client leaves its answers unread, at most {most} MiB; read them or close their connections"
        return Problem(_TOO_MANY, told, _AGAIN, limit="unread", maximum=most)
    if body is not None and not unread.has_room(body):
        most = unread.most // MIB
        told = f"clients leave their answers unread, at most {most} MiB, and this one is long; ask for less with LIMIT"
        return Problem(_UNAVAILABLE, told, _AGAIN, limit="unread", maximum=most)
    return None
