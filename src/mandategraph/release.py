"""A release on disk: the canonical Turtle of each named graph, and the manifest that names what it was made from."""

import ctypes
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import get_origin, get_type_hints

import pyoxigraph as ox

from mandategraph import turtle
from mandategraph.errors import MandategraphError, MissingError, SyntaxFault, UsageError, raise_all
from mandategraph.iris import Iris
from mandategraph.places import Place
from mandategraph.schemes import turtle_fault
from mandategraph.store.embedded import EmbeddedStore

MANIFEST = "release.json"
_HERE, _EXCHANGE = -100, 2
DATA = ("source", "registry", "judgements", "inferred")
DESCRIBED = ("service", "examples")
INPUTS = (
    "data/sources/*.txt",
    "data/sources/sources.toml",
    "data/registry/*.tsv",
    "data/judgements/*.tsv",
    "data/process/*.tsv",
    "ontology/*.ttl",
    "shapes/*.ttl",
    "queries/questions/*.rq",
    "queries/examples/*.rq",
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

    @property
    def digest(self) -> str:
        """The digest of the manifest, and with it of every file of the release."""
        return digest(self.text())

    @property
    def identity(self) -> str:
        """Which release this is: its version, and the first digits of the sha256 of its manifest."""
        return f"{self.version}+sha256.{self.digest[:12]}"


def digest(text: str | bytes) -> str:
    """The sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Home:
    """Where the files of mandategraph are: a checkout, or the package as it was installed."""

    root: Path
    checkout: bool
    elsewhere: Path | None = None

    @property
    def release(self) -> Path:
        """The folder of the release, which may be elsewhere."""
        return self.elsewhere or self.root / "data" / "graph"

    @property
    def queries(self) -> Path:
        """The folder of the query files."""
        return self.root / "queries"

    @property
    def words(self) -> Path:
        """The table of words people use for kinds of things."""
        return self.root / "data" / "naming" / "words.tsv"

    def inputs(self) -> dict[str, bytes]:
        """The bytes of every file a release is made from, by its path under the root."""
        found = sorted(path for pattern in INPUTS for path in self.root.glob(pattern) if path.is_file())
        try:
            return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}
        except OSError as error:
            raise UsageError(f"{error.filename}: expected a file that can be read, found {error.strerror}") from None


def home(root: Path | None = None, elsewhere: Path | None = None) -> Home:
    """The checkout a person names, else the checkout this package runs from, else what the package ships with.

    The release is that of another folder if one is named.

    Raises:
        MissingError: the named folder is not a checkout.
    """
    if root is not None:
        if not (root / "data" / "sources" / "sources.toml").is_file():
            raise MissingError("data/sources/sources.toml", str(root), remedy="name a checkout of mandategraph")
        return Home(root, checkout=True, elsewhere=elsewhere)
    above = Path(__file__).resolve().parents[2]
    if (above / "pyproject.toml").is_file() and (above / "data" / "sources").is_dir():
        return Home(above, checkout=True, elsewhere=elsewhere)
    return Home(Path(str(resources.files("mandategraph"))) / "_shipped", checkout=False, elsewhere=elsewhere)


def manifest(folder: Path) -> Manifest:
    """The manifest of a release.

    Raises:
        MissingError: there is no release in the folder.
        SyntaxFault: the manifest is not one.
        UsageError: it may not be read.
    """
    raw = _bytes(folder, MANIFEST)
    if raw is None:
        raise MissingError(f"a build ({MANIFEST})", str(folder), remedy="run 'mandategraph build'")
    return parsed_manifest(raw, MANIFEST)


def parsed_manifest(text: str | bytes, file: str) -> Manifest:
    """The manifest that a text is.

    Raises:
        SyntaxFault: it is none.
    """
    try:
        return _typed(Manifest(**json.loads(text)))
    except (ValueError, TypeError) as error:
        raise SyntaxFault(Place(file), "the manifest of a release", str(error)) from None


def _bytes(folder: Path, file: str) -> bytes | None:
    """What a file of a release holds, None if there is no such file."""
    path = folder / file
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise UsageError(f"{path}: expected a file that can be read, found {error.strerror}") from None


def _typed(held: Manifest) -> Manifest:
    for name, kind in get_type_hints(Manifest).items():
        if not isinstance(getattr(held, name), get_origin(kind) or kind):
            raise TypeError(f"{name}: expected {kind}, found {getattr(held, name)!r}")
    Iris(held.base)
    for name in held.graphs:
        ox.NamedNode(name)
    for file in held.digests:
        if PurePosixPath(file).is_absolute() or ".." in PurePosixPath(file).parts or file == MANIFEST:
            raise ValueError(f"files below its folder, found {file!r}")
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
        UsageError: a file may not be read.
    """
    files = _files(folder, held, held.graphs.values())
    return {ox.NamedNode(name): files[file] for name, file in held.graphs.items()}


def _files(folder: Path, held: Manifest, names: Iterable[str]) -> dict[str, str]:
    """The texts of files of a release, each held against its digest."""
    found: dict[str, str] = {}
    faults: list[MandategraphError] = []
    for file in names:
        raw = _bytes(folder, file)
        if raw is None:
            faults.append(MissingError(file, str(folder), remedy="run 'mandategraph build'"))
        elif digest(raw) != held.digests[file]:
            faults.append(SyntaxFault(Place(file), f"the sha256 of {MANIFEST}, {held.digests[file]}", digest(raw)))
        else:
            found[file] = raw.decode("utf-8")
    raise_all(faults)
    return found


def checked(folder: Path) -> tuple[Manifest, dict[str, str]]:
    """The manifest of a release that can be served, and the texts of all its files, the manifest among them.

    Raises:
        MissingError: there is no release in the folder, or a file of it is missing.
        SyntaxFault: a file cannot be read or was changed; several together as `Faults`.
        UsageError: a file may not be read, or the release has no graph.
    """
    held = manifest(folder)
    files = _files(folder, held, held.digests)
    if not held.graphs:
        raise UsageError(f"{folder / MANIFEST}: expected at least one graph, found none")
    for file in held.graphs.values():
        try:
            for _ in ox.parse(files[file].encode(), format=ox.RdfFormat.TURTLE, base_iri=held.base):
                pass
        except SyntaxError as error:
            raise turtle_fault(error, file) from None
    return held, {**files, MANIFEST: held.text()}


def checked_triples(folder: Path, held: Manifest) -> set[ox.Triple]:
    """The triples of a release that are held against the shapes: the data, and what it says of itself.

    Raises:
        MissingError: a file of the manifest is not there.
        SyntaxFault: a file is not the one the manifest was written with.
    """
    described = {Iris(held.base).mint("graph", name=name) for name in DESCRIBED}
    found = (text for name, text in texts(folder, held).items() if name in described or is_data(name, held.base))
    return {triple for text in found for triple in turtle.read(text, held.base)}


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
    _load(store, folder, held)
    return held, store


def _load(store: EmbeddedStore, folder: Path, held: Manifest) -> None:
    for name, text in texts(folder, held).items():
        try:
            store.load(text, held.base, name, in_default=is_data(name, held.base))
        except SyntaxError as error:
            raise turtle_fault(error, held.graphs[name.value]) from None


def on_disk(folder: Path, held: Manifest, kept: Path) -> Path:
    """The folder of a store on disk that holds a release, made under `kept` if it is not there yet.

    Raises:
        MissingError: a file of the release is missing.
        SyntaxFault: a file cannot be read or was changed.
        UsageError: `kept` cannot be written, or others can write to it.
    """
    made = kept / f"release-{held.digest[:32]}"
    try:
        kept.mkdir(mode=0o755, parents=True, exist_ok=True)
        _hold_to_be_ours(kept)
        if made.is_dir():
            return made
        with tempfile.TemporaryDirectory(prefix=f"{made.name}.new-", dir=kept) as fresh:
            store = EmbeddedStore(Path(fresh) / "store")
            _load(store, folder, held)
            store.settled()
            del store
            (Path(fresh) / "store").rename(made)
    except OSError as error:
        with suppress(OSError):
            if made.is_dir():  # another process has made it meanwhile
                return made
        raise UsageError(f"{kept}: expected a folder that can be written, found {error}") from None
    return made


def _hold_to_be_ours(folder: Path) -> None:
    """Refuse a folder in which another user could have put a store for the release."""
    found = folder.stat()
    if found.st_uid not in (0, os.geteuid()) or found.st_mode & 0o022:
        raise UsageError(f"{folder}: expected a folder that only this user can write, found one that others can")


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
        for path in fresh.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        _switch(fresh, folder)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise UsageError(f"{folder}: expected a folder that can be written, found {error.strerror}") from None
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _switch(fresh: Path, folder: Path) -> None:
    if folder.exists() and _exchanged(fresh, folder):
        shutil.rmtree(fresh, ignore_errors=True)
        return
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


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have taken each other's place in one step, so that neither was ever missing.

    Linux has a call for it, which not every file system knows.
    """
    try:
        call = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    return bool(call(_HERE, os.fsencode(one.absolute()), _HERE, os.fsencode(other.absolute()), _EXCHANGE) == 0)
