"""Measures this endpoint side by side with others over the same quads: questions, look-ups, cached answers, hostility.

The servers run at the same time and are asked in turn, in an order drawn anew for every round, so that what else the
machine does hits all alike. Only equal answers are compared.
"""

import argparse
import json
import math
import multiprocessing
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

import adversity
import driver
import peers
import report
import suite
from driver import Load, Measured
from mandategraph.release import home
from peers import CACHED, OURS, ROOT, STARTERS, Peer, Setting
from report import MANY, ONE, Figures

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured; times in seconds.

    A cell (a server, a query, a number of clients) is measured for `cell` seconds in as many rounds as fit into `most`,
    but at most in `rounds`, and warmed up if it is quick. An answer slower than `once` is timed once, when it is
    compared; one slower than `alone` is not asked for by many at once. A peer has `patience` for an answer.
    Hostility lasts so long, with `limit` for each query. Each of the golden answers is asked for, or of every so many
    questions one.
    """

    rounds: int
    cell: float
    most: float
    once: float
    alone: float
    patience: float
    hostility: float
    limit: float
    every: int

    def times(self, single: float, clients: int) -> int:
        """In how many rounds a cell is measured whose answer takes so long."""
        if single >= self.once or (clients > 1 and single >= self.alone):
            return 0
        expected = max(self.cell, single * clients / (os.cpu_count() or 1))
        return max(1, min(self.rounds, int(self.most / expected)))


WHOLE = Effort(rounds=3, cell=0.12, most=0.5, once=1.0, alone=0.2, patience=3.0, hostility=5.0, limit=2.0, every=0)
QUICK = Effort(rounds=1, cell=0.05, most=0.1, once=0.3, alone=0.03, patience=0.6, hostility=1.2, limit=1.0, every=2)
TIMEOUT = 20.0


@dataclass(slots=True)
class Bench:
    """A run: its effort, the process that asks, where it tells how far it is, and what it has found."""

    effort: Effort
    executor: Executor
    progress: Progress
    drawn: random.Random
    figures: Figures = field(default_factory=Figures)

    def steps(self, what: str, each: Sequence[T]) -> Iterable[T]:
        """Each of these, shown as it passes."""
        return self.progress.track(each, description=what)


def compared(bench: Bench, running: dict[str, Peer], asked: Mapping[str, str], golden: Sequence[suite.Case]) -> None:
    """Ask every peer every query, and note whether its answer is ours and how long it took.

    Raises:
        RuntimeError: our own answer is not the golden one.
    """
    known = {case.name: case for case in golden}
    for name in bench.steps("equal answers", list(asked)):
        ours = running[OURS].asked(asked[name], TIMEOUT)
        if ours is None or (name in known and not suite.is_golden(ours.body, known[name])):
            raise RuntimeError(f"{name}: expected the golden answer, found {ours}")
        rows = suite.rows_of(ours.body)
        bench.figures.rows[name] = rows.total()
        bench.figures.sizes[name] = len(ours.body)
        for peer in running.values():
            _compare(bench, peer, name, asked[name], rows)


def _compare(bench: Bench, peer: Peer, name: str, query: str, rows: Counter[suite.Row]) -> None:
    """Note how a peer answers, and how long it takes once it knows the query."""
    figures, effort = bench.figures, bench.effort
    answer = peer.asked(query, TIMEOUT if peer.name in (OURS, CACHED) else effort.patience)
    if answer is None or answer.status != driver.OK:
        told = f"no answer in {effort.patience:g} s" if answer is None else adversity.ending(answer)
        figures.differences[peer.name, name] = told
        if answer is None and not peer.revive():
            raise RuntimeError(f"{peer.name}: expected it to answer again after {name}")
        return
    if differs := suite.difference(rows, suite.rows_of(answer.body)):
        figures.differences[peer.name, name] = differs
        return
    again = peer.asked(query, TIMEOUT) if answer.seconds < effort.once else None
    figures.single[peer.name, name] = single = answer.seconds if again is None else again.seconds
    if single >= effort.once:
        figures.measured[peer.name, name, ONE] = Measured([single], seconds=single)


def timed(bench: Bench, running: dict[str, Peer], asked: Mapping[str, str], what: str) -> None:
    """Time what was answered equally, in rounds, each in an order of its own; first one that is not counted."""
    effort, single = bench.effort, bench.figures.single
    found = [(peer, name) for peer in running for name in asked if (peer, name) in single]
    times = {(*each, clients): effort.times(single[each], clients) for each in found for clients in (ONE, MANY)}
    for number in range(effort.rounds + 1):
        if number:
            keys = [key for key, most in times.items() if number <= most]
        else:
            keys = [key for key, most in times.items() if most > 1 and key[2] == MANY]
        bench.drawn.shuffle(keys)
        for key in bench.steps(f"{what}, round {number} of {effort.rounds}", keys):
            found_now = _driven(bench, running[key[0]], asked[key[1]], key[2])
            if number:
                bench.figures.measured.setdefault(key, Measured()).add(found_now)


def _driven(bench: Bench, peer: Peer, query: str, clients: int) -> Measured:
    load = Load(peer.port, peer.request(query), clients, bench.effort.cell, TIMEOUT)
    return bench.executor.submit(driver.driven, load).result()


def revalidated(bench: Bench, peer: Peer) -> None:
    """Time the answers that say that what a client holds is still right."""
    answer = peer.asked(suite.LOOKUP, TIMEOUT)
    if answer is None:
        raise RuntimeError(f"{peer.name}: expected an answer")
    sent = peer.request(suite.LOOKUP, If_None_Match=answer.header("etag"))
    for clients in (ONE, MANY):
        load = Load(peer.port, sent, clients, bench.effort.cell * 5, TIMEOUT, good=driver.NOT_MODIFIED)
        bench.figures.measured[CACHED, report.UNCHANGED, clients] = bench.executor.submit(driver.driven, load).result()


def hostile(bench: Bench, peer: Peer) -> None:
    """Measure a server while hostile queries run, each under a low limit."""
    effort = bench.effort
    patience = effort.limit + effort.hostility
    bench.figures.stopped[peer.name] = adversity.stopped(peer, effort.limit, patience)
    peer.revive()
    bench.figures.beside[peer.name] = adversity.beside(peer, bench.executor, effort.hostility, patience)


@contextmanager
def _a_process() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


def measured(given: argparse.Namespace, progress: Progress) -> Figures:
    """What a whole run finds."""
    effort = QUICK if given.quick else WHOLE
    cases = suite.cases(home(ROOT).queries / "questions", ROOT / "tests/queries/questions", effort.every)
    questions = {case.name: case.query for case in cases}
    with tempfile.TemporaryDirectory() as work, _a_process() as executor:
        bench = Bench(effort, executor, progress, random.Random(given.seed))  # noqa: S311 -- an order, no secret
        figures = bench.figures
        setting = Setting(peers.dataset(Path(work)), Path(work), given.peers, TIMEOUT)
        with peers.running(setting, list(STARTERS)) as (running, figures.left_out):
            figures.versions = {name: peer.version for name, peer in running.items()}
            figures.quads = peers.same_quads(running)
            figures.memory_before = {name: peer.memory() for name, peer in running.items()}
            compared(bench, running, suite.SIZES | questions, cases)
            timed(bench, running, questions, "questions")
            timed(bench, running, suite.SIZES, "answers by size")
            revalidated(bench, running[CACHED])
            figures.memory_after = {name: peer.memory() for name, peer in running.items()}
            if peers.RDFLIB in running:
                hostile(bench, running[peers.RDFLIB])
        limited = replace(setting, timeout=effort.limit)
        names = [name for name in figures.versions if name not in (CACHED, peers.RDFLIB)]
        for name in bench.steps("hostile queries", names):
            with peers.running(limited, [name]) as (alone, _):
                hostile(bench, alone[name])
    figures.questions = list(questions)
    return figures


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="one case a question, one round: a minute at most")
    parser.add_argument("--format", choices=("table", "json", "markdown"), default="table", help="default table")
    parser.add_argument(
        "--peers", type=Path, default=ROOT / ".venv-peers", help="where the other servers are installed"
    )
    parser.add_argument("--seed", type=int, default=0, help="what the orders are drawn from (default 0)")
    given = parser.parse_args()
    peers.ends_when_told()
    given.peers = given.peers.resolve()
    began = time.monotonic()
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as progress:
        figures = measured(given, progress)
    figures.seconds = time.monotonic() - began
    if given.format == "json":
        print(json.dumps(_finite(report.data(figures)), indent=1, ensure_ascii=False))  # noqa: T201 -- what it is asked for
        return
    for sheet in report.sheets(figures):
        if given.format == "markdown":
            print(sheet.markdown())  # noqa: T201 -- what it is asked for
        else:
            sheet.show(Console(width=200))


def _finite(value: object) -> object:
    """What JSON can write: no figure is null."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    main()
