"""Validation: a graph and shapes to a report, a value like any other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
import pyshacl
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from mandategraph.iris import Iris
from mandategraph.rdflib_terms import to_rdflib
from mandategraph.terms import en
from mandategraph.vocabulary import SH as SHACL
from mandategraph.vocabulary import A


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One result of validation: which node, which shape, which path and value, how grave, and the sentence about it."""

    severity: str
    shape: str
    focus: str
    path: str
    value: str
    component: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the shapes found in a graph, sorted."""

    findings: tuple[Finding, ...]

    @property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return tuple(each for each in self.findings if each.severity == "Violation")

    @property
    def conforms(self) -> bool:
        """Whether there are no violations; warnings are published and stop nothing."""
        return not self.violations


def check(data: Iterable[ox.Triple], shapes: Sequence[ox.Triple]) -> Report:
    """The report of holding a graph against shapes; the graph is expected to be closed already.

    The graph is held in rdflib: over a pyoxigraph store pySHACL counts the whole store for each alternative
    of `sh:or` and `sh:xone` that fails, which took minutes here instead of seconds.
    """
    graph = to_rdflib(data)
    _, report, _ = pyshacl.validate(graph, shacl_graph=to_rdflib(shapes), inference=None, inplace=True)
    if not isinstance(report, Graph):
        raise TypeError(f"pyshacl did not return a report but {report!r}")
    return Report(tuple(sorted(_finding(report, node) for node in report.subjects(RDF.type, SH.ValidationResult))))


def _finding(report: Graph, node: Node) -> Finding:
    def text(predicate: URIRef) -> str:
        value = report.value(node, predicate)
        return "" if value is None else str(value)

    return Finding(
        severity=text(SH.resultSeverity).removeprefix(str(SH)),
        shape=text(SH.sourceShape),
        focus=text(SH.focusNode),
        path=text(SH.resultPath),
        value=text(SH.value),
        component=text(SH.sourceConstraintComponent).removeprefix(str(SH)),
        message=text(SH.resultMessage),
    )


def stated(report: Report, iris: Iris) -> set[ox.Triple]:
    """The report as triples without blank nodes, in the SHACL vocabulary."""
    node = iris.mint("graph", name="report")
    triples = {
        ox.Triple(node, A, SHACL["ValidationReport"]),
        ox.Triple(node, SHACL["conforms"], ox.Literal(report.conforms)),
    }
    for number, each in enumerate(report.findings, 1):
        result = iris.mint("result", number=str(number))
        triples |= {
            ox.Triple(node, SHACL["result"], result),
            ox.Triple(result, A, SHACL["ValidationResult"]),
            ox.Triple(result, SHACL["resultSeverity"], SHACL[each.severity]),
            ox.Triple(result, SHACL["focusNode"], ox.NamedNode(each.focus)),
            ox.Triple(result, SHACL["sourceShape"], ox.NamedNode(each.shape)),
            ox.Triple(result, SHACL["sourceConstraintComponent"], SHACL[each.component]),
            ox.Triple(result, SHACL["resultMessage"], en(each.message)),
        }
        if each.path:
            triples.add(ox.Triple(result, SHACL["resultPath"], ox.NamedNode(each.path)))
    return triples
