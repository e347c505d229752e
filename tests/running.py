"""What the tests of commands share: how one is run, and what it did."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

STALE = re.compile(r"mandategraph: note: the release was built before .* changed; run 'mandategraph build'\n")


@dataclass(frozen=True)
class Outcome:
    """What a command did: its exit status, what it wrote and what it said."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """What it wrote, as text."""
        return self.out.decode("utf-8")

    def json(self) -> Any:
        """What it wrote, as JSON."""
        return json.loads(self.text)

    def csv(self) -> list[dict[str, str]]:
        """What it wrote, as rows of CSV."""
        return list(csv.DictReader(io.StringIO(self.text, newline="")))

    def triples(self) -> set[ox.Triple]:
        """What it wrote, as Turtle."""
        return {quad.triple for quad in ox.parse(self.out, format=ox.RdfFormat.TURTLE)}


Command = Callable[..., Outcome]


def answered(outcome: Outcome) -> Outcome:
    """An outcome that is an answer and nothing else."""
    assert (outcome.status, outcome.err) == (0, "")
    return outcome
