"""Stating: the corpus to named graphs, one function a class of the model, every node with an IRI of its own."""

from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from mandategraph.errors import MandategraphError, TableError, raise_all
from mandategraph.iris import Iris
from mandategraph.model import Corpus, Reading
from mandategraph.schemes import Schemes
from mandategraph.triples import documents, entities, judgements, links, plans, registry
from mandategraph.triples.claims import Claiming
from mandategraph.triples.process import Stating
from mandategraph.triples.provenance import Provenance

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
