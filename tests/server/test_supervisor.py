"""The supervisor: how a server begins, is told of by a manager and by a file, and ends."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from live import children, served

from mandategraph import pid_file
from mandategraph.errors import MissingError, UsageError
from serving import ROOT

BEGINS = """
    import signal, socket, sys, time
    from mandategraph.errors import UsageError
    from mandategraph.server.supervisor import Supervisor

    def serve(listening, ready):
        {serve}

    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    Supervisor(listening, serve, lambda told: print(told, flush=True), 1).run(lambda: print("ready", flush=True))
    print("ended", flush=True)
"""


def supervised(serve: str) -> subprocess.Popen[str]:
    """A supervisor in a process of its own, whose generations do this."""
    code = textwrap.dedent(BEGINS).format(serve=serve)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().strip().isdigit()
    return process


def until(what: object, seconds: float = 20) -> None:
    """Wait until something is so."""
    assert callable(what)
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_still_beginning_can_be_ended(number: signal.Signals) -> None:
    with supervised("time.sleep(60)") as process:
        until(lambda: children(process.pid))
        (generation,) = children(process.pid)
        process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert (process.returncode, out, err) == (0, "ended\n", "")
        assert not Path(f"/proc/{generation}").exists()


def test_a_server_that_is_switching_can_be_ended(tmp_path: Path) -> None:
    second = f"from pathlib import Path; again = Path({str(tmp_path / 'begun')!r}).exists()"
    with supervised(
        f"{second}; Path({str(tmp_path / 'begun')!r}).touch(); again or ready(); time.sleep(60)"
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        until(lambda: len(children(process.pid)) == 2)
        both = children(process.pid)
        process.terminate()
        assert process.wait(10) == 0
        assert [each for each in both if Path(f"/proc/{each}").exists()] == []


def test_what_keeps_a_server_from_beginning_is_told() -> None:
    with supervised("raise UsageError('no such thing')") as process:
        _, err = process.communicate(timeout=10)
        assert process.returncode == 1
        assert err.endswith("MandategraphError: no such thing\n")


def test_a_server_that_dies_while_it_begins_is_told() -> None:
    with supervised("import os; os._exit(3)") as process:
        _, err = process.communicate(timeout=10)
        assert err.endswith("MandategraphError: the server ended before it was ready\n")


def test_a_server_that_dies_has_a_successor_after_a_pause() -> None:
    with supervised("ready(); time.sleep(60)") as process:
        until(lambda: children(process.pid))
        (first,) = children(process.pid)
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        since = time.monotonic()
        os.kill(first, signal.SIGKILL)
        assert process.stdout.readline() == "the server ended with status 9; another begins\n"
        until(lambda: children(process.pid) - {first})
        assert time.monotonic() - since > 1.9
        process.terminate()
        assert process.wait(10) == 0


FAILS = (
    "from pathlib import Path; import os; tried = Path({path!r}); tried.write_text(str(int(tried.read_text()) + 1)); "
)


def test_a_server_that_cannot_begin_again_is_tried_until_it_can_or_all_is_to_end(tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    tried.write_text("0", "ascii")
    number = "int(tried.read_text())"
    serve = FAILS.format(path=str(tried)) + (
        f"exec('if 1 < {number} < 4: raise UsageError(\"no release\")'); "
        f"exec('if {number} > 4: raise UsageError(\"none at all\")'); ready(); time.sleep(60)"
    )
    with supervised(serve) as process:
        out = process.stdout
        assert out
        assert out.readline() == "ready\n"
        (first,) = children(process.pid)
        os.kill(first, signal.SIGKILL)
        assert out.readline() == "the server ended with status 9; another begins\n"
        assert out.readline() == "the server does not begin: no release; it is tried again in 4 seconds\n"
        process.send_signal(signal.SIGHUP)
        assert out.readline() == "the server does not begin: no release; it is tried again in 8 seconds\n"
        since = time.monotonic()
        process.send_signal(signal.SIGHUP)
        until(lambda: tried.read_text("ascii") == "4")
        assert time.monotonic() - since < 4
        until(lambda: children(process.pid))
        time.sleep(0.3)
        (second,) = children(process.pid)
        os.kill(second, signal.SIGKILL)
        assert out.readline() == "the server ended with status 9; another begins\n"
        assert out.readline().startswith("the server does not begin: none at all")
        process.terminate()
        assert process.wait(5) == 0
        assert out.read() == "ended\n"


def test_a_switch_that_is_wanted_while_another_is_under_way_follows_at_once(tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    tried.write_text("0", "ascii")
    # Those that have been replaced stay: no death of a process wakes who waits.
    ignoring = "signal.signal(signal.SIGUSR1, signal.SIG_IGN); time.sleep(0.7); ready(); time.sleep(60)"
    with supervised(FAILS.format(path=str(tried)) + ignoring) as process:
        out = process.stdout
        assert out
        assert out.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        until(lambda: tried.read_text("ascii") == "2")
        process.send_signal(signal.SIGHUP)
        since = time.monotonic()
        assert [out.readline(), out.readline()] == ["the release is switched\n"] * 2
        assert time.monotonic() - since < 10
        assert tried.read_text("ascii") == "3"
        process.terminate()
        assert process.wait(10) == 0


def test_a_server_that_does_not_end_is_ended() -> None:
    with supervised("signal.signal(signal.SIGTERM, signal.SIG_IGN); ready(); time.sleep(60)") as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        (generation,) = children(process.pid)
        since = time.monotonic()
        process.terminate()
        assert process.wait(10) == 0
        assert 1.9 < time.monotonic() - since < 5
        until(lambda: not Path(f"/proc/{generation}").exists())


def test_a_server_whose_log_nobody_reads_any_more_goes_on() -> None:
    line = [sys.executable, "-m", "mandategraph", "serve", "--port", "0", "--root", str(ROOT)]
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        address = process.stderr.readline().split()[0]
        (first,) = children(process.pid)
        process.stderr.close()
        with httpx.Client(base_url=address, timeout=30) as client:
            asked = [client.get("/sparql", params={"query": f"ASK {{}} # {number}"}) for number in range(4)]
            assert [each.status_code for each in asked] == [200] * 4
            process.send_signal(signal.SIGHUP)
            until(lambda: children(process.pid) - {first})
            until(lambda: client.get("/healthz").headers.get("connection") == "close")
            assert client.get("/readyz").status_code == 200
        process.terminate()
        assert process.wait(40) == 0


# A service manager that waits to be told


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket of a service manager, as the environment names it."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@mandategraph-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0"))
        listening.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield listening


def test_a_service_manager_is_told_of_the_beginning_a_switch_and_the_end(
    manager: socket.socket, tmp_path: Path
) -> None:
    with served(tmp_path) as live:
        assert manager.recv(4096) == b"READY=1"
        live.process.send_signal(signal.SIGHUP)
        before = time.monotonic_ns() // 1000
        head, _, microseconds = manager.recv(4096).partition(b"\n")
        assert head == b"RELOADING=1"
        assert abs(int(microseconds.removeprefix(b"MONOTONIC_USEC=")) - before) < 5_000_000
        assert manager.recv(4096) == b"READY=1"
        live.process.terminate()
        assert manager.recv(4096) == b"STOPPING=1"


@pytest.mark.parametrize("name", ["relative", "/nowhere/at/all", "@nobody-listens", "vsock:2:1234", ""])
def test_a_manager_that_cannot_be_told_is_no_error(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from mandategraph.server.notifying import READY, notify

    monkeypatch.setenv("NOTIFY_SOCKET", name)
    notify(READY)


# The file that names the process


def test_the_file_that_names_the_server_is_gone_with_it(tmp_path: Path) -> None:
    path = tmp_path / "serve.pid"
    with served(tmp_path, "--pid-file", str(path)) as live:
        assert path.read_text("ascii") == f"{live.process.pid}\n"
        assert path.stat().st_mode & 0o777 == 0o644
        assert pid_file.holder(path) == live.process.pid
        live.process.terminate()
        assert live.process.wait(30) == 0
    assert not path.exists()


def test_a_file_that_is_left_over_names_no_server_and_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "serve.pid"
    with served(tmp_path, "--pid-file", str(path)) as live:
        live.process.kill()
        live.process.wait()
        assert path.read_text("ascii") == f"{live.process.pid}\n"
    with pytest.raises(UsageError, match="expected a pid file that a running server holds, found one that none holds"):
        pid_file.holder(path)
    with served(tmp_path, "--pid-file", str(path)) as live:
        assert pid_file.holder(path) == live.process.pid


def test_no_file_names_no_server(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="is the server running with --pid-file"):
        pid_file.holder(tmp_path / "serve.pid")


@pytest.mark.parametrize("name", ["", "none/serve.pid", "link"])
def test_a_file_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(UsageError, match="expected a file that can be written, found"),
        pid_file.held(tmp_path / name),
    ):
        pytest.fail("it is held")
    assert not (tmp_path / "elsewhere").exists()


def test_a_server_with_a_file_that_cannot_be_written_does_not_begin(tmp_path: Path) -> None:
    line = ["serve", "--port", "0", "--root", str(ROOT), "--pid-file", str(tmp_path / "none" / "serve.pid")]
    done = subprocess.run([sys.executable, "-m", "mandategraph", *line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "serve.pid: expected a file that can be written, found No such file or directory" in done.stderr
