"""What tests share: the real tables and documents of this checkout, loaded once, and how a command is run."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from mandategraph import corpora, publication, schemes
from mandategraph.cli import main
from mandategraph.corpora import Inputs
from mandategraph.iris import Iris
from mandategraph.model import Corpus, Judgements, Reading, Registry
from mandategraph.release import Home
from mandategraph.schemes import Schemes
from mandategraph.store import credentials
from mandategraph.store.link import Link
from mandategraph.store.remote import RemoteStore
from mandategraph.triples import Graphs, state
from running import STALE, Command, Outcome
from servers import KINDS, PASSWORD, USER, Server, started
from stating import VERSION, Stated
from stocked import real

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


@pytest.fixture(scope="session")
def inputs(root: Path) -> Inputs:
    """The input files of the checkout."""
    return Inputs(Home(root, checkout=True).inputs(), str(root))


@pytest.fixture(scope="session", name="schemes")
def real_schemes(inputs: Inputs) -> Schemes:
    """The SKOS schemes of the ontology."""
    names = [name for name in inputs.files if name.startswith("ontology/") and name.endswith(".ttl")]
    text = "\n".join(inputs.text(name) for name in names)
    return schemes.schemes_of(schemes.parsed(text, "ontology"), "ontology")


@pytest.fixture(scope="session")
def readings(inputs: Inputs) -> tuple[Reading, ...]:
    """All documents of `data/sources/`, read."""
    return corpora.readings(inputs)


@pytest.fixture(scope="session")
def corpus(inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes) -> Corpus:
    """The documents with the instruments their headings mean, and the tables."""
    return corpora.assembled(inputs, readings, schemes)


@pytest.fixture(scope="session", name="registry")
def real_registry(corpus: Corpus) -> Registry:
    """The tables of instruments, titles, spellings, plans and forums."""
    return corpus.registry


@pytest.fixture(scope="session", name="judgements")
def real_judgements(corpus: Corpus) -> Judgements:
    """The tables of cues, verbs, overlaps, stated sources and the limits of the data set."""
    return corpus.judgements


@pytest.fixture(scope="session")
def graphs(corpus: Corpus, iris: Iris, schemes: Schemes) -> Graphs:
    """What is stated of the real documents and tables, by the name of its graph."""
    return state(corpus, iris, schemes, VERSION)


@pytest.fixture(scope="session")
def stated(graphs: Graphs) -> Stated:
    """What is stated of the real documents and tables, all graphs together."""
    return Stated(graphs)


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


@pytest.fixture(scope="session", params=KINDS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A SPARQL server of each kind, one after the other, and in the environment who we are to it."""
    kind: str = request.param
    with started(kind, tmp_path_factory.mktemp(kind)) as running, pytest.MonkeyPatch.context() as environment:
        environment.setenv(credentials.USER, USER)
        environment.setenv(credentials.PASSWORD, PASSWORD)
        yield running


@pytest.fixture
def link(server: Server) -> Iterator[Link]:
    """A line to a server that may change it."""
    with Link(server.endpoints) as made:
        yield made


@pytest.fixture
def remote(link: Link) -> RemoteStore:
    """The release of this checkout in a server, put there if the server holds another."""
    held, graphs = real()
    if not publication.is_current(link, held):
        publication.load(link, held, graphs, lambda *_: None)
    return publication.opened(link)[1]
