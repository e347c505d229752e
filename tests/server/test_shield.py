"""The shield: slow headers, slow bodies, silent connections, slow readers and oversized requests are cut off."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from live import Live, own, served
from uvicorn.server import ServerState

from mandategraph.server import refusal
from mandategraph.server.envelope import HEADERS as HEADERS_OF_ALL
from mandategraph.server.observation import Observation
from mandategraph.server.settings import MIB, Patience, Settings
from mandategraph.server.shield import Shield
from mandategraph.server.unread import Unread

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
    assert (problem["limit"], problem["maximum"]) == ("headers-time", HEADERS)


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
    assert (told(found)[0], told(found)[1]["limit"]) == (408, "body-time")


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
    assert len(found.partition(b"\r\n\r\n")[2]) < int(fields(found)["content-length"])


def test_a_client_that_reads_slowly_has_its_answer_whole(live: Live) -> None:
    """What it reads comes from what waits in the kernel, and is no less read for that."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        connection.connect(("127.0.0.1", live.port))
        query = "SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"
        connection.sendall(f"GET /sparql?query={query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        found, until = b"", time.monotonic() + 3 * (READING + 1)
        while time.monotonic() < until:
            found += connection.recv(12_000)
            time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * MIB)
        found += until_closed(connection)[0]
    assert len(found.partition(b"\r\n\r\n")[2]) == int(fields(found)["content-length"]) > 10 * MIB


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
    limit, maximum = ("headers", 32 * 1024) if status == 431 else ("body", 128 * 1024)
    problem = told(found)[1]
    assert (told(found)[0], problem["status"], problem["limit"], problem["maximum"]) == (status, status, limit, maximum)
    assert problem["type"] == f"/docs#limit-{limit}"
    assert seconds < 1


def test_what_is_told_of_each_limit_is_at_its_address(live: Live) -> None:
    page = live.client.get("/docs").text
    patience = Patience()
    of_times = [refusal.of_time("headers", 1), refusal.of_time("body", 1)]
    of_sizes = [refusal.of_headers(patience), refusal.of_body(patience)]
    names = [each.members["limit"] for each in (*of_times, *of_sizes)]
    names += [each(patience).members["limit"] for each in (refusal.of_connections, refusal.of_client)]
    assert len({*names}) == 6
    assert [name for name in (*names, "unread", "idle", "reading") if f'id="limit-{name}"' not in page] == []


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


POST = (
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
)
ASK = b"6\r\nASK {}\r\n"
SLOW = b"GET /sparql?query=" + quote("SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}").encode()
FIELD = b"X: " + b"a" * 500 + b"\r\n"


@pytest.mark.parametrize(
    ("before", "again", "status", "limit"),
    [
        (POST + ASK + b"0\r\n", FIELD, 431, "headers"),
        (POST + ASK + b"0\r\n", b"X:\r\n", 431, "headers"),
        (POST + ASK + b"0\r\nX: ", b"a" * 500, 413, "body"),
        (POST + b"6;", b"a=b;" * 100, 413, "body"),
        (POST + b'6;a="', b"a" * 500, 413, "body"),
        (POST, b"0" * 500, 413, "body"),
        (b"GET /", b"a" * 500, 431, "headers"),
        (b"GET / HTTP/1.1\r\n", b"X:\r\n", 431, "headers"),
        (b"GET / HTTP/1.1\r\nX: ", b"a" * 500, 431, "headers"),
        (b"GET / HTTP/1.1\r\nX", b"a" * 500, 431, "headers"),
        (b"", b"\r\n" * 100, 431, "headers"),
    ],
    ids=[
        *("trailers", "short trailers", "a trailer", "extensions", "an extension", "zeros"),
        *("address", "short fields", "value", "name", "empty lines"),
    ],
)
def test_what_has_no_end_is_cut_off_and_not_kept(
    live: Live, before: bytes, again: bytes, status: int, limit: str
) -> None:
    at_first, most = own(live.generation()), 4 * MIB
    with connected(live) as connection:
        sent = 0
        with suppress(ConnectionError):
            connection.sendall(before)
            while sent < most:
                connection.sendall(again)
                sent += len(again)
        found, _ = until_closed(connection)
    assert sent < most
    assert (told(found)[0], told(found)[1]["limit"]) == (status, limit)
    assert own(live.generation()) < at_first + 4 * 1024


@pytest.mark.parametrize("again", [FIELD, b"\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_what_is_sent_ahead_of_an_answer_has_an_end_too(live: Live, again: bytes) -> None:
    """Nothing is told: it would be taken for the answer that is still to come."""
    with connected(live) as connection:
        connection.sendall(SLOW + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.2)
        sent = 0
        with suppress(ConnectionError):
            if again == FIELD:
                connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            while sent < 4 * MIB:
                connection.sendall(again * 100)
                sent += len(again * 100)
        found, _ = until_closed(connection)
    assert (sent < 4 * MIB, found) == (True, b"")


def test_requests_sent_ahead_are_answered_in_their_order(live: Live) -> None:
    numbers = list(range(20))
    with connected(live) as connection:
        for number in numbers:
            last = "close" if number == numbers[-1] else "keep-alive"
            query = quote(f"SELECT ({number} AS ?n) {{}}")
            connection.sendall(
                f"GET /sparql?format=csv&query={query} HTTP/1.1\r\nHost: x\r\nConnection: {last}\r\n\r\n".encode()
            )
        found, _ = until_closed(connection)
    assert [int(part.split(b"\r\n")[1]) for part in found.split(b"\r\n\r\n")[1:]] == numbers


def test_an_honest_body_may_come_in_any_chunks_and_have_trailers(live: Live) -> None:
    query = b"ASK {}".ljust(128 * 1024)
    for length in (1, 7, 4096, len(query)):
        parts = [query[start : start + length] for start in range(0, len(query), length)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
        with connected(live) as connection:
            connection.sendall(POST.replace(b"Host: x", b"Host: x\r\nConnection: close") + body)
            connection.sendall(b"0\r\nX-Checked: yes\r\nHost: elsewhere\r\n\r\n")
            found, _ = until_closed(connection)
        status, problem = told(found)
        # A query of so many characters is too long, which only who has the whole body can tell.
        assert (status, problem["limit"]) == (413, "length")


def test_one_connection_too_many_is_told_so_and_others_are_served_when_there_is_room(tmp_path: Path) -> None:
    with served(tmp_path, "--connections", "5", "--headers-timeout", "4") as live:
        held = [socket.create_connection(("127.0.0.1", live.port)) for _ in range(5)]
        with connected(live) as late:
            late.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            found, _ = until_closed(late)
        assert told(found)[0] == 503
        assert (told(found)[1]["limit"], told(found)[1]["maximum"]) == ("connections", 5)
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
        refused = [problem for each in open_ones if (problem := _refused(each))]
        assert len(refused) >= 5
        assert {(each["limit"], each["maximum"]) for each in refused} == {("connections-of-client", 20)}
        with socket.create_connection(("127.0.0.1", live.port), source_address=("127.0.0.3", 0)) as other:
            other.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert other.recv(65536).startswith(b"HTTP/1.1 200")
    finally:
        for each in open_ones:
            each.close()


def _refused(connection: socket.socket) -> dict[str, object] | None:
    connection.settimeout(0.05)
    try:
        status, problem = told(connection.recv(65536))
    except TimeoutError:
        return None
    return problem if status == 429 else None


class Wire(asyncio.Transport):
    """A transport to an address, which nothing is sent over."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.written = address, b""

    def get_extra_info(self, name: str, default: object = None) -> object:
        """The address."""
        return (self.address, 50_000) if name == "peername" else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """There is no buffer."""
        assert (high, low) == (0, None)

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep what is written."""
        self.written += bytes(data)

    def is_closing(self) -> bool:
        """Whether it is closed."""
        return False

    def close(self) -> None:
        """Nothing is to be closed."""


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [
        (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3"], [False, False, True]),
        (["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:3::3"], [False, False, False]),
        (["192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1"], [False, False, True]),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], [False, False, False]),
    ],
)
def test_the_connections_of_a_client_are_those_of_its_network(addresses: list[str], refused: list[bool]) -> None:
    async def connections() -> list[bool]:
        patience = Patience(per_client=2)
        lines: list[str] = []
        shield = Shield(patience, Observation(Settings(), lines.append), Unread(1, 1, 1))
        config = uvicorn.Config(lambda: None, log_config=None)
        found = []
        for address in addresses:
            wire = Wire(address)
            connection = shield.protocol()(config, ServerState(), {})  # type: ignore[call-arg] # of the server's protocols
            connection.connection_made(wire)
            found.append(wire.written.startswith(b"HTTP/1.1 429"))
        return found

    assert asyncio.run(connections()) == refused


def test_the_server_is_as_it_was_afterwards(live: Live) -> None:
    time.sleep(0.3)
    assert live.client.get("/readyz").json()["status"] == "ready"
    assert "Traceback" not in live.written()
