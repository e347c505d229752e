"""Who and what made the statements of the graph."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import SourceDescription
from mandategraph.places import Place
from mandategraph.terms import en
from mandategraph.vocabulary import DCTERMS, MG, PROV, RDFS, A


def table_row(node: NamedNode, row: Place) -> Triple:
    """Which row of which table a node is stated from: the file, and the cells that name the row."""
    return Triple(node, MG["tableRow"], Literal(f"{row.file}: {row.key}" if row.key else row.file))


class Provenance:
    """The agents and activities of one build."""

    def __init__(self, iris: Iris, version: str) -> None:
        self._iris, self._version = iris, version
        self.project = iris.mint("agent", name="mandategraph-project")
        self.software = iris.mint("agent", name="mandategraph-software")

    def activity(self, step: str, source: str = "") -> NamedNode:
        """The activity of a step: for a document that of reading it, else that of stating a kind of table."""
        return self._iris.mint("activity", name=f"{step}-{source}" if source else step)

    def asserted(self, node: NamedNode, source: SourceDescription) -> Iterator[Triple]:
        """What a statement of a document rests on: the document, who is taken to assert it, and how it was read."""
        yield Triple(node, MG["statementKind"], MG["Asserted"])
        yield Triple(node, PROV["hadPrimarySource"], self._iris.mint("document", document=source.identifier))
        if source.asserted_by:
            yield Triple(node, PROV["wasAttributedTo"], self._iris.mint("body", slug=source.asserted_by))
        yield Triple(node, PROV["wasGeneratedBy"], self.activity("reading", source.identifier))

    def transcribed(self, node: NamedNode, document: str, row: Place) -> Iterator[Triple]:
        """What a statement of a document rests on that a person wrote into a table: the document and the row."""
        yield Triple(node, MG["statementKind"], MG["Asserted"])
        yield Triple(node, MG["reviewState"], MG["NotReviewed"])
        yield Triple(node, PROV["hadPrimarySource"], self._iris.mint("document", document=document))
        yield Triple(node, PROV["wasGeneratedBy"], self.activity("transcribing", document))
        yield table_row(node, row)

    def judged(
        self, node: NamedNode, step: str, reason: str, document: str = "", row: Place | None = None
    ) -> Iterator[Triple]:
        """What a judgement of this project rests on: its reason, who made it, and that no expert has reviewed it."""
        if row:
            yield table_row(node, row)
        yield Triple(node, MG["statementKind"], MG["Judged"])
        yield Triple(node, MG["reason"], en(reason))
        yield Triple(node, MG["reviewState"], MG["NotReviewed"])
        yield Triple(node, PROV["wasAttributedTo"], self.project)
        yield Triple(node, PROV["wasGeneratedBy"], self.activity(step))
        if document:
            yield self.source(node, document)

    def source(self, node: NamedNode, document: str) -> Triple:
        """That a statement rests on a document."""
        return Triple(node, PROV["hadPrimarySource"], self._iris.mint("document", document=document))

    def agents(self) -> Iterator[Triple]:
        """The project and its software."""
        yield Triple(self.project, A, PROV["Agent"])
        yield Triple(self.project, RDFS["label"], en("the mandategraph project"))
        yield Triple(self.project, MG["agentKind"], en("machine-assisted reading, not reviewed by a human expert"))
        yield Triple(self.software, A, PROV["SoftwareAgent"])
        yield Triple(self.software, RDFS["label"], en("mandategraph"))
        yield Triple(self.software, MG["packageVersion"], Literal(self._version))

    def described(self, activity: NamedNode, title: str) -> Iterator[Triple]:
        """An activity of this package, in this version."""
        yield Triple(activity, A, PROV["Activity"])
        yield Triple(activity, DCTERMS["title"], en(title))
        yield Triple(activity, PROV["wasAssociatedWith"], self.software)
        yield Triple(activity, MG["packageVersion"], Literal(self._version))
