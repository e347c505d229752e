"""What the README shows is what the program answers."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from mandategraph.release import home, opened

README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
SPARQL = re.compile(r"```sparql\n(.*?)```", re.DOTALL)


def run(command: str) -> str:
    """What a command line of the README prints, in the width the README is written for."""
    program, *arguments = shlex.split(command)
    assert program == "mandategraph"
    environment = {**os.environ, "COLUMNS": "118", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "mandategraph", *arguments], capture_output=True, check=True, env=environment
    )
    return "\n".join(line.rstrip() for line in done.stdout.decode().split("\n")).strip()


def test_its_answers_are_the_programs() -> None:
    text = README.read_text("utf-8")
    blocks = BLOCK.findall(text)
    assert len(blocks) == 7
    updated = text
    for block in blocks:
        command = block.split("\n")[0].removeprefix("$ ")
        updated = updated.replace(block, f"$ {command}\n{run(command)}\n")
    if os.environ.get("MANDATEGRAPH_UPDATE_GOLDEN") and not os.environ.get("CI"):
        README.write_text(updated, "utf-8")
    assert text == updated


def test_its_figures_are_the_graphs() -> None:
    _, store = opened(home().release)
    counts = {
        "130, all": "SELECT (COUNT(*) AS ?n) { ?s a mg:AssertedSupport }",
        "100 of them": "SELECT (COUNT(*) AS ?n) { ?s mg:quoted true }",
        "98 headings": "SELECT (COUNT(*) AS ?n) { ?s mg:elementKind mg:element-citation }",
        "29 instruments": "SELECT (COUNT(DISTINCT ?i) AS ?n) { ?s mg:passageOf ?i }",
        "10 objectives": "SELECT (COUNT(*) AS ?n) { ?s a mg:Objective }",
        "614 mentions": "SELECT (COUNT(*) AS ?n) { ?s a mg:Mention }",
        "19 bodies": "SELECT (COUNT(*) AS ?n) { ?s a mg:Body }",
        "39 meetings": "SELECT (COUNT(*) AS ?n) { ?s a mg:Meeting }",
        "18 states": "SELECT (COUNT(*) AS ?n) { ?s a mg:State }",
        "3 persons": "SELECT (COUNT(*) AS ?n) { ?s a mg:Person }",
        "4 programmes": "SELECT (COUNT(*) AS ?n) { ?s a mg:Programme }",
        "24 document symbols": "SELECT (COUNT(*) AS ?n) { ?s a mg:DocumentSymbol }",
        "142 statements": "SELECT (COUNT(*) AS ?n) { ?s a mg:ProcessStatement }",
        "30 duties": "SELECT (COUNT(*) AS ?n) { ?s a mg:Duty }",
        "147 discrepancies": "SELECT (COUNT(*) AS ?n) { ?s a mg:Discrepancy }",
        "30 of them": "SELECT (COUNT(*) AS ?n) { ?s mg:discrepancyKind mg:discrepancy-variation }",
        "50 claims": "SELECT (COUNT(*) AS ?n) { ?s a mg:IdentityClaim }",
    }
    text = README.read_text("utf-8")
    for words, query in counts.items():
        found = store.query("PREFIX mg: <https://w3id.org/mandategraph/ontology#> " + query)
        assert isinstance(found, ox.QuerySolutions)
        assert words in text
        assert re.sub(r"[^0-9].*", "", words) == next(found)["n"].value, words


@pytest.mark.parametrize("query", SPARQL.findall(README.read_text("utf-8")))
def test_its_queries_answer(query: str) -> None:
    _, store = opened(home().release)
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    assert list(found)


def test_its_make_targets_exist() -> None:
    makefile = (README.parent / "Makefile").read_text("utf-8")
    named = re.findall(r"^make (\w+)", README.read_text("utf-8"), re.MULTILINE)
    assert named == ["serve", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)
