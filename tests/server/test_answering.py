"""An answer, whole: what is written is read back as it was, or the client is told that the form cannot hold it."""

import gzip
import io
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest
import rdflib
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from inline import service

from mandategraph.iris import DEFAULT_BASE
from mandategraph.results import GRAPH_MEDIA, MEDIA, ROW_FORMATS, ROW_MEDIA
from mandategraph.server.answering import HTML, encoded
from mandategraph.server.operation import KINDS
from mandategraph.server.pages import Pages
from mandategraph.server.wire import Job, Reply
from mandategraph.server.worker import reply_to
from mandategraph.store.embedded import EmbeddedStore
from mandategraph.vocabulary import XSD
from serving import manifest

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
MOST = 1_000_000
characters = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "\r\n\t\x00\x01\x0b\x1f\x7f\x85\u2028\ufffe\uffff<>&]'\" "
)
texts = st.text(characters, max_size=12)
literals = st.one_of(
    texts.map(ox.Literal),
    st.builds(ox.Literal, texts, language=st.sampled_from(["en", "es-419"])),
    st.builds(ox.Literal, texts, datatype=st.sampled_from([ox.NamedNode("http://example.org/t"), XSD["date"]])),
)
# Whether a predicate can be written in RDF/XML hangs on how it ends.
ENDINGS = [
    *("a", "1", "a1", "1a", "", "-", "é", "a.b", "a:b", "%20", "a%20b", "𝔘", "·", "xml", "li", "_1", "type"),
    *("Description", "about", "datatype", "/", "#", "?a=b&c=d", "'", "(a)", "~", "@", "\u0300"),
]
SPACES = ["http://example.org/", "http://example.org/ns#", "urn:x:", RDF, "http://www.w3.org/2000/xmlns/"]
predicates = (
    st.tuples(st.sampled_from(SPACES), st.sampled_from(ENDINGS) | st.text("ab1é:.-_", max_size=3))
    .map("".join)
    .filter(lambda iri: iri.count("#") < 2)
    .map(ox.NamedNode)
)
SUBJECT = ox.NamedNode("http://example.org/s")


def answer(query: str, media: str, most: int = MOST, coding: str = "") -> Reply:
    """What becomes of a query over nothing, wanted in one form."""
    forms = {kind: media for kind, types in KINDS.items() if media in types}
    return reply_to(EmbeddedStore(), Job(query, forms, most, coding=coding), service().pages.results)


def construct(triple: ox.Triple, media: str) -> Reply:
    """A triple as the answer to a query."""
    return answer(f"CONSTRUCT {{ {triple} }} {{}}", media)


def well_told(reply: Reply, media: str) -> None:
    """The client is told that the form cannot hold its results."""
    assert (reply.outcome, reply.body) == ("unwritable", b"")
    assert reply.facts["detail"].startswith(
        ("these results hold what XML has", f"these results cannot be written as {media}")
    )


# Rows


@pytest.mark.parametrize("media", [media for media, name in ROW_MEDIA.items() if name != "csv"])
@given(literal=literals)
def test_rows_are_read_back_as_they_were(media: str, literal: ox.Literal) -> None:
    reply = answer(f"SELECT ({literal} AS ?value) ?none {{}}", media)
    if reply.outcome != "ok":
        assert MEDIA[media] == "xml"
        well_told(reply, media)
        assert set(literal.value) & NOT_XML
        return
    found = ox.parse_query_results(reply.body, format=ROW_FORMATS[MEDIA[media]])
    assert isinstance(found, ox.QuerySolutions)
    assert [(row["value"], row["none"]) for row in found] == [(literal, None)]


NOT_XML = {chr(code) for code in range(32) if chr(code) not in "\t\n\r"} | {"\ufffe", "\uffff"}


@given(literal=literals)
def test_rows_in_xml_are_read_by_any_parser(literal: ox.Literal) -> None:
    reply = answer(f"SELECT ({literal} AS ?value) {{}}", "application/sparql-results+xml")
    assert (reply.outcome == "ok") is not bool(set(literal.value) & NOT_XML)
    if reply.outcome == "ok":
        (cell,) = ET.fromstring(reply.body).iter(f"{RESULTS}literal")  # noqa: S314 -- our own
        assert (cell.text or "") == literal.value
        assert cell.get("{http://www.w3.org/XML/1998/namespace}lang") == literal.language


# Graphs


@pytest.mark.parametrize("media", GRAPH_MEDIA)
@given(literal=literals, predicate=predicates)
def test_graphs_are_read_back_as_they_were(media: str, literal: ox.Literal, predicate: ox.NamedNode) -> None:
    triple = ox.Triple(SUBJECT, predicate, literal)
    reply = construct(triple, media)
    if reply.outcome != "ok":
        assert MEDIA[media] == "rdfxml"
        well_told(reply, media)
        return
    form = ox.RdfFormat.from_media_type(media)
    assert form is not None
    assert [quad.triple for quad in ox.parse(reply.body, format=form)] == [triple]


@given(literal=literals.filter(lambda each: each.datatype != XSD["date"]), predicate=predicates)
def test_graphs_in_xml_are_read_by_any_parser(literal: ox.Literal, predicate: ox.NamedNode) -> None:
    reply = construct(ox.Triple(SUBJECT, predicate, literal), "application/rdf+xml")
    if reply.outcome == "ok":
        assert len(ET.fromstring(reply.body)) == 1  # noqa: S314 -- our own
        ((_, found, value),) = rdflib.Graph().parse(io.BytesIO(reply.body), format="xml")
        assert (str(found), str(value)) == (predicate.value, literal.value)
        assert isinstance(value, rdflib.Literal)
        assert value.language == literal.language


@pytest.mark.parametrize("ending", ["1", "", "a/", "#", "?a=1", "a~"])
def test_a_predicate_without_a_local_name_is_none_that_xml_can_write(ending: str) -> None:
    triple = ox.Triple(SUBJECT, ox.NamedNode(f"http://example.org/{ending}"), SUBJECT)
    well_told(construct(triple, "application/rdf+xml"), "application/rdf+xml")
    assert construct(triple, "text/turtle").outcome == "ok"


@pytest.mark.parametrize("name", ["li", "Description", "about", "RDF"])
def test_a_predicate_that_is_a_word_of_the_syntax_is_none_that_xml_can_write(name: str) -> None:
    triple = ox.Triple(SUBJECT, ox.NamedNode(RDF + name), SUBJECT)
    well_told(construct(triple, "application/rdf+xml"), "application/rdf+xml")


def test_what_json_ld_cannot_write_is_told() -> None:
    query = "CONSTRUCT { <x:a> <x:p> <<( <x:a> <x:b> <x:c> )>> } {}"
    well_told(answer(query, "application/ld+json"), "application/ld+json")
    assert answer(query, "text/turtle").outcome == "ok"


# Pages


class Cells(HTMLParser):
    """The texts of the cells of a page, and its tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self._in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and begin a cell."""
        self.tags.add(tag)
        if tag == "td":
            self.cells.append("")
        self._in_cell = tag == "td" or self._in_cell

    def handle_endtag(self, tag: str) -> None:
        """End a cell."""
        self._in_cell = self._in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        """Add to a cell."""
        if self._in_cell:
            self.cells[-1] += data


PLAIN = Cells(answer("SELECT ('a' AS ?x) {}", HTML).body.decode()).tags


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("<>&\"'/=`"), max_size=20))
def test_a_page_holds_what_the_results_hold_and_no_markup_of_theirs(text: str) -> None:
    marked = f"<script>{text}</script><b onclick='x'>"
    found = Cells(answer(f"SELECT ({ox.Literal(marked)} AS ?x) {{}}", HTML).body.decode())
    assert found.cells == [marked]
    assert found.tags == PLAIN


@pytest.mark.parametrize("iri", ["javascript:alert(1)", "data:text/html,x", "http://example.org/'onclick='x"])
def test_an_iri_is_a_link_if_it_is_of_the_web(iri: str) -> None:
    page = answer(f"SELECT (<{iri}> AS ?x) {{}}", HTML).body.decode()
    assert ("<td><a href=" in page) is iri.startswith("http://")
    assert Cells(page).cells == [iri]
    assert "onclick='x" not in page


OTHER = "http://example.org/data/"


@pytest.mark.parametrize("base", [DEFAULT_BASE, OTHER])
@pytest.mark.parametrize(
    ("iri", "href"),
    [
        ("{base}plan/2012/action/2.1.2", "/plan/2012/action/2.1.2"),
        ("{base}plan/2012#evidence", "/plan/2012#evidence"),
        (f"{DEFAULT_BASE}ontology#Action", "/ontology#Action"),
        (f"{DEFAULT_BASE}ontology/0.1.0", "/ontology/0.1.0"),
        ("{base}nothing/of/ours", "{base}nothing/of/ours"),
        ("http://www.w3.org/ns/prov#Agent", "http://www.w3.org/ns/prov#Agent"),
    ],
)
def test_an_iri_leads_to_where_it_is_found_at_the_service(base: str, iri: str, href: str) -> None:
    job = Job(f"SELECT (<{iri.format(base=base)}> AS ?x) {{}}", {"rows": HTML}, MOST)
    page = reply_to(EmbeddedStore(), job, Pages(replace(manifest(), base=base), {}, {}).results).body.decode()
    assert f'<td><a href="{href.format(base=base)}">' in page


# Kinds, sizes, codings


@pytest.mark.parametrize(
    ("query", "media", "kind"),
    [
        ("SELECT * {}", "text/turtle", "rows"),
        ("ASK {}", "text/csv", "boolean"),
        ("ASK {}", "text/tab-separated-values", "boolean"),
        ("DESCRIBE <x:a>", "text/csv", "graph"),
        ("CONSTRUCT {} {}", "application/json", "graph"),
    ],
)
def test_results_of_a_kind_that_the_form_does_not_fit_are_not_had(query: str, media: str, kind: str) -> None:
    assert answer(query, media) == Reply("unacceptable", {"kind": kind})


@pytest.mark.parametrize("media", [*ROW_MEDIA, HTML])
def test_an_answer_is_of_its_size_or_none(media: str) -> None:
    query = f"SELECT ('{'x' * 300}' AS ?x) ('é' AS ?y) {{}}"
    whole = answer(query, media)
    size = len(whole.body)
    assert size > 300
    assert answer(query, media, size) == whole
    assert answer(query, media, size - 1) == Reply("size", {})


@given(st.binary(max_size=200))
def test_a_coded_body_is_the_same_body_each_time(body: bytes) -> None:
    assert gzip.decompress(encoded(body, "gzip")) == body
    assert zstandard.ZstdDecompressor().decompress(encoded(body, "zstd")) == body
    assert encoded(body, "") == body
    assert encoded(body, "gzip") == encoded(body, "gzip")


def test_the_facts_of_an_answer_are_told() -> None:
    reply = answer("ASK {}", "application/json", coding="gzip")
    assert reply.facts == {"kind": "boolean", "media": "application/json", "coding": "gzip"}
    assert gzip.decompress(reply.body) == answer("ASK {}", "application/json").body


# What is refused


def test_a_text_that_is_no_query_is_told_with_its_place() -> None:
    reply = answer("SELECT * {\n FOO }", "application/json")
    assert reply.outcome == "syntax"
    assert [reply.facts[name] for name in ("line", "column", "found")] == [2, 2, "FOO }"]
    assert reply.facts["expected"].startswith("SPARQL 1.1: a variable, an IRI")


@pytest.mark.parametrize(
    "query", ["SELECT (<x:f>(1) AS ?x) {}", "ASK { FILTER(<x:f>()) }", "SELECT * {} ORDER BY <x:f>(1)"]
)
def test_a_function_that_is_not_known_is_told(query: str) -> None:
    told = "expected a query that can be evaluated, found: The custom function <x:f> is not supported"
    assert answer(query, "application/json") == Reply("usage", {"detail": told})


@pytest.mark.parametrize(("default", "named"), [(("no iri",), ()), ((), ("",)), (("x:a",), ("x: b",)), (("a",), ())])
def test_a_graph_is_named_by_an_iri(default: tuple[str, ...], named: tuple[str, ...]) -> None:
    job = Job("ASK {}", {"boolean": "application/json"}, MOST, default, named, base="http://example.org/")
    reply = reply_to(EmbeddedStore(), job, service().pages.results)
    assert reply.outcome == "usage"
    assert reply.facts["detail"].startswith("expected graphs named by IRIs, found ")


def test_relative_iris_have_the_base_of_the_job() -> None:
    job = Job("SELECT (<a> AS ?x) FROM <b> {}", {"rows": "text/csv"}, MOST, base="http://example.org/")
    assert reply_to(EmbeddedStore(), job, service().pages.results).body == b"x\r\nhttp://example.org/a\r\n"
    without = Job(job.query, job.forms, MOST)
    assert reply_to(EmbeddedStore(), without, service().pages.results).outcome == "syntax"
