"""The limits hold: a hostile query ends in a clear error within its limit, costs nobody else and leaves no trace."""

import asyncio
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import httpx
import pyoxigraph as ox
import pytest
from live import Live, children, resident, served

from mandategraph.description.service import LIMITS
from mandategraph.results import GRAPH_MEDIA
from mandategraph.server.operation import FORMATS
from mandategraph.server.settings import MIB, Limits

TIMEOUT = 1.5
MEMORY = 256
RESULT = 4
LIGHT = "ASK { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
DOUBLED = " ".join(f"BIND(CONCAT(?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(40))
OPTIONS = ("--timeout", str(TIMEOUT), "--memory", str(MEMORY), "--result", str(RESULT), "--budget", "100000")

# Each hostile query, and the limits that may stop it: which of two comes first depends on the machine.
HOSTILE: dict[str, tuple[str, set[str]]] = {
    "cross product": (ENDLESS, {"time"}),
    "sorted cross product": ("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?f", {"memory", "time"}),
    "distinct cross product": ("SELECT (COUNT(DISTINCT *) AS ?n) { ?a ?b ?c . ?d ?e ?f }", {"memory", "time"}),
    "values": (
        "SELECT (COUNT(*) AS ?n) {"
        + " ".join(f"VALUES ?{v} {{ {' '.join(map(str, range(90)))} }}" for v in "abcdef")
        + "}",
        {"time", "memory"},
    ),
    "doubled text": (f"SELECT (STRLEN(?a40) AS ?n) {{ BIND('xxxxxxxxxxxxxxxx' AS ?a0) {DOUBLED} }}", {"memory"}),
    "group_concat": ("SELECT (GROUP_CONCAT(STR(?f)) AS ?all) { ?a ?b ?c . ?d ?e ?f }", {"memory", "time"}),
    "large answer": ("SELECT * { ?a ?b ?c . ?d ?e ?f }", {"size"}),
    "large graph": ("CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", {"size", "time"}),
    "paths": ("SELECT (COUNT(*) AS ?n) { ?a (!<x:a>)* ?b . ?b (!<x:b>)* ?c }", {"time", "memory"}),
    "regular expressions": (
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a|a?)+(b|b?)+c$')) }",
        {"time"},
    ),
    "digests": ("SELECT (MAX(SHA512(CONCAT(STR(?c), STR(?f)))) AS ?m) { ?a ?b ?c . ?d ?e ?f }", {"time"}),
    "long rows of triples": (f"SELECT * {{ {'?s ?p ?o . ' * 1800} }}", {"time", "memory", "engine"}),
    "long rows of predicates": (f"SELECT * {{ ?s {'?p ?o ; ' * 2400} }}", {"time", "memory", "engine"}),
    "long rows of objects": (
        f"SELECT * {{ ?s ?p {', '.join(f'?o{i}' for i in range(2000))} }}",
        {"time", "memory", "engine"},
    ),
    "optionals": (f"SELECT * {{ {'OPTIONAL { ?s ?p ?o }' * 490} }}", {"time", "memory", "engine"}),
}
# What is refused before the engine sees it.
REFUSED = {
    "groups": "ASK " + "{" * 9000 + "}" * 9000,
    "brackets": "SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}",
    "negations": "SELECT (" + "!" * 15000 + "true AS ?x) {}",
    "functions": "SELECT (" + "STR(" * 1000 + "1" + ")" * 1000 + " AS ?x) {}",
    "exists": "ASK {" + "FILTER EXISTS {" * 600 + "}" * 600 + "}",
    "ifs": "SELECT (" + "IF(true," * 700 + "1" + ",1)" * 700 + " AS ?x) {}",
    "lists": "ASK { ?s ?p " + "(" * 300 + ")" * 300 + " }",
    "blank nodes": "ASK { ?s ?p " + "[ ?p " * 500 + "1" + "]" * 500 + " }",
    "sums": "SELECT (" + "1+" * 9000 + "1 AS ?x) {}",
    "reifiers": "ASK { ?s ?p ?o " + "~" * 15000 + " }",
    "triple terms": "ASK { ?s ?p " + "<<" * 9000 + " }",
    "differences": "ASK {" + "MINUS{}" * 2800 + "}",
}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with low limits."""
    with served(tmp_path_factory.mktemp("limits"), *OPTIONS) as running:
        yield running


def told(response: httpx.Response) -> str:
    """The limit that a problem names."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"/docs#limit-{problem['limit']}"
    assert problem["detail"]
    return str(problem["limit"])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_ends_in_an_error_that_names_its_limit_while_others_are_answered(live: Live, name: str) -> None:
    query, limits = HOSTILE[name]

    async def both() -> tuple[httpx.Response, float, list[float]]:
        async with httpx.AsyncClient(base_url=live.address, timeout=60) as client:
            headers = {"Content-Type": "application/sparql-query"}
            began = time.monotonic()
            hostile = asyncio.create_task(client.post("/sparql", content=query, headers=headers))
            waits = []
            while not hostile.done():
                since = time.monotonic()
                assert (await client.post("/sparql", content=LIGHT, headers=headers)).json()["boolean"] is True
                waits.append(time.monotonic() - since)
                await asyncio.sleep(0.05)
            return await hostile, time.monotonic() - began, waits

    response, seconds, waits = asyncio.run(both())
    limit = told(response)
    assert limit in limits
    assert response.status_code == (413 if limit == "size" else 503)
    assert seconds < TIMEOUT * 1.2 + 1
    assert waits
    assert max(waits) < 1


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_end_the_parser_is_refused_before_it(live: Live, name: str) -> None:
    before = live.workers()
    response = live.query(REFUSED[name])
    assert response.status_code == 400
    assert response.json()["line"] == 1
    assert "at most" in response.json()["detail"]
    assert live.workers() == before


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_by_a_confined_worker(live: Live, form: str) -> None:
    graph = form in {*GRAPH_MEDIA.values(), "html"}
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5" if graph else "SELECT * { ?s ?p ?o } LIMIT 5"
    response = live.query(query, format=form)
    assert response.status_code == 200
    assert response.headers["server-timing"].startswith("query;dur=")
    assert len(response.content) > 100


def test_a_caller_may_lower_the_time_limit_and_not_raise_it(live: Live) -> None:
    for given, limit in (("0.3", 0.3), ("1000", TIMEOUT)):
        since = time.monotonic()
        response = live.query(ENDLESS, timeout=given)
        assert (told(response), response.json()["maximum"]) == ("time", limit)
        assert limit <= time.monotonic() - since < limit * 1.2 + 0.5


def test_the_caps_are_told_with_every_answer(live: Live) -> None:
    expected = {
        "time": TIMEOUT,
        "memory": MEMORY * MIB,
        "size": RESULT * MIB,
        "length": 20000,
        "body": 131072,
        "nesting": 64,
        "queue": 64,
        "crowd": 4,
        "client": 32,
        "budget": 100000,
    }
    described = live.client.get("/sparql", headers={"Accept": "application/n-triples"})
    answers = [
        live.query(LIGHT),
        described,
        live.query("SELECT * {"),
        live.query(LIGHT, format="pictures"),
        live.query("#" * 30_000),
        live.query(ENDLESS, timeout="0.2"),
        live.client.put("/sparql"),
    ]
    assert [each.status_code for each in answers] == [200, 200, 400, 400, 413, 503, 405]
    for each in answers:
        told = dict(field.split("=") for field in each.headers["query-limits"].split(", "))
        assert {name: float(value) for name, value in told.items()} == expected
    triples = list(ox.parse(described.content, format=ox.RdfFormat.N_TRIPLES))
    stated = {each.predicate: float(each.object.value) for each in triples if each.predicate in LIMITS.values()}
    assert stated == {LIMITS[name]: value for name, value in expected.items()}
    page = live.client.get("/docs").text
    for name, value in {**expected, "memory": MEMORY, "size": RESULT, "nesting": 64}.items():
        assert re.search(rf"\b{name}: {value:g}\b", page), name


def test_a_limit_that_is_reached_is_linked_to_what_is_said_of_it(live: Live) -> None:
    problem = live.query(ENDLESS, timeout="0.2").json()
    path, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in live.client.get(path).text
    assert "/dump.nq" in problem["detail"]
    assert live.client.head("/dump.nq").status_code == 200


def test_a_worker_that_is_killed_costs_its_caller_an_error_and_nobody_else_anything(live: Live) -> None:
    async def killed() -> tuple[httpx.Response, list[httpx.Response]]:
        async with httpx.AsyncClient(base_url=live.address, timeout=60) as client:
            before = live.workers()
            running = [asyncio.create_task(client.get("/sparql", params={"query": ENDLESS})) for _ in range(1)]
            await asyncio.sleep(0.3)
            busiest = max(before, key=_processor_time)
            os.kill(busiest, signal.SIGKILL)
            others = [await client.get("/sparql", params={"query": LIGHT}) for _ in range(5)]
            return await running[0], others

    response, others = asyncio.run(killed())
    assert (response.status_code, told(response)) == (503, "killed")
    assert [each.status_code for each in others] == [200] * 5


def _processor_time(number: int) -> int:
    """The processor time of a process, in ticks."""
    fields = Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM])
def test_idle_workers_that_die_are_replaced(live: Live, number: signal.Signals) -> None:
    before = live.workers()
    for worker in before:
        os.kill(worker, number)
    assert live.query(LIGHT).json()["boolean"] is True
    until = time.monotonic() + 5
    while (live.workers() & before or len(live.workers()) != Limits().workers) and time.monotonic() < until:
        time.sleep(0.02)
    assert not live.workers() & before
    assert len(live.workers()) == Limits().workers


def test_a_client_that_leaves_stops_its_query(live: Live) -> None:
    before = live.workers()
    with suppress(httpx.ReadTimeout):
        httpx.get(f"{live.address}sparql", params={"query": ENDLESS}, timeout=0.4)
        pytest.fail("the query was answered")
    until = time.monotonic() + TIMEOUT - 0.5
    while (live.workers() >= before or '"outcome": "left"' not in live.written()) and time.monotonic() < until:
        time.sleep(0.02)
    assert not live.workers() >= before
    assert '"outcome": "left"' in live.written()


def test_memory_is_as_it_was_when_the_hostile_have_gone(live: Live) -> None:
    def each_once() -> int:
        for query, _ in HOSTILE.values():
            live.query(query, timeout="0.5")
        for _ in range(50):
            live.query(f"SELECT * {{ ?s ?p ?o }} LIMIT {_ + 1}")
        time.sleep(0.5)
        return resident(live.process.pid)

    each_once()
    first, second = each_once(), each_once()
    assert second < first * 1.1 + 4096


def test_eight_hostile_queries_of_one_client_leave_a_lane_to_the_others(live: Live) -> None:
    async def beside() -> tuple[list[str], list[float]]:
        headers = {"Content-Type": "application/sparql-query"}
        other = httpx.AsyncHTTPTransport(local_address="127.0.0.2")
        async with (
            httpx.AsyncClient(base_url=live.address, timeout=60) as hostile,
            httpx.AsyncClient(base_url=live.address, timeout=60, transport=other) as client,
        ):
            tasks = [asyncio.create_task(hostile.post("/sparql", content=ENDLESS, headers=headers)) for _ in range(8)]
            await asyncio.sleep(0.1)
            waits = []
            while not any(task.done() for task in tasks):
                since = time.monotonic()
                assert (await client.post("/sparql", content=LIGHT, headers=headers)).status_code == 200
                waits.append(time.monotonic() - since)
                await asyncio.sleep(0.02)
            return [told(await task) for task in tasks], waits

    limits, waits = asyncio.run(beside())
    assert {*limits} <= {"time", "queue", "crowd"}
    assert len(waits) > 5
    assert sorted(waits)[len(waits) * 9 // 10] < 0.5


def four_at_once(address: str) -> list[httpx.Response]:
    """The answers to four endless queries of one client, begun together."""

    async def asked() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            queries = [client.get("/sparql", params={"query": f"{ENDLESS} # {i}"}) for i in range(4)]
            return await asyncio.gather(*queries)

    return asyncio.run(asked())


def test_a_large_release_is_served_from_disk_with_the_same_answers_and_limits(live: Live, tmp_path: Path) -> None:
    options = ("--disk-above", "0", "--disk-folder", str(tmp_path / "kept"), "--timeout", "20", "--memory", "256")
    with served(tmp_path, *options) as disk:
        assert [each.name.partition("-")[0] for each in (tmp_path / "kept").iterdir()] == ["release"]
        count = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"
        assert disk.query(count).json() == live.query(count).json()
        assert told(disk.query(ENDLESS, timeout="1.5")) == "time"
        assert told(disk.query(HOSTILE["doubled text"][0])) == "memory"
        assert disk.query("SELECT * { ?s ?p ?o }", format="nt").status_code == 406
        assert len(disk.query("SELECT * { ?s ?p ?o }", format="csv").content) > 1_000_000
        assert disk.client.get("/plan/2012/action/2.1.2.ttl").status_code == 200


def test_what_one_client_may_have_under_way_is_bounded(tmp_path: Path) -> None:
    with served(tmp_path, "--timeout", "0.6", "--per-client", "2", "--workers", "2", "--long", "0") as live:
        responses = four_at_once(live.address)
        found = sorted(told(each) for each in responses)
        assert found.count("client") == 2
        refused = next(each for each in responses if each.json()["limit"] == "client")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")


def test_the_queue_is_bounded(tmp_path: Path) -> None:
    with served(tmp_path, "--timeout", "0.4", "--workers", "1", "--long", "0", "--queue", "1") as live:
        queue = [each for each in four_at_once(live.address) if told(each) == "queue"]
        assert len(queue) >= 2
        assert {(each.status_code, each.headers["retry-after"]) for each in queue} == {(503, "5")}


def test_a_client_that_has_used_its_query_time_waits_and_others_do_not(tmp_path: Path) -> None:
    with served(tmp_path, "--timeout", "1", "--budget", "0.5") as live:
        assert told(live.query(ENDLESS)) == "time"
        for response in (live.query(LIGHT), live.client.get("/api/plans", headers={"Accept": "application/json"})):
            assert (response.status_code, told(response)) == (429, "budget")
        assert live.client.get("/healthz").status_code == 200
        assert 1 <= int(response.headers["retry-after"]) <= 120
        assert "/dump.nq" in response.json()["detail"]
        with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.2")) as other:
            assert other.get(f"{live.address}sparql", params={"query": LIGHT}).status_code == 200


def test_the_nursery_gone_callers_under_way_are_told_so(tmp_path: Path) -> None:
    async def asked(live: Live) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=live.address, timeout=60) as client:
            asking = [
                asyncio.create_task(client.get("/sparql", params={"query": f"{ENDLESS} # {i}"})) for i in range(8)
            ]
            await asyncio.sleep(1)
            os.kill(live.nursery(), signal.SIGKILL)
            return await asyncio.gather(*asking)

    with served(tmp_path, "--workers", "2", "--long", "1", "--timeout", "10") as live:
        responses = asyncio.run(asked(live))
        assert [(each.status_code, told(each), each.headers["retry-after"]) for each in responses] == [
            (503, each, "1" if each == "killed" else "5") for each in map(told, responses)
        ]
        assert {told(each) for each in responses} <= {"killed", "crowd"}
        assert "Traceback" not in live.written()


def test_the_nursery_gone_another_generation_serves(tmp_path: Path) -> None:
    with served(tmp_path) as live:
        generation = live.generation()
        os.kill(live.nursery(), signal.SIGKILL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with suppress(httpx.HTTPError, StopIteration):
                if live.generation() != generation and live.client.get("/readyz").status_code == 200:
                    break
            time.sleep(0.1)
        assert live.generation() != generation
        assert live.query(LIGHT).status_code == 200
        assert "another begins" in live.written()


def test_no_process_outlives_the_server(tmp_path: Path) -> None:
    with served(tmp_path) as live:
        below = {live.generation(), live.nursery(), *live.workers()}
        os.kill(live.process.pid, signal.SIGKILL)
        live.process.wait()
        until = time.monotonic() + 10
        while any(_lives(each) for each in below) and time.monotonic() < until:
            time.sleep(0.05)
        assert [each for each in below if _lives(each)] == []


def _lives(number: int) -> bool:
    try:
        state = Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_server_that_is_told_to_end_finishes_what_it_has_begun(tmp_path: Path) -> None:
    async def ended() -> httpx.Response:
        async with httpx.AsyncClient(base_url=live.address, timeout=60) as client:
            running = asyncio.create_task(client.get("/sparql", params={"query": ENDLESS}))
            await asyncio.sleep(0.5)
            live.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.3)
            assert _unanswered(live.port)
            return await running

    def _unanswered(port: int) -> bool:
        """Whether a new request is not taken up any more: the address is the supervisor's until it ends."""
        with socket.socket() as attempt:
            attempt.settimeout(0.5)
            try:
                attempt.connect(("127.0.0.1", port))
                attempt.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                return attempt.recv(1) == b""
            except (TimeoutError, ConnectionError):
                return True

    with served(tmp_path, "--timeout", "1.5") as live:
        assert told(asyncio.run(ended())) == "time"
        assert live.process.wait(10) == 0
        assert children(live.process.pid) == set()


def test_what_takes_longer_than_the_end_may_is_cut_off_and_told_in_a_line(tmp_path: Path) -> None:
    with served(tmp_path, "--timeout", "20", "--drain", "1") as live:
        with socket.create_connection(("127.0.0.1", live.port), 10) as connection:
            query = quote(ENDLESS)
            connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.3)
            live.process.send_signal(signal.SIGTERM)
            with suppress(ConnectionError):
                assert connection.recv(1) == b""
        assert live.process.wait(10) == 0
        lines = [line for line in live.written().splitlines() if not line.startswith(("{", "http"))]
        assert lines == ["mandategraph: cut off 1 requests that took beyond 1 seconds"]
