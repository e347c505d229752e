"""Times the stages of a build and the look-ups a person waits for: medians of several runs, as a table."""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from mandategraph import build as pipeline
from mandategraph import naming, queries, search, wording
from mandategraph.iris import DEFAULT_BASE
from mandategraph.release import home, opened

ROOT = Path(__file__).parents[1]
OWN = ("reading", "resolving", "stating", "checking selectors", "writing Turtle", "loading the store")
COMMANDS = (("support", "1.2"), ("ask", "4", "--param", "instrument=plan-of-action-quebec-2001"), ("--help",))

SEARCHED = ("prison", "MISPA I", "trafficking in persons", "whales and nothing else")
DRAFT = "Strengthen the exchange of information among police forces to prevent trafficking in persons"


class Watch:
    """Collects how long each stage took."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Time one stage."""
        start = time.perf_counter()
        yield
        self.seconds.setdefault(stage, []).append(time.perf_counter() - start)


def stages(runs: int, *, fresh: bool) -> Watch:
    """The seconds of each stage, over several builds; with the closure and the report made anew only once."""
    watch = Watch()
    where = home(ROOT)
    for number in range(runs):
        pipeline.build(where, DEFAULT_BASE, fresh=fresh and number == 0, watch=watch)
        with watch("loading the store"):
            opened(where.release)
    return watch


def commands(runs: int) -> dict[str, list[float]]:
    """The wall seconds of whole commands, interpreter start included."""
    found: dict[str, list[float]] = {}
    for arguments in COMMANDS:
        line = [sys.executable, "-m", "mandategraph", *arguments]
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run(line, check=True, capture_output=True)  # noqa: S603 - our own command
            found.setdefault(f"mandategraph {' '.join(arguments)}", []).append(time.perf_counter() - start)
    return found


def questions(runs: int) -> dict[str, list[float]]:
    """The seconds of each question that needs no parameter, in the loaded store."""
    _, store = opened(home(ROOT).release)
    found: dict[str, list[float]] = {}
    for query in queries.loaded(home(ROOT).queries / "questions").values():
        if all(parameter.optional for parameter in query.parameters):
            for _ in range(runs):
                start = time.perf_counter()
                queries.rows(store, query, {})
                found.setdefault(f"question {query.name}", []).append(time.perf_counter() - start)
    return found


def finding(runs: int) -> dict[str, list[float]]:
    """The seconds to make the indexes of words, and to find something in them."""
    where = home(ROOT)
    _, store = opened(where.release)
    lookups = queries.loaded(where.queries / "lookups")
    watch = Watch()
    for _ in range(runs):
        with watch("making the index of names"):
            names = naming.opened(store, lookups, where.words)
        with watch("making the index of texts"):
            texts = search.search_of(store, lookups, names)
        with watch("making the index of wordings"):
            wordings = wording.wordings_of(store, lookups)
        for typed in SEARCHED:
            with watch(f"search {typed}"):
                texts.find(typed)
        with watch("wording of a draft of 13 words"):
            wordings.like(DRAFT)
    return watch.seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--no-fresh", action="store_true", help="leave reasoning and validation out")
    given = parser.parse_args()
    watch = stages(given.runs, fresh=not given.no_fresh)
    table = Table("what", "median ms", "runs", box=None, pad_edge=False)
    for name, taken in {
        **watch.seconds,
        **questions(given.runs),
        **finding(given.runs),
        **commands(given.runs),
    }.items():
        table.add_row(name, f"{median(taken) * 1000:.1f}", str(len(taken)))
    own = sum(median(watch.seconds[stage]) for stage in OWN)
    table.add_row("the stages of this project together", f"{own * 1000:.1f}", "")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
