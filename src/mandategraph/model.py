"""What the documents and tables hold, as immutable values that cannot be built invalid."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from mandategraph.kinds import ElementKind
from mandategraph.places import Place, Span
from mandategraph.record import Claims, Entities, Process

NOT_STATED = "not stated"


class UnitKind(StrEnum):
    """What a part of a plan is; each but a plan stands in one."""

    PLAN = "plan"
    CHAPTER = "chapter"
    OBJECTIVE = "objective"
    ACTION = "action"
    SECTION = "section"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True, order=True)
class UnitKey:
    """The name of a part of a plan within its plan: its kind and its notation."""

    kind: UnitKind
    notation: str


@dataclass(frozen=True, slots=True)
class Element:
    """A node of the tree a document is read into; the leaves hold its characters."""

    key: str
    kind: ElementKind
    span: Span
    children: tuple["Element", ...] = ()
    realizes: UnitKey | None = None

    def walk(self) -> Iterator["Element"]:
        """The element itself and all below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator["Element"]:
        """The elements without children, in document order."""
        return (each for each in self.walk() if not each.children)


def leaf(key: str, kind: ElementKind, start: int, end: int) -> Element:
    """An element that holds characters itself."""
    return Element(key, kind, Span(start, end))


def container(key: str, kind: ElementKind, children: list[Element], realizes: UnitKey | None = None) -> Element:
    """An element that reaches from the first of its children to the last.

    Raises:
        ValueError: there are no children to reach over.
    """
    if not children:
        raise ValueError(f"{key}: a container has children")
    return Element(key, kind, Span(children[0].span.start, children[-1].span.end), tuple(children), realizes)


@dataclass(frozen=True, slots=True)
class PlanUnit:
    """A chapter, objective, action or introductory section as one print of its plan words it."""

    key: UnitKey
    text: str
    parent: UnitKey
    element: str
    cited_as: str


@dataclass(frozen=True, slots=True)
class QuotationReading:
    """One quotation as it stands under a heading: inside one pair of marks, or one unmarked paragraph."""

    element: str
    position: int
    number_in_action: int
    span: Span
    text: str
    quoted: bool
    locator: str | None = None


@dataclass(frozen=True, slots=True)
class CitationReading:
    """A heading under an action, as worded, with the quotations that stand under it."""

    action: str
    element: str
    heading: Span
    wording: str
    place: Place
    quotations: tuple[QuotationReading, ...]


@dataclass(frozen=True, slots=True)
class PartReading:
    """What the reader of one genre made of one part of a document."""

    element: Element
    plan: str | None = None
    units: tuple[PlanUnit, ...] = ()
    citations: tuple[CitationReading, ...] = ()


@dataclass(frozen=True, slots=True)
class PartDescription:
    """Where a part of a document begins, which genre reads it and which plan it prints."""

    name: str
    genre: str
    begins: str = ""
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """A row of `data/sources/sources.toml`: what a text is, as far as a text or the registry says."""

    identifier: str
    title: str
    title_source: str
    issued_by: str
    date: str
    symbol: str
    address: str
    sha256: str
    rights: str
    parts: tuple[PartDescription, ...]
    asserted_by: str = ""
    asserted_by_reason: str = ""

    @property
    def file(self) -> str:
        """The name of the text under `data/sources/`."""
        return f"{self.identifier}.txt"


@dataclass(frozen=True, slots=True)
class Reading:
    """A document read whole: every character that is not white space stands in one leaf."""

    source: SourceDescription
    text: str = field(repr=False)
    parts: tuple[PartReading, ...]

    def leaves(self) -> Iterator[Element]:
        """The leaves of the document in order."""
        for part in self.parts:
            yield from part.element.leaves()

    def elements(self) -> Iterator[Element]:
        """All elements of the document in order."""
        for part in self.parts:
            yield from part.element.walk()


@dataclass(frozen=True, slots=True)
class Plan:
    """A row of `data/registry/plans.tsv`: a text of a plan of action, and which document is followed for its words."""

    identifier: str
    title: str
    status: str
    status_document: str
    status_words: str
    status_reason: str
    instrument: str
    worded_by: str
    place: Place


@dataclass(frozen=True, slots=True)
class Instrument:
    """A row of `data/registry/instruments.tsv`; cells that are only believed are left empty."""

    slug: str
    kind: str
    title: str
    verified: bool
    symbol: str = ""
    adopting_body: str = ""
    meeting: str = ""
    place: str = ""
    date: str = ""
    related: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    titles: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Spelling:
    """A row of `data/registry/spellings.tsv`: which instrument a document's wording means, and how it is worded."""

    document: str
    wording: str
    instrument: str
    relation: str
    section: str
    names: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Forum:
    """A row of `data/registry/forums.tsv`: which forum the instruments of an adopting body count to."""

    adopting_body: str
    forum: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Registry:
    """The hand-kept tables of the world outside the documents."""

    instruments: dict[str, Instrument]
    spellings: dict[tuple[str, str], Spelling]
    plans: dict[str, Plan]
    forums: dict[str, Forum]


@dataclass(frozen=True, slots=True)
class ResolvedCitation:
    """A citation with the instrument its wording means."""

    citation: CitationReading
    spelling: Spelling
    instrument: Instrument


@dataclass(frozen=True, slots=True)
class Cue:
    """A row of `data/judgements/cues.tsv`: the operative words of a quotation and whom it addresses."""

    document: str
    quotation: str
    words: str
    verb: str
    addressee_words: str
    addressee: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of `data/judgements/verbs.tsv`: how strongly an operative verb commits."""

    verb: str
    strength: str
    reason: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """A row of `data/judgements/overlaps.tsv`: two quotations that cut or word one place differently."""

    document: str
    quotation: str
    other: str
    relation: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class StatedSource:
    """A row of `data/judgements/stated-sources.tsv`: words in which a plan names what it rests on."""

    plan: str
    document: str
    name: str
    words: str
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class Boundary:
    """A row of `data/judgements/scope.tsv`: what this corpus cannot answer, and why."""

    name: str
    plan: str
    statement: str
    state: str
    reason: str
    document: str
    words: str
    place: Place


@dataclass(frozen=True, slots=True)
class Judgements:
    """What this project holds, each row with its reason."""

    cues: tuple[Cue, ...]
    verbs: dict[str, Verb]
    overlaps: tuple[Overlap, ...]
    stated_sources: tuple[StatedSource, ...]
    scope: tuple[Boundary, ...]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the graph is stated from."""

    readings: tuple[Reading, ...]
    registry: Registry
    citations: dict[str, tuple[ResolvedCitation, ...]]
    judgements: Judgements
    entities: Entities
    process: Process
    claims: Claims


def folded(text: str) -> str:
    r"""The text with white space, U+00A0 among it, folded to single spaces and none at the ends.

    >>> folded(" a\u00a0b\n c ")
    'a b c'
    """
    return " ".join(text.split())


MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""The months as English texts print them; those of `calendar` follow the locale of the machine."""

_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


def is_date(text: str) -> bool:
    """Whether a text is a year, a month or a day, as precise as it is known.

    >>> is_date("1994-12"), is_date("2010-02-30")
    (True, False)
    """
    if _DATE.fullmatch(text):
        return True
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_WORDS = re.compile(r"[^\W_]+")


def words_of(text: str) -> str:
    """The words of a text, with case, spacing and punctuation folded away: what makes two quotations one passage.

    >>> words_of("To reduce,  in PRISON-like") == words_of("to reduce in prison like")
    True
    """
    return " ".join(_WORDS.findall(text.casefold()))
