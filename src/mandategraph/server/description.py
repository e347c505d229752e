"""Descriptions: what a release says of one of its resources, fetched with as many queries whatever its size."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import pyoxigraph as ox

from mandategraph.errors import MissingError, nearest
from mandategraph.queries import Query, Rows, rows
from mandategraph.release import Manifest
from mandategraph.server.addresses import Addresses
from mandategraph.store import Store

ON_A_PAGE, IN_A_FILE = 100, 1000
"""How many references, or triples of a graph, a page for people holds and one for programs."""
_VALUES = re.compile(r"VALUES \?resource \{[^}]*\}")
_AROUND = 30
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Description:
    """What a release says of a resource: its statements and those of its parts, what points to it, and their names.

    `contents` are the triples of the graph that the resource is, or of the vocabulary. What points to a resource and
    the triples of a graph come in pages; a vocabulary comes whole.
    """

    iri: str
    of: str
    statements: tuple[ox.Quad, ...]
    references: tuple[ox.Quad, ...]
    numbers: Mapping[str, int]
    contents: tuple[ox.Quad, ...]
    held: int
    labels: tuple[ox.Quad, ...]
    page: int
    pages: int
    size: int

    @property
    def referring(self) -> int:
        """How many statements point to the resource, on all pages."""
        return sum(self.numbers.values())

    @property
    def before(self) -> int:
        """How many of what comes in pages stand on the pages before."""
        return (self.page - 1) * self.size


class Describer:
    """Describes the resources of a release."""

    def __init__(self, held: Manifest, store: Store, lookups: Mapping[str, Query]) -> None:
        self._held, self._store, self._lookups = held, store, lookups
        self._addresses = Addresses(held.base)

    def of(self, iri: str, page: int, size: int) -> Description:
        """The description of a resource, one page of it.

        Raises:
            MissingError: the release does not know the resource, the nearest are named; or it has no such page.
        """
        resource = self._versions.get(iri, iri)
        graph = self._addresses.vocabulary(resource)
        skipped = (page - 1) * size
        statements = self._quads("statements-of-a-resource", resource)
        counted = self._look("number-of-references", node=resource)
        numbers = {row["predicate"]: int(row["number"]) for row in counted.values()}
        references = self._references(resource, size, skipped)
        contents = self._contents(graph or resource, None if graph else (size, skipped))
        held = self._held.triples.get(self._held.graphs.get(graph or resource, ""), 0)
        labels = self._labels(sorted(numbers.keys() | _named(statements, references, contents)))
        if not (statements or numbers or contents or held):
            raise self.missing(iri)
        pages = max(1, math.ceil(max(sum(numbers.values()), 0 if graph else held) / size))
        if page > pages:
            raise MissingError(f"page {page}", f"the {pages} pages of {iri}")
        return Description(iri, resource, statements, references, numbers, contents, held, labels, page, pages, size)

    def missing(self, iri: str) -> MissingError:
        """The error for a resource that is not there, naming those that come nearest."""
        place = bisect_left(self._resources, _depth_first(iri), key=_depth_first)
        around = self._resources[max(0, place - _AROUND) : place + _AROUND]
        kind = iri.removeprefix(self._held.base).partition("/")[0]
        alike = [each for each in around if each.removeprefix(self._held.base).partition("/")[0] == kind]
        near = nearest(iri, alike or around) if len(iri) <= _LONGEST else []
        shown = [each.removeprefix(self._held.base) for each in near]
        return MissingError(f"resource {iri.removeprefix(self._held.base)[:_LONGEST]!r}", "the release", shown)

    @cached_property
    def _resources(self) -> list[str]:
        known = {row["resource"] for row in self._look("resources").values()}
        return sorted(known | self._versions.keys() | set(self._versions.values()), key=_depth_first)

    @cached_property
    def _versions(self) -> dict[str, str]:
        """The vocabulary each IRI of a version that is held stands for; the shapes have the version of the release."""
        stated = {row["version"]: row["vocabulary"] for row in self._look("versions").values()}
        shapes = self._addresses.iri("shapes") or ""
        return {**stated, f"{shapes}/{self._held.version}": shapes}

    def _look(self, name: str, **given: str) -> Rows:
        return rows(self._store, self._lookups[name], given)

    def _quads(self, name: str, resource: str) -> tuple[ox.Quad, ...]:
        found = self._look(name, node=resource)
        return tuple(_quad(subject, predicate, value, graph) for _, subject, predicate, value, graph in found.rows)

    def _references(self, resource: str, size: int, skipped: int) -> tuple[ox.Quad, ...]:
        query = _cut(self._lookups["references-to-a-resource"], size, skipped)
        found = rows(self._store, query, {"node": resource})
        return tuple(_quad(subject, predicate, node, graph) for node, subject, predicate, graph in found.rows)

    def _contents(self, graph: str, cut: tuple[int, int] | None) -> tuple[ox.Quad, ...]:
        query = self._lookups["triples-of-a-graph"]
        found = rows(self._store, _cut(query, *cut) if cut else query, {"graph": graph})
        return tuple(_quad(subject, predicate, value, name) for name, subject, predicate, value in found.rows)

    def _labels(self, resources: Iterable[str]) -> tuple[ox.Quad, ...]:
        query = self._lookups["labels-of-resources"]
        values = " ".join(str(ox.NamedNode(each)) for each in resources)
        text, replaced = _VALUES.subn(lambda _: f"VALUES ?resource {{ {values} }}", query.text)
        if replaced != 1:
            raise ValueError(f"{query.name}: expected one 'VALUES ?resource', found {replaced}")
        return tuple(_quad(*row) for row in rows(self._store, replace(query, text=text), {}).rows)


def _depth_first(iri: str) -> tuple[int, str]:
    """What resources are sorted by so that those of one kind stand together."""
    return iri.count("/"), iri


def _cut(query: Query, size: int, skipped: int) -> Query:
    """A query for some of its rows."""
    return replace(query, text=f"{query.text.rstrip()}\nLIMIT {size} OFFSET {skipped}\n")


def _quad(subject: object, predicate: object, value: object, graph: object) -> ox.Quad:
    return ox.Quad(
        cast("ox.NamedNode", subject),
        cast("ox.NamedNode", predicate),
        cast("ox.Literal", value),
        cast("ox.NamedNode", graph),
    )


def _named(statements: Iterable[ox.Quad], references: Iterable[ox.Quad], contents: Iterable[ox.Quad]) -> set[str]:
    """The IRIs whose labels a description needs."""

    def found() -> Iterator[object]:
        for quad in statements:
            yield from (quad.predicate, quad.object)
        for quad in references:
            yield from (quad.predicate, quad.subject)
        for quad in contents:
            yield quad.predicate

    return {term.value for term in found() if isinstance(term, ox.NamedNode)}
