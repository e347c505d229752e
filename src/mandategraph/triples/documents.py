"""Documents and their elements, as triples."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import NOT_STATED, Element, Reading
from mandategraph.schemes import Schemes
from mandategraph.terms import date, en, integer, words
from mandategraph.triples.provenance import Provenance
from mandategraph.vocabulary import DCTERMS, MG, PROV, A


def document(reading: Reading, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    """A document: what it is, as far as a text says, and the white space behind its last leaf."""
    source = reading.source
    node = iris.mint("document", document=source.identifier)
    yield Triple(node, A, MG["Document"])
    yield Triple(node, DCTERMS["identifier"], Literal(source.identifier))
    yield Triple(node, MG["sha256"], Literal(source.sha256))
    yield Triple(node, DCTERMS["title"], en(source.title))
    yield Triple(node, MG["sourceLine"], Literal(source.title_source))
    yield Triple(node, MG["issuedBy"], en(source.issued_by))
    yield Triple(node, DCTERMS["rights"], en(source.rights))
    if source.date != NOT_STATED:
        yield Triple(node, DCTERMS["date"], date(source.date))
    if source.symbol != NOT_STATED:
        yield Triple(node, MG["symbol"], Literal(source.symbol))
    if source.address != NOT_STATED:
        yield Triple(node, DCTERMS["source"], NamedNode(source.address))
    yield Triple(node, PROV["wasGeneratedBy"], provenance.activity("reading", source.identifier))
    yield from _attributions(reading, iris)
    last = max(leaf.span.end for leaf in reading.leaves())
    yield Triple(node, MG["spaceAtEnd"], Literal(reading.text[last:]))


def _attributions(reading: Reading, iris: Iris) -> Iterator[Triple]:
    """Who is taken to assert the parts of a document that make support links, and why."""
    source = reading.source
    for part in reading.parts:
        if part.citations and source.asserted_by:
            node = iris.mint("element", document=source.identifier, path=part.element.key)
            yield Triple(node, PROV["wasAttributedTo"], iris.mint("body", slug=source.asserted_by))
            yield Triple(node, MG["reason"], en(source.asserted_by_reason))


def elements(reading: Reading, iris: Iris, schemes: Schemes) -> Iterator[Triple]:
    """The tree of elements; each leaf with its characters and the white space before it."""
    whole = iris.mint("document", document=reading.source.identifier)
    before = _spaces(reading)
    order = 0
    parents: list[tuple[Element, NamedNode]] = [(part.element, whole) for part in reversed(reading.parts)]
    plans = {part.element.key: part.plan for part in reading.parts}
    while parents:
        each, parent = parents.pop()
        order += 1
        node = iris.mint("element", document=reading.source.identifier, path=each.key)
        yield Triple(node, A, MG["Element"])
        yield Triple(node, DCTERMS["isPartOf"], parent)
        yield Triple(node, MG["inDocument"], whole)
        yield Triple(node, MG["elementKind"], schemes.concept("ElementKinds", each.kind))
        yield Triple(node, MG["order"], integer(order))
        yield Triple(node, MG["start"], integer(each.span.start))
        yield Triple(node, MG["end"], integer(each.span.end))
        plan = plans[each.key.partition("/")[0]]
        if each.realizes and plan:
            yield Triple(node, MG["realizes"], iris.unit(plan, each.realizes))
        if not each.children:
            yield Triple(node, MG["text"], words(reading.text, each.span))
            yield Triple(node, MG["verbatim"], Literal(each.span.of(reading.text)))
            yield Triple(node, MG["spaceBefore"], Literal(before[each.key]))
        parents.extend((child, node) for child in reversed(each.children))


def _spaces(reading: Reading) -> dict[str, str]:
    """The white space before each leaf, by its key."""
    reached = 0
    found: dict[str, str] = {}
    for leaf in sorted(reading.leaves(), key=lambda each: each.span):
        found[leaf.key] = reading.text[reached : leaf.span.start]
        reached = leaf.span.end
    return found
