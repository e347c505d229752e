"""Every way in which a selector can miss its words is found."""

from collections.abc import Iterable

import pyoxigraph as ox
import pytest

from mandategraph import triples
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.places import Span
from mandategraph.schemes import Schemes
from mandategraph.selectors import misplaced
from mandategraph.terms import en, evidence, integer
from mandategraph.vocabulary import MG, OA, A

TEXT = "\n“Take note  of\nmechanisms”, as it was said elsewhere once before\n"
SPAN = Span(TEXT.index("Take"), TEXT.index("”"))
WORDS = "Take note of mechanisms"
AT = f"{SPAN.start}–{SPAN.end}"
DOCUMENT = Iris().mint("document", document="doc")
NODE = Iris().mint("quotation", document="doc", notation="1.1", number="1")
RESOURCE = Iris.part(NODE, "evidence")
QUOTE, POSITION = Iris.part(NODE, "evidence", "quote"), Iris.part(NODE, "evidence", "position")

Change = tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal | None]


def graph(*changes: Change) -> list[ox.Triple]:
    """A quotation with its evidence, each change giving a property of a node another value, or none."""
    held = [
        ox.Triple(NODE, A, MG["Quotation"]),
        ox.Triple(NODE, MG["text"], en(WORDS)),
        *evidence(NODE, DOCUMENT, TEXT, SPAN),
    ]
    for subject, predicate, value in changes:
        held = [each for each in held if (each.subject, each.predicate) != (subject, predicate)]
        if value is not None:
            held.append(ox.Triple(subject, predicate, value))
    return held


def faults(held: Iterable[ox.Triple]) -> list[str]:
    return [str(each) for each in misplaced(held, {DOCUMENT: TEXT})]


def test_a_selector_that_points_at_its_words_has_no_faults() -> None:
    assert faults(graph()) == []


EXACT = f"{QUOTE.value}: expected {OA['exact'].value} "
NO_SELECTORS = f"{RESOURCE.value}: expected a source and both selectors, found {DOCUMENT.value}, "
NOT_ITS_WORDS = f"{NODE.value}: expected the words of its evidence, 'Take note  of\\nmechanisms', found 'Take note'"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((POSITION, OA["start"], integer(3)), f"{EXACT}'ake note  of"),
        ((POSITION, OA["end"], integer(SPAN.end - 1)), f"{EXACT}'Take note  of\\nmechanism' of "),
        ((POSITION, OA["start"], integer(-1)), NO_SELECTORS),
        ((POSITION, OA["start"], None), NO_SELECTORS),
        ((POSITION, OA["end"], None), NO_SELECTORS),
        ((POSITION, A, None), NO_SELECTORS),
        ((POSITION, A, OA["TextQuoteSelector"]), NO_SELECTORS),
        (
            (QUOTE, OA["exact"], ox.Literal("Take note")),
            f"{EXACT}'Take note  of\\nmechanisms' of {DOCUMENT.value} {AT}, found 'Take note'",
        ),
        ((QUOTE, OA["exact"], None), f"{EXACT}'Take note  of\\nmechanisms' of {DOCUMENT.value} {AT}, found ''"),
        (
            (QUOTE, OA["prefix"], ox.Literal("")),
            f"{QUOTE.value}: expected {OA['prefix'].value} '\\n“' of {DOCUMENT.value} {AT}, found ''",
        ),
        (
            (QUOTE, OA["suffix"], ox.Literal("”")),
            f"{QUOTE.value}: expected {OA['suffix'].value} '”, as it was said elsewhere once' of ",
        ),
        ((QUOTE, A, None), NO_SELECTORS),
        (
            (RESOURCE, OA["hasSource"], None),
            f"{RESOURCE.value}: expected a source and both selectors, found no source, ",
        ),
        (
            (RESOURCE, OA["hasSource"], NODE),
            f"{RESOURCE.value}: expected a source and both selectors, found {NODE.value}, ",
        ),
        ((RESOURCE, OA["hasSelector"], None), f"{NO_SELECTORS}[]"),
        ((RESOURCE, OA["hasSelector"], QUOTE), f"{NO_SELECTORS}['{QUOTE.value}']"),
        ((NODE, MG["text"], en("Take note")), NOT_ITS_WORDS),
        ((NODE, MG["words"], en("Take note")), NOT_ITS_WORDS),
        ((NODE, MG["evidence"], None), f"{NODE.value}: expected evidence, found none"),
        (
            (NODE, MG["evidence"], POSITION),
            f"{POSITION.value}: expected a source and both selectors, found no source, []",
        ),
    ],
)
def test_each_way_to_be_wrong_is_found(change: Change, message: str) -> None:
    assert faults(graph(change))[0].startswith(message)


@pytest.mark.parametrize("predicate", ["exact", "prefix", "suffix"])
@pytest.mark.parametrize("first", [True, False])
def test_a_second_value_is_found(predicate: str, *, first: bool) -> None:
    more = ox.Triple(QUOTE, OA[predicate], ox.Literal("x"))
    found = faults([more, *graph()] if first else [*graph(), more])
    assert found[0].startswith(f"{QUOTE.value}: expected {OA[predicate].value} ")


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("kind", ["TextQuoteSelector", "TextPositionSelector"])
def test_a_second_selector_of_a_kind_is_found(kind: str, *, first: bool) -> None:
    other = Iris.part(NODE, "other")
    more = [ox.Triple(RESOURCE, OA["hasSelector"], other), ox.Triple(other, A, OA[kind])]
    assert faults([*more, *graph()] if first else [*graph(), *more]) != []


@pytest.mark.parametrize(("end", "sound"), [(len(TEXT), True), (len(TEXT) + 1, False)])
def test_an_end_behind_the_end_of_the_text_is_found(end: int, *, sound: bool) -> None:
    held = {each for each in evidence(NODE, DOCUMENT, TEXT, Span(1, len(TEXT))) if each.predicate != OA["end"]}
    assert (faults([*held, ox.Triple(POSITION, OA["end"], integer(end))]) == []) == sound


def test_a_selector_of_no_characters_is_found() -> None:
    suffix = ox.Literal(TEXT[SPAN.start : SPAN.start + 32])
    nothing: list[Change] = [(POSITION, OA["end"], integer(SPAN.start)), (QUOTE, OA["exact"], ox.Literal(""))]
    assert faults(graph(*nothing, (QUOTE, OA["suffix"], suffix), (NODE, MG["text"], None))) != []


def test_the_faults_of_all_evidence_are_told_in_order() -> None:
    other = Iris().mint("quotation", document="doc", notation="1.1", number="2")
    third = Iris().mint("quotation", document="doc", notation="1.1", number="3")
    held = [
        ox.Triple(other, A, MG["Quotation"]),
        ox.Triple(third, MG["evidence"], Iris.part(third, "evidence")),
        *graph((QUOTE, OA["prefix"], ox.Literal("x"))),
    ]
    assert [each.partition(": ")[0] for each in faults(held)] == [
        *(QUOTE.value, Iris.part(third, "evidence").value, other.value),
    ]
    assert faults(reversed(held)) == faults(held)


def test_a_node_that_is_no_quotation_needs_no_words() -> None:
    cue = Iris().mint("plan", plan="2012")
    assert faults(evidence(cue, DOCUMENT, TEXT, SPAN)) == []


def test_the_real_graphs_have_no_faults(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    texts = {iris.mint("document", document=each.source.identifier): each.text for each in corpus.readings}
    graphs = triples.state(corpus, iris, schemes, "1.2.3")
    assert sum(each.predicate == MG["evidence"] for held in graphs.values() for each in held) > 300
    for name, held in graphs.items():
        assert misplaced(held, texts) == [], name


def test_one_character_more_in_a_real_text_is_found(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    linking = corpus.readings[0]
    name = iris.mint("document", document=linking.source.identifier)
    held = triples.state(corpus, iris, schemes, "1.2.3")[iris.mint("source-graph", document=linking.source.identifier)]
    faults_of_moved = misplaced(held, {name: linking.text[:100] + "x" + linking.text[100:]})
    resting = sum(each.predicate == MG["evidence"] for each in held)
    assert sum(OA["exact"].value in str(each) for each in faults_of_moved) == resting > 130
