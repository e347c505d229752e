"""A worker is confined: over a store in memory and over one on disk the engine opens no socket, and bounds hold."""

import os
import platform
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox
import pytest
from live import served

from mandategraph.server import confinement
from mandategraph.server.nursery import planted
from mandategraph.server.pages import Pages
from mandategraph.server.settings import MIB, Limits
from mandategraph.server.wire import HEAD, Job, Reply, lengths, packed_job, reply_of
from mandategraph.server.worker import begun
from mandategraph.store.embedded import EmbeddedStore
from serving import manifest

FORMS = {
    "rows": "application/sparql-results+json",
    "boolean": "application/sparql-results+json",
    "graph": "text/turtle",
}


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and what connects to it."""
    heard: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def accept() -> None:
            while not ended.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                heard.append(str(peer))
                connection.close()

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            ended.set()
            thread.join()


def forked(what: Callable[[], str]) -> str:
    """What a fork of this process says; it does nothing else."""
    told, telling = os.pipe()
    number = os.fork()
    if not number:
        try:
            said = what()
        except BaseException as error:  # noqa: BLE001 -- it is what the fork says
            said = "OSError" if isinstance(error, OSError) else type(error).__name__
        os.write(telling, said.encode())
        os._exit(0)
    os.close(telling)
    with os.fdopen(told) as reading:
        said = reading.read()
    os.waitpid(number, 0)
    return said


@pytest.mark.parametrize("kind", ["memory", "disk"])
@pytest.mark.parametrize("confined", [True, False])
def test_the_engine_reaches_no_address_from_a_confined_process(tmp_path: Path, kind: str, confined: bool) -> None:  # noqa: FBT001 -- both are tried
    folder = tmp_path / "store" if kind == "disk" else None
    if folder:
        EmbeddedStore(folder).settled()

    def asked() -> str:
        if confined:
            assert confinement.without_sockets()
        store = EmbeddedStore(folder, read_only=True) if folder else EmbeddedStore()
        if confined:
            confinement.bounded(512 * MIB, files=bool(folder))
        return str(list(store.query(f"ASK {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}")))  # type: ignore[arg-type] # it fails before it answers

    with listening() as (port, heard):
        assert forked(asked) == "OSError"
    # The engine does call out where nothing keeps it from it: so the test can fail.
    assert bool(heard) is not confined


@pytest.mark.parametrize("options", [(), ("--disk-above", "0")], ids=["memory", "disk"])
def test_every_worker_of_a_real_server_is_confined(tmp_path: Path, options: tuple[str, ...]) -> None:
    with served(tmp_path, *options, "--disk-folder", str(tmp_path / "disk")) as live:
        assert live.query("ASK { ?s ?p ?o }").json()["boolean"] is True
        workers = live.workers()
        assert len(workers) >= Limits().workers
        for number in workers:
            told = Path(f"/proc/{number}/status").read_text("ascii")
            assert "\nSeccomp:\t2\n" in told
            assert "\nNoNewPrivs:\t1\n" in told
            limits = Path(f"/proc/{number}/limits").read_text("ascii")
            assert bool(re.search(r"^Max open files +0 +0 ", limits, re.MULTILINE)) is not bool(options)
        assert "cannot keep workers" not in live.written()


def test_whether_the_kernel_can_refuse_sockets_is_tried_without_giving_them_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert confinement.can_refuse_sockets()
    socket.socket().close()
    monkeypatch.setattr(platform, "machine", lambda: "vax")
    assert not confinement.can_refuse_sockets()


def test_sockets_are_refused_to_threads_too() -> None:
    def asked() -> str:
        confinement.without_sockets()
        found: list[str] = []

        def connect() -> None:
            try:
                socket.create_connection(("127.0.0.1", 1))
            except OSError as error:
                found.append(type(error).__name__)

        thread = threading.Thread(target=connect)
        thread.start()
        thread.join()
        return found[0]

    assert forked(asked) == "PermissionError"


def test_a_confined_process_opens_no_file_and_writes_none(tmp_path: Path) -> None:
    def reads() -> str:
        confinement.bounded(64 * MIB, files=False)
        return Path("/etc/passwd").read_text("utf-8")

    def writes() -> str:
        confinement.bounded(64 * MIB, files=True)
        (tmp_path / "x").write_text("y" * 100_000, "utf-8")
        return "written"

    assert forked(reads) == "OSError"
    assert forked(writes) == "OSError"


def test_memory_beyond_what_there_is_is_bounded() -> None:
    def asks(size: int) -> Callable[[], str]:
        def asked() -> str:
            confinement.bounded(64 * MIB, files=False)
            return str(len(bytes(size)))

        return asked

    assert forked(asks(16 * MIB)) == str(16 * MIB)
    assert forked(asks(128 * MIB)) == "MemoryError"


def test_a_worker_answers_over_a_store_on_disk(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    store.load("<a> <p> 1 .", "http://example.org/", ox.NamedNode("http://example.org/g"), in_default=True)
    store.settled()
    del store
    work = begun(
        lambda: EmbeddedStore(tmp_path / "store", read_only=True), 256, Pages(manifest(), {}, {}).results, files=True
    )
    number, channel = planted(work)
    try:
        channel.send(b"fork")
        _, files, _, _ = socket.recv_fds(channel, 64, 1)
        with socket.socket(fileno=files[0]) as worker:
            assert answer(worker, "SELECT ?o { ?s ?p ?o }").facts["kind"] == "rows"
            assert b'"value":"1"' in answer(worker, "SELECT ?o { ?s ?p ?o }").body
            assert answer(worker, "SELECT").outcome == "syntax"
            assert answer(worker, "SELECT * { SERVICE <http://127.0.0.1:1/> {} }").outcome == "syntax"
    finally:
        channel.close()
        os.waitpid(number, 0)


def answer(worker: socket.socket, query: str) -> Reply:
    """The reply of a worker."""
    worker.sendall(packed_job(Job(query, FORMS, MIB)))
    head, body = lengths(worker.recv(HEAD, socket.MSG_WAITALL))
    told = worker.recv(head, socket.MSG_WAITALL)
    return reply_of(told, worker.recv(body, socket.MSG_WAITALL) if body else b"")
