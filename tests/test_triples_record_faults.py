"""A row of the record that does not fit the documents or the other tables is refused, where it stands."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mandategraph.errors import TableError
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.record import REFERENCE_KINDS, Reference
from mandategraph.schemes import Schemes
from mandategraph.triples import state
from mandategraph.triples.references import References
from mandategraph.vocabulary import MG
from stating import HERE, VERSION, Stated, faults

REPORT = "working-group-report-2012"
NOWHERE = Reference("body", "committee-on-hemispheric-securty")
NEAREST = r"a body the tables have \(nearest: committee-on-hemispheric-security[^)]*\), found 'body:committee-on-"
ONCE = r"words that stand once in working-group-report-2012\.txt, found "


def changed(corpus: Corpus, of: str, table: str, number: int, /, **cells: Any) -> Corpus:
    """A corpus with one row of one of its tables changed, and put at a place of its own."""
    held = getattr(corpus, of)
    rows = getattr(held, table)
    values = list(rows.values()) if isinstance(rows, dict) else list(rows)
    placed = {"place": HERE} if hasattr(values[number], "place") else {}
    values[number] = replace(values[number], **placed, **cells)
    made = dict(zip(rows, values, strict=True)) if isinstance(rows, dict) else tuple(values)
    return replace(corpus, **{of: replace(held, **{table: made})})


def mention(corpus: Corpus, **cells: Any) -> Corpus:
    """A corpus whose first mention is another."""
    return changed(corpus, "entities", "mentions", 0, **cells)


def past_the_end(corpus: Corpus) -> Corpus:
    """A corpus whose first mention reaches behind the end of its document."""
    row = corpus.entities.mentions[0]
    reading = next(each for each in corpus.readings if each.source.identifier == row.document)
    start = len(reading.text) - 4
    return mention(corpus, start=start, end=start + 9, words=reading.text[start:].strip())


def row_number(corpus: Corpus, of: str, table: str, /, **cells: Any) -> int:
    """The number of the first row of a table that has these cells."""
    rows = getattr(getattr(corpus, of), table)
    values = list(rows.values()) if isinstance(rows, dict) else list(rows)
    return next(n for n, row in enumerate(values) if all(getattr(row, key) == value for key, value in cells.items()))


def spoilt(of: str, table: str, where: dict[str, Any], /, **cells: Any) -> Callable[[Corpus], Corpus]:
    """The spoiling of the first row of a table that has some cells."""
    return lambda corpus: changed(corpus, of, table, row_number(corpus, of, table, **where), **cells)


HERE_IN_REPORT = {"document": REPORT}
WORDED_THEME = {"subject": "quotation:linking-document-2011/1.1/1", "theme": "police"}
ACTION_THEME = {"subject": "action:2012/1.1.1"}

FAULTS: dict[str, tuple[Callable[[Corpus], Corpus], str]] = {
    "mention-other-words": (
        lambda held: mention(held, words="DRAFT DECLARATION"),
        r"the words 'DRAFT DECLARATION', found .*'DRAFT DECLARATION OF SAN SALVADOR ON SECURITY.* at 1–63 of draft-",
    ),
    "mention-other-place": (
        lambda held: mention(held, start=2),
        r"the words 'DRAFT .*', found .*RAFT DECLARATION",
    ),
    "mention-past-the-end": (past_the_end, r"the words '.*', found "),
    "mention-of-no-document": (lambda held: mention(held, document="zzz"), r"a document among .*, found 'zzz'"),
    "mention-of-nothing": (lambda held: mention(held, row=NOWHERE), NEAREST),
    "mention-of-no-instrument": (
        lambda held: mention(held, row=Reference("instrument", "zzz")),
        r"an instrument the tables have \(nearest: none\), found 'instrument:zzz'",
    ),
    "mention-of-no-plan": (
        lambda held: mention(held, row=Reference("plan", "2013")),
        r"a plan the tables have \(nearest: 2012[^)]*\), found 'plan:2013'",
    ),
    "role-in-no-document": (
        spoilt("entities", "roles", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "role-without-its-words": (
        spoilt("entities", "roles", HERE_IN_REPORT, words="Denys Toscano"),
        ONCE + "'2 times: Denys Toscano'",
    ),
    "symbol-of-no-instrument": (
        spoilt("entities", "symbols", {"slug": "csh-gt-dss-8-12"}, instrument="csh-gt-dss-8-12-consultation-guid"),
        r"an instrument the tables have \(nearest: csh-gt-dss-8-12-consultation-guide.*found 'instrument:csh-",
    ),
    "statement-about-nothing": (
        spoilt("process", "statements", HERE_IN_REPORT, about=(("of", NOWHERE),)),
        NEAREST,
    ),
    "statement-in-no-document": (
        spoilt("process", "statements", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "statement-words-not-there": (
        spoilt("process", "statements", HERE_IN_REPORT, words="on June 9, 2011"),
        ONCE + "'0 times: on June 9, 2011'",
    ),
    "statement-words-twice": (
        spoilt("process", "statements", HERE_IN_REPORT, words="⟦April 24⟧"),
        ONCE + r"'[2-9] times: ⟦April 24⟧'",
    ),
    "order-of-no-instrument": (
        spoilt("process", "orders", HERE_IN_REPORT, instrument="zzz"),
        r"an instrument the tables have \(nearest: none\), found 'instrument:zzz'",
    ),
    "order-in-no-document": (
        spoilt("process", "orders", {"name": "draft-declaration-7"}, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "order-words-not-there": (
        spoilt("process", "orders", HERE_IN_REPORT, words="instructs the Council"),
        ONCE + "'0 times: instructs the Council'",
    ),
    "order-part-of-another-document": (
        spoilt("process", "parts", {"order": "paragraph-16-report"}, words="Declarative paragraph 16"),
        ONCE + "'0 times: Declarative paragraph 16'",
    ),
    "order-part-names-nothing": (
        spoilt("process", "parts", {"order": "paragraph-16-report"}, row=NOWHERE),
        NEAREST,
    ),
    "mandate-of-nothing": (spoilt("process", "mandates", {"basis": "judged"}, subject=NOWHERE), NEAREST),
    "mandate-stated-of-nothing": (spoilt("process", "mandates", {"basis": "stated"}, subject=NOWHERE), NEAREST),
    "mandate-stated-without-its-words": (
        spoilt("process", "mandates", {"document": REPORT}, words="the Plan ordered"),
        ONCE + "'0 times: the Plan ordered'",
    ),
    "mandate-stated-in-no-document": (
        spoilt("process", "mandates", {"basis": "stated"}, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "outcome-in-nothing": (spoilt("process", "outcomes", {}, row=NOWHERE), NEAREST),
    "outcome-in-no-document": (
        spoilt("process", "outcomes", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "outcome-words-not-there": (
        spoilt("process", "outcomes", HERE_IN_REPORT, words="May 2, 2012"),
        ONCE + "'0 times: May 2, 2012'",
    ),
    "duty-of-nobody": (
        spoilt("process", "duties", {"holder": "body:oas-general-secretariat"}, holder=str(NOWHERE)),
        NEAREST,
    ),
    "duty-towards-nobody": (spoilt("process", "duties", HERE_IN_REPORT, addressee=str(NOWHERE)), NEAREST),
    "duty-of-no-plan": (
        spoilt("process", "duties", HERE_IN_REPORT, plan="zzz"),
        r"a plan the tables have \(nearest: none\), found 'plan:zzz'",
    ),
    "duty-of-no-instrument": (
        spoilt("process", "duties", HERE_IN_REPORT, instrument="zzz"),
        r"an instrument the tables have \(nearest: none\), found 'instrument:zzz'",
    ),
    "duty-in-no-document": (
        spoilt("process", "duties", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "duty-status-in-no-document": (
        spoilt("process", "duties", {"status": "done by some"}, status_document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "duty-status-words-not-there": (
        spoilt("process", "duties", {"status": "done by some"}, status_words="all delegations"),
        ONCE + "'0 times: all delegations'",
    ),
    "discrepancy-side-not-there": (
        spoilt("claims", "sides", HERE_IN_REPORT, words="June 9, 2011"),
        ONCE + "'0 times: June 9, 2011'",
    ),
    "discrepancy-side-in-two-places": (
        spoilt("claims", "sides", HERE_IN_REPORT, words="March 28"),
        ONCE + "'[2-9] times: March 28'",
    ),
    "discrepancy-side-in-no-document": (
        spoilt("claims", "sides", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "discrepancy-holds-nothing": (spoilt("claims", "discrepancies", {}, holds=NOWHERE), NEAREST),
    "discrepancy-with-nothing": (spoilt("claims", "discrepancies", {}, compared_with=NOWHERE), NEAREST),
    "identity-of-nothing": (spoilt("claims", "identities", {}, one=str(NOWHERE)), NEAREST),
    "identity-with-nothing": (spoilt("claims", "identities", {}, other=str(NOWHERE)), NEAREST),
    "identity-of-words-not-there": (
        spoilt("claims", "identities", {}, one=f"wording:{REPORT}/the Plan of San José"),
        ONCE + "'0 times: the Plan of San José'",
    ),
    "identity-of-words-in-no-document": (
        spoilt("claims", "identities", {}, other="wording:zzz/the Plan"),
        r"a document among .*, found 'zzz'",
    ),
    "identity-reassigns-words-that-are-no-heading": (
        spoilt(
            "claims",
            "identities",
            {"name": "resolution-2444-or-2540"},
            reassigns="wording:linking-document-2011/AG/RES. 2444 (XXXIX-O/09) – Follow up to MISPA",
        ),
        r"a wording of spellings\.tsv \(nearest: AG/RES\. 2444 \(XXXIX-O/09\) – Follow-up to MISPA.*found 'wording:",
    ),
    "identity-reassigns-nothing-near": (
        spoilt("claims", "identities", {"name": "resolution-2444-or-2540"}, reassigns="wording:zzz/q"),
        r"a wording of spellings\.tsv \(nearest: none\), found 'wording:zzz/q'",
    ),
    "identity-reassigned-to-nothing": (
        spoilt("claims", "identities", {"name": "resolution-2444-or-2540"}, to="instrument:zzz"),
        r"an instrument the tables have \(nearest: none\), found 'instrument:zzz'",
    ),
    "theme-of-no-quotation": (
        spoilt("claims", "themes", WORDED_THEME, subject="quotation:linking-document-2011/1.1/19"),
        r"a quotation of linking-document-2011, as .* \(nearest: .*\), found '1\.1/19'",
    ),
    "theme-in-words-of-another-quotation": (
        spoilt("claims", "themes", WORDED_THEME, words="sharing of relevant information"),
        r"words that stand in the part that is meant in linking-.*, found '0 times: sharing of relevant information'",
    ),
    "theme-of-no-plan": (
        spoilt("claims", "themes", ACTION_THEME, subject="action:2013/1.1.1"),
        r"a plan among 2011-03-07, 2011-draft, 2012, found '2013'",
    ),
    "theme-of-no-action": (
        spoilt("claims", "themes", ACTION_THEME, subject="action:2012/1.1.19"),
        r"an action of plan 2012 \(nearest: 1\.1\.1.*\), found '1\.1\.19'",
    ),
    "theme-in-words-of-another-action": (
        spoilt("claims", "themes", ACTION_THEME, words="To exchange training curriculum"),
        r"words that stand in the part that is meant in hemispheric-.*, found '0 times: To exchange",
    ),
    "principle-of-nothing": (
        spoilt("claims", "principles", {}, of=NOWHERE),
        NEAREST,
    ),
    "principle-in-no-document": (
        spoilt("claims", "principles", HERE_IN_REPORT, document="zzz"),
        r"a document among .*, found 'zzz'",
    ),
    "principle-words-not-there": (
        spoilt("claims", "principles", HERE_IN_REPORT, words="⟦respect⟧ for gender"),
        ONCE + "'0 times: ⟦respect⟧ for gender'",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_row_that_does_not_fit_is_refused_where_it_stands(
    corpus: Corpus, iris: Iris, schemes: Schemes, name: str
) -> None:
    spoil, expected = FAULTS[name]
    told = [each for each in faults(spoil(corpus), iris, schemes) if each.startswith("t.tsv:2: ")]
    assert len(told) == 1
    assert re.match(rf"t\.tsv:2: expected {expected}", told[0]), told[0]


def test_the_faults_of_all_tables_are_told_together(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    spoilt_tables = {
        "mentions": mention(corpus, words="x"),
        "statements": FAULTS["statement-about-nothing"][0](corpus),
        "discrepancies": FAULTS["discrepancy-side-not-there"][0](corpus),
    }
    several = replace(
        corpus,
        entities=spoilt_tables["mentions"].entities,
        process=spoilt_tables["statements"].process,
        claims=spoilt_tables["discrepancies"].claims,
    )
    assert len(faults(several, iris, schemes)) == 3


@pytest.mark.parametrize("of", ["quotation:linking-document-2011/1.4/1", "action:2012/1.1.2", "action:2011-draft/1.1"])
def test_what_has_no_theme_is_told(corpus: Corpus, iris: Iris, schemes: Schemes, of: str) -> None:
    themes = tuple(row for row in corpus.claims.themes if row.subject != of)
    assert len(themes) < len(corpus.claims.themes)
    without = replace(corpus, claims=replace(corpus.claims, themes=themes))
    assert faults(without, iris, schemes) == [
        f"data/judgements/themes.tsv: expected a row for {of}, found 'none'",
    ]


def test_words_that_stand_once_as_spaced_otherwise_will_do(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    words = "March 28,\u00a0⟦March\n24⟧,  and April 26"
    spaced = spoilt("claims", "sides", {"words": "March 28, ⟦March 24⟧, and April 26"}, words=words)(corpus)
    found = Stated(state(spaced, iris, schemes, VERSION))
    assert found.words(iris.mint("disagreement", name="march-24-or-april-24"), "evidence-1") == "March 24"


def test_a_row_only_named_has_no_words(corpus: Corpus, iris: Iris, schemes: Schemes) -> None:
    bare = spoilt("process", "outcomes", HERE_IN_REPORT, words="", document="", row=None, date="")(corpus)
    found = Stated(state(bare, iris, schemes, VERSION))
    node = iris.mint("outcome", order="paragraph-16-report", number="1")
    assert found.text(node, MG["tableRow"]) == "t.tsv"
    assert not {MG[each].value for each in ("words", "evidence", "outcomeIn")} & found.properties(node).keys()


# References


@pytest.mark.parametrize(
    ("kind", "slug", "path"),
    [
        ("body", "oas", "body/oas"),
        ("meeting", "mispa-1", "meeting/mispa-1"),
        ("state", "mx", "state/mx"),
        ("person", "jeremy-long", "person/jeremy-long"),
        ("programme", "life-skills", "programme/life-skills"),
        ("symbol", "cp-doc-12", "symbol/cp-doc-12"),
        ("instrument", "untoc-2000", "instrument/untoc-2000"),
        ("plan", "2012", "plan/2012"),
        ("document", REPORT, f"document/{REPORT}"),
    ],
)
def test_a_reference_is_to_the_node_of_its_kind(corpus: Corpus, iris: Iris, kind: str, slug: str, path: str) -> None:
    references, article = References(corpus, iris), "an" if kind == "instrument" else "a"
    assert references.node(Reference(kind, slug), HERE).value == iris.base + path
    with pytest.raises(TableError) as caught:
        references.node(Reference(kind, f"{slug}x"), Place("t.tsv", 5))
    assert str(caught.value).startswith(f"t.tsv:5: expected {article} {kind} the tables have (nearest: ")
    assert slug in caught.value.expected
    assert caught.value.found == f"{kind}:{slug}x"


def test_every_kind_of_reference_is_known(corpus: Corpus, iris: Iris) -> None:
    for kind in REFERENCE_KINDS:
        with pytest.raises(TableError, match="nearest: none"):
            References(corpus, iris).node(Reference(kind, "QQQQ"), HERE)


@pytest.mark.parametrize(
    ("kind", "slug", "name"),
    [
        ("body", "cicad", "Inter-American Drug Abuse Control Commission"),
        ("meeting", "mispa-3", "MISPA III"),
        ("state", "mx", ""),
    ],
)
def test_a_body_and_a_meeting_have_a_name_to_write(corpus: Corpus, iris: Iris, kind: str, slug: str, name: str) -> None:
    assert References(corpus, iris).name(Reference(kind, slug)) == name
