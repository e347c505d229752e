"""The data set in VoID and DCAT: what it is, and how many triples, things, classes and properties are in it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.terms import en, integer
from mandategraph.triples.provenance import Provenance
from mandategraph.vocabulary import DCAT, DCTERMS, MG, PREFIXES, SD, VOID, A, Term, compact, lexical

TITLE = "mandategraph"
RIGHTS = (
    "What this project curates: CC BY 4.0, attribution to the mandategraph project. "
    "The documents, and their words wherever they are repeated: not determined."
)
SHOWN = ("Plan", "Action", "AssertedSupport", "Quotation", "Instrument")
"""The classes of which the description names a thing as an example: the first, by its IRI."""

_WORDS = re.compile(r"[A-Za-z0-9]+")


@dataclass
class Part:
    """How many triples, and of which subjects and objects, have one property or describe the things of one class."""

    triples: int = 0
    subjects: set[Term] = field(default_factory=set)
    objects: set[Term] = field(default_factory=set)

    def add(self, triple: Triple) -> None:
        """Count a triple."""
        self.triples += 1
        self.subjects.add(triple.subject)
        self.objects.add(triple.object)


@dataclass(frozen=True)
class Counts:
    """What a graph holds, as a whole, by property and by the class of the subject."""

    whole: Part
    properties: dict[str, Part]
    classes: dict[str, Part]

    @property
    def entities(self) -> int:
        """How many things are of a class."""
        return len({thing for part in self.classes.values() for thing in part.subjects})


def counted(triples: Iterable[Triple]) -> Counts:
    """The counts of a graph.

    >>> a, b = NamedNode("http://example.org/a"), NamedNode("http://example.org/b")
    >>> counts = counted([Triple(a, A, b), Triple(a, b, b), Triple(b, b, a)])
    >>> counts.whole.triples, counts.entities, counts.properties[b.value].triples, counts.classes[b.value].triples
    (3, 1, 2, 2)
    """
    held = set(triples)
    classes_of: dict[Term, set[str]] = {}
    for each in held:
        if each.predicate == A and isinstance(each.object, NamedNode):
            classes_of.setdefault(each.subject, set()).add(each.object.value)
    whole = Part()
    properties: dict[str, Part] = {}
    classes: dict[str, Part] = {}
    for each in held:
        whole.add(each)
        properties.setdefault(each.predicate.value, Part()).add(each)
        for name in classes_of.get(each.subject, ()):
            classes.setdefault(name, Part()).add(each)
    return Counts(whole, properties, classes)


def stated(counts: Counts, graphs: Iterable[NamedNode], about: str, iris: Iris, version: str) -> Iterator[Triple]:
    """The description of the data set: the set union of some graphs, which has these counts."""
    node = iris.mint("dataset")
    for kind in (VOID["Dataset"], DCAT["Dataset"], SD["Graph"]):
        yield Triple(node, A, kind)
    yield Triple(node, DCTERMS["title"], en(TITLE))
    yield Triple(node, DCTERMS["description"], en(about))
    yield Triple(node, DCTERMS["creator"], Provenance(iris, version).project)
    yield Triple(node, DCTERMS["rights"], en(RIGHTS))
    yield Triple(node, DCAT["version"], Literal(version))
    yield Triple(node, VOID["sparqlEndpoint"], iris.mint("service"))
    yield Triple(node, VOID["uriSpace"], Literal(iris.base))
    for graph in graphs:
        yield Triple(node, VOID["subset"], graph)
    for name in SHOWN:
        if MG[name].value in counts.classes:
            yield Triple(node, VOID["exampleResource"], _first(counts.classes[MG[name].value].subjects))
    for namespace in PREFIXES.values():
        if any(term.startswith(namespace) for term in (*counts.properties, *counts.classes)):
            yield Triple(node, VOID["vocabulary"], NamedNode(namespace))
    yield from _totals(node, counts)
    yield from _partitions(node, counts)


def _first(things: Iterable[Term]) -> NamedNode:
    return NamedNode(min(lexical(thing) for thing in things))


def _totals(node: NamedNode, counts: Counts) -> Iterator[Triple]:
    yield from _counts(node, counts.whole)
    yield Triple(node, VOID["entities"], integer(counts.entities))
    yield Triple(node, VOID["classes"], integer(len(counts.classes)))
    yield Triple(node, VOID["properties"], integer(len(counts.properties)))


def _partitions(node: NamedNode, counts: Counts) -> Iterator[Triple]:
    for kind, parts in (("class", counts.classes), ("property", counts.properties)):
        for name, held in parts.items():
            part = Iris.part(node, kind, *_WORDS.findall(compact(name, "")))
            yield Triple(node, VOID[f"{kind}Partition"], part)
            yield Triple(part, A, VOID["Dataset"])
            yield Triple(part, VOID[kind], NamedNode(name))
            yield from _counts(part, held)
            if kind == "class":
                yield Triple(part, VOID["entities"], integer(len(held.subjects)))


def _counts(node: NamedNode, part: Part) -> Iterator[Triple]:
    yield Triple(node, VOID["triples"], integer(part.triples))
    yield Triple(node, VOID["distinctSubjects"], integer(len(part.subjects)))
    yield Triple(node, VOID["distinctObjects"], integer(len(part.objects)))
