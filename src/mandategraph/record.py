"""What the whole record holds besides plans and instruments, as immutable values: each is a row of a table."""

from dataclasses import dataclass

from mandategraph.places import Place

NONE = "none"
"""What a cell says where there is nothing to name."""

REFERENCE_KINDS = (
    "body",
    "meeting",
    "state",
    "person",
    "programme",
    "symbol",
    "instrument",
    "plan",
    "document",
    "order",
)


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A row some other row names: the kind of thing, and its name among its kind."""

    kind: str
    slug: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.slug}"


def reference(text: str) -> Reference | None:
    """The reference a cell writes as `kind:slug`, or None if it writes none.

    >>> reference("state:mx")
    Reference(kind='state', slug='mx')
    >>> reference("mx") is None
    True
    """
    kind, colon, slug = text.partition(":")
    return Reference(kind, slug) if colon and slug and kind in REFERENCE_KINDS else None


@dataclass(frozen=True, slots=True)
class Body:
    """A row of `data/registry/bodies.tsv`: an organ, secretariat, meeting of ministers, group or mission."""

    slug: str
    name: str
    abbreviation: str
    kind: str
    part_of: str
    part_of_source: str
    source: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A row of `data/registry/meetings.tsv`: a session, conference or meeting; what is said of it are statements."""

    slug: str
    name: str
    body: str
    kind: str
    begins: str
    ends: str
    place_name: str
    source: str


@dataclass(frozen=True, slots=True)
class State:
    """A row of `data/registry/states.tsv`: a state by its ISO 3166-1 alpha-2 code."""

    code: str
    name: str
    source: str

    @property
    def slug(self) -> str:
        """The name of the state among states: its code in small letters."""
        return self.code.lower()


@dataclass(frozen=True, slots=True)
class Person:
    """A row of `data/registry/persons.tsv`: somebody a document names."""

    slug: str
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Role:
    """A row of `data/registry/roles.tsv`: what a document says a person is, in which body and for which state."""

    person: str
    role: str
    body: str
    state: str
    begins: str
    document: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Programme:
    """A row of `data/registry/programmes.tsv`: a programme or a platform."""

    slug: str
    name: str
    kind: str
    body: str
    source: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A row of `data/registry/symbols.tsv`: a document symbol as printed, and the instrument that bears it."""

    slug: str
    symbol: str
    revision_of: str
    instrument: str
    source: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Mention:
    """A row of `data/registry/mentions.tsv`: characters of a document that name a row of the registry."""

    document: str
    start: int
    end: int
    words: str
    row: Reference
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Excuse:
    """A row of `data/registry/excused.tsv`: words that look like a name and are none of the registry's."""

    document: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Entities:
    """The bodies, meetings, states, persons, programmes and symbols of the registry, and where the texts name them."""

    bodies: dict[str, Body]
    meetings: dict[str, Meeting]
    states: dict[str, State]
    persons: dict[str, Person]
    roles: tuple[Role, ...]
    programmes: dict[str, Programme]
    symbols: dict[str, Symbol]
    mentions: tuple[Mention, ...]
    excused: tuple[Excuse, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A row of `data/process/statements.tsv`: one fact of the process as a document states it."""

    name: str
    document: str
    words: str
    event: str
    modality: str
    form: str
    date: str
    about: tuple[tuple[str, Reference], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Order:
    """A row of `data/process/orders.tsv`: what an instrument orders, in the wording of one document."""

    name: str
    document: str
    instrument: str
    locator: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class OrderPart:
    """A row of `data/process/order-parts.tsv`: the words of an order that say who, whom, what, with whom or by when."""

    order: str
    part: str
    words: str
    row: Reference | None
    place: Place


@dataclass(frozen=True, slots=True)
class Mandate:
    """A row of `data/process/mandates.tsv`: that something was mandated by an order or an instrument."""

    subject: Reference
    by: Reference
    basis: str
    document: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Outcome:
    """A row of `data/process/outcomes.tsv`: what came of an order, as far as it is known."""

    order: str
    outcome: str
    row: Reference | None
    date: str
    document: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Duty:
    """A row of `data/process/duties.tsv`: what somebody is to do for somebody, and what is known of its fulfilment."""

    name: str
    kind: str
    plan: str
    instrument: str
    document: str
    words: str
    holder: str
    addressee: str
    period: str
    act: str
    status: str
    status_document: str
    status_words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Process:
    """What the documents say of how the plan of 2012 came about, and of what was ordered."""

    statements: tuple[Statement, ...]
    orders: dict[str, Order]
    parts: tuple[OrderPart, ...]
    mandates: tuple[Mandate, ...]
    outcomes: tuple[Outcome, ...]
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row of `data/judgements/discrepancies.tsv`: in what two sides disagree, and what this project holds."""

    name: str
    kind: str
    compared_with: Reference | None
    holds: Reference | None
    held: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Side:
    """A row of `data/judgements/discrepancy-sides.tsv`: the words that disagree."""

    discrepancy: str
    document: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class Identity:
    """A row of `data/judgements/identities.tsv`: whether two names are one thing, and what hangs on it."""

    name: str
    one: str
    other: str
    held: str
    reason: str
    consequence: str
    reassigns: str
    to: str
    place: Place


@dataclass(frozen=True, slots=True)
class ThemeTag:
    """A row of `data/judgements/themes.tsv`: the words that put a quotation or an action under a theme."""

    subject: str
    theme: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Principle:
    """A row of `data/judgements/principles.tsv`: a crosscutting principle that a plan or a declaration states."""

    name: str
    of: Reference
    principle: str
    document: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Claims:
    """What this project holds of contradictions, identities, themes and principles."""

    discrepancies: tuple[Disagreement, ...]
    sides: tuple[Side, ...]
    identities: tuple[Identity, ...]
    themes: tuple[ThemeTag, ...]
    principles: tuple[Principle, ...]
