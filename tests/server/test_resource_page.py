"""The pages of resources: the words first, the three voices apart, and nothing in the data can act on the page."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pyoxigraph as ox
import pytest
from fastapi import FastAPI
from inline import app, application_over

from browsing import Parsed, media, sent
from mandategraph.model import folded
from mandategraph.release import Manifest, is_data
from mandategraph.store.embedded import EmbeddedStore
from serving import manifest, source

BASE = "http://example.org/"
REGISTRY = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix mg: <https://w3id.org/mandategraph/ontology#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<body/odd> a mg:Body ;
    rdfs:label "<b id=x>Odd</b> & 'more'"@es ;
    mg:reason "<script>alert(1)</script>"@en ;
    mg:text "<i onclick='x'>words</i>"@en , "palabras"@es ;
    dcterms:date "2011-04"^^xsd:gYearMonth ;
    dcterms:source <javascript:alert(1)> , <data:text/html,x> , <mailto:a@example.com> ;
    dcterms:relation <HTTPS://example.com/a?b=1&c=2> ;
    mg:spaceAtEnd "\\n" ;
    <http://example.com/no-label> <body/none> , ( 1 ( <body/odd> ) ) , [ rdfs:label "of no name" ] .
"""


@cache
def odd() -> FastAPI:
    """An application over a small release, under another base, of what the real one has not."""
    graph = ox.NamedNode(f"{BASE}graph/registry")
    held: Manifest = replace(manifest(), base=BASE, graphs={graph.value: "registry.ttl"}, triples={"registry.ttl": 20})
    store = EmbeddedStore()
    store.load(REGISTRY, BASE, graph, in_default=is_data(graph, BASE))
    return application_over(held, store)


def page(path: str, over: FastAPI | None = None) -> Parsed:
    """A page, taken apart."""
    response = sent(over or app(), "GET", path, accept="text/html")
    assert (response.status_code, media(response)) == (200, "text/html")
    return Parsed(response.text)


PAGES = [
    "/plan/2012",
    "/plan/2011-03-07/action/1.4",
    "/plan/2012/action/2.1.2",
    "/quotation/linking-document-2011/1.4/1",
    "/support/linking-document-2011/1.4/1",
    "/meeting/mispa-3",
    "/discrepancy/deadline-for-replies",
    "/document/linking-document-2011",
    "/document/linking-document-2011?page=38",
    "/graph/judgements?page=2",
    "/ontology",
    "/shapes",
    "/report/1",
    "/agent/mandategraph-project",
]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_can_be_read_by_anyone(path: str) -> None:
    found = page(path)
    tags = [tag for tag, _ in found.elements]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert found.within("h1")
    assert dict(found.elements)["html"] == {"lang": "en"}
    ids = found.attributes("id")
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in found.attributes("href") if link.startswith("#")} <= set(ids)
    assert tags.count("table") == tags.count("caption") == tags.count("thead")
    cells = [given for tag, given in found.elements if tag == "th"]
    assert {given.get("scope") for given in cells} <= {"col", "row"}
    assert None not in {given.get("scope") for given in cells}
    assert "a" not in {tag for tag, given in found.elements if tag == "a" and not given.get("href")}
    levels = [int(tag[1]) for tag in tags if tag in ("h1", "h2", "h3")]
    assert all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_a_page_holds_no_script_and_loads_nothing_from_elsewhere(path: str) -> None:
    found = page(path)
    tags = {tag for tag, _ in found.elements}
    assert not tags & {"script", "style", "img", "iframe", "object", "form"}
    assert [given["href"] for tag, given in found.elements if tag == "link" and given["rel"] == "stylesheet"] == [
        "/style.css"
    ]
    assert [name for _, given in found.elements for name in given if name.startswith("on") or name == "style"] == []
    assert {link.split(":")[0] for link in found.attributes("href") if link[:1] not in "/#"} <= {"http", "https"}


def test_every_local_link_of_the_pages_leads_somewhere() -> None:
    links = {link for path in PAGES[:8] for link in page(path).attributes("href") if link.startswith("/")}
    local = sorted({link.partition("#")[0] for link in links})
    assert len(local) > 150
    assert {link: sent(app(), "HEAD", link).status_code for link in local} == dict.fromkeys(local, 200)


def test_every_link_to_a_term_or_a_part_has_its_place_on_the_page() -> None:
    terms = {link for path in PAGES for link in page(path).attributes("href") if link.startswith("/ontology#")}
    assert len(terms) > 300
    assert {link.partition("#")[2] for link in terms} <= set(page("/ontology").attributes("id"))
    parts = {"evidence", "evidence-quote", "evidence-position"}
    assert parts <= set(page("/quotation/linking-document-2011/1.4/1").attributes("id"))
    assert "/sparql.html#graph-registry" in page("/graph/registry").attributes("href")


# What stands there, and in whose voice


def test_the_words_come_first_and_in_quotation_marks_if_the_document_has_them() -> None:
    words = "Take note of the contribution of subregional police cooperation mechanisms"
    found = page("/quotation/linking-document-2011/1.4/1")
    assert found.within("blockquote", ".words").startswith(f"“{words}")
    assert not page("/plan/2012/action/2.1.2").within("blockquote", ".words").startswith("“")
    first = next(text for names, text in found.texts if "main" in names and names & {"blockquote", "table", "dl"})
    assert first.startswith(f"“{words}")


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ("/quotation/linking-document-2011/1.4/1", [("linking-document-2011", 7911, 8054)]),
        (
            "/discrepancy/deadline-for-replies",
            [
                ("working-group-report-2012", 2543, 2560),
                ("working-group-work-plan-2012", 2102, 2119),
                ("working-group-work-plan-2012", 3931, 3948),
            ],
        ),
    ],
)
def test_the_characters_a_statement_rests_on_are_marked_among_those_around(
    path: str, runs: list[tuple[str, int, int]]
) -> None:
    found = page(path)
    marked = [text for names, text in found.texts if "mark" in names]
    assert marked == [folded(source(document)[start:end]) for document, start, end in runs]
    for document, start, end in runs:
        assert f"{document} , characters {start}–{end}" in found.within("figcaption")
        assert folded(source(document)[start - 8 : start]).split()[-1] in found.within(".around")


def test_the_three_voices_are_kept_apart() -> None:
    found = page("/plan/2011-03-07/action/1.4")
    assert "Read in the documents" in found.within(".documents", "caption")
    assert "asserted support" not in found.within(".documents")
    assert "has asserted support" in found.within(".rules", "th")
    assert "Inferred by the rules of the ontology" in found.within(".rules", "caption")
    quotation = page("/quotation/linking-document-2011/1.4/1")
    assert "passage/commitment-public-security-2008" in quotation.within(".ours", "td")
    assert "passage/commitment-public-security-2008" not in quotation.within(".documents")
    assert "no review by a human expert is recorded" in quotation.within(".ours", ".tag")


def test_what_this_project_holds_has_its_reason_and_that_nobody_reviewed_it() -> None:
    found = page("/discrepancy/deadline-for-replies")
    assert "No document says that the deadline was moved." in found.within(".ours")
    assert "not reviewed by a human expert" in found.within(".ours", ".tag")
    assert not found.within(".documents")


def test_an_attribution_that_is_inferred_says_so() -> None:
    inferred = "that it wrote it is inferred from that, not stated."
    assert inferred in page("/quotation/linking-document-2011/1.4/1").within(".ours")
    assert inferred in page("/support/linking-document-2011/1.4/1").within(".ours")
    assert inferred not in page("/discrepancy/deadline-for-replies").within("main")


def test_an_attribution_that_is_inferred_is_marked_wherever_it_stands() -> None:
    mark = "inferred by this project, not stated by the document"
    for path in ("quotation/linking-document-2011/1.4/1", "support/linking-document-2011/1.4/1"):
        found = page(f"/{path}").within(".documents", "td")
        assert f"Secretariat for Multidimensional Security {mark}" in found.replace(
            "body/secretariat-for-multidimensional-security ", ""
        )
        assert found.count(mark) == 1
    part = page("/document/linking-document-2011/plan").within(".documents", "td")
    assert part.count(mark) == 2
    assert f"that it wrote it is inferred from that, not stated. {mark}" in part
    referring = page("/body/secretariat-for-multidimensional-security").within(".triples", "td")
    assert f"prov:wasAttributedTo {mark} linking-document-2011" in referring
    assert mark not in page("/plan/2012").within("main")


def test_types_that_are_inferred_say_so() -> None:
    types = page("/plan/2011-03-07/action/1.4").within(".types")
    assert types == "action · inferred: part of a plan · eli:WorkSubdivision · skos:Concept"
    assert page("/plan/2012").within(".types").startswith("plan · inferred: ")


def test_the_basis_holds_kind_comparison_document_and_release() -> None:
    told = page("/quotation/linking-document-2011/1.4/1").within("dl", "dd")
    for each in ("asserted", "not compared", "Secretariat for Multidimensional Security", manifest().identity):
        assert each in told


def test_an_action_leads_to_what_supports_it() -> None:
    assert "/support?action=1.4&plan=2011-03-07" in page("/plan/2011-03-07/action/1.4").attributes("href")
    assert not [link for link in page("/meeting/mispa-3").attributes("href") if link.startswith("/support?")]


def test_what_points_here_is_counted_and_paged() -> None:
    first, last = page("/document/linking-document-2011"), page("/document/linking-document-2011?page=38")
    assert "Statements that point here: 1 to 100 of 3,782 (page 1 of 38)." in first.within(".meta")
    assert "3,701 to 3,782 of 3,782" in last.within(".meta")
    assert {given["rel"] for tag, given in first.elements if tag == "a" and "rel" in given} == {"next", "last"}
    assert {given["rel"] for tag, given in last.elements if tag == "a" and "rel" in given} == {"first", "prev"}
    elements = [text for names, text in first.texts if {"table", "q"} <= names]
    assert any(text.startswith("The Permanent Mission of El Salvador to the Organization") for text in elements)


def test_a_term_has_its_label_and_its_definition_in_every_language() -> None:
    found = page("/ontology")
    langs = [given.get("lang") for tag, given in found.elements if tag == "span"]
    assert {"es", "fr", "pt"} <= set(langs)
    assert "An action that a plan proposes; the thing mandates are attached to." in found.within("dd")
    assert "ação" in found.within("dd")
    shapes = page("/shapes").within("section")
    assert "An action has one notation, the full dotted number without a final point." in shapes
    assert "a node without a name" not in shapes


# What the data cannot do


def test_markup_in_the_data_is_escaped() -> None:
    response = sent(odd(), "GET", "/body/odd.html")
    assert "<b id=x>" not in response.text
    assert "<script" not in response.text
    found = Parsed(response.text)
    assert not {"b", "i", "script"} & {tag for tag, _ in found.elements}
    assert found.within("h1") == "<b id=x>Odd</b> & 'more'"
    assert "<script>alert(1)</script>" in found.within(".ours")
    assert "<i onclick='x'>words</i>" in found.within("blockquote")


def test_only_what_is_safe_to_follow_is_a_link() -> None:
    found = page("/body/odd", odd())
    links = set(found.attributes("href"))
    assert "HTTPS://example.com/a?b=1&c=2" in links
    assert not [link for link in links if link.split(":")[0] in ("javascript", "data", "mailto")]
    for text in ("javascript:alert(1)", "data:text/html,x", "mailto:a@example.com"):
        assert text in found.within("td")


def test_a_value_has_its_language_and_its_datatype() -> None:
    found = page("/body/odd", odd())
    assert {"lang": "es"} in [given for tag, given in found.elements if tag == "span"]
    assert "xsd:gYearMonth" in found.within("code")
    assert '"\\n"' in found.within("td")


def test_lists_and_unnamed_nodes_are_told_even_where_their_parts_are_elsewhere() -> None:
    assert found_nodes(page("/body/odd", odd())) == 2
    triples = page("/graph/registry", odd())
    assert "of no name" in triples.within("td")


def found_nodes(found: Parsed) -> int:
    """How many values of a page are nodes without a name that are not opened."""
    return sum(text == "a node without a name" for _, text in found.texts)


def test_a_resource_that_is_only_pointed_to_has_a_page() -> None:
    found = page("/body/none", odd())
    assert found.within("h1") == "Body none"
    assert "Statements that point here: 1. By property: http://example.com/no-label 1." in found.within(".meta")


def test_the_resources_of_another_base_are_found_at_the_same_paths() -> None:
    found = page("/body/odd", odd())
    assert {"rel": "canonical", "href": "http://example.org/body/odd"} in [
        given for tag, given in found.elements if tag == "link"
    ]
    assert {"/body/none", "/graph/registry", "/ontology#reason"} <= set(found.attributes("href"))
