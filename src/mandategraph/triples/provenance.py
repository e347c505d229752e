"""Who and what made the statements of the graph."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import SourceDescription
from mandategraph.terms import en
from mandategraph.vocabulary import DCTERMS, MG, PROV, RDFS, A


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

    def judged(self, node: NamedNode, step: str, reason: str, document: str = "") -> Iterator[Triple]:
        """What a judgement of this project rests on: its reason, who made it, and that no expert has reviewed it."""
        yield Triple(node, MG["statementKind"], MG["Judged"])
        yield Triple(node, MG["reason"], en(reason))
        yield Triple(node, MG["reviewState"], MG["NotReviewed"])
        yield Triple(node, PROV["wasAttributedTo"], self.project)
        yield Triple(node, PROV["wasGeneratedBy"], self.activity(step))
        if document:
            yield Triple(node, PROV["hadPrimarySource"], self._iris.mint("document", document=document))

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
