"""The release is switched under a server that is asked all the while: each answer is whole, of the old or the new."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from live import Live, children, served

from mandategraph.release import MANIFEST, digest, manifest
from serving import HOME

NOTES = ("one", "two")
ASKED = "SELECT ?note { <urn:test:note> <urn:test:says> ?note }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def release_saying(folder: Path, note: str) -> Path:
    """A copy of the release that says one thing more."""
    shutil.copytree(HOME.release, folder)
    judgements = folder / "judgements.ttl"
    judgements.write_text(judgements.read_text("utf-8") + f'<urn:test:note> <urn:test:says> "{note}" .\n', "utf-8")
    held = json.loads((folder / MANIFEST).read_text("utf-8"))
    held["digests"]["judgements.ttl"] = digest(judgements.read_bytes())
    (folder / MANIFEST).write_text(json.dumps(held), "utf-8")
    return folder


def broken(folder: Path) -> None:
    """Change a file of a release behind the back of its manifest."""
    with (folder / "judgements.ttl").open("a", encoding="utf-8") as file:
        file.write("<urn:test:note> <urn:test:says> 'changed' .\n")


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What a command does in a process of its own."""
    line = [sys.executable, "-m", "mandategraph", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "200"})


@dataclass
class Place:
    """A folder with two releases, a server of a copy of one of them, and the file that names the server."""

    folder: Path
    live: Live

    @property
    def served(self) -> Path:
        """The release that is served."""
        return self.folder / "served"

    @property
    def pid_file(self) -> Path:
        """The file that names the server."""
        return self.folder / "serve.pid"

    def publish(self, note: str) -> subprocess.CompletedProcess[str]:
        """Publish one of the two, and have the server switch."""
        return command("publish", self.folder / note, "--release", self.served, "--pid-file", self.pid_file)

    def switched_to(self, note: str) -> None:
        """Publish one of the two, and wait until it answers."""
        done = self.publish(note)
        assert (done.returncode, done.stderr) == (0, "")
        self.wait_for(note)

    def wait_for(self, note: str) -> None:
        """Wait until one of the two answers."""
        self.wait_until(lambda: self.says() == note)

    def wait_until(self, what: Callable[[], bool]) -> None:
        """Wait until something is so."""
        until = time.monotonic() + 30
        while not what():
            assert time.monotonic() < until, self.live.written()
            time.sleep(0.05)

    def notes(self) -> tuple[str, str]:
        """What the release says that answers, and what the other says."""
        old = self.says()
        return old, next(note for note in NOTES if note != old)

    def says(self) -> str:
        """What the release says that answers."""
        told: str = self.live.query(ASKED).json()["results"]["bindings"][0]["note"]["value"]
        return told


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server of a release that can be switched."""
    folder = tmp_path_factory.mktemp("switching")
    for note in NOTES:
        release_saying(folder / note, note)
    shutil.copytree(folder / NOTES[0], folder / "served")
    options = ("--release", str(folder / "served"), "--pid-file", str(folder / "serve.pid"), "--budget", "100000")
    with served(folder, *options, "--timeout", "3") as live:
        yield Place(folder, live)


@dataclass
class Heard:
    """What clients were answered, and what went wrong instead."""

    answers: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


async def ask(client: httpx.AsyncClient, heard: Heard, number: int) -> None:
    """Ask once; each question in words of its own, so that a worker has to answer."""
    try:
        response = await client.get("/sparql", params={"query": f"{ASKED} LIMIT {number + 1}", "format": "json"})
        heard.answers.add(response.json()["results"]["bindings"][0]["note"]["value"])
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is what must not happen
        heard.wrong.append(repr(error))


@asynccontextmanager
async def hammered(address: str, heard: Heard, *, kept: bool) -> AsyncIterator[None]:
    """Clients that ask one question after the other, on connections that are kept or on new ones."""
    ended = asyncio.Event()
    numbers = count()
    limits = httpx.Limits(max_keepalive_connections=None if kept else 0)

    async def asks() -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
            while not ended.is_set():
                await ask(client, heard, next(numbers))

    clients = [asyncio.create_task(asks()) for _ in range(4)]
    try:
        yield
    finally:
        ended.set()
        await asyncio.gather(*clients)
        await asyncio.sleep(0.1)  # the last connections are closed by then


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "new"])
def test_what_is_asked_while_two_switches_happen_is_answered_by_the_old_or_the_new_release(
    place: Place,
    kept: bool,  # noqa: FBT001 -- both are tried
) -> None:
    old, new = place.notes()
    heard = Heard()
    before = place.live.written().count("the release is switched")

    async def switched() -> None:
        async with hammered(place.live.address, heard, kept=kept):
            for note in (new, old):
                await asyncio.to_thread(place.switched_to, note)
                await asyncio.sleep(0.5)

    asyncio.run(switched())
    assert heard.wrong == []
    assert heard.answers == {old, new}
    assert place.live.written().count("the release is switched") - before == 2


def test_an_answer_that_was_kept_goes_with_its_release(place: Place) -> None:
    old, new = place.notes()
    first = place.live.client.get("/sparql", params={"query": ASKED})
    assert place.live.client.get("/sparql", params={"query": ASKED}).headers["server-timing"] == "cache"
    place.switched_to(new)
    held = {"If-None-Match": first.headers["etag"]}
    second = place.live.client.get("/sparql", params={"query": ASKED}, headers=held)
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert (first.json()["results"], second.json()["results"]) == (said(old), said(new))
    held = {"If-None-Match": second.headers["etag"]}
    assert place.live.client.get("/sparql", params={"query": ASKED}, headers=held).status_code == 304


def said(note: str) -> object:
    """The results that tell what a release says."""
    return {"bindings": [{"note": {"type": "literal", "value": note}}]}


def test_readiness_tells_the_digest_that_was_published(place: Place) -> None:
    _, new = place.notes()
    done = place.publish(new)
    told = manifest(place.folder / new).digest
    assert f"digest {told}: {place.served}" in done.stdout
    place.wait_until(lambda: place.live.client.get("/readyz").json()["release"] == told)


def test_connections_that_are_idle_at_the_switch_are_answered_once_more_and_told_that_it_is_the_last(
    place: Place,
) -> None:
    old, new = place.notes()
    request = f"GET /sparql?query={quote(ASKED)}&format=csv HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    address = ("127.0.0.1", place.live.port)
    with socket.create_connection(address, 10) as used, socket.create_connection(address, 10) as silent:
        used.sendall(request)
        first = b""
        while not first.endswith(f"note\r\n{old}\r\n".encode()):
            first += used.recv(65536)
        assert b"connection: close" not in first.lower()
        place.switched_to(new)
        for connection in (used, silent):
            connection.sendall(request)
            found = b"".join(iter(lambda: connection.recv(65536), b""))  # noqa: B023 -- used at once
            assert found.startswith(b"HTTP/1.1 200")
            assert b"\r\nconnection: close\r\n" in found
            assert found.endswith(f"note\r\n{old}\r\n".encode())


def test_a_query_under_way_at_the_switch_is_seen_through(place: Place) -> None:
    _, new = place.notes()

    async def across() -> httpx.Response:
        async with httpx.AsyncClient(base_url=place.live.address, timeout=60) as client:
            asking = asyncio.create_task(client.get("/sparql", params={"query": ENDLESS}))
            await asyncio.sleep(0.3)
            await asyncio.to_thread(place.switched_to, new)
            return await asking

    assert asyncio.run(across()).json()["limit"] == "time"


def test_the_server_of_the_old_release_ends(place: Place) -> None:
    _, new = place.notes()
    before = children(place.live.process.pid)
    place.switched_to(new)
    place.wait_until(lambda: len(children(place.live.process.pid)) == 1)
    assert not children(place.live.process.pid) & before


def test_a_broken_release_is_not_published(place: Place) -> None:
    old, _ = place.notes()
    bad = release_saying(place.folder / "bad", "bad")
    broken(bad)
    before = children(place.live.process.pid)
    done = place.publish("bad")
    assert (done.returncode, done.stdout) == (2, "")
    assert "judgements.ttl: expected the sha256 of release.json" in done.stderr
    assert "Traceback" not in done.stderr
    assert manifest(place.served) == manifest(place.folder / old)
    assert place.says() == old
    assert children(place.live.process.pid) <= before


def test_a_release_that_is_broken_in_its_place_is_not_switched_to(place: Place) -> None:
    old, new = place.notes()
    before = children(place.live.process.pid)
    broken(place.served)
    place.live.process.send_signal(signal.SIGHUP)
    place.wait_until(lambda: "the release is not switched: judgements.ttl" in place.live.written())
    assert place.says() == old
    assert children(place.live.process.pid) <= before
    assert place.live.client.get("/readyz").status_code == 200
    shutil.rmtree(place.served)
    place.live.process.send_signal(signal.SIGHUP)
    place.wait_until(lambda: "the release is not switched: a build (release.json): not found" in place.live.written())
    assert place.says() == old
    assert children(place.live.process.pid) <= before
    place.switched_to(new)


def test_a_switch_does_not_wait_for_the_one_before(place: Place) -> None:
    old, new = place.notes()
    for note in (new, old, new):
        assert place.publish(note).returncode == 0
    place.wait_for(new)


def test_the_server_is_named_while_it_runs_and_no_other_takes_its_file(place: Place) -> None:
    assert place.pid_file.read_text("ascii") == f"{place.live.process.pid}\n"
    done = command("serve", "--port", "0", "--pid-file", place.pid_file)
    assert done.returncode == 2
    found = f"expected a pid file of no running server, found that of process {place.live.process.pid}"
    assert found in done.stderr
    assert "Traceback" not in done.stderr
    assert place.pid_file.read_text("ascii") == f"{place.live.process.pid}\n"


def test_a_process_can_be_told_by_its_number(place: Place) -> None:
    _, new = place.notes()
    number = str(place.live.process.pid)
    done = command("publish", place.folder / new, "--release", place.served, "--signal", number)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"process {number} is told to switch" in done.stdout
    place.wait_for(new)
