"""What tests share: the real tables and documents of this checkout, loaded once, and how a command is run."""

import io
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from mandategraph import documents, judgements, registry, resolution, schemes, sources
from mandategraph.cli import main
from mandategraph.iris import Iris
from mandategraph.model import Corpus, Judgements, Reading, Registry
from mandategraph.schemes import Schemes
from running import STALE, Command, Outcome

settings.register_profile("tests", deadline=None, derandomize=True)
settings.load_profile("tests")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def iris() -> Iris:
    """The IRIs under the default base."""
    return Iris()


@pytest.fixture(scope="session", name="schemes")
def real_schemes(root: Path) -> Schemes:
    """The SKOS schemes of the ontology."""
    text = (root / "ontology/schemes.ttl").read_text("utf-8")
    return schemes.schemes_of(schemes.parsed(text, "schemes.ttl"), "schemes.ttl")


@pytest.fixture(scope="session")
def readings(root: Path) -> tuple[Reading, ...]:
    """All documents of `data/sources/`, read."""
    folder = root / "data/sources"
    described = sources.described((folder / "sources.toml").read_text("utf-8"), "sources.toml", documents.GENRES)
    return tuple(
        documents.read(each, sources.verified_text(each, (folder / each.file).read_bytes())) for each in described
    )


@pytest.fixture(scope="session", name="registry")
def real_registry(root: Path, schemes: Schemes) -> Registry:
    """The tables of `data/registry/`."""
    contents = {name: (root / f"data/registry/{name}.tsv").read_text("utf-8") for name in registry.SCHEMAS}
    return registry.loaded(contents, "data/registry", schemes)


@pytest.fixture(scope="session", name="judgements")
def real_judgements(root: Path, schemes: Schemes) -> Judgements:
    """The tables of `data/judgements/`."""
    contents = {name: (root / f"data/judgements/{name}.tsv").read_text("utf-8") for name in judgements.SCHEMAS}
    return judgements.loaded(contents, "data/judgements", schemes)


@pytest.fixture(scope="session")
def corpus(readings: tuple[Reading, ...], registry: Registry, judgements: Judgements) -> Corpus:
    """The documents with the instruments their headings mean, and the tables."""
    citations = {each.source.identifier: resolution.resolve(each, registry) for each in readings}
    return Corpus(readings, registry, citations, judgements)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Runs a command in this process; anything but an exit with a status fails the test."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def command(*arguments: str, given: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["mandategraph", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8"))
        with pytest.raises(SystemExit) as left:
            main()
        written = capsysbinary.readouterr()
        assert isinstance(left.value.code, int)
        return Outcome(left.value.code, written.out, STALE.sub("", written.err.decode("utf-8")))

    return command
