"""Query files as example queries in the form of SHACL: the question, the text that runs as it stands, its prefixes."""

from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, Triple

from mandategraph.iris import Iris
from mandategraph.queries import Query, bound, example
from mandategraph.terms import en
from mandategraph.vocabulary import DCTERMS, OWL, PREFIXES, RDFS, SCHEMA, SH, XSD, A

_FORMS = {
    "SELECT": ("SPARQLSelectExecutable", "select"),
    "ASK": ("SPARQLAskExecutable", "ask"),
    "CONSTRUCT": ("SPARQLConstructExecutable", "construct"),
}


def stated(queries: Iterable[Query], iris: Iris) -> set[Triple]:
    """The graph of the examples that queries make, with the prefixes this project uses.

    Raises:
        SyntaxFault: a parameter of a query has no example, or one it cannot be bound to.
    """
    found = set(_prefixes(iris))
    for query in queries:
        found.update(_executable(query, iris))
    return found


def runnable(query: Query, base: str) -> str:
    """The text of a query with its parameters bound to their examples.

    Raises:
        SyntaxFault: a parameter has no example, or one it cannot be bound to.
    """
    terms = bound(query, example(query, base))
    if not terms:
        return query.body
    names = " ".join(f"?{name}" for name in terms)
    return f"{query.body}VALUES ({names}) {{ ({' '.join(map(str, terms.values()))}) }}\n"


def _executable(query: Query, iris: Iris) -> Iterator[Triple]:
    kind, text = _FORMS[query.form]
    node = iris.mint("example", name=query.name)
    yield Triple(node, A, SH["SPARQLExecutable"])
    yield Triple(node, A, SH[kind])
    yield Triple(node, DCTERMS["identifier"], Literal(query.name))
    yield Triple(node, RDFS["comment"], en(query.question))
    yield Triple(node, SH[text], Literal(runnable(query, iris.base)))
    yield Triple(node, SH["prefixes"], iris.mint("prefixes"))
    yield Triple(node, SCHEMA["target"], iris.mint("service"))
    for keyword in query.keywords:
        yield Triple(node, SCHEMA["keywords"], en(keyword))


def _prefixes(iris: Iris) -> Iterator[Triple]:
    node = iris.mint("prefixes")
    yield Triple(node, A, OWL["Ontology"])
    yield Triple(node, DCTERMS["title"], en("The prefixes of this project"))
    for prefix, namespace in PREFIXES.items():
        declaration = Iris.part(node, prefix)
        yield Triple(node, SH["declare"], declaration)
        yield Triple(declaration, A, SH["PrefixDeclaration"])
        yield Triple(declaration, SH["prefix"], Literal(prefix))
        yield Triple(declaration, SH["namespace"], Literal(namespace, datatype=XSD["anyURI"]))
