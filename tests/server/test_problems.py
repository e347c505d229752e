"""Problems: each error as JSON for programs and as a page for readers, with what a program wants to know of it."""

import json
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline import service
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph.errors import CredentialsError, LimitReached, MissingError, StoreFault, SyntaxFault, UsageError
from mandategraph.places import Place
from mandategraph.server.problems import PROBLEM, Problem, answered, of_budget, of_limit, status_of
from mandategraph.server.settings import Limits

LIMITS = Limits(timeout=7, memory=100, result=3, queue=5, per_client=2, long=4, long_after=0.5, budget=30)
OUTCOMES = {
    "time": (503, 1.5, "the time limit of 1.5 seconds"),
    "memory": (503, 100, "more memory than 100 MiB"),
    "size": (413, 3, "larger than 3 MiB"),
    "queue": (503, 5, "5 at most"),
    "crowd": (503, 4, "4 at most run beyond 0.5 s"),
    "client": (429, 2, "at most 2 queries of one client at once"),
}
DEATHS = ("engine", "killed")


def response(error: Exception, accept: str | None = None, method: str = "GET") -> Response:
    """The response that tells an error."""
    return answered(method, accept, error, service().pages)


def body(told: Response) -> dict[str, object]:
    """The members of a problem."""
    assert told.headers["content-type"] == PROBLEM
    members: dict[str, object] = json.loads(bytes(told.body))
    return members


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_limit_that_was_reached_is_named_with_its_maximum(outcome: str) -> None:
    status, maximum, words = OUTCOMES[outcome]
    problem = of_limit(outcome, LIMITS, 1.5)
    told = body(response(problem))
    assert (told["status"], told["limit"], told["maximum"]) == (status, outcome, maximum)
    assert told["type"] == f"/docs#limit-{outcome}"
    assert told["title"] == HTTPStatus(status).phrase
    assert words in str(told["detail"])
    assert "/dump.nq" in str(told["detail"])
    assert ("Retry-After" in problem.headers) is (outcome in ("queue", "crowd", "client"))


@pytest.mark.parametrize("outcome", DEATHS)
def test_a_worker_that_died_is_told_as_one(outcome: str) -> None:
    told = body(response(of_limit(outcome, LIMITS, 1)))
    assert (told["status"], told["limit"]) == (503, outcome)
    assert "nothing else was harmed" in str(told["detail"])
    assert "maximum" not in told


@pytest.mark.parametrize(
    ("error", "status", "limit", "maximum", "again"),
    [
        (StoreFault("http://192.0.2.1/query", "a store that does this", "500 boom"), 503, "store", None, "5"),
        (CredentialsError("/home/me/.netrc: expected a netrc file"), 503, "store", None, "5"),
        (LimitReached("time", 7, "seconds"), 503, "time", 7, None),
        (LimitReached("size", 3 * 2**20, "bytes"), 413, "size", 3, None),
    ],
)
def test_of_a_store_elsewhere_no_more_is_told_than_that_it_does_not_answer(
    error: Exception,
    status: int,
    limit: str,
    maximum: float | None,
    again: str | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = response(error)
    told = body(found)
    assert (found.status_code, told["status"], told["limit"], told.get("maximum")) == (status, status, limit, maximum)
    assert found.headers.get("retry-after") == again
    assert not any(word in str(told) for word in ("192.0.2.1", "boom", "netrc"))
    assert capsys.readouterr().err == (f"mandategraph: {error}\n" if limit == "store" else "")


@pytest.mark.parametrize(("outcome", "again"), [("store", "5"), ("switching", "1"), ("killed", "1"), ("engine", None)])
def test_what_passes_is_told_when_to_come_again(outcome: str, again: str | None) -> None:
    problem = of_limit(outcome, LIMITS, 1)
    assert (problem.status, problem.members, problem.headers.get("Retry-After")) == (503, {"limit": outcome}, again)


@pytest.mark.parametrize(("wait", "told"), [(0.1, "1"), (1.2, "2"), (59.6, "60"), (120, "120")])
def test_a_client_without_time_is_told_how_long_to_wait(wait: float, told: str) -> None:
    problem = of_budget(LIMITS, wait)
    assert (problem.status, problem.headers["Retry-After"]) == (429, told)
    assert body(response(problem))["maximum"] == 30


def test_a_fault_of_a_text_has_its_place_as_members() -> None:
    error = SyntaxFault(Place("query", 2, 7), "a number", "x" * 500)
    told = body(response(error))
    assert {name: told[name] for name in ("line", "column", "expected")} == {
        "line": 2,
        "column": 7,
        "expected": "a number",
    }
    assert str(told["detail"]).startswith("query:2:7: expected a number, found 'xxx")
    assert len(str(told["detail"])) < 200


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, PROBLEM),
        ("*/*", PROBLEM),
        ("application/json", PROBLEM),
        ("image/png", PROBLEM),
        ("text/html", "text/html"),
        ("text/html;q=0.5, application/problem+json", PROBLEM),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_reader_gets_a_page_and_a_program_json(accept: str | None, media: str, method: str) -> None:
    told = response(UsageError("x"), accept, method)
    expected = PROBLEM if method == "POST" else media
    assert told.headers["content-type"].partition(";")[0] == expected
    assert told.status_code == 400
    assert told.headers["cache-control"] == "no-store"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_was_found_is_told_whole_in_json_and_escaped_on_a_page(found: str) -> None:
    assert body(response(UsageError(found)))["detail"] == found
    page = bytes(response(UsageError(f"<b>{found}</b>"), "text/html").body).decode()
    assert "<b>" not in page


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (Problem(HTTPStatus.CONFLICT, "why"), 409, "why"),
        (HTTPException(404), 404, "Not Found"),
        (MissingError("x", "y"), 404, "x: not found in y"),
        (UsageError("why"), 400, "why"),
        (RuntimeError("a path of this machine"), 500, "a fault of this service"),
        (KeyError("secret"), 500, "a fault of this service"),
    ],
)
def test_an_error_has_its_status_and_a_fault_of_ours_tells_no_more(error: Exception, status: int, detail: str) -> None:
    told = body(response(error))
    assert status_of(error) == told["status"] == status
    assert (told["detail"], told["type"]) == (detail, "about:blank")


def test_the_headers_and_members_of_a_problem_are_sent() -> None:
    told = response(Problem(HTTPStatus.METHOD_NOT_ALLOWED, "x", {"Allow": "GET"}, offered=["a", "b"]))
    assert told.headers["allow"] == "GET"
    assert body(told)["offered"] == ["a", "b"]
