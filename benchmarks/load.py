"""A load test: light, question and hostile queries, clients that leave and that are slow, for minutes on end.

It ends with status 1 if a light query failed, if anything was answered otherwise than by its answer or by a limit
that names itself, if a slow connection was not cut off, or if memory grew.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console

import driver
import peers
import suite
from adversity import ending
from driver import Connection, Measured
from mandategraph.release import home
from peers import OURS, ROOT, Peer, Setting
from sheets import Sheet, figure

TIMEOUT, PATIENCE, HEADERS = 3.0, 15.0, 5.0
GROWTH = 1.2
LIMITS = frozenset({"time", "memory", "size", "engine", "queue", "crowd", "client", "budget", "length", "killed"})
_CLIENTS = {"light": 3, "question": 3, "hostile": 4, "leaving": 2, "slow": 1, "silent": 1}
_SLOW, _REST = 0.4, 2.0


@dataclass
class Tally:
    """What a lap has seen: how light queries fared, what became of the others, and what should not have been."""

    light: Measured = field(default_factory=Measured)
    ends: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in _CLIENTS})
    faults: Counter[str] = field(default_factory=Counter)
    most: float = 0.0


@dataclass
class Lap:
    """A stretch of the test, and the MiB of the server at most, at rest after it, and with its workers renewed."""

    tally: Tally
    rest: float
    renewed: float


@dataclass(frozen=True)
class Test:
    """The server, the questions with their rows, and the chance that mixes them."""

    peer: Peer
    cases: list[suite.Case]
    chance: random.Random


Role = Callable[[Test, Tally, str, float], Awaitable[None]]
"""What a client does from an address until a time."""


async def light(test: Test, tally: Tally, source: str, until: float) -> None:
    """Ask what is quick, and hold it to its answer."""
    connection = await driver.connected(test.peer.port, source)
    for query in itertools.cycle((suite.LIGHT, suite.LOOKUP, f"{suite.LIGHT} # {source}")):
        if time.monotonic() >= until:
            break
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await connection.ask(test.peer.request(query))
        except (TimeoutError, ConnectionError) as error:
            tally.faults[f"light: {type(error).__name__}"] += 1
            connection.close()
            connection = await driver.connected(test.peer.port, source)
            continue
        told = ending(answer)
        tally.ends["light"][told] += 1
        if told == "200" and suite.rows_of(answer.body).total() == 1:
            tally.light.latencies.append(answer.seconds)
        else:
            tally.faults[f"light: {told}"] += 1
        await asyncio.sleep(0.02)
    connection.close()


async def question(test: Test, tally: Tally, source: str, until: float) -> None:
    """Ask questions, and hold them to their golden answers where no limit was met."""
    while time.monotonic() < until:
        case = test.chance.choice(test.cases)
        answer = await _once(test.peer, case.query, source)
        told = ending(answer)
        tally.ends["question"][told] += 1
        if answer is not None and told == "200":
            if not suite.is_golden(answer.body, case):
                tally.faults[f"question {case.name}: another answer"] += 1
        elif not _is_limit(told):
            tally.faults[f"question {case.name}: {told}"] += 1
        await asyncio.sleep(0.1)


async def hostile(test: Test, tally: Tally, source: str, until: float) -> None:
    """Ask what no server can answer, and hear which limit it met."""
    while time.monotonic() < until:
        query = test.chance.choice(suite.ABUSE)
        told = ending(await _once(test.peer, query, source))
        tally.ends["hostile"][told] += 1
        if told not in ("200", "400") and not _is_limit(told):
            tally.faults[f"hostile: {told}: {query[:60]}"] += 1
        await asyncio.sleep(0.05 if told.startswith("503") else 0.5)


async def leaving(test: Test, tally: Tally, source: str, until: float) -> None:
    """Ask, and leave before the answer."""
    while time.monotonic() < until:
        connection = await driver.connected(test.peer.port, source)
        asked = asyncio.ensure_future(connection.ask(test.peer.request(suite.RUNAWAY)))
        done, _ = await asyncio.wait({asked}, timeout=test.chance.uniform(0.02, 1))
        told = ending(asked.result()) if done and not asked.exception() else "left"
        tally.ends["leaving"][told] += 1
        connection.close()
        with suppress(ConnectionError):
            await asked
        await asyncio.sleep(0.1)


async def slow(test: Test, tally: Tally, source: str, until: float) -> None:
    """Send headers a byte at a time; or nothing at all; and see whether that is cut off."""
    await _slowly(test, tally, "slow", source, until)


async def silent(test: Test, tally: Tally, source: str, until: float) -> None:
    """Open a connection and say nothing."""
    await _slowly(test, tally, "silent", source, until)


async def _slowly(test: Test, tally: Tally, role: str, source: str, until: float) -> None:
    while time.monotonic() + HEADERS * 2 < until:
        reader, writer = await asyncio.open_connection(driver.HOST, test.peer.port, local_addr=(source, 0))
        told = "still open"
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(HEADERS * 2):
                if role == "silent":
                    await reader.read()
                else:
                    await _trickle(reader, writer)
                told = "cut off"
        writer.close()
        tally.ends[role][told] += 1
        if told != "cut off":
            tally.faults[f"{role} connection: {told}"] += 1


async def _trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send a request that does not end, until the other side has closed."""
    closed = asyncio.ensure_future(reader.read())
    for byte in itertools.chain(b"GET /sparql HTTP/1.1\r\n", itertools.cycle(b"X-Slow: 1\r\n")):
        writer.write(bytes([byte]))
        if closed in (await asyncio.wait({closed}, timeout=_SLOW))[0]:
            return


ROLES: dict[str, Role] = {
    "light": light,
    "question": question,
    "hostile": hostile,
    "leaving": leaving,
    "slow": slow,
    "silent": silent,
}


async def _once(peer: Peer, query: str, source: str) -> driver.Answer | None:
    connection: Connection | None = None
    try:
        async with asyncio.timeout(PATIENCE):
            connection = await driver.connected(peer.port, source)
            return await connection.ask(peer.request(query))
    except (TimeoutError, OSError):
        return None
    finally:
        if connection is not None:
            connection.close()


def _is_limit(told: str) -> bool:
    status, _, limit = told.partition(" ")
    return status in ("413", "429", "503") and limit in LIMITS


async def _lap(test: Test, seconds: float) -> Tally:
    tally, until = Tally(), time.monotonic() + seconds
    sources = (driver.address(number) for number in itertools.count())
    roles = [ROLES[name](test, tally, next(sources), until) for name, count in _CLIENTS.items() for _ in range(count)]
    await asyncio.gather(*roles, _watched(test.peer, tally, until))
    tally.light.seconds = seconds
    return tally


async def _watched(peer: Peer, tally: Tally, until: float) -> None:
    while time.monotonic() < until:
        tally.most = max(tally.most, await asyncio.to_thread(peer.memory))
        await asyncio.sleep(1)


def lap(test: Test, seconds: float) -> Lap:
    """What a stretch of the test has seen, and what memory the server has after it.

    Workers are renewed before what stays is measured: how much of the release they share each has written to differs.
    """
    tally = asyncio.run(_lap(test, seconds))
    time.sleep(_REST)
    rest = test.peer.memory()
    for number in _workers(test.peer.process.pid):
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    time.sleep(_REST)
    return Lap(tally, rest, test.peer.memory())


def _workers(number: int) -> set[int]:
    """The processes below a server that have none below them."""
    return {each for each in peers.tree(number) if not peers.children(each)}


def _sheet(laps: list[Lap]) -> Sheet:
    columns = ("lap", "light", "p50 ms", "p99", "most", "MiB at most", "at rest", "renewed", "faults")
    sheet = Sheet("Laps", columns)
    for number, each in enumerate(laps, 1):
        light = each.tally.light
        times = [figure(light.quantile(share) * 1e3) for share in (0.5, 0.99, 1)]
        sizes = [figure(each.tally.most), figure(each.rest), figure(each.renewed)]
        sheet.rows.append((str(number), str(len(light.latencies)), *times, *sizes, str(each.tally.faults.total())))
    return sheet


def _ends(laps: list[Lap]) -> Sheet:
    sheet = Sheet("What became of what was asked", ("client", "ends"))
    for name, count in _CLIENTS.items():
        total = sum((each.tally.ends[name] for each in laps), Counter[str]())
        told = ", ".join(f"{number} × {end}" for end, number in total.most_common())
        sheet.rows.append((f"{count} × {name}", told))
    return sheet


def faults(laps: list[Lap]) -> list[str]:
    """What should not have been."""
    found = sum((each.tally.faults for each in laps), Counter[str]())
    told = [f"{count} × {fault}" for fault, count in found.most_common()]
    if not all(each.tally.light.latencies for each in laps):
        told.append("a lap without a light answer")
    if laps[-1].renewed > laps[0].renewed * GROWTH:
        told.append(f"memory grew from {laps[0].renewed:.0f} MiB to {laps[-1].renewed:.0f} MiB")
    return told


def main() -> None:
    """Load the server, and tell how it fared."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10, help="how long, rests not counted (default 10)")
    parser.add_argument("--seed", type=int, default=0, help="what the mix is drawn from (default 0)")
    parser.add_argument("--format", choices=("table", "json", "markdown"), default="table", help="default table")
    given = parser.parse_args()
    peers.ends_when_told()
    with tempfile.TemporaryDirectory() as work:
        setting = Setting(Path(work), Path(work), Path(work), TIMEOUT)
        peer = peers.served(setting, OURS, "--headers-timeout", str(HEADERS), "--memory", "256")
        try:
            cases = suite.cases(home(ROOT).queries / "questions", ROOT / "tests/queries/questions", 0)
            test = Test(peer, cases, random.Random(given.seed))  # noqa: S311 -- a mix, no secret
            laps = list(_laps(test, given.minutes * 60))
        finally:
            peers.ended(peer)
    found = faults(laps)
    _show(laps, found, given.format)
    sys.exit(1 if found else 0)


def _laps(test: Test, seconds: float) -> list[Lap]:
    if not test.peer.is_ready(PATIENCE):
        raise RuntimeError("expected the server to answer")
    count = max(2, round(seconds / 60))
    console = Console(stderr=True)
    found = []
    for number in range(count):
        found.append(lap(test, seconds / count))
        if sys.stderr.isatty():
            console.print(f"lap {number + 1} of {count}: {found[-1].tally.faults.total()} faults")
    return found


def _show(laps: list[Lap], found: list[str], form: str) -> None:
    sheets = [_sheet(laps), _ends(laps)]
    if form == "json":
        told = [dict(zip(sheet.columns, row, strict=True)) for sheet in sheets for row in sheet.rows]
        print(json.dumps({"laps": told[: len(laps)], "clients": told[len(laps) :], "faults": found}, indent=1))  # noqa: T201 -- what it is asked for
        return
    for sheet in sheets:
        if form == "markdown":
            print(sheet.markdown())  # noqa: T201 -- what it is asked for
        else:
            sheet.show(Console(width=160))
    print("\n".join(found) or "no faults; memory did not grow")  # noqa: T201 -- what it is asked for


if __name__ == "__main__":
    main()
