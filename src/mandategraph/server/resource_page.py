"""The page of a resource, as values for its template: what the documents, this project and rules say, kept apart."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from mandategraph.server.addresses import FORMATS, Addresses, Format
from mandategraph.server.attributions import MARK, Attributions
from mandategraph.server.description import Description
from mandategraph.server.evidence import Evidence, by_predicate, evidence, fragment
from mandategraph.server.resource_graph import part
from mandategraph.server.showing import Row, Showing, Shown, graph_of
from mandategraph.vocabulary import MG, PROV, A, lexical

_WORDS = (MG["text"], MG["words"])
_BASIS = {
    MG["statementKind"]: "kind of statement",
    MG["verdict"]: "verdict",
    MG["comparison"]: "comparison with the instrument",
    MG["verification"]: "verification",
    PROV["wasAttributedTo"]: "attributed to",
    PROV["hadPrimarySource"]: "document",
    PROV["wasGeneratedBy"]: "made by",
    MG["tableRow"]: "row of a table",
    MG["reviewState"]: "review",
}


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in a named graph: the class of its table, its caption, and whether review matters to it."""

    style: str
    caption: str
    reviewed: bool = False


_DOCUMENTS = Voice("documents", "Read in the documents")
_VOICES = {
    "registry": Voice("ours", "This project’s registry", reviewed=True),
    "judgements": Voice("ours", "This project’s judgements", reviewed=True),
    "inferred": Voice("rules", "Inferred by the rules of the ontology"),
    "ontology": Voice("terms", "As the ontology defines it"),
    "shapes": Voice("terms", "As the shapes define it"),
    "report": Voice("terms", "Found by the shapes"),
    "service": Voice("terms", "As this service describes it"),
}
_OTHER = Voice("terms", "Other graphs")
_FIRST = ("owl:Class", "owl:DatatypeProperty", "owl:ObjectProperty", "sh:NodeShape")


@dataclass(frozen=True, slots=True)
class Table:
    """What one graph says of a resource."""

    voice: Voice
    graph: Shown
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """A resource in a list: a part, a term of a vocabulary, the subject of a triple."""

    identifier: str
    name: Shown
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A statement that points to the resource, or a triple of a graph."""

    subject: Shown
    predicate: Shown
    value: Shown
    graph: Shown
    note: str


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """All that the page of a resource shows."""

    iri: str
    path: str
    name: Shown
    types: tuple[Shown, ...]
    inferred: tuple[Shown, ...]
    words: tuple[Shown, ...]
    quoted: bool
    evidence: tuple[Evidence, ...]
    basis: tuple[tuple[str, tuple[Shown, ...]], ...]
    note: str
    reasons: tuple[Shown, ...]
    review: str
    tables: tuple[Table, ...]
    parts: tuple[Subject, ...]
    groups: tuple[tuple[str, tuple[Subject, ...]], ...]
    triples: tuple[Reference, ...]
    held: str
    references: tuple[Reference, ...]
    referring: str
    counted: tuple[tuple[Shown, int], ...]
    action: tuple[str, str] | None
    page: int
    pages: int
    formats: tuple[Format, ...] = FORMATS

    @property
    def shown(self) -> set[str]:
        """The parts that stand on the page as evidence, each under its name."""
        return {name for each in self.evidence for name in (each.identifier, each.quote, each.position)}


class PageMaker:
    """Makes the pages of the resources of a release."""

    def __init__(self, base: str, attributions: Attributions) -> None:
        self._base, self._attributions = base, attributions
        self._addresses = Addresses(base)

    def page(self, about: Description) -> ResourcePage:
        """The page of a resource."""
        vocabulary = self._addresses.vocabulary(about.of) is not None
        everything = [*about.statements, *about.contents]
        showing = Showing(self._addresses, self._base, [*about.labels, *everything], about.contents)
        own = [quad for quad in about.statements if lexical(quad.subject) == about.of]
        others = [quad for quad in about.statements if lexical(quad.subject) != about.of]
        values = by_predicate(own)
        types, inferred = self._types(own, showing)
        kinds = [each.text for each in (*types, *inferred)[:1] if each.detail]
        kind = kinds[0] if kinds else self._addresses.kind(about.of)
        return ResourcePage(
            iri=about.iri,
            path=self._addresses.path(about.iri) or "",
            name=showing.titled(about.of, kind),
            types=types,
            inferred=inferred,
            words=tuple(showing.value(each) for name in _WORDS for each in values.get(name, ())),
            quoted=any(lexical(each) == "true" for each in values.get(MG["quoted"], ())),
            evidence=tuple(evidence(about.statements, showing)),
            basis=tuple(_basis(values, showing)),
            note=self._note(values),
            reasons=tuple(showing.value(each) for each in values.get(MG["reason"], ())),
            review=next((showing.value(each).text for each in values.get(MG["reviewState"], ())), ""),
            tables=tuple(self._tables(own, showing)),
            parts=tuple(_subjects(others, showing)),
            groups=tuple(_groups(about, showing)) if vocabulary else (),
            triples=() if vocabulary else tuple(self._reference(quad, showing) for quad in about.contents),
            held=part(about, len(about.contents), about.held) if about.held and not vocabulary else "",
            references=tuple(self._reference(quad, showing) for quad in about.references),
            referring=part(about, len(about.references), about.referring),
            counted=tuple((showing.iri(name), number) for name, number in about.numbers.items()),
            action=self._addresses.action(about.of),
            page=about.page,
            pages=about.pages,
        )

    def _note(self, values: Mapping[ox.NamedNode, Sequence[ox.NamedNode | ox.Literal]]) -> str:
        """Why a document is attributed to whom it is, if it is not the document that says so."""
        documents, bodies = (values.get(PROV[name], ()) for name in ("hadPrimarySource", "wasAttributedTo"))
        pairs = ((document.value, body.value) for document in documents for body in bodies)
        return next(filter(None, (self._attributions.reason(*pair) for pair in pairs)), "")

    def _types(self, own: Sequence[ox.Quad], showing: Showing) -> tuple[tuple[Shown, ...], tuple[Shown, ...]]:
        """The types that are stated, and those that are only inferred; of both those of this project first."""
        told: dict[bool, list[Shown]] = {False: [], True: []}
        for quad in own:
            if quad.predicate == A:
                told[graph_of(quad) == f"{self._base}graph/inferred"].append(showing.value(quad.object))
        stated, inferred = (sorted(dict.fromkeys(each), key=lambda one: not one.detail) for each in told.values())
        return tuple(stated), tuple(each for each in inferred if each not in stated)

    def _tables(self, own: Sequence[ox.Quad], showing: Showing) -> Iterator[Table]:
        """What each graph says, the documents first, this project next, the rules behind it."""
        order = [_DOCUMENTS, *_VOICES.values(), _OTHER]
        said: dict[str, list[ox.Quad]] = {}
        for quad in own:
            said.setdefault(graph_of(quad), []).append(quad)
        for graph in sorted(said, key=lambda name: (order.index(self._voice(name)), name)):
            rows = (row for quads in self._apart(said[graph]) for row in self._rows(quads, showing))
            yield Table(self._voice(graph), showing.graph(graph), tuple(rows))

    def _apart(self, quads: Sequence[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """What a graph states, and apart from it what this project inferred of a document."""
        inferred = [quad for quad in quads if self._is_inferred(quad)]
        return [quad for quad in quads if quad not in inferred], inferred

    def _rows(self, quads: Sequence[ox.Quad], showing: Showing) -> Iterator[Row]:
        note = MARK if quads and self._is_inferred(quads[0]) else ""
        return (replace(row, note=note) for row in showing.rows(quads))

    def _is_inferred(self, quad: ox.Quad) -> bool:
        document = self._addresses.document_of(graph_of(quad))
        return document is not None and self._attributions.inferred(quad.predicate, lexical(quad.object), document)

    def _reference(self, quad: ox.Quad, showing: Showing) -> Reference:
        deepest = 99
        return Reference(
            showing.value(quad.subject, deepest),
            showing.iri(quad.predicate.value),
            showing.value(quad.object, deepest),
            showing.graph(graph_of(quad)),
            MARK if self._is_inferred(quad) else "",
        )

    def _voice(self, graph: str) -> Voice:
        if self._addresses.document_of(graph) is not None:
            return _DOCUMENTS
        return _VOICES.get(graph.removeprefix(f"{self._base}graph/"), _OTHER)


def _basis(
    values: Mapping[ox.NamedNode, Sequence[ox.NamedNode | ox.Literal]], showing: Showing
) -> Iterator[tuple[str, tuple[Shown, ...]]]:
    """What a statement rests on, each kind of basis with its values."""
    for name, told in _BASIS.items():
        if name in values:
            yield told, tuple(showing.value(each) for each in values[name])


def _subjects(quads: Iterable[ox.Quad], showing: Showing) -> Iterator[Subject]:
    """The statements of several subjects, told apart."""
    said: dict[str, list[ox.Quad]] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            said.setdefault(quad.subject.value, []).append(quad)
    for iri, about in said.items():
        yield Subject(fragment(iri), showing.iri(iri), showing.rows(about))


def _groups(about: Description, showing: Showing) -> Iterator[tuple[str, tuple[Subject, ...]]]:
    """The terms of a vocabulary by their first type, classes and properties before the rest."""
    kinds: dict[str, str] = {}
    grouped: dict[str, list[ox.Quad]] = {}
    for quad in about.contents:
        if quad.predicate == A:
            kinds.setdefault(lexical(quad.subject), showing.iri(lexical(quad.object)).text)
    for quad in about.contents:
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value != about.of:
            grouped.setdefault(kinds.get(quad.subject.value, "other"), []).append(quad)
    for kind in sorted(grouped, key=lambda name: (name not in _FIRST, name)):
        yield kind, tuple(_subjects(grouped[kind], showing))
