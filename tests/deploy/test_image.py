"""The container image: its steps are carried out here as they stand, without the engine that this needs nowhere else.

What is built is then served as the image would: by its user, from a file system nobody can write to, with its
environment; what only an engine does (the base image, layers, name spaces) is not tried.
"""

import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from containerfile import carry_out, of, stages
from needed import DEPLOY, INSISTED, need

from serving import ROOT
from unprivileged import unprivileged

TEXT = (DEPLOY / "Containerfile").read_text("utf-8")
BUILD, FINAL = stages(TEXT)
LOCKED = re.compile(r"^([\w.-]+)==.*?(?=^[\w.-]+==|\Z)", re.MULTILINE | re.DOTALL)


def test_it_has_two_stages_of_one_base() -> None:
    assert len({of(stage, "FROM")[0].removesuffix(" AS build") for stage in (BUILD, FINAL)}) == 1
    assert {tuple(of(stage, "ARG")) for stage in (BUILD, FINAL)} == {("PREFIX=/opt/mandategraph",)}


def test_what_is_served_is_what_was_built_and_nothing_else() -> None:
    assert of(FINAL, "COPY") == ["--from=build $PREFIX $PREFIX"]
    assert of(FINAL, "RUN") == []
    assert "ADD" not in {step.word for step in BUILD + FINAL}


def test_nothing_is_copied_but_what_the_wheel_is_made_of() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {name for rest in of(BUILD, "COPY") for name in shlex.split(rest)[:-1]}
    assert copied == {
        *("deploy/requirements.txt", "deploy/requirements-build.txt"),
        *("pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA.md", "src"),
        *wheel["force-include"],
    }


def test_it_runs_as_a_user_by_number_without_rights() -> None:
    (user,) = of(FINAL, "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_it_holds_no_secret() -> None:
    named = [word for step in BUILD + FINAL if step.word in ("ARG", "ENV") for word in re.findall(r"(\w+)=", step.rest)]
    assert named
    assert [name for name in named if re.search("KEY|TOKEN|SECRET|PASS", name)] == []
    assert not re.search(r"--mount|--secret|https?://\w+:\w+@", TEXT)


def test_what_is_installed_is_locked_by_digest() -> None:
    installs = [rest for rest in of(BUILD, "RUN") if "pip install" in rest or '/pip" install' in rest]
    assert len(installs) == 3
    assert all("--require-hashes" in each or "--no-index --no-deps dist/" in each for each in installs)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt"])
def test_the_locks_are_part_of_the_one_lock(name: str) -> None:
    whole = locked(ROOT / "requirements.txt")
    part = locked(DEPLOY / name)
    assert len(part) > 4
    assert {package: found for package, found in part.items() if whole.get(package) != found} == {}


def test_what_serves_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {re.split(r"[<>=\[]", each)[0] for each in (*project["dependencies"], *extras["serve"], *extras["remote"])}
    part = locked(DEPLOY / "requirements.txt")
    assert wanted <= part.keys()
    assert not part.keys() & {"rdflib", "pyshacl", "owlrl", "pytest", "mypy", "schemathesis"}


def locked(path: Path) -> dict[str, frozenset[str]]:
    """The packages of a lock: version and digests, by name."""
    text = path.read_text("utf-8")
    return {found[1]: frozenset(re.findall(r"==\S+|sha256:[0-9a-f]{64}", found[0])) for found in LOCKED.finditer(text)}


# Carried out


@dataclass(frozen=True)
class Image:
    """What the build stage made, and how the final one runs it."""

    prefix: Path
    folder: Path

    def environment(self, **more: str) -> dict[str, str]:
        """The environment that the image sets; nothing of this machine's."""
        (line,) = of(FINAL, "ENV")
        pairs = (each.split("=", 1) for each in shlex.split(line))
        return {name: value.replace("$PREFIX", str(self.prefix)) for name, value in pairs} | more


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image, built below a folder that every user may read."""
    if not INSISTED:
        pytest.skip("it takes a minute and the network: 'make deploy' does it")
    need("git", "/usr/bin/python3", "unshare", "setpriv", root=True)
    folder = Path(tempfile.mkdtemp(prefix="mandategraph-image-"))
    try:
        folder.chmod(0o755)
        context = folder / "context"
        context.mkdir()
        archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True)  # noqa: S607 -- from the path, as who tests has it
        subprocess.run(["tar", "-x"], cwd=context, input=archive.stdout, check=True)  # noqa: S607 -- from the path, as who tests has it
        prefix = folder / "opt" / "mandategraph"
        carry_out(BUILD, context, folder / "build", prefix)
        shutil.rmtree(context)
        shutil.rmtree(folder / "build")
        yield Image(prefix, folder)
    finally:
        shutil.rmtree(folder)


@dataclass(frozen=True)
class Running:
    """A server of the image."""

    address: str
    process: subprocess.Popen[str]
    environment: dict[str, str]


@pytest.fixture(scope="module")
def running(image: Image) -> Iterator[Running]:
    """The image, run as it says of itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = image.environment(MANDATEGRAPH_PORT=str(port))
    user, _, group = of(FINAL, "USER")[0].partition(":")
    command = [
        *unprivileged(user, group),
        *json.loads(of(FINAL, "ENTRYPOINT")[0]),
        *json.loads(of(FINAL, "CMD")[0]),
    ]
    process = subprocess.Popen(command, env=environment, cwd="/", stderr=subprocess.PIPE, text=True)
    assert process.stderr
    with process:
        try:
            said = process.stderr.readline()
            assert said.startswith(f"http://0.0.0.0:{port}/"), said + process.stderr.read()
            yield Running(f"http://127.0.0.1:{port}", process, environment)
        finally:
            process.terminate()


def test_what_is_built_answers_as_another_user_from_a_file_system_nobody_can_write_to(running: Running) -> None:
    status = Path(f"/proc/{running.process.pid}/status").read_text("ascii")
    user = of(FINAL, "USER")[0].partition(":")[0]
    assert re.findall(r"^Uid:\s+(\d+)", status, re.MULTILINE) == [user]
    assert re.findall(r"^CapEff:\s+(\w+)", status, re.MULTILINE) == ["0" * 16]
    assert " ro," in Path(f"/proc/{running.process.pid}/mountinfo").read_text("utf-8").splitlines()[0]
    ready = httpx.get(f"{running.address}/readyz", timeout=30)
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    answer = httpx.get(f"{running.address}/sparql", params={"query": "ASK { ?s ?p ?o }"}, timeout=30)
    assert answer.json()["boolean"] is True
    assert "2.1.2" in httpx.get(f"{running.address}/support", params={"action": "2.1.2"}, timeout=30).text


def test_its_health_is_looked_at_as_it_says(image: Image, running: Running) -> None:
    command = json.loads(of(FINAL, "HEALTHCHECK")[0].partition(" CMD ")[2])
    assert subprocess.run(command, env=running.environment, check=False).returncode == 0
    elsewhere = image.environment(MANDATEGRAPH_PORT="9")
    done = subprocess.run(command, env=elsewhere, capture_output=True, check=False)
    assert done.returncode != 0


def test_what_is_built_holds_no_installer_and_no_tests(image: Image) -> None:
    names = {path.name for path in image.prefix.rglob("*")}
    assert {"pip", "setuptools", "pytest", "hatchling", "git"} & names == set()
    assert {"mandategraph", "uvicorn", "pyoxigraph"} <= names


def test_it_ends_by_the_signal_it_names(running: Running) -> None:
    running.process.send_signal(signal.Signals[of(FINAL, "STOPSIGNAL")[0]])
    since = time.monotonic()
    assert running.process.wait(40) == 0
    assert time.monotonic() - since < 10
