"""Stating: reports to triples, each attributed to the state that reports and judged by nobody."""

from collections.abc import Collection, Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.followup.reading import is_address
from mandategraph.followup.reports import PLAN, Entry, Report, Status
from mandategraph.iris import Iris
from mandategraph.terms import date, en
from mandategraph.vocabulary import DCTERMS, MG, PROV, RDFS, A

CONCEPTS: dict[Status, NamedNode] = {
    Status.REPORTED_DONE: MG["ReportedDone"],
    Status.UNDER_WAY: MG["UnderWay"],
    Status.PLANNED: MG["Planned"],
    Status.NOT_BEGUN: MG["NotBegun"],
    Status.NOT_STATED: MG["StatusNotStated"],
}


def state(reports: Iterable[Report], iris: Iris, version: str, described: Collection[NamedNode] = ()) -> set[Triple]:
    """The triples of reports; the states and the activity are described unless they are said to be already."""
    activity = iris.mint("activity", name="following-up")
    held = tuple(reports)
    triples: set[Triple] = set()
    for each in held:
        triples |= {*_report(each, iris, activity)}
        node = iris.mint("state", code=each.state.code.lower())
        if node not in described:
            triples |= {Triple(node, A, PROV["Agent"]), Triple(node, RDFS["label"], en(each.state.name))}
    if held and activity not in described:
        triples |= {
            Triple(activity, A, PROV["Activity"]),
            Triple(activity, DCTERMS["title"], en(f"reading the forms in which states report on plan {PLAN}")),
            Triple(activity, PROV["wasAssociatedWith"], iris.mint("agent", name="mandategraph-software")),
            Triple(activity, MG["packageVersion"], Literal(version)),
        }
    return triples


def _report(report: Report, iris: Iris, activity: NamedNode) -> Iterator[Triple]:
    code = report.state.code.lower()
    parts = {"plan": PLAN, "state": code, "begins": report.begins, "ends": report.ends}
    node = iris.mint("implementation-report", **parts)
    by = iris.mint("state", code=code)
    yield Triple(node, A, MG["ImplementationReport"])
    yield Triple(node, MG["reportedBy"], by)
    yield Triple(node, MG["periodBegins"], date(report.begins))
    yield Triple(node, MG["periodEnds"], date(report.ends))
    yield Triple(node, DCTERMS["dateSubmitted"], date(report.submitted))
    if is_address(report.source):
        yield Triple(node, DCTERMS["source"], NamedNode(report.source))
    else:
        yield Triple(node, DCTERMS["bibliographicCitation"], Literal(report.source))
    yield from _asserted(node, by, activity)
    for each in report.entries:
        entry = iris.mint("implementation-entry", **parts, notation=each.action)
        yield Triple(node, MG["entry"], entry)
        yield from _entry(entry, each, iris)
        yield from _asserted(entry, by, activity)


def _entry(node: NamedNode, entry: Entry, iris: Iris) -> Iterator[Triple]:
    yield Triple(node, A, MG["ImplementationEntry"])
    yield Triple(node, MG["reportsOn"], iris.mint("action", plan=PLAN, notation=entry.action))
    yield Triple(node, MG["implementationStatus"], CONCEPTS[entry.status])
    if entry.status_words:
        yield Triple(node, MG["statusWords"], Literal(entry.status_words))
    if entry.done:
        yield Triple(node, MG["done"], Literal(entry.done))
    if entry.evidence:
        yield Triple(node, MG["evidenceAddress"], NamedNode(entry.evidence))


def _asserted(node: NamedNode, by: NamedNode, activity: NamedNode) -> Iterator[Triple]:
    yield Triple(node, MG["statementKind"], MG["Asserted"])
    yield Triple(node, PROV["wasAttributedTo"], by)
    yield Triple(node, PROV["wasGeneratedBy"], activity)
