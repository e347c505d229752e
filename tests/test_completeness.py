"""Completeness: the real corpus leaves nothing open, and what a row is taken from is told where it stands."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mandategraph import completeness
from mandategraph.errors import SourceError, TableError
from mandategraph.mentions import EXPECTED
from mandategraph.model import Corpus
from mandategraph.places import LineIndex, Place, Span
from mandategraph.record import Disagreement, Excuse, Mention, Side

HERE = Place("excused.tsv", 9)
IDLE = "words that a check reports and no mention covers"


def with_mentions(corpus: Corpus, kept: Callable[[Mention], bool]) -> Corpus:
    """The corpus with only some of its mentions."""
    mentions = tuple(filter(kept, corpus.entities.mentions))
    assert mentions != corpus.entities.mentions
    return replace(corpus, entities=replace(corpus.entities, mentions=mentions))


def with_excuses(corpus: Corpus, *excused: Excuse) -> Corpus:
    """The corpus with other excuses."""
    return replace(corpus, entities=replace(corpus.entities, excused=excused))


def with_sides(corpus: Corpus, kept: Callable[[Side], bool]) -> Corpus:
    """The corpus with only some sides of its discrepancies."""
    sides = tuple(filter(kept, corpus.claims.sides))
    assert sides != corpus.claims.sides
    return replace(corpus, claims=replace(corpus.claims, sides=sides))


def where(corpus: Corpus, document: str, offset: int) -> Place:
    """The place of a character of a document."""
    (reading,) = (each for each in corpus.readings if each.source.identifier == document)
    return LineIndex(reading.source.file, reading.text).place(offset)


def test_the_real_corpus_leaves_nothing_open(corpus: Corpus) -> None:
    assert [str(each) for each in completeness.open_names(corpus)] == []
    assert [str(each) for each in completeness.open_oddities(corpus)] == []
    assert completeness.left_names(corpus) == []


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("linking-document-2011", "OAS Working Group on Democracy and Human Rights"),
        ("draft-declaration-and-plan-2011", "DRAFT PLAN OF ACTION OF SAN SALVADOR"),
        ("working-group-work-plan-2012", "virtual platform"),
        ("working-group-report-2012", "online platform"),
        ("working-group-report-2012", "Committee on Hemispheric Security"),
        ("hemispheric-plan-2012", "Secretariat for Multidimensional Security"),
    ],
)
def test_a_name_whose_mention_is_gone_is_told_where_it_stands(corpus: Corpus, document: str, words: str) -> None:
    found = [each for each in corpus.entities.mentions if (each.document, each.words) == (document, words)]
    removed = found[-1]
    less = with_mentions(corpus, lambda each: each is not removed)
    (fault,) = completeness.open_names(less)
    assert isinstance(fault, SourceError)
    assert fault.place == where(corpus, document, removed.start)
    assert (fault.expected, fault.found) == (EXPECTED, words)
    ((left, candidate),) = completeness.left_names(less)
    assert (left, candidate.span, candidate.words) == (document, Span(removed.start, removed.end), words)


def test_words_that_no_other_row_knows_are_told_by_their_capitals_alone(corpus: Corpus) -> None:
    less = with_mentions(corpus, lambda each: each.words != "draft Work Plan")
    assert [each.found for each in completeness.open_names(less)] == ["Work Plan"]
    less = with_mentions(corpus, lambda each: each.words != "paragraph agreed upon")
    assert completeness.open_names(less) == []


def test_every_name_of_a_text_without_mentions_is_told(corpus: Corpus) -> None:
    document = "hemispheric-plan-2012"
    less = with_mentions(corpus, lambda each: each.document != document)
    faults = completeness.open_names(less)
    assert {each.place.file for each in faults} == {f"{document}.txt"}
    assert {each.place for each in faults} >= {
        where(corpus, document, each.start)
        for each in corpus.entities.mentions
        if each.document == document and each.words in {"OAS", "Committee on Hemispheric Security"}
    }
    assert [(of, each.words) for of, each in completeness.left_names(less)] == [
        (document, each.found) for each in faults
    ]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("any", "Ruritania"),
        ("any", "Committee on Hemispheric Security"),
        ("hemispheric-plan-2012", "Ruritania"),
        ("hemispheric-plan-2012", "WORKING METHOD"),
        ("poem-2012", "Hemisphere"),
    ],
    ids=["not-there", "mentioned", "not-there-in-one", "there-in-another", "no-document"],
)
def test_an_excuse_that_no_name_needs_is_told_at_its_row(corpus: Corpus, document: str, words: str) -> None:
    idle = Excuse(document, words, "r", HERE)
    (fault,) = completeness.open_names(with_excuses(corpus, *corpus.entities.excused, idle))
    assert isinstance(fault, TableError)
    assert str(fault) == f"{HERE}: expected {IDLE}, found {words!r}"


def test_each_excuse_is_needed_where_it_is_given(corpus: Corpus) -> None:
    excused = corpus.entities.excused
    assert len(excused) > 10
    for removed in excused[:: len(excused) // 6]:
        faults = completeness.open_names(with_excuses(corpus, *(each for each in excused if each is not removed)))
        assert faults
        assert all(isinstance(each, SourceError) for each in faults)
        assert all(each.found in removed.words or removed.words in each.found for each in faults)
        if removed.document != "any":
            assert {each.place.file for each in faults} == {f"{removed.document}.txt"}


def test_an_excuse_for_any_document_serves_the_one_that_needs_it(corpus: Corpus) -> None:
    wider = (replace(each, document="any") for each in corpus.entities.excused if each.words == "WORKING METHOD")
    others = (each for each in corpus.entities.excused if each.words != "WORKING METHOD")
    assert completeness.open_names(with_excuses(corpus, *others, *wider)) == []


def test_names_and_excuses_are_told_together(corpus: Corpus) -> None:
    removed = next(each for each in corpus.entities.mentions if each.words == "virtual platform")
    less = with_mentions(corpus, lambda each: each is not removed)
    idle = (Excuse("any", "Ruritania", "r", HERE), Excuse("poem", "Freedonia", "r", Place("excused.tsv", 10)))
    faults = completeness.open_names(with_excuses(less, *corpus.entities.excused, *idle))
    assert [each.found for each in faults] == [removed.words, "Ruritania", "Freedonia"]


ODD = [
    ("working-group-work-plan-2012", "damaged character", "�", "working-group-work-plan-2012.txt:145:2", "lost"),
    ("linking-document-2011", "list label", "b.", "linking-document-2011.txt:186:1", "does not follow"),
    (
        "working-group-report-2012",
        "impossible date",
        "November September 8",
        "working-group-report-2012.txt:12:19",
        "two months",
    ),
    ("working-group-report-2012", "left blank", "May XX", "working-group-report-2012.txt:204:202", "left open"),
    ("hemispheric-plan-2012", "broken sentence", "including.", "hemispheric-plan-2012.txt:9:483", "another behind it"),
]


def kinds(corpus: Corpus) -> dict[str, str]:
    """The kind of each discrepancy."""
    return {each.name: each.kind for each in corpus.claims.discrepancies}


@pytest.mark.parametrize(("document", "kind", "words", "place", "why"), ODD, ids=[each[1] for each in ODD])
def test_an_oddity_whose_side_is_gone_is_told_where_it_stands_and_of_what_kind(
    corpus: Corpus, document: str, kind: str, words: str, place: str, why: str
) -> None:
    of, first = kinds(corpus), words.partition(" ")[0]

    def kept(each: Side) -> bool:
        return (each.document, of[each.discrepancy]) != (document, kind) or first not in each.words

    (fault,) = completeness.open_oddities(with_sides(corpus, kept))
    assert str(fault.place) == place
    assert fault.expected.startswith(f"a row of discrepancies.tsv of kind {kind!r} that covers it (")
    assert why in fault.expected
    assert fault.found == words


def test_one_of_two_sides_leaves_the_words_of_the_other(corpus: Corpus) -> None:
    sides = [each for each in corpus.claims.sides if each.words.startswith("⟦b.⟧")]
    first, second = sides
    assert completeness.open_oddities(with_sides(corpus, lambda each: each is not first)) == []
    (fault,) = completeness.open_oddities(with_sides(corpus, lambda each: each is not second))
    assert (fault.place, fault.found) == (Place("linking-document-2011.txt", 186, 1), "b.")


@pytest.mark.parametrize(("name", "words"), [("work-plan-damaged-footnote-mark", "�"), ("list-items-a-b-b", "b.")])
def test_a_discrepancy_of_another_kind_covers_nothing(corpus: Corpus, name: str, words: str) -> None:
    def other(each: Disagreement) -> Disagreement:
        return replace(each, kind="misspelling") if each.name == name else each

    held = tuple(map(other, corpus.claims.discrepancies))
    assert held != corpus.claims.discrepancies
    (fault,) = completeness.open_oddities(replace(corpus, claims=replace(corpus.claims, discrepancies=held)))
    assert fault.found == words


def test_every_oddity_of_a_text_without_sides_is_told(corpus: Corpus) -> None:
    document = "working-group-report-2012"
    faults = completeness.open_oddities(with_sides(corpus, lambda each: each.document != document))
    assert {each.place.file for each in faults} == {f"{document}.txt"}
    assert [each.place for each in faults] == sorted(each.place for each in faults)
    assert len(faults) == 8


@pytest.mark.parametrize(
    ("document", "words", "expected"),
    [
        ("poem-2012", "An ode", "a document among linking-document-2011, "),
        ("hemispheric-plan-2012", "An ode", "words that stand once in hemispheric-plan-2012.txt"),
        ("hemispheric-plan-2012", "OAS", "words that stand once in hemispheric-plan-2012.txt"),
    ],
)
def test_a_side_that_stands_nowhere_is_told_at_its_row(
    corpus: Corpus, document: str, words: str, expected: str
) -> None:
    first, *others = corpus.claims.sides
    wrong = replace(first, document=document, words=words)
    (fault,) = completeness.open_oddities(replace(corpus, claims=replace(corpus.claims, sides=(wrong, *others))))
    assert fault.place == first.place
    assert fault.expected.startswith(expected)


def test_what_mentions_cover_is_of_their_document(corpus: Corpus) -> None:
    covered = {each.source.identifier: completeness.mentioned(each, corpus) for each in corpus.readings}
    assert sum(map(len, covered.values())) == len(corpus.entities.mentions)
    assert all(Span(each.start, each.end) in covered[each.document] for each in corpus.entities.mentions)


def test_the_forms_are_names_short_forms_symbols_titles_and_wordings(corpus: Corpus) -> None:
    held, forms = corpus.entities, completeness.forms_of(corpus)
    assert "" not in forms
    tables = (held.bodies, held.meetings, held.states, held.persons, held.programmes)
    assert forms >= {row.name for table in tables for row in table.values()}
    assert forms >= {row.abbreviation for row in held.bodies.values()} - {""}
    assert forms >= {row.symbol for row in held.symbols.values()}
    assert forms >= {row.title for row in corpus.registry.instruments.values()}
    assert forms >= {row.words for row in held.mentions}


def test_a_mention_whose_words_are_elsewhere_is_told_at_its_row_and_alone(corpus: Corpus) -> None:
    first, *others = corpus.entities.mentions
    moved = replace(first, start=first.start + 1, end=first.end + 1)
    (fault,) = completeness.open_names(of_mentions(corpus, [moved, *others]))
    assert fault.place == first.place
    assert fault.expected == f"the words {first.words!r}"
    assert f"at {moved.start}–{moved.end} of {first.document}.txt" in fault.found


def test_a_mention_of_no_document_is_told_at_its_row(corpus: Corpus) -> None:
    first, *others = corpus.entities.mentions
    (fault,) = completeness.open_names(of_mentions(corpus, [replace(first, document="poem"), *others]))
    assert (fault.place, fault.found) == (first.place, "poem")


def of_mentions(corpus: Corpus, mentions: list[Mention]) -> Corpus:
    """The corpus with these mentions."""
    return replace(corpus, entities=replace(corpus.entities, mentions=tuple(mentions)))


@pytest.mark.parametrize("source", ["poem.txt:1", "hemispheric-plan-2012.txt:4,9999"])
def test_a_source_that_is_no_line_of_a_text_is_told(corpus: Corpus, source: str) -> None:
    assert completeness.unread_lines(corpus) == []
    body = next(iter(corpus.entities.bodies.values()))
    for column in ("source", "part_of_source"):
        bodies = {**corpus.entities.bodies, body.slug: replace(body, **{column: f"https://example.org/ ; {source}"})}
        (fault,) = completeness.unread_lines(replace(corpus, entities=replace(corpus.entities, bodies=bodies)))
        assert (str(fault.place), fault.expected, fault.found) == (
            "data/registry/bodies.tsv",
            f"{column} of {body.slug}: a line of a text here",
            source,
        )


def test_what_is_open_is_told_together(corpus: Corpus) -> None:
    assert completeness.faults(corpus) == []
    without = replace(corpus.entities, mentions=corpus.entities.mentions[1:])
    sides = replace(corpus.claims, sides=corpus.claims.sides[1:])
    assert completeness.faults(replace(corpus, entities=without, claims=sides))
