"""The one canonical Turtle text of a graph without blank nodes, and the way back."""

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from mandategraph.vocabulary import PREFIXES, A, Term, lexical

_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_RELATIVE = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z0-9_./#-]*|[a-z][a-z0-9-]*(?:#[A-Za-z0-9_-]*)?")
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_PLAIN = {
    "http://www.w3.org/2001/XMLSchema#integer": re.compile(r"[+-]?[0-9]+"),
    "http://www.w3.org/2001/XMLSchema#boolean": re.compile(r"true|false"),
}
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def written(triples: Iterable[ox.Triple], base: str, comments: Iterable[str] = ()) -> str:
    """The canonical text: sorted, only the prefixes in use, resources relative to the base.

    Raises:
        ValueError: a node is blank; the text would not be canonical.
    """
    writer = _Writer(base)
    subjects: dict[str, dict[str, list[str]]] = {}
    for triple in set(triples):
        if isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode):
            raise ValueError(f"a graph with a blank node has no canonical text: {triple}")  # noqa: TRY004 - the value is wrong, not the type
        predicate = "a" if triple.predicate == A else writer.node(triple.predicate.value)
        objects = subjects.setdefault(writer.node(lexical(triple.subject)), {}).setdefault(predicate, [])
        objects.append(writer.term(triple.object))
    body = [_subject(name, subjects[name]) for name in sorted(subjects)]
    prefixes = [f"@prefix {name}: <{PREFIXES[name]}> ." for name in sorted(writer.used)]
    head = [*(f"# {line}" for line in comments), f"@base <{base}> .", *prefixes]
    return "\n".join([*head, "", *body])


def read(text: str, base: str) -> set[ox.Triple]:
    """The triples of a canonical text.

    Raises:
        SyntaxError: the text is not Turtle.
    """
    return {quad.triple for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=base)}


def _subject(name: str, predicates: Mapping[str, list[str]]) -> str:
    order = sorted(predicates, key=lambda each: (each != "a", each))
    lines = [f"    {predicate} {' , '.join(sorted(predicates[predicate]))}" for predicate in order]
    return f"{name}\n" + " ;\n".join(lines) + " .\n"


class _Writer:
    def __init__(self, base: str) -> None:
        self._base = base
        self._names: dict[str, str] = {}
        self.used: set[str] = set()

    def node(self, iri: str) -> str:
        name = self._names.get(iri)
        if name is None:
            name = self._names[iri] = self._named(iri)
        return name

    def _named(self, iri: str) -> str:
        for prefix, namespace in PREFIXES.items():
            local = iri.removeprefix(namespace)
            if local != iri and _LOCAL.fullmatch(local):
                self.used.add(prefix)
                return f"{prefix}:{local}"
        relative = iri.removeprefix(self._base)
        if relative != iri and _RELATIVE.fullmatch(relative) and not {".", ".."} & set(relative.split("/")):
            return f"<{relative}>"
        return f"<{iri}>"

    def term(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self.node(term.value)
        if not isinstance(term, ox.Literal):
            raise ValueError(f"only IRIs and literals have a canonical text: {term}")  # noqa: TRY004 - as above
        return self._literal(term)

    def _literal(self, literal: ox.Literal) -> str:
        datatype = literal.datatype.value
        plain = _PLAIN.get(datatype)
        if plain and plain.fullmatch(literal.value):
            return literal.value
        escaped = literal.value.translate(_ESCAPES)
        quoted = '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04X}", escaped) + '"'
        if literal.language:
            direction = f"--{literal.direction.value}" if literal.direction else ""
            return f"{quoted}@{literal.language}{direction}"
        return quoted if datatype == _STRING else f"{quoted}^^{self.node(datatype)}"
