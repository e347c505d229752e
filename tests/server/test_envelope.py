"""The envelope: what every answer has, whatever answers; no body for HEAD; a fault told once and raised on."""

import json

import httpx
import pytest
from inline import ask, service
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mandategraph.errors import UsageError
from mandategraph.server import problems
from mandategraph.server.envelope import HEADERS, Envelope
from mandategraph.server.observation import Observation
from mandategraph.server.problems import PROBLEM
from mandategraph.server.settings import Settings
from mandategraph.server.unread import unread_of

LINES: list[str] = []


def enveloped(app: ASGIApp, direct: ASGIApp) -> Envelope:
    """An envelope around two applications: one at `/sparql`, one elsewhere."""
    pages = service().pages
    return Envelope(
        app,
        {"/sparql": direct},
        Observation(Settings(), LINES.append),
        lambda method, accept, error: problems.answered(method, accept, error, pages),
        unread_of(Settings()),
        "time=20",
    )


def failing(error: Exception) -> ASGIApp:
    """An application that raises."""

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    return app


def answer(response: Response, method: str = "GET", path: str = "/", **options: object) -> httpx.Response:
    """What becomes of a response in the envelope."""
    return ask(enveloped(response, response), method, path, **options)


@pytest.mark.parametrize("path", ["/", "/sparql"])
def test_every_answer_has_the_headers(path: str) -> None:
    found = answer(PlainTextResponse("x", 201, {"Vary": "Cookie", "ETag": '"a"'}), path=path)
    assert (found.status_code, found.text) == (201, "x")
    assert {name: found.headers[name] for name in HEADERS} == HEADERS
    assert found.headers["etag"] == '"a"'
    assert found.headers.get_list("vary") == [HEADERS["Vary"]]


def test_head_has_the_headers_and_no_body() -> None:
    found = answer(PlainTextResponse("four"), "HEAD")
    assert (found.content, found.headers["content-length"]) == (b"", "4")
    assert json.loads(LINES[-1])["bytes"] == 0


def test_what_was_sent_is_counted() -> None:
    async def parts() -> object:
        for each in (b"ab", b"", b"cde"):
            yield each

    assert answer(StreamingResponse(parts())).content == b"abcde"  # type: ignore[arg-type] # parts of bytes
    told = json.loads(LINES[-1])
    assert (told["status"], told["bytes"], told["path"], told["method"]) == (200, 5, "/", "GET")


def test_an_error_is_answered_in_the_form_the_client_reads() -> None:
    held = enveloped(failing(UsageError("no")), failing(UsageError("<why>")))
    found = ask(held, path="/sparql")
    assert (found.status_code, found.headers["content-type"], found.json()["detail"]) == (400, PROBLEM, "<why>")
    page = ask(held, path="/sparql", headers=[("Accept", "image/png"), ("Accept", "text/html")])
    assert (page.status_code, page.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert "&lt;why&gt;" in page.text
    assert {name: page.headers[name] for name in HEADERS} == HEADERS
    assert [json.loads(line)["status"] for line in LINES[-2:]] == [400, 400]


def test_a_fault_of_ours_is_told_once_and_raised_on() -> None:
    """The server that called writes it to its log."""
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/sparql", "headers": [], "client": ("192.0.2.7", 1)}
    held = enveloped(failing(RuntimeError("x")), failing(RuntimeError("secret")))
    with pytest.raises(RuntimeError, match="secret"):
        held(scope, receive, send).send(None)  # type: ignore[arg-type] # an application's own types
    assert [each["type"] for each in sent] == ["http.response.start", "http.response.body"]
    assert sent[0]["status"] == 500
    assert b"secret" not in sent[1]["body"]  # type: ignore[operator] # bytes
    assert json.loads(LINES[-1])["status"] == 500


def test_what_is_no_request_passes() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    before = len(LINES)
    with pytest.raises(StopIteration):
        enveloped(app, app)({"type": "lifespan"}, _never, _never).send(None)  # type: ignore[arg-type] # a coroutine
    assert seen == ["lifespan"]
    assert len(LINES) == before


async def _never(*_: object) -> dict[str, object]:
    raise AssertionError
