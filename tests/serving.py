"""What the tests of answers share: the release of this checkout in a store, its queries and its documents."""

from functools import cache
from pathlib import Path

from mandategraph import queries
from mandategraph.queries import Query
from mandategraph.release import Home, Manifest, opened
from mandategraph.store.embedded import EmbeddedStore

ROOT = Path(__file__).parents[1]
HOME = Home(ROOT, checkout=True)
DOCUMENTS = sorted(path.stem for path in (ROOT / "data" / "sources").glob("*.txt"))


@cache
def release() -> tuple[Manifest, EmbeddedStore]:
    """The manifest of the release and its graphs; nobody changes them."""
    return opened(HOME.release)


def manifest() -> Manifest:
    """What the release says of itself."""
    return release()[0]


def store() -> EmbeddedStore:
    """The graphs of the release."""
    return release()[1]


@cache
def folder_of(name: str) -> dict[str, Query]:
    """The query files of a folder of `queries/`, by name."""
    return queries.loaded(HOME.queries / name)


@cache
def source(document: str) -> str:
    """The text of a document, as it was obtained."""
    return (ROOT / "data" / "sources" / f"{document}.txt").read_bytes().decode("utf-8")
