"""Descriptions as RDF: what is said of a resource, in triples or in quads, and what the document itself is."""

from collections.abc import Iterator

import pyoxigraph as ox

from mandategraph import results
from mandategraph.iris import Iris
from mandategraph.server.addresses import Format
from mandategraph.server.attributions import Attributions
from mandategraph.server.description import Description
from mandategraph.terms import en
from mandategraph.vocabulary import FOAF, HYDRA, MG, OWL, RDFS, A


class Writer:
    """Writes the descriptions of the resources of one release."""

    def __init__(self, base: str, release: str, attributions: Attributions) -> None:
        self._release, self._attributions = release, attributions
        self._inferred = Iris(base).mint("graph", name="inferred")

    def text(self, description: Description, form: Format, document: str) -> bytes:
        """A description in a format; quads, where the format has them, name the graph that each triple comes from.

        Where it has none, what only rules infer is left out, for nothing would tell it from what documents say; but the
        graph of it is told as what it is. `document` is the IRI of the text itself, without the page.
        """
        this = _page(document, description.page)
        said = dict.fromkeys(_said(description))
        about = [*_about(description, document, self._release)]
        if form.suffix[1:] in results.DATASET_FORMATS:
            about += self._attributions.marked(this, (quad.triple for quad in said))
            quads = [ox.Quad(each.subject, each.predicate, each.object) for each in about]
            by_graph = sorted(said, key=lambda quad: str(quad.graph_name))
            return results.dataset_text(dict.fromkeys([*quads, *by_graph]), form.suffix[1:])
        stated = dict.fromkeys(quad.triple for quad in said if quad.graph_name != self._inferred)
        left = {quad.triple for quad in said} - stated.keys()
        if description.of == self._inferred.value:
            stated.update(dict.fromkeys(quad.triple for quad in description.contents))
            left -= stated.keys()
            about.append(ox.Triple(this, RDFS["comment"], en("The triples of the graph are inferred by rules.")))
        elsewhere = _page(f"{description.iri}.trig", description.page)
        about += results.left_out(this, len(left), self._inferred, elsewhere)
        about += self._attributions.marked(this, stated)
        return results.graph_text(dict.fromkeys([*about, *stated]), form.suffix[1:])


def _said(description: Description) -> Iterator[ox.Quad]:
    """What stands in the document of a description."""
    yield from (*description.statements, *description.contents, *description.references)
    # The names of what is pointed to; the words it may hold are its own description's.
    yield from (quad for quad in description.labels if quad.predicate != MG["text"])


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
