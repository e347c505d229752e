"""Values as pages show them: names for IRIs, links that are safe to follow, lists and unnamed nodes opened."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyoxigraph as ox

from mandategraph.model import folded
from mandategraph.server.addresses import Addresses
from mandategraph.vocabulary import DCTERMS, MG, OA, RDF, RDFS, SKOS, XSD, Term, compact, lexical

_NAMES = (SKOS["prefLabel"], RDFS["label"], DCTERMS["title"])
_PLAIN = {XSD["string"], XSD["integer"], XSD["boolean"], RDF["langString"]}
_VERBATIM = {*(MG[name] for name in ("text", "words", "verbatim", "citedAs")), OA["exact"], OA["prefix"], OA["suffix"]}
_SAFE = ("http://", "https://")
_DEEPEST = 8
_EXCERPT = 110


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a page shows it: its text, where it leads, in which language it is, and what is told beside it."""

    text: str
    href: str = ""
    lang: str = ""
    detail: str = ""
    words: str = ""
    items: tuple["Shown", ...] = ()
    rows: tuple["Row", ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A property with its values; `verbatim` if they are words of a document; `note` tells of who says so."""

    name: Shown
    values: tuple[Shown, ...]
    verbatim: bool
    note: str = ""


class Showing:
    """Shows the terms of one description."""

    def __init__(self, addresses: Addresses, base: str, labels: Iterable[ox.Quad], known: Iterable[ox.Quad]) -> None:
        self._addresses, self._base = addresses, base
        self._labels: dict[str, list[ox.Quad]] = {}
        for quad in labels:
            if quad.predicate in _NAMES or quad.predicate == MG["text"]:
                self._labels.setdefault(lexical(quad.subject), []).append(quad)
        self._unnamed: dict[str, list[ox.Quad]] = {}
        for quad in known:
            if isinstance(quad.subject, ox.BlankNode):
                self._unnamed.setdefault(quad.subject.value, []).append(quad)

    def value(self, term: Term, depth: int = 0) -> Shown:
        """A value of a statement."""
        if isinstance(term, ox.NamedNode):
            return self.iri(term.value)
        if isinstance(term, ox.Literal):
            detail = "" if term.datatype in _PLAIN else compact(term.datatype.value, self._base)
            text = term.value if term.value.strip() else json.dumps(term.value)
            return Shown(text, lang=term.language or "", detail=detail)
        if isinstance(term, ox.BlankNode):
            return self._node(term, depth)
        return Shown(str(term))

    def iri(self, iri: str) -> Shown:
        """A resource by its name if it has one, with a link if it is safe to follow."""
        short = compact(iri, self._base)
        path = self._addresses.page(iri)
        href = path if path is not None else iri if iri.lower().startswith(_SAFE) else ""
        name = self._name(iri)
        detail = "" if self._addresses.document(iri) else short
        words = self._words(iri) if name is None else ""
        if name is None:
            return Shown(short, href, words=words)
        return Shown(name.value, href, "" if name.language == "en" else name.language or "", detail)

    def titled(self, iri: str, kind: str) -> Shown:
        """A resource by its name, else by its kind and what tells it apart."""
        if self._name(iri) is not None:
            return self.iri(iri)
        return replace(self.iri(iri), text=f"{kind[:1].upper()}{kind[1:]} {self._addresses.told_apart(iri)}".strip())

    def rows(self, quads: Iterable[ox.Quad], depth: int = 0) -> tuple[Row, ...]:
        """Statements of one subject as rows, the values of a property together."""
        grouped: dict[ox.NamedNode, dict[Term, None]] = {}
        for quad in quads:
            grouped.setdefault(quad.predicate, {})[quad.object] = None
        return tuple(
            Row(
                self.iri(predicate.value),
                tuple(self.value(each, depth) for each in sorted(values, key=_english_first)),
                predicate in _VERBATIM,
            )
            for predicate, values in grouped.items()
        )

    def graph(self, name: str) -> Shown:
        """A named graph, by the end of its name."""
        short = compact(name, self._base)
        return Shown(short.removeprefix("graph/").removeprefix("source/"), self._addresses.path(name) or "")

    def _name(self, iri: str) -> ox.Literal | None:
        """The name that is preferred, English before what has no language before others; documents have identifiers."""
        document = self._addresses.document(iri)
        if document is not None:
            return ox.Literal(document)
        named = (quad for quad in self._labels.get(iri, ()) if quad.predicate in _NAMES)
        literals = [(quad.object, quad.predicate) for quad in named if isinstance(quad.object, ox.Literal)]
        return min(literals, key=_preference)[0] if literals else None

    def _words(self, iri: str) -> str:
        """The beginning of the words that a resource without a name holds."""
        texts = (quad.object for quad in self._labels.get(iri, ()) if quad.predicate == MG["text"])
        words = next((folded(each.value) for each in texts if isinstance(each, ox.Literal)), "")
        return words if len(words) <= _EXCERPT else f"{words[:_EXCERPT].rsplit(' ', 1)[0]} …"

    def _node(self, node: ox.BlankNode, depth: int) -> Shown:
        quads = self._unnamed.get(node.value, [])
        if depth >= _DEEPEST or not quads:
            return Shown("a node without a name")
        if any(quad.predicate == RDF["first"] for quad in quads):
            return Shown("list", items=tuple(self.value(each, depth + 1) for each in self._list(node)))
        return Shown("a node without a name", rows=self.rows(quads, depth + 1))

    def _list(self, node: Term) -> list[Term]:
        found: list[Term] = []
        seen: set[str] = set()
        while isinstance(node, ox.BlankNode) and node.value not in seen:
            seen.add(node.value)
            cell: dict[Term, Term] = {quad.predicate: quad.object for quad in self._unnamed.get(node.value, ())}
            found += [cell[RDF["first"]]] if RDF["first"] in cell else []
            node = cell.get(RDF["rest"], RDF["nil"])
        return found


def graph_of(quad: ox.Quad) -> str:
    """The name of the graph that states a quad; nothing for the default graph."""
    return "" if isinstance(quad.graph_name, ox.DefaultGraph) else lexical(quad.graph_name)


def _english_first(term: Term) -> bool:
    return isinstance(term, ox.Literal) and term.language not in (None, "en")


def _preference(named: tuple[ox.Literal, ox.NamedNode]) -> tuple[int, int, str, str]:
    """The smaller, the better a name: by its language, by the property that gives it, then by its text."""
    label, predicate = named
    language = label.language or ""
    rank = 0 if language == "en" else 1 if not language else 2
    return rank, _NAMES.index(predicate), language, label.value
