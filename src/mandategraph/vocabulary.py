"""The namespaces and the terms of other vocabularies that the graph is written in."""

from pyoxigraph import BlankNode, Literal, NamedNode, Triple


class Namespace:
    """An IRI that the names of its terms are added to.

    >>> Namespace("http://example.org/")["name"]
    <NamedNode value=http://example.org/name>
    """

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)


MG = Namespace("https://w3id.org/mandategraph/ontology#")
CITO = Namespace("http://purl.org/spar/cito/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
OA = Namespace("http://www.w3.org/ns/oa#")
ORG = Namespace("http://www.w3.org/ns/org#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
PROV = Namespace("http://www.w3.org/ns/prov#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
RS = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
SCHEMA = Namespace("https://schema.org/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
VOID = Namespace("http://rdfs.org/ns/void#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

A = RDF["type"]

PREFIXES: dict[str, str] = {
    "cito": CITO.iri,
    "dcat": DCAT.iri,
    "dcterms": DCTERMS.iri,
    "eli": ELI.iri,
    "eli-dl": "http://data.europa.eu/eli/eli-draft-legislation-ontology#",
    "mg": MG.iri,
    "oa": OA.iri,
    "org": ORG.iri,
    "owl": OWL.iri,
    "prov": PROV.iri,
    "rdf": RDF.iri,
    "rdfs": RDFS.iri,
    "schema": SCHEMA.iri,
    "sd": SD.iri,
    "sh": SH.iri,
    "skos": SKOS.iri,
    "void": VOID.iri,
    "xsd": XSD.iri,
}


Term = NamedNode | BlankNode | Literal | Triple


def lexical(term: Term) -> str:
    """The text of a term: an IRI, a literal's characters, a blank node's label.

    >>> lexical(NamedNode("http://example.org/a"))
    'http://example.org/a'
    """
    return str(term) if isinstance(term, Triple) else term.value


def compact(iri: str, base: str) -> str:
    """An IRI as people write it: a prefixed name, a path under the base, or the IRI itself.

    >>> compact("https://w3id.org/mandategraph/ontology#text", "https://w3id.org/mandategraph/")
    'mg:text'
    >>> compact("https://w3id.org/mandategraph/plan/2012", "https://w3id.org/mandategraph/")
    'plan/2012'
    """
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri.removeprefix(base)
