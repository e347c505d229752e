"""The check that every selector of a graph points at its words in the source text."""

from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Triple

from mandategraph.errors import InvalidGraphError
from mandategraph.model import folded
from mandategraph.terms import CONTEXT
from mandategraph.vocabulary import MG, OA, A, lexical

Values = dict[tuple[str, str], list[str]]
_WORDS = (MG["text"].value, MG["words"].value)


def misplaced(triples: Iterable[Triple], texts: Mapping[NamedNode, str]) -> list[InvalidGraphError]:
    """The selectors whose offsets, exact words, prefix or suffix are not in the source, or not their node's words.

    `texts` are the sources by the IRI of their document. A quotation's own words are held against `mg:text`,
    those of a judgement against `mg:words`; evidence of other nodes is held against the source alone.
    """
    values: Values = {}
    evidence: list[tuple[str, str]] = []
    read: set[str] = set()
    for triple in triples:
        subject, found = lexical(triple.subject), lexical(triple.object)
        values.setdefault((subject, triple.predicate.value), []).append(found)
        if triple.predicate == MG["evidence"]:
            evidence.append((subject, found))
        if triple.predicate == A and triple.object == MG["Quotation"]:
            read.add(subject)
    faults: list[InvalidGraphError] = []
    for node, resource in sorted(evidence):
        faults += _faults(node, resource, values, texts)
    unseen = {node for node in read if (node, MG["evidence"].value) not in values}
    faults += [InvalidGraphError(f"{node}: expected evidence, found none") for node in sorted(unseen)]
    return faults


def _faults(node: str, resource: str, values: Values, texts: Mapping[NamedNode, str]) -> list[InvalidGraphError]:
    def one(of: str, predicate: NamedNode) -> str:
        found = values.get((of, predicate.value), [])
        return found[0] if len(found) == 1 else ""

    selectors = values.get((resource, OA["hasSelector"].value), [])
    quote, position = (
        _only([each for each in selectors if one(each, A) == OA[kind].value])
        for kind in ("TextQuoteSelector", "TextPositionSelector")
    )
    source = one(resource, OA["hasSource"])
    text = texts.get(NamedNode(source), "") if source else ""
    start, end = one(position, OA["start"]), one(position, OA["end"])
    first, last = (int(each) if each.isdecimal() else -1 for each in (start, end))
    if len(selectors) != len({quote, position} - {""}) or not quote or not 0 <= first < last <= len(text):
        found = f"{source or 'no source'}, {selectors}, {start or '?'}–{end or '?'}"
        told = f"{resource}: expected a source and both selectors, found {found}"
        return [InvalidGraphError(told)]
    expected = {
        OA["exact"]: text[first:last],
        OA["prefix"]: text[max(0, first - CONTEXT) : first],
        OA["suffix"]: text[last : last + CONTEXT],
    }
    faults = [
        InvalidGraphError(
            f"{quote}: expected {predicate.value} {words!r} of {source} {first}–{last}, found {one(quote, predicate)!r}"
        )
        for predicate, words in expected.items()
        if one(quote, predicate) != words
    ]
    for predicate in _WORDS:
        for words in values.get((node, predicate), []):
            if folded(text[first:last]) != folded(words):
                told = f"{node}: expected the words of its evidence, {text[first:last]!r}, found {words!r}"
                faults += [InvalidGraphError(told)]
    return faults


def _only(found: list[str]) -> str:
    return found[0] if len(found) == 1 else ""
