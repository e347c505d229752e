"""The shapes: each fires on its own cases and on no other, is well formed, and has data to look at."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
from pyshacl.errors import ReportableRuntimeError
from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD
from rdflib.term import Node

from mandategraph import turtle, validation
from mandategraph.iris import DEFAULT_BASE
from mandategraph.vocabulary import MG, A, compact

ROOT = Path(__file__).parents[1]
CASES = ROOT / "tests" / "shapes"
MGS = "https://w3id.org/mandategraph/shapes#"

FILES = sorted((ROOT / "shapes").glob("*.ttl"))
SHAPES = [file for file in FILES if file.stem != "contract"]
DATA_SHAPES = [file for file in SHAPES if file.stem != "style"]
VALID = sorted(CASES.glob("*/valid.ttl"))
INVALID = sorted(CASES.glob("*/invalid.*.*.ttl"))

AWAITING_DATA = {"mg:CarriedSupport", "mg:ImplementationReport", "mg:ImplementationEntry"}
"""Classes that have shapes and no data yet; one leaves the list with its first data.

No report of a state on the plan of 2012 is in the corpus; what a filled-in form states is held against their shapes.
"""

NARROWER = {"CarriedSupport-verdict", "Discrepancy-held", "Discrepancy-holds"}
"""Shapes that list some concepts of a scheme and not the others."""

CONTRACT_TERMS = (
    *("Document", "Element", "realizes"),
    *("Plan", "Chapter", "Objective", "Action", "text"),
    *("Instrument", "symbol", "kind", "forum"),
    *("Quotation", "quoted", "position", "evidence", "comparison", "locatorStatus", "quotes"),
    *("NotCompared", "Exact", "Variant", "Misattributed", "NotFound"),
    *("Passage", "passageOf", "overlaps"),
    *("SupportLink", "AssertedSupport", "assertedFor", "quotation", "citedAs"),
    *("CarriedSupport", "proposedFor", "carriesPassage", "verdict", "Bears", "BearsPartly", "reason", "route"),
    *("coversElement", "supportedBy", "supportedByInstrument", "mayBeSupportedBy", "mayBeSupportedByInstrument"),
    *("mandatedBy", "Discrepancy", "comparedWith", "discrepancyKind", "holds", "Undecided"),
)
"""The terms of this project that the published contract names."""

CLOSED = (DCTERMS, OWL, PROV, RDF, RDFS, SH, SKOS, XSD)
NESTING = {SH["and"], SH["or"], SH.xone, SH["not"], SH.qualifiedValueShape}


@cache
def graph(*files: Path) -> Graph:
    """What Turtle files state together, as they are looked through."""
    found = Graph()
    for file in files:
        found.parse(file, format="turtle")
    return found


@cache
def triples(*files: Path) -> tuple[ox.Triple, ...]:
    """What Turtle files state together, as they are validated."""
    return tuple(triple for file in files for triple in turtle.read(file.read_text("utf-8"), DEFAULT_BASE))


def local(node: Node | str) -> str:
    """The name of a shape without its namespace."""
    return str(node).removeprefix(MGS)


def shape_of(case: Path) -> str:
    """The shape that an invalid case is about, as its file says."""
    return case.name.split(".")[1]


def shown(file: Path) -> str:
    """A file as pytest names it."""
    return f"{file.parent.name}/{file.stem}"


def found_by(data: Iterable[ox.Triple], files: Iterable[Path]) -> set[str]:
    """The shapes of some files that find something in a graph."""
    return {local(finding.shape) for finding in validation.check(data, triples(*files)).findings}


# What is discovered is counted


def test_each_file_among_the_cases_is_a_case() -> None:
    """No file lies beside the cases, and none is missed by its name."""
    assert len(SHAPES) > 25
    assert len(INVALID) > len(SHAPES)
    assert {file for file in CASES.rglob("*") if file.is_file()} == {*VALID, *INVALID}


def test_each_file_of_shapes_has_a_folder_of_cases() -> None:
    """Folders and files have the same names, and each folder a valid case."""
    assert [file.parent.name for file in VALID] == [file.stem for file in SHAPES]


@pytest.mark.parametrize("file", SHAPES, ids=shown)
def test_each_shape_has_an_invalid_case(file: Path) -> None:
    """The invalid cases of a folder are about the shapes of its file, about each at least once."""
    cases = {shape_of(case) for case in INVALID if case.parent.name == file.stem}
    assert cases == {local(shape) for shape in graph(file).subjects(SH.message)}


# The cases


@cache
def verdicts() -> dict[Path, set[str]]:
    """For each case of the data shapes, the shapes that find something in it.

    A case takes the place of the valid case of its folder among the valid cases of all folders, so that it can
    point to nodes it does not describe. Each of these small worlds has a base of its own, so that one run of
    the validator looks at all of them.
    """
    valid = [file for file in VALID if file.parent.name != "style"]
    cases = [*valid, *(file for file in INVALID if file.parent.name != "style")]
    worlds = (triple for number, case in enumerate(cases) for triple in world(case, valid, number))
    found: dict[Path, set[str]] = {case: set() for case in cases}
    for finding in validation.check(worlds, triples(*DATA_SHAPES)).findings:
        number = finding.focus.removeprefix(f"{DEFAULT_BASE}case/").partition("/")[0]
        found[cases[int(number)]].add(local(finding.shape))
    return found


def world(case: Path, valid: list[Path], number: int) -> Iterator[ox.Triple]:
    """A case and the valid cases of the other folders, under the base of its number."""
    for file in (case, *(other for other in valid if other.parent != case.parent)):
        base = f"{DEFAULT_BASE}case/{number}/"
        yield from turtle.read(file.read_text("utf-8").replace(f"@base <{DEFAULT_BASE}>", f"@base <{base}>"), base)


@pytest.mark.parametrize("case", [file for file in VALID if file.parent.name != "style"], ids=shown)
def test_nothing_is_found_in_a_valid_case(case: Path) -> None:
    """A valid case has no finding of any severity."""
    assert verdicts()[case] == set()


@pytest.mark.parametrize("case", [file for file in INVALID if file.parent.name != "style"], ids=shown)
def test_an_invalid_case_is_found_by_its_shape_alone(case: Path) -> None:
    """An invalid case has findings of one shape, the one its file names."""
    assert verdicts()[case] == {shape_of(case)}


@pytest.mark.parametrize("case", [file for file in (*VALID, *INVALID) if file.parent.name == "style"], ids=shown)
def test_a_case_of_style_is_found_by_its_shape_alone(case: Path) -> None:
    """A case of style stands alone, and is held against the shapes of style alone."""
    expected = {shape_of(case)} if case in INVALID else set()
    assert found_by(triples(case), [ROOT / "shapes" / "style.ttl"]) == expected


def test_a_link_of_both_kinds_is_found() -> None:
    """A node of both kinds breaks shapes of either kind, and the one that forbids it is among them."""
    link = triples(CASES / "asserted-support" / "valid.ttl")
    both = ox.Triple(link[0].subject, A, MG["CarriedSupport"])
    assert "SupportLink-kind" in found_by([*link, both], DATA_SHAPES)


# The form of the shapes


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_a_file_of_shapes_is_valid_shacl(file: Path) -> None:
    """The shapes conform to the shapes that SHACL has for shapes; pySHACL raises if they do not."""
    conforms, _, _ = pyshacl.validate(Graph(), shacl_graph=graph(file), meta_shacl=True)
    assert conforms


def test_malformed_shapes_are_found() -> None:
    """The check for valid SHACL does find a fault."""
    shapes = Graph().parse(data=f"[] a <{SH.PropertyShape}> ; <{SH.minCount}> 1 , 2 .", format="turtle")
    with pytest.raises(ReportableRuntimeError):
        pyshacl.validate(Graph(), shacl_graph=shapes, meta_shacl=True)


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_each_term_of_a_known_vocabulary_exists(file: Path) -> None:
    """The terms are in the vocabularies of rdflib that are closed; a validator passes over a misspelt one."""
    terms = {term for triple in graph(file) for term in triple if isinstance(term, URIRef)}
    assert [term for term in terms for known in CLOSED if term.startswith(str(known)) and term not in known] == []


@pytest.mark.parametrize("file", FILES, ids=shown)
def test_each_term_of_this_project_is_defined(file: Path) -> None:
    """The terms stand in the ontology, and the shapes in the shapes."""
    ontology = graph(*sorted((ROOT / "ontology").glob("*.ttl")))
    defined = {*ontology.subjects(), *graph(*FILES).subjects()}
    used = {term for triple in graph(file) for term in triple if isinstance(term, URIRef)}
    assert {term for term in used if str(term).startswith((MG.iri, MGS))} - defined == set()


@pytest.mark.parametrize("file", SHAPES, ids=shown)
def test_property_shapes_are_named_and_reached(file: Path) -> None:
    """A node shape names its property shapes after itself; a shape without a name is part of a condition."""
    shapes = graph(file)
    named = {shape for shape in shapes.subjects(RDF.type, SH.PropertyShape) if isinstance(shape, URIRef)}
    reached = {
        value
        for shape, value in shapes.subject_objects(SH.property)
        if isinstance(shape, URIRef) and local(value).startswith(f"{local(shape)}-")
    }
    assert named == reached
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) == named
    assert {shape for shape in shapes.subjects(SH.path) if isinstance(shape, URIRef)} == named
    targeted = set(shapes.subjects(SH.targetClass))
    assert {shape for shape in shapes.subjects(SH.property) if isinstance(shape, URIRef)} <= targeted


@pytest.mark.parametrize("file", SHAPES, ids=shown)
def test_each_shape_that_finds_has_one_sentence(file: Path) -> None:
    """A property shape, and a node shape with a condition, has one message, which is a sentence."""
    shapes = graph(file)
    conditional = {shape for part in NESTING for shape in shapes.subjects(part)} & {*shapes.subjects(SH.targetClass)}
    finding = {*shapes.subjects(RDF.type, SH.PropertyShape), *conditional}
    assert set(shapes.subjects(SH.message)) == finding
    for shape in finding:
        (message,) = shapes.objects(shape, SH.message)
        assert re.fullmatch(r"An? [^.]+\.", str(message))


def test_no_two_shapes_say_the_same() -> None:
    """Each message tells its shape from the others."""
    messages = [str(message) for message in graph(*SHAPES).objects(None, SH.message)]
    assert sorted(messages) == sorted(set(messages))


def test_a_warning_has_a_plain_path_or_none() -> None:
    """The report of a release names the path of a warning by its IRI."""
    shapes = graph(*SHAPES)
    warnings = set(shapes.subjects(SH.severity, SH.Warning))
    assert warnings
    assert set(shapes.objects(None, SH.severity)) == {SH.Warning}
    assert all(isinstance(path, URIRef) for shape in warnings for path in shapes.objects(shape, SH.path))


# The schemes


@cache
def schemes() -> dict[str, set[str]]:
    """The concepts of each scheme of the ontology."""
    ontology = graph(ROOT / "ontology" / "schemes.ttl")
    found: dict[str, set[str]] = {}
    for concept, scheme in ontology.subject_objects(SKOS.inScheme):
        found.setdefault(str(scheme), set()).add(str(concept))
    return found


def lists(shapes: Graph) -> Iterator[tuple[str, set[str]]]:
    """The lists of values that shapes allow, with the shape each stands in."""
    for shape in shapes.subjects(SH.message):
        for node in below(shapes, shape):
            for values in shapes.objects(node, SH["in"]):
                yield local(shape), {str(value) for value in shapes.items(values)}


def below(shapes: Graph, shape: Node) -> set[Node]:
    """A shape and the nodes without a name that it is made of."""
    nodes, front = {shape}, [shape]
    while front:
        new = {value for value in shapes.objects(front.pop()) if not isinstance(value, URIRef)} - nodes
        nodes |= new
        front.extend(new)
    return nodes


def test_a_list_of_concepts_is_a_scheme() -> None:
    """Where a shape lists concepts they are all of one scheme, unless it is said to allow fewer."""
    listed = [(shape, values) for shape, values in lists(graph(*SHAPES)) if values & concepts()]
    assert len(listed) > 15
    assert {shape for shape, values in listed if values not in schemes().values()} == NARROWER


def concepts() -> set[str]:
    """All concepts of the ontology."""
    return set().union(*schemes().values())


def test_a_pattern_of_concepts_is_a_scheme() -> None:
    """Where a shape has a pattern for concepts, it matches those of one scheme."""
    patterns = {str(pattern) for pattern in graph(*DATA_SHAPES).objects(None, SH.pattern)}
    of_concepts = {pattern for pattern in patterns if pattern.startswith(f"^{MG.iri}") and pattern.endswith("$")}
    assert len(of_concepts) == 4
    for pattern in of_concepts:
        assert {each for each in concepts() if re.search(pattern, each)} in schemes().values()


# The data


def test_each_target_has_data() -> None:
    """Every class that shapes look at has instances, but for those that await them."""
    folder = ROOT / "data" / "graph"
    names = ("registry", "judgements", "inferred", "service", "examples")
    files = [*folder.glob("source/*.ttl"), *(folder / f"{name}.ttl" for name in names)]
    assert len(files) > 3
    known = {triple.object for triple in triples(*files) if triple.predicate == A}
    targets = {ox.NamedNode(str(target)) for target in graph(*DATA_SHAPES).objects(None, SH.targetClass)}
    assert {compact(target.value, DEFAULT_BASE) for target in targets - known} == AWAITING_DATA


# The contract


def test_the_contract_names_shapes() -> None:
    """The members are shapes that find something, each named once."""
    contract = graph(ROOT / "shapes" / "contract.ttl")
    members = list(contract.objects(URIRef(f"{MGS}Contract"), SKOS.member))
    assert len(members) > 50
    assert set(members) <= set(graph(*DATA_SHAPES).subjects(SH.message))
    text = (ROOT / "shapes" / "contract.ttl").read_text("utf-8")
    assert len(re.findall(r"^ +mgs:", text, re.MULTILINE)) == len(members)


def test_the_contract_covers_its_terms() -> None:
    """Each term that the contract names is in a member, or is the class a member is about."""
    shapes = graph(*DATA_SHAPES)
    members = set(graph(ROOT / "shapes" / "contract.ttl").objects(None, SKOS.member))
    terms = {value for member in members for node in below(shapes, member) for value in shapes.objects(node)}
    for member in members:
        for shape in (member, *shapes.subjects(SH.property, member)):
            terms |= set(shapes.objects(shape, SH.targetClass))
    assert {term for term in CONTRACT_TERMS if URIRef(MG.iri + term) not in terms} == set()
