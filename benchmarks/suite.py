"""What is asked: the question queries with the parameters of their golden answers, look-ups, and hostile queries."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mandategraph import queries
from mandategraph.queries import Query
from mandategraph.sparql_text import tokens

Row = tuple[tuple[str, str, str, str], ...]
"""The cells of a row as kind, value, datatype and language."""

_STRING = "http://www.w3.org/2001/XMLSchema#string"
_PREFIXES = """PREFIX mg: <https://w3id.org/mandategraph/ontology#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
LIGHT = "ASK { ?s ?p ?o }"
LOOKUP = _PREFIXES + "SELECT ?words { <https://w3id.org/mandategraph/plan/2012/action/2.1.2> mg:text ?words }"
SIZES = {
    "point look-up (small)": LOOKUP,
    "numbers of actions (medium)": _PREFIXES + "SELECT ?action ?number { ?action a mg:Action ; skos:notation ?number }",
    "quotations (large)": _PREFIXES
    + "SELECT ?quotation ?words ?at { ?quotation a mg:Quotation ; mg:text ?words ; mg:position ?at }",
}
COUNTS = {
    "triples of the default graph": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "quads of the named graphs": "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }",
}
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
_PAIRS = "{ ?a ?b ?c . ?d ?e ?f }"
# They need time and not memory: what stops them is the time limit, for those that have no other as well.
HOSTILE = (
    RUNAWAY,
    f"SELECT (COUNT(?f) AS ?n) {_PAIRS}",
    f"SELECT (SUM(STRLEN(STR(?c)) + STRLEN(STR(?f))) AS ?n) {_PAIRS}",
    f"SELECT (MAX(SHA512(CONCAT(STR(?c), STR(?f)))) AS ?n) {_PAIRS}",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a|a?)+(b|b?)+c$')) }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?a != ?d && STR(?c) < STR(?f)) }",
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a ?x ?f } }",
    "SELECT (MIN(CONCAT(STR(?a), STR(?d))) AS ?n) { ?a ?b ?c . ?d ?e ?f OPTIONAL { ?f ?g ?a } }",
)

# Of every kind: some need memory too, some make a large answer, some are refused before the engine sees them.
ABUSE = (
    *HOSTILE,
    f"SELECT * {_PAIRS} ORDER BY ?a ?f",
    f"SELECT (COUNT(DISTINCT *) AS ?n) {_PAIRS}",
    f"SELECT (GROUP_CONCAT(STR(?f)) AS ?all) {_PAIRS}",
    f"SELECT * {_PAIRS}",
    "SELECT (COUNT(*) AS ?n) { ?a (!<x:a>)* ?b . ?b (!<x:b>)* ?c }",
    "SELECT (STRLEN(?a40) AS ?n) { BIND('xxxxxxxxxxxxxxxx' AS ?a0) "
    + " ".join(f"BIND(CONCAT(?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(40))
    + " }",
    f"SELECT * {{ {'?s ?p ?o . ' * 1000} }}",
    f"ASK {{ {'OPTIONAL { ?s ?p ?o } ' * 300} }}",
    "ASK { ?s ?p " + "[ ?p " * 500 + "1" + "]" * 500 + " }",
    "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
    "SELECT * {",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A question as it is asked, and the rows it is known to have, as text by column."""

    name: str
    query: str
    columns: tuple[str, ...]
    golden: Counter[tuple[str, ...]]


def cases(folder: Path, golden: Path, every: int) -> list[Case]:
    """The questions with the parameters of all their golden answers; or of every so many questions with the first."""
    asked = queries.loaded(folder)
    found: dict[str, Case] = {}
    for path in sorted(golden.glob("*.json")):
        name = path.name.partition(".")[0]
        held = json.loads(path.read_text("utf-8"))
        rows = Counter(tuple(_told(cell) for cell in row) for row in held["rows"])
        case = Case(path.stem, placed(asked[name], held["parameters"]), tuple(held["columns"]), rows)
        found.setdefault(name if every else path.stem, case)
    return list(found.values())[:: every or 1]


def _told(cell: object) -> str:
    """A cell of a golden answer as its term is written."""
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def placed(query: Query, given: Mapping[str, str]) -> str:
    """A question with a caller's values in its text: in place of the variables where that is SPARQL, else as VALUES.

    An assigned or grouped variable cannot be replaced by a value; what the text then asks is held to the golden answer.
    """
    bound = queries.bound(query, given)
    replaced = _replaced(query.text, bound)
    try:
        ox.Store().query(replaced)
    except SyntaxError:
        names, values = " ".join(f"?{name}" for name in bound), " ".join(str(term) for term in bound.values())
        return f"{query.text.rstrip()}\nVALUES ({names}) {{ ({values}) }}"
    return replaced


def _replaced(text: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """A text with terms in place of variables, those of its head given back as columns, those behind its end left."""
    parts, at = [], 0
    first, last = text.index("{"), text.rindex("}")
    for kind, found, offset in tokens(text):
        if kind == "variable" and found[1:] in bound and offset < last:
            term = str(bound[found[1:]])
            parts += [text[at:offset], f"({term} AS {found})" if offset < first else term]
            at = offset + len(found)
    return "".join([*parts, text[at:]])


def rows_of(body: bytes) -> Counter[Row]:
    """The rows of results in JSON, however they are ordered.

    Raises:
        ValueError: the body is not whole.
    """
    results = json.loads(body)
    if "boolean" in results:
        return Counter([(("boolean", str(results["boolean"]), "", ""),)])
    names = sorted(results["head"]["vars"])
    return Counter(tuple(_cell(row.get(name)) for name in names) for row in results["results"]["bindings"])


def _cell(term: dict[str, str] | None) -> tuple[str, str, str, str]:
    if term is None:
        return ("", "", "", "")
    kind = "literal" if term["type"] == "typed-literal" else term["type"]
    datatype = term.get("datatype", "")
    return (kind, term["value"], "" if datatype == _STRING else datatype, term.get("xml:lang", "").lower())


def is_golden(body: bytes, case: Case) -> bool:
    """Whether results in JSON are the golden answer of a case."""
    rows = json.loads(body)["results"]["bindings"]
    found = Counter(tuple(row.get(name, {}).get("value", "") for name in case.columns) for row in rows)
    return found == case.golden


def difference(ours: Counter[Row], theirs: Counter[Row]) -> str:
    """How the rows of a peer differ from ours; nothing if they do not."""
    if ours == theirs:
        return ""
    if set(ours) == set(theirs):
        return "the same rows, some more often"
    return f"{(ours - theirs).total()} of our {ours.total()} rows missing, {(theirs - ours).total()} others"
