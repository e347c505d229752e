"""Descriptions as RDF: what is said of a resource, in triples or in quads, and what the document itself is."""

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from mandategraph import results
from mandategraph.server.addresses import Format
from mandategraph.server.description import Description
from mandategraph.terms import en
from mandategraph.vocabulary import FOAF, HYDRA, MG, OWL, RDFS, A

_WITH_GRAPHS = (".nq", ".trig")


def text(description: Description, form: Format, document: str, release: str) -> bytes:
    """A description in a format; quads, where the format has them, name the graph that each triple comes from.

    `document` is the IRI of the text itself, without the page.
    """
    about = _about(description, document, release)
    said = [*description.statements, *description.contents, *description.references, *_labels(description)]
    if form.suffix in _WITH_GRAPHS:
        quads = [ox.Quad(each.subject, each.predicate, each.object) for each in about]
        return results.dataset_text(dict.fromkeys([*quads, *said]), form.suffix[1:])
    return results.graph_text(dict.fromkeys([*about, *(quad.triple for quad in said)]), form.suffix[1:])


def _labels(description: Description) -> Iterable[ox.Quad]:
    """The names of what is pointed to; the words it may hold are its own description's."""
    return (quad for quad in description.labels if quad.predicate != MG["text"])


def _about(description: Description, document: str, release: str) -> Iterator[ox.Triple]:
    """What the document describes, of which release, how much of it stands here, and where the rest is."""
    this = _page(document, description.page)
    yield ox.Triple(this, A, FOAF["Document"])
    yield ox.Triple(this, FOAF["primaryTopic"], ox.NamedNode(description.iri))
    yield ox.Triple(this, OWL["versionInfo"], ox.Literal(release))
    yield ox.Triple(this, RDFS["comment"], en(_told(description, release)))
    if description.page > 1:
        yield ox.Triple(this, HYDRA["previous"], _page(document, description.page - 1))
    if description.page < description.pages:
        yield ox.Triple(this, HYDRA["next"], _page(document, description.page + 1))


def _page(document: str, page: int) -> ox.NamedNode:
    return ox.NamedNode(f"{document}?page={page}" if page > 1 else document)


def _told(description: Description, release: str) -> str:
    """What stands in the document, in words."""
    told = [f"What release {release} says of the resource and of its parts, with the names of what it points to."]
    told.append(
        f"Statements that point to it: {part(description, len(description.references), description.referring)}."
    )
    if description.contents or description.held:
        told.append(f"Triples of the graph: {part(description, len(description.contents), description.held)}.")
    return " ".join(told)


def part(description: Description, here: int, number: int) -> str:
    """How many of a number stand on a page: all, or which of them."""
    if here == number:
        return f"{number:,}"
    first = description.before + 1
    shown = f"{first:,} to {first + here - 1:,}" if here else "none"
    return f"{shown} of {number:,} (page {description.page} of {description.pages})"
