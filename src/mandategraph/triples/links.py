"""Quotations, passages and asserted support links, as triples."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris, passage_key, wording_key
from mandategraph.model import Corpus, QuotationReading, Reading, ResolvedCitation
from mandategraph.terms import boolean, en, evidence, integer
from mandategraph.triples.provenance import Provenance
from mandategraph.vocabulary import CITO, MG, A

_SAME_WORDS = (
    "Quotations of this instrument with these words, case, spacing and punctuation aside, "
    "are taken to quote one passage."
)


def links(reading: Reading, corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    """The quotations of a document and the support links they make."""
    plans = {citation.element: part.plan or "" for part in reading.parts for citation in part.citations}
    for resolved in corpus.citations[reading.source.identifier]:
        for quotation in resolved.citation.quotations:
            yield from _quotation(quotation, resolved, reading, iris, provenance)
            yield from _support(quotation, resolved, reading, plans[resolved.citation.element], iris, provenance)


def passages(reading: Reading, corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    """The passages that quotations are claimed to quote: a claim of this project, not of the document."""
    document = reading.source.identifier
    for resolved in corpus.citations[document]:
        for quotation in resolved.citation.quotations:
            node = quotation_iri(document, resolved.citation.action, quotation.number_in_action, iris)
            yield Triple(node, MG["quotes"], passage_iri(quotation, resolved, iris))
            yield from _passage(quotation, resolved, iris, provenance)


def quotation_iri(document: str, action: str, number: int, iris: Iris) -> NamedNode:
    """The IRI of a quotation, by its action and its place under it."""
    return iris.mint("quotation", document=document, notation=action, number=str(number))


def passage_iri(quotation: QuotationReading, resolved: ResolvedCitation, iris: Iris) -> NamedNode:
    """The IRI of the passage a quotation quotes, by its instrument and its words."""
    return iris.mint("passage", slug=resolved.instrument.slug, key=passage_key(quotation.text))


def _quotation(
    quotation: QuotationReading, resolved: ResolvedCitation, reading: Reading, iris: Iris, provenance: Provenance
) -> Iterator[Triple]:
    document = reading.source.identifier
    node = quotation_iri(document, resolved.citation.action, quotation.number_in_action, iris)
    yield Triple(node, A, MG["Quotation"])
    yield Triple(node, MG["text"], en(quotation.text))
    yield Triple(node, MG["quoted"], boolean(quotation.quoted))
    yield Triple(node, MG["position"], integer(quotation.position))
    yield Triple(node, MG["comparison"], MG["NotCompared"])
    stated = quotation.locator is not None
    yield Triple(node, MG["locatorStatus"], MG["LocatorStated" if stated else "LocatorNotDetermined"])
    if quotation.locator:
        yield Triple(node, MG["locator"], Literal(quotation.locator))
    if resolved.spelling.section:
        yield Triple(node, MG["sectionName"], en(resolved.spelling.section))
    yield from evidence(node, iris.mint("document", document=document), reading.text, quotation.span)
    yield from provenance.asserted(node, reading.source)


def _passage(
    quotation: QuotationReading, resolved: ResolvedCitation, iris: Iris, provenance: Provenance
) -> Iterator[Triple]:
    node = passage_iri(quotation, resolved, iris)
    yield Triple(node, A, MG["Passage"])
    yield Triple(node, MG["passageOf"], iris.mint("instrument", slug=resolved.instrument.slug))
    yield Triple(node, MG["identifiedByRule"], MG["SameWords"])
    yield from provenance.judged(node, "resolving", _SAME_WORDS)


def _support(
    quotation: QuotationReading,
    resolved: ResolvedCitation,
    reading: Reading,
    plan: str,
    iris: Iris,
    provenance: Provenance,
) -> Iterator[Triple]:
    document, citation = reading.source.identifier, resolved.citation
    number = str(quotation.number_in_action)
    node = iris.mint("support", document=document, notation=citation.action, number=number)
    yield Triple(node, A, MG["AssertedSupport"])
    yield Triple(node, MG["assertedFor"], iris.mint("action", plan=plan, notation=citation.action))
    yield Triple(node, CITO["hasCitingEntity"], iris.mint("element", document=document, path=quotation.element))
    yield Triple(node, CITO["hasCitedEntity"], passage_iri(quotation, resolved, iris))
    yield Triple(node, CITO["hasCitationCharacterization"], CITO["obtainsSupportFrom"])
    yield Triple(node, MG["quotation"], quotation_iri(document, citation.action, quotation.number_in_action, iris))
    yield Triple(node, MG["citedAs"], en(citation.wording))
    identification = iris.mint("identification", document=document, key=wording_key(citation.wording))
    yield Triple(node, MG["identification"], identification)
    yield from provenance.asserted(node, reading.source)
