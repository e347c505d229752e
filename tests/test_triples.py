"""The corpus as graphs: what is stated, how often, on what ground, and what is never stated."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox
import pytest

from mandategraph.errors import Faults, TableError
from mandategraph.iris import DEFAULT_BASE, Iris, passage_key
from mandategraph.model import (
    Boundary,
    Corpus,
    Cue,
    Instrument,
    Overlap,
    StatedSource,
    folded,
)
from mandategraph.places import Place
from mandategraph.schemes import Schemes
from mandategraph.triples import Graphs, describe, state
from mandategraph.vocabulary import CITO, DCTERMS, ELI, MG, OA, PROV, RDFS, SD, SKOS, XSD, A, compact, lexical

LINKING = "linking-document-2011"
VERSION = "1.2.3"
HERE = Place("t.tsv", 2)


class Stated:
    """The union of the data graphs, by subject and predicate."""

    def __init__(self, graphs: Graphs) -> None:
        self.triples = {each for held in graphs.values() for each in held}
        self._values: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = {}
        for each in self.triples:
            assert isinstance(each.object, ox.NamedNode | ox.Literal)
            self._values.setdefault(lexical(each.subject), {}).setdefault(each.predicate.value, []).append(each.object)

    def all(self, node: ox.NamedNode, predicate: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
        """The values of a property of a node."""
        return self._values.get(node.value, {}).get(predicate.value, [])

    def one(self, node: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode | ox.Literal:
        """The only value of a property of a node."""
        (found,) = self.all(node, predicate)
        return found

    def node(self, node: ox.NamedNode, predicate: ox.NamedNode) -> ox.NamedNode:
        """The only value of a property of a node, a resource."""
        found = self.one(node, predicate)
        assert isinstance(found, ox.NamedNode)
        return found

    def text(self, node: ox.NamedNode, predicate: ox.NamedNode) -> str:
        """The only value of a property of a node, its text."""
        return lexical(self.one(node, predicate))

    def properties(self, node: ox.NamedNode) -> dict[str, int]:
        """How many values each property of a node has."""
        return {predicate: len(values) for predicate, values in self._values[node.value].items()}

    def of(self, kind: str) -> list[ox.NamedNode]:
        """The nodes of a class of this project."""
        found = [each.subject for each in self.triples if each.predicate == A and each.object == MG[kind]]
        return [each for each in found if isinstance(each, ox.NamedNode)]


@pytest.fixture(scope="module")
def graphs(corpus: Corpus, iris: Iris, schemes: Schemes) -> Graphs:
    return state(corpus, iris, schemes, VERSION)


@pytest.fixture(scope="module")
def stated(graphs: Graphs) -> Stated:
    return Stated(graphs)


def test_there_is_a_graph_for_each_document_and_kind_of_table(graphs: Graphs, iris: Iris, corpus: Corpus) -> None:
    sources = {iris.mint("source-graph", document=each.source.identifier) for each in corpus.readings}
    assert graphs.keys() == sources | {iris.mint("graph", name="registry"), iris.mint("graph", name="judgements")}
    assert all(graphs.values())


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("Document", 5),
        ("Plan", 3),
        ("Chapter", 5 + 5 + 3),
        ("Objective", 10),
        ("Action", 23 + 23 + 27),
        ("AssertedSupport", 130),
        ("Quotation", 130),
        ("CarriedSupport", 0),
        ("Instrument", 42),
        ("Body", 1),
        ("Identification", 49),
        ("Discrepancy", 5),
        ("OverlapClaim", 5),
        ("StatedSource", 4),
        ("ScopeStatement", 11),
        ("ClauseReading", 130),
    ],
)
def test_how_many_there_are(stated: Stated, kind: str, count: int) -> None:
    assert len(stated.of(kind)) == count


JUDGED = "mg:statementKind mg:reason mg:reviewState prov:wasAttributedTo prov:wasGeneratedBy"
SOURCED = f"{JUDGED} prov:hadPrimarySource"
UNIT = "mg:text mg:citationForm eli:is_part_of prov:wasGeneratedBy"
CONCEPT = f"{UNIT} skos:inScheme skos:notation"

PROPERTIES = {
    "mg:Document": "dcterms:identifier dcterms:title dcterms:rights dcterms:date? mg:issuedBy mg:sha256 mg:sourceLine "
    "mg:spaceAtEnd prov:wasGeneratedBy",
    "mg:Element": "dcterms:isPartOf mg:inDocument mg:elementKind mg:order mg:start mg:end mg:realizes? mg:text? "
    "mg:verbatim? mg:spaceBefore? mg:reason? prov:wasAttributedTo?",
    "mg:Plan": "dcterms:identifier dcterms:title mg:status mg:reason mg:registeredAs mg:wordedBy mg:evidence "
    "prov:wasGeneratedBy",
    "mg:Chapter": f"{CONCEPT} skos:topConceptOf",
    "mg:Objective": f"{CONCEPT} skos:broader",
    "mg:Action": f"{CONCEPT} skos:broader",
    "mg:Section": UNIT,
    "mg:Paragraph": UNIT,
    "mg:AssertedSupport": "mg:assertedFor mg:quotation mg:citedAs mg:identification mg:statementKind "
    "cito:hasCitingEntity cito:hasCitedEntity cito:hasCitationCharacterization "
    "prov:hadPrimarySource prov:wasAttributedTo prov:wasGeneratedBy",
    "mg:Quotation": "mg:text mg:quoted mg:position mg:comparison mg:locatorStatus mg:locator? mg:sectionName? "
    "mg:quotes mg:evidence mg:cue? mg:address? mg:statementKind "
    "prov:hadPrimarySource prov:wasAttributedTo prov:wasGeneratedBy",
    "mg:Passage": f"{JUDGED} mg:passageOf mg:identifiedByRule mg:overlaps?",
    "mg:Instrument": "dcterms:identifier dcterms:title dcterms:date? dcterms:source? dcterms:relation? mg:kind "
    "mg:forum mg:verification mg:symbol? mg:adoptingBodyName? mg:meetingName? mg:placeName? mg:adoptedBy? "
    "mg:mandatedBy? mg:sourceLine? prov:wasGeneratedBy",
    "mg:Body": "rdfs:label mg:sourceLine prov:wasGeneratedBy",
    "mg:Identification": f"{SOURCED} mg:wording mg:wordingRelation mg:identifies mg:namesInstead? mg:sectionName?",
    "mg:Discrepancy": f"{SOURCED} mg:discrepancyKind mg:comparedWith mg:holds mg:evidence",
    "mg:Classification": f"{JUDGED} mg:classifies mg:classifiedAs mg:evidence? prov:hadPrimarySource?",
    "mg:ClauseReading": f"{SOURCED} mg:readingOf mg:clauseType mg:verbFound mg:addresseeFound",
    "mg:Cue": f"{SOURCED} mg:words mg:verb mg:strength mg:evidence",
    "mg:Address": f"{SOURCED} mg:words mg:addressee mg:evidence",
    "mg:OverlapClaim": f"{SOURCED} mg:claimsOverlap mg:placeRelation",
    "mg:StatedSource": f"{SOURCED} mg:sourceOf mg:words mg:evidence",
    "mg:ScopeStatement": f"{JUDGED} mg:statement mg:answerState mg:limits? mg:evidence? prov:hadPrimarySource?",
    "oa:SpecificResource": "oa:hasSource oa:hasSelector",
    "oa:TextQuoteSelector": "oa:exact oa:prefix oa:suffix",
    "oa:TextPositionSelector": "oa:start oa:end",
    "prov:Activity": "dcterms:title mg:packageVersion prov:wasAssociatedWith",
    "prov:SoftwareAgent": "rdfs:label mg:packageVersion",
}
"""What is stated of the nodes of each class; what ends in '?' only of some of them."""


@pytest.mark.parametrize("kind", sorted(PROPERTIES))
def test_what_is_stated_of_each_kind(stated: Stated, kind: str) -> None:
    nodes = [
        each.subject for each in stated.triples if each.predicate == A and compact(lexical(each.object), "") == kind
    ]
    held = [{compact(each, "") for each in stated.properties(node)} for node in nodes if isinstance(node, ox.NamedNode)]
    always = {each for each in held[0] if all(each in other for other in held)}
    expected = PROPERTIES[kind].split()
    assert always - {"rdf:type"} == {each for each in expected if not each.endswith("?")}
    assert {each for some in held for each in some} - always == {each[:-1] for each in expected if each.endswith("?")}


def test_no_kind_is_left_out(stated: Stated) -> None:
    kinds = {compact(lexical(each.object), "") for each in stated.triples if each.predicate == A}
    assert kinds - PROPERTIES.keys() == {"prov:Agent"}
    assert PROPERTIES.keys() <= kinds


def test_how_many_actions_each_plan_has(stated: Stated, iris: Iris) -> None:
    found = Counter(stated.node(each, SKOS["inScheme"]) for each in stated.of("Action"))
    plans = {"2011-03-07": 23, "2011-draft": 23, "2012": 27}
    assert found == {iris.mint("plan", plan=name): count for name, count in plans.items()}


def test_how_many_quotations_stand_in_marks(stated: Stated) -> None:
    found = Counter(stated.text(each, MG["quoted"]) for each in stated.of("Quotation"))
    assert found == {"true": 100, "false": 30}


def test_only_the_linking_document_cites(graphs: Graphs, iris: Iris) -> None:
    citing = {name for name, held in graphs.items() if any(each.object == MG["AssertedSupport"] for each in held)}
    assert citing == {iris.mint("source-graph", document=LINKING)}


def test_no_carried_support_is_stated(stated: Stated) -> None:
    absent = (
        "CarriedSupport",
        "proposedFor",
        "carriesPassage",
        "supportedBy",
        "supportedByInstrument",
        "mayBeSupportedBy",
    )
    named = {term for each in stated.triples for term in (each.predicate, each.object)}
    assert not named & {MG[name] for name in absent}


def test_no_node_is_blank(graphs: Graphs) -> None:
    terms = (term for held in graphs.values() for each in held for term in (each.subject, each.object))
    assert not any(isinstance(term, ox.BlankNode | ox.Triple) for term in terms)


def test_each_asserted_support_has_the_properties_of_the_contract_once(stated: Stated) -> None:
    expected = {
        *(A, MG["assertedFor"], MG["quotation"], MG["citedAs"], MG["identification"], MG["statementKind"]),
        *(CITO["hasCitingEntity"], CITO["hasCitedEntity"], CITO["hasCitationCharacterization"]),
        *(PROV["hadPrimarySource"], PROV["wasAttributedTo"], PROV["wasGeneratedBy"]),
    }
    for each in stated.of("AssertedSupport"):
        assert stated.properties(each) == {predicate.value: 1 for predicate in expected}


def test_each_asserted_support_ties_its_nodes_together(stated: Stated, iris: Iris) -> None:
    document = iris.mint("document", document=LINKING)
    for each in stated.of("AssertedSupport"):
        quotation = stated.node(each, MG["quotation"])
        assert iris.parse(each.value) == ("support", (iris.parse(quotation.value) or ("", {}))[1])
        assert stated.node(each, CITO["hasCitedEntity"]) == stated.node(quotation, MG["quotes"])
        assert stated.node(each, CITO["hasCitationCharacterization"]) == CITO["obtainsSupportFrom"]
        assert stated.node(each, PROV["hadPrimarySource"]) == document
        body = iris.mint("body", slug="secretariat-for-multidimensional-security")
        assert stated.node(each, PROV["wasAttributedTo"]) == body
        citing = stated.node(each, CITO["hasCitingEntity"])
        assert stated.node(citing, MG["inDocument"]) == document
        assert stated.text(stated.node(each, MG["assertedFor"]), SKOS["notation"]) == each.value.split("/")[-2]
        identified = stated.node(stated.node(each, MG["identification"]), MG["identifies"])
        assert stated.node(stated.node(quotation, MG["quotes"]), MG["passageOf"]) == identified


def test_a_link_cites_the_heading_without_space_and_colon(stated: Stated, iris: Iris) -> None:
    node = iris.mint("support", document=LINKING, notation="5.4", number="2")
    assert stated.text(node, MG["citedAs"]) == "AG/RES. 2348 (XXXVII-O/07)"
    assert stated.text(stated.node(node, MG["quotation"]), MG["text"]).startswith("prepare a model legislation")


def test_the_text_of_a_quotation_is_its_slice_folded(stated: Stated, corpus: Corpus) -> None:
    text = corpus.readings[0].text
    positions = []
    for each in stated.of("Quotation"):
        evidence = stated.node(each, MG["evidence"])
        start, end = (int(stated.text(Iris.part(each, "evidence", "position"), OA[name])) for name in ("start", "end"))
        assert stated.text(each, MG["text"]) == folded(text[start:end])
        assert stated.text(Iris.part(each, "evidence", "quote"), OA["exact"]) == text[start:end]
        assert set(stated.all(evidence, OA["hasSelector"])) == {
            Iris.part(each, "evidence", n) for n in ("quote", "position")
        }
        positions.append(int(stated.text(each, MG["position"])))
        assert text[:start].rstrip().endswith("“") == (stated.text(each, MG["quoted"]) == "true")
    assert sorted(positions) == list(range(1, 131))


def test_nothing_is_said_to_be_compared(stated: Stated) -> None:
    quotations = stated.of("Quotation")
    assert {stated.node(each, MG["comparison"]) for each in quotations} == {MG["NotCompared"]}
    located = {each for each in quotations if stated.node(each, MG["locatorStatus"]) == MG["LocatorStated"]}
    assert {stated.text(each, MG["locator"]) for each in located} == {"3"}
    assert located == {each for each in quotations if stated.all(each, MG["locator"])}
    assert {stated.node(each, MG["locatorStatus"]) for each in set(quotations) - located} == {
        MG["LocatorNotDetermined"]
    }


def test_quotations_of_one_instrument_with_the_same_words_quote_one_passage(stated: Stated) -> None:
    passages = {each: stated.node(each, MG["quotes"]) for each in stated.of("Quotation")}
    words = {
        each: (stated.node(passage, MG["passageOf"]), passage_key(stated.text(each, MG["text"])))
        for each, passage in passages.items()
    }
    assert len(set(passages.values())) == len(set(words.values())) == len(stated.of("Passage"))
    assert len({(passages[each], words[each]) for each in passages}) == len(stated.of("Passage"))
    assert len(stated.of("Passage")) < 130


STATEMENTS = (
    *("AssertedSupport", "Quotation", "Passage", "Identification", "Discrepancy"),
    *("Classification", "ClauseReading", "Cue", "Address", "OverlapClaim", "StatedSource", "ScopeStatement"),
)


@pytest.mark.parametrize("kind", STATEMENTS)
def test_every_statement_says_who_and_what_made_it(stated: Stated, iris: Iris, kind: str) -> None:
    project = iris.mint("agent", name="mandategraph-project")
    asserted = kind in ("AssertedSupport", "Quotation")
    nodes = stated.of(kind)
    assert nodes
    for each in nodes:
        assert stated.node(each, MG["statementKind"]) == MG["Asserted" if asserted else "Judged"]
        activity = stated.node(each, PROV["wasGeneratedBy"])
        assert stated.node(activity, A) == PROV["Activity"]
        assert stated.text(activity, MG["packageVersion"]) == VERSION
        assert (stated.node(each, PROV["wasAttributedTo"]) == project) != asserted
        if not asserted:
            assert stated.text(each, MG["reason"])
            assert stated.node(each, MG["reviewState"]) == MG["NotReviewed"]
        if kind not in ("Passage", "Classification", "ScopeStatement"):
            assert stated.node(stated.node(each, PROV["hadPrimarySource"]), A) == MG["Document"]


def test_who_judges_is_told_with_its_kind(stated: Stated, iris: Iris) -> None:
    project = iris.mint("agent", name="mandategraph-project")
    assert stated.properties(project) == {each.value: 1 for each in (A, RDFS["label"], MG["agentKind"])}
    assert "not reviewed by a human expert" in stated.text(project, MG["agentKind"])
    body = iris.mint("body", slug="secretariat-for-multidimensional-security")
    assert stated.text(body, RDFS["label"]) == "Secretariat for Multidimensional Security"
    assert set(stated.all(body, A)) == {MG["Body"], PROV["Agent"]}
    assert stated.text(iris.mint("agent", name="mandategraph-software"), MG["packageVersion"]) == VERSION


def test_an_instrument_only_believed_has_its_name_and_kind_alone(stated: Stated) -> None:
    unverified = [each for each in stated.of("Instrument") if stated.node(each, MG["verification"]) == MG["Unverified"]]
    assert len(unverified) == 2
    alone = {
        A,
        DCTERMS["identifier"],
        DCTERMS["title"],
        MG["kind"],
        MG["forum"],
        MG["verification"],
        PROV["wasGeneratedBy"],
    }
    for each in unverified:
        assert stated.properties(each) == {predicate.value: 1 for predicate in alone}


def test_a_verified_instrument_has_what_was_read_of_it(stated: Stated, iris: Iris, schemes: Schemes) -> None:
    node = iris.mint("instrument", slug="commitment-public-security-2008")
    expected = {
        DCTERMS["identifier"]: "commitment-public-security-2008",
        MG["symbol"]: "MISPA/doc.7/08 rev. 4",
        MG["adoptingBodyName"]: "Ministers Responsible for Public Security in the Americas (MISPA)",
        MG["meetingName"]: "First Meeting (MISPA I), 7-8 October 2008; seventh plenary session",
        MG["placeName"]: "Mexico City, Mexico",
        MG["kind"]: schemes.concept("InstrumentKinds", "commitment").value,
        MG["forum"]: schemes.concept("Forums", "mispa").value,
        MG["verification"]: MG["Verified"].value,
    }
    assert {predicate: stated.text(node, predicate) for predicate in expected} == expected


def instruments_with_a_body(corpus: Corpus) -> list[Instrument]:
    return [row for row in corpus.registry.instruments.values() if row.adopting_body]


def test_a_forum_and_a_status_are_judgements_with_their_reasons(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    forums = {
        row.adopting_body: corpus.registry.forums[row.adopting_body][0] for row in instruments_with_a_body(corpus)
    }
    expected = {
        *(
            ("instrument", row.slug, schemes.concept("Forums", forums[row.adopting_body]))
            for row in instruments_with_a_body(corpus)
        ),
        *(
            ("plan", row.identifier, schemes.concept("PlanStatuses", row.status))
            for row in corpus.registry.plans.values()
        ),
    }
    found = set()
    for each in stated.of("Classification"):
        for node in stated.all(each, MG["classifies"]):
            rule, parts = iris.parse(lexical(node)) or ("", {})
            found.add((rule, *parts.values(), stated.node(each, MG["classifiedAs"])))
    assert found == expected


def test_what_is_claimed_of_instruments_stands_apart_from_what_documents_assert(graphs: Graphs, iris: Iris) -> None:
    claims = {MG["quotes"], MG["passageOf"], MG["identifies"], MG["overlaps"]}
    sources = [held for name, held in graphs.items() if (iris.parse(name.value) or [""])[0] == "source-graph"]
    assert len(sources) == 5
    assert not {each.predicate for held in sources for each in held} & claims
    assert not {each.object for held in sources for each in held} & {MG["Judged"], MG["Passage"]}


def test_dates_stay_as_precise_as_they_are(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    types = {0: [], 4: [XSD["gYear"]], 7: [XSD["gYearMonth"]], 10: [XSD["date"]]}
    for slug, row in corpus.registry.instruments.items():
        found = stated.all(iris.mint("instrument", slug=slug), DCTERMS["date"])
        assert [each.datatype for each in found if isinstance(each, ox.Literal)] == types[len(row.date)]
        assert [lexical(each) for each in found] == [row.date] * bool(row.date)


def test_a_title_in_another_language_is_added_with_its_source(stated: Stated, iris: Iris) -> None:
    node = iris.mint("instrument", slug="ag-dec-57-medellin-2008")
    titles = {each.language: each.value for each in stated.all(node, DCTERMS["title"]) if isinstance(each, ox.Literal)}
    assert titles == {
        "en": "Declaration of Medellín: Youth and Democratic Values",
        "es": "Declaración de Medellín: Juventud y valores democráticos",
    }
    assert ox.NamedNode("https://atelim.com/agdec-57-xxxviii-o08.html") in stated.all(node, DCTERMS["source"])


def test_relations_between_instruments_are_stated(stated: Stated, iris: Iris) -> None:
    def related(one: str, predicate: ox.NamedNode) -> list[str]:
        values = stated.all(iris.mint("instrument", slug=one), predicate)
        return sorted(lexical(each).rpartition("/")[2] for each in values)

    assert related("cifta-1997", MG["adoptedBy"]) == ["ag-res-1-xxiv-e-97"]
    assert related("cp-res-908-1567-06", MG["mandatedBy"]) == ["ag-res-2116-xxxv-o-05"]
    assert related("ag-res-2543-xl-o-10", DCTERMS["relation"]) == [
        "ag-res-2490-xxxix-o-09",
        "hemispheric-plan-toc-2006",
    ]


def test_a_wrong_wording_is_also_a_discrepancy_with_every_place(stated: Stated, corpus: Corpus) -> None:
    wrong = [row for row in corpus.registry.spellings.values() if row.relation.startswith("wrong ")]
    assert len(stated.of("Discrepancy")) == len(wrong)
    for each in stated.of("Discrepancy"):
        identification = ox.NamedNode(each.value.replace("/discrepancy/", "/identification/"))
        wording = stated.text(identification, MG["wording"])
        held = stated.node(identification, MG["identifies"])
        assert stated.node(each, MG["holds"]) == stated.node(each, MG["comparedWith"]) == held
        assert stated.node(each, MG["discrepancyKind"]) == stated.node(identification, MG["wordingRelation"])
        cited = [c for c in corpus.citations[LINKING] if c.citation.wording == wording]
        evidence = [Iris.part(each, f"evidence-{number}") for number in range(1, len(cited) + 1)]
        assert set(stated.all(each, MG["evidence"])) == set(evidence)
        for part in evidence:
            assert stated.text(ox.NamedNode(f"{part.value}-quote"), OA["exact"]).removesuffix(":").strip() == wording


def test_a_plan_says_its_status_in_the_words_of_a_document(stated: Stated, iris: Iris) -> None:
    plan = iris.mint("plan", plan="2012")
    assert stated.text(plan, DCTERMS["identifier"]) == "2012"
    assert stated.node(plan, MG["wordedBy"]) == iris.mint("document", document="hemispheric-plan-2012")
    assert "April 26, 2012" in stated.text(Iris.part(plan, "evidence", "quote"), OA["exact"])
    assert stated.node(stated.node(plan, MG["evidence"]), OA["hasSource"]) == iris.mint(
        "document", document="working-group-report-2012"
    )


def test_a_unit_is_worded_by_one_document_and_printed_by_two(stated: Stated, graphs: Graphs, iris: Iris) -> None:
    action = iris.mint("action", plan="2012", notation="2.1.2")
    objective = iris.mint("objective", plan="2012", notation="2.1")
    assert stated.text(action, SKOS["notation"]) == "2.1.2"
    assert stated.text(action, MG["citationForm"]) == "Objective 2.1, proposed action 2"
    assert stated.node(action, SKOS["broader"]) == stated.node(action, ELI["is_part_of"]) == objective
    assert stated.text(action, MG["text"]).startswith("To exchange training curriculum")
    printed = {each.subject for each in stated.triples if each.predicate == MG["realizes"] and each.object == action}
    assert {stated.node(each, MG["inDocument"]) for each in printed if isinstance(each, ox.NamedNode)} == {
        iris.mint("document", document=each) for each in ("hemispheric-plan-2012", "working-group-report-2012")
    }
    wording = graphs[iris.mint("source-graph", document="working-group-report-2012")]
    assert not any(each.subject == action for each in wording)


def test_chapters_stand_on_top_of_their_plan_and_paragraphs_in_their_section(stated: Stated, iris: Iris) -> None:
    plan = iris.mint("plan", plan="2012")
    tops = [each for each in stated.of("Chapter") if stated.all(each, SKOS["topConceptOf"]) == [plan]]
    assert sorted(stated.text(each, SKOS["notation"]) for each in tops) == ["1", "2", "3"]
    assert all(stated.all(each, SKOS["broader"]) == [] for each in tops)
    paragraph = iris.mint("paragraph", plan="2012", section="follow-up", number="2")
    assert stated.node(paragraph, ELI["is_part_of"]) == iris.mint("section", plan="2012", section="follow-up")
    assert stated.all(paragraph, SKOS["notation"]) == []


@pytest.mark.parametrize("number", range(5))
def test_a_document_is_rebuilt_from_its_graph(
    stated: Stated, graphs: Graphs, corpus: Corpus, iris: Iris, number: int
) -> None:
    reading = corpus.readings[number]
    document = iris.mint("document", document=reading.source.identifier)
    held = Stated({document: graphs[iris.mint("source-graph", document=reading.source.identifier)]})
    elements = sorted(held.of("Element"), key=lambda each: int(held.text(each, MG["order"])))
    assert [int(held.text(each, MG["order"])) for each in elements] == list(range(1, len(elements) + 1))
    leaves = [each for each in elements if held.all(each, MG["verbatim"])]
    printed = "".join(held.text(each, MG["spaceBefore"]) + held.text(each, MG["verbatim"]) for each in leaves)
    assert printed + held.text(document, MG["spaceAtEnd"]) == reading.text
    assert stated.text(document, MG["sha256"]) == reading.source.sha256


def test_elements_stand_in_one_another_and_keep_their_offsets(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    text = corpus.readings[0].text
    document = iris.mint("document", document=LINKING)
    for each in stated.of("Element"):
        if stated.node(each, MG["inDocument"]) == document:
            start, end = (int(stated.text(each, MG[name])) for name in ("start", "end"))
            parent = stated.node(each, DCTERMS["isPartOf"])
            if parent != document:
                assert int(stated.text(parent, MG["start"])) <= start < end <= int(stated.text(parent, MG["end"]))
            for verbatim in stated.all(each, MG["verbatim"]):
                assert lexical(verbatim) == text[start:end]
                assert stated.text(each, MG["text"]) == folded(text[start:end])


def test_what_no_text_says_of_a_document_is_not_stated(stated: Stated, iris: Iris) -> None:
    plan = iris.mint("document", document="hemispheric-plan-2012")
    assert not {DCTERMS["date"].value, MG["symbol"].value, DCTERMS["source"].value} & stated.properties(plan).keys()
    linking = iris.mint("document", document=LINKING)
    assert stated.one(linking, DCTERMS["date"]) == ox.Literal("2011-04-01", datatype=XSD["date"])
    assert stated.all(linking, PROV["wasAttributedTo"]) == []
    part = iris.mint("element", document=LINKING, path="plan")
    assert "inferred" in stated.text(part, MG["reason"])


def test_what_a_text_says_of_a_document_is_stated(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    first, *others = corpus.readings
    source = replace(first.source, asserted_by="", symbol="S/1", address="https://example.org/a", date="2012-04")
    found = Stated(state(replace(corpus, readings=(replace(first, source=source), *others)), iris, schemes, VERSION))
    node = iris.mint("document", document=LINKING)
    assert found.text(node, MG["symbol"]) == "S/1"
    assert found.one(node, DCTERMS["source"]) == ox.NamedNode("https://example.org/a")
    assert found.one(node, DCTERMS["date"]) == ox.Literal("2012-04", datatype=XSD["gYearMonth"])
    links = found.of("AssertedSupport")
    assert all(found.all(each, PROV["wasAttributedTo"]) == [] for each in [node, *links])


def test_none_found_is_told_from_not_read(stated: Stated) -> None:
    for each in stated.of("ClauseReading"):
        quotation = stated.node(each, MG["readingOf"])
        assert (stated.text(each, MG["verbFound"]) == "true") == bool(stated.all(quotation, MG["cue"]))
        assert (stated.text(each, MG["addresseeFound"]) == "true") == bool(stated.all(quotation, MG["address"]))
        assert stated.node(each, MG["clauseType"]) == MG["ClauseNotDeterminable"]
    assert {stated.node(each, MG["readingOf"]) for each in stated.of("ClauseReading")} == set(stated.of("Quotation"))


def test_the_limits_of_the_data_are_stated_as_they_are_kept(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    for row in corpus.judgements.scope:
        node = iris.mint("scope", name=row.name)
        assert stated.text(node, MG["statement"]) == row.statement
        assert stated.node(node, MG["answerState"]) == schemes.concept("AnswerStates", row.state)
        assert stated.all(node, MG["limits"]) == [iris.mint("plan", plan=each) for each in [row.plan] if each]
        assert len(stated.all(node, MG["evidence"])) == bool(row.document)


def test_a_stated_source_is_in_the_words_of_its_document(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    for row in corpus.judgements.stated_sources:
        node = iris.mint("stated-source", plan=row.plan, name=row.name)
        assert stated.node(node, MG["sourceOf"]) == iris.mint("plan", plan=row.plan)
        assert stated.text(node, MG["words"]) == row.words
        assert folded(stated.text(Iris.part(node, "evidence", "quote"), OA["exact"])) == row.words


def test_a_section_that_a_heading_names_is_stated_of_its_quotations(stated: Stated) -> None:
    for each in stated.of("AssertedSupport"):
        quotation, identification = stated.node(each, MG["quotation"]), stated.node(each, MG["identification"])
        assert stated.all(quotation, MG["sectionName"]) == stated.all(identification, MG["sectionName"])


def test_cues_and_addressees_stand_in_their_quotation(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    assert len(stated.of("Cue")) == sum(bool(each.words) for each in corpus.judgements.cues)
    assert len(stated.of("Address")) == sum(bool(each.addressee_words) for each in corpus.judgements.cues)
    cue = iris.mint("cue", document=LINKING, notation="1.2", quotation="4", number="2")
    assert (stated.text(cue, MG["words"]), stated.text(cue, MG["verb"])) == ("request", "request")
    strength = corpus.judgements.verbs["request"].strength
    assert stated.node(cue, MG["strength"]) == schemes.concept("VerbStrengths", strength)
    address = iris.mint("address", document=LINKING, notation="1.2", quotation="4", number="2")
    assert stated.text(address, MG["words"]) == "General Secretariat"
    assert stated.node(address, MG["addressee"]) == schemes.concept("Addressees", "general-secretariat")
    for name in ("cue", "address"):
        for each in stated.triples:
            if each.predicate == MG[name]:
                assert isinstance(each.subject, ox.NamedNode)
                assert isinstance(each.object, ox.NamedNode)
                outer, inner = (
                    [int(stated.text(Iris.part(node, "evidence", "position"), OA[end])) for end in ("start", "end")]
                    for node in (each.subject, each.object)
                )
                assert outer[0] <= inner[0] < inner[1] <= outer[1]


def test_an_overlap_is_claimed_and_stated(stated: Stated) -> None:
    for each in stated.of("OverlapClaim"):
        one, other = stated.all(each, MG["claimsOverlap"])
        assert isinstance(one, ox.NamedNode)
        assert isinstance(other, ox.NamedNode)
        assert stated.node(one, MG["passageOf"]) == stated.node(other, MG["passageOf"])
        assert other in stated.all(one, MG["overlaps"]) or one in stated.all(other, MG["overlaps"])


def test_another_base_moves_resources_and_never_terms(graphs: Graphs, corpus: Corpus, schemes: Schemes) -> None:
    base = "https://example.org/here/"

    def moved(term: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> ox.NamedNode | ox.Literal:
        assert isinstance(term, ox.NamedNode | ox.Literal)
        ours = (
            isinstance(term, ox.NamedNode) and term.value.startswith(DEFAULT_BASE) and not term.value.startswith(MG.iri)
        )
        return ox.NamedNode(base + term.value.removeprefix(DEFAULT_BASE)) if ours else term

    found = state(corpus, Iris(base), schemes, VERSION)
    assert {name.value for name in found} == {moved(name).value for name in graphs}
    for name, held in graphs.items():
        expected = set()
        for each in held:
            subject, value = moved(each.subject), moved(each.object)
            assert isinstance(subject, ox.NamedNode)
            expected.add(ox.Triple(subject, each.predicate, value))
        assert found[ox.NamedNode(moved(name).value)] == expected


def test_the_same_corpus_is_stated_the_same_way(graphs: Graphs, corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    assert state(corpus, iris, schemes, VERSION) == graphs


def faults(corpus: Corpus, iris: Iris, schemes: Schemes) -> list[str]:
    """The messages of what is wrong with the tables of a corpus."""
    try:
        state(corpus, iris, schemes, VERSION)
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(fault) for fault in several.faults]
    return []


def with_cue(corpus: Corpus, **cells: str) -> Corpus:
    row = Cue(
        **{
            "document": LINKING,
            "quotation": "1.1/1",
            "words": "",
            "verb": "",
            "addressee_words": "",
            "addressee": "",
            "reason": "r",
        }
        | cells,
        place=HERE,
    )
    return replace(corpus, judgements=replace(corpus.judgements, cues=(*corpus.judgements.cues, row)))


def with_overlap(corpus: Corpus, one: str, other: str) -> Corpus:
    row = Overlap(LINKING, one, other, "different cut", "r", HERE)
    return replace(corpus, judgements=replace(corpus.judgements, overlaps=(row,)))


def with_stated_source(corpus: Corpus, plan: str, document: str, words: str) -> Corpus:
    row = StatedSource(plan, document, "x", words, "r", HERE)
    return replace(corpus, judgements=replace(corpus.judgements, stated_sources=(row,)))


def with_boundary(corpus: Corpus, plan: str, document: str, words: str) -> Corpus:
    row = Boundary("x", plan, "s", "not compared", "r", document, words, HERE)
    return replace(corpus, judgements=replace(corpus.judgements, scope=(row,)))


def with_plan(corpus: Corpus, **cells: str) -> Corpus:
    plans = corpus.registry.plans
    return replace(corpus, registry=replace(corpus.registry, plans={**plans, "2012": replace(plans["2012"], **cells)}))


def asserted_by(corpus: Corpus, body: str) -> Corpus:
    first, *others = corpus.readings
    return replace(corpus, readings=(replace(first, source=replace(first.source, asserted_by=body)), *others))


def without_plan(corpus: Corpus) -> Corpus:
    plans = {name: row for name, row in corpus.registry.plans.items() if name != "2011-draft"}
    return replace(corpus, registry=replace(corpus.registry, plans=plans))


def with_another_plan(corpus: Corpus) -> Corpus:
    plans = corpus.registry.plans
    return replace(corpus, registry=replace(corpus.registry, plans={**plans, "2013": plans["2012"]}))


def without_cue(corpus: Corpus) -> Corpus:
    cues = tuple(each for each in corpus.judgements.cues if each.quotation != "1.4/1")
    return replace(corpus, judgements=replace(corpus.judgements, cues=cues))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.1/3"),
            r"t\.tsv:2: expected two passages of one instrument, found '.* and ",
            id="overlap-across-instruments",
        ),
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.4/1"),
            r"t\.tsv:2: expected two passages of one instrument, found '.* and ",
            id="overlap-with-itself",
        ),
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.1/9"),
            r"t\.tsv:2: expected a quotation of linking-document-2011, as .* \(nearest: .*1\.1/.*\), found '1\.1/9'",
            id="overlap-with-nothing",
        ),
        pytest.param(
            lambda held: with_cue(held, quotation="zzz"),
            r"t\.tsv:2: expected a quotation of .*\(nearest: none\), found 'zzz'",
            id="cue-of-no-quotation",
        ),
        pytest.param(
            lambda held: with_cue(held, document="zzz"),
            r"t\.tsv:2: expected a quotation of zzz, .*\(nearest: none\), found '1\.1/1'",
            id="cue-of-no-document",
        ),
        pytest.param(
            lambda held: with_cue(held, words="Promote", verb="promote"),
            r"t\.tsv:2: expected words that stand in the quotation in linking.*, found '0 times: Promote'",
            id="cue-words-of-another-quotation",
        ),
        pytest.param(
            lambda held: with_cue(held, addressee_words="states", addressee="member-states"),
            r"t\.tsv:2: expected words that stand in the quotation in linking.*, found '0 times: states'",
            id="addressee-words-not-there",
        ),
        pytest.param(
            without_cue,
            r"data/judgements/cues\.tsv: expected a row for quotation 1\.4/1 of linking-document-2011, found 'none'",
            id="quotation-without-cue",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "2012", "zzz", "w"),
            r"t\.tsv:2: expected a document among linking.*, found 'zzz'",
            id="stated-source-of-no-document",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "zzz", "hemispheric-plan-2012", "INTRODUCTION:"),
            r"t\.tsv:2: expected a plan among 2011-03-07, 2011-draft, 2012, found 'zzz'",
            id="stated-source-of-no-plan",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "2012", "hemispheric-plan-2012", "trafficking in persons"),
            r"t\.tsv:2: expected words that stand once in hemispheric-plan.*, found '2 times: trafficking in persons'",
            id="stated-source-words-not-unique",
        ),
        pytest.param(
            lambda held: with_boundary(held, "zzz", "", ""),
            r"t\.tsv:2: expected a plan among .*, found 'zzz'",
            id="scope-of-no-plan",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "zzz", "w"),
            r"t\.tsv:2: expected a document among .*, found 'zzz'",
            id="scope-of-no-document",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "hemispheric-plan-2012", "zzz"),
            r"t\.tsv:2: expected words that stand once in hemispheric-plan-2012\.txt, found '0 times: zzz'",
            id="scope-words-not-there",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "hemispheric-plan-2012", ""),
            r"t\.tsv:2: expected words",
            id="scope-without-words",
        ),
        pytest.param(
            lambda held: with_plan(held, status_document="zzz"),
            r"data/registry/plans\.tsv: expected a document among .*, found 'zzz'",
            id="plan-status-of-no-document",
        ),
        pytest.param(
            lambda held: with_plan(held, status_words="zzz"),
            r"data/registry/plans\.tsv: expected words that stand once in working-.*, found '0 times: zzz'",
            id="plan-status-words-not-there",
        ),
        pytest.param(
            without_plan,
            r"data/registry/plans\.tsv: expected a row for the plan '2011-draft' that draft-.* prints, found 'none'",
            id="plan-without-row",
        ),
        pytest.param(
            with_another_plan,
            r"data/registry/plans\.tsv: expected a plan some document prints, found '2013'",
            id="plan-not-printed",
        ),
        pytest.param(
            lambda held: with_plan(held, worded_by="zzz"),
            r"data/registry/plans\.tsv: expected .*, found 'zzz'",
            id="plan-worded-by-no-document",
        ),
        pytest.param(
            lambda held: asserted_by(held, "zzz"),
            r"data/sources/sources\.toml: expected asserted_by: a slug of bodies\.tsv \(secretariat.*\), found 'zzz'",
            id="asserted-by-no-body",
        ),
        pytest.param(
            lambda held: with_plan(held, worded_by=LINKING),
            r"data/registry/plans\.tsv: expected .*, found 'linking-document-2011'",
            id="plan-worded-by-a-document-that-does-not-print-it",
        ),
    ],
)
def test_a_row_that_does_not_fit_the_documents_is_refused(
    corpus: Corpus, iris: Iris, schemes: Schemes, spoil: Callable[[Corpus], Corpus], found: str
) -> None:
    with pytest.raises(TableError, match=f"^{found}"):
        state(spoil(corpus), iris, schemes, VERSION)


def test_the_faults_of_all_judgements_are_told_together(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    spoilt = with_boundary(with_overlap(without_cue(corpus), "1.1/1", "9.9/9"), "zzz", "", "")
    assert [each.partition(": expected ")[0] for each in faults(spoilt, iris, schemes)] == [
        "data/judgements/cues.tsv",
        "t.tsv:2",
        "t.tsv:2",
    ]


def test_words_of_a_row_may_be_spaced_otherwise(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    words = "CHAPTER 1  –\u00a0DEVELOPMENT OF PUBLIC\nPOLICIES"
    found = Stated(state(with_stated_source(corpus, "2012", "hemispheric-plan-2012", words), iris, schemes, VERSION))
    (node,) = found.of("StatedSource")
    assert found.text(Iris.part(node, "evidence", "quote"), OA["exact"]) == "CHAPTER 1 – DEVELOPMENT OF PUBLIC POLICIES"


def test_an_instrument_of_no_known_forum_says_so(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    row = Instrument("x", "resolution", "t", verified=True)
    more = replace(corpus.registry, instruments={**corpus.registry.instruments, "x": row})
    found = Stated(state(replace(corpus, registry=more), iris, schemes, VERSION))
    assert found.node(iris.mint("instrument", slug="x"), MG["forum"]) == schemes.concept("Forums", "not-determined")


def test_a_source_that_is_no_address_is_a_line(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    sources = ("https://a.org (p. 2)", "d.txt:4 (title)")
    row = Instrument("x", "resolution", "t", verified=True, sources=sources, titles=(("es", "Un título", ""),))
    more = replace(corpus.registry, instruments={**corpus.registry.instruments, "x": row})
    found = Stated(state(replace(corpus, registry=more), iris, schemes, VERSION))
    node = iris.mint("instrument", slug="x")
    assert found.all(node, DCTERMS["source"]) == [ox.NamedNode("https://a.org")]
    assert found.text(node, MG["sourceLine"]) == "d.txt:4 (title)"


def test_every_graph_is_described(iris: Iris) -> None:
    names = [
        iris.mint("source-graph", document="doc"),
        *(iris.mint("graph", name=each) for each in ("registry", "judgements", "inferred", "report")),
        ox.NamedNode("https://elsewhere.example/graph"),
    ]
    found = Stated({iris.mint("service"): describe(names, iris, VERSION)})
    service = iris.mint("service")
    dataset = found.node(service, SD["defaultDataset"])
    described = {
        found.node(each, SD["name"]) for each in found.all(dataset, SD["namedGraph"]) if isinstance(each, ox.NamedNode)
    }
    assert described == set(names)
    assert found.text(names[0], DCTERMS["description"]) == "What is read in doc.txt."
    assert len({found.text(each, DCTERMS["description"]) for each in names[:-1]}) == len(names) - 1
    assert all(found.text(each, MG["packageVersion"]) == VERSION for each in names)
