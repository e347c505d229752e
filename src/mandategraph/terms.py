"""Literals and evidence nodes, as every stating function writes them."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import folded
from mandategraph.places import Span
from mandategraph.vocabulary import MG, OA, XSD, A

CONTEXT = 32
_DATES = {4: "gYear", 7: "gYearMonth", 10: "date"}


def en(text: str) -> Literal:
    """Words in English."""
    return Literal(text, language="en")


def boolean(truth: bool) -> Literal:  # noqa: FBT001 - the value itself
    """Whether something is so, in its canonical form."""
    return Literal(str(truth).lower(), datatype=XSD["boolean"])


def integer(number: int) -> Literal:
    """A whole number in its canonical form."""
    return Literal(str(number), datatype=XSD["integer"])


def date(written: str) -> Literal:
    """A date as precise as it is written: a year, a month or a day.

    >>> date("1994-12").datatype.value
    'http://www.w3.org/2001/XMLSchema#gYearMonth'
    """
    return Literal(written, datatype=XSD[_DATES[len(written)]])


def evidence(node: NamedNode, document: NamedNode, text: str, span: Span, part: str = "evidence") -> Iterator[Triple]:
    """What says that a node rests on a run of characters: both selectors, so that either alone finds it."""
    resource = Iris.part(node, part)
    quote, position = Iris.part(node, part, "quote"), Iris.part(node, part, "position")
    yield Triple(node, MG["evidence"], resource)
    yield Triple(resource, A, OA["SpecificResource"])
    yield Triple(resource, OA["hasSource"], document)
    yield Triple(resource, OA["hasSelector"], quote)
    yield Triple(resource, OA["hasSelector"], position)
    yield Triple(quote, A, OA["TextQuoteSelector"])
    yield Triple(quote, OA["exact"], Literal(span.of(text)))
    before, after = text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]
    yield Triple(quote, OA["prefix"], Literal(before))
    yield Triple(quote, OA["suffix"], Literal(after))
    yield Triple(position, A, OA["TextPositionSelector"])
    yield Triple(position, OA["start"], integer(span.start))
    yield Triple(position, OA["end"], integer(span.end))


def words(text: str, span: Span) -> Literal:
    """The words of a span, white space folded."""
    return en(folded(span.of(text)))
