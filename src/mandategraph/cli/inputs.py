"""What a person types, as what the release has: names to IRIs, parameters to values, files to texts."""

import sys
from pathlib import Path

import pyoxigraph as ox

from mandategraph import naming, queries
from mandategraph.cli import printing, stores
from mandategraph.errors import MissingError, UsageError
from mandategraph.release import Home, Manifest, home, opened, stale
from mandategraph.store import Store
from mandategraph.store.embedded import EmbeddedStore
from mandategraph.vocabulary import PREFIXES


def release_of(root: Path | None, elsewhere: str | None) -> tuple[Home, Manifest, Store]:
    """The release to answer from, in a store: the one elsewhere that is named, else the release that is here.

    Raises:
        MandategraphError: there is none, a file of it cannot be read, or the store elsewhere does not answer.
    """
    return (home(root), *stores.opened(elsewhere)) if elsewhere else release_here(root)


def release_here(root: Path | None) -> tuple[Home, Manifest, EmbeddedStore]:
    """The release of this machine, in a store; a note is printed if its inputs have changed since.

    Raises:
        MandategraphError: there is none, or a file of it cannot be read.
    """
    where = home(root)
    held, store = opened(where.release)
    changed = stale(where, held)
    if changed:
        printing.error(f"note: the release was built before {', '.join(changed[:3])} changed; run 'mandategraph build'")
    return where, held, store


def named(name: str, where: Home, held: Manifest, store: Store) -> list[str]:
    """The IRIs a name may mean.

    Raises:
        MissingError: nothing is known under it; the nearest names are told.
    """
    prefix, _, local = name.partition(":")
    candidates = [PREFIXES[prefix] + local] if prefix in PREFIXES else [name, held.base + name]
    for iri in candidates:
        node = _node(iri)
        if node and any(store.describe(node)):
            return [iri]
    lookup = queries.loaded(where.queries / "lookups")["names"]
    listed = queries.rows(store, lookup, {}).values()
    of, _, number = name.rpartition("/")
    found = [
        row["resource"] for row in listed if row["name"] == name or (of and (row["of"], row["name"]) == (of, number))
    ]
    return found or _meant(name, where, store)


def _meant(name: str, where: Home, store: Store) -> list[str]:
    names = naming.opened(store, queries.loaded(where.queries / "lookups"), where.words)
    found = [each.iri for each in names.candidates(name)]
    if not found:
        raise MissingError(f"resource {name!r}", "the release", names.near(name))
    return found


def _node(iri: str) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(iri)
    except ValueError:
        return None


def parameters(given: list[str]) -> dict[str, str]:
    """The values given as name=value, by name.

    Raises:
        UsageError: one has no '=', or two have one name.
    """
    pairs = [each.partition("=") for each in given]
    wrong = [each for each, pair in zip(given, pairs, strict=True) if not pair[1]]
    if wrong:
        raise UsageError(f"--param: expected name=value, found {', '.join(wrong)}")
    found = {name: text for name, _, text in pairs}
    if len(found) < len(pairs):
        twice = sorted({name for name in found if sum(each[0] == name for each in pairs) > 1})
        raise UsageError(f"--param: expected each name once, found several of {', '.join(twice)}")
    return found


def text(file: str) -> str:
    """The text of a file, or of standard input for '-'.

    Raises:
        UsageError: it cannot be read as UTF-8.
    """
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: expected a file of text in UTF-8, found {_reason(error)}") from None


def raw(file: str) -> bytes:
    """The bytes of a file, or of standard input for '-'.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: expected a file that can be read, found {_reason(error)}") from None


def _reason(error: OSError | UnicodeDecodeError) -> str:
    """What is wrong with a file, without its name."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"the byte {error.object[error.start]:#04x} at {error.start}"
