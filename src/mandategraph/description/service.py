"""The SPARQL service as SPARQL 1.1 Service Description has it: formats, the default graph, each named graph, limits."""

from collections.abc import Iterable, Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.results import GRAPH_FORMATS, ROW_FORMATS
from mandategraph.terms import en, integer
from mandategraph.triples.provenance import Provenance
from mandategraph.vocabulary import DCAT, DCTERMS, MG, PROV, SD, VOID, XSD, A, Namespace

_W3C = Namespace("http://www.w3.org/ns/formats/")
FORMATS = {
    "json": _W3C["SPARQL_Results_JSON"],
    "xml": _W3C["SPARQL_Results_XML"],
    "csv": _W3C["SPARQL_Results_CSV"],
    "tsv": _W3C["SPARQL_Results_TSV"],
    "ttl": _W3C["Turtle"],
    "nt": _W3C["N-Triples"],
    "nq": _W3C["N-Quads"],
    "trig": _W3C["TriG"],
    "rdfxml": _W3C["RDF_XML"],
    "jsonld": _W3C["JSON-LD"],
}
"""What a format of `results` is called among those that W3C names."""

LIMITS = {
    "time": MG["maximumQuerySeconds"],
    "memory": MG["maximumQueryMemory"],
    "size": MG["maximumResultSize"],
    "length": MG["maximumQueryLength"],
    "body": MG["maximumBodySize"],
    "nesting": MG["maximumQueryNesting"],
    "queue": MG["maximumWaitingQueries"],
    "crowd": MG["maximumLongQueries"],
    "client": MG["maximumClientQueries"],
    "budget": MG["clientSecondsPerMinute"],
}
"""The limits a server can state, by the name under which it tells that one is reached: seconds, bytes, characters …"""

_IN_SECONDS = frozenset({"time", "budget"})

_ABOUT = (
    "Answers queries, read-only: updates are refused, so is SERVICE, and no graph that FROM names is fetched. "
    "Without a dataset in the query or the request, the default graph is the set union of the graphs that are its "
    "subsets, each triple once; GRAPH reaches every named graph."
)
_CONTENTS = {
    "registry": "Instruments, bodies, plans and what wordings mean, from the hand-kept tables.",
    "judgements": "What this project holds, each judgement with its reason, from the hand-kept tables.",
    "inferred": "What the axioms of the ontology entail and nothing states.",
    "ontology": "The terms, their schemes and their alignments with other vocabularies.",
    "shapes": "The shapes that the data is held against.",
    "report": "What the shapes found in the data.",
    "service": "This description: the service, its graphs, the data set and its counts.",
    "examples": "Example queries that run as they stand, and the prefixes they use.",
}
_LICENCES = {
    "ontology": NamedNode("https://creativecommons.org/licenses/by/4.0/"),
    "shapes": NamedNode("https://www.apache.org/licenses/LICENSE-2.0"),
    "examples": NamedNode("https://www.apache.org/licenses/LICENSE-2.0"),
}
"""The licences of the graphs that have one for all that is in them, as LICENSE-DATA.md states them."""


def stated(sizes: Mapping[NamedNode, int], iris: Iris, version: str) -> Iterator[Triple]:
    """The description of the service and of each named graph, with how many triples it holds."""
    node = iris.mint("service")
    offered = Iris.part(node, "dataset")
    for kind in (SD["Service"], DCAT["DataService"]):
        yield Triple(node, A, kind)
    yield Triple(node, DCTERMS["title"], en("The SPARQL endpoint of mandategraph"))
    yield Triple(node, DCTERMS["description"], en(_ABOUT))
    yield Triple(node, SD["endpoint"], node)
    yield Triple(node, DCAT["endpointURL"], node)
    yield Triple(node, DCAT["servesDataset"], iris.mint("dataset"))
    yield Triple(node, SD["supportedLanguage"], SD["SPARQL11Query"])
    for form in (*ROW_FORMATS, *GRAPH_FORMATS):
        yield Triple(node, SD["resultFormat"], FORMATS[form])
    for form in GRAPH_FORMATS:
        yield Triple(iris.mint("dataset"), VOID["feature"], FORMATS[form])
    yield Triple(node, SD["defaultDataset"], offered)
    yield Triple(offered, A, SD["Dataset"])
    yield Triple(offered, SD["defaultGraph"], iris.mint("dataset"))
    for name, size in sizes.items():
        yield from _graph(name, size, iris, version)


def _graph(name: NamedNode, size: int, iris: Iris, version: str) -> Iterator[Triple]:
    parsed = iris.parse(name.value)
    key = "-".join(parsed[1].values()) if parsed else "graph"
    service = iris.mint("service")
    node = Iris.part(service, "graph", key)
    yield Triple(Iris.part(service, "dataset"), SD["namedGraph"], node)
    yield Triple(node, A, SD["NamedGraph"])
    yield Triple(node, SD["name"], name)
    yield Triple(node, SD["graph"], name)
    yield Triple(name, A, SD["Graph"])
    yield Triple(name, A, VOID["Dataset"])
    yield Triple(name, VOID["triples"], integer(size))
    yield Triple(name, DCTERMS["description"], en(_CONTENTS.get(key, f"What is read in {key}.txt.")))
    yield Triple(name, PROV["wasAttributedTo"], Provenance(iris, version).software)
    yield Triple(name, MG["packageVersion"], Literal(version))
    if key in _LICENCES:
        yield Triple(name, DCTERMS["license"], _LICENCES[key])


def served(
    triples: Iterable[Triple],
    iris: Iris,
    endpoint: NamedNode,
    limits: Mapping[str, float],
    dump: NamedNode | None = None,
) -> set[Triple]:
    """The description of a service that answers at an address, under limits: its node is named by that address.

    Clients look for the service by the address they asked, so the description of the release is moved there. The
    dump, if there is one, is that of all named graphs.

    Raises:
        ValueError: a limit has a name that is none of `LIMITS`.
    """
    unknown = sorted(limits.keys() - LIMITS.keys())
    if unknown:
        raise ValueError(f"expected limits named {', '.join(LIMITS)}, found {', '.join(unknown)}")
    node = iris.mint("service")
    found = {Triple(endpoint, LIMITS[name], _number(name, held)) for name, held in limits.items()}
    if dump:
        found.add(Triple(Iris.part(node, "dataset"), VOID["dataDump"], dump))
    for each in triples:
        subject = endpoint if each.subject == node else each.subject
        value = endpoint if each.object == node else each.object
        found.add(Triple(subject, each.predicate, value))
    return found


def _number(name: str, held: float) -> Literal:
    """A limit as it is stated: seconds as a decimal number, what is counted as a whole one."""
    if name in _IN_SECONDS:
        return Literal(f"{held:f}".rstrip("0").rstrip("."), datatype=XSD["decimal"])
    return integer(int(held))
