"""Instruments and what wordings mean, as triples."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris, wording_key
from mandategraph.model import CitationReading, Corpus, Instrument, Registry, Spelling
from mandategraph.schemes import Schemes
from mandategraph.terms import date, en, evidence
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.spans import reading_of
from mandategraph.vocabulary import DCTERMS, MG, PROV, A

_RELATION_PROPERTIES = {"adopted-by": MG["adoptedBy"], "mandated-by": MG["mandatedBy"]}


def instrument(
    row: Instrument, registry: Registry, iris: Iris, schemes: Schemes, provenance: Provenance
) -> Iterator[Triple]:
    """An instrument with the facts that were read in a source; one only believed has its name and kind alone."""
    node = iris.mint("instrument", slug=row.slug)
    yield Triple(node, A, MG["Instrument"])
    yield Triple(node, PROV["wasGeneratedBy"], provenance.activity("resolving"))
    yield Triple(node, DCTERMS["identifier"], Literal(row.slug))
    yield Triple(node, DCTERMS["title"], en(row.title))
    for language, title, source in row.titles:
        yield Triple(node, DCTERMS["title"], Literal(title, language=language))
        yield from _sources(node, (source,))
    yield Triple(node, MG["kind"], schemes.concept("InstrumentKinds", row.kind))
    held = registry.forums.get(row.adopting_body)
    forum = held.forum if held else "not-determined"
    yield Triple(node, MG["forum"], schemes.concept("Forums", forum))
    yield Triple(node, MG["verification"], MG["Verified" if row.verified else "Unverified"])
    named = {"symbol": row.symbol}
    worded = {"adoptingBodyName": row.adopting_body, "meetingName": row.meeting, "placeName": row.place}
    yield from (Triple(node, MG[name], Literal(value)) for name, value in named.items() if value)
    yield from (Triple(node, MG[name], en(value)) for name, value in worded.items() if value)
    if row.date:
        yield Triple(node, DCTERMS["date"], date(row.date))
    for relation, slug in row.related:
        predicate = _RELATION_PROPERTIES.get(relation, DCTERMS["relation"])
        yield Triple(node, predicate, iris.mint("instrument", slug=slug))
    yield from _sources(node, row.sources)


def _sources(node: NamedNode, sources: tuple[str, ...]) -> Iterator[Triple]:
    for source in sources:
        if source.startswith(("http://", "https://")):
            yield Triple(node, DCTERMS["source"], NamedNode(source.split(" ")[0]))
        elif source:
            yield Triple(node, MG["sourceLine"], Literal(source))


def forums(registry: Registry, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    """Which forum the instruments of each adopting body are taken to be of, and why."""
    for held in registry.forums.values():
        node = iris.mint("classification", key=wording_key(held.adopting_body))
        adopted = [row for row in registry.instruments.values() if row.adopting_body == held.adopting_body]
        if not adopted:
            continue
        yield Triple(node, A, MG["Classification"])
        yield Triple(node, MG["classifiedAs"], schemes.concept("Forums", held.forum))
        yield from (Triple(node, MG["classifies"], iris.mint("instrument", slug=row.slug)) for row in adopted)
        yield from provenance.judged(node, "resolving", held.reason, row=held.place)


def identification(
    row: Spelling, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance
) -> Iterator[Triple]:
    """What a wording is claimed to mean; where the wording is wrong of it, also the discrepancy."""
    node = iris.mint("identification", document=row.document, key=wording_key(row.wording))
    yield Triple(node, A, MG["Identification"])
    yield Triple(node, MG["wording"], en(row.wording))
    yield Triple(node, MG["identifies"], iris.mint("instrument", slug=row.instrument))
    relation = schemes.concept("WordingRelations", row.relation)
    yield Triple(node, MG["wordingRelation"], relation)
    if row.section:
        yield Triple(node, MG["sectionName"], en(row.section))
    if row.names:
        yield Triple(node, MG["namesInstead"], iris.mint("instrument", slug=row.names))
    yield from provenance.judged(node, "resolving", row.reason, row.document, row.place)
    if row.relation.startswith("wrong "):
        yield from _discrepancy(row, relation, corpus, iris, provenance)


def _discrepancy(
    row: Spelling, relation: NamedNode, corpus: Corpus, iris: Iris, provenance: Provenance
) -> Iterator[Triple]:
    node = iris.mint("discrepancy", document=row.document, key=wording_key(row.wording))
    held = iris.mint("instrument", slug=row.instrument)
    yield Triple(node, A, MG["Discrepancy"])
    yield Triple(node, MG["discrepancyKind"], relation)
    yield Triple(node, MG["comparedWith"], held)
    yield Triple(node, MG["holds"], held)
    reading = reading_of(corpus, row.document, row.place)
    document = iris.mint("document", document=row.document)
    for number, citation in enumerate(_cited_so(row, corpus), 1):
        yield from evidence(node, document, reading.text, citation.heading, f"evidence-{number}")
    yield from provenance.judged(node, "resolving", row.reason, row.document, row.place)


def _cited_so(row: Spelling, corpus: Corpus) -> list[CitationReading]:
    return [each.citation for each in corpus.citations[row.document] if each.citation.wording == row.wording]
