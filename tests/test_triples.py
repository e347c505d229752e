"""The corpus as graphs: what is stated, how often, on what ground, and what is never stated."""

from collections import Counter
from dataclasses import replace

import pyoxigraph as ox
import pytest

from mandategraph.corpora import Inputs
from mandategraph.iris import DEFAULT_BASE, Iris, passage_key
from mandategraph.model import Corpus, Instrument, StatedSource, folded
from mandategraph.schemes import Schemes
from mandategraph.triples import Graphs, state
from mandategraph.vocabulary import CITO, DCTERMS, ELI, MG, OA, PROV, RDFS, SKOS, XSD, A, compact, lexical
from stating import HERE, VERSION, Stated

LINKING = "linking-document-2011"


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
        ("ClauseReading", 130),
    ],
)
def test_how_many_there_are(stated: Stated, kind: str, count: int) -> None:
    assert len(stated.of(kind)) == count


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("Instrument", "registry/instruments"),
        ("Identification", "registry/spellings"),
        ("Body", "registry/bodies"),
        ("Meeting", "registry/meetings"),
        ("State", "registry/states"),
        ("Person", "registry/persons"),
        ("Membership", "registry/roles"),
        ("Programme", "registry/programmes"),
        ("DocumentSymbol", "registry/symbols"),
        ("Mention", "registry/mentions"),
        ("ProcessStatement", "process/statements"),
        ("Order", "process/orders"),
        ("OrderPart", "process/order-parts"),
        ("MandateClaim", "process/mandates"),
        ("Outcome", "process/outcomes"),
        ("Duty", "process/duties"),
        ("IdentityClaim", "judgements/identities"),
        ("ThemeTag", "judgements/themes"),
        ("PrincipleStatement", "judgements/principles"),
        ("OverlapClaim", "judgements/overlaps"),
        ("StatedSource", "judgements/stated-sources"),
        ("ScopeStatement", "judgements/scope"),
    ],
)
def test_there_is_a_node_for_each_row(stated: Stated, inputs: Inputs, kind: str, table: str) -> None:
    rows = inputs.text(f"data/{table}.tsv").count("\n") - 1
    assert len(stated.of(kind)) == rows > 0


REVIEWED = "mg:statementKind mg:reviewState prov:wasGeneratedBy"
JUDGED = f"{REVIEWED} mg:reason prov:wasAttributedTo"
HELD = f"{JUDGED} mg:tableRow"
SOURCED = f"{HELD} prov:hadPrimarySource"
TRANSCRIBED = f"{REVIEWED} mg:tableRow mg:words mg:evidence prov:hadPrimarySource"
ENTITY = "rdfs:label prov:wasGeneratedBy"
UNIT = "mg:text mg:citationForm eli:is_part_of prov:wasGeneratedBy"
CONCEPT = f"{UNIT} skos:inScheme skos:notation"

PROPERTIES = {
    "mg:Document": "dcterms:identifier dcterms:title dcterms:rights dcterms:date? mg:issuedBy mg:sha256 mg:sourceLine "
    "mg:spaceAtEnd mg:mandatedBy? prov:wasGeneratedBy",
    "mg:Element": "dcterms:isPartOf mg:inDocument mg:elementKind mg:order mg:start mg:end mg:realizes? mg:text? "
    "mg:verbatim? mg:spaceBefore? mg:reason? prov:wasAttributedTo?",
    "mg:Plan": "dcterms:identifier dcterms:title mg:status mg:reason mg:registeredAs mg:wordedBy mg:evidence "
    "mg:mandatedBy? prov:wasGeneratedBy",
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
    "mg:Body": f"{ENTITY} mg:bodyKind mg:sourceLine? dcterms:source? mg:abbreviation? "
    "org:subOrganizationOf? mg:hierarchySource? mg:mandatedBy?",
    "mg:Meeting": f"{ENTITY} mg:meetingKind mg:meetingOf? mg:begins? mg:ends? mg:venue? mg:sourceLine? dcterms:source?",
    "mg:State": f"{ENTITY} mg:isoCode mg:sourceLine",
    "mg:Person": f"{ENTITY} mg:sourceLine",
    "mg:Membership": f"{SOURCED} org:member org:role org:organization? mg:representsState? mg:begins? mg:words "
    "mg:evidence",
    "mg:Programme": f"{ENTITY} mg:programmeKind mg:runBy? mg:sourceLine",
    "mg:DocumentSymbol": f"{HELD} rdfs:label mg:borneBy mg:revisionOf? mg:sourceLine",
    "mg:Mention": f"{SOURCED} mg:mentions mg:words mg:evidence",
    "mg:ProcessStatement": f"{TRANSCRIBED} mg:event mg:modality mg:form? dcterms:date? mg:atMeeting? mg:doneBy? "
    "mg:addressedTo? mg:doneWith? mg:pertainsTo? mg:elected? mg:hasResult? mg:concerns? mg:byMeansOf? mg:doneFor?",
    "mg:Order": f"{TRANSCRIBED} mg:orderedIn? mg:citedPlace?",
    "mg:OrderPart": f"{TRANSCRIBED} mg:partOfOrder mg:partRole mg:names?",
    "mg:MandateClaim": f"{REVIEWED} mg:tableRow mg:mandateOf mg:mandateFrom mg:words? mg:evidence? mg:reason? "
    "prov:hadPrimarySource? prov:wasAttributedTo?",
    "mg:Outcome": f"{HELD} mg:outcomeOf mg:outcome mg:outcomeIn? dcterms:date? mg:words? mg:evidence? "
    "prov:hadPrimarySource?",
    "mg:Duty": f"{SOURCED} mg:dutyKind mg:dutyStatus mg:act mg:period mg:holder mg:dutyOf? mg:owedTo? "
    "mg:dutyTowards? mg:arisesFrom mg:statusShownBy? mg:words mg:evidence",
    "mg:Showing": "mg:words mg:evidence",
    "mg:Identification": f"{SOURCED} mg:wording mg:wordingRelation mg:identifies mg:namesInstead? mg:sectionName?",
    "mg:Discrepancy": f"{SOURCED} mg:discrepancyKind mg:comparedWith? mg:holds mg:heldWords? mg:evidence",
    "mg:IdentityClaim": f"{HELD} mg:identityState mg:ifRejected mg:identityOf? mg:evidence? mg:reassigns? "
    "mg:reassignedTo? prov:hadPrimarySource?",
    "mg:ThemeTag": f"{SOURCED} mg:tagged mg:theme mg:words mg:evidence",
    "mg:PrincipleStatement": f"{HELD} mg:principleOf mg:principle mg:words? mg:evidence? prov:hadPrimarySource?",
    "mg:Classification": f"{HELD} mg:classifies mg:classifiedAs mg:evidence? prov:hadPrimarySource?",
    "mg:ClauseReading": f"{SOURCED} mg:readingOf mg:clauseType mg:verbFound mg:addresseeFound",
    "mg:Cue": f"{SOURCED} mg:words mg:verb mg:strength mg:evidence",
    "mg:Address": f"{SOURCED} mg:words mg:addressee mg:evidence",
    "mg:OverlapClaim": f"{SOURCED} mg:claimsOverlap mg:placeRelation",
    "mg:StatedSource": f"{SOURCED} mg:sourceOf mg:words mg:evidence",
    "mg:ScopeStatement": f"{HELD} mg:statement mg:answerState mg:limits? mg:evidence? prov:hadPrimarySource?",
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
    *("Membership", "Mention", "Outcome", "IdentityClaim", "ThemeTag", "PrincipleStatement"),
)
UNSOURCED = ("Passage", "Classification", "ScopeStatement", "Outcome", "IdentityClaim", "PrincipleStatement")
"""What need not rest on words of a document."""


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
        sources = stated.nodes(each, PROV["hadPrimarySource"])
        assert sources or kind in UNSOURCED
        assert {stated.node(source, A) for source in sources} <= {MG["Document"]}


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
    assert len(unverified) == 5
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
        row.adopting_body: corpus.registry.forums[row.adopting_body].forum for row in instruments_with_a_body(corpus)
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
    found = [each for each in stated.of("Discrepancy") if not stated.all(each, MG["heldWords"])]
    assert len(found) == len(wrong) == 5
    for each in found:
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


def test_words_of_a_row_may_be_spaced_otherwise(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    words = "CHAPTER 1  –\u00a0DEVELOPMENT OF PUBLIC\nPOLICIES"
    row = StatedSource("2012", "hemispheric-plan-2012", "x", words, "r", HERE)
    spaced = replace(corpus, judgements=replace(corpus.judgements, stated_sources=(row,)))
    found = Stated(state(spaced, iris, schemes, VERSION))
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
