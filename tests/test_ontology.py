"""The ontology itself: its style, its profile of labels, its schemes."""

import re
from pathlib import Path

import pyoxigraph as ox

from mandategraph import schemes, validation
from mandategraph.vocabulary import MG

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "ontology").glob("*.ttl"))
LANGUAGES = {"en", "es", "fr", "pt"}


def triples(path: Path) -> list[ox.Triple]:
    """The triples of a Turtle file."""
    return schemes.parsed(path.read_text("utf-8"), path.name)


def test_it_has_the_style_the_shapes_ask_for() -> None:
    everything = [triple for path in FILES for triple in triples(path)]
    report = validation.check(everything, triples(ROOT / "shapes" / "style.ttl"))
    assert report.findings == ()


def test_every_term_has_label_and_definition_in_four_languages() -> None:
    found: dict[tuple[str, str], list[str]] = {}
    for path in FILES:
        for each in triples(path):
            name = each.predicate.value.rpartition("#")[2]
            if name in ("label", "prefLabel", "definition") and isinstance(each.object, ox.Literal):
                kind = "label" if name == "prefLabel" else name
                found.setdefault((str(each.subject), kind), []).append(each.object.language or "")
    assert len(found) > 300
    assert {key: languages for key, languages in found.items() if sorted(languages) != sorted(LANGUAGES)} == {}


def test_machine_assisted_translations_are_marked_as_such() -> None:
    marked = [each for path in FILES for each in triples(path) if each.predicate == MG["translationState"]]
    assert {each.object for each in marked} == {MG["MachineAssisted"]}
    labelled = {str(t.subject) for path in FILES for t in triples(path) if t.predicate.value.endswith("#definition")}
    assert {str(each.subject) for each in marked} == labelled


def test_its_schemes_have_the_words_the_tables_use() -> None:
    held = schemes.schemes_of(triples(ROOT / "ontology" / "schemes.ttl"), "schemes.ttl")
    expected = {"InstrumentKinds", "Forums", "ElementKinds", "ComparisonStates", "LocatorStates", "Verdicts"}
    assert expected <= held.concepts.keys()
    assert held.concept("ComparisonStates", "not compared") == MG["NotCompared"]
    assert held.concept("Verdicts", "bears") == MG["Bears"]


def test_the_files_give_one_version() -> None:
    versions = {version for path in FILES for version in re.findall(r"/(\d+\.\d+\.\d+)>", path.read_text("utf-8"))}
    assert len(versions) == 1
