"""Stating: the corpus to named graphs, one function a class of the model, every node with an IRI of its own."""

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.errors import MandategraphError, TableError, raise_all
from mandategraph.iris import Iris
from mandategraph.model import Corpus, Reading
from mandategraph.schemes import Schemes
from mandategraph.terms import en
from mandategraph.triples import documents, entities, judgements, links, plans, registry
from mandategraph.triples.claims import Claiming
from mandategraph.triples.process import Stating
from mandategraph.triples.provenance import Provenance
from mandategraph.vocabulary import DCTERMS, MG, PROV, SD, A

Graphs = dict[NamedNode, set[Triple]]


def state(corpus: Corpus, iris: Iris, schemes: Schemes, version: str) -> Graphs:
    """The data graphs of a corpus: one a source document, the registry and the judgements.

    Raises:
        TableError: a table names words or nodes that are not there; several together as `Faults`.
    """
    raise_all([*plans.check_plans(corpus), *plans.check_attributions(corpus)])
    provenance = Provenance(iris, version)
    process = Stating(corpus, iris, schemes, provenance)
    claims = Claiming(corpus, iris, schemes, provenance)
    faults: list[MandategraphError] = [*judgements.uncoded(corpus), *claims.untagged()]
    graphs: Graphs = {}
    for reading in corpus.readings:
        document = reading.source.identifier
        name = iris.mint("source-graph", document=document)
        stated = _gathered(process.of_document(document), faults)
        graphs[name] = {*_source(reading, corpus, iris, schemes, provenance), *stated}
        if stated:
            transcribing = provenance.activity("transcribing", document)
            graphs[name] |= {*provenance.described(transcribing, f"transcribing what {reading.source.file} states")}
    _gathered(process.unplaced(), faults)
    graphs[iris.mint("graph", name="registry")] = {
        *_registry(corpus, iris, schemes, provenance),
        *_gathered(entities.entities(corpus, iris, schemes, provenance), faults),
        *_passages(corpus, iris, provenance),
    }
    graphs[iris.mint("graph", name="judgements")] = {
        *_gathered(judgements.judgements(corpus, iris, schemes, provenance), faults),
        *_gathered(process.judged(), faults),
        *_gathered(claims.claims(), faults),
        *provenance.described(provenance.activity("judging"), "stating the judgements of this project"),
    }
    raise_all(faults)
    return graphs


def _gathered(rows: Iterable[Iterable[Triple]], faults: list[MandategraphError]) -> set[Triple]:
    """The triples of all rows; the fault of a row that cannot be stated is added to the others."""
    triples: set[Triple] = set()
    for row in rows:
        try:
            triples.update(row)
        except TableError as fault:
            faults.append(fault)
    return triples


def _source(reading: Reading, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterable[Triple]:
    yield from documents.document(reading, iris, provenance)
    yield from documents.elements(reading, iris, schemes)
    yield from plans.units(reading, corpus, iris, provenance)
    yield from links.links(reading, corpus, iris, provenance)
    identifier = reading.source.identifier
    yield from provenance.described(provenance.activity("reading", identifier), f"reading {reading.source.file}")


def _registry(corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterable[Triple]:
    held = corpus.registry
    for instrument in held.instruments.values():
        yield from registry.instrument(instrument, held, iris, schemes, provenance)
    yield from registry.forums(held, iris, schemes, provenance)
    for plan in held.plans.values():
        yield from plans.plan(plan, corpus, iris, schemes, provenance)
    for spelling in held.spellings.values():
        yield from registry.identification(spelling, corpus, iris, schemes, provenance)
    yield from provenance.agents()
    yield from provenance.described(provenance.activity("resolving"), "resolving wordings through the registry")


def _passages(corpus: Corpus, iris: Iris, provenance: Provenance) -> Iterable[Triple]:
    for reading in corpus.readings:
        yield from links.passages(reading, corpus, iris, provenance)


def describe(names: Iterable[NamedNode], iris: Iris, version: str) -> set[Triple]:
    """The description of the service and of each named graph: what is in it, the step that made it, the version."""
    provenance = Provenance(iris, version)
    service = iris.mint("service")
    dataset = Iris.part(service, "dataset")
    triples = {
        Triple(service, A, SD["Service"]),
        Triple(service, SD["endpoint"], service),
        Triple(service, SD["supportedLanguage"], SD["SPARQL11Query"]),
        Triple(service, SD["defaultDataset"], dataset),
        Triple(dataset, A, SD["Dataset"]),
    }
    for name in names:
        parsed = iris.parse(name.value)
        key = "-".join(parsed[1].values()) if parsed else "graph"
        node = Iris.part(service, "graph", key)
        triples |= {
            Triple(dataset, SD["namedGraph"], node),
            Triple(node, A, SD["NamedGraph"]),
            Triple(node, SD["name"], name),
            Triple(name, DCTERMS["description"], en(_CONTENTS.get(key, f"What is read in {key}.txt."))),
            Triple(name, PROV["wasAttributedTo"], provenance.software),
            Triple(name, MG["packageVersion"], Literal(version)),
        }
    return triples


_CONTENTS = {
    "registry": "Instruments, bodies, plans and what wordings mean, from the hand-kept tables.",
    "judgements": "What this project holds, each judgement with its reason, from the hand-kept tables.",
    "inferred": "What the axioms of the ontology entail and nothing states.",
    "ontology": "The terms, their schemes and their alignments with other vocabularies.",
    "shapes": "The shapes that the data is held against.",
    "report": "What the shapes found in the data.",
    "service": "This description.",
}
