"""Assembling: the faults of all inputs are told together, each once, and what is sound makes one corpus."""

from collections.abc import Callable, Mapping
from hashlib import sha256

import pytest

from mandategraph import claims, corpora, entities, judgements, process, registry
from mandategraph.corpora import Inputs
from mandategraph.errors import (
    Faults,
    LocatedError,
    MandategraphError,
    MissingError,
    SourceError,
    SyntaxFault,
    TableError,
    UnknownWordingError,
)
from mandategraph.model import Corpus, Reading
from mandategraph.places import Place
from mandategraph.schemes import Schemes

SOURCES = "data/sources/sources.toml"
PLAN = "data/sources/hemispheric-plan-2012.txt"
REPORT = "data/sources/working-group-report-2012.txt"
TABLES = sorted({
    *(f"data/registry/{name}.tsv" for name in (*registry.SCHEMAS, *entities.SCHEMAS)),
    *(f"data/judgements/{name}.tsv" for name in (*judgements.SCHEMAS, *claims.SCHEMAS)),
    *(f"data/process/{name}.tsv" for name in process.SCHEMAS),
})  # fmt: skip


def changed(inputs: Inputs, changes: Mapping[str, bytes | None]) -> Inputs:
    """The inputs with other contents of some files, or without them."""
    files = {**inputs.files, **{name: content for name, content in changes.items() if content is not None}}
    return Inputs({name: content for name, content in files.items() if changes.get(name, b"") is not None}, inputs.root)


def with_row(inputs: Inputs, table: str, *cells: str) -> Inputs:
    """The inputs with one more row of a table."""
    return changed(inputs, {table: inputs.files[table] + ("\t".join(cells) + "\n").encode()})


def edited(inputs: Inputs, *edits: tuple[str, int, int, str]) -> Inputs:
    """The inputs with other cells, each given by its table, line and column, the column counted from 0."""
    found = inputs
    for table, line, column, cell in edits:
        rows = [each.split("\t") for each in found.text(table).split("\n")]
        rows[line - 1][column] = cell
        found = changed(found, {table: "\n".join("\t".join(each) for each in rows).encode()})
    return found


def raised(call: Callable[[], object]) -> list[MandategraphError]:
    """The faults that a call raises, one by one."""
    with pytest.raises(MandategraphError) as caught:
        call()
    found = caught.value.faults if isinstance(caught.value, Faults) else (caught.value,)
    assert not any(isinstance(each, Faults) for each in found)
    return list(found)


def places(faults: list[MandategraphError]) -> list[str]:
    """Where located faults stand."""
    assert all(isinstance(each, LocatedError) for each in faults)
    return [str(each.place) for each in faults if isinstance(each, LocatedError)]


def test_sound_inputs_make_one_corpus(inputs: Inputs, corpus: Corpus, readings: tuple[Reading, ...]) -> None:
    texts = {name for name in inputs.files if name.startswith("data/sources/") and name.endswith(".txt")}
    assert {f"data/sources/{each.source.file}" for each in readings} == texts
    assert corpus.readings == readings
    assert corpus.citations.keys() == {each.source.identifier for each in readings}
    assert all(
        each.instrument.slug in corpus.registry.instruments for held in corpus.citations.values() for each in held
    )


def test_faults_of_tables_of_every_kind_are_told_together(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes
) -> None:
    wrong = edited(
        inputs,
        ("data/registry/bodies.tsv", 3, 3, "poem"),
        ("data/registry/meetings.tsv", 2, 3, "poem"),
        ("data/registry/instruments.tsv", 4, 1, "poem"),
        ("data/process/statements.tsv", 5, 3, "poem"),
        ("data/process/duties.tsv", 6, 1, "poem"),
        ("data/judgements/verbs.tsv", 7, 1, "poem"),
        ("data/judgements/discrepancies.tsv", 8, 1, "poem"),
    )
    assert places(raised(lambda: corpora.assembled(wrong, readings, schemes))) == [
        "data/registry/bodies.tsv:3",
        "data/registry/meetings.tsv:2",
        "data/judgements/discrepancies.tsv:8",
        "data/process/statements.tsv:5",
        "data/process/duties.tsv:6",
        "data/registry/instruments.tsv:4",
        "data/judgements/verbs.tsv:7",
    ]


@pytest.mark.parametrize(
    ("table", "line", "column"),
    [
        ("data/registry/bodies.tsv", 3, 3),
        ("data/judgements/discrepancies.tsv", 2, 1),
        ("data/registry/plans.tsv", 2, 2),
    ],
)
def test_one_fault_is_told_alone(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, table: str, line: int, column: int
) -> None:
    wrong = edited(inputs, (table, line, column, "poem"))
    (fault,) = raised(lambda: corpora.assembled(wrong, readings, schemes))
    assert isinstance(fault, TableError)
    assert (str(fault.place), fault.found) == (f"{table}:{line}", "poem")


@pytest.mark.parametrize("table", TABLES)
def test_a_missing_table_is_named(inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, table: str) -> None:
    (fault,) = raised(lambda: corpora.assembled(changed(inputs, {table: None}), readings, schemes))
    assert isinstance(fault, MissingError)
    assert str(fault) == f"{table}: not found in {inputs.root}"


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_not_utf_8_is_named(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, table: str
) -> None:
    wrong = changed(inputs, {table: inputs.files[table].replace(b"e", b"\xe9", 1)})
    (fault,) = raised(lambda: corpora.assembled(wrong, readings, schemes))
    assert isinstance(fault, TableError)
    assert (fault.place, fault.expected) == (Place(table), "UTF-8")
    assert "0xe9" in fault.found
    assert fault.__cause__ is None


def test_missing_and_faulty_tables_are_told_together(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes
) -> None:
    wrong = edited(inputs, ("data/process/duties.tsv", 6, 1, "poem"))
    wrong = changed(wrong, {"data/registry/mentions.tsv": None, "data/judgements/cues.tsv": b"\xff"})
    missing, faulty, not_text = raised(lambda: corpora.assembled(wrong, readings, schemes))
    assert isinstance(missing, MissingError)
    assert missing.what == "data/registry/mentions.tsv"
    assert places([faulty, not_text]) == ["data/process/duties.tsv:6", "data/judgements/cues.tsv"]


def test_an_input_that_is_not_there_is_named(inputs: Inputs) -> None:
    (fault,) = raised(lambda: inputs.text("data/registry/poems.tsv"))
    assert str(fault) == f"data/registry/poems.tsv: not found in {inputs.root}"


@pytest.mark.parametrize("code", ["FR", "JP", "VC"])
def test_a_code_of_iso_3166_is_a_state(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, code: str
) -> None:
    table = "data/registry/states.tsv"
    assert f"\n{code}\t" not in inputs.text(table)
    found = corpora.assembled(with_row(inputs, table, code, "A state", "d.txt:1"), readings, schemes)
    assert found.entities.states[code.lower()].code == code


@pytest.mark.parametrize("code", ["XX", "ZZ", "EU", "br", "Br", "BRA", "B", "076", "Brazil"])
def test_a_code_that_iso_3166_does_not_have_is_none(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, code: str
) -> None:
    table = "data/registry/states.tsv"
    line = inputs.text(table).count("\n") + 1
    wrong = with_row(inputs, table, code, "A state", "d.txt:1")
    (fault,) = raised(lambda: corpora.assembled(wrong, readings, schemes))
    assert str(fault) == (
        f"{table}:{line}: expected code: a state's alpha-2 code of ISO 3166-1, in capitals, found {code!r}"
    )


def test_an_unused_spelling_is_found_at_its_row(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, corpus: Corpus
) -> None:
    table = "data/registry/spellings.tsv"
    slug = next(iter(corpus.registry.instruments))
    line = inputs.text(table).count("\n") + 1
    wrong = inputs
    for document in ("hemispheric-plan-2012", "poem-2012"):
        wrong = with_row(wrong, table, document, "An Ode", slug, "as official", "", "", "r")
    faults = raised(lambda: corpora.assembled(wrong, readings, schemes))
    assert [str(each) for each in faults] == [
        f"{table}:{line}: expected a wording that hemispheric-plan-2012 uses, found 'An Ode'",
        f"{table}:{line + 1}: expected a wording that poem-2012 uses, found 'An Ode'",
    ]


def test_a_heading_without_a_spelling_is_told_with_the_spelling_without_a_heading(
    inputs: Inputs, readings: tuple[Reading, ...], schemes: Schemes, corpus: Corpus
) -> None:
    (document, wording), spelling = next(iter(corpus.registry.spellings.items()))
    wrong = edited(inputs, (spelling.place.file, spelling.place.line, 1, f"{wording} of old"))
    *unknown, unused = raised(lambda: corpora.assembled(wrong, readings, schemes))
    headed = [each.citation.place for each in corpus.citations[document] if each.spelling == spelling]
    assert [each.place for each in unknown if isinstance(each, UnknownWordingError)] == headed != []
    assert all(isinstance(each, UnknownWordingError) for each in unknown)
    assert str(unused) == f"{spelling.place}: expected a wording that {document} uses, found {f'{wording} of old'!r}"


def test_a_text_that_is_not_described_is_named(inputs: Inputs) -> None:
    wrong = changed(inputs, {"data/sources/poem.txt": b"An ode.\n", "data/sources/ode.txt": b"", "data/poem.txt": b""})
    assert [str(each) for each in raised(lambda: corpora.readings(wrong))] == [
        f"{SOURCES}: expected an entry for every text, found 'data/sources/ode.txt'",
        f"{SOURCES}: expected an entry for every text, found 'data/sources/poem.txt'",
    ]


def test_a_text_that_is_gone_is_named(inputs: Inputs) -> None:
    (fault,) = raised(lambda: corpora.readings(changed(inputs, {PLAN: None})))
    assert isinstance(fault, MissingError)
    assert str(fault) == "hemispheric-plan-2012.txt: not found in data/sources"


def test_a_text_that_is_not_utf_8_is_named(inputs: Inputs) -> None:
    text = inputs.files[PLAN] + b"\xe9"
    described = inputs.text(SOURCES).replace(sha256(inputs.files[PLAN]).hexdigest(), sha256(text).hexdigest())
    (fault,) = raised(lambda: corpora.readings(changed(inputs, {PLAN: text, SOURCES: described.encode()})))
    assert isinstance(fault, SourceError)
    assert (fault.place, fault.expected) == (Place("hemispheric-plan-2012.txt"), "UTF-8")


def test_faults_of_several_texts_are_told_together(inputs: Inputs) -> None:
    wrong = changed(inputs, {PLAN: None, REPORT: b"A report.\n", "data/sources/poem.txt": b""})
    report, plan, poem = raised(lambda: corpora.readings(wrong))
    assert isinstance(report, SourceError)
    assert report.place == Place("working-group-report-2012.txt")
    assert report.expected.startswith("the sha256 of sources.toml, ")
    assert isinstance(plan, MissingError)
    assert isinstance(poem, TableError)


@pytest.mark.parametrize(
    ("content", "kind"), [(None, MissingError), (b"\xff", TableError), (b"[[document", SyntaxFault), (b"", TableError)]
)
def test_texts_need_a_description_that_can_be_read(
    inputs: Inputs, content: bytes | None, kind: type[MandategraphError]
) -> None:
    (fault,) = raised(lambda: corpora.readings(changed(inputs, {SOURCES: content})))
    assert isinstance(fault, kind)
    assert SOURCES in str(fault)
