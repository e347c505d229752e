"""The servers that are measured: how each is started over the same quads, what it is, and what it uses."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import metadata
from itertools import chain
from pathlib import Path
from shutil import which

import pyoxigraph as ox

import driver
import suite
from mandategraph.release import home, opened

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent
OURS, CACHED = "ours", "ours, cached"
OXIGRAPH, FUSEKI, RDFLIB = "oxigraph", "Fuseki", "rdflib-endpoint"
HEAP = "2g"
_ADDRESS = re.compile(r"^http://127\.0\.0\.1:(\d+)/", re.MULTILINE)
_READY, _TICKS = 120.0, os.sysconf("SC_CLK_TCK")


@dataclass
class Peer:
    """A server that runs: its name and version, where it is asked, and its process."""

    name: str
    version: str
    port: int
    path: str
    process: subprocess.Popen[bytes]
    revivable: bool = False

    def request(self, query: str, **headers: str) -> bytes:
        """A request that asks it a query."""
        return driver.request(self.path, query, **headers)

    def asked(self, query: str, patience: float) -> driver.Answer | None:
        """Its answer to a query; None if there is none in time."""
        return driver.asked(self.port, self.request(query), patience)

    def revive(self) -> bool:
        """Have it forget what it is at, if it has no other way; whether it answers again."""
        for child in children(self.process.pid) if self.revivable else ():
            os.kill(child, signal.SIGKILL)
        return self.is_ready(10)

    def is_ready(self, seconds: float) -> bool:
        """Whether it answers within so many seconds."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.process.poll() is None:
            answer = self.asked("ASK {}", seconds)
            if answer is not None and answer.status == driver.OK:
                return True
            time.sleep(0.05)
        return False

    def memory(self) -> float:
        """MiB of its whole process tree, shared pages counted once.

        Of a revivable one the process that serves: its parent is there to fork it, and holds the same data.
        """
        if self.revivable:
            return sum(_rollup(child, "Rss") for child in children(self.process.pid)) / 1024
        return sum(_rollup(number, "Pss") for number in tree(self.process.pid)) / 1024

    def processor_seconds(self) -> float:
        """Processor time its processes have used so far; of those that are there."""
        return sum(_ticks(number) for number in tree(self.process.pid)) / _TICKS


def children(number: int) -> set[int]:
    """The processes whose parent is this one, whichever of its threads began them."""
    found: set[int] = set()
    for told in Path(f"/proc/{number}/task").glob("*/children"):
        try:
            found |= {int(each) for each in told.read_text("ascii").split()}
        except OSError:
            continue
    return found


def tree(number: int) -> set[int]:
    """A process and all below it."""
    return {number}.union(*(tree(child) for child in children(number)))


def _rollup(number: int, name: str) -> int:
    try:
        told = Path(f"/proc/{number}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in told.splitlines() if line.startswith(f"{name}:")), 0)


def _ticks(number: int) -> int:
    try:
        fields = Path(f"/proc/{number}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def dataset(folder: Path) -> Path:
    """A file of the release's quads, its default graph with them."""
    _, store = opened(home(ROOT).release)
    default = (ox.Quad(triple.subject, triple.predicate, triple.object) for triple in store.default_triples())
    path = folder / "data.nq"
    with path.open("wb") as out:
        ox.serialize(chain(default, store.quads()), out, format=ox.RdfFormat.N_QUADS)
    return path


@dataclass(frozen=True, slots=True)
class Setting:
    """What the servers are started with: the quads, a folder to work in, that of the peers, and the time limit."""

    data: Path
    work: Path
    installed: Path
    timeout: float


Starter = Callable[[Setting], Peer | str]
"""Starts a server; or says why it is left out."""


def _begun(setting: Setting, name: str, command: Sequence[str | Path], **environment: str) -> subprocess.Popen[bytes]:
    with (setting.work / f"{name}.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 -- our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=setting.work,
            env={**os.environ, "COLUMNS": "200", **environment},
        )


def ends_when_told() -> None:
    """Have this process end its servers when it is told to end: SIGTERM leaves as an exception does."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server((driver.HOST, 0)) as found:
        return int(found.getsockname()[1])


def _ours(name: str, *options: str) -> Starter:
    def start(setting: Setting) -> Peer | str:
        return served(setting, name, *options)

    return start


def served(setting: Setting, name: str, *options: str) -> Peer:
    """The server of this project, with these options.

    Raises:
        RuntimeError: it does not begin.
    """
    command = [sys.executable, "-m", "mandategraph", "serve", "--port", "0", "--root", str(ROOT), "--no-access-log"]
    command += ["--timeout", str(setting.timeout), *options]
    log = name.replace(", ", "-")
    process = _begun(setting, log, command)
    until = time.monotonic() + _READY
    while not (found := _ADDRESS.search(told := (setting.work / f"{log}.log").read_text("utf-8"))):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"{name}: expected its address, found {told}")
        time.sleep(0.02)
    return Peer(name, metadata.version("mandategraph"), int(found[1]), "/sparql", process)


def _oxigraph(setting: Setting) -> Peer | str:
    command = Path(sys.executable).with_name("oxigraph")
    if not command.is_file():
        return "the package oxigraph is not installed"
    kept = setting.work / "oxigraph"
    if not kept.is_dir():
        for step in (("load", "--file", str(setting.data)), ("optimize",)):
            subprocess.run([command, *step, "--location", kept], check=True, capture_output=True)  # noqa: S603 -- our own commands
    port = free_port()
    bind = ("--bind", f"{driver.HOST}:{port}", "--timeout-s", str(round(setting.timeout)))
    process = _begun(setting, OXIGRAPH, [command, "serve-read-only", "--location", kept, *bind])
    return Peer(OXIGRAPH, metadata.version("oxigraph"), port, "/query", process)


def _fuseki(setting: Setting) -> Peer | str:
    found = sorted(setting.installed.glob("jena-fuseki-server-*.jar"))
    java = which("java")
    if java is None or not found:
        return "there is no Java" if java is None else f"no jena-fuseki-server in {setting.installed}"
    port = free_port()
    options = [f"--port={port}", "--localhost", f"--timeout={round(setting.timeout * 1000)}", f"--file={setting.data}"]
    command = [java, f"-Xmx{HEAP}", "-jar", str(found[-1]), *options, "/ds"]
    process = _begun(setting, FUSEKI, command, FUSEKI_BASE=str(setting.work / "fuseki"))
    return Peer(FUSEKI, found[-1].stem.rpartition("-")[2], port, "/ds", process)


def _rdflib(setting: Setting) -> Peer | str:
    python = setting.installed / "bin" / "python"
    if not python.is_file():
        return f"no environment with it in {setting.installed}"
    ask = "from importlib.metadata import version; print(version('rdflib-endpoint'))"
    version = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 -- our own commands
    port = free_port()
    process = _begun(setting, RDFLIB, [python, HERE / "rdflib_peer.py", setting.data, str(port)])
    return Peer(RDFLIB, version, port, "/", process, revivable=True)


STARTERS: dict[str, Starter] = {
    OURS: _ours(OURS, "--budget", "1000000", "--cache", "0"),
    CACHED: _ours(CACHED, "--budget", "1000000"),
    OXIGRAPH: _oxigraph,
    FUSEKI: _fuseki,
    RDFLIB: _rdflib,
}


@contextmanager
def running(setting: Setting, names: Sequence[str]) -> Iterator[tuple[dict[str, Peer], dict[str, str]]]:
    """The servers of these names, ready, and why others are left out; they are ended afterwards."""
    with ExitStack() as stack:
        found: dict[str, Peer] = {}
        left_out: dict[str, str] = {}
        for name in names:
            peer = STARTERS[name](setting)
            if isinstance(peer, str):
                left_out[name] = peer
                continue
            stack.callback(ended, peer)
            found[name] = peer
        for name, peer in list(found.items()):
            if not peer.is_ready(_READY):
                left_out[name] = (setting.work / f"{name.replace(', ', '-')}.log").read_text("utf-8")[-2000:]
                del found[name]
        yield found, left_out


def ended(peer: Peer) -> None:
    """End a server that was started, gently first."""
    peer.process.send_signal(signal.SIGTERM)
    try:
        peer.process.wait(3)
    except subprocess.TimeoutExpired:
        for number in tree(peer.process.pid):
            os.kill(number, signal.SIGKILL)
        peer.process.wait()


def same_quads(peers: dict[str, Peer]) -> dict[str, int]:
    """How many triples and quads every one of the servers has.

    Raises:
        RuntimeError: they have not the same.
    """
    counts: dict[str, int] = {}
    for what, query in suite.COUNTS.items():
        found = {}
        for name, peer in peers.items():
            answer = peer.asked(query, 60)
            rows = suite.rows_of(answer.body) if answer is not None and answer.status == driver.OK else {}
            found[name] = [int(cell[1]) for row in rows for cell in row]
        if len({tuple(each) for each in found.values()}) != 1:
            raise RuntimeError(f"{what}: expected the same of every server, found {found}")
        counts[what] = next(iter(found.values()))[0]
    return counts
