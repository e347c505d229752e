"""A line to a store: every failure of the network or the store is an error that says where, and tells no secret."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.errors import LimitReached, StoreFault, UsageError
from mandategraph.store import credentials
from mandategraph.store.addresses import Endpoints, endpoint, endpoints, shown
from mandategraph.store.exchange import Patience
from mandategraph.store.link import Link
from mandategraph.store.syntax import BOOLEAN, GRAPH, ROWS
from scripted import RESULTS, Reply, Request, Scripted, scripted
from servers import free_port

ROW = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri","value":"http://example.org/a"}}]}}'
SECRET = "hunter2 is the password"  # noqa: S105 - of nobody


@pytest.fixture(autouse=True)
def unknown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody is known to any store."""
    monkeypatch.delenv(credentials.USER, raising=False)
    monkeypatch.delenv(credentials.PASSWORD, raising=False)
    monkeypatch.setenv(credentials.NETRC, str(tmp_path / "none"))


def asked(reply: Reply, kind: str = ROWS, patience: Patience | None = None) -> object:
    """What a line makes of a reply."""
    with scripted(lambda _: reply) as server, Link(Endpoints(f"{server.address}/a/query"), patience) as link:
        return link.ask("SELECT * {}", [], kind)


def media(kind: str, body: bytes = ROW) -> Reply:
    """A reply of a media type."""
    return Reply(body=body, headers={"Content-Type": kind})


# What is sent


def test_a_query_is_sent_with_its_dataset_as_a_form() -> None:
    with scripted(lambda _: Reply()) as server, Link(Endpoints(f"{server.address}/query")) as link:
        link.ask("SELECT * { ?s ?p 'é&' }", [("default-graph-uri", "x:a"), ("named-graph-uri", "x:b")], ROWS)
    request = server.asked[0]
    assert request.form == {
        "query": ["SELECT * { ?s ?p 'é&' }"],
        "default-graph-uri": ["x:a"],
        "named-graph-uri": ["x:b"],
    }
    assert (request.method, request.headers["accept"]) == ("POST", RESULTS)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.headers["user-agent"].startswith("mandategraph/")


def test_an_update_and_a_graph_are_sent_to_their_places() -> None:
    with scripted(lambda _: Reply(204, b"", {})) as server:
        at = Endpoints(f"{server.address}/query", f"{server.address}/update", f"{server.address}/graphs?x=1")
        with Link(at) as link:
            link.update("DROP SILENT GRAPH <x:a>")
            link.put("x:a b", b"<x:s> <x:p> <x:o> .")
            link.put("x:a", b"", more=True)
    update, first, more = server.asked
    assert (update.path, update.form) == ("/update", {"update": ["DROP SILENT GRAPH <x:a>"]})
    assert (first.method, first.path, first.body) == ("PUT", "/graphs?x=1&graph=x%3Aa+b", b"<x:s> <x:p> <x:o> .")
    assert first.headers["content-type"] == "text/turtle"
    assert (more.method, more.path) == ("POST", "/graphs?x=1&graph=x%3Aa")


# What is read


def test_rows_a_boolean_and_triples_are_read() -> None:
    rows = asked(media("application/json; charset=utf-8"))
    assert isinstance(rows, ox.QuerySolutions)
    assert [row["a"] for row in rows] == [ox.NamedNode("http://example.org/a")]
    for truth in (True, False):
        boolean = asked(media(RESULTS, json.dumps({"head": {"link": []}, "boolean": truth}).encode()), BOOLEAN)
        assert isinstance(boolean, ox.QueryBoolean)
        assert bool(boolean) is truth
    for kind in ("application/n-triples", "text/turtle;charset=utf-8", "text/plain"):
        triples = asked(media(kind, "<x:s> <x:p> 'é' .".replace("'", '"').encode()), GRAPH)
        assert isinstance(triples, ox.QueryTriples)
        assert [str(triple) for triple in triples] == ['<x:s> <x:p> "é"']


def test_what_virtuoso_writes_in_its_own_way_is_read() -> None:
    cells = (
        '{"a": {"type": "typed-literal", "datatype": "http://www.w3.org/2001/XMLSchema#boolean", "value": "1"}},'
        '{"a": {"type": "bnode", "value": "nodeID://b12"}}, {"a": {"type": "literal", "value": "nodeID://b12"}}'
    )
    rows = asked(media(RESULTS, f'{{"head": {{"vars": ["a"]}}, "results": {{"bindings": [{cells}]}}}}'.encode()))
    assert isinstance(rows, ox.QuerySolutions)
    assert [str(row["a"]) for row in rows] == [
        '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>',
        "_:b12",
        '"nodeID://b12"',
    ]

    false = b'{"head":{"vars":["_star_fake"]},"results":{"bindings":[{"_star_fake":{"type":"literal","value":"1"}}]}}'
    rows = asked(media(RESULTS, false))
    assert isinstance(rows, ox.QuerySolutions)
    assert (list(rows.variables), len(list(rows))) == ([], 1)


def test_blank_nodes_of_two_answers_are_not_one() -> None:
    reply = media("application/n-triples", b"_:a <x:p> <x:o> .")
    one, other = asked(reply, GRAPH), asked(reply, GRAPH)
    assert isinstance(one, ox.QueryTriples)
    assert isinstance(other, ox.QueryTriples)
    assert next(one).subject != next(other).subject


# What goes wrong


@pytest.mark.parametrize(
    ("reply", "kind", "told"),
    [
        (media("text/html", b"<html>"), ROWS, f"expected an answer of {RESULTS}, found 'text/html'"),
        (Reply(headers={}), ROWS, f"expected an answer of {RESULTS}, found 'none'"),
        (media("application/sparql-results+xml"), BOOLEAN, f"expected an answer of {RESULTS}"),
        (media("application/rdf+xml"), GRAPH, "an answer of application/n-triples, found 'application/rdf+xml'"),
        (media(RESULTS, ROW[:-3]), ROWS, "expected a whole answer"),
        (media(RESULTS, ROW + b"}"), ROWS, "expected a whole answer"),
        (media(RESULTS, b""), ROWS, "expected a whole answer"),
        (media(RESULTS, b"[" * 100_000), ROWS, "expected a whole answer"),
        (media(RESULTS, b"\xff"), ROWS, "expected a whole answer"),
        (media(RESULTS, ROW.replace(b"http://example.org/a", b"no iri")), ROWS, "Invalid IRI"),
        (media(RESULTS, b'{"head":{},"boolean":true}'), ROWS, "a boolean where rows were asked for"),
        (media(RESULTS), BOOLEAN, "rows where a boolean was asked for"),
        (media(RESULTS, b'{"head":{},"boolean":true'), BOOLEAN, "expected a whole answer"),
        (media(RESULTS, b'{"head":{},"boolean":1}'), BOOLEAN, "expected a whole answer"),
        (media("application/n-triples", b"<x:s> <x:p> "), GRAPH, "expected a whole answer of application/n-triples"),
        (Reply(body=ROW, cut=5), ROWS, "expected a whole answer, found 'a connection that broke off"),
        (Reply(body=ROW, headers={"Content-Type": RESULTS, "Content-Encoding": "gzip"}), ROWS, "broke off"),
        (
            Reply(body=ROW, headers={"Content-Type": RESULTS, "X-SPARQL-MaxRows": "1"}),
            ROWS,
            "expected a whole answer, found 'one that the store has cut after 1 rows'",
        ),
        (Reply(400, b"Parse error:\n  at  1"), ROWS, "expected a store that does this, found '400 Parse error: at 1'"),
        (Reply(500, b"x" * 5000), ROWS, "found '500 xxx"),
        (Reply(503, b""), ROWS, "found '503'"),
        (Reply(401, b"who"), ROWS, "expected a user in MANDATEGRAPH_STORE_USER and MANDATEGRAPH_STORE_PASSWORD"),
        (Reply(403, b""), ROWS, "or in a netrc file, that may do this, found '403'"),
        (
            Reply(302, b"", {"Location": f"https://me:{SECRET}@example.org/sparql?key={SECRET}"}),
            ROWS,
            "expected a store that answers here, found '302, which points to https://example.org/sparql'",
        ),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_answer_is_told(reply: Reply, kind: str, told: str) -> None:
    with pytest.raises(StoreFault) as caught:
        asked(reply, kind)
    assert told in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.where.endswith("/a/query")


def test_a_store_that_is_not_there_is_told() -> None:
    with Link(Endpoints(f"http://127.0.0.1:{free_port()}/query")) as link, pytest.raises(StoreFault) as caught:
        link.ask("ASK {}", [], BOOLEAN)
    assert caught.value.expected == "a store that answers"
    assert "refused" in caught.value.found


@pytest.mark.parametrize("pause", [0.0, 1.0])
def test_an_answer_that_takes_too_long_is_given_up(pause: float) -> None:
    reply = Reply(body=ROW, pause=pause) if pause else Reply(body=ROW)
    patience = Patience(seconds=0.3 if pause else 0.0)
    with pytest.raises(LimitReached) as caught:
        asked(reply, patience=patience if pause else Patience(seconds=1e-9))
    assert (caught.value.limit, caught.value.unit) == ("time", "seconds")


def test_an_answer_that_is_too_large_is_given_up() -> None:
    with pytest.raises(LimitReached) as caught:
        asked(Reply(body=ROW), patience=Patience(most=len(ROW) - 1))
    assert (caught.value.limit, caught.value.maximum, caught.value.unit) == ("size", len(ROW) - 1, "bytes")
    assert isinstance(asked(Reply(body=ROW), patience=Patience(most=len(ROW))), ox.QuerySolutions)


# Addresses


@pytest.mark.parametrize(
    "url", ["", "localhost:7878", "ftp://example.org/", "http://", "http:///sparql", "file:///etc/passwd"]
)
def test_what_is_no_address_of_a_store_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="--store: expected an http"):
        endpoint(url, "--store")


@pytest.mark.parametrize(
    "url", [f"http://[{SECRET}", f"http://me:{SECRET}@example.org/sparql", f"http://example.org:{SECRET}/"]
)
def test_an_address_with_a_password_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        endpoint(url, "--to")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [("nothing", "'nothing'"), ("localhost:7878", "'localhost:7878'"), (f"me:{SECRET}@h/x?{SECRET}", "'h/x'")],
)
def test_what_was_given_for_an_address_is_told(url: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        endpoint(url, "--store")
    assert str(caught.value) == f"--store: expected an http(s) address, found {told}"


def test_an_address_is_shown_without_what_may_be_secret() -> None:
    assert (
        shown(f"https://me:{SECRET}@example.org:8443/sparql?key={SECRET}#{SECRET}") == "https://example.org:8443/sparql"
    )


def test_an_address_that_cannot_be_reached_is_told() -> None:
    with pytest.raises(UsageError, match="expected an address that can be reached"):
        Link(Endpoints("http://exa\x01mple.org/"))


@pytest.mark.parametrize(
    ("query", "given", "graph_stores", "expected"),
    [
        ("http://h/query", ("", ""), {"http://h/store"}, ("http://h/update", "http://h/store")),
        ("http://h/ds/query", ("", ""), {"http://h/ds/data"}, ("http://h/ds/update", "http://h/ds/data")),
        ("http://h/query", ("", ""), set(), ("http://h/update", "")),
        ("http://h/ds", ("", ""), {"http://h/ds"}, ("http://h/ds", "http://h/ds")),
        ("http://h/sparql", ("", ""), set(), ("http://h/sparql", "")),
        ("http://h/sparql", ("http://h/u", "http://h/g"), set(), ("http://h/u", "http://h/g")),
    ],
)  # fmt: skip
def test_the_other_addresses_are_told_from_the_first(
    query: str, given: tuple[str, str], graph_stores: set[str], expected: tuple[str, str]
) -> None:
    assert endpoints(query, *given, graph_stores.__contains__) == Endpoints(query, *expected)


@pytest.mark.parametrize(
    ("reply", "is_one"),
    [
        (media("application/n-triples", b""), True),
        (media("text/html", b""), False),
        (Reply(404, b"", {"Content-Type": "application/n-triples"}), False),
    ],
)
def test_a_graph_store_is_known_by_its_default_graph(reply: Reply, is_one: bool) -> None:  # noqa: FBT001 - what is expected
    with scripted(lambda _: reply) as server, Link(Endpoints(server.address)) as link:
        assert link.is_graph_store(f"{server.address}/store") is is_one
    assert [(request.method, request.path) for request in server.asked] == [("GET", "/store?default")]


# Who we are


def wanting(scheme: str) -> Iterator[Reply]:
    """Replies of a server that wants to know who asks, then is content."""
    yield Reply(401, b"", {"WWW-Authenticate": scheme})
    yield from iter(lambda: Reply(body=ROW), None)


def knowing(scheme: str, times: int = 1) -> Scripted:
    """What a server is asked that wants to know who asks."""
    replies = wanting(scheme)
    with scripted(lambda _: next(replies)) as server, Link(Endpoints(server.address)) as link:
        for _ in range(times):
            link.ask("SELECT * {}", [], ROWS)
    return server


def authorized(request: Request) -> str:
    """The name and password of a request by Basic."""
    scheme, _, told = request.headers.get("authorization", "").partition(" ")
    assert scheme in ("", "Basic")
    return base64.b64decode(told).decode()


def test_name_and_password_are_given_when_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.USER, "me")
    monkeypatch.setenv(credentials.PASSWORD, SECRET)
    server = knowing('Basic realm="x"', times=2)
    assert [authorized(request) for request in server.asked] == ["", f"me:{SECRET}", f"me:{SECRET}"]
    with scripted(lambda _: Reply()) as open_one, Link(Endpoints(open_one.address)) as link:
        link.ask("SELECT * {}", [], ROWS)
    assert "authorization" not in open_one.asked[0].headers


def test_digest_never_tells_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.USER, "me")
    monkeypatch.setenv(credentials.PASSWORD, SECRET)
    challenge = 'Digest realm="x", nonce="0123", opaque="45", qop="auth", algorithm="MD5"'
    replies = iter([Reply(401, b"", {"WWW-Authenticate": challenge})] * 2 + [Reply(body=ROW)] * 2)
    with scripted(lambda _: next(replies)) as server, Link(Endpoints(server.address)) as link:
        link.ask("SELECT * {}", [], ROWS)
        link.ask("SELECT * {}", [], ROWS)
    told = [request.headers.get("authorization", "") for request in server.asked]
    assert [each.partition(" ")[0] for each in told] == ["", "", "Digest", "Digest"]
    assert all('username="me"' in each and SECRET not in each for each in told[2:])


def test_name_and_password_come_from_a_netrc_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(
        "machine example.org login other password no\nmachine 127.0.0.1 login me password secret\n", "utf-8"
    )
    file.chmod(0o600)
    monkeypatch.setenv(credentials.NETRC, str(file))
    assert authorized(knowing('Basic realm="x"').asked[1]) == "me:secret"
    assert credentials.credentials("nowhere.example") is None


def test_a_netrc_file_that_cannot_be_read_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text(f"machine 127.0.0.1 {SECRET}", "utf-8")
    monkeypatch.setenv(credentials.NETRC, str(file))
    with pytest.raises(UsageError, match="expected a netrc file that can be read") as caught:
        credentials.credentials("127.0.0.1")
    assert SECRET not in str(caught.value)


def test_a_name_without_a_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.USER, "me")
    with pytest.raises(UsageError, match="expected both MANDATEGRAPH_STORE_USER and MANDATEGRAPH_STORE_PASSWORD"):
        knowing('Basic realm="x"')


def test_a_store_that_does_not_know_us_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(credentials.USER, "me")
    monkeypatch.setenv(credentials.PASSWORD, SECRET)
    reply = Reply(401, b"no", {"WWW-Authenticate": 'Basic realm="x"'})
    with (
        scripted(lambda _: reply) as server,
        Link(Endpoints(server.address)) as link,
        pytest.raises(StoreFault, match="expected a user in") as caught,
    ):
        link.ask("SELECT * {}", [], ROWS)
    assert len(server.asked) == 2
    assert SECRET not in str(caught.value)
