"""What is observed of requests: what a line of the log holds and what it never holds, and the figures."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline import ask, runner, service
from starlette.types import Receive, Scope, Send

from mandategraph.server import application
from mandategraph.server.observation import Observation, shortened
from mandategraph.server.settings import Settings

QUERY = "SELECT (1 AS ?x) {} # of interest to nobody else"
DIGEST = hashlib.sha256(QUERY.encode()).hexdigest()[:16]


def logged(settings: Settings, *scopes: tuple[dict[str, Any], str | None]) -> list[str]:
    """The lines of the log for requests, each with the query it asks."""
    lines: list[str] = []
    observed = Observation(settings, lines.append)
    for given_scope, query in scopes:
        scope = {"method": "GET", "path": "/sparql", "client": ("192.0.2.7", 1), **given_scope}
        if query is not None:
            observed.query(scope, query)
            observed.outcome(scope, "ok", 0.25)
        observed.answered(scope, {"status": 200}, 12, 0.0123)
    return lines


def test_a_line_tells_what_was_asked_by_its_digest_and_from_which_network() -> None:
    (line,) = logged(Settings(), ({"query_string": b"query=secret"}, QUERY))
    told = json.loads(line)
    assert told.pop("at").endswith("Z")
    assert told == {
        "client": "192.0.2.0/24",
        "method": "GET",
        "path": "/sparql",
        "status": 200,
        "bytes": 12,
        "ms": 12.3,
        "query": DIGEST,
        "outcome": "ok",
    }
    assert "secret" not in line
    assert "interest" not in line


def test_an_operator_may_want_texts_and_addresses() -> None:
    (line,) = logged(Settings(log_queries=True, log_clients=True), ({}, QUERY))
    told = json.loads(line)
    assert (told["text"], told["client"], told["query"]) == (QUERY, "192.0.2.7", DIGEST)


def test_an_operator_may_want_no_log() -> None:
    assert logged(Settings(access_log=False), ({}, QUERY)) == []


@given(st.text(), st.text(), st.text())
def test_whatever_a_request_holds_it_is_one_line(path: str, method: str, query: str) -> None:
    (line,) = logged(Settings(log_queries=True), ({"path": path, "method": method}, query))
    assert line.isascii()
    assert line.isprintable()
    told = json.loads(line)
    assert (told["path"], told["method"], told["text"]) == (path, method, query)
    assert told["status"] == 200


def test_what_one_request_asked_is_not_told_of_the_next() -> None:
    lines = logged(Settings(), ({}, QUERY), ({"path": "/"}, None))
    assert "query" in json.loads(lines[0])
    assert {"query", "outcome"}.isdisjoint(json.loads(lines[1]))


def test_a_client_that_left_is_no_fault_of_the_service() -> None:
    lines: list[str] = []
    observed = Observation(Settings(), lines.append)
    scope: Scope = {"method": "GET", "path": "/sparql", "client": None}
    observed.outcome(scope, "left")
    observed.answered(scope, {"status": 500}, 0, 1)
    assert (json.loads(lines[0])["status"], json.loads(lines[0])["client"]) == (499, "")
    assert b'mandategraph_requests_total{method="GET",status="499"} 1.0' in observed.figures({})


def test_the_figures_count_requests_outcomes_and_seconds() -> None:
    observed = Observation(Settings(access_log=False))
    for outcome, seconds in (("ok", 0.02), ("ok", 0.5), ("time", 20.0), ("cached", None)):
        scope: Scope = {"method": "GET", "path": "/sparql"}
        observed.outcome(scope, outcome, seconds)
        observed.answered(scope, {"status": 200}, 0, 0)
    observed.answered({"method": "BREW", "path": "/"}, {"status": 405}, 0, 0)
    text = observed.figures({"idle": 3, "busy": 1}).decode()
    for line in (
        'mandategraph_requests_total{method="GET",status="200"} 4.0',
        'mandategraph_requests_total{method="other",status="405"} 1.0',
        'mandategraph_queries_total{outcome="ok"} 2.0',
        'mandategraph_queries_total{outcome="cached"} 1.0',
        'mandategraph_query_seconds_bucket{le="0.03"} 1.0',
        'mandategraph_query_seconds_bucket{le="30.0"} 3.0',
        "mandategraph_query_seconds_sum 20.52",
        'mandategraph_workers{state="idle"} 3.0',
        'mandategraph_workers{state="busy"} 1.0',
    ):
        assert f"{line}\n" in text


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::1", "::/48"),
        ("a\nb", ""),
        ("", ""),
    ],
)
def test_an_address_is_told_by_its_network(address: str, network: str) -> None:
    assert shortened(address) == network


def test_a_request_is_told_in_one_line_whatever_its_path_and_query() -> None:
    lines: list[str] = []
    held = application(service(), runner(), Settings(), Observation(Settings(), lines.append))

    async def as_sent(scope: Scope, receive: Receive, send: Send) -> None:
        await held({**scope, "client": ("2001:db8::1", 1)}, receive, send)

    for path in ('/a%0A{"status": 500}', "/support?action=secret", "/sparql?query=SELECT%0A%0D%E2%80%A8", "/sparql"):
        ask(as_sent, path=path)
    told = [json.loads(line) for line in lines]
    assert [each["status"] for each in told] == [404, 404, 400, 200]
    assert {each["client"] for each in told} == {"2001:db8::/48"}
    assert [each["path"] for each in told] == ['/a\n{"status": 500}', "/support", "/sparql", "/sparql"]
    assert [("query" in each, each.get("outcome")) for each in told] == [
        (False, None),
        (False, None),
        (True, "syntax"),
        (False, None),
    ]
    assert "secret" not in "".join(lines)
