"""What a state reports on the actions of the plan of 2012, as immutable values."""

from dataclasses import dataclass
from enum import StrEnum

PLAN = "2012"
"""The plan whose follow-up asks the states for voluntary biennial reports."""


class Status(StrEnum):
    """How far a state says an action is; the notations of the scheme of statuses of implementation."""

    REPORTED_DONE = "reported done"
    UNDER_WAY = "under way"
    PLANNED = "planned"
    NOT_BEGUN = "not begun"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the plan as a form can name it: what it is, and its words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True, order=True)
class State:
    """A state: its ISO 3166-1 code of two capital letters, and its short name in English."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a report says of one action; what it does not say is empty."""

    action: str
    done: str
    status: Status
    status_words: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a state reports of one period, with its entries in the order of the plan."""

    state: State
    begins: str
    ends: str
    submitted: str
    source: str
    entries: tuple[Entry, ...]

    @property
    def period(self) -> str:
        """The period as ISO 8601 writes it, each end as precise as it was given."""
        return f"{self.begins}/{self.ends}"
