"""The unit of systemd: systemd takes it as it is, finds little exposed, and the server runs under what it refuses."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import filtered
import pytest
from live import Live, served
from needed import DEPLOY, need

from mandategraph.server.settings import Limits, Patience

UNIT = DEPLOY / "mandategraph.service"
# What `systemd-analyze security` calls the exposure, times ten: 12 for systemd 252, others look at more or less.
EXPOSED = 20
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@cache
def settings() -> dict[str, list[str]]:
    """What the unit sets, by name; a name may be set more than once."""
    found: dict[str, list[str]] = {}
    for line in UNIT.read_text("utf-8").splitlines():
        if not line.startswith(("#", "[")) and "=" in line:
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def one(name: str) -> str:
    """The value of a name that is set once."""
    (value,) = settings()[name]
    return value


def analysed(*arguments: str) -> str:
    """What `systemd-analyze` prints; it has to succeed."""
    done = asked_of_systemd(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def asked_of_systemd(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What `systemd-analyze` does; it is skipped or insisted on where it is missing."""
    need("systemd-analyze")
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)  # noqa: S607 -- from the path, as who tests has it


def test_systemd_takes_the_unit_without_a_word(tmp_path: Path) -> None:
    need("/bin/kill")
    text = UNIT.read_text("utf-8")
    program = one("ExecStart").split()[0]
    (tmp_path / "mandategraph").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "mandategraph").chmod(0o755)
    copy = tmp_path / UNIT.name
    copy.write_text(text.replace(program, str(tmp_path / "mandategraph")), "utf-8")
    assert analysed("verify", "--man=no", str(copy)) == ""


def test_a_mistake_in_the_unit_would_be_found(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text("utf-8").replace("ProtectSystem=strict", "ProtectSystem=strictly"), "utf-8")
    assert "strictly" in asked_of_systemd("verify", "--man=no", str(copy)).stderr


def test_little_of_the_machine_is_exposed_to_the_service() -> None:
    told = analysed("security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", str(UNIT))
    assert "Overall exposure level" in told


def test_the_unit_signals_and_waits_as_the_supervisor_does() -> None:
    assert (one("Type"), one("NotifyAccess"), one("KillMode")) == ("notify", "main", "mixed")
    assert one("ExecReload") == "/bin/kill -HUP $MAINPID"
    assert int(one("TimeoutStopSec")) > Patience().drain + 10
    assert one("OOMPolicy") == "continue"


def test_the_unit_has_room_for_what_the_limits_allow() -> None:
    limits = Limits()
    assert one("MemoryMax").endswith("G")
    assert int(one("MemoryMax")[:-1]) * 1024 >= 2 * (limits.workers + limits.long) * limits.memory + 512
    assert int(one("LimitNOFILE")) > 2 * Patience().connections


def test_what_the_unit_sets_in_the_environment_are_options(tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, "-m", "mandategraph", "serve", "--help"], capture_output=True, check=True)
    named = re.findall(r"MANDATEGRAPH_(?!NAME)\w+", UNIT.read_text("utf-8"))
    assert named
    assert all(name in told.stdout.decode() for name in named), tmp_path


# What the unit refuses


@cache
def allowed() -> frozenset[str]:
    """The calls that the unit lets through: those of the first list, without those of the lists to be refused."""
    first, *others = settings()["SystemCallFilter"]
    found = members(*first.split())
    for each in others:
        assert each.startswith("~")
        found -= members(*each[1:].split())
    return frozenset(found)


def members(*names: str) -> set[str]:
    """The calls of sets of calls, as systemd knows them."""
    found: set[str] = set()
    for name in names:
        if name.startswith("@"):
            lines = analysed("syscall-filter", name).splitlines()[1:]
            found |= members(*(line.strip() for line in lines if line.strip() and not line.strip().startswith("#")))
        else:
            found.add(name)
    return found


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The command that runs another as the unit would."""
    if os.uname().machine != "x86_64":
        pytest.skip("the filter is written for x86_64")
    need(str(filtered.HEADER))
    names = tmp_path_factory.mktemp("filter") / "allowed"
    names.write_text("\n".join(sorted(allowed())), "ascii")
    return (sys.executable, filtered.__file__, str(names))


@pytest.fixture(scope="module")
def live(confined: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server that is held to what the unit lets through."""
    folder = tmp_path_factory.mktemp("unit")
    with served(folder, "--timeout", "1", "--disk-folder", str(folder / "disk"), before=confined) as running:
        yield running


@pytest.mark.parametrize(
    ("call", "refused"),
    [
        ("os.chown('/tmp', 0, 0)", True),
        ("os.setuid(os.getuid())", True),
        ("os.chroot('/')", True),
        ("socket.socket(socket.AF_NETLINK)", True),
        ("socket.socket(socket.AF_INET)", False),
        ("os.setpriority(os.PRIO_PROCESS, 0, 15)", False),
    ],
)
def test_the_filter_of_the_tests_refuses_what_that_of_the_unit_does(
    confined: tuple[str, ...],
    call: str,
    refused: bool,  # noqa: FBT001 -- the answer is one
) -> None:
    code = f"import os, socket; {call}"
    done = subprocess.run([*confined, sys.executable, "-c", code], capture_output=True, check=False)
    assert bool(done.returncode) is refused, done.stderr


def test_the_server_answers_stops_queries_and_switches_under_the_filter(live: Live) -> None:
    assert live.client.get("/readyz").status_code == 200
    before = live.workers()
    assert live.query(ENDLESS).json()["limit"] == "time"
    assert live.query("SELECT * { SERVICE <http://127.0.0.1:9/> {} }").status_code == 400
    assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert live.workers() != before
    live.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 30
    while "the release is switched" not in live.written():
        assert time.monotonic() < until, live.written()
        time.sleep(0.05)
    assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
    live.process.terminate()
    assert live.process.wait(40) == 0
    assert "Traceback" not in live.written()


def test_a_release_on_disk_is_served_under_the_filter(confined: tuple[str, ...], tmp_path: Path) -> None:
    options = ("--disk-above", "0", "--disk-folder", str(tmp_path / "disk"))
    with served(tmp_path, *options, before=confined) as live:
        assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
        assert live.query("CONSTRUCT WHERE { ?s ?p ?o }", format="nt").status_code == 200
