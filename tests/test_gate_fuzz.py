"""What the gate lets through, tried at random: it calls nobody, is read in time, and means what two parsers say."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyparsing import ParseException
from rdflib import URIRef
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from mandategraph.errors import SyntaxFault
from mandategraph.sparql_text import is_volatile, kind_of, merged, normalised, refused
from mandategraph.store.embedded import EmbeddedStore
from serving import HOME

BASE = "http://example.org/"
LENGTH = 20_000
SEEDS = [path.read_text("utf-8") for path in sorted(HOME.queries.rglob("*.rq"))]
VOLATILE = {f"Builtin_{name}" for name in ("NOW", "RAND", "UUID", "STRUUID", "BNODE")}
S, P, Q, G = (ox.NamedNode(f"x:{name}") for name in "spqg")
DATA = ox.Store()
DATA.extend([ox.Quad(S, P, ox.Literal("o")), ox.Quad(S, P, S), ox.Quad(S, Q, ox.Literal("1"), G)])
random_texts = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])

Results = tuple[str, tuple[str, ...]]


def answer(text: str) -> Results | None:
    """The results of a text over a few triples, None if the engine does not take it."""
    try:
        found = DATA.query(text, base_iri=BASE)
        if isinstance(found, ox.QueryBoolean):
            return "boolean", (str(bool(found)),)
        if isinstance(found, ox.QuerySolutions):
            return " ".join(map(str, found.variables)), tuple(" ".join(map(str, row)) for row in found)
        return "graph", tuple(sorted(map(str, found)))
    except (SyntaxError, OSError, RuntimeError):
        return None


def passes(text: str) -> bool:
    """Whether the gate lets a text through."""
    try:
        return refused(text, "a.rq", BASE) == text
    except SyntaxFault:
        return False


def read(text: str) -> CompValue | None:
    """A text as rdflib reads it, None if it does not; what it does not bear it tells in any way."""
    with suppress(ParseException, Exception):
        algebra: CompValue = translateQuery(parseQuery(text), base=BASE).algebra
        return algebra
    return None


def parts(found: object) -> Iterator[CompValue]:
    """The parts of what rdflib has read."""
    if isinstance(found, CompValue):
        yield found
        found = list(found.values())
    if isinstance(found, list | tuple | set | frozenset):
        for each in found:
            yield from parts(each)


# Calls


class Listener:
    """A server that counts who calls."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.calls = 0
        self._thread = threading.Thread(target=self._answer, daemon=True)
        self._thread.start()

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                channel, _ = self._socket.accept()
                self.calls += 1
                channel.close()

    def close(self) -> None:
        """Listen no more."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def is_called_by(self, text: str) -> bool:
        """Whether the engine calls, given a text as it is; it waits for what it is told."""
        before = self.calls
        answer(text)
        return self.calls > before


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    """A server on this machine."""
    held = Listener()
    yield held
    held.close()


# '@' stands for the address of the listener.
KEYWORDS = [
    "SERVICE", "service ", "SeRvIcE\t", "SERVICE SILENT", "SERVICESILENT", "SERVICE#'\n", "SERVICE\r#<\r", "'o'SERVICE",
    "\\u0053ERVICE ", "\u017fervice ", "SERVICE\u00a0", "SERVICE\\u0020", "FILTER(1)SERVICE", "?o.SERVICE",
]  # fmt: skip
TARGETS = ["<@>", " <@>", ":", "ex:", "ex:x", ":SERVICE", "?url", "$url ", "#>\n<@>", "ex:%41", "e-x.y:", "é:a", "<>"]
BODIES = ["{}", "{ }", "{?a ?b ?c}", "{ ?s ?p '}' }", "{ SELECT * { ?a ?b ?c } }", "{{}}"]
HIDING = [
    "'", '"', "'''", '"""', "\\", "<", ">", "#", "\n", "\r", " ", ".", ";", ",", ":", "{", "}", "(", ")", "[", "]",
    "?s ?p ?o .", "?s ?p 'o' .", '?s ?p "it\'s" .', "?s ?p '''a'b''' .", "?s ?p 'a\\'' .", "?s ?p 1.", "?s ?p ex:.",
    "FILTER(?o<?p)", "FILTER(1<2||3>2)", "FILTER(?a<'>')", "FILTER(?a<b:c#>\n)", "FILTER(!(?a<:b))", "FILTER(?o<'#')",
    "BIND(1 AS ?q)", "VALUES ?q { 'a' \"b\" }", "OPTIONAL {}", "{} UNION {}", "<http://e/#'> ?p ?o .", "_:b ?p ?o .",
    "<x:'> ?p ?o .", "# a comment '\n", '#"\r', "'a'@en-service", "'a'^^ex:service", "ex:service", "?service",
    "<a\u00a0#>", "ex:a.", "ex:a\\#", "?s ?p :", "?s ?p ex:service .", "\\u0053", "\\u0027",
]  # fmt: skip
PROLOGUES = [
    "PREFIX : <@> PREFIX ex: <@> PREFIX e-x.y: <@> PREFIX é: <@> ",
    "BASE <@> PREFIX ex:<> PREFIX :<#> ",
    "PREFIX :<@>PREFIX ex:<http://e:1>",
    "PREFIX ex:<@> PREFIXex:<http://e:1> PREFIX:<@>",
]
HEADS = ["SELECT * {", "ASK{", "ASK{FILTER EXISTS{", "CONSTRUCT { ?s ?p ?o } {", "DESCRIBE ?s {", "SELECT*{{SELECT*{"]
hiding = st.lists(st.sampled_from(HIDING), max_size=3).map("".join)


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A text that calls, or would but for what stands around the keyword."""
    head, call = draw(st.sampled_from(HEADS)), (draw(st.sampled_from(each)) for each in (KEYWORDS, TARGETS, BODIES))
    bound = draw(st.sampled_from(["", "VALUES ?url { <@> } ", "BIND(<@> AS ?url)"]))
    inner = f"{bound}{draw(hiding)}{''.join(call)}{draw(hiding)}"
    return f"{draw(st.sampled_from(PROLOGUES))}{head}{inner}{'}' * (head.count('{') - head.count('}'))}"


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A query of this project with some pieces put in, one of them a call."""
    text = draw(st.sampled_from(SEEDS))
    chance = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311 -- places in a text
    call = f" {draw(st.sampled_from(KEYWORDS))}<@>{draw(st.sampled_from(BODIES))} "
    for piece in [call, *draw(st.lists(st.sampled_from(HIDING), max_size=2))]:
        at = chance.choice([0, *(at for at, each in enumerate(text) if each in " \n.{}")])
        text = text[:at] + piece + text[at:]
    return text


def test_what_calls_another_server_is_refused(listener: Listener) -> None:
    """By the engine's own doing: many of the texts do call when nobody stops them."""
    called, passed, known = 0, 0, 0

    @settings(random_texts, max_examples=1500)
    @given(calls() | mutated())
    def tried(template: str) -> None:
        nonlocal called, passed, known
        text = template.replace("@", listener.address)
        calls, allowed = listener.is_called_by(text), passes(text)
        called, passed = called + calls, passed + allowed
        assert not (calls and allowed)
        if allowed and len(text) < 300 and (algebra := read(text)) is not None:
            known += 1
            assert "ServiceGraphPattern" not in {each.name for each in parts(algebra)}

    tried()
    assert called > 60
    assert passed > 10
    assert known > 1


# What a text means

STATEMENTS = [
    "?s ?p ?o.", "?s ?p 'o  o'.", '?s ?p "# no comment" .', "<x:s> ?p ?o .", "x:s ?p ?o.", "?s?p?o.", "?s ?p 1 .",
    "FILTER(?o<5)", "FILTER(?o<?p&&?p>?o)", "FILTER(?o = 'a #b')", "BIND('''a\n  b''' AS ?x)", "OPTIONAL{}", "{}",
    "GRAPH?g{?s ?p ?o}", "x:\\#a ?p ?o.", "VALUES?v{1  2}", "<http://e/#x>?p ?o.", "BIND(STRLEN('  ')AS?n)",
]  # fmt: skip
GAPS = ["", " ", "\n", "\t\r\n", "  ", "# c\n", "#'\r", "#<\n", "#}\n  #\n"]
ODD = ["'", "<", "\\", "'''", '"', "\u00a0", "\u2028", "\x0c", "<x:a  b>", "<x:a'b#c>", "UNION", "{", "}", ".", ";"]
pieces = st.tuples(st.sampled_from(STATEMENTS), st.sampled_from(GAPS)).map("".join)
bodies = st.lists(pieces, max_size=4) | st.lists(pieces | st.sampled_from(ODD), max_size=5)
queries = st.builds(
    "PREFIX x:<x:>{}{}{{{}}}{}".format,
    st.sampled_from(
        ["SELECT *", "SELECT(COUNT(*)AS ?n)", "ASK ", "CONSTRUCT{?s ?p ?o}WHERE", "SELECT*FROM <x:g> # c\n"]
    ),
    st.sampled_from(GAPS),
    bodies.map("".join),
    st.sampled_from(["", " ", "# c", "LIMIT 1", " \u00a0", " ORDER  BY ?s", "}"]),
)


def test_a_normalised_text_asks_what_the_text_asks() -> None:
    answered, changed = 0, 0

    @settings(random_texts, max_examples=600)
    @given(queries)
    def tried(text: str) -> None:
        nonlocal answered, changed
        expected, normal = answer(text), normalised(text)
        assert answer(normal) == expected
        if expected is not None:
            answered, changed = answered + 1, changed + (normal != text)
            kind = kind_of(text)
            assert kind is None or kind == (expected[0] if expected[0] in ("boolean", "graph") else "rows")

    tried()
    assert answered > 200
    assert changed > 150


CALLS = [
    f"{name}{call}"
    for name in ("NOW", "rand", "Uuid", "STRUUID", "BNODE")
    for call in ("()", " ( )", "#c(\n()", "\r\t()")
]
WHERES = [
    "SELECT ({} AS ?x) {{}}", "SELECT*{{BIND({} AS ?x)}}", "SELECT*{{}} ORDER BY{}", "ASK{{FILTER(1=1||{}!=1)}}",
    "SELECT (COUNT(DISTINCT {})AS ?n){{?s ?p ?o}}", "SELECT*{{?s ?p ?o}}ORDER BYASC({})", "ASK{{FILTER{}}}",
    "SELECT*{{?now ?rand '{}'}}", "SELECT*{{?s ?p ?o#{}\n}}", "SELECT(IF(1<2,{},'<')AS?x){{}}", "ASK{{?s x:{}.}}",
    "SELECT(-{} AS?y)('<'AS?z){{}}", "SELECT*{{?s ?p ?o}}ORDER BYDESC({})", "SELECT(1AS?x){{}}HAVING{}",
]  # fmt: skip


@pytest.mark.parametrize("where", WHERES)
def test_what_answers_otherwise_each_time_is_volatile(where: str) -> None:
    for text in map(where.format, CALLS):
        first, second = answer(text), answer(text)
        assert first == second or is_volatile(text)
        assert is_volatile(text) or VOLATILE.isdisjoint(each.name for each in parts(read(text)))


CLAUSES = [
    "FROM <x:a>", "from <x:b>", "FROM x:c", "From  :d", "FROM:d", "FROM NAMED <x:e>", "FROM NAMED:f", "from named x:g",
    "FROM<x:h>", "FROM#c\n<x:i>", "FROM NAMED x:c", "FROM x:",
]  # fmt: skip
JOINED = ["FROMx:k", "FROMNAMED<x:l>", "FROM NAMEDx:m", "FROM<x:j>FROMx:n", "FROM:jFROM <x:i>"]
FAULTY = ["FROM <rel>", "FROM y:j", "FROM\u00a0<x:n>", "FROM <x:\\u0041>"]
clauses = st.lists(st.sampled_from(CLAUSES + FAULTY), max_size=4)
joined = st.lists(st.sampled_from(CLAUSES + JOINED), max_size=3)
prologues = st.sampled_from(
    [
        "PREFIX x:<x:>PREFIX :<x:>",
        "PREFIX :<y:> PREFIX x:<x:x> BASE <x:b> ",
        "PREFIX from:<x:> PREFIX x:<x:> PREFIX :<x:>",
        "PREFIX x:<> PREFIX :<x:>PREFIXx:<z:>",
    ]
)
datasets = st.builds(
    "{}{}{}{}".format,
    prologues,
    st.sampled_from(["ASK", "ASK ", "SELECT * ", "DESCRIBE <x:s> ", "SELECT ?from "]),
    clauses.map(" ".join) | clauses.map("".join),
    st.sampled_from(["{}", " # FROM <x:z>\n{ ?s ?from 'FROM <x:z>' }", "{ x: : <x:FROM> }"]),
)


def test_the_graphs_to_merge_are_those_of_the_dataset_clause() -> None:
    several = 0

    @settings(random_texts, max_examples=500)
    @given(datasets)
    def tried(text: str) -> None:
        nonlocal several
        algebra = read(text) if passes(text) and answer(text) is not None else None
        if algebra is None:
            return
        clause = algebra.datasetClause or []
        default, named = ([each[name] for each in clause if name in each] for name in ("default", "named"))
        assert all(isinstance(each, URIRef) for each in default + named)
        expected = (tuple(map(str, default)), tuple(map(str, named))) if len(default) > 1 else None
        assert merged(text) == expected
        several += expected is not None

    tried()
    assert several > 25


def test_a_triple_of_several_graphs_counts_once() -> None:
    """Whatever way they are named: each graph here holds the same triple."""
    store, counts = EmbeddedStore(), []
    for name in "abcdefghijklmnA":
        store.load("<x:s> <x:p> <x:o> .", BASE, ox.NamedNode(f"x:{name}"), in_default=True)

    @settings(random_texts, max_examples=400)
    @given(prologues, joined.map(" ".join) | joined.map("".join) | clauses.map(" ".join))
    def tried(prologue: str, dataset: str) -> None:
        text = f"{prologue}SELECT (COUNT(*) AS ?n) {dataset} {{ ?s ?p ?o }}"
        if passes(text):
            with suppress(SyntaxError):
                found = store.query(text, None, BASE)
                assert isinstance(found, ox.QuerySolutions)
                counts.append([str(row["n"].value) for row in found])

    tried()
    assert {count for (count,) in counts} == {"0", "1"}
    assert len(counts) > 100


# How long it takes

FRAGMENTS = [
    "'", '"', "'''", '"""', "\\", "\\'", '\\"', '"\\', "<", "<a", "<a://", "<a>", ">", "#", "#\n", "\n", " ", "\r", ".",
    "a.", "a-", "é", "é.", "1.", "_", "_:", "_:a.", ":", ":a.", "a:", "a:b.", "a:%", "a:\\", "?", "?a", "$", "@", "@a-",
    "service ", "service:", "service.", ":service", "FROM <x:a> ", "PREFIX a:<x:1>", "now", "now#", "now ", "\\u", "{",
    "}", "(", "!", "(!", "+", "/", "SELECT ", "'a'", '"""a', "\u00a0", "\u2028", "\x00", "PREFIX a:<x:1> a:service ",
    "FROM a:b ", "\\u0053ERVICE ", "\u017f", "now" + "#" * 24,
]  # fmt: skip
BEGINNINGS = [
    "",
    "SELECT * {",
    "PREFIX a:<x:> ASK FROM a:b FROM <x:c> {",
    "'",
    "<",
    "SELECT * { ?service ",
    "ASK { ?s ?p '''",
]
READERS: list[Callable[[str], object]] = [passes, normalised, kind_of, is_volatile]


def slow(text: str) -> list[str]:
    """What takes half a second or more to read a text."""
    found = []
    for reader in READERS:
        since = time.process_time()
        reader(text)
        if time.process_time() - since > 0.5:
            found.append(getattr(reader, "__name__", ""))
    return found


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_row_of_a_fragment_takes_long_to_read(fragment: str) -> None:
    assert slow((fragment * LENGTH)[:LENGTH]) == []


@settings(random_texts, max_examples=60)
@given(st.sampled_from(BEGINNINGS), st.lists(st.sampled_from(FRAGMENTS), min_size=2, max_size=4).map("".join))
def test_no_row_of_some_fragments_takes_long_to_read(beginning: str, fragments: str) -> None:
    assert slow((beginning + fragments * LENGTH)[:LENGTH]) == []
