"""Bodies, meetings, states, persons, programmes, symbols and mentions, as triples."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from mandategraph.iris import Iris
from mandategraph.model import Corpus, folded
from mandategraph.record import Body, Meeting, Mention, Person, Programme, Reference, Role, State, Symbol
from mandategraph.schemes import Schemes
from mandategraph.terms import date, en, evidence
from mandategraph.triples.provenance import Provenance
from mandategraph.triples.references import References
from mandategraph.triples.spans import located, placed, reading_of, tight
from mandategraph.vocabulary import DCTERMS, MG, ORG, PROV, RDFS, A

_BORNE = "The symbol is the one by which the registry has the instrument."
_NAMED = "The words are a name, a short form or a symbol of what they are taken to name."


def entities(corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Iterator[Triple]]:
    """The triples of each row of the registry's entities."""
    held, references = corpus.entities, References(corpus, iris)
    yield from (_body(row, iris, schemes, provenance) for row in held.bodies.values())
    yield from (_meeting(row, iris, schemes, provenance) for row in held.meetings.values())
    yield from (_state(row, iris, provenance) for row in held.states.values())
    yield from (_person(row, iris, provenance) for row in held.persons.values())
    yield from (_role(row, corpus, iris, schemes, provenance) for row in held.roles)
    yield from (_programme(row, iris, schemes, provenance) for row in held.programmes.values())
    yield from (_symbol(row, references, iris, provenance) for row in held.symbols.values())
    yield from (_mention(row, corpus, references, iris, provenance) for row in held.mentions)


def _described(node: NamedNode, kind: str, name: str, source: str, provenance: Provenance) -> Iterator[Triple]:
    """What every entity carries: its class, its name as a document writes it, and where that was read."""
    yield Triple(node, A, MG[kind])
    yield Triple(node, RDFS["label"], en(name))
    yield Triple(node, PROV["wasGeneratedBy"], provenance.activity("resolving"))
    for each in source.split(" ; "):
        if each.startswith(("http://", "https://")):
            yield Triple(node, DCTERMS["source"], NamedNode(each))
        else:
            yield Triple(node, MG["sourceLine"], Literal(each))


def _body(row: Body, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("body", slug=row.slug)
    yield from _described(node, "Body", row.name, row.source, provenance)
    yield Triple(node, A, PROV["Agent"])
    yield Triple(node, MG["bodyKind"], schemes.concept("BodyKinds", row.kind))
    if row.abbreviation:
        yield Triple(node, MG["abbreviation"], Literal(row.abbreviation))
    if row.part_of:
        yield Triple(node, ORG["subOrganizationOf"], iris.mint("body", slug=row.part_of))
        yield Triple(node, MG["hierarchySource"], Literal(row.part_of_source))


def _meeting(row: Meeting, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("meeting", slug=row.slug)
    yield from _described(node, "Meeting", row.name, row.source, provenance)
    yield Triple(node, MG["meetingKind"], schemes.concept("MeetingKinds", row.kind))
    if row.body:
        yield Triple(node, MG["meetingOf"], iris.mint("body", slug=row.body))
    if row.begins:
        yield Triple(node, MG["begins"], date(row.begins))
    if row.ends:
        yield Triple(node, MG["ends"], date(row.ends))
    if row.place_name:
        yield Triple(node, MG["venue"], en(row.place_name))


def _state(row: State, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("state", code=row.slug)
    yield from _described(node, "State", row.name, row.source, provenance)
    yield Triple(node, A, PROV["Agent"])
    yield Triple(node, MG["isoCode"], Literal(row.code))


def _person(row: Person, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("person", slug=row.slug)
    yield from _described(node, "Person", row.name, row.source, provenance)
    yield Triple(node, A, PROV["Agent"])


def _role(row: Role, corpus: Corpus, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    reading = reading_of(corpus, row.document, row.place)
    name = "-".join([*row.role.split(), *filter(None, [row.body])])
    node = iris.mint("membership", document=row.document, person=row.person, role=name)
    yield Triple(node, A, MG["Membership"])
    yield Triple(node, ORG["member"], iris.mint("person", slug=row.person))
    yield Triple(node, ORG["role"], schemes.concept("Roles", row.role))
    if row.body:
        yield Triple(node, ORG["organization"], iris.mint("body", slug=row.body))
    if row.state:
        yield Triple(node, MG["representsState"], iris.mint("state", code=row.state.lower()))
    if row.begins:
        yield Triple(node, MG["begins"], date(row.begins))
    span = located(reading, row.words, row.place)
    yield Triple(node, MG["words"], en(folded(tight(row.words))))
    yield from evidence(node, iris.mint("document", document=row.document), reading.text, span)
    yield from provenance.judged(node, "resolving", row.reason, row.document, row.place)


def _programme(row: Programme, iris: Iris, schemes: Schemes, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("programme", slug=row.slug)
    yield from _described(node, "Programme", row.name, row.source, provenance)
    yield Triple(node, MG["programmeKind"], schemes.concept("ProgrammeKinds", row.kind))
    if row.body:
        yield Triple(node, MG["runBy"], iris.mint("body", slug=row.body))


def _symbol(row: Symbol, references: References, iris: Iris, provenance: Provenance) -> Iterator[Triple]:
    node = iris.mint("symbol", slug=row.slug)
    yield from _described(node, "DocumentSymbol", row.symbol, row.source, provenance)
    if row.revision_of:
        yield Triple(node, MG["revisionOf"], iris.mint("symbol", slug=row.revision_of))
    if row.instrument:
        yield Triple(node, MG["borneBy"], references.node(Reference("instrument", row.instrument), row.place))
    yield from provenance.judged(node, "resolving", row.reason or _BORNE, row=row.place)


def _mention(
    row: Mention, corpus: Corpus, references: References, iris: Iris, provenance: Provenance
) -> Iterator[Triple]:
    reading, span = placed(corpus, row)
    mentioned = references.node(row.row, row.place)
    parts = {"document": row.document, "start": str(row.start), "end": str(row.end)}
    node = iris.mint("mention", **parts, kind=row.row.kind, slug=row.row.slug)
    yield Triple(node, A, MG["Mention"])
    yield Triple(node, MG["mentions"], mentioned)
    yield Triple(node, MG["words"], en(row.words))
    yield from evidence(node, iris.mint("document", document=row.document), reading.text, span)
    yield from provenance.judged(node, "resolving", row.reason or _NAMED, row.document, row.place)
