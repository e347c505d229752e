"""The record as triples: who, when, ordered by whom, in which words, and whose statement each is."""

from collections import Counter, defaultdict
from itertools import chain

import pyoxigraph as ox
import pytest

from mandategraph.corpora import Inputs
from mandategraph.iris import Iris, wording_key
from mandategraph.model import Corpus, UnitKind, folded
from mandategraph.record import NONE, Reference, reference
from mandategraph.schemes import Schemes
from mandategraph.triples import Graphs
from mandategraph.triples.spans import tight
from mandategraph.vocabulary import DCTERMS, MG, OA, ORG, PROV, RDFS, A, lexical
from stating import Stated

LINKING = "linking-document-2011"
REPORT = "working-group-report-2012"
WORK_PLAN = "working-group-work-plan-2012"
ANNEX = "hemispheric-plan-2012"
GROUP = "csh-working-group-2011-2012"

TRANSCRIBED = ("ProcessStatement", "Order", "OrderPart")
"""What a person wrote into a table that a document states."""


def names(nodes: list[ox.NamedNode]) -> set[str]:
    """The last segments of IRIs."""
    return {each.value.rpartition("/")[2] for each in nodes}


def span(stated: Stated, node: ox.NamedNode, part: str = "evidence") -> tuple[int, int]:
    """The characters that a node rests on, as offsets."""
    position = Iris.part(node, part, "position")
    return int(stated.text(position, OA["start"])), int(stated.text(position, OA["end"]))


def source(stated: Stated, node: ox.NamedNode, part: str = "evidence") -> str:
    """The document that a node rests on."""
    return stated.node(Iris.part(node, part), OA["hasSource"]).value.rpartition("/")[2]


def graph_of(graphs: Graphs, node: ox.NamedNode) -> set[str]:
    """The names of the graphs in which something is said of a node."""
    return {name.value.rpartition("/")[2] for name, held in graphs.items() if any(t.subject == node for t in held)}


# Persons, bodies, meetings and symbols


@pytest.mark.parametrize(
    ("role", "document", "holders"),
    [
        ("chair", WORK_PLAN, {"denys-toscano-amores": "EC"}),
        ("chair", REPORT, {"denys-toscano-amores": "EC"}),
        ("vice-chair", WORK_PLAN, {}),
        ("vice-chair", REPORT, {"juan-gabriel-morales": "MX", "jeremy-long": "US"}),
    ],
)
def test_who_led_the_group_is_told_by_each_document_with_the_state_of_each(
    stated: Stated, iris: Iris, schemes: Schemes, role: str, document: str, holders: dict[str, str]
) -> None:
    here = iris.mint("document", document=document)
    told = [each for each in stated.of("Membership") if stated.node(each, PROV["hadPrimarySource"]) == here]
    held = [each for each in told if stated.node(each, ORG["role"]) == schemes.concept("Roles", role)]
    assert names([stated.node(each, ORG["member"]) for each in held]) == holders.keys()
    assert {stated.node(each, ORG["organization"]) for each in held} <= {iris.mint("body", slug=GROUP)}
    for person, state in holders.items():
        represented = {
            each
            for one in told
            if stated.node(one, ORG["member"]) == iris.mint("person", slug=person)
            for each in stated.nodes(one, MG["representsState"])
        }
        assert {stated.text(each, MG["isoCode"]) for each in represented} == {state}


def test_a_role_is_shown_in_words_that_name_its_holder(stated: Stated) -> None:
    for each in stated.of("Membership"):
        person = stated.node(each, ORG["member"])
        assert stated.text(person, RDFS["label"]) in stated.text(each, MG["words"])
        assert stated.text(each, MG["words"]) == folded(stated.words(each))


def test_every_person_is_an_agent_with_a_role(stated: Stated) -> None:
    holders = {stated.node(each, ORG["member"]) for each in stated.of("Membership")}
    assert set(stated.of("Person")) == holders
    assert all(set(stated.all(each, A)) == {MG["Person"], PROV["Agent"]} for each in holders)


def test_an_election_names_whom_it_elected_and_when(stated: Stated, iris: Iris, schemes: Schemes) -> None:
    elections = [
        each
        for each in stated.of("ProcessStatement")
        if stated.node(each, MG["event"]) == schemes.concept("EventKinds", "election")
        and source(stated, each) == REPORT
    ]
    elected = {
        (stated.node(each, MG["elected"]), stated.node(each, MG["atMeeting"]), *map(lexical, dates(stated, each)))
        for each in elections
    }
    first, committee = (iris.mint("meeting", slug=each) for each in ("csh-wg-2011-12-15", "csh-2011-chair-election"))
    assert elected == {
        (iris.mint("person", slug="denys-toscano-amores"), committee, "2011"),
        (iris.mint("person", slug="juan-gabriel-morales"), first, "2011-12-15"),
        (iris.mint("person", slug="jeremy-long"), first, "2011-12-15"),
    }


def dates(stated: Stated, node: ox.NamedNode) -> list[ox.NamedNode | ox.Literal]:
    """The dates of a statement: one, or none where the document gives none."""
    return stated.all(node, DCTERMS["date"])


def test_a_body_is_part_of_another_only_with_the_line_that_says_so(stated: Stated, iris: Iris) -> None:
    group = iris.mint("body", slug=GROUP)
    committee = iris.mint("body", slug="committee-on-hemispheric-security")
    secretariat = iris.mint("body", slug="working-group-technical-secretariat")
    assert stated.node(secretariat, ORG["subOrganizationOf"]) == group
    assert stated.text(secretariat, MG["hierarchySource"]) == "working-group-report-2012.txt:51"
    assert stated.all(group, ORG["subOrganizationOf"]) == []
    assert stated.text(committee, MG["abbreviation"]) == "CSH"
    assert stated.all(committee, ORG["subOrganizationOf"]) == []
    for each in stated.of("Body"):
        assert len(stated.all(each, ORG["subOrganizationOf"])) == len(stated.all(each, MG["hierarchySource"]))


def test_a_source_on_the_web_is_an_address_and_one_here_a_line(stated: Stated, iris: Iris) -> None:
    node = iris.mint("meeting", slug="mispa-1")
    assert stated.all(node, DCTERMS["source"]) == [ox.NamedNode("https://2009-2017.state.gov/p/wha/rls/110993.htm")]
    assert stated.text(node, MG["sourceLine"]).startswith("linking-document-2011.txt:24,")
    assert [stated.text(node, MG[each]) for each in ("begins", "ends", "venue")] == [
        "2008-10-07",
        "2008-10-08",
        "Mexico City, Mexico",
    ]


def test_a_symbol_is_borne_by_an_instrument_and_only_rev_revises(stated: Stated, iris: Iris) -> None:
    revised = {each: stated.nodes(each, MG["revisionOf"]) for each in stated.of("DocumentSymbol")}
    fifth = iris.mint("symbol", slug="csh-gt-dss-12-12-rev-5")
    assert {each: of for each, of in revised.items() if of} == {fifth: [iris.mint("symbol", slug="csh-gt-dss-12-12")]}
    wrong = iris.mint("symbol", slug="ag-res-57-xxxviii-o-08")
    assert stated.text(wrong, RDFS["label"]) == "AG/RES. 57 (XXXVIII-O/08)"
    assert stated.node(wrong, MG["borneBy"]) == iris.mint("instrument", slug="ag-dec-57-medellin-2008")
    assert stated.text(wrong, MG["reason"]).startswith("RES for DEC")


# Mentions


def test_the_words_of_a_mention_are_its_slice(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    texts = {each.source.identifier: each.text for each in corpus.readings}
    for each in stated.of("Mention"):
        start, end = span(stated, each)
        document = source(stated, each)
        assert stated.text(each, MG["words"]) == folded(texts[document][start:end])
        rule, parts = iris.parse(each.value) or ("", {})
        assert (rule, parts["document"], parts["start"], parts["end"]) == ("mention", document, str(start), str(end))
        assert iris.parse(stated.node(each, MG["mentions"]).value) == (
            parts["kind"],
            {{"state": "code", "plan": "plan", "document": "document"}.get(parts["kind"], "slug"): parts["slug"]},
        )


def test_every_entity_is_mentioned_but_those_the_registry_knows_from_elsewhere(stated: Stated) -> None:
    mentioned = {stated.node(each, MG["mentions"]) for each in stated.of("Mention")}
    kinds = ("Body", "Meeting", "State", "Person", "Programme", "DocumentSymbol")
    for each in chain(*(stated.of(kind) for kind in kinds)):
        here = any(".txt:" in lexical(line) for line in stated.all(each, MG["sourceLine"]))
        assert each in mentioned or not here, each.value


# The process


def test_seventeen_delegations_replied_over_the_platform(stated: Stated, iris: Iris) -> None:
    node = iris.mint("statement", name="report-delegations-replied")
    replied = stated.nodes(node, MG["doneBy"])
    assert len(replied) == 17
    words = stated.text(node, MG["words"])
    listed = words.removeprefix("The delegations of ").partition(" returned")[0].replace(" and ", " ")
    assert len(listed.split(", ")) + listed.count("Trinidad Tobago") == 18
    for each in replied:
        assert MG["State"] in stated.all(each, A)
        assert stated.text(each, RDFS["label"]) in words
    states = {stated.text(each, MG["isoCode"]) for each in stated.of("State")}
    assert states - {stated.text(each, MG["isoCode"]) for each in replied} == {"SV"}


@pytest.mark.parametrize(
    ("document", "modality", "form", "count"),
    [
        (WORK_PLAN, "planned", "formal", 1),
        (WORK_PLAN, "planned", "informal", 1),
        (REPORT, "planned", "formal", 1),
        (REPORT, "reported", "informal", 2),
        (REPORT, "reported", "formal", 0),
        (REPORT, "reported", "regular", 0),
    ],
)
def test_what_was_planned_for_15_march_stands_apart_from_what_was_reported(
    stated: Stated, iris: Iris, schemes: Schemes, document: str, modality: str, form: str, count: int
) -> None:
    meeting = iris.mint("meeting", slug="csh-wg-2012-03-15")
    found = [
        each
        for each in stated.of("ProcessStatement")
        if meeting in stated.all(each, MG["atMeeting"])
        and source(stated, each) == document
        and stated.node(each, MG["event"]) == schemes.concept("EventKinds", "meeting")
        and stated.node(each, MG["modality"]) == schemes.concept("Modalities", modality)
        and schemes.concept("MeetingForms", form) in stated.all(each, MG["form"])
    ]
    assert len(found) == count
    assert {stated.text(each, DCTERMS["date"]) for each in found} <= {"2012-03-15"}


def test_of_a_meeting_itself_neither_form_nor_course_is_stated(stated: Stated) -> None:
    said = {predicate for each in stated.of("Meeting") for predicate in stated.properties(each)}
    assert not said & {MG[each].value for each in ("form", "modality", "event", "doneBy", "hasResult")}


def test_a_process_statement_stands_in_the_graph_of_the_document_that_makes_it(
    stated: Stated, graphs: Graphs, iris: Iris
) -> None:
    for kind in TRANSCRIBED:
        for each in stated.of(kind):
            document = stated.node(each, PROV["hadPrimarySource"]).value.rpartition("/")[2]
            assert source(stated, each) == document
            held = graphs[iris.mint("source-graph", document=document)]
            assert ox.Triple(each, A, MG[kind]) in held


@pytest.mark.parametrize("kind", TRANSCRIBED)
def test_what_a_document_states_of_the_process_is_no_judgement(stated: Stated, iris: Iris, kind: str) -> None:
    nodes = stated.of(kind)
    assert nodes
    for each in nodes:
        assert stated.node(each, MG["statementKind"]) == MG["Asserted"]
        assert stated.node(each, MG["reviewState"]) == MG["NotReviewed"]
        assert stated.all(each, PROV["wasAttributedTo"]) == []
        document = stated.node(each, PROV["hadPrimarySource"])
        assert stated.node(document, A) == MG["Document"]
        activity = stated.node(each, PROV["wasGeneratedBy"])
        name = document.value.rpartition("/")[2]
        assert activity == iris.mint("activity", name=f"transcribing-{name}")
        assert stated.text(activity, DCTERMS["title"]) == f"transcribing what {name}.txt states"


def test_nothing_is_both_stated_and_judged(stated: Stated, graphs: Graphs, iris: Iris) -> None:
    kinds = defaultdict[str, set[str]](set)
    for each in stated.triples:
        if each.predicate == MG["statementKind"]:
            kinds[lexical(each.subject)].add(lexical(each.object))
    assert {len(each) for each in kinds.values()} == {1}
    for name in ("judgements", "registry"):
        held = graphs[iris.mint("graph", name=name)]
        assert not any(each.object == MG["Asserted"] for each in held)
    sources = [held for name, held in graphs.items() if (iris.parse(name.value) or [""])[0] == "source-graph"]
    assert not any(each.object == MG["Judged"] for held in sources for each in held)


def test_the_row_a_node_is_stated_from_is_there(stated: Stated, inputs: Inputs) -> None:
    columns = {
        name: [line.split("\t") for line in inputs.text(name).splitlines()]
        for name in inputs.files
        if name.endswith(".tsv")
    }
    told = Counter(stated.text(each, MG["tableRow"]) for kind in TRANSCRIBED for each in stated.of(kind))
    assert set(told.values()) == {1}
    named = {lexical(each.object) for each in stated.triples if each.predicate == MG["tableRow"]}
    assert len(named) > 1500
    for each in named:
        file, _, key = each.partition(": ")
        assert key
        assert any(all(part in cells for part in key.split(" · ")) for cells in columns[file][1:]), each


# Orders, mandates and outcomes


WORDINGS = {
    "paragraph-16-report": (REPORT, "to follow-up to the Declaration of San Salvador", "Paragraph 16"),
    "paragraph-16-work-plan": (
        WORK_PLAN,
        "to follow up on this Declaration of San Salvador",
        "Declarative paragraph 16",
    ),
}


@pytest.mark.parametrize("name", WORDINGS)
def test_paragraph_16_is_an_order_in_the_wording_of_each_document(stated: Stated, iris: Iris, name: str) -> None:
    document, wording, place = WORDINGS[name]
    order = iris.mint("order", name=name)
    assert source(stated, order) == document
    assert wording in stated.text(order, MG["words"])
    assert stated.node(order, MG["orderedIn"]) == iris.mint("instrument", slug="declaration-san-salvador-2011")
    assert stated.text(order, MG["citedPlace"]) == place


@pytest.mark.parametrize("name", WORDINGS)
def test_the_parts_of_the_order_say_who_whom_what_with_whom_and_by_when(
    stated: Stated, iris: Iris, schemes: Schemes, name: str
) -> None:
    order = iris.mint("order", name=name)
    expected = {
        ("orders", "body", "oas-general-assembly"),
        ("ordered", "body", "oas-permanent-council"),
        ("task", "plan", "2012"),
        ("consulted", "body", "mispa"),
        ("consulted", "body", "remja"),
        ("assisting", "body", "oas-general-secretariat"),
        ("considered-by", "body", "oas-general-assembly"),
        ("due", "meeting", "oas-ga-42"),
        ("follows-up", "instrument", "declaration-san-salvador-2011"),
    }
    roles = {concept: notation for notation, concept in schemes.concepts["OrderParts"].items()}
    found = set()
    for each in stated.of("OrderPart"):
        if stated.node(each, MG["partOfOrder"]) == order:
            rule, parts = iris.parse(stated.node(each, MG["names"]).value) or ("", {})
            found.add((roles[stated.node(each, MG["partRole"])], rule, *parts.values()))
            assert source(stated, each) == source(stated, order)
            assert stated.text(each, MG["words"]) == folded(stated.words(each))
    assert found == expected


def test_the_words_of_a_part_are_only_those_that_are_meant(stated: Stated, iris: Iris) -> None:
    node = iris.mint("order-part", name="paragraph-16-report", number="2")
    assert stated.text(node, MG["words"]) == stated.words(node) == "the Permanent Council"
    brackets = {"⟦", "⟧"}
    bracketed = {each.predicate for each in stated.triples if brackets & set(lexical(each.object))}
    assert bracketed == {MG["tableRow"]}


def test_an_order_has_its_parts_in_the_order_of_the_table(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    for name in corpus.process.orders:
        rows = [each for each in corpus.process.parts if each.order == name]
        assert rows
        for number, row in enumerate(rows, 1):
            node = iris.mint("order-part", name=name, number=str(number))
            assert stated.text(node, MG["words"]) == folded(tight(row.words))
            assert bool(stated.all(node, MG["names"])) == bool(row.row)


def test_the_plan_and_the_group_are_mandated_by_both_wordings(stated: Stated, iris: Iris) -> None:
    orders = {iris.mint("order", name=each) for each in WORDINGS}
    declaration = iris.mint("instrument", slug="declaration-san-salvador-2011")
    assert set(stated.all(iris.mint("plan", plan="2012"), MG["mandatedBy"])) == {declaration, *orders}
    assert set(stated.all(iris.mint("body", slug=GROUP), MG["mandatedBy"])) == orders


def test_a_mandate_that_is_stated_stands_with_its_document_and_a_judged_one_with_the_judgements(
    stated: Stated, corpus: Corpus, graphs: Graphs, iris: Iris
) -> None:
    assert {each.basis for each in corpus.process.mandates} == {"stated", "judged"}
    numbers = Counter[str]()
    for row in corpus.process.mandates:
        numbers[row.basis] += 1
        of, number = row.subject, str(numbers[row.basis])
        node = iris.mint("mandate", by=row.by.slug, kind=of.kind, slug=of.slug, number=number)
        is_stated = row.basis == "stated"
        home = graphs[
            iris.mint("source-graph", document=row.document) if is_stated else iris.mint("graph", name="judgements")
        ]
        order, subject = stated.node(node, MG["mandateFrom"]), stated.node(node, MG["mandateOf"])
        assert stated.node(order, A) in (MG["Order"], MG["Instrument"])
        assert {ox.Triple(node, A, MG["MandateClaim"]), ox.Triple(subject, MG["mandatedBy"], order)} <= home
        assert len(graph_of(graphs, node)) == 1
        assert stated.node(node, MG["statementKind"]) == MG["Asserted" if is_stated else "Judged"]
        assert len(stated.all(node, MG["words"])) == len(stated.all(node, MG["evidence"])) == is_stated


def test_what_came_of_an_order_is_judged_and_numbered_by_order(stated: Stated, corpus: Corpus, iris: Iris) -> None:
    counts = Counter(row.order for row in corpus.process.outcomes)
    assert counts.keys() == corpus.process.orders.keys()
    numbers = Counter[str]()
    for row in corpus.process.outcomes:
        numbers[row.order] += 1
        node = iris.mint("outcome", order=row.order, number=str(numbers[row.order]))
        assert stated.node(node, MG["outcomeOf"]) == iris.mint("order", name=row.order)
        assert stated.text(node, MG["reason"]) == row.reason
        assert [lexical(each) for each in dates(stated, node)] == [row.date] * bool(row.date)
        assert [lexical(each) for each in stated.all(node, MG["words"])] == [folded(tight(row.words))] * bool(row.words)
    assert numbers == counts


def test_whether_the_assembly_considered_the_plan_is_left_open(stated: Stated, iris: Iris, schemes: Schemes) -> None:
    session = iris.mint("meeting", slug="oas-ga-42")
    held = [each for each in stated.of("Outcome") if session in stated.all(each, MG["outcomeIn"])]
    assert len(held) == 2
    assert {stated.node(each, MG["outcome"]) for each in held} == {schemes.concept("Outcomes", "not determined")}


# Duties


def test_a_duty_whose_status_is_known_shows_the_words_that_say_so(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    unknown = schemes.concept("DutyStatuses", "not determined")
    assert {row.status for row in corpus.process.duties} == {
        "not determined",
        "done by some",
        "a draft was delivered",
    }
    for row in corpus.process.duties:
        node = iris.mint("duty", name=row.name)
        assert stated.node(node, MG["dutyStatus"]) == schemes.concept("DutyStatuses", row.status)
        shown = stated.nodes(node, MG["statusShownBy"])
        assert (stated.node(node, MG["dutyStatus"]) == unknown) == (shown == [])
        for each in shown:
            assert each == iris.mint("duty-status", name=row.name)
            assert source(stated, each) == row.status_document
            assert stated.text(each, MG["words"]) == folded(stated.words(each)) == folded(tight(row.status_words))


def test_who_has_a_duty_is_told_in_words_and_as_a_row_where_there_is_one(stated: Stated, iris: Iris) -> None:
    plan = iris.mint("duty", name="two-year-work-plan-report")
    secretariat = iris.mint("body", slug="oas-general-secretariat")
    assert stated.node(plan, MG["dutyOf"]) == secretariat
    assert stated.text(plan, MG["holder"]) == "General Secretariat"
    assert stated.text(plan, MG["owedTo"]) == "the member states"
    assert stated.all(plan, MG["dutyTowards"]) == []
    report = iris.mint("duty", name="biennial-reports-report")
    assert stated.all(report, MG["dutyOf"]) == []
    assert stated.text(report, MG["holder"]) == "the OAS member states"
    study = iris.mint("duty", name="consensus-study-completed")
    assert stated.node(study, MG["dutyTowards"]) == iris.mint("meeting", slug="mispa-3")
    assert stated.text(study, MG["owedTo"]) == "MISPA III"


def test_a_duty_arises_from_a_plan_an_instrument_or_both(stated: Stated, iris: Iris) -> None:
    arises = {each: stated.nodes(each, MG["arisesFrom"]) for each in stated.of("Duty")}
    assert all(arises.values())
    both = arises[iris.mint("duty", name="secretary-general-report")]
    assert set(both) == {
        iris.mint("plan", plan="2011-draft"),
        iris.mint("instrument", slug="draft-declaration-san-salvador-2011"),
    }


# Contradictions and identities


def test_a_discrepancy_shows_each_side_in_the_words_that_disagree(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    several = 0
    for row in corpus.claims.discrepancies:
        node = iris.mint("disagreement", name=row.name)
        sides = [each for each in corpus.claims.sides if each.discrepancy == row.name]
        parts = [f"evidence-{number}" for number in range(1, len(sides) + 1)]
        assert set(stated.all(node, MG["evidence"])) == {Iris.part(node, part) for part in parts}
        for side, part in zip(sides, parts, strict=True):
            assert folded(stated.words(node, part)) == folded(tight(side.words))
            assert source(stated, node, part) == side.document
        assert names(stated.nodes(node, PROV["hadPrimarySource"])) == {each.document for each in sides}
        assert stated.node(node, MG["discrepancyKind"]) == schemes.concept("DiscrepancyKinds", row.kind)
        assert (stated.node(node, MG["holds"]) == MG["Undecided"]) == (row.holds is None)
        assert stated.text(node, MG["heldWords"]) == row.held
        several += len(sides) > 1
    assert several > 50


def test_the_evidence_of_a_date_that_disagrees_is_the_date_alone(stated: Stated, iris: Iris) -> None:
    node = iris.mint("disagreement", name="march-24-or-april-24")
    assert [stated.words(node, f"evidence-{number}") for number in range(1, 6)] == [
        "March 24",
        "April 24, 2012",
        "April 24",
        "April 24, 2012",
        "April 24, 2012",
    ]
    assert len({span(stated, node, f"evidence-{number}") for number in range(1, 6)}) == 5
    assert stated.node(node, MG["holds"]) == iris.mint("meeting", slug="csh-wg-2012-04-24")


def heading(corpus: Corpus, cell: str) -> tuple[str, str] | None:
    """The document and the wording of a heading that a cell of an identity names, or None if it names none."""
    document, _, wording = cell.removeprefix("wording:").partition("/")
    return (document, wording) if (document, wording) in corpus.registry.spellings else None


def node_of(to: Reference, iris: Iris) -> ox.NamedNode:
    """The node that a reference names."""
    return iris.mint(
        to.kind, **{{"state": "code", "plan": "plan", "document": "document"}.get(to.kind, "slug"): to.slug}
    )


def test_an_identity_is_of_rows_of_headings_and_of_other_words(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    sides = Counter[str]()
    for row in corpus.claims.identities:
        node = iris.mint("identity", name=row.name)
        of, parts = set(), {}
        for cell, part in ((row.one, "evidence-1"), (row.other, "evidence-2")):
            found, headed = reference(cell), heading(corpus, cell)
            if found:
                of.add(node_of(found, iris))
            elif headed:
                of.add(iris.mint("identification", document=headed[0], key=wording_key(headed[1])))
            else:
                parts[part] = cell
            sides["row" if found else "heading" if headed else "words"] += 1
        assert set(stated.all(node, MG["identityOf"])) == of
        assert set(stated.all(node, MG["evidence"])) == {Iris.part(node, part) for part in parts}
        for part, cell in parts.items():
            document, _, words = cell.removeprefix("wording:").partition("/")
            assert (source(stated, node, part), folded(stated.words(node, part))) == (document, folded(tight(words)))
        assert stated.node(node, MG["identityState"]) == schemes.concept("IdentityStates", row.held)
        assert stated.text(node, MG["ifRejected"]) == row.consequence
    assert set(sides) == {"row", "heading", "words"}


def test_an_identity_rejected_reassigns_an_identification_or_an_instrument(
    stated: Stated, corpus: Corpus, iris: Iris
) -> None:
    node = iris.mint("identity", name="declaration-or-plan-of-mar-del-plata")
    key = wording_key("Declaration of Mar del Plata, 2005")
    identification = iris.mint("identification", document=LINKING, key=key)
    assert stated.node(node, MG["reassigns"]) == identification
    assert stated.node(identification, A) == MG["Identification"]
    assert stated.node(node, MG["reassignedTo"]) == iris.mint("instrument", slug="declaration-mar-del-plata-2005")
    for row in corpus.claims.identities:
        claim = iris.mint("identity", name=row.name)
        for predicate in (MG["reassigns"], MG["reassignedTo"]):
            found = stated.nodes(claim, predicate)
            assert len(found) == (bool(row.reassigns) and (predicate == MG["reassigns"] or row.to != NONE))
            assert {stated.node(each, A) for each in found} <= {MG["Instrument"], MG["Identification"]}


# Themes and principles


def test_every_quotation_and_action_has_a_theme(stated: Stated) -> None:
    tagged = {stated.node(each, MG["tagged"]) for each in stated.of("ThemeTag")}
    assert tagged == {*stated.of("Quotation"), *stated.of("Action")}


def test_a_theme_is_justified_by_words_of_what_it_is_of(
    stated: Stated, corpus: Corpus, iris: Iris, schemes: Schemes
) -> None:
    themes = set(schemes.concepts["Themes"].values())
    worded = {name: row.worded_by for name, row in corpus.registry.plans.items()}
    spans = {
        (reading.source.identifier, part.plan, each.realizes.notation): each.span
        for reading in corpus.readings
        for part in reading.parts
        for each in part.element.walk()
        if each.realizes and each.realizes.kind is UnitKind.ACTION
    }
    for each in stated.of("ThemeTag"):
        start, end = span(stated, each)
        assert stated.node(each, MG["theme"]) in themes
        assert stated.text(each, MG["words"]) == folded(stated.words(each))
        subject = stated.node(each, MG["tagged"])
        rule, parts = iris.parse(subject.value) or ("", {})
        if rule == "quotation":
            assert source(stated, each) == parts["document"]
            first, last = span(stated, subject)
        else:
            document = worded[parts["plan"]]
            assert source(stated, each) == document
            where = spans[document, parts["plan"], parts["notation"]]
            first, last = where.start, where.end
        assert first <= start < end <= last


def test_the_words_that_stand_twice_in_an_action_are_found_in_that_action(
    stated: Stated, corpus: Corpus, iris: Iris
) -> None:
    plan = next(each for each in corpus.readings if each.source.identifier == ANNEX)
    words = [row.words for row in corpus.claims.themes if row.subject.startswith("action:2012/")]
    repeated = [each for each in words if plan.text.count(each) > 1]
    assert repeated
    assert len(words) == sum(each.value.startswith(f"{iris.base}theme/action/2012/") for each in stated.of("ThemeTag"))


@pytest.mark.parametrize(
    ("of", "principle", "documents"),
    [
        ("plan:2012", "gender", {ANNEX, REPORT}),
        ("plan:2012", "training", {ANNEX, REPORT}),
        ("instrument:draft-declaration-san-salvador-2011", "sovereignty", {"draft-declaration-and-plan-2011"}),
        ("plan:2011-draft", "none", set()),
        ("plan:2011-03-07", "none", set()),
        ("instrument:declaration-san-salvador-2011", "none", set()),
    ],
)
def test_a_principle_is_stated_in_words_and_its_absence_without(
    stated: Stated, iris: Iris, schemes: Schemes, of: str, principle: str, documents: set[str]
) -> None:
    named = reference(of)
    assert named is not None
    held = [
        each
        for each in stated.of("PrincipleStatement")
        if stated.node(each, MG["principleOf"]) == node_of(named, iris)
        and stated.node(each, MG["principle"]) == schemes.concept("Principles", principle)
    ]
    assert held
    for each in held:
        words = [lexical(value) for value in stated.all(each, MG["words"])]
        assert words == ([folded(stated.words(each))] if documents else [])
    assert {source(stated, each) for each in held if documents} == documents


def test_where_no_principle_is_stated_none_is(stated: Stated, iris: Iris, schemes: Schemes) -> None:
    none = schemes.concept("Principles", "none")
    found = defaultdict[ox.NamedNode, set[ox.NamedNode]](set)
    for each in stated.of("PrincipleStatement"):
        found[stated.node(each, MG["principleOf"])].add(stated.node(each, MG["principle"]))
    assert all(len(held) == 1 for held in found.values() if none in held)
    assert {*stated.of("Plan"), iris.mint("instrument", slug="draft-declaration-san-salvador-2011")} <= found.keys()
