"""What a run of the endpoint's benchmark has found, as tables, as data, and held to the goals."""

import math
import os
import platform
from dataclasses import dataclass, field
from pathlib import Path

from adversity import Beside, Stopped
from driver import Measured
from peers import CACHED, FUSEKI, OURS, OXIGRAPH, RDFLIB
from sheets import Sheet, figure, mean
from suite import SIZES

ONE, MANY = 1, 16
UNCHANGED = "not modified (304)"
Key = tuple[str, str, int]
"""A peer, what it was asked, and by how many clients at once."""

_PEERS = (OURS, CACHED, OXIGRAPH, FUSEKI, RDFLIB)
_SMALL, _MEDIUM, _LARGE = SIZES
_LEGEND = "[* left out; — not asked]"


@dataclass(slots=True)
class Figures:
    """What a run has found. What a peer answered otherwise than we do, or not at all, is in `differences`."""

    seconds: float = math.nan
    questions: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    quads: dict[str, int] = field(default_factory=dict)
    memory_before: dict[str, float] = field(default_factory=dict)
    memory_after: dict[str, float] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    single: dict[tuple[str, str], float] = field(default_factory=dict)
    differences: dict[tuple[str, str], str] = field(default_factory=dict)
    measured: dict[Key, Measured] = field(default_factory=dict)
    stopped: dict[str, Stopped] = field(default_factory=dict)
    beside: dict[str, Beside] = field(default_factory=dict)

    def at(self, peer: str, name: str, clients: int) -> Measured:
        """What was measured of a peer, a query and a number of clients; nothing if it was not."""
        return self.measured.get((peer, name, clients), Measured())

    def faster(self, ours: str, peer: str, name: str, clients: int, share: float) -> float:
        """How many times sooner our answers came than a peer's, within which this share of the answers came."""
        return self.at(peer, name, clients).quantile(share) / self.at(ours, name, clients).quantile(share)

    def more(self, ours: str, peer: str, name: str, clients: int) -> float:
        """How many times the peer's good answers a second ours are."""
        return self.at(ours, name, clients).rate / self.at(peer, name, clients).rate


def sheets(figures: Figures) -> list[Sheet]:
    """All tables of a run."""
    return [
        _machine(figures),
        _servers(figures),
        _ratios(figures),
        _questions(figures, ONE),
        _questions(figures, MANY),
        _sizes(figures),
        _hostile(figures),
        _runaway(figures),
        _differences(figures),
        _goals(figures),
    ]


def _machine(figures: Figures) -> Sheet:
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    facts = [
        ("processor", f"{os.cpu_count()} × {_processor()}"),
        ("memory", f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB"),
        ("system", f"{platform.system()} {platform.release()}, Python {platform.python_version()}"),
        ("load over 1, 5 and 15 minutes at the end", load),
        *((what, str(count)) for what, count in figures.quads.items()),
        ("seconds it took", f"{figures.seconds:.0f}"),
    ]
    return Sheet("The machine and the run", ("what", "which"), list(facts))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.machine()
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.machine())


def _servers(figures: Figures) -> Sheet:
    sheet = Sheet("Memory of the whole process tree (MiB)", ("server", "version", "loaded", "after the questions"))
    for name in _PEERS:
        if name in figures.left_out:
            sheet.rows.append((name, f"left out: {figures.left_out[name]}", "—", "—"))
        elif name in figures.versions:
            sheet.rows.append(
                (
                    name,
                    figures.versions[name],
                    figure(figures.memory_before[name]),
                    figure(figures.memory_after[name]),
                )
            )
    return sheet


def _ratios(figures: Figures) -> Sheet:
    columns = ("server", "compared", "p50 · 1", "p99 · 1", "requests/s · 1", "p50 · 16", "p99 · 16", "requests/s · 16")
    title = "Questions: how many times better ours is than each (geometric means over the equal answers)"
    sheet = Sheet(title, columns)
    for ours, peer in [(each, peer) for each in (OURS, CACHED) for peer in _others(figures)]:
        names = [name for name in figures.questions if (peer, name) in figures.single]
        cells = [f"{ours} : {peer}", f"{len(names)} of {len(figures.questions)}"]
        for clients in (ONE, MANY):
            cells += [
                figure(mean(figures.faster(ours, peer, name, clients, share) for name in names), "×")
                for share in (0.5, 0.99)
            ]
            cells.append(figure(mean(figures.more(ours, peer, name, clients) for name in names), "×"))
        sheet.rows.append(cells)
    return sheet


def _others(figures: Figures) -> list[str]:
    return [name for name in (OXIGRAPH, FUSEKI, RDFLIB) if name in figures.versions]


def _questions(figures: Figures, clients: int) -> Sheet:
    told = "one client" if clients == ONE else f"{clients} clients"
    there = [name for name in _PEERS if name in figures.versions]
    title = f"Questions, {told}: p50 / p99 in ms, requests a second (not well answered) {_LEGEND}"
    sheet = Sheet(title, ("question", "rows", *there))
    for name in figures.questions:
        cells = [_cell(figures, peer, name, clients) for peer in there]
        sheet.rows.append((name, str(figures.rows[name]), *cells))
    return sheet


def _cell(figures: Figures, peer: str, name: str, clients: int) -> str:
    if (peer, name) in figures.differences:
        return "*"
    found = figures.at(peer, name, clients)
    others = f" ({found.others.total()})" if found.others else ""
    if not found.latencies:
        return f"—{others}"
    return f"{figure(found.quantile(0.5) * 1e3)} / {figure(found.quantile(0.99) * 1e3)}, {figure(found.rate)}{others}"


def _sizes(figures: Figures) -> Sheet:
    there = [name for name in _PEERS if name in figures.versions]
    sheet = Sheet(
        f"Answers by size: p50 / p99 in ms, requests a second (not well answered) {_LEGEND}",
        ("answer", "bytes", "clients", *there),
    )
    for name in (*SIZES, UNCHANGED):
        for clients in (ONE, MANY):
            cells = [_cell(figures, peer, name, clients) for peer in there]
            sheet.rows.append((name, str(figures.sizes.get(name, 0)), str(clients), *cells))
    return sheet


def _hostile(figures: Figures) -> Sheet:
    columns = (
        "server",
        "alone p50",
        "p99",
        "beside p50",
        "p99",
        "most",
        "answered",
        "not",
        "what became of the hostile",
    )
    sheet = Sheet("A light query alone, and while eight hostile ones run (ms)", columns)
    for name, found in figures.beside.items():
        times = [(each.quantile(share), each) for each in (found.alone, found.beside) for share in (0.5, 0.99)]
        cells = [figure(seconds * 1e3) for seconds, _ in times]
        most = figure(found.beside.quantile(1) * 1e3)
        counts = (str(len(found.beside.latencies)), str(found.beside.others.total()))
        ends = ", ".join(f"{count} × {end}" for end, count in found.ends.most_common())
        sheet.rows.append((name, *cells, most, *counts, ends))
    return sheet


def _runaway(figures: Figures) -> Sheet:
    columns = ("server", "limit (s)", "answer after (s)", "of the limit", "answer", "processors busy after it")
    sheet = Sheet("A runaway query", columns)
    for name, found in figures.stopped.items():
        limit = "none" if name == RDFLIB else f"{found.limit:g}"
        of = "—" if name == RDFLIB or found.end == "no answer" else f"{found.seconds / found.limit:.2f}×"
        after = "—" if found.end == "no answer" else f"{found.seconds:.2f}"
        sheet.rows.append((name, limit, after, of, found.end, f"{found.busy:.1f}"))
    return sheet


def _differences(figures: Figures) -> Sheet:
    sheet = Sheet("Left out (*): answers that are not ours", ("server", "question", "how"))
    sheet.rows += [(peer, name, how) for (peer, name), how in figures.differences.items()]
    return sheet


def _goals(figures: Figures) -> Sheet:
    sheet = Sheet(f"Against the goals, at {sum(figures.quads.values())} quads", ("goal", "measured", "wanted", "met"))
    if OXIGRAPH in figures.versions:
        names = [name for name in figures.questions if (OXIGRAPH, name) in figures.single]
        faster = {name: figures.faster(OURS, OXIGRAPH, name, ONE, 0.5) for name in names}
        worst = min(faster, key=faster.__getitem__)
        _goal(sheet, "questions, uncached, p50: times faster than the Oxigraph server", mean(faster.values()), 3)
        _goal(sheet, f"the worst of them ({worst})", faster[worst], 1 / 1.2)
        for name, wanted in ((_SMALL, 2), (_MEDIUM, 15), (_LARGE, 80)):
            ratio = figures.faster(CACHED, OXIGRAPH, name, ONE, 0.5)
            _goal(sheet, f"{name}, cached, p50: times faster than it", ratio, wanted)
        ratio = figures.more(OURS, OXIGRAPH, _SMALL, ONE)
        _goal(sheet, "point look-up through a worker: times its requests a second", ratio, 0.4)
    unchanged = figures.at(CACHED, UNCHANGED, ONE).quantile(0.5)
    _goal(sheet, "304: answers in 0.2 ms", 0.0002 / unchanged, 1)
    if OURS in figures.stopped:
        found = figures.stopped[OURS]
        _goal(sheet, "a runaway query: its limit in the time it took", found.limit / found.seconds, 1 / 1.2)
        light = figures.beside[OURS]
        ratio = light.alone.quantile(0.5) / light.beside.quantile(0.5)
        _goal(sheet, "a light query beside hostile ones: p50 alone in that beside", ratio, 0.5)
    return sheet


def _goal(sheet: Sheet, what: str, found: float, wanted: float) -> None:
    met = "yes" if found >= wanted else "no"
    sheet.rows.append((what, figure(found, "×"), f"at least {figure(wanted, '×')}", met))


def data(figures: Figures) -> dict[str, object]:
    """All figures of a run, times in seconds."""
    return {
        "machine": dict(_pairs(_machine(figures))),
        "versions": figures.versions,
        "left out": figures.left_out,
        "quads": figures.quads,
        "MiB loaded": figures.memory_before,
        "MiB afterwards": figures.memory_after,
        "bytes": figures.sizes,
        "rows": figures.rows,
        "differences": [[*key, how] for key, how in figures.differences.items()],
        "measured": [
            {
                "server": peer,
                "asked": name,
                "clients": clients,
                "answers": len(found.latencies),
                "others": {str(status): count for status, count in found.others.items()},
                "p50": found.quantile(0.5),
                "p99": found.quantile(0.99),
                "requests a second": found.rate,
            }
            for (peer, name, clients), found in sorted(figures.measured.items())
        ],
        "light beside hostile": {
            name: {
                "alone p50": found.alone.quantile(0.5),
                "alone p99": found.alone.quantile(0.99),
                "beside p50": found.beside.quantile(0.5),
                "beside p99": found.beside.quantile(0.99),
                "answered": len(found.beside.latencies),
                "not answered": found.beside.others.total(),
                "hostile": dict(found.ends),
            }
            for name, found in figures.beside.items()
        },
        "runaway": {
            name: {"limit": found.limit, "seconds": found.seconds, "end": found.end, "busy": found.busy}
            for name, found in figures.stopped.items()
        },
        "goals": [dict(zip(_goals(figures).columns, row, strict=True)) for row in _goals(figures).rows],
    }


def _pairs(sheet: Sheet) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in sheet.rows]
