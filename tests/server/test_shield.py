"""The shield: slow headers, slow bodies, silent connections, slow readers and oversized requests are cut off."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from live import Live, served

from mandategraph.server.envelope import HEADERS as HEADERS_OF_ALL

HEADERS, BODY, IDLE, READING = 1.0, 1.5, 2.0, 2.0
SLACK = 1.6
OPTIONS = (
    *("--headers-timeout", str(HEADERS), "--body-timeout", str(BODY)),
    *("--idle-timeout", "2", "--reading-timeout", str(READING), "--connections-per-client", "20", "--metrics"),
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server of little patience."""
    with served(tmp_path_factory.mktemp("shield"), *OPTIONS) as running:
        yield running


@contextmanager
def connected(live: Live) -> Iterator[socket.socket]:
    """A connection to the server."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=10) as connection:
        yield connection


def until_closed(connection: socket.socket) -> tuple[bytes, float]:
    """What comes until the server closes a connection, and how many seconds that took."""
    since = time.monotonic()
    found = b""
    with suppress(ConnectionError):
        while part := connection.recv(65536):
            found += part
    return found, time.monotonic() - since


def told(found: bytes) -> tuple[int, dict[str, object]]:
    """The status and the problem of an answer."""
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize("sent", [b"", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_connection_that_is_silent_or_sends_half_its_headers_is_cut_off(live: Live, sent: bytes) -> None:
    with connected(live) as connection:
        connection.sendall(sent)
        found, seconds = until_closed(connection)
    assert seconds + 0.1 >= HEADERS
    assert seconds < HEADERS + SLACK
    status, problem = told(found)
    assert (status, problem["status"]) == (408, 408)
    assert "headers" in str(problem["detail"])


def test_headers_that_drip_do_not_win_time(live: Live) -> None:
    since = time.monotonic()
    with connected(live) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with suppress(ConnectionError):
            while time.monotonic() - since < HEADERS + SLACK + 2:
                connection.sendall(b"X-A: b\r\n")
                time.sleep(0.1)
    assert time.monotonic() - since < HEADERS + SLACK + 0.5


@pytest.mark.parametrize(
    "sent",
    [b"Content-Length: 100\r\n\r\nASK", b"Transfer-Encoding: chunked\r\n\r\n3\r\nASK\r\n"],
    ids=["length", "chunks"],
)
def test_a_body_that_does_not_come_is_cut_off(live: Live, sent: bytes) -> None:
    with connected(live) as connection:
        connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n" + sent)
        found, seconds = until_closed(connection)
    assert seconds + 0.1 >= BODY
    assert seconds < BODY + SLACK
    assert told(found)[0] == 408


def test_a_connection_that_is_idle_after_its_answer_is_closed(live: Live) -> None:
    with connected(live) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        found, seconds = until_closed(connection)
    assert found.startswith(b"HTTP/1.1 200")
    assert seconds < IDLE + SLACK


def test_a_second_request_on_a_connection_has_its_own_time(live: Live) -> None:
    with connected(live) as connection:
        for _ in range(3):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answered = b""
            while not answered.endswith(b'{"status":"alive"}'):
                answered += connection.recv(65536)
            assert answered.startswith(b"HTTP/1.1 200")
            time.sleep(HEADERS * 0.8)
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")
        found, seconds = until_closed(connection)
    assert told(found)[0] == 408
    assert seconds + 0.1 >= HEADERS


def test_a_client_that_does_not_read_its_answer_is_cut_off(live: Live) -> None:
    with connected(live) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        query = "SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        time.sleep(READING + SLACK + 1)
        found, _ = until_closed(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    assert len(body) < length


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"a" * 40_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 5_000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000, 431),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /nothing HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
    ],
    ids=["address", "header", "headers", "headers without end", "body", "body for nobody"],
)
def test_what_is_too_large_is_refused(live: Live, sent: bytes, status: int) -> None:
    with connected(live) as connection:
        with suppress(ConnectionError):
            connection.sendall(sent)
        found, seconds = until_closed(connection)
    assert (told(found)[0], told(found)[1]["status"]) == (status, status)
    assert seconds < 1


def fields(found: bytes) -> dict[str, str]:
    """The headers of an answer."""
    head = found.partition(b"\r\n\r\n")[0].decode()
    return dict(line.split(": ", 1) for line in head.split("\r\n")[1:])


@pytest.mark.parametrize(
    ("sent", "status", "path"),
    [
        (b"GET /a?" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 431, "/a"),
        (b"POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413, "/b"),
        (b"GET / HTTP/1.1\r\nHo", 408, ""),
        (b"no HTTP\r\n\r\n", 400, ""),
    ],
    ids=["headers", "body", "slow", "no HTTP"],
)
def test_what_is_refused_is_logged_counted_and_safe_to_look_at(live: Live, sent: bytes, status: int, path: str) -> None:
    method = sent.partition(b" ")[0].decode() if path else ""
    label = method if method in ("GET", "POST") else "other"
    counter = f'mandategraph_requests_total{{method="{label}",status="{status}"}} '

    def counted() -> float:
        lines = live.client.get("/metrics").text.splitlines()
        return sum(float(line.removeprefix(counter)) for line in lines if line.startswith(counter))

    before, logged = counted(), len(live.written().splitlines())
    with connected(live) as connection:
        connection.sendall(sent)
        found, _ = until_closed(connection)
    headers = fields(found)
    assert headers.items() >= {name.lower(): value for name, value in HEADERS_OF_ALL.items()}.items()
    assert headers["content-type"] == "application/problem+json"
    assert counted() == before + 1
    lines = [json.loads(line) for line in live.written().splitlines()[logged:]]
    refused = [line for line in lines if line["status"] == status]
    assert [(line["method"], line["path"], line["client"]) for line in refused] == [(method, path, "127.0.0.0/24")]


def test_one_connection_too_many_is_told_so_and_others_are_served_when_there_is_room(tmp_path: Path) -> None:
    with served(tmp_path, "--connections", "5", "--headers-timeout", "4") as live:
        held = [socket.create_connection(("127.0.0.1", live.port)) for _ in range(5)]
        with connected(live) as late:
            late.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            found, _ = until_closed(late)
        assert told(found)[0] == 503
        assert "at most 5 connections" in str(told(found)[1]["detail"])
        assert fields(found)["retry-after"] == "1"
        with connected(live) as silent:
            found, seconds = until_closed(silent)
        assert told(found)[0] == 503
        assert seconds < 2.5
        for each in held:
            each.close()
        time.sleep(0.1)
        assert live.client.get("/healthz").status_code == 200
        assert len([line for line in live.written().splitlines() if '"status": 503' in line]) == 2


def test_an_answer_goes_out_in_one_piece(live: Live) -> None:
    """Two writes of a small answer would be two packets, and two turns of a client that reads them."""
    with connected(live) as connection:
        for _ in range(20):
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            found = connection.recv(65536)
            assert found.endswith(b'{"status":"alive"}')


def test_a_body_in_chunks_is_bounded_too(live: Live) -> None:
    with connected(live) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        with suppress(ConnectionError):
            for _ in range(40):
                connection.sendall(b"2000\r\n" + b" " * 0x2000 + b"\r\n")
        found, _ = until_closed(connection)
    assert told(found)[0] == 413


@pytest.mark.parametrize(
    "sent",
    [b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nA\x00: b\r\n\r\n"],
)
def test_what_is_no_http_is_told_so_and_closed(live: Live, sent: bytes) -> None:
    with connected(live) as connection:
        connection.sendall(sent)
        found, seconds = until_closed(connection)
    assert found.startswith(b"HTTP/1.1 400")
    assert seconds < 1


def test_the_length_of_a_body_is_told_once(live: Live) -> None:
    with connected(live) as connection:
        connection.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        )
        found, _ = until_closed(connection)
    assert found.startswith(b"HTTP/1.1 400")


def test_the_connections_of_one_client_are_bounded_and_others_are_served(live: Live) -> None:
    open_ones = [socket.create_connection(("127.0.0.1", live.port)) for _ in range(25)]
    try:
        refused = [each for each in open_ones if _refused(each)]
        assert len(refused) >= 5
        with socket.create_connection(("127.0.0.1", live.port), source_address=("127.0.0.3", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert other.recv(65536).startswith(b"HTTP/1.1 200")
    finally:
        for each in open_ones:
            each.close()


def _refused(connection: socket.socket) -> bool:
    connection.settimeout(0.05)
    try:
        return connection.recv(65536).startswith(b"HTTP/1.1 429")
    except TimeoutError:
        return False


def test_the_server_is_as_it_was_afterwards(live: Live) -> None:
    time.sleep(0.3)
    assert live.client.get("/readyz").json()["status"] == "ready"
    assert "Traceback" not in live.written()
