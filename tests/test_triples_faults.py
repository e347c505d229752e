"""A row that does not fit the documents is refused where it stands, and all such rows together."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mandategraph.errors import TableError
from mandategraph.iris import Iris
from mandategraph.model import Boundary, Corpus, Cue, Overlap, StatedSource
from mandategraph.schemes import Schemes
from mandategraph.triples import state
from stating import HERE, VERSION, faults

LINKING = "linking-document-2011"


def with_cue(corpus: Corpus, **cells: str) -> Corpus:
    row = Cue(
        **{
            "document": LINKING,
            "quotation": "1.1/1",
            "words": "",
            "verb": "",
            "addressee_words": "",
            "addressee": "",
            "reason": "r",
        }
        | cells,
        place=HERE,
    )
    return replace(corpus, judgements=replace(corpus.judgements, cues=(*corpus.judgements.cues, row)))


def with_overlap(corpus: Corpus, one: str, other: str) -> Corpus:
    row = Overlap(LINKING, one, other, "different cut", "r", HERE)
    return replace(corpus, judgements=replace(corpus.judgements, overlaps=(row,)))


def with_stated_source(corpus: Corpus, plan: str, document: str, words: str) -> Corpus:
    row = StatedSource(plan, document, "x", words, "r", HERE)
    return replace(corpus, judgements=replace(corpus.judgements, stated_sources=(row,)))


def with_boundary(corpus: Corpus, plan: str, document: str, words: str) -> Corpus:
    row = Boundary("x", plan, "s", "not compared", "r", document, words, HERE)
    return replace(corpus, judgements=replace(corpus.judgements, scope=(row,)))


def with_plan(corpus: Corpus, **cells: Any) -> Corpus:
    plans = corpus.registry.plans
    return replace(corpus, registry=replace(corpus.registry, plans={**plans, "2012": replace(plans["2012"], **cells)}))


def asserted_by(corpus: Corpus, body: str) -> Corpus:
    first, *others = corpus.readings
    return replace(corpus, readings=(replace(first, source=replace(first.source, asserted_by=body)), *others))


def without_plan(corpus: Corpus) -> Corpus:
    plans = {name: row for name, row in corpus.registry.plans.items() if name != "2011-draft"}
    return replace(corpus, registry=replace(corpus.registry, plans=plans))


def with_another_plan(corpus: Corpus) -> Corpus:
    plans = corpus.registry.plans
    return replace(corpus, registry=replace(corpus.registry, plans={**plans, "2013": plans["2012"]}))


def without_cue(corpus: Corpus) -> Corpus:
    cues = tuple(each for each in corpus.judgements.cues if each.quotation != "1.4/1")
    return replace(corpus, judgements=replace(corpus.judgements, cues=cues))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.1/3"),
            r"t\.tsv:2: expected two passages of one instrument, found '.* and ",
            id="overlap-across-instruments",
        ),
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.4/1"),
            r"t\.tsv:2: expected two passages of one instrument, found '.* and ",
            id="overlap-with-itself",
        ),
        pytest.param(
            lambda held: with_overlap(held, "1.1/1", "1.1/9"),
            r"t\.tsv:2: expected a quotation of linking-document-2011, as .* \(nearest: .*1\.1/.*\), found '1\.1/9'",
            id="overlap-with-nothing",
        ),
        pytest.param(
            lambda held: with_cue(held, quotation="zzz"),
            r"t\.tsv:2: expected a quotation of .*\(nearest: none\), found 'zzz'",
            id="cue-of-no-quotation",
        ),
        pytest.param(
            lambda held: with_cue(held, document="zzz"),
            r"t\.tsv:2: expected a quotation of zzz, .*\(nearest: none\), found '1\.1/1'",
            id="cue-of-no-document",
        ),
        pytest.param(
            lambda held: with_cue(held, words="Promote", verb="promote"),
            r"t\.tsv:2: expected words that stand in the part that is meant in linking.*, found '0 times: Promote'",
            id="cue-words-of-another-quotation",
        ),
        pytest.param(
            lambda held: with_cue(held, addressee_words="states", addressee="member-states"),
            r"t\.tsv:2: expected words that stand in the part that is meant in linking.*, found '0 times: states'",
            id="addressee-words-not-there",
        ),
        pytest.param(
            without_cue,
            r"data/judgements/cues\.tsv: expected a row for quotation 1\.4/1 of linking-document-2011, found 'none'",
            id="quotation-without-cue",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "2012", "zzz", "w"),
            r"t\.tsv:2: expected a document among linking.*, found 'zzz'",
            id="stated-source-of-no-document",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "zzz", "hemispheric-plan-2012", "INTRODUCTION:"),
            r"t\.tsv:2: expected a plan among 2011-03-07, 2011-draft, 2012, found 'zzz'",
            id="stated-source-of-no-plan",
        ),
        pytest.param(
            lambda held: with_stated_source(held, "2012", "hemispheric-plan-2012", "trafficking in persons"),
            r"t\.tsv:2: expected words that stand once in hemispheric-plan.*, found '2 times: trafficking in persons'",
            id="stated-source-words-not-unique",
        ),
        pytest.param(
            lambda held: with_boundary(held, "zzz", "", ""),
            r"t\.tsv:2: expected a plan among .*, found 'zzz'",
            id="scope-of-no-plan",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "zzz", "w"),
            r"t\.tsv:2: expected a document among .*, found 'zzz'",
            id="scope-of-no-document",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "hemispheric-plan-2012", "zzz"),
            r"t\.tsv:2: expected words that stand once in hemispheric-plan-2012\.txt, found '0 times: zzz'",
            id="scope-words-not-there",
        ),
        pytest.param(
            lambda held: with_boundary(held, "", "hemispheric-plan-2012", ""),
            r"t\.tsv:2: expected words",
            id="scope-without-words",
        ),
        pytest.param(
            lambda held: with_plan(held, status_document="zzz"),
            r"data/registry/plans\.tsv:4: expected a document among .*, found 'zzz'",
            id="plan-status-of-no-document",
        ),
        pytest.param(
            lambda held: with_plan(held, status_words="zzz"),
            r"data/registry/plans\.tsv:4: expected words that stand once in working-.*, found '0 times: zzz'",
            id="plan-status-words-not-there",
        ),
        pytest.param(
            without_plan,
            r"data/registry/plans\.tsv: expected a row for the plan '2011-draft' that draft-.* prints, found 'none'",
            id="plan-without-row",
        ),
        pytest.param(
            with_another_plan,
            r"data/registry/plans\.tsv: expected a plan some document prints, found '2013'",
            id="plan-not-printed",
        ),
        pytest.param(
            lambda held: with_plan(held, worded_by="zzz"),
            r"data/registry/plans\.tsv: expected .*, found 'zzz'",
            id="plan-worded-by-no-document",
        ),
        pytest.param(
            lambda held: asserted_by(held, "zzz"),
            r"data/sources/sources\.toml: expected asserted_by: a slug of bodies\.tsv \(oas, .*\), found 'zzz'",
            id="asserted-by-no-body",
        ),
        pytest.param(
            lambda held: with_plan(held, worded_by=LINKING),
            r"data/registry/plans\.tsv: expected .*, found 'linking-document-2011'",
            id="plan-worded-by-a-document-that-does-not-print-it",
        ),
    ],
)
def test_a_row_that_does_not_fit_the_documents_is_refused(
    corpus: Corpus, iris: Iris, schemes: Schemes, spoil: Callable[[Corpus], Corpus], found: str
) -> None:
    with pytest.raises(TableError, match=f"^{found}"):
        state(spoil(corpus), iris, schemes, VERSION)


def test_the_faults_of_all_judgements_are_told_together(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    spoilt = with_boundary(with_overlap(without_cue(corpus), "1.1/1", "9.9/9"), "zzz", "", "")
    assert [each.partition(": expected ")[0] for each in faults(spoilt, iris, schemes)] == [
        "data/judgements/cues.tsv",
        "t.tsv:2",
        "t.tsv:2",
    ]
