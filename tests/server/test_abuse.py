"""Requests that want what is not theirs: files, other servers, other people's answers, headers of their own making."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import quote

import httpx
import pytest
from live import Live, served

LIGHT = "ASK { ?s ?p ?o }"
SECURITY = ("content-security-policy", "x-content-type-options", "referrer-policy", "access-control-allow-origin")
QUERY = b"Host: x\r\nContent-Type: application/sparql-query\r\n"
ELSEWHERE = "http://elsewhere.example/"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that is generous with query time, for its client is this test alone."""
    with served(tmp_path_factory.mktemp("abuse"), "--timeout", "2", "--budget", "100000") as running:
        yield running


def raw(live: Live, sent: bytes) -> bytes:
    """What comes back for bytes, until the server closes the connection."""
    found = b""
    with socket.create_connection(("127.0.0.1", live.port), 20) as connection, suppress(ConnectionError):
        connection.sendall(sent)
        while part := connection.recv(65536):
            found += part
    return found


def requested(live: Live, target: str, method: str = "GET", *headers: str) -> tuple[int, bytes]:
    """The status and the whole answer for a request whose target is sent as it stands."""
    lines = (f"{method} {target} HTTP/1.1", "Host: x", "Connection: close", *headers)
    found = raw(live, "\r\n".join((*lines, "", "")).encode("latin-1"))
    return int(found.split(b" ", 2)[1]), found


# Files


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cetc%5cpasswd",
        "//etc/passwd",
        "/style.css/../../../../../etc/passwd",
        "/graph/../../../../../etc/passwd",
        "/graph/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/etc/passwd.ttl",
        "/graph/registry.ttl%00.html",
        "/api/questions/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/api/questions/../../pyproject.toml",
        "/ontology/../release.json",
        "file:///etc/passwd",
    ],
)
def test_a_path_leads_to_no_file(live: Live, target: str) -> None:
    status, found = requested(live, target)
    assert status in (400, 404)
    assert b"root:" not in found
    assert b"[project]" not in found
    assert b'"digests"' not in found


# Other servers


def test_no_parameter_of_any_route_is_an_address_to_fetch(live: Live) -> None:
    """Each is given one, of a server that would tell; so is each path with a part that may be anything."""
    described = live.client.get("/openapi.json").json()["paths"]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        tried = 0
        for path, operations in described.items():
            for method, operation in operations.items():
                named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
                target = path.replace("{", "\0").replace("}", "\0").split("\0")
                filled = "".join(quote(address, safe="") if index % 2 else part for index, part in enumerate(target))
                assert live.client.request(method, filled, params=dict.fromkeys(named, address)).status_code < 500
                tried += 1
        assert tried > 20
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize("method", ["GET", "CONNECT", "POST"])
def test_it_is_no_proxy(live: Live, method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        target = f"127.0.0.1:{port}" if method == "CONNECT" else f"http://127.0.0.1:{port}/nothing-here"
        status, _ = requested(live, target, method)
        assert status in (400, 404, 405)
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()


# Headers


@pytest.mark.parametrize(
    "header",
    [
        ("Accept", ", ".join(f"text/x{i};q=0.{i % 999:03}" for i in range(1500))),
        ("Accept", "," * 30_000),
        ("Accept", "text/html;" + "a=b;" * 7_000),
        ("Accept", "*/*;q=" + "9" * 20_000),
        ("Accept-Encoding", ", ".join(f"x{i};q=0.1" for i in range(2_500))),
        ("If-None-Match", ", ".join(f'W/"{i:032x}"' for i in range(800))),
        ("If-Modified-Since", "x" * 30_000),
        ("If-Modified-Since", "Thu, 99 Foo 99999 99:99:99 GMT"),
        ("Range", "bytes=0-0," + "1-2," * 5_000),
        ("Cookie", "a=b;" * 7_000),
        ("Accept-Language", "x-" * 15_000),
        ("Expect", "100-continue"),
        ("Upgrade", "websocket"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Content-Length", "0"),
    ],
    ids=lambda header: f"{header[0]} {header[1][:12]}",
)
def test_an_odd_header_is_answered_at_once_and_whole(live: Live, header: tuple[str, str]) -> None:
    since = time.monotonic()
    response = live.client.get("/sparql", params={"query": LIGHT, "format": "json"}, headers=dict([header]))
    assert time.monotonic() - since < 1
    assert (response.status_code, response.json()["boolean"]) == (200, True)


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n: empty\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nASK{}",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nAccept: */*\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\n" + QUERY + b"Transfer-Encoding: gzip, chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\n"
        + QUERY
        + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        b"POST /sparql HTTP/1.0\r\n" + QUERY + b"Transfer-Encoding: chunked\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n",
        b"GET / HTTP/0.9\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
    ],
    ids=[
        *("folded", "nameless", "blank", "negative", "two lengths", "unknown coding", "2.0"),
        *("two hosts", "one host twice", "no host", "two codings", "two codings apart", "chunks in 1.0"),
        *("0.9", "no version", "2.0 as 1.1"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(live: Live, sent: bytes) -> None:
    found = raw(live, sent)
    assert found.split(b" ", 2)[1] in (b"400", b"415", b"501")
    assert found.count(b"\r\ncontent-length: ") == 1


@pytest.mark.parametrize(
    "target", ["/sparql/?query=%0d%0aSet-Cookie:%20a", "/api/actions?notation=1.2%0d%0aX-Own:%20a"]
)
def test_nothing_a_request_says_becomes_a_header(live: Live, target: str) -> None:
    _, found = requested(live, target, "GET", "Origin: https://elsewhere.example", "Accept: application/json")
    head = found.partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nset-cookie" not in head
    assert b"\r\nx-own" not in head
    assert b"\r\naccess-control-allow-origin: *" in head
    assert b"access-control-allow-credentials" not in head


# Other people's answers


def test_what_one_client_says_is_not_in_the_answer_another_gets(live: Live) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 11"}
    theirs = {"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "ftp", "Origin": ELSEWHERE}
    for path, parameters in {"/sparql": query, "/docs": {}, "/support": {"action": "1.2"}, "/": {}}.items():
        told = live.client.get(path, params=parameters, headers={**theirs, "Host": "elsewhere.example"})
        ours = live.client.get(path, params=parameters)
        assert told.text == ours.text
        assert "elsewhere.example" not in told.text


def test_forms_and_codings_do_not_stand_in_for_one_another(live: Live) -> None:
    query = {"query": "SELECT * { ?s ?p ?o } LIMIT 12"}
    found: dict[tuple[str, str], httpx.Response] = {}
    for _ in range(2):
        for media in ("application/sparql-results+json", "text/csv", "text/html"):
            for coding in ("identity", "gzip", "zstd"):
                headers = {"Accept": media, "Accept-Encoding": coding}
                response = live.client.get("/sparql", params=query, headers=headers)
                assert response.headers["content-type"].startswith(media)
                assert response.headers.get("content-encoding", "identity") == coding
                assert {each.strip() for each in response.headers["vary"].split(",")} == {"Accept", "Accept-Encoding"}
                before = found.setdefault((media, coding), response)
                assert (before.headers["etag"], before.content) == (response.headers["etag"], response.content)
    assert len({each.headers["etag"] for each in found.values()}) == 9


# Every answer


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/sparql?query=ASK%7B%7D", 200),
        ("OPTIONS", "/sparql", 204),
        ("GET", "/sparql/?query=x", 308),
        ("GET", "/sparql?query=ASK", 400),
        ("GET", "/nothing", 404),
        ("DELETE", "/sparql", 405),
        ("GET", "/sparql?query=ASK%7B%7D&format=ttl", 406),
        ("GET", "/sparql?query=" + "x" * 20_001, 413),
        ("POST", "/sparql", 415),
        ("GET", "/sparql?timeout=0.1&query=" + quote("SELECT (COUNT(*) AS ?n) {?a ?b ?c . ?d ?e ?f . ?g ?h ?i}"), 503),
    ],
)
def test_every_answer_lets_a_browser_do_nothing_more(live: Live, method: str, target: str, status: int) -> None:
    response = live.client.request(method, target)
    assert response.status_code == status
    assert [name for name in SECURITY if name not in response.headers] == []
    assert "set-cookie" not in response.headers
    assert "server" not in response.headers
    assert "Traceback" not in response.text


def test_the_server_is_as_it_was(live: Live) -> None:
    assert live.client.get("/readyz").status_code == 200
    assert "Traceback" not in live.written()
