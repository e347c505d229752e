"""The server needs no rights: it serves as a user who owns nothing, from a file system nobody can write to."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from live import Live, children, served

from unprivileged import missing, unprivileged

NOBODY = "65534"
# It may read what is its owner's alone, for the checkout or the interpreter may be in such a folder; it writes nothing.
AS_NOBODY = unprivileged(NOBODY, NOBODY, "dac_read_search")


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server without rights."""
    reason = missing()
    if reason:
        pytest.skip(f"no server without rights: {reason}")
    with served(tmp_path_factory.mktemp("unprivileged"), "--metrics", before=AS_NOBODY) as running:
        yield running


def told(process: int, name: str) -> list[str]:
    """What the kernel tells of a process under a name."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(line for line in lines if line.startswith(f"{name}:")).split()[1:]


def test_no_process_has_the_rights_of_root_or_can_write(live: Live) -> None:
    processes = {live.process.pid, live.generation(), live.nursery(), *live.workers()}
    assert len(processes) > 4
    for process in processes:
        assert {*told(process, "Uid"), *told(process, "Gid")} == {NOBODY}
        assert told(process, "NoNewPrivs") == ["1"]
        mounts = [line.split() for line in Path(f"/proc/{process}/mountinfo").read_text("utf-8").splitlines()]
        writable = {each[4] for each in mounts if "ro" not in each[5].split(",")}
        assert not [each for each in writable if not each.startswith(("/proc", "/sys", "/dev"))]


def test_it_answers(live: Live) -> None:
    assert live.client.get("/readyz").json()["status"] == "ready"
    assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert live.query("CONSTRUCT WHERE { ?s ?p ?o }", format="ttl").status_code == 200
    for path in ("/", "/docs", "/support?action=1.2", "/dump.nq", "/metrics"):
        assert live.client.get(path).status_code == 200


def test_it_switches(live: Live) -> None:
    before = live.generation()
    live.process.send_signal(signal.SIGHUP)
    until = time.monotonic() + 30
    while "the release is switched" not in live.written():
        assert time.monotonic() < until, live.written()
        time.sleep(0.05)
    assert children(live.process.pid) - {before}
    assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
    assert "Traceback" not in live.written()


def test_a_release_on_disk_needs_a_folder_and_says_so() -> None:
    reason = missing()
    if reason:
        pytest.skip(f"no server without rights: {reason}")
    line = [sys.executable, "-m", "mandategraph", "serve", "--port", "0", "--disk-above", "0"]
    done = subprocess.run([*AS_NOBODY, *line], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected a folder that can be written" in done.stderr
    assert "Traceback" not in done.stderr
