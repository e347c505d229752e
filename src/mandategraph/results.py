"""Results as text: the standard formats of SPARQL, and rows as JSON or CSV for programs."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO

import pyoxigraph as ox

from mandategraph.errors import UsageError
from mandategraph.iris import Iris
from mandategraph.queries import Cell, Rows
from mandategraph.store import Results, Store
from mandategraph.terms import en, integer
from mandategraph.vocabulary import OWL, PREFIXES, RDFS, RS, A

ROW_FORMATS: dict[str, ox.QueryResultsFormat] = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: dict[str, ox.RdfFormat] = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
DATASET_FORMATS: dict[str, ox.RdfFormat] = {
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
}
ROW_MEDIA = {
    "application/sparql-results+json": "json",
    "application/json": "json",
    "application/sparql-results+xml": "xml",
    "application/xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
}
BOOLEAN_MEDIA = {media: name for media, name in ROW_MEDIA.items() if name in ("json", "xml")}
GRAPH_MEDIA = {
    "text/turtle": "ttl",
    "application/ld+json": "jsonld",
    "application/n-triples": "nt",
    "application/n-quads": "nq",
    "application/trig": "trig",
    "application/rdf+xml": "rdfxml",
}
MEDIA = {**ROW_MEDIA, **GRAPH_MEDIA}
ANSWER = ox.BlankNode("answer")
"""The document that an answer in Turtle is, in its own words."""


def write(results: Results, form: str, out: IO[bytes]) -> None:
    """Write results to a file in a format that fits their kind; what `out` raises ends the writing.

    Raises:
        ValueError: the format cannot hold them.
    """
    if isinstance(results, ox.QueryTriples):
        ox.serialize(results, out, format=GRAPH_FORMATS[form], prefixes=_prefixes(form))
    else:
        results.serialize(out, format=ROW_FORMATS[form])


def serialized(results: Results, form: str) -> bytes:
    """Results in a standard format: rows and booleans in those of `ROW_FORMATS`, triples in those of `GRAPH_FORMATS`.

    Raises:
        UsageError: the format does not fit the kind of results.
    """
    if isinstance(results, ox.QueryTriples):
        if form not in GRAPH_FORMATS:
            raise UsageError(f"a graph can be written as {', '.join(GRAPH_FORMATS)}, not {form}")
        return graph_text(results, form)
    if form not in ROW_FORMATS or (isinstance(results, ox.QueryBoolean) and form in ("csv", "tsv")):
        fitting = [name for name in ROW_FORMATS if isinstance(results, ox.QuerySolutions) or name in ("json", "xml")]
        raise UsageError(f"these results can be written as {', '.join(fitting)}, not {form}")
    return results.serialize(format=ROW_FORMATS[form]) or b""


def graph_text(triples: Iterable[ox.Triple], form: str) -> bytes:
    """Triples in a graph format, with the prefixes of this project where the format has prefixes."""
    return ox.serialize(triples, format=GRAPH_FORMATS[form], prefixes=_prefixes(form)) or b""


def dataset_text(quads: Iterable[ox.Quad], form: str) -> bytes:
    """Quads in a dataset format."""
    return ox.serialize(quads, format=DATASET_FORMATS[form], prefixes=_prefixes(form)) or b""


def _prefixes(form: str) -> dict[str, str] | None:
    return PREFIXES if form in ("ttl", "trig", "rdfxml") else None


def rows_turtle(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], others: Iterable[ox.Triple]) -> bytes:
    """Rows as Turtle, in the vocabulary of the W3C for result sets, with other triples behind them."""
    triples = [*result_set(columns, rows), *sorted(others, key=str)]
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes={**PREFIXES, "rs": RS.iri}) or b""


def result_set(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> Iterator[ox.Triple]:
    """Rows as triples: the columns, and each row with its place and the values it has."""
    yield ox.Triple(ANSWER, A, RS["ResultSet"])
    solutions = [(ox.BlankNode(f"row{number}"), row) for number, row in enumerate(rows, 1)]
    for name in columns:
        yield ox.Triple(ANSWER, RS["resultVariable"], ox.Literal(name))
    for solution, _ in solutions:
        yield ox.Triple(ANSWER, RS["solution"], solution)
    for number, (solution, row) in enumerate(solutions, 1):
        held = [(name, cell) for name in columns if (cell := row.get(name)) is not None]
        bindings = [ox.BlankNode(f"{solution.value}column{place}") for place in range(1, len(held) + 1)]
        yield ox.Triple(solution, RS["index"], integer(number))
        for binding in bindings:
            yield ox.Triple(solution, RS["binding"], binding)
        for binding, (name, cell) in zip(bindings, held, strict=True):
            yield ox.Triple(binding, RS["variable"], ox.Literal(name))
            yield ox.Triple(binding, RS["value"], cell)


def rows_csv(columns: Sequence[str], values: Iterable[dict[str, str]], ends: str = "\n") -> str:
    """Rows as CSV with a header (RFC 4180, whose line ends are CRLF; without `ends` they are as here)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator=ends)
    writer.writeheader()
    writer.writerows(values)
    return out.getvalue()


def behind(store: Store, iris: Iterable[str], base: str) -> set[ox.Triple]:
    """The statements about resources of this project and about their evidence, and a note on what is left out.

    What only rules infer is: triples of several graphs together do not say of each which one it is from.
    """
    found: set[ox.Triple] = set()
    seen: set[str] = set()
    waiting = {iri for iri in iris if iri.startswith(base)}
    while waiting:
        seen |= waiting
        stated = store.about_all([ox.NamedNode(iri) for iri in sorted(waiting)])
        found.update(stated)
        waiting = {part for triple in stated if (part := _part(triple))} - seen
    graph = Iris(base).mint("graph", name="inferred")
    inferred = store.only_in(graph, [ox.NamedNode(iri) for iri in sorted(seen)])
    return (found - inferred) | {*left_out(ANSWER, len(inferred), graph)}


def apart(quads: Sequence[ox.Quad], base: str) -> set[ox.Triple]:
    """The triples of quads but for those that only rules infer, and a note on what is left out."""
    graph = Iris(base).mint("graph", name="inferred")
    stated = {quad.triple for quad in quads if quad.graph_name != graph}
    return stated | {*left_out(ANSWER, len({quad.triple for quad in quads} - stated), graph)}


def left_out(document: ox.NamedNode | ox.BlankNode, number: int, *places: ox.NamedNode) -> Iterator[ox.Triple]:
    """That a document without graphs leaves out a number of triples that rules infer, and where they are."""
    if number:
        told = f"Triples left out, for only rules of the ontology infer them: {number}."
        yield ox.Triple(
            document, RDFS["comment"], en(f"{told} They are in {' and in '.join(f'<{p.value}>' for p in places)}.")
        )
        for place in places:
            yield ox.Triple(document, RDFS["seeAlso"], place)


def release_of(base: str, identity: str) -> ox.Triple:
    """Which release the data set that is served is: what an answer in Turtle comes from."""
    return ox.Triple(Iris.part(Iris(base).mint("service"), "dataset"), OWL["versionInfo"], ox.Literal(identity))


def _part(triple: ox.Triple) -> str | None:
    """The IRI of a part of the resource a triple is about, if the triple leads to one."""
    if not isinstance(triple.object, ox.NamedNode) or not isinstance(triple.subject, ox.NamedNode):
        return None
    part, whole = triple.object.value, triple.subject.value.partition("#")[0]
    return part if part.startswith(f"{whole}#") else None


def iris_in(rows: Rows) -> Iterator[str]:
    """The IRIs that stand in rows."""
    for row in rows.rows:
        for cell in row:
            if isinstance(cell, ox.NamedNode):
                yield cell.value
