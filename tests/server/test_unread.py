"""What clients leave unread is bounded, by client and in all, and what is read is whole and in its order."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from inline import ask, service
from live import Live, own, served
from starlette.responses import Response

from mandategraph.server import problems
from mandategraph.server.envelope import Envelope
from mandategraph.server.observation import Observation
from mandategraph.server.settings import MIB, Patience, Settings
from mandategraph.server.unread import LONG, Unread, unread_of

RESULT = 1
# So many make an answer of more than half of the largest.
ROWS = 4_000


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server whose answers are small, and so are the heaps of them."""
    options = ("--result", str(RESULT), "--budget", "100000", "--reading-timeout", "60")
    with served(tmp_path_factory.mktemp("unread"), *options) as running:
        yield running


def asked(live: Live, address: str, number: int, rows: int = ROWS) -> socket.socket:
    """A connection from an address of this machine that has asked for a long answer, unlike any other."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.settimeout(20)
    connection.bind((address, 0))
    connection.connect(("127.0.0.1", live.port))
    query = quote(f"SELECT * {{ ?s ?p ?o }} LIMIT {rows} OFFSET {number}")
    connection.sendall(f"GET /sparql?format=csv&query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def statuses(connections: list[socket.socket]) -> list[int]:
    """What each is told."""
    return [int(each.recv(12).split()[1]) for each in connections]


def by(live: Live, address: str, path: str, **parameters: str) -> httpx.Response:
    """The answer to a request from an address of this machine."""
    plain = {"Accept-Encoding": "identity"}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=address), headers=plain, timeout=30) as client:
        return client.get(f"{live.address}{path}", params=parameters)


def test_who_leaves_answers_unread_is_asked_to_read_them_first(live: Live) -> None:
    with ExitStack() as kept:
        some = [kept.enter_context(asked(live, "127.0.0.2", number)) for number in range(20)]
        found = Counter(statuses(some))
        assert found == {200: found[200], 429: 20 - found[200]}
        assert found[200] in (4, 5)
        refused = by(live, "127.0.0.2", "sparql", query="ASK {}")
        problem = refused.json()
        assert (refused.status_code, problem["limit"], problem["maximum"]) == (429, "unread", 4 * RESULT)
        assert (problem["type"], refused.headers["retry-after"]) == ("/docs#limit-unread", "5")
        assert by(live, "127.0.0.2", "api/plans").status_code == 429
        assert by(live, "127.0.0.2", "healthz").status_code == 200
        assert by(live, "127.0.0.3", "sparql", query="ASK {}").status_code == 200
        with asked(live, "127.0.0.3", 100) as other:
            assert statuses([other]) == [200]
    time.sleep(0.3)
    assert by(live, "127.0.0.2", "sparql", query="ASK {}").status_code == 200


def test_all_clients_together_leave_no_more_unread_than_there_is_room_for(live: Live) -> None:
    before = own(live.generation())
    with ExitStack() as kept:
        many = [kept.enter_context(asked(live, f"127.0.1.{n % 20}", n)) for n in range(60)]
        found = Counter(statuses(many))
        assert found == {200: found[200], 503: 60 - found[200]}
        assert 16 <= found[200] <= 22
        # One that is short is answered all the same.
        assert by(live, "127.0.0.3", "sparql", query="ASK {}").status_code == 200
        told = by(live, "127.0.0.3", "sparql", query=f"SELECT * {{ ?s ?p ?o }} LIMIT {ROWS}", format="csv")
        assert (told.status_code, told.json()["limit"], told.json()["maximum"]) == (503, "unread", 16 * RESULT)
        assert own(live.generation()) < before + 48 * 1024
    time.sleep(0.3)
    with asked(live, "127.0.0.3", 200) as after:
        assert statuses([after]) == [200]


def test_one_answer_that_many_do_not_read_is_there_once(live: Live) -> None:
    query = quote(f"SELECT * {{ ?s ?p ?o }} LIMIT {ROWS}")
    before = own(live.generation())
    with ExitStack() as kept:
        many = []
        for number in range(60):
            if number % 3 == 0:
                by(live, "127.0.0.3", "sparql", query=f"SELECT * {{ ?s ?p ?o }} LIMIT {ROWS}", format="csv")
            connection = kept.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", live.port))
            connection.sendall(f"GET /sparql?format=csv&query={query} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            many.append(connection)
        assert Counter(statuses(many)) == {200: 60}
        assert own(live.generation()) < before + 16 * 1024


@pytest.mark.parametrize("last", ["keep-alive", "close"])
def test_long_answers_come_whole_and_in_their_order(live: Live, last: str) -> None:
    """All are asked at once; a short one between them waits for its turn."""
    texts = [f"SELECT * {{ ?s ?p ?o }} LIMIT {rows} OFFSET {rows}" for rows in (3000, 1, 3500, 2, 4000)]
    expected = [by(live, "127.0.0.3", "sparql", query=text, format="csv").content for text in texts]
    with socket.create_connection(("127.0.0.1", live.port), 20) as connection:
        for text in texts:
            kept = last if text == texts[-1] else "keep-alive"
            line = f"GET /sparql?format=csv&query={quote(text)} HTTP/1.1\r\nHost: x\r\nConnection: {kept}\r\n\r\n"
            connection.sendall(line.encode())
        time.sleep(1)
        reading = connection.makefile("rb")
        for body in expected:
            assert reading.readline() == b"HTTP/1.1 200 OK\r\n"
            while reading.readline().strip():
                pass
            assert reading.read(len(body)) == body
        assert max(map(len, expected)) > 5 * LONG
        if last == "close":
            assert reading.read() == b""


def test_a_client_that_leaves_in_the_middle_leaves_nothing_unread(live: Live) -> None:
    for number in range(30):
        with asked(live, "127.0.0.4", number) as connection:
            assert statuses([connection]) == [200]


def test_what_is_refused_at_last_is_a_whole_problem_with_the_headers_of_every_answer() -> None:
    unread, pages = Unread(10, 2 * LONG, 2 * LONG), service().pages
    lines: list[str] = []
    held = Envelope(
        Response(b"a" * 2 * LONG),
        {},
        Observation(Settings(), lines.append),
        lambda method, accept, error: problems.answered(method, accept, error, pages),
        unread,
        "time=20",
    )
    assert ask(held, path="/").content == b"a" * 2 * LONG
    other = b"b"
    unread.add("192.0.2.9", other)
    refused = ask(held, path="/")
    assert (refused.status_code, refused.json()["limit"]) == (503, "unread")
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert int(refused.headers["content-length"]) == len(refused.content)
    assert '"status": 503' in lines[-1]
    assert ask(held, "HEAD", "/").status_code == 200
    unread.remove("192.0.2.9", other)
    assert ask(held, path="/").status_code == 200


def test_an_answer_counts_once_for_all_and_once_for_each_client() -> None:
    unread, one, two = Unread(100, 250, 300), b"a" * 100, b"b" * 100
    for client, body in (("x", one), ("x", one), ("y", one), ("x", two)):
        unread.add(client, body)
    assert (unread.size, unread.of("x"), unread.of("y"), unread.of("z")) == (200, 200, 100, 0)
    assert (unread.may_ask("x"), unread.may_ask("y"), unread.may_ask("z")) == (False, True, True)
    assert [unread.may_have("x", each) for each in (one, b"c" * 50, b"c" * 51)] == [True, True, False]
    assert [unread.has_room(each) for each in (one, b"c" * 100, b"c" * 101)] == [True, True, False]
    for client, body in (("x", one), ("x", two), ("x", one)):
        unread.remove(client, body)
    assert (unread.size, unread.of("x"), unread.of("y")) == (100, 0, 100)
    unread.remove("y", one)
    assert unread.size == 0


def test_the_room_is_that_of_so_many_answers() -> None:
    unread = unread_of(Settings(patience=Patience(unread=3, unread_per_client=2)))
    assert (unread.per_client, unread.most) == (64 * MIB, 96 * MIB)


def test_no_more_than_that_is_in_memory_where_nobody_reads(tmp_path: Path) -> None:
    """Sixty answers of more than 16 MiB each, asked for by one client at once."""
    with served(tmp_path, "--budget", "100000", "--cache", "0", "--workers", "2") as live, ExitStack() as kept:
        before = own(live.generation())
        some = [kept.enter_context(asked(live, "127.0.0.2", n, 10**6)) for n in range(60)]
        for each in some:
            each.settimeout(60)
        assert 4 <= statuses(some).count(200) < 10
        assert own(live.generation()) < before + 8 * 32 * 1024
