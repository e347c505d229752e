"""The floors of the house, the one home of each fact, and what the project does not speak of."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pyoxigraph as ox

from mandategraph.vocabulary import MG

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
DEFINED = {
    quad.subject.value.removeprefix(MG.iri)
    for path in (ROOT / "ontology").glob("*.ttl")
    for quad in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
    if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(MG.iri)
}


def used_terms() -> dict[str, set[str]]:
    """The terms of the ontology that code, shapes and queries use, with where."""
    found: dict[str, set[str]] = {}
    patterns = {"src/**/*.py": r'MG\["([\w-]+)"', "shapes/*.ttl": r"\bmg:([\w-]+)", "queries/**/*.rq": r"\bmg:([\w-]+)"}
    for files, pattern in patterns.items():
        paths = sorted(ROOT.glob(files))
        assert paths
        for path in paths:
            for name in re.findall(pattern, path.read_text("utf-8")):
                found.setdefault(name, set()).add(path.name)
    return found


def test_imports_go_only_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_every_term_in_use_is_defined() -> None:
    assert {name: places for name, places in used_terms().items() if name not in DEFINED} == {}


def test_every_term_is_used_by_code_a_shape_a_question_or_the_data() -> None:
    data = "".join(path.read_text("utf-8") for path in (ROOT / "data" / "graph").rglob("*.ttl"))
    schemes = (ROOT / "ontology" / "schemes.ttl").read_text("utf-8")
    in_schemes = set(re.findall(r"^mg:([\w-]+)", schemes, re.MULTILINE))
    idle = {
        name
        for name in DEFINED - used_terms().keys() - in_schemes
        if not re.search(rf"\bmg:{re.escape(name)}\b(?! *$)", data, re.MULTILINE)
    }
    assert idle == set()


def test_modules_and_functions_stay_small() -> None:
    assert len(SOURCES) > 20
    long = {str(path): len(path.read_text("utf-8").split("\n")) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_locks_carry_no_registry_address() -> None:
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    assert lock.count("--hash=sha256:") > 100
    assert re.findall(r"https?://|index.url", lock) == []


def test_the_lock_of_the_clients_that_tests_start_carries_no_registry_address() -> None:
    lock = (ROOT / "tests" / "comunica" / "package-lock.json").read_text("utf-8")
    assert lock.count('"integrity": "sha512-') > 100
    assert re.findall(r'"resolved"|registry', lock) == []


def test_the_lock_covers_the_extras() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(each for extra in project["project"]["optional-dependencies"].values() for each in extra),
        *project["dependency-groups"]["dev"],
    ]
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
    assert {re.split(r"[<>=\[]", each)[0] for each in wanted} <= locked


def test_versions_have_one_home() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for file in ("CITATION.cff", "CHANGELOG.md", "ontology/mandategraph.ttl"):
        assert version in (ROOT / file).read_text("utf-8"), file
