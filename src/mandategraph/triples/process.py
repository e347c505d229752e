"""What the documents state of the process, of orders and of duties, as triples."""

from collections import Counter
from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import Corpus, folded
from mandategraph.places import Place
from mandategraph.record import Duty, Mandate, Order, OrderPart, Outcome, Reference, Statement, reference
from mandategraph.schemes import Schemes
from mandategraph.terms import date, en, evidence
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.references import References
from mandategraph.triples.spans import located, reading_of, tight
from mandategraph.vocabulary import DCTERMS, MG, A

PARTICIPANTS = {
    "meeting": "atMeeting",
    "by": "doneBy",
    "to": "addressedTo",
    "with": "doneWith",
    "of": "pertainsTo",
    "elected": "elected",
    "result": "hasResult",
    "subject": "concerns",
    "via": "byMeansOf",
    "for": "doneFor",
}


class Stating:
    """The corpus and what is needed to state the rows of its process tables."""

    def __init__(self, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> None:
        self._corpus, self._iris, self._schemes, self._provenance = corpus, iris, schemes, provenance
        self._references = References(corpus, iris)

    def of_document(self, document: str) -> Iterator[Iterator[Triple]]:
        """What a document states, row by row."""
        held = self._corpus.process
        yield from (self._statement(row) for row in held.statements if row.document == document)
        for order in held.orders.values():
            if order.document == document:
                yield self._order(order)
                parts = [row for row in held.parts if row.order == order.name]
                yield from (self._part(row, number, order) for number, row in enumerate(parts, 1))
        stated = [row for row in held.mandates if row.basis == "stated"]
        yield from (self._mandate(row, number) for number, row in enumerate(stated, 1) if row.document == document)

    def judged(self) -> Iterator[Iterator[Triple]]:
        """What this project holds of mandates, outcomes and duties, row by row."""
        held = self._corpus.process
        judged = [row for row in held.mandates if row.basis != "stated"]
        yield from (self._mandate(row, number) for number, row in enumerate(judged, 1))
        numbers: Counter[str] = Counter()
        for row in held.outcomes:
            numbers[row.order] += 1
            yield self._outcome(row, numbers[row.order])
        yield from (self._duty(row) for row in held.duties)

    def unplaced(self) -> Iterator[Iterator[Triple]]:
        """The rows whose document is none of the corpus: each raises its fault when it is stated."""
        known = {reading.source.identifier for reading in self._corpus.readings}
        held = self._corpus.process
        rows: list[Statement | Order | Mandate] = [*held.statements, *held.orders.values()]
        rows += [row for row in held.mandates if row.basis == "stated"]
        for row in rows:
            if row.document not in known:
                yield self._evidence(self._provenance.software, row.document, row.words, row.place)

    def _evidence(self, node: NamedNode, document: str, words: str, place: Place) -> Iterator[Triple]:
        reading = reading_of(self._corpus, document, place)
        span = located(reading, words, place)
        yield Triple(node, MG["words"], en(folded(tight(words))))
        yield from evidence(node, self._iris.mint("document", document=document), reading.text, span)

    def _statement(self, row: Statement) -> Iterator[Triple]:
        node = self._iris.mint("statement", name=row.name)
        yield Triple(node, A, MG["ProcessStatement"])
        yield Triple(node, MG["event"], self._schemes.concept("EventKinds", row.event))
        yield Triple(node, MG["modality"], self._schemes.concept("Modalities", row.modality))
        if row.form:
            yield Triple(node, MG["form"], self._schemes.concept("MeetingForms", row.form))
        if row.date:
            yield Triple(node, DCTERMS["date"], date(row.date))
        for role, to in row.about:
            yield Triple(node, MG[PARTICIPANTS[role]], self._references.node(to, row.place))
        yield from self._evidence(node, row.document, row.words, row.place)
        yield from self._provenance.transcribed(node, row.document, row.place)

    def _order(self, row: Order) -> Iterator[Triple]:
        node = self._iris.mint("order", name=row.name)
        yield Triple(node, A, MG["Order"])
        if row.instrument:
            instrument = self._references.node(Reference("instrument", row.instrument), row.place)
            yield Triple(node, MG["orderedIn"], instrument)
        if row.locator:
            yield Triple(node, MG["citedPlace"], Literal(row.locator))
        yield from self._evidence(node, row.document, row.words, row.place)
        yield from self._provenance.transcribed(node, row.document, row.place)

    def _part(self, row: OrderPart, number: int, order: Order) -> Iterator[Triple]:
        node = self._iris.mint("order-part", name=order.name, number=str(number))
        yield Triple(node, A, MG["OrderPart"])
        yield Triple(node, MG["partOfOrder"], self._iris.mint("order", name=order.name))
        yield Triple(node, MG["partRole"], self._schemes.concept("OrderParts", row.part))
        if row.row:
            yield Triple(node, MG["names"], self._references.node(row.row, row.place))
        yield from self._evidence(node, order.document, row.words, row.place)
        yield from self._provenance.transcribed(node, order.document, row.place)

    def _mandate(self, row: Mandate, number: int) -> Iterator[Triple]:
        kind, slug = row.subject.kind, row.subject.slug
        subject = self._references.node(row.subject, row.place)
        source = self._references.node(row.by, row.place)
        node = self._iris.mint("mandate", by=row.by.slug, kind=kind, slug=slug, number=str(number))
        yield Triple(node, A, MG["MandateClaim"])
        yield Triple(node, MG["mandateOf"], subject)
        yield Triple(node, MG["mandateFrom"], source)
        yield Triple(subject, MG["mandatedBy"], source)
        if row.basis == "stated":
            yield from self._evidence(node, row.document, row.words, row.place)
            yield from self._provenance.transcribed(node, row.document, row.place)
        else:
            yield from self._provenance.judged(node, "judging", row.reason, row.document, row.place)

    def _outcome(self, row: Outcome, number: int) -> Iterator[Triple]:
        node = self._iris.mint("outcome", order=row.order, number=str(number))
        yield Triple(node, A, MG["Outcome"])
        yield Triple(node, MG["outcomeOf"], self._iris.mint("order", name=row.order))
        yield Triple(node, MG["outcome"], self._schemes.concept("Outcomes", row.outcome))
        if row.row:
            yield Triple(node, MG["outcomeIn"], self._references.node(row.row, row.place))
        if row.date:
            yield Triple(node, DCTERMS["date"], date(row.date))
        if row.words:
            yield from self._evidence(node, row.document, row.words, row.place)
        yield from self._provenance.judged(node, "judging", row.reason, row.document, row.place)

    def _party(self, node: NamedNode, written: str, words: str, term: str, place: Place) -> Iterator[Triple]:
        """Who has a duty or is owed it: in words, and the row of the registry where the table names one."""
        named = reference(written)
        if named:
            yield Triple(node, MG[term], self._references.node(named, place))
        told = self._references.name(named) if named else written
        if told:
            yield Triple(node, MG[words], en(told))

    def _duty(self, row: Duty) -> Iterator[Triple]:
        node = self._iris.mint("duty", name=row.name)
        yield Triple(node, A, MG["Duty"])
        yield Triple(node, MG["dutyKind"], self._schemes.concept("DutyKinds", row.kind))
        yield Triple(node, MG["dutyStatus"], self._schemes.concept("DutyStatuses", row.status))
        yield Triple(node, MG["act"], en(row.act))
        yield Triple(node, MG["period"], en(row.period))
        yield from self._party(node, row.holder, "holder", "dutyOf", row.place)
        yield from self._party(node, row.addressee, "owedTo", "dutyTowards", row.place)
        for kind, slug in (("plan", row.plan), ("instrument", row.instrument)):
            if slug:
                yield Triple(node, MG["arisesFrom"], self._references.node(Reference(kind, slug), row.place))
        yield from self._evidence(node, row.document, row.words, row.place)
        if row.status_words:
            reading = reading_of(self._corpus, row.status_document, row.place)
            span = located(reading, row.status_words, row.place)
            document = self._iris.mint("document", document=row.status_document)
            shown = self._iris.mint("duty-status", name=row.name)
            yield Triple(node, MG["statusShownBy"], shown)
            yield Triple(shown, A, MG["Showing"])
            yield Triple(shown, MG["words"], en(folded(tight(row.status_words))))
            yield from evidence(shown, document, reading.text, span)
        yield from self._provenance.judged(node, "judging", row.reason, row.document, row.place)
