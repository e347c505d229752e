"""Contradictions, identities, themes and principles, as triples."""

from collections.abc import Iterator

from pyoxigraph import NamedNode, Triple

from mandategraph.errors import TableError, nearest
from mandategraph.iris import Iris, wording_key
from mandategraph.model import Corpus, UnitKey, UnitKind, folded
from mandategraph.places import Place, Span
from mandategraph.record import NONE, Disagreement, Identity, Principle, ThemeTag, reference
from mandategraph.schemes import Schemes
from mandategraph.terms import en, evidence
from mandategraph.triples.judgements import Quotations
from mandategraph.triples.links import quotation_iri
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.references import References
from mandategraph.triples.spans import located, reading_of, tight
from mandategraph.vocabulary import MG, A


class Claiming:
    """The corpus and what is needed to state the rows of its tables of claims."""

    def __init__(self, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> None:
        self._corpus, self._iris, self._schemes, self._provenance = corpus, iris, schemes, provenance
        self._references, self._quotations = References(corpus, iris), Quotations(corpus)

    def claims(self) -> Iterator[Iterator[Triple]]:
        """All claims, row by row."""
        held = self._corpus.claims
        yield from (self._discrepancy(row) for row in held.discrepancies)
        yield from (self._identity(row) for row in held.identities)
        yield from (self._theme(row) for row in held.themes)
        yield from (self._principle(row) for row in held.principles)

    def untagged(self) -> list[TableError]:
        """The quotations and actions that no row of the themes names."""
        tagged = {row.subject for row in self._corpus.claims.themes}
        quotations = [f"quotation:{document}/{name}" for document, name in self._quotations]
        actions = [
            f"action:{part.plan}/{unit.key.notation}"
            for reading in self._corpus.readings
            for part in reading.parts
            if part.plan and self._corpus.registry.plans[part.plan].worded_by == reading.source.identifier
            for unit in part.units
            if unit.key.kind is UnitKind.ACTION
        ]
        place = Place("data/judgements/themes.tsv")
        missing = [each for each in (*quotations, *actions) if each not in tagged]
        return [TableError(place, f"a row for {each}", "none") for each in missing]

    def _words(self, node: NamedNode, document: str, words: str, place: Place, within: Span | None) -> Iterator[Triple]:
        reading = reading_of(self._corpus, document, place)
        span = located(reading, words, place, within)
        yield Triple(node, MG["words"], en(folded(tight(words))))
        yield from evidence(node, self._iris.mint("document", document=document), reading.text, span)

    def _discrepancy(self, row: Disagreement) -> Iterator[Triple]:
        node = self._iris.mint("disagreement", name=row.name)
        yield Triple(node, A, MG["Discrepancy"])
        yield Triple(node, MG["discrepancyKind"], self._schemes.concept("DiscrepancyKinds", row.kind))
        holds = self._references.node(row.holds, row.place) if row.holds else MG["Undecided"]
        yield Triple(node, MG["holds"], holds)
        yield Triple(node, MG["heldWords"], en(row.held))
        if row.compared_with:
            yield Triple(node, MG["comparedWith"], self._references.node(row.compared_with, row.place))
        sides = [side for side in self._corpus.claims.sides if side.discrepancy == row.name]
        for number, side in enumerate(sides, 1):
            reading = reading_of(self._corpus, side.document, side.place)
            span = located(reading, side.words, side.place)
            document = self._iris.mint("document", document=side.document)
            yield from evidence(node, document, reading.text, span, f"evidence-{number}")
        yield from self._provenance.judged(node, "judging", row.reason, row=row.place)
        for name in sorted({side.document for side in sides}):
            yield self._provenance.source(node, name)

    def _named(self, cell: str, place: Place) -> NamedNode:
        """The node of a reference, or the identification of a heading's wording.

        Raises:
            TableError: there is none.
        """
        found = reference(cell)
        if found:
            return self._references.node(found, place)
        document, _, wording = cell.removeprefix("wording:").partition("/")
        if not self._is_heading(cell):
            known = [each for of, each in self._corpus.registry.spellings if of == document]
            near = "; ".join(nearest(wording, known)) or "none"
            raise TableError(place, f"a wording of spellings.tsv (nearest: {near})", cell)
        return self._iris.mint("identification", document=document, key=wording_key(wording))

    def _is_heading(self, cell: str) -> bool:
        document, _, wording = cell.removeprefix("wording:").partition("/")
        return (document, wording) in self._corpus.registry.spellings

    def _identified(self, node: NamedNode, cell: str, part: str, place: Place) -> Iterator[Triple]:
        """One side of a claim of identity: a node, or words of a document where they stand."""
        if reference(cell) or self._is_heading(cell):
            yield Triple(node, MG["identityOf"], self._named(cell, place))
            return
        document, _, words = cell.removeprefix("wording:").partition("/")
        reading = reading_of(self._corpus, document, place)
        span = located(reading, words, place)
        yield from evidence(node, self._iris.mint("document", document=document), reading.text, span, part)
        yield self._provenance.source(node, document)

    def _identity(self, row: Identity) -> Iterator[Triple]:
        node = self._iris.mint("identity", name=row.name)
        yield Triple(node, A, MG["IdentityClaim"])
        yield from self._identified(node, row.one, "evidence-1", row.place)
        yield from self._identified(node, row.other, "evidence-2", row.place)
        yield Triple(node, MG["identityState"], self._schemes.concept("IdentityStates", row.held))
        yield Triple(node, MG["ifRejected"], en(row.consequence))
        if row.reassigns:
            yield Triple(node, MG["reassigns"], self._named(row.reassigns, row.place))
            if row.to != NONE:
                yield Triple(node, MG["reassignedTo"], self._named(row.to, row.place))
        yield from self._provenance.judged(node, "judging", row.reason, row=row.place)

    def _theme(self, row: ThemeTag) -> Iterator[Triple]:
        kind, _, path = row.subject.partition(":")
        of, _, name = path.partition("/")
        if kind == "quotation":
            found = self._quotations.named(of, name, row.place)
            action, _, number = name.partition("/")
            subject = quotation_iri(of, action, int(number), self._iris)
            node = self._iris.mint("quotation-theme", document=of, notation=action, number=number, theme=row.theme)
            document, within = of, found.quotation.span
        else:
            document, within = self._action(of, name, row.place)
            subject = self._iris.unit(of, UnitKey(UnitKind.ACTION, name))
            node = self._iris.mint("action-theme", plan=of, notation=name, theme=row.theme)
        yield Triple(node, A, MG["ThemeTag"])
        yield Triple(node, MG["tagged"], subject)
        yield Triple(node, MG["theme"], self._schemes.concept("Themes", row.theme))
        if row.words:
            yield from self._words(node, document, row.words, row.place, within)
        yield from self._provenance.judged(node, "judging", row.reason, document, row.place)

    def _action(self, plan: str, notation: str, place: Place) -> tuple[str, Span]:
        """The document that words an action, and where it stands there.

        Raises:
            TableError: there is no such plan or action.
        """
        if plan not in self._corpus.registry.plans:
            raise TableError(place, f"a plan among {', '.join(self._corpus.registry.plans)}", plan)
        reading = reading_of(self._corpus, self._corpus.registry.plans[plan].worded_by, place)
        key = UnitKey(UnitKind.ACTION, notation)
        printed = [each for part in reading.parts if part.plan == plan for each in part.element.walk()]
        for element in printed:
            if element.realizes == key:
                return reading.source.identifier, element.span
        known = [each.realizes.notation for each in printed if each.realizes and each.realizes.kind is UnitKind.ACTION]
        near = ", ".join(nearest(notation, known)) or "none"
        raise TableError(place, f"an action of plan {plan} (nearest: {near})", notation)

    def _principle(self, row: Principle) -> Iterator[Triple]:
        node = self._iris.mint("principle", name=row.name)
        yield Triple(node, A, MG["PrincipleStatement"])
        yield Triple(node, MG["principleOf"], self._references.node(row.of, row.place))
        yield Triple(node, MG["principle"], self._schemes.concept("Principles", row.principle))
        if row.words:
            yield from self._words(node, row.document, row.words, row.place, None)
        yield from self._provenance.judged(node, "judging", row.reason, row.document, row.place)
