"""The SPARQL servers that the tests start, each on a loopback port of its own, its data in a folder of the test."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from mandategraph.store.addresses import Endpoints

REQUIRED = "MANDATEGRAPH_STORES_REQUIRED"
JAR = "MANDATEGRAPH_FUSEKI_JAR"
USER, PASSWORD = "loader", "for this test only"
KINDS = ("oxigraph", "fuseki", "virtuoso")
ATOMIC = frozenset({"oxigraph", "fuseki"})
"""The servers on which a query during a switch reads one release or the other, never both."""
MERGING = frozenset({"fuseki"})
"""The servers that merge several default graphs as the set they are."""
_PATIENCE = 60.0

_VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/virtuoso-temp.db
TransactionFile = {folder}/virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
CheckpointInterval = 0
CaseMode = 2
DirsAllowed = {folder}
ThreadsPerQuery = 1
AsyncQueueMaxThreads = 1
NumberOfBuffers = 20000
MaxDirtyBuffers = 15000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 8
[SPARQL]
ResultSetMaxRows = 1000000
"""
_VIRTUOSO_USERS = f"""
DB.DBA.USER_CREATE('{USER}', '{PASSWORD}');
GRANT SPARQL_UPDATE TO "{USER}";
DB.DBA.RDF_DEFAULT_USER_PERMS_SET('{USER}', 7);
"""


@dataclass(frozen=True)
class Server:
    """A server that runs: which one, and where it is asked, changed and filled."""

    kind: str
    endpoints: Endpoints

    @property
    def arguments(self) -> list[str]:
        """What a load needs to be told."""
        told = ["--to", self.endpoints.query]
        if self.kind == "virtuoso":
            told += ["--update", self.endpoints.update, "--graph-store", self.endpoints.graphs]
        return told


def missing(kind: str) -> str:
    """What a server of a kind needs that is not on this machine; empty if nothing."""
    if kind == "virtuoso":
        return "" if shutil.which("virtuoso-t") and shutil.which("isql-vt") else "virtuoso-t and isql-vt on the path"
    if kind == "oxigraph":
        return "" if _oxigraph().is_file() else "the development package oxigraph"
    if not shutil.which("java"):
        return "java on the path"
    return "" if Path(os.environ.get(JAR, "")).is_file() else f"the jar of jena-fuseki-server, named by {JAR}"


@contextmanager
def started(kind: str, folder: Path) -> Iterator[Server]:
    """A server of a kind that answers, with its data in a folder; it is ended after use."""
    lacking = missing(kind)
    if lacking and kind in os.environ.get(REQUIRED, "").split(","):
        pytest.fail(f"{kind} is required here by {REQUIRED} and needs {lacking}")
    if lacking:
        pytest.skip(f"{kind} needs {lacking}; '.ci/stores' installs it")
    begin = {"oxigraph": _start_oxigraph, "fuseki": _start_fuseki, "virtuoso": _start_virtuoso}[kind]
    with begin(folder) as endpoints:
        yield Server(kind, endpoints)


def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _oxigraph() -> Path:
    return Path(sys.executable).with_name("oxigraph")


@contextmanager
def _start_oxigraph(folder: Path) -> Iterator[Endpoints]:
    at = f"127.0.0.1:{free_port()}"
    with _running([str(_oxigraph()), "serve", "--bind", at], folder, f"http://{at}/query"):
        yield Endpoints(f"http://{at}/query", f"http://{at}/update", f"http://{at}/store")


@contextmanager
def _start_fuseki(folder: Path) -> Iterator[Endpoints]:
    port = free_port()
    given = ["--localhost", "--port", str(port), "--mem", "--update", "/ds"]
    java = [str(shutil.which("java")), "-Xmx1g", "-jar", os.environ[JAR]]
    at = f"http://127.0.0.1:{port}/ds"
    with _running([*java, *given], folder, at):
        yield Endpoints(at, at, at)


@contextmanager
def _start_virtuoso(folder: Path) -> Iterator[Endpoints]:
    sql, http = free_port(), free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http), "utf-8")
    at = f"http://127.0.0.1:{http}"
    with _running(
        [str(shutil.which("virtuoso-t")), "+foreground", "+configfile", str(settings)], folder, f"{at}/sparql"
    ):
        users = folder / "users.sql"
        users.write_text(_VIRTUOSO_USERS, "utf-8")
        line = [str(shutil.which("isql-vt")), f"127.0.0.1:{sql}", "dba", "dba", str(users)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=_PATIENCE, check=True)
        assert "Error" not in done.stderr, done.stderr
        yield Endpoints(f"{at}/sparql", f"{at}/sparql-auth", f"{at}/sparql-graph-crud-auth")


@contextmanager
def _running(command: list[str], folder: Path, address: str) -> Iterator[None]:
    """A process that is waited for until it answers queries, and ended after use."""
    with (
        (folder / "output.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={**os.environ, "FUSEKI_BASE": str(folder)}
        ) as it,
    ):
        try:
            _wait_for(address, it, folder / "output.log")
            yield
        finally:
            it.kill()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(address, params={"query": "ASK {}"}, timeout=5).is_success:
                return
        except httpx.HTTPError:
            time.sleep(0.05)
    pytest.fail(f"{address} did not answer in {_PATIENCE} seconds: {log.read_text('utf-8', 'replace')[-2000:]}")
