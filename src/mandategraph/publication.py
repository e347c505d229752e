"""A release in a store elsewhere: its names there, the pointer that says which it is, and how it is put there.

A release is loaded under names of its own beside the one that answers, checked, and moved to the names of the contract
by one update request, which also moves the pointer. Whoever reads meanwhile reads the old release.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.errors import LimitReached, LocatedError, StoreFault, UsageError
from mandategraph.release import Manifest, digest, is_data, parsed_manifest
from mandategraph.store.exchange import Dataset, Field
from mandategraph.store.link import Link
from mandategraph.store.remote import RemoteStore, rows_of, size, whole
from mandategraph.vocabulary import DCTERMS, OWL, RDF

Triples = Mapping[str, frozenset[ox.Triple]]
Told = Callable[[str, int, int], None]
"""Takes what is being done, how much of it is done, and how much there is."""

_UNION, _POINTER, _STAGED = "graph/default", "graph/published", "graph/staged/"
# How many triples one request holds: about 1 MB as N-Triples, a fifth of it in an update, which stores compile.
_PUT, _INSERTED = 5_000, 1_000
# What SQL calls a conflict of transactions, after which one is to try again; and how long to wait before, in seconds.
_CONFLICT, _WAITS = "40001", (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
_POINTERS = f"""SELECT ?at ?digest ?version ?manifest WHERE {{
  GRAPH ?at {{ ?at {DCTERMS["identifier"]} ?digest ; {OWL["versionInfo"]} ?version ; {RDF["value"]} ?manifest }}
  FILTER(STRENDS(STR(?at), "/{_POINTER}"))
}}"""
_STAGED_BEFORE = "SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), {prefix})) }}"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load has done: whether the release was there already, and how many triples it has in how many graphs."""

    already: bool
    triples: int
    graphs: int


def dataset(held: Manifest) -> Dataset:
    """Which graphs of a store are a release."""
    data = tuple(name for name in held.graphs if is_data(ox.NamedNode(name), held.base))
    return Dataset(tuple(held.graphs), data, held.base + _UNION)


def published(link: Link) -> Manifest | None:
    """The manifest of the release that a store holds, None if it holds none.

    Raises:
        StoreFault: the store cannot be asked, holds several, or one that this version cannot read.
        LimitReached: its answer takes too long.
    """
    rows = [{name: _text(row, name) for name in ("at", "digest", "manifest")} for row in rows_of(link, _POINTERS, [])]
    if not rows:
        return None
    if len(rows) > 1:
        listed = ", ".join(sorted(row["at"] for row in rows))
        raise StoreFault(link.where, "one release", f"{len(rows)} of them: {listed}")
    told = rows[0]
    if digest(told["manifest"]) != told["digest"]:
        raise StoreFault(link.where, f"a manifest of the digest {told['digest']}", digest(told["manifest"]))
    try:
        held = parsed_manifest(told["manifest"], told["at"])
    except LocatedError as fault:
        raise StoreFault(link.where, fault.expected, fault.found) from None
    if told["at"] != held.base + _POINTER:
        raise StoreFault(link.where, f"the pointer of {held.base}", told["at"])
    return held


def opened(link: Link) -> tuple[Manifest, RemoteStore]:
    """The manifest of the release that a store holds, and the store.

    Raises:
        StoreFault: it holds none, or cannot be asked.
        LimitReached: its answer takes too long.
    """
    held = published(link)
    if held is None:
        raise StoreFault(link.where, "a release; 'mandategraph load' puts one there", "none")
    return held, RemoteStore(link, dataset(held), lambda: is_current(link, held))


def is_current(link: Link, held: Manifest) -> bool:
    """Whether a store still holds the release of a manifest.

    Raises:
        StoreFault: it cannot be asked.
    """
    return [_text(row, "digest") for row in rows_of(link, *pointer(held))] == [digest(held.text())]


def pointer(held: Manifest) -> tuple[str, list[Field]]:
    """The query, and its dataset, for the digest of the release that a store holds under the base of another."""
    name = held.base + _POINTER
    return f"SELECT ?digest WHERE {{ <{name}> {DCTERMS['identifier']} ?digest }}", [("default-graph-uri", name)]


def load(link: Link, held: Manifest, graphs: Triples, told: Told) -> Loaded:
    """Put a release into a store in place of the one it holds.

    Raises:
        StoreFault: the store cannot be reached, refuses, fails, or does not hold what it was given. Unless the fault
            says otherwise, the release before answers as it did.
        LimitReached: the store takes too long.
        UsageError: it holds a release under another base.
    """
    return _Load(link, held, graphs, told).done()


class _Load:
    """One release on its way into a store."""

    def __init__(self, link: Link, held: Manifest, graphs: Triples, told: Told) -> None:
        self._link, self._held, self._told = link, held, told
        chosen = dataset(held)
        self._union = chosen.union
        self._pointer = held.base + _POINTER
        union = frozenset().union(*(graphs[name] for name in chosen.data))
        self._graphs = {**graphs, self._union: union, self._pointer: _pointing(held, self._pointer)}
        self._sizes = {name: len(triples) for name, triples in self._graphs.items()}

    def done(self) -> Loaded:
        """Load it."""
        before = published(self._link)
        if before is not None and before.base != self._held.base:
            raise UsageError(
                f"{self._link.where}: expected no release or one under {self._held.base}, found one under {before.base}"
            )
        already = before == self._held and self._found(self._sizes) == self._sizes
        if not already:
            self._stage()
            self._check()
            self._switch(before)
        self._tidy()
        return Loaded(already, sum(self._sizes[name] for name in self._held.graphs), len(self._held.graphs))

    def _found(self, names: Iterable[str]) -> dict[str, int]:
        """How many triples graphs have in the store; a graph without any is not in it."""
        return _counts(self._link, names)

    def _staged(self, name: str) -> str:
        """The name that a graph of this release has until the switch."""
        rest = name.removeprefix(self._held.base).removeprefix("graph/")
        return f"{self._held.base}{_STAGED}{digest(self._held.text())[:16]}/{rest}"

    def _stage(self) -> None:
        """Put every graph into the store under its name until the switch, but for those an interrupted load has put."""
        if self._link.endpoints.graphs:
            self._link.greet(self._pointer)
        found = self._found(self._staged(name) for name in self._graphs)
        total, done = sum(self._sizes.values()), 0
        for name, triples in self._graphs.items():
            if found.get(self._staged(name), 0) != len(triples):
                for number in self._sent(self._staged(name), triples):
                    self._told("loading", done + number, total)
            done += len(triples)
            self._told("loading", done, total)

    def _sent(self, name: str, triples: frozenset[ox.Triple]) -> Iterable[int]:
        """Put triples into a graph, and give after each request how many have been sent."""
        by_put = bool(self._link.endpoints.graphs)
        ordered = sorted(triples, key=lambda triple: (not _has_blank(triple), str(triple)))
        # A blank node is one node only within one request.
        first = max(_PUT if by_put else _INSERTED, sum(map(_has_blank, ordered)))
        step = _PUT if by_put else _INSERTED
        if not by_put:
            self._link.update(f"DROP SILENT GRAPH <{name}>")
        for start in (0, *range(first, len(ordered), step)):
            part = ordered[start : start + (step if start else first)]
            content = ox.serialize(part, format=ox.RdfFormat.N_TRIPLES) or b""
            if by_put:
                self._link.put(name, content, more=start > 0)
            else:
                self._link.update(f"INSERT DATA {{ GRAPH <{name}> {{\n{content.decode()}}} }}")
            yield start + len(part)

    def _check(self) -> None:
        """See that the store holds under the names until the switch what it was given.

        Raises:
            StoreFault: a number is another, or the union of the data graphs comes back as another graph.
        """
        self._told("checking", 0, 1)
        found = self._found(self._staged(name) for name in self._graphs)
        for name, number in self._sizes.items():
            there = found.get(self._staged(name), 0)
            if there != number:
                raise StoreFault(self._link.where, f"{number} triples for {name}", str(there))
        back = frozenset(whole(self._link, self._staged(self._union)))
        for triple in sorted(self._graphs[self._union] ^ back, key=str)[:1]:
            given = "given and not given back" if triple not in back else "given back and never given"
            expected = f"the {self._sizes[self._union]} triples of {self._union} given back as they are"
            raise StoreFault(self._link.where, expected, f"{len(back)}, and one that is {given}: {triple}")
        self._told("checking", 1, 1)

    def _switch(self, before: Manifest | None) -> None:
        """Move everything to its name, the pointer last, in one request; graphs the release does not have are dropped.

        Raises:
            StoreFault: the store has not done it, or not as a whole.
            LimitReached: the store has not done it in time.
        """
        self._told("switching", 0, 1)
        gone = [name for name in (before.graphs if before else ()) if name not in self._graphs]
        empty = [name for name, size in self._sizes.items() if not size]
        dropped = [f"DROP SILENT GRAPH <{name}>" for name in (*gone, *empty)]
        moved = [f"MOVE GRAPH <{self._staged(name)}> TO GRAPH <{name}>" for name, size in self._sizes.items() if size]
        self._moved(" ;\n".join([*dropped, *moved]))
        expected = {name: size for name, size in self._sizes.items() if size}
        if self._found([*self._sizes, *gone]) != expected or published(self._link) != self._held:
            raise StoreFault(
                self._link.where,
                f"the release {digest(self._held.text())[:16]} behind the switch",
                "something else: the store may hold parts of two releases; load again",
            )
        self._told("switching", 1, 1)

    def _moved(self, switch: str) -> None:
        """Ask for the switch; again, if the store says that it came into conflict with those who read."""
        for wait in (*_WAITS, None):
            try:
                self._link.update(switch)
            except (StoreFault, LimitReached) as fault:
                if published(self._link) == self._held:
                    return
                if wait is None or not isinstance(fault, StoreFault) or _CONFLICT not in fault.found:
                    raise
                time.sleep(wait)
            else:
                return

    def _tidy(self) -> None:
        """Drop the graphs that loads before this one have left behind."""
        prefix = ox.Literal(self._held.base + _STAGED)
        rows = rows_of(self._link, _STAGED_BEFORE.format(prefix=prefix), [])
        left = [f"DROP SILENT GRAPH <{_text(row, 'g')}>" for row in rows]
        if left:
            self._link.update(" ;\n".join(left))


def _pointing(held: Manifest, name: str) -> frozenset[ox.Triple]:
    """What a store says of the release it holds: its digest, its version and its manifest."""
    node, text = ox.NamedNode(name), held.text()
    return frozenset(
        {
            ox.Triple(node, DCTERMS["identifier"], ox.Literal(digest(text))),
            ox.Triple(node, OWL["versionInfo"], ox.Literal(held.version)),
            ox.Triple(node, RDF["value"], ox.Literal(text)),
        }
    )


def _has_blank(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)


def _counts(link: Link, names: Iterable[str]) -> dict[str, int]:
    """How many triples graphs have, those that have any; asked for one by one, which Virtuoso is far quicker at."""
    found = {name: size(link, name) for name in names}
    return {name: number for name, number in found.items() if number}


def _text(row: ox.QuerySolution, name: str) -> str:
    term = row[name]
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""
