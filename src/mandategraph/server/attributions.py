"""Attributions that this project infers: which statements they are, and why."""

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from mandategraph.queries import Query, rows
from mandategraph.store import Store
from mandategraph.terms import en
from mandategraph.vocabulary import MG, PROV, RDFS, lexical

MARK = "inferred by this project, not stated by the document"


class Attributions:
    """The attributions of what documents state that no document makes."""

    def __init__(self, store: Store, lookups: Mapping[str, Query]) -> None:
        self._listed = rows(store, lookups["attributions"], {}).values()
        self._reasons = {(row["source"], row["assertedBy"]): row["reason"] for row in self._listed}

    def reason(self, source: str, body: str) -> str:
        """Why what a document states is attributed to a body; nothing if that is not inferred."""
        return self._reasons.get((source, body), "")

    def inferred(self, predicate: ox.NamedNode, value: str, source: str) -> bool:
        """Whether what stands among the statements of a document is an inferred attribution, or the reason for one."""
        if predicate == MG["reason"]:
            return any(row["source"] == source and row["reason"] == value for row in self._listed)
        return predicate == PROV["wasAttributedTo"] and bool(self.reason(source, value))

    def marked(self, document: ox.NamedNode | ox.BlankNode, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
        """That attributions which stand in a document of triples are inferred, and the reason beside them."""
        bodies = {lexical(each.object) for each in triples if each.predicate == PROV["wasAttributedTo"]}
        for row in self._listed:
            if row["assertedBy"] in bodies:
                told = f"What <{row['source']}> states is attributed to <{row['assertedBy']}>: {MARK}."
                part = ox.NamedNode(row["part"])
                yield ox.Triple(document, RDFS["comment"], en(f"{told} {row['reason']}"))
                yield ox.Triple(document, RDFS["seeAlso"], part)
                yield ox.Triple(part, MG["reason"], en(row["reason"]))
                yield ox.Triple(part, PROV["wasAttributedTo"], ox.NamedNode(row["assertedBy"]))
