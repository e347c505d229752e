"""Plans and their parts, as triples; the words are those of the document that is followed for a plan."""

from collections.abc import Iterator

from pyoxigraph import Literal, Triple

from mandategraph.errors import MandategraphError, TableError
from mandategraph.iris import Iris, wording_key
from mandategraph.model import Corpus, Plan, PlanUnit, Reading, UnitKind
from mandategraph.places import Place
from mandategraph.schemes import Schemes
from mandategraph.terms import en, evidence
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.spans import located, reading_of
from mandategraph.vocabulary import DCTERMS, ELI, MG, PROV, SKOS, A

_CLASSES = {
    UnitKind.CHAPTER: "Chapter",
    UnitKind.OBJECTIVE: "Objective",
    UnitKind.ACTION: "Action",
    UnitKind.SECTION: "Section",
    UnitKind.PARAGRAPH: "Paragraph",
}
_CONCEPTS = (UnitKind.CHAPTER, UnitKind.OBJECTIVE, UnitKind.ACTION)


def plan(row: Plan, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    """A plan: its title, the instrument it is, and its status with the judgement and the words that show it.

    Raises:
        TableError: the row names a document that is not here, or words it does not have exactly once.
    """
    node = iris.mint("plan", plan=row.identifier)
    document = reading_of(corpus, row.status_document, row.place)
    yield Triple(node, A, MG["Plan"])
    yield Triple(node, DCTERMS["identifier"], Literal(row.identifier))
    yield Triple(node, DCTERMS["title"], en(row.title))
    yield Triple(node, PROV["wasGeneratedBy"], provenance.activity("resolving"))
    status = schemes.concept("PlanStatuses", row.status)
    yield Triple(node, MG["status"], status)
    yield Triple(node, MG["registeredAs"], iris.mint("instrument", slug=row.instrument))
    yield Triple(node, MG["wordedBy"], iris.mint("document", document=row.worded_by))
    span = located(document, row.status_words, row.place)
    yield Triple(node, MG["reason"], en(row.status_reason))
    yield from evidence(node, iris.mint("document", document=row.status_document), document.text, span)
    claim = iris.mint("classification", key=wording_key(row.identifier))
    yield Triple(claim, A, MG["Classification"])
    yield Triple(claim, MG["classifies"], node)
    yield Triple(claim, MG["classifiedAs"], status)
    yield from evidence(claim, iris.mint("document", document=row.status_document), document.text, span)
    yield from provenance.judged(claim, "resolving", row.status_reason, row.status_document, row.place)


def units(reading: Reading, corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    """The parts of the plans whose words are taken from this document."""
    for part in reading.parts:
        if part.plan and corpus.registry.plans[part.plan].worded_by == reading.source.identifier:
            activity = provenance.activity("reading", reading.source.identifier)
            for each in part.units:
                yield from _unit(part.plan, each, iris)
                yield Triple(iris.unit(part.plan, each.key), PROV["wasGeneratedBy"], activity)


def _unit(plan: str, unit: PlanUnit, iris: Iris) -> Iterator[Triple]:
    node, scheme = iris.unit(plan, unit.key), iris.mint("plan", plan=plan)
    parent = iris.unit(plan, unit.parent) if unit.parent.kind is not UnitKind.PLAN else scheme
    yield Triple(node, A, MG[_CLASSES[unit.key.kind]])
    yield Triple(node, ELI["is_part_of"], parent)
    yield Triple(node, MG["text"], en(unit.text))
    yield Triple(node, MG["citationForm"], en(unit.cited_as))
    if unit.key.kind in _CONCEPTS:
        yield Triple(node, SKOS["inScheme"], scheme)
        yield Triple(node, SKOS["notation"], Literal(unit.key.notation))
        if parent == scheme:
            yield Triple(node, SKOS["topConceptOf"], scheme)
        else:
            yield Triple(node, SKOS["broader"], parent)


def check_attributions(corpus: Corpus) -> list[MandategraphError]:
    """Faults where a document is attributed to a body that the registry does not have."""
    place = Place("data/sources/sources.toml")
    known = corpus.entities.bodies
    return [
        TableError(place, f"asserted_by: a slug of bodies.tsv ({', '.join(known)})", reading.source.asserted_by)
        for reading in corpus.readings
        if reading.source.asserted_by and reading.source.asserted_by not in known
    ]


def check_plans(corpus: Corpus) -> list[MandategraphError]:
    """Faults where the plans the documents print and the plans of the registry are not the same."""
    printed: dict[str, list[Reading]] = {}
    for reading in corpus.readings:
        for part in reading.parts:
            if part.plan:
                printed.setdefault(part.plan, []).append(reading)
    place = Place("data/registry/plans.tsv")
    known = corpus.registry.plans
    faults: list[MandategraphError] = [
        TableError(place, f"a row for the plan {name!r} that {readings[0].source.file} prints", "none")
        for name, readings in printed.items()
        if name not in known
    ]
    faults += [TableError(place, "a plan some document prints", name) for name in known if name not in printed]
    for name, readings in printed.items():
        documents = [reading.source.identifier for reading in readings]
        if name in known and known[name].worded_by not in documents:
            expected = f"plan {name} worded by a document that prints it ({', '.join(documents)})"
            faults.append(TableError(place, expected, known[name].worded_by))
    return faults
