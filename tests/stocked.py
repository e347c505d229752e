"""Releases to load: that of this checkout, and small ones that tell apart which is answering."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from mandategraph.publication import Triples
from mandategraph.release import MANIFEST, Manifest, digest
from serving import release

BASE = release()[0].base
MARK, MARKED = ox.NamedNode(f"{BASE}test/mark"), ox.NamedNode(f"{BASE}test/marked")


@cache
def real() -> tuple[Manifest, Triples]:
    """The release of this checkout."""
    held, store = release()
    return held, {name: frozenset(store.graph(ox.NamedNode(name))) for name in held.graphs}


def small(version: str, size: int = 10, *, without: str = "") -> tuple[Manifest, Triples]:
    """A release of a few graphs that all say which version it is; blank nodes in one, a shared triple in two."""
    names = [name for name in ("graph/registry", "graph/source/one", "graph/shapes") if name != without]
    graphs = {f"{BASE}{name}": _content(version, name, size) for name in names}
    files = {name: f"{name.rpartition('/')[2]}.ttl" for name in graphs}
    held = replace(
        release()[0],
        version=version,
        graphs=files,
        digests=dict.fromkeys(files.values(), version),
        triples={files[name]: len(triples) for name, triples in graphs.items()},
    )
    return held, graphs


def _content(version: str, name: str, size: int) -> frozenset[ox.Triple]:
    numbered = {
        ox.Triple(ox.NamedNode(f"{BASE}test/{name}/{number}"), MARKED, ox.Literal(f"{version} {number}"))
        for number in range(size)
    }
    blank = {ox.Triple(ox.BlankNode(f"b{number}"), MARKED, ox.Literal(number)) for number in range(3)}
    return frozenset(
        {ox.Triple(MARK, MARKED, ox.Literal(version)), *numbered, *(blank if name.endswith("shapes") else ())}
    )


def checkout(folder: Path, release: tuple[Manifest, Triples]) -> Manifest:
    """What a release says of itself once it stands in a folder that is taken for a checkout."""
    held, graphs = release
    texts = {held.graphs[name]: ox.serialize(graphs[name], format=ox.RdfFormat.TURTLE) or b"" for name in graphs}
    written = replace(held, digests={file: digest(text) for file, text in texts.items()})
    (folder / "data" / "graph").mkdir(parents=True)
    (folder / "data" / "sources").mkdir()
    (folder / "data" / "sources" / "sources.toml").touch()
    for file, text in texts.items():
        (folder / "data" / "graph" / file).write_bytes(text)
    (folder / "data" / "graph" / MANIFEST).write_text(written.text(), "utf-8")
    return written
