"""The shapes: each fires on its own cases and on no other, and each is well formed and has data to look at."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from rdflib import Graph
from rdflib import namespace as closed
from rdflib.term import URIRef

from mandategraph import turtle, validation
from mandategraph.iris import DEFAULT_BASE
from mandategraph.rdflib_terms import to_rdflib
from mandategraph.vocabulary import MG, RDF, SH, SKOS, A

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "shapes"
MGS = "https://w3id.org/mandategraph/shapes#"

FILES = sorted((ROOT / "shapes").glob("*.ttl"))
SHAPES = [file for file in FILES if file.stem != "contract"]
DATA_SHAPES = [file for file in SHAPES if file.stem != "style"]
VALID = sorted(CASES.glob("*/valid.ttl"))
INVALID = sorted(CASES.glob("*/invalid.*.*.ttl"))

# Classes that a shape waits for; a class leaves the list with its first data.
AWAITING_DATA = {"mg:CarriedSupport"}

# Values of which a shape allows less than the scheme they stand in.
NARROWER = {"CarriedSupport-verdict", "Discrepancy-discrepancyKind", "Discrepancy-holds"}

# The terms of the published contract, as it names them.
CONTRACT_TERMS = """
    Document Element realizes
    Plan Chapter Objective Action text
    Instrument symbol kind forum
    Quotation quoted position evidence comparison NotCompared Exact Variant Misattributed NotFound locatorStatus quotes
    Passage passageOf overlaps
    SupportLink AssertedSupport assertedFor quotation citedAs
    CarriedSupport proposedFor carriesPassage verdict Bears BearsPartly reason route coversElement
    supportedBy supportedByInstrument mayBeSupportedBy mayBeSupportedByInstrument mandatedBy
    Discrepancy comparedWith discrepancyKind holds Undecided
""".split()

CLOSED = (closed.SH, closed.OWL, closed.RDF, closed.RDFS, closed.SKOS, closed.PROV, closed.DCTERMS, closed.XSD)


@cache
def triples(file: Path) -> frozenset[ox.Triple]:
    """What a Turtle file states."""
    return frozenset(turtle.read(file.read_text("utf-8"), DEFAULT_BASE))


def union(files: Iterable[Path]) -> set[ox.Triple]:
    """What some Turtle files state together."""
    return {triple for file in files for triple in triples(file)}


def name(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> str:
    """The local name of a shape, or the empty string for a node of another namespace."""
    return term.value.removeprefix(MGS) if isinstance(term, ox.NamedNode) and term.value.startswith(MGS) else ""


def case_id(file: Path) -> str:
    """A case as pytest shows it."""
    return f"{file.parent.name}/{file.stem}"


def shape_of(file: Path) -> str:
    """The shape that an invalid case is about, from its name."""
    return file.name.split(".")[1]


# Discovery


def test_cases_are_found_and_each_is_used() -> None:
    """Every file under the cases is a valid or an invalid case."""
    assert len(SHAPES) > 25
    assert len(VALID) == len(SHAPES)
    assert {file for file in CASES.rglob("*") if file.is_file()} == {*VALID, *INVALID}


def test_every_shapes_file_has_a_folder_of_cases() -> None:
    """The folders of cases are named as the files of shapes."""
    assert {file.parent.name for file in VALID} == {file.stem for file in SHAPES}


@pytest.mark.parametrize("file", SHAPES, ids=lambda file: file.stem)
def test_every_shape_has_an_invalid_case(file: Path) -> None:
    """The invalid cases of a folder name the shapes of its file, each at least once."""
    found = {shape_of(case) for case in INVALID if case.parent.name == file.stem}
    assert found == {name(shape) for shape in objects(triples(file), SH["message"]).keys()}


# Cases


@cache
def verdicts() -> dict[Path, set[str]]:
    """The shapes that find something in each data case.

    A case stands for the valid case of its folder, among the valid cases of all other folders. Each such
    small world has a base of its own, so that one run of the validator can look at all of them.
    """
    valid = [file for file in VALID if file.parent.name != "style"]
    cases = [file for file in (*valid, *INVALID) if file.parent.name != "style"]
    world = {moved for number, case in enumerate(cases) for moved in rebased(case, valid, number)}
    report = validation.check(world, shapes_of(DATA_SHAPES))
    found: dict[Path, set[str]] = {case: set() for case in cases}
    for finding in report.findings:
        number = finding.focus.removeprefix(f"{DEFAULT_BASE}case/").partition("/")[0]
        found[cases[int(number)]].add(finding.shape.removeprefix(MGS))
    return found


def rebased(case: Path, valid: list[Path], number: int) -> Iterator[ox.Triple]:
    """A case and the valid cases of the other folders, under the base of its number."""
    base = f"{DEFAULT_BASE}case/{number}/"
    for triple in union([case, *(file for file in valid if file.parent != case.parent)]):
        yield ox.Triple(_moved(triple.subject, base), triple.predicate, _moved(triple.object, base))


def _moved[Term: (ox.NamedNode | ox.BlankNode, ox.NamedNode | ox.BlankNode | ox.Literal)](term: Term, base: str) -> Term:
    if isinstance(term, ox.NamedNode) and term.value.startswith(DEFAULT_BASE) and not term.value.startswith(MG.iri):
        return ox.NamedNode(base + term.value.removeprefix(DEFAULT_BASE))
    return term
