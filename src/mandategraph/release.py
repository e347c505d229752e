"""A release on disk: the canonical Turtle of each named graph, and the manifest that names what it was made from."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path
from typing import get_origin, get_type_hints

import pyoxigraph as ox

from mandategraph import turtle
from mandategraph.errors import MandategraphError, MissingError, SyntaxFault, UsageError, raise_all
from mandategraph.iris import Iris
from mandategraph.places import Place
from mandategraph.schemes import turtle_fault
from mandategraph.store.embedded import EmbeddedStore

MANIFEST = "release.json"
DATA = ("source", "registry", "judgements", "inferred")
INPUTS = (
    "data/sources/*.txt",
    "data/sources/sources.toml",
    "data/registry/*.tsv",
    "data/judgements/*.tsv",
    "data/process/*.tsv",
    "ontology/*.ttl",
    "shapes/*.ttl",
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a release says of itself: version, base, the digests of its inputs and of its files."""

    version: str
    base: str
    inputs: dict[str, str]
    graphs: dict[str, str]
    digests: dict[str, str]
    inferred_from: str
    checked_against: str
    findings: dict[str, int]
    triples: dict[str, int]

    def text(self) -> str:
        """The manifest as it is written: sorted, without a clock."""
        return json.dumps(asdict(self), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def digest(text: str | bytes) -> str:
    """The sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Home:
    """Where the files of mandategraph are: a checkout, or the package as it was installed."""

    root: Path
    checkout: bool

    @property
    def release(self) -> Path:
        """The folder of the release."""
        return self.root / "data" / "graph"

    @property
    def queries(self) -> Path:
        """The folder of the query files."""
        return self.root / "queries"

    def inputs(self) -> dict[str, bytes]:
        """The bytes of every file a release is made from, by its path under the root."""
        found = sorted(path for pattern in INPUTS for path in self.root.glob(pattern) if path.is_file())
        try:
            return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}
        except OSError as error:
            raise UsageError(f"{error.filename}: expected a file that can be read, found {error.strerror}") from None


def home(root: Path | None = None) -> Home:
    """The checkout a person names, else the checkout this package runs from, else what the package ships with.

    Raises:
        MissingError: the named folder is not a checkout.
    """
    if root is not None:
        if not (root / "data" / "sources" / "sources.toml").is_file():
            raise MissingError("data/sources/sources.toml", str(root), remedy="name a checkout of mandategraph")
        return Home(root, checkout=True)
    above = Path(__file__).resolve().parents[2]
    if (above / "pyproject.toml").is_file() and (above / "data" / "sources").is_dir():
        return Home(above, checkout=True)
    return Home(Path(str(resources.files("mandategraph"))) / "_shipped", checkout=False)


def manifest(folder: Path) -> Manifest:
    """The manifest of a release.

    Raises:
        MissingError: there is no release in the folder.
        SyntaxFault: the manifest cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise MissingError(f"a build ({MANIFEST})", str(folder), remedy="run 'mandategraph build'")
    return parsed_manifest(path.read_bytes(), path.name)


def parsed_manifest(text: str | bytes, file: str) -> Manifest:
    """The manifest that a text is.

    Raises:
        SyntaxFault: it is none.
    """
    try:
        return _typed(Manifest(**json.loads(text)))
    except (ValueError, TypeError) as error:
        raise SyntaxFault(Place(file), "the manifest of a release", str(error)) from None


def _typed(held: Manifest) -> Manifest:
    for name, kind in get_type_hints(Manifest).items():
        if not isinstance(getattr(held, name), get_origin(kind) or kind):
            raise TypeError(f"{name}: expected {kind}, found {getattr(held, name)!r}")
    Iris(held.base)
    for name in held.graphs:
        ox.NamedNode(name)
    if not set(held.graphs.values()) <= held.digests.keys():
        raise ValueError("a digest for every file")
    return held


def stale(where: Home, held: Manifest) -> list[str]:
    """The inputs of a checkout that are not the ones its release was built from; none for an installed package."""
    if not where.checkout:
        return []
    now = {name: digest(content) for name, content in where.inputs().items()}
    return sorted({name for name, _ in now.items() ^ held.inputs.items()})


def texts(folder: Path, held: Manifest) -> dict[ox.NamedNode, str]:
    """The Turtle texts of the named graphs of a release.

    Raises:
        MissingError: a file of the manifest is not there.
        SyntaxFault: a file is not the one the manifest was written with; several together as `Faults`.
    """
    found: dict[ox.NamedNode, str] = {}
    faults: list[MandategraphError] = []
    for name, file in held.graphs.items():
        path = folder / file
        if not path.is_file():
            faults.append(MissingError(file, str(folder), remedy="run 'mandategraph build'"))
            continue
        raw = path.read_bytes()
        if digest(raw) != held.digests[file]:
            faults.append(SyntaxFault(Place(file), f"the sha256 of {MANIFEST}, {held.digests[file]}", digest(raw)))
            continue
        found[ox.NamedNode(name)] = raw.decode("utf-8")
    raise_all(faults)
    return found


def data_triples(folder: Path, held: Manifest) -> set[ox.Triple]:
    """The triples of the default graph of a release: the set union of its data graphs.

    Raises:
        MissingError: a file of the manifest is not there.
        SyntaxFault: a file is not the one the manifest was written with.
    """
    data = (text for name, text in texts(folder, held).items() if is_data(name, held.base))
    return {triple for text in data for triple in turtle.read(text, held.base)}


def is_data(name: ox.NamedNode, base: str) -> bool:
    """Whether a named graph is one of those that make the default graph."""
    parsed = Iris(base).parse(name.value)
    if parsed is None:
        return False
    rule, parts = parsed
    return rule == "source-graph" or (rule == "graph" and parts["name"] in DATA)


def opened(folder: Path) -> tuple[Manifest, EmbeddedStore]:
    """The manifest of a release and its graphs in a store.

    Raises:
        MissingError: there is no release in the folder, or a file of it is missing.
        SyntaxFault: a file cannot be read or was changed.
    """
    held = manifest(folder)
    store = EmbeddedStore()
    for name, text in texts(folder, held).items():
        try:
            store.load(text, held.base, name, in_default=is_data(name, held.base))
        except SyntaxError as error:
            raise turtle_fault(error, held.graphs[name.value]) from None
    return held, store


def publish(folder: Path, files: Mapping[str, str]) -> None:
    """Put a release in place of the one before: written beside it as a whole, then switched to.

    Raises:
        UsageError: the folder cannot be written; the release before is left as it was.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f"{folder.name}.new-", dir=folder.parent))
    except OSError as error:
        raise UsageError(f"{folder.parent}: expected a folder that can be written, found {error.strerror}") from None
    fresh.chmod(0o755)
    try:
        for name, text in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
        _switch(fresh, folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise UsageError(f"{folder}: expected a folder that can be written, found {error.strerror}") from None
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _switch(fresh: Path, folder: Path) -> None:
    old = Path(f"{fresh}-old".replace(".new-", ".old-"))
    if folder.exists():
        os.rename(folder, old)
    try:
        os.rename(fresh, folder)
    except BaseException:
        if old.exists():
            os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
