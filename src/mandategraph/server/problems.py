"""Problems: what went wrong with a request, as RFC 9457 JSON or as a page."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph.errors import LocatedError, MandategraphError, MissingError, UsageError
from mandategraph.negotiation import chosen
from mandategraph.server.pages import Pages

PROBLEM = "application/problem+json"
# Every error a request can raise, the most special first; anything else is a fault of ours and is 500.
STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (MissingError, HTTPStatus.NOT_FOUND),
    (LocatedError, HTTPStatus.BAD_REQUEST),
    (UsageError, HTTPStatus.BAD_REQUEST),
    (MandategraphError, HTTPStatus.INTERNAL_SERVER_ERROR),
)


def status_of(error: Exception) -> HTTPStatus:
    """The status an error is answered with."""
    if isinstance(error, HTTPException):
        return HTTPStatus(error.status_code)
    found = (status for kind, status in STATUSES if isinstance(error, kind))
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def answered(request: Request, error: Exception, pages: Pages) -> Response:
    """The response that tells an error, in the form the client reads."""
    status = status_of(error)
    detail = _detail(error)
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    wanted = chosen(request.headers.get("accept"), [PROBLEM, "application/json", "text/html"])
    if wanted == "text/html" and request.method in ("GET", "HEAD"):
        response = pages.problem(status, detail)
        response.headers.update(headers)
        return response
    body: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    if isinstance(error, LocatedError):
        body |= {
            "line": error.place.line,
            "column": error.place.column,
            "expected": error.expected,
            "found": error.found,
        }
    return JSONResponse(body, status_code=int(status), media_type=PROBLEM, headers=headers)


def _detail(error: Exception) -> str:
    """What went wrong, in a sentence; of a fault of ours no more than that it is one."""
    if isinstance(error, HTTPException):
        return str(error.detail)
    return str(error) if isinstance(error, MandategraphError) else "a fault of this service"
