"""What an operator sees and sets: health, readiness, figures, the log, proxies, options and the environment."""

import asyncio
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from inline import service
from live import Live, served
from prometheus_client.parser import text_string_to_metric_families
from starlette.requests import Request

from mandategraph.server.observation import Observation
from mandategraph.server.operating import Operating
from mandategraph.server.settings import Limits, Settings
from mandategraph.server.wire import Job, Reply
from serving import ROOT, manifest

LIGHT = "ASK { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
PROXY = "127.0.0.2"
LINE = {"at", "client", "method", "path", "status", "bytes", "ms"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with figures, behind a proxy."""
    with served(tmp_path_factory.mktemp("operating"), "--metrics", "--proxy", PROXY, "--timeout", "1") as running:
        yield running


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that logs no request, has one lane and lets no query wait."""
    options = ("--no-access-log", "--workers", "1", "--long", "0", "--queue", "0", "--timeout", "3")
    with served(tmp_path_factory.mktemp("plain"), *options) as running:
        yield running


def lines(live: Live, path: str) -> list[dict[str, Any]]:
    """The lines of the log about a path."""
    found = [json.loads(line) for line in live.written().splitlines() if line.startswith("{")]
    return [line for line in found if line["path"] == path]


def last_line(live: Live, path: str = "/sparql") -> dict[str, Any]:
    """The last line of the log about a path; it is written when the answer is."""
    time.sleep(0.1)
    return lines(live, path)[-1]


def by(address: str, live: Live, forwarded: str | None, query: str = LIGHT) -> httpx.Response:
    """The answer to a query from an address of this machine, as if forwarded for others."""
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address), timeout=60) as client:
        return client.get(f"{live.address}sparql", params={"query": query}, headers=headers)


# Health and readiness


def test_health_and_readiness_are_told_to_nobodys_cache(live: Live) -> None:
    health, ready = live.client.get("/healthz"), live.client.get("/readyz")
    assert (health.status_code, health.json()) == (200, {"status": "alive"})
    release = {"release": manifest().digest, "version": manifest().version}
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", **release})
    assert {each.headers["cache-control"] for each in (health, ready)} == {"no-store"}


def test_a_server_that_can_take_no_query_lives_and_is_not_ready(plain: Live) -> None:
    async def beside() -> tuple[httpx.Response, httpx.Response]:
        async with httpx.AsyncClient(base_url=plain.address, timeout=60) as client:
            busy = asyncio.create_task(client.get("/sparql", params={"query": ENDLESS}))
            await asyncio.sleep(0.5)
            found = await client.get("/healthz"), await client.get("/readyz")
            assert not busy.done()
            await busy
            return found

    health, ready = asyncio.run(beside())
    assert health.status_code == 200
    assert (ready.status_code, ready.json()) == (503, {"status": "not ready: queue"})
    time.sleep(1.2)
    assert plain.client.get("/readyz").status_code == 200


def test_however_many_ask_for_readiness_workers_are_asked_once_a_second() -> None:
    runner = Answering("ok")
    operating = Operating(service(), runner, Observation(Settings()))

    async def asked() -> list[int]:
        first = await asyncio.gather(*(operating.ready(Request({"type": "http"})) for _ in range(50)))
        assert {each.status_code for each in first} == {200}
        counted = [runner.asked]
        await asyncio.sleep(1.1)
        await operating.ready(Request({"type": "http"}))
        return [*counted, runner.asked]

    assert asyncio.run(asked()) == [1, 2]


class Answering:
    """A runner whose every query ends in one way."""

    def __init__(self, outcome: str) -> None:
        self._outcome, self.asked = outcome, 0

    async def run(self, job: Job, client: str, limit: float) -> Reply:
        """The end of a query."""
        assert (job.query, client, limit) == ("ASK {}", "", 5.0)
        self.asked += 1
        return Reply(self._outcome, {})

    def state(self) -> dict[str, int]:
        """Nothing is under way."""
        return {}


@pytest.mark.parametrize("outcome", ["time", "crowd", "queue", "memory", "engine", "killed", "store"])
def test_readiness_tells_what_keeps_a_query_from_its_answer(outcome: str) -> None:
    operating = Operating(service(), Answering(outcome), Observation(Settings()))
    response = asyncio.run(operating.ready(Request({"type": "http"})))
    assert (response.status_code, json.loads(bytes(response.body))) == (503, {"status": f"not ready: {outcome}"})


# Figures


def figures(live: Live) -> dict[str, float]:
    """The figures, by name and labels, as Prometheus reads them."""
    response = live.client.get("/metrics")
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(response.text))
    assert {each.name for each in families} >= {
        "mandategraph_requests",
        "mandategraph_queries",
        "mandategraph_query_seconds",
        "mandategraph_workers",
    }
    return {
        f"{sample.name}{{{','.join(sorted(sample.labels.values()))}}}": sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_figures_count_requests_queries_and_workers(live: Live) -> None:
    before = figures(live)
    query = "SELECT * { ?s ?p ?o } LIMIT 7"
    assert [live.client.get("/sparql", params={"query": query}).status_code for _ in range(3)] == [200] * 3
    assert live.query("SELECT").status_code == 400
    assert live.query(ENDLESS, timeout="0.2").status_code == 503
    assert live.client.request("DELETE", "/sparql").status_code == 405
    after = figures(live)
    grown = {name: value - before.get(name, 0) for name, value in after.items() if value != before.get(name, 0)}
    counted = {name: value for name, value in grown.items() if "seconds" not in name and "workers" not in name}
    assert counted == {
        "mandategraph_queries_total{ok}": 1,
        "mandategraph_queries_total{cached}": 2,
        "mandategraph_queries_total{syntax}": 1,
        "mandategraph_queries_total{time}": 1,
        "mandategraph_requests_total{200,GET}": 4,
        "mandategraph_requests_total{400,POST}": 1,
        "mandategraph_requests_total{503,POST}": 1,
        "mandategraph_requests_total{405,other}": 1,
    }
    assert grown["mandategraph_query_seconds_count{}"] == 3
    assert grown["mandategraph_query_seconds_bucket{+Inf}"] == 3
    assert 0.2 <= grown["mandategraph_query_seconds_sum{}"] < 2
    idle = [value for name, value in after.items() if name == "mandategraph_workers{idle}"]
    assert idle == [Limits().workers] or idle == [Limits().workers - 1]  # the one killed may not have a successor yet
    assert {name for name in after if "workers" in name} == {
        f"mandategraph_workers{{{state}}}" for state in ("idle", "busy", "long", "waiting")
    }


def test_figures_are_there_only_if_they_are_wanted(plain: Live) -> None:
    response = plain.client.get("/metrics")
    assert response.status_code == 404
    assert "mandategraph_" not in response.text


# The log


def test_a_request_is_a_line_of_the_log_that_holds_the_digest_of_its_query_and_not_the_query(live: Live) -> None:
    query = "SELECT * { ?somebody ?is ?interested } LIMIT 3"
    response = live.client.get("/sparql", params={"query": query}, headers={"User-Agent": "told-by-nobody"})
    line = last_line(live)
    assert line.keys() == LINE | {"query", "outcome"}
    assert line["query"] == hashlib.sha256(query.encode()).hexdigest()[:16]
    assert (line["method"], line["path"], line["status"], line["outcome"]) == ("GET", "/sparql", 200, "ok")
    assert line["bytes"] == int(response.headers["content-length"])
    assert line["client"] == "127.0.0.0/24"
    assert abs(time.time() - time.mktime(time.strptime(line["at"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 10
    assert 0 < line["ms"] < 10_000
    assert "interested" not in live.written()
    assert "told-by-nobody" not in live.written()
    live.client.get("/sparql", params={"query": query})
    assert (last_line(live)["outcome"], last_line(live)["query"]) == ("cached", line["query"])
    live.client.get("/sparql", params={"query": query}, headers={"If-None-Match": response.headers["etag"]})
    assert (last_line(live)["status"], last_line(live)["outcome"], last_line(live)["query"]) == (
        304,
        "held",
        line["query"],
    )


@pytest.mark.parametrize(
    ("content", "limit"), [(b"#" * 20_001, "length"), (iter([b"#" * 200_000]), "body")], ids=["length", "body"]
)
def test_a_limit_that_keeps_a_query_from_its_worker_is_noted_too(live: Live, content: Any, limit: str) -> None:
    before = figures(live).get(f"mandategraph_queries_total{{{limit}}}", 0)
    response = live.client.post("/sparql", content=content, headers={"Content-Type": "application/sparql-query"})
    assert (response.status_code, response.json()["limit"]) == (413, limit)
    assert last_line(live)["outcome"] == limit
    assert figures(live)[f"mandategraph_queries_total{{{limit}}}"] == before + 1


def test_what_is_no_query_has_no_more_than_the_line_of_a_request(live: Live) -> None:
    live.client.get("/style.css", params={"secret": "in-the-address"})
    assert last_line(live, "/style.css").keys() == LINE
    assert "in-the-address" not in live.written()


@pytest.mark.parametrize("path", ["/%0a%7b%22path%22:%22/forged%22%7d", "/%0d%0aforged", "/%1b%5b31mforged", "/%ff%fe"])
def test_a_path_breaks_no_line_of_the_log(live: Live, path: str) -> None:
    before = len(live.written().splitlines())
    with socket.create_connection(("127.0.0.1", live.port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(65536):
            pass
    time.sleep(0.1)
    added = live.written().splitlines()[before:]
    assert len(added) == 1
    assert added[0].isprintable()
    assert json.loads(added[0])["path"] != "/forged"


def test_a_client_that_left_is_told_apart_from_a_fault(live: Live) -> None:
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{live.address}sparql", params={"query": ENDLESS}, timeout=0.3)
    time.sleep(0.5)
    line = last_line(live)
    assert (line["outcome"], line["status"], line["bytes"]) == ("left", 499, 0)


def test_no_line_is_written_if_none_is_wanted(plain: Live) -> None:
    assert plain.client.get("/healthz").status_code == 200
    assert [line for line in plain.written().splitlines() if line.startswith("{")] == []


def test_texts_and_addresses_are_logged_only_if_they_are_wanted(tmp_path: Path) -> None:
    with served(tmp_path, "--log-queries", "--log-clients") as live:
        live.query(f"{LIGHT} # two\n# lines")
        line = last_line(live)
        assert (line["text"], line["client"]) == (f"{LIGHT} # two\n# lines", "127.0.0.1")


# Proxies


@pytest.mark.parametrize(
    ("address", "forwarded", "client"),
    [
        (PROXY, "203.0.113.9", "203.0.113.0/24"),
        (PROXY, "2001:db8:1:2::3", "2001:db8:1::/48"),
        (PROXY, "198.51.100.1, 203.0.113.9", "203.0.113.0/24"),
        (PROXY, f"198.51.100.1, 203.0.113.9, {PROXY}", "203.0.113.0/24"),
        (PROXY, None, "127.0.0.0/24"),
        (PROXY, "nonsense", ""),
        ("127.0.0.1", "203.0.113.9", "127.0.0.0/24"),
        ("127.0.0.3", f"203.0.113.9, {PROXY}", "127.0.0.0/24"),
    ],
)
def test_a_client_is_what_the_proxy_says_and_nobody_else(
    live: Live, address: str, forwarded: str | None, client: str
) -> None:
    by(address, live, forwarded)
    assert last_line(live)["client"] == client


def test_a_client_does_not_win_query_time_by_what_it_says_of_itself(tmp_path: Path) -> None:
    with served(tmp_path, "--timeout", "0.6", "--budget", "0.5", "--proxy", PROXY) as live:
        assert by("127.0.0.1", live, "198.51.100.1", ENDLESS).json()["limit"] == "time"
        for spoofed in ("198.51.100.2", PROXY, f"203.0.113.9, {PROXY}", None):
            assert by("127.0.0.1", live, spoofed).json()["limit"] == "budget"
        assert by(PROXY, live, "198.51.100.1, 203.0.113.9", ENDLESS).json()["limit"] == "time"
        for spoofed in ("198.51.100.2, 203.0.113.9", "203.0.113.9", f"{PROXY}, 203.0.113.9"):
            assert by(PROXY, live, spoofed).json()["limit"] == "budget"
        assert by(PROXY, live, "203.0.113.10").status_code == 200


def test_the_connections_of_a_proxy_are_not_those_of_one_client(tmp_path: Path) -> None:
    with served(tmp_path, "--connections-per-client", "3", "--proxy", PROXY) as live:
        for address, answered in ((PROXY, 6), ("127.0.0.3", 3)):
            with ExitStack() as kept:
                many = [
                    kept.enter_context(
                        socket.create_connection(("127.0.0.1", live.port), 10, source_address=(address, 0))
                    )
                    for _ in range(6)
                ]
                for each in many:
                    each.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert [each.recv(12) for each in many].count(b"HTTP/1.1 200") == answered


# Options and the environment


def test_every_option_can_be_set_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"TIMEOUT": "7", "MEMORY": "300", "RESULT": "3", "PER_CLIENT": "9", "BUDGET": "50", "METRICS": "true"}
    for name, value in {**given, "ACCESS_LOG": "0", "PROXY": f"{PROXY} 192.0.2.0/24", "WORKERS": "2"}.items():
        monkeypatch.setenv(f"MANDATEGRAPH_{name}", value)
    with served(tmp_path, "--memory", "200") as live:
        response = live.query(LIGHT)
        assert response.headers["query-limits"] == (
            "time=7, memory=209715200, size=3145728, length=20000, body=131072, nesting=64, "
            "queue=64, crowd=4, client=9, budget=50"
        )
        assert figures(live)["mandategraph_workers{idle}"] == 2
        assert [line for line in live.written().splitlines() if line.startswith("{")] == []


WRONG = [
    (["--port", "70000"], {}, "--port"),
    (["--port", "http"], {}, "--port"),
    (["--workers", "0"], {}, "--workers"),
    (["--timeout", "0"], {}, "--timeout"),
    (["--timeout", "soon"], {}, "--timeout"),
    (["--memory", "1"], {}, "--memory"),
    (["--cache", "-1"], {}, "--cache"),
    (["--proxy", "*"], {}, "--proxy: expected the address or the network of a proxy, found '*'"),
    (["--proxy", "proxy.example"], {}, "--proxy: expected the address or the network of a proxy"),
    (["--proxy", "192.0.2.1/24"], {}, "--proxy: expected the address or the network of a proxy"),
    (["--proxy", "192.0.2.1,192.0.2.2"], {}, "--proxy: expected the address or the network of a proxy"),
    (
        ["--host", "nowhere.invalid"],
        {},
        "--host: expected an address or a name of this machine, found 'nowhere.invalid'",
    ),
    (["--host", "192.0.2.1"], {}, "192.0.2.1:0: expected an address that is free, found"),
    (["--release", "/nowhere"], {}, "a build (release.json): not found in /nowhere"),
    (["--root", "/nowhere"], {}, "data/sources/sources.toml: not found in /nowhere"),
    (["--disk-above", "0", "--disk-folder", "/dev/null"], {}, "/dev/null: expected a folder that can be written"),
    (["--unknown"], {}, "--unknown"),
    ([], {"PORT": "seven"}, "MANDATEGRAPH_PORT"),
    ([], {"METRICS": "perhaps"}, "MANDATEGRAPH_METRICS"),
    ([], {"WORKERS": "0"}, "MANDATEGRAPH_WORKERS"),
    ([], {"PROXY": "*"}, "--proxy"),
    ([], {"RELEASE": "/nowhere"}, "not found in /nowhere"),
]


@pytest.mark.parametrize(("options", "given", "told"), WRONG, ids=[" ".join([*o, *g.values()]) for o, g, _ in WRONG])
def test_an_option_that_cannot_be_is_told_with_status_2(options: list[str], given: dict[str, str], told: str) -> None:
    environment = {f"MANDATEGRAPH_{name}": value for name, value in {"PORT": "0", **given}.items()}
    done = subprocess.run(
        [sys.executable, "-m", "mandategraph", "serve", *options],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **environment},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_in_use_is_told_and_the_one_who_uses_it_goes_on(live: Live) -> None:
    line = [sys.executable, "-m", "mandategraph", "serve", "--port", str(live.port), "--root", str(ROOT)]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"127.0.0.1:{live.port}: expected an address that is free, found Address already in use\n" in done.stderr
    assert live.client.get("/healthz").status_code == 200
