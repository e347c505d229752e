"""Addresses: where the IRIs of a release are found at the service, and in which formats."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mandategraph.iris import RULES, Iris
from mandategraph.vocabulary import MG

VOCABULARIES = ("ontology", "shapes")
# The IRIs of the terms stay as they are, whatever the base of the resources.
_TERMS = MG.iri.removesuffix("ontology#")
_VOCABULARY = re.compile(rf"(?:{'|'.join(VOCABULARIES)})(?:/[a-z0-9][a-z0-9.-]*)*")


@dataclass(frozen=True, slots=True)
class Format:
    """A form in which a resource is described: its suffix, its media type, and what people call it."""

    suffix: str
    media: str
    name: str


FORMATS = (
    Format(".ttl", "text/turtle", "Turtle"),
    Format(".jsonld", "application/ld+json", "JSON-LD"),
    Format(".nt", "application/n-triples", "N-Triples"),
    Format(".nq", "application/n-quads", "N-Quads"),
    Format(".trig", "application/trig", "TriG"),
    Format(".html", "text/html", "HTML"),
)


class Addresses:
    """The way from a path at the service to an IRI of a release, and back."""

    def __init__(self, base: str) -> None:
        self._iris = Iris(base)

    def iri(self, path: str) -> str | None:
        """The IRI a path without its leading '/' stands for; None if no IRI of a release has this form.

        >>> Addresses("http://example.org/").iri("plan/2012"), Addresses("http://example.org/").iri("ontology/0.1.0")
        ('http://example.org/plan/2012', 'https://w3id.org/mandategraph/ontology/0.1.0')
        """
        if _VOCABULARY.fullmatch(path):
            return _TERMS + path
        iri = self._iris.base + path
        return iri if self._iris.parse(iri) else None

    def path(self, iri: str) -> str | None:
        """The path of an IRI at the service, a part of a resource behind '#'; None if it is not found there.

        >>> Addresses("http://example.org/").path("http://example.org/plan/2012#evidence")
        '/plan/2012#evidence'
        >>> Addresses("http://example.org/").path("http://www.w3.org/ns/prov#Agent") is None
        True
        """
        whole, mark, part = iri.partition("#")
        for start in dict.fromkeys((_TERMS, self._iris.base)):
            path = whole.removeprefix(start)
            if path != whole and self.iri(path) == whole:
                return f"/{path}{mark}{part}"
        return None

    def page(self, iri: str) -> str | None:
        """Where people read of an IRI: at its path, but for the endpoint, where a form stands; None if nowhere here.

        >>> Addresses("http://example.org/").page("http://example.org/sparql#dataset")
        '/sparql.html#dataset'
        """
        path = self.path(iri)
        whole, mark, part = (path or "").partition("#")
        return (
            f"{whole}.html{mark}{part}" if f"{self._iris.base}{whole[1:]}" == self._iris.mint("service").value else path
        )

    def vocabulary(self, iri: str) -> str | None:
        """The named graph that holds a vocabulary and its terms; None if the IRI is not one of a vocabulary."""
        name = iri.removeprefix(_TERMS)
        return self._iris.mint("graph", name=name).value if name in VOCABULARIES and name != iri else None

    def told_apart(self, iri: str) -> str:
        """What tells a resource apart from others of its kind: the parts that its IRI is made of, else its path.

        >>> Addresses("http://example.org/").told_apart("http://example.org/plan/2012/action/2.1.2")
        '2012 · 2.1.2'
        """
        parsed = self._iris.parse(iri)
        return " · ".join(parsed[1].values()) if parsed else (self.path(iri) or iri).removeprefix("/")

    def kind(self, iri: str) -> str:
        """The kind of resource that an IRI is made for, in words; nothing if it is none of ours."""
        parsed = self._iris.parse(iri)
        return parsed[0].replace("-", " ") if parsed else ""

    def document(self, iri: str) -> str | None:
        """The identifier of a document; None if the IRI is not one of a document."""
        parsed = self._iris.parse(iri)
        return parsed[1]["document"] if parsed and parsed[0] == "document" else None

    def document_of(self, graph: str) -> str | None:
        """The document that a named graph holds what is read in; None if it holds something else."""
        parsed = self._iris.parse(graph)
        return self._iris.mint("document", **parsed[1]).value if parsed and parsed[0] == "source-graph" else None

    def action(self, iri: str) -> tuple[str, str] | None:
        """The plan and the number of a part of a plan that support can be asked for; None if it is none."""
        parsed = self._iris.parse(iri)
        if parsed is None or parsed[0] not in ("action", "objective", "chapter"):
            return None
        return parsed[1]["plan"], parsed[1]["notation"]


def routes() -> Iterator[str]:
    """The paths that resources are found under, as routes."""
    templates = [rule.template.partition("/") for rule in RULES.values()]
    yield from sorted({f"/{name}/{{rest:path}}" for name, below, _ in templates if below})
    yield from sorted(
        f"/{name}{{rest:path}}" for name in (*VOCABULARIES, *(name for name, below, _ in templates if not below))
    )


def split(path: str) -> tuple[str, Format | None]:
    """A path without its suffix, and the format the suffix names.

    >>> split("plan/2012/action/2.1.2.ttl")[0], split("plan/2012/action/2.1.2")[1]
    ('plan/2012/action/2.1.2', None)
    """
    for form in FORMATS:
        if path.endswith(form.suffix):
            return path.removesuffix(form.suffix), form
    return path, None
