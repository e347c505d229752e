"""What the tests of the whole service share: a real server in processes of its own, on an address of this machine."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from serving import ROOT

_ADDRESS = re.compile(r"^(http://\S+/)  \(stop with Ctrl-C\)$", re.MULTILINE)


@dataclass
class Live:
    """A server that runs: its address, its processes and what it has written."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.address, timeout=60)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.address.rstrip("/").rpartition(":")[2])

    def query(self, text: str, **parameters: str) -> httpx.Response:
        """The answer to a query, sent as the body."""
        headers = {"Content-Type": "application/sparql-query"}
        return self.client.post("/sparql", params=parameters, content=text.encode(), headers=headers)

    def written(self) -> str:
        """What it has written to standard error."""
        return self.log.read_text("utf-8")

    def generation(self) -> int:
        """The process that serves."""
        return next(iter(children(self.process.pid)))

    def nursery(self) -> int:
        """The process that forks the workers."""
        return next(iter(children(self.generation())))

    def workers(self) -> set[int]:
        """The processes that answer queries."""
        return children(self.nursery())


def children(number: int) -> set[int]:
    """The processes whose parent is this one."""
    try:
        told = Path(f"/proc/{number}/task/{number}/children").read_text("ascii")
    except FileNotFoundError:
        return set()
    return {int(each) for each in told.split()}


def own(number: int) -> int:
    """The memory that a process has to itself, in KiB: shared pages count for their share."""
    told = Path(f"/proc/{number}/smaps_rollup").read_text("ascii")
    return int(next(line.split()[1] for line in told.splitlines() if line.startswith("Pss:")))


def resident(number: int) -> int:
    """The memory that a process and all below it have to themselves, in KiB."""
    return own(number) + sum(resident(child) for child in children(number))


@contextmanager
def served(folder: Path, *options: str, root: Path = ROOT, before: Sequence[str] = ()) -> Iterator[Live]:
    """A server with these options, on any free port, ended afterwards; `before` is the command that runs it."""
    log = folder / "server.log"
    command = [*before, sys.executable, "-m", "mandategraph", "serve", "--port", "0", "--root", str(root), *options]
    with log.open("wb") as written:
        process = subprocess.Popen(command, stderr=written, stdout=written, env={**os.environ, "COLUMNS": "200"})
    live: Live | None = None
    try:
        until = time.monotonic() + 60
        while not (found := _ADDRESS.search(log.read_text("utf-8"))):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < until, log.read_text("utf-8")
            time.sleep(0.02)
        live = Live(found[1], process, log)
        yield live
    finally:
        if live is not None:
            live.client.close()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(40)
