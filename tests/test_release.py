"""A release on disk: opened whole or not at all, and put in place whole or not at all."""

import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from mandategraph import release as releases
from mandategraph.errors import Faults, MandategraphError, MissingError, SyntaxFault, UsageError
from mandategraph.release import (
    MANIFEST,
    Home,
    checked,
    checked_triples,
    digest,
    home,
    is_data,
    on_disk,
    opened,
    publish,
    stale,
    texts,
)
from mandategraph.store.embedded import EmbeddedStore
from serving import HOME, manifest, store

BASE = "http://example.org/"
FILES = {"registry.ttl": "<a> <p> <b> .\n", "source/one.ttl": "<a> <p> <b> , <c> .\n", "shapes.ttl": "<s> <p> <s> .\n"}
GRAPHS = {f"{BASE}graph/{file.removesuffix('.ttl')}": file for file in FILES}


def stated(files: dict[str, str], **other: object) -> dict[str, str]:
    """The files of a small release with its manifest, of which some fields may be other ones."""
    fields: dict[str, Any] = {
        "version": "0",
        "base": BASE,
        "inputs": {},
        "graphs": GRAPHS,
        "digests": {name: digest(text) for name, text in files.items()},
        "inferred_from": "",
        "checked_against": "",
        "findings": {},
        "triples": dict.fromkeys(files, 1),
        **other,
    }
    return {**files, MANIFEST: json.dumps(fields)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small release of two data graphs that share a triple, and one graph that is no data."""
    publish(tmp_path / "graph", stated(FILES))
    return tmp_path / "graph"


def contents(folder: Path) -> dict[str, str]:
    """The files below a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def test_a_release_is_known_by_its_version_and_its_manifest() -> None:
    held = manifest()
    assert held.identity == f"{held.version}+sha256.{digest((HOME.release / MANIFEST).read_bytes())[:12]}"
    assert replace(held, digests={**held.digests, "inferred.ttl": digest("")}).identity != held.identity


# On disk


def test_a_store_on_disk_is_made_once_and_opened(folder: Path, tmp_path: Path) -> None:
    held = releases.manifest(folder)
    made = on_disk(folder, held, tmp_path / "kept")
    inode = made.stat().st_ino
    assert on_disk(folder, held, tmp_path / "kept") == made
    assert made.stat().st_ino == inode
    assert [each.name for each in (tmp_path / "kept").iterdir()] == [f"release-{held.digest[:32]}"]
    opened_store = EmbeddedStore(made, read_only=True)
    assert [name.value for name in opened_store.names()] == sorted(GRAPHS)


@pytest.mark.parametrize("mode", [0o777, 0o775, 0o1777])
def test_a_store_is_not_taken_from_where_others_can_put_one(folder: Path, tmp_path: Path, mode: int) -> None:
    kept = tmp_path / "kept"
    on_disk(folder, releases.manifest(folder), kept)
    kept.chmod(mode)
    with pytest.raises(UsageError, match="expected a folder that only this user can write, found one that others can"):
        on_disk(folder, releases.manifest(folder), kept)


def test_a_store_is_not_taken_from_another_user(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk(folder, releases.manifest(folder), tmp_path / "kept")
    owner = (tmp_path / "kept").stat().st_uid
    if owner == 0:
        os.chown(tmp_path / "kept", 65534, 65534)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    with pytest.raises(UsageError, match="expected a folder that only this user can write, found one that others can"):
        on_disk(folder, releases.manifest(folder), tmp_path / "kept")


# Checking


def test_a_release_that_can_be_served_is_told_with_all_its_files(folder: Path) -> None:
    held, files = checked(folder)
    assert held.graphs == GRAPHS
    assert {**files, MANIFEST: json.loads(files[MANIFEST])} == {**FILES, MANIFEST: json.loads(stated(FILES)[MANIFEST])}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        (stated({**FILES, "shapes.ttl": "<a> <b>"}), "shapes.ttl"),
        (stated(FILES, graphs={}), "expected at least one graph, found none"),
        (stated({**FILES, "../outside.ttl": ""}), "found '../outside.ttl'"),
        (stated({**FILES, "/outside.ttl": ""}), "found '/outside.ttl'"),
        (stated({**FILES, MANIFEST: ""}), "found 'release.json'"),
    ],
    ids=["no-turtle", "no-graph", "above", "absolute", "manifest"],
)
def test_what_cannot_be_served_is_told(tmp_path: Path, files: dict[str, str], told: str) -> None:
    publish(tmp_path / "graph", {name: text for name, text in files.items() if "outside" not in name})
    with pytest.raises(MandategraphError, match=told):
        checked(tmp_path / "graph")


def test_a_file_outside_the_graphs_is_held_against_its_digest_too(tmp_path: Path) -> None:
    publish(tmp_path / "graph", {**stated({**FILES, "notes.txt": "as it was"}), "notes.txt": "changed"})
    with pytest.raises(SyntaxFault, match=r"notes\.txt"):
        checked(tmp_path / "graph")
    opened(tmp_path / "graph")


@pytest.mark.parametrize("file", [MANIFEST, "registry.ttl"])
def test_a_file_that_may_not_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    read = Path.read_bytes

    def refuses(path: Path) -> bytes:
        if path.name == file:
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refuses)
    with pytest.raises(UsageError, match=f"{file}: expected a file that can be read, found Permission denied"):
        checked(folder)


# Opening


def test_a_release_is_opened_with_its_graphs(folder: Path) -> None:
    held, opened_store = opened(folder)
    assert held.graphs == GRAPHS
    assert [name.value for name in opened_store.names()] == sorted(GRAPHS)
    assert len(opened_store) == 4
    assert len(opened_store.default_triples()) == 2
    assert checked_triples(folder, held) == set(opened_store.default_triples())


def test_the_release_of_this_checkout_holds_what_its_manifest_says() -> None:
    held = manifest()
    assert {name.value for name in store().names()} == held.graphs.keys()
    counts = {held.graphs[name.value]: len(store().graph(name)) for name in store().names()}
    assert counts == held.triples
    assert all(counts.values())
    described = (store().graph(ox.NamedNode(f"{held.base}graph/{name}")) for name in ("service", "examples"))
    assert checked_triples(HOME.release, held) == set(store().default_triples()).union(*described)


def test_a_manifest_is_written_sorted_and_read_back() -> None:
    text = manifest().text()
    assert text == (HOME.release / MANIFEST).read_text("utf-8")
    assert json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n" == text


@pytest.mark.parametrize("name", ["graph", "nowhere"])
def test_a_missing_release_is_told_with_the_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / "graph").mkdir()
    with pytest.raises(MissingError, match=r"a build .*; run 'mandategraph build'"):
        opened(tmp_path / name)


def test_missing_and_changed_files_are_told_together(folder: Path) -> None:
    (folder / "registry.ttl").unlink()
    (folder / "shapes.ttl").write_text(FILES["shapes.ttl"].replace("<s>", "<t>", 1), "utf-8")
    with pytest.raises(Faults) as caught:
        opened(folder)
    assert [type(fault) for fault in caught.value.faults] == [MissingError, SyntaxFault]
    missing, changed = map(str, caught.value.faults)
    assert missing.startswith("registry.ttl: not found in")
    assert changed.startswith(f"shapes.ttl: expected the sha256 of {MANIFEST}, {digest(FILES['shapes.ttl'])}, found")


@pytest.mark.parametrize("file", FILES)
def test_one_changed_byte_of_any_file_is_noticed(folder: Path, file: str) -> None:
    path = folder / file
    path.write_bytes(path.read_bytes().replace(b".", b";", 1))
    with pytest.raises(SyntaxFault, match=f"^{file}: "):
        opened(folder)


def test_a_byte_that_is_no_text_is_noticed(folder: Path) -> None:
    (folder / "registry.ttl").write_bytes(b"\xff")
    with pytest.raises(SyntaxFault, match=r"^registry\.ttl: "):
        opened(folder)


def test_a_file_that_is_no_turtle_is_told_with_its_place(tmp_path: Path) -> None:
    files = {**FILES, "source/one.ttl": "<a> <p> <b> .\n<a> <p> .\n"}
    publish(tmp_path / "graph", stated(files))
    with pytest.raises(SyntaxFault, match=r"^source/one\.ttl:2:"):
        opened(tmp_path / "graph")


def without(field: str) -> str:
    """A manifest that lacks a field."""
    fields = json.loads(stated(FILES)[MANIFEST])
    del fields[field]
    return json.dumps(fields)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"graphs"',
        without("graphs"),
        stated(FILES, more=1)[MANIFEST],
        stated(FILES, graphs=[])[MANIFEST],
        stated(FILES, graphs={"no iri": "registry.ttl"})[MANIFEST],
        stated(FILES, digests={})[MANIFEST],
        stated(FILES, digests=None)[MANIFEST],
        stated(FILES, base="no base")[MANIFEST],
        stated(FILES, base=1)[MANIFEST],
    ],
    ids=[
        *("empty", "cut", "list", "null", "text", "no-graphs", "unknown-field", "graphs-a-list", "graph-of-no-iri"),
        *("no-digests", "digests-null", "base-no-base", "base-no-text"),
    ],
)
def test_a_broken_manifest_is_told_as_one(folder: Path, text: str) -> None:
    (folder / MANIFEST).write_text(text, "utf-8")
    with pytest.raises(SyntaxFault, match=r"^release\.json: expected the manifest of a release"):
        opened(folder)


def test_a_manifest_that_is_no_text_is_told_as_broken(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b"\xff\xfe")
    with pytest.raises(SyntaxFault, match=r"^release\.json: "):
        opened(folder)


# Data graphs


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("graph/registry", True),
        ("graph/judgements", True),
        ("graph/inferred", True),
        ("graph/source/linking-document-2011", True),
        ("graph/ontology", False),
        ("graph/shapes", False),
        ("graph/report", False),
        ("graph/service", False),
        ("graph/examples", False),
        ("graph/registry/x", False),
        ("plan/2012", False),
        ("registry", False),
        ("", False),
    ],
)
def test_data_graphs_are_those_of_documents_and_tables_and_what_follows(name: str, data: bool) -> None:  # noqa: FBT001 - the answer is one
    assert is_data(ox.NamedNode(BASE + name), BASE) is data
    assert not is_data(ox.NamedNode(f"http://example.com/{name}"), BASE)


# Inputs


@pytest.fixture
def checkout(tmp_path: Path) -> Home:
    """A copy of the inputs of this checkout."""
    for name in ("data/sources", "data/registry", "data/judgements", "ontology", "shapes", "queries/questions"):
        shutil.copytree(HOME.root / name, tmp_path / name)
    return home(tmp_path)


def held_inputs(where: Home) -> releases.Manifest:
    """A manifest that names the inputs as they are now."""
    fields = json.loads(stated(FILES)[MANIFEST])
    return releases.Manifest(**{**fields, "inputs": {name: digest(raw) for name, raw in where.inputs().items()}})


def changed(path: Path) -> None:
    """A byte more."""
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("data/sources/hemispheric-plan-2012.txt", changed),
        ("data/registry/plans.tsv", changed),
        ("ontology/schemes.ttl", changed),
        ("shapes/plan.ttl", Path.unlink),
        ("shapes/new.ttl", Path.touch),
        ("data/judgements/new.tsv", Path.touch),
        ("queries/questions/18-discrepancies.rq", changed),
    ],
)
def test_an_input_that_is_another_makes_the_release_stale(
    checkout: Home, file: str, change: Callable[[Path], None]
) -> None:
    held = held_inputs(checkout)
    assert stale(checkout, held) == []
    change(checkout.root / file)
    assert stale(checkout, held) == [file]


def test_what_is_no_input_makes_no_release_stale(checkout: Home) -> None:
    held = held_inputs(checkout)
    (checkout.root / "data" / "registry" / "README.md").write_text("more\n", "utf-8")
    (checkout.root / "queries" / "checks").mkdir()
    (checkout.root / "queries" / "checks" / "new.rq").touch()
    assert stale(checkout, held) == []


def test_an_installed_release_is_never_stale(checkout: Home) -> None:
    held = held_inputs(checkout)
    changed(checkout.root / "shapes" / "plan.ttl")
    assert stale(Home(checkout.root, checkout=False), held) == []


@pytest.mark.parametrize("name", [".", "nowhere"])
def test_a_folder_that_is_no_checkout_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingError, match="name a checkout"):
        home(tmp_path / name)


def test_without_a_name_the_checkout_is_the_one_the_package_runs_from() -> None:
    assert home() == HOME


# Publishing


def test_a_release_takes_the_place_of_the_one_before(folder: Path) -> None:
    publish(folder, stated({"registry.ttl": "<new> <p> <b> .\n"}))
    assert contents(folder) == stated({"registry.ttl": "<new> <p> <b> .\n"})
    assert list(folder.parent.iterdir()) == [folder]
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_first_release_makes_its_folders(tmp_path: Path) -> None:
    publish(tmp_path / "data" / "graph", FILES)
    assert contents(tmp_path / "data" / "graph") == FILES
    assert list((tmp_path / "data").iterdir()) == [tmp_path / "data" / "graph"]


def test_text_is_written_to_the_byte(tmp_path: Path) -> None:
    publish(tmp_path / "graph", {"a.ttl": "é\r\n\n"})
    assert (tmp_path / "graph" / "a.ttl").read_bytes() == "é\r\n\n".encode()


def test_a_failure_while_writing_leaves_the_old_release(folder: Path) -> None:
    with pytest.raises(UsageError, match="expected a folder that can be written"):
        publish(folder, {**FILES, "registry.ttl/below-a-file.ttl": ""})
    assert contents(folder) == stated(FILES)
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError("no room"), UsageError), (KeyboardInterrupt(), KeyboardInterrupt)],
    ids=["no-room", "interrupted"],
)
@pytest.mark.parametrize("failing", [1, 2])
def test_a_failure_while_renaming_leaves_the_old_release(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: int, error: BaseException, told: type[BaseException]
) -> None:
    calls: list[str] = []
    rename = os.rename

    def fails_once(source: Path, target: Path) -> None:
        calls.append(target.name)
        if len(calls) == failing:
            raise error
        rename(source, target)

    monkeypatch.setattr(os, "rename", fails_once)
    monkeypatch.setattr(releases, "_exchanged", lambda _one, _other: False)
    with pytest.raises(told):
        publish(folder, {"registry.ttl": "new"})
    assert len(calls) >= failing
    assert contents(folder) == stated(FILES)
    assert list(folder.parent.iterdir()) == [folder]


def test_a_release_is_never_missing_while_another_takes_its_place(folder: Path) -> None:
    missing = 0
    ended = threading.Event()

    def looks() -> None:
        nonlocal missing
        while not ended.is_set():
            missing += not folder.is_dir()

    watching = threading.Thread(target=looks)
    watching.start()
    for number in range(100):
        publish(folder, stated({"registry.ttl": f"<new> <p> {number} .\n"}))
    ended.set()
    watching.join()
    assert missing == 0


def test_a_release_can_be_read_by_whoever_serves_it(folder: Path) -> None:
    before = os.umask(0o077)
    try:
        publish(folder, stated(FILES))
    finally:
        os.umask(before)
    modes = {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in folder.rglob("*")}
    assert modes == {"source": 0o755, **dict.fromkeys((*FILES, MANIFEST), 0o644)}


def test_a_failure_without_a_release_before_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(source: Path, target: Path) -> None:
        raise OSError(f"{source} to {target}")

    monkeypatch.setattr(os, "rename", fails)
    with pytest.raises(UsageError, match="expected a folder that can be written"):
        publish(tmp_path / "graph", FILES)
    assert list(tmp_path.iterdir()) == []


def test_texts_are_those_of_the_named_graphs(folder: Path) -> None:
    found = texts(folder, opened(folder)[0])
    assert {name.value: text for name, text in found.items()} == {name: FILES[file] for name, file in GRAPHS.items()}
