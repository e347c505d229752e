"""The shapes over the real graph, and the report as a value and as triples."""

from pathlib import Path

import pyoxigraph as ox

from mandategraph import build as pipeline
from mandategraph import turtle, validation
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.release import home

ROOT = Path(__file__).parents[1]
SHAPES = b"""
@prefix ex: <http://example.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
ex:Thing a sh:NodeShape ; sh:targetClass ex:Thing ; sh:property ex:Thing-name , ex:Thing-age .
ex:Thing-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:message "A thing has a name." .
ex:Thing-age a sh:PropertyShape ; sh:path ex:age ; sh:minCount 1 ; sh:severity sh:Warning ;
    sh:message "A thing has an age." .
"""


def triples(text: bytes) -> list[ox.Triple]:
    """The triples of a Turtle text."""
    return [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def test_the_real_graph_conforms_and_the_published_report_says_what_was_found() -> None:
    report = pipeline.report_of(home(ROOT))
    assert report.conforms
    assert {each.severity for each in report.findings} == {"Warning"}
    published = (ROOT / "data" / "graph" / "report.ttl").read_text("utf-8")
    assert turtle.read(published, DEFAULT_BASE) == validation.stated(report, Iris(DEFAULT_BASE))


def test_a_violation_stops_and_a_warning_does_not() -> None:
    data = triples(b"<http://example.org/a> a <http://example.org/Thing> .")
    report = validation.check(data, triples(SHAPES))
    assert [each.severity for each in report.findings] == ["Violation", "Warning"]
    assert [each.message for each in report.violations] == ["A thing has a name."]
    assert not report.conforms
    named = triples(b"<http://example.org/a> a <http://example.org/Thing> ; <http://example.org/name> 'a' .")
    assert validation.check(named, triples(SHAPES)).conforms


def test_a_report_states_each_finding() -> None:
    data = triples(b"<http://example.org/a> a <http://example.org/Thing> .")
    stated = validation.stated(validation.check(data, triples(SHAPES)), Iris(DEFAULT_BASE))
    text = turtle.written(stated, DEFAULT_BASE)
    assert "sh:conforms false" in text
    assert text.count("a sh:ValidationResult") == 2
    assert "sh:resultPath <http://example.org/name>" in text
    assert '"A thing has a name."@en' in text
