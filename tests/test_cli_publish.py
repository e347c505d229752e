"""The command `publish`: a release is checked, put in its place, and the server told; or nothing is changed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mandategraph import release
from mandategraph.release import MANIFEST, manifest
from running import Command
from serving import HOME


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A release that is to be published."""
    return shutil.copytree(HOME.release, tmp_path / "new")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The place of a release, where an older one is."""
    release.publish(tmp_path / "place", {MANIFEST: "{}", "older.ttl": ""})
    return tmp_path / "place"


def names(folder: Path) -> set[str]:
    """The files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def unchanged(place: Path) -> bool:
    """Whether the older release is in its place, and nothing beside it but the new one."""
    return names(place) == {MANIFEST, "older.ttl"} and {each.name for each in place.parent.iterdir()} <= {
        "new",
        "place",
    }


def test_a_release_is_put_in_place_whole(run: Command, new: Path, place: Path) -> None:
    outcome = run("publish", str(new), "--release", str(place))
    assert (outcome.status, outcome.err) == (0, "")
    held = manifest(new)
    assert outcome.text == (
        f"published {held.version}, digest {held.digest}: {place}\n"
        "no server is told; one that runs switches when it is sent HUP\n"
    )
    assert names(place) == names(new)
    assert {name: (place / name).read_bytes() for name in names(new)} == {
        name: (new / name).read_bytes() for name in names(new)
    }
    assert {each.name for each in place.parent.iterdir()} == {"new", "place"}


def test_what_is_no_part_of_the_release_is_left_out(run: Command, new: Path, place: Path) -> None:
    (new / "notes.txt").write_text("not listed", "utf-8")
    assert run("publish", str(new), "--release", str(place)).status == 0
    assert "notes.txt" not in names(place)


def test_the_place_is_that_of_the_checkout_if_none_is_named(run: Command, new: Path, tmp_path: Path) -> None:
    (tmp_path / "checkout" / "data" / "sources").mkdir(parents=True)
    (tmp_path / "checkout" / "data" / "sources" / "sources.toml").write_text("", "utf-8")
    assert run("publish", str(new), "--root", str(tmp_path / "checkout")).status == 0
    assert manifest(tmp_path / "checkout" / "data" / "graph") == manifest(new)


def test_the_place_may_be_named_by_the_environment(
    run: Command, new: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MANDATEGRAPH_RELEASE", str(place))
    assert run("publish", str(new)).status == 0
    assert manifest(place) == manifest(new)


def test_a_folder_without_a_release_is_told(run: Command, place: Path, tmp_path: Path) -> None:
    outcome = run("publish", str(tmp_path / "nowhere"), "--release", str(place))
    assert (outcome.status, outcome.out) == (2, b"")
    assert "a build (release.json): not found in" in outcome.err
    assert unchanged(place)


@pytest.mark.parametrize("name", ["registry.ttl", "source/linking-document-2011.ttl"])
@pytest.mark.parametrize("fault", ["changed", "missing"])
def test_a_broken_release_is_told_and_nothing_is_changed(
    run: Command, new: Path, place: Path, name: str, fault: str
) -> None:
    if fault == "changed":
        (new / name).write_text((new / name).read_text("utf-8") + "\n", "utf-8")
    else:
        (new / name).unlink()
    outcome = run("publish", str(new), "--release", str(place))
    assert (outcome.status, outcome.out) == (2, b"")
    assert name in outcome.err
    assert unchanged(place)


def test_a_place_that_cannot_be_written_is_told(run: Command, new: Path) -> None:
    outcome = run("publish", str(new), "--release", "/dev/null/place")
    assert (outcome.status, outcome.out) == (2, b"")
    assert "expected a folder that can be written" in outcome.err


# The server that is told


def test_a_process_is_told_after_the_release_is_in_place(run: Command, new: Path, place: Path) -> None:
    code = f"""
import signal, sys
from pathlib import Path
signal.signal(signal.SIGHUP, lambda *_: sys.exit(7 if Path({str(place / "registry.ttl")!r}).is_file() else 8))
print(flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        outcome = run("publish", str(new), "--release", str(place), "--signal", str(process.pid))
        assert outcome.status == 0
        assert f"process {process.pid} is told to switch" in outcome.text
        assert process.wait(20) == 7


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (
            ("--signal", "999999999"),
            "process 999999999: expected a server that can be told to switch, found No such",
        ),
        (("--signal", "99999999999999999999"), "expected a server that can be told to switch, found"),
        (("--signal", "0"), "--signal"),
        (("--signal", "-1"), "--signal"),
        (("--pid-file", "/nowhere/serve.pid"), "serve.pid: not found in /nowhere"),
        (("--pid-file", "/"), "expected a file that can be read, found Is a directory"),
    ],
)
def test_a_server_that_cannot_be_told_is_told_before_anything_is_changed(
    run: Command, new: Path, place: Path, option: tuple[str, str], told: str
) -> None:
    outcome = run("publish", str(new), "--release", str(place), *option)
    assert (outcome.status, outcome.out) == (2, b"")
    assert told in outcome.err
    assert unchanged(place)


def test_a_process_that_is_no_server_is_not_signalled_by_a_file_left_over(
    run: Command, new: Path, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new" / "serve.pid").write_text(f"{os.getpid()}\n", "ascii")
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda process, number: sent.append((process, number)))
    outcome = run("publish", str(new), "--release", str(place), "--pid-file", str(new / "serve.pid"))
    assert outcome.status == 2
    assert "expected a pid file that a running server holds, found one that none holds" in outcome.err
    assert sent == []
    assert unchanged(place)
