"""Cues, addressees, overlaps, stated sources and the limits of the data set, as triples."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from mandategraph.errors import TableError, nearest
from mandategraph.iris import Iris
from mandategraph.model import Boundary, Corpus, Cue, Overlap, QuotationReading, Reading, ResolvedCitation, StatedSource
from mandategraph.places import Place
from mandategraph.schemes import Schemes
from mandategraph.terms import boolean, en, evidence
from mandategraph.triples.links import passage_iri, quotation_iri
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.spans import located, reading_of
from mandategraph.vocabulary import MG, A


@dataclass(frozen=True, slots=True)
class Named:
    """A quotation with its document and the instrument its heading means."""

    reading: Reading
    resolved: ResolvedCitation
    quotation: QuotationReading


class Quotations:
    """The quotations of the corpus by document and by name, which is action/number."""

    def __init__(self, corpus: Corpus) -> None:
        self._found = {
            (reading.source.identifier, f"{each.citation.action}/{quotation.number_in_action}"): Named(
                reading, each, quotation
            )
            for reading in corpus.readings
            for each in corpus.citations[reading.source.identifier]
            for quotation in each.citation.quotations
        }

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._found)

    def named(self, document: str, name: str, place: Place) -> Named:
        """The quotation of a name.

        Raises:
            TableError: there is none.
        """
        found = self._found.get((document, name))
        if found is None:
            near = ", ".join(nearest(name, (each for of, each in self._found if of == document)))
            raise TableError(place, f"a quotation of {document}, as '1.2/3' (nearest: {near or 'none'})", name)
        return found


def judgements(corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Iterator[Triple]]:
    """All judgements of the corpus, row by row; a row that names what is not there raises when it is stated."""
    held, quotations = corpus.judgements, Quotations(corpus)
    numbers: Counter[tuple[str, str]] = Counter()
    for cue in held.cues:
        numbers[cue.document, cue.quotation] += 1
        number = numbers[cue.document, cue.quotation]
        yield _cue(cue, number, corpus, quotations, iris, schemes, provenance)
    for name in quotations:
        yield _reading(name, corpus, iris, provenance)
    for number, overlap in enumerate(held.overlaps, 1):
        yield _overlap(overlap, number, quotations, iris, schemes, provenance)
    for stated in held.stated_sources:
        yield _stated_source(stated, corpus, iris, provenance)
    for boundary in held.scope:
        yield _boundary(boundary, corpus, iris, schemes, provenance)


def uncoded(corpus: Corpus) -> list[TableError]:
    """The quotations that no row of the cues names."""
    coded = {(cue.document, cue.quotation) for cue in corpus.judgements.cues}
    place = Place("data/judgements/cues.tsv")
    return [
        TableError(place, f"a row for quotation {name} of {of}", "none")
        for of, name in Quotations(corpus)
        if (of, name) not in coded
    ]


def _cue(
    row: Cue,
    number: int,
    corpus: Corpus,
    quotations: Quotations,
    iris: Iris,
    schemes: Schemes,
    provenance: Provenance,
) -> Iterator[Triple]:
    found = quotations.named(row.document, row.quotation, row.place)
    action, _, which = row.quotation.partition("/")
    parts = {"document": row.document, "notation": action, "quotation": which, "number": str(number)}
    quotation = quotation_iri(row.document, action, int(which), iris)
    if row.words:
        node = iris.mint("cue", **parts)
        yield Triple(quotation, MG["cue"], node)
        yield Triple(node, A, MG["Cue"])
        yield Triple(node, MG["verb"], en(row.verb))
        yield Triple(node, MG["strength"], schemes.concept("VerbStrengths", corpus.judgements.verbs[row.verb].strength))
        yield from _read_words(node, row.words, row, found, iris, provenance)
    if row.addressee_words:
        node = iris.mint("address", **parts)
        yield Triple(quotation, MG["address"], node)
        yield Triple(node, A, MG["Address"])
        yield Triple(node, MG["addressee"], schemes.concept("Addressees", row.addressee))
        yield from _read_words(node, row.addressee_words, row, found, iris, provenance)


def _reading(name: tuple[str, str], corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    """That a quotation was read for its verb and addressee, so that "none" can be told from "not read"."""
    document, quotation = name
    action, _, which = quotation.partition("/")
    rows = [cue for cue in corpus.judgements.cues if (cue.document, cue.quotation) == name]
    if not rows:
        return
    node = iris.mint("reading", document=document, notation=action, number=which)
    yield Triple(node, A, MG["ClauseReading"])
    yield Triple(node, MG["readingOf"], quotation_iri(document, action, int(which), iris))
    yield Triple(node, MG["clauseType"], MG["ClauseNotDeterminable"])
    verb, named = any(row.words for row in rows), any(row.addressee_words for row in rows)
    yield Triple(node, MG["verbFound"], boolean(verb))
    yield Triple(node, MG["addresseeFound"], boolean(named))
    reason = " ".join(dict.fromkeys(row.reason for row in rows))
    yield from provenance.judged(node, "judging", reason, document, rows[0].place)


def _read_words(
    node: NamedNode, words: str, row: Cue, found: Named, iris: Iris, provenance: Provenance
) -> Iterator[Triple]:
    span = located(found.reading, words, row.place, found.quotation.span)
    yield Triple(node, MG["words"], en(words))
    yield from evidence(node, iris.mint("document", document=row.document), found.reading.text, span)
    yield from provenance.judged(node, "judging", row.reason, row.document, row.place)


def _overlap(
    row: Overlap, number: int, quotations: Quotations, iris: Iris, schemes: Schemes, provenance: Provenance
) -> Iterator[Triple]:
    pair = [quotations.named(row.document, name, row.place) for name in (row.quotation, row.other)]
    one, other = (passage_iri(each.quotation, each.resolved, iris) for each in pair)
    if pair[0].resolved.instrument.slug != pair[1].resolved.instrument.slug or one == other:
        raise TableError(row.place, "two passages of one instrument", f"{one.value} and {other.value}")
    node = iris.mint("overlap", number=str(number))
    yield Triple(node, A, MG["OverlapClaim"])
    yield Triple(node, MG["claimsOverlap"], one)
    yield Triple(node, MG["claimsOverlap"], other)
    yield Triple(node, MG["placeRelation"], schemes.concept("PlaceRelations", row.relation))
    yield Triple(one, MG["overlaps"], other)
    yield from provenance.judged(node, "judging", row.reason, row.document, row.place)


def _stated_source(row: StatedSource, corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    reading = reading_of(corpus, row.document, row.place)
    plan = _plan_iri(row.plan, corpus, iris, row.place)
    node = iris.mint("stated-source", plan=row.plan, name=row.name)
    yield Triple(node, A, MG["StatedSource"])
    yield Triple(node, MG["sourceOf"], plan)
    yield Triple(node, MG["words"], en(row.words))
    span = located(reading, row.words, row.place)
    yield from evidence(node, iris.mint("document", document=row.document), reading.text, span)
    yield from provenance.judged(node, "judging", row.reason, row.document, row.place)


def _plan_iri(plan: str, corpus: Corpus, iris: Iris, place: Place) -> NamedNode:
    if plan not in corpus.registry.plans:
        raise TableError(place, f"a plan among {', '.join(corpus.registry.plans)}", plan)
    return iris.mint("plan", plan=plan)


def _boundary(row: Boundary, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("scope", name=row.name)
    yield Triple(node, A, MG["ScopeStatement"])
    yield Triple(node, MG["statement"], en(row.statement))
    yield Triple(node, MG["answerState"], schemes.concept("AnswerStates", row.state))
    if row.plan:
        yield Triple(node, MG["limits"], _plan_iri(row.plan, corpus, iris, row.place))
    if row.document:
        reading = reading_of(corpus, row.document, row.place)
        span = located(reading, row.words, row.place)
        yield from evidence(node, iris.mint("document", document=row.document), reading.text, span)
    yield from provenance.judged(node, "judging", row.reason, row.document, row.place)
