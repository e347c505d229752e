"""The characters of documents that a resource rests on, found in the statements about its parts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.server.showing import Showing, Shown
from mandategraph.vocabulary import MG, OA, lexical

Values = Mapping[ox.NamedNode, Sequence[ox.NamedNode | ox.Literal]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run of characters with those around it; `identifier`, `quote` and `position` name its nodes on the page."""

    identifier: str
    quote: str
    position: str
    document: Shown
    start: int
    end: int
    prefix: str
    exact: str
    suffix: str


def by_predicate(quads: Iterable[ox.Quad]) -> dict[ox.NamedNode, list[ox.NamedNode | ox.Literal]]:
    """The different named values of each property, in order."""
    found: dict[ox.NamedNode, dict[ox.NamedNode | ox.Literal, None]] = {}
    for quad in quads:
        if isinstance(quad.object, ox.NamedNode | ox.Literal):
            found.setdefault(quad.predicate, {})[quad.object] = None
    return {predicate: list(values) for predicate, values in found.items()}


def fragment(iri: str) -> str:
    """The name of a part of a resource: what stands behind '#'."""
    return iri.partition("#")[2]


def evidence(statements: Iterable[ox.Quad], showing: Showing) -> list[Evidence]:
    """The characters that statements point to, in the order of the documents."""
    said: dict[str, list[ox.Quad]] = {}
    for quad in statements:
        said.setdefault(lexical(quad.subject), []).append(quad)
    about = {name: by_predicate(quads) for name, quads in said.items()}
    places = {each.value for values in about.values() for each in values.get(MG["evidence"], ())}
    found = [one for place in places for one in _runs(place, about, showing)]
    return sorted(found, key=lambda each: (each.document.href, each.start, each.end, each.identifier))


def _runs(place: str, about: Mapping[str, Values], showing: Showing) -> Iterator[Evidence]:
    """The run of characters of a place that has both selectors and a source; nothing of one that has not."""
    values = about.get(place, {})
    selectors = {each.value: about.get(each.value, {}) for each in values.get(OA["hasSelector"], ())}
    for source in values.get(OA["hasSource"], ()):
        for quote, words in selectors.items():
            for position, characters in selectors.items():
                if OA["exact"] in words and OA["start"] in characters and OA["end"] in characters:
                    yield Evidence(
                        fragment(place),
                        fragment(quote),
                        fragment(position),
                        showing.value(source),
                        int(characters[OA["start"]][0].value),
                        int(characters[OA["end"]][0].value),
                        _first(words, "prefix"),
                        _first(words, "exact"),
                        _first(words, "suffix"),
                    )


def _first(words: Values, name: str) -> str:
    return next((each.value for each in words.get(OA[name], ())), "")
