"""Users' queries at a store elsewhere: whole answers, limits that hold, and a connection that ends with its caller."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import pyoxigraph as ox
import pytest

from mandategraph import results
from mandategraph.errors import LimitReached, QueryRefused, StoreFault, SyntaxFault, UsageError
from mandategraph.store import Results
from mandategraph.store.addresses import Endpoints
from mandategraph.store.exchange import Dataset, Patience
from mandategraph.store.link import Link
from mandategraph.store.remote import RemoteStore
from mandategraph.store.remote_queries import RemoteQueries
from scripted import Reply, Request, scripted
from servers import MERGING, Server, free_port
from serving import manifest, store

BASE = manifest().base
REGISTRY, JUDGEMENTS = f"{BASE}graph/registry", f"{BASE}graph/judgements"
PATIENCE = Patience(seconds=60)
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ROW = b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"uri","value":"http://example.org/a"}}]}}'
Answer = TypeVar("Answer")


def asked(
    held: RemoteStore,
    text: str,
    write: Callable[[Results], Answer],
    graphs: tuple[Sequence[str], Sequence[str]] = ((), ()),
    patience: Patience = PATIENCE,
) -> Answer:
    """What a query at a store is answered."""

    async def answer() -> Answer:
        async with RemoteQueries(held, 4) as line:
            return await line.run(text, *graphs, patience, write)

    return asyncio.run(answer())


def written(form: str) -> Callable[[Results], bytes]:
    """What writes results in a format."""
    return lambda found: results.serialized(found, form)


def at(address: str) -> RemoteStore:
    """A store at an address that holds two graphs."""
    link = Link(Endpoints(address))
    return RemoteStore(link, Dataset(("x:a", "x:b"), ("x:a", "x:b"), "x:union"), lambda: True)


# Answers


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
def test_rows_are_written_as_those_that_are_here(remote: RemoteStore, form: str) -> None:
    text = (
        "SELECT ?s ?quoted ?words { ?s <https://w3id.org/mandategraph/ontology#quoted> ?quoted ; "
        "<https://w3id.org/mandategraph/ontology#text> ?words } ORDER BY ?s"
    )
    assert asked(remote, text, written(form)) == written(form)(store().query(text))


def test_a_boolean_and_a_graph_are_answered(remote: RemoteStore) -> None:
    text = f"ASK {{ GRAPH <{REGISTRY}> {{ ?s ?p ?o }} }}"
    assert asked(remote, text, written("json")) == b'{"head":{},"boolean":true}'
    text = f"CONSTRUCT {{ ?s a ?class }} WHERE {{ GRAPH <{REGISTRY}> {{ ?s a ?class }} }}"
    here = store().query(text)
    assert isinstance(here, ox.QueryTriples)
    assert asked(remote, text, _triples) == set(here)


def _triples(found: Results) -> set[ox.Triple]:
    assert isinstance(found, ox.QueryTriples)
    return set(found)


def _number(found: Results) -> int:
    assert isinstance(found, ox.QuerySolutions)
    term = next(found)["n"]
    assert isinstance(term, ox.Literal)
    return int(term.value)


def test_the_graphs_that_are_named_come_before_those_of_the_text(remote: RemoteStore) -> None:
    size = len(store().graph(ox.NamedNode(REGISTRY)))
    assert asked(remote, COUNT, _number) == len(store().default_triples())
    assert asked(remote, COUNT, _number, ([REGISTRY], [])) == size
    other = COUNT.replace("{", f"FROM <{JUDGEMENTS}> {{")
    assert asked(remote, other, _number, ([REGISTRY], [])) == size
    assert asked(remote, COUNT, _number, ([], [REGISTRY])) == 0
    assert asked(remote, COUNT, _number, (["http://example.org/none"], [])) == 0
    named = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert asked(remote, named, _number, ([], [REGISTRY, "http://example.org/none"])) == size
    assert asked(remote, named, _number, ([REGISTRY], [])) == 0


def test_graphs_are_merged_as_a_set_or_not_at_all(remote: RemoteStore, server: Server) -> None:
    named = [REGISTRY, JUDGEMENTS]
    union = {triple for name in named for triple in store().graph(ox.NamedNode(name))}
    if server.kind in MERGING:
        assert asked(remote, COUNT, _number, (named, [])) == len(union)
    else:
        with pytest.raises(UsageError, match="twice; found 2"):
            asked(remote, COUNT, _number, (named, []))
    assert asked(remote, COUNT, _number, (remote.dataset.data, [])) == len(store().default_triples())


def test_many_queries_are_answered_at_once(remote: RemoteStore) -> None:
    async def answers() -> list[int]:
        async with RemoteQueries(remote, 2) as line:
            texts = [f"SELECT ({number} AS ?n) {{}}" for number in range(12)]
            return list(await asyncio.gather(*(line.run(text, (), (), PATIENCE, _number) for text in texts)))

    assert asyncio.run(answers()) == list(range(12))


# What is never sent


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", SyntaxFault),
        ("INSERT DATA { <x:a> <x:b> <x:c> }", SyntaxFault),
        ("SELECT * {", SyntaxError),
        ("DEFINE get:soft 'replace' SELECT * { ?s ?p ?o }", SyntaxError),
    ],
)
def test_what_is_refused_is_never_sent(text: str, error: type[Exception]) -> None:
    with scripted(lambda _: Reply()) as server, pytest.raises(error):
        asked(at(server.address), text, written("json"))
    assert server.asked == []


def test_a_query_is_read_without_being_run() -> None:
    """Its kind is told of a query that would keep the engine busy for longer than anybody waits."""
    values = " ".join(f"VALUES ?a{number} {{ {' '.join(map(str, range(60)))} }}" for number in range(12))
    rows, boolean = b'{"head":{"vars":["n"]},"results":{"bindings":[]}}', b'{"head":{},"boolean":false}'
    with scripted(lambda request: Reply(body=boolean if b"ASK" in request.body else rows)) as server:
        began = time.monotonic()
        for text in (
            f"SELECT (COUNT(*) AS ?n) {{ {values} }}",
            f"SELECT * {{ {{ SELECT (MAX(?a1) AS ?n) {{ {values} }} }} }} ORDER BY ?n",
            f"ASK {{ FILTER EXISTS {{ {values} FILTER(?a1 + ?a2 < 0) }} }}",
            f"SELECT * {{ {values} }} ORDER BY ?a1 VALUES ?a1 {{ 1 2 }}",
        ):
            asked(at(server.address), text, written("json"))
        assert time.monotonic() - began < 5
    assert len(server.asked) == 4


# Limits and faults


def test_a_query_that_takes_too_long_is_given_up() -> None:
    with scripted(lambda _: Reply(body=ROW, pause=3)) as server:
        began = time.monotonic()
        with pytest.raises(LimitReached) as caught:
            asked(at(server.address), "SELECT * {}", written("json"), patience=Patience(seconds=0.3))
        assert time.monotonic() - began < 2
    assert (caught.value.limit, caught.value.maximum) == ("time", 0.3)


def test_an_answer_that_is_too_large_is_given_up() -> None:
    with scripted(lambda _: Reply(body=ROW)) as server, pytest.raises(LimitReached) as caught:
        asked(at(server.address), "SELECT * {}", written("json"), patience=Patience(most=len(ROW) - 1))
    assert (caught.value.limit, caught.value.maximum) == ("size", len(ROW) - 1)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(500, b"out of memory"), "expected a store that does this, found '500 out of memory'"),
        (Reply(body=ROW[:-1]), "expected a whole answer of"),
        (Reply(body=ROW, cut=4), "expected a whole answer, found 'a connection that broke off"),
        (Reply(headers={"Content-Type": "text/html"}), "expected an answer of application/sparql-results+json"),
    ],
)
def test_what_is_no_answer_is_told(reply: Reply, told: str) -> None:
    with scripted(lambda _: reply) as server, pytest.raises(StoreFault) as caught:
        asked(at(server.address), "SELECT * {}", written("json"))
    assert told in str(caught.value)


def test_a_store_that_is_not_there_is_told() -> None:
    with pytest.raises(StoreFault, match="expected a store that answers"):
        asked(at(f"http://127.0.0.1:{free_port()}/"), "SELECT * {}", written("json"))


def test_what_cannot_be_written_is_told_by_who_writes() -> None:
    with (
        scripted(lambda _: Reply(body=ROW)) as server,
        pytest.raises(UsageError, match="these results can be written as"),
    ):
        asked(at(server.address), "SELECT * {}", written("ttl"))


def test_an_answer_without_the_variables_asked_for_is_no_answer() -> None:
    with scripted(lambda _: Reply(body=ROW)) as server:
        assert asked(at(server.address), "SELECT * { ?a ?b ?c }", written("csv")).startswith(b"a\r\n")
        with pytest.raises(StoreFault, match="expected an answer with the variables b, found 'a'"):
            asked(at(server.address), "SELECT ?a ?b { ?a ?b ?c }", written("csv"))


@pytest.mark.parametrize(
    ("status", "said", "refused"),
    [
        (400, b"Parse error", True),
        (422, b"", True),
        (500, b"Virtuoso 22012 Error SR084: Division by 0.", True),
        (500, b"Virtuoso 37000 Error TR...: transitive start not given", True),
        (500, b"Virtuoso 42001 Error SR185: Undefined procedure", True),
        (500, b"The custom function <x:f> is not supported", True),
        (500, b"Virtuoso S1T00 Error SR171: Transaction timed out", False),
        (500, b"Virtuoso 40001 Error SR172: Transaction deadlocked", False),
        (500, b"out of memory", False),
        (401, b"", False),
        (403, b"", False),
        (404, b"", False),
        (408, b"", False),
        (413, b"", False),
        (429, b"", False),
        (503, b"", False),
    ],
)
def test_a_fault_of_the_query_is_told_from_one_of_the_store(status: int, said: bytes, refused: bool) -> None:  # noqa: FBT001 - what is expected
    with scripted(lambda _: Reply(status, said, {})) as server, pytest.raises(StoreFault) as caught:
        asked(at(server.address), "SELECT * {}", written("json"))
    assert isinstance(caught.value, QueryRefused) is refused


def test_so_many_answers_are_written_at_once_and_the_others_wait_within_their_time() -> None:
    writing, ended = threading.Semaphore(0), threading.Event()

    def slowly(_: Results) -> str:
        writing.release()
        ended.wait(10)
        return "written"

    async def two(held: RemoteStore) -> None:
        async with RemoteQueries(held, 4, 1) as line:
            first = asyncio.ensure_future(line.run("SELECT * {}", (), (), Patience(seconds=5), slowly))
            await asyncio.to_thread(writing.acquire)
            with pytest.raises(LimitReached) as caught:
                await line.run("SELECT * {}", (), (), Patience(seconds=0.3), slowly)
            assert caught.value.limit == "time"
            assert not writing.acquire(blocking=False)
            first.cancel()
            with pytest.raises(LimitReached):
                await line.run("SELECT * {}", (), (), Patience(seconds=0.3), slowly)
            ended.set()
            assert await line.run("SELECT * {}", (), (), Patience(seconds=5), slowly) == "written"

    with scripted(lambda _: Reply(body=ROW)) as server:
        asyncio.run(two(at(server.address)))


# Callers that leave


def test_the_connection_ends_with_its_caller() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        begun.set()
        while await reader.read(1000):
            pass
        ended.set()
        writer.close()

    async def leave() -> None:
        async with await asyncio.start_server(silent, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            async with RemoteQueries(at(f"http://127.0.0.1:{port}/"), 1) as line:
                query = asyncio.ensure_future(line.run("SELECT * {}", (), (), PATIENCE, written("json")))
                await _soon(begun.wait())
                assert not ended.is_set()
                query.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await query
                await _soon(ended.wait())

    asyncio.run(leave())


async def _soon(event: Awaitable[object]) -> None:
    await asyncio.wait_for(event, 5)


def test_a_query_that_is_cancelled_leaves_its_place_to_the_next() -> None:
    first = threading.Event()

    def slow_once(_: Request) -> Reply:
        if first.is_set():
            return Reply(body=ROW)
        first.set()
        return Reply(body=ROW, pause=2)

    async def two(held: RemoteStore) -> bytes:
        async with RemoteQueries(held, 1) as line:
            with pytest.raises(LimitReached):
                await line.run("SELECT * {}", (), (), Patience(seconds=0.3), written("csv"))
            return await line.run("SELECT * {}", (), (), Patience(seconds=1.5), written("csv"))

    with scripted(slow_once) as server:
        assert asyncio.run(two(at(server.address))) == b"a\r\nhttp://example.org/a\r\n"
