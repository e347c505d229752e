"""Query files: what each asks, its parameters and columns, read from its comment header; bound and run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import pyoxigraph as ox

from mandategraph import syntax
from mandategraph.errors import MandategraphError, MissingError, SyntaxFault, UsageError, raise_all
from mandategraph.places import Place
from mandategraph.store import Store
from mandategraph.vocabulary import XSD

_PARAMETER = re.compile(r"(\w+) \((string|iri)(, optional)?\): (.+)")
_EXAMPLE = re.compile(r"example (\w+): (.+)")
_KEYWORDS = re.compile(r"keywords: (.+)")
_COLUMNS = re.compile(r"-> *(.+)")
FORMS = {"true or false": "ASK", "triples": "CONSTRUCT"}
"""What a header names instead of columns, and the form of the query that answers so."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable a caller binds, with a value it can be bound to; an example IRI may be a path under the base."""

    name: str
    kind: str
    optional: bool
    meaning: str
    example: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """A query file: its question, its parameters, its columns and its text; no columns if it is not a SELECT."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str
    form: str = "SELECT"
    keywords: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number a question file begins with, or nothing."""
        return self.name.partition("-")[0].lstrip("0") if self.name[:1].isdigit() else ""

    @property
    def body(self) -> str:
        """The text without its header."""
        lines = self.text.split("\n")
        return "\n".join(lines[len(_header(self.text)) :]).strip() + "\n"


Cell = ox.NamedNode | ox.Literal | ox.BlankNode | None


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an answer, by column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def cells(self) -> list[dict[str, Cell]]:
        """The rows as terms by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def values(self) -> list[dict[str, str]]:
        """The rows as text by column; a cell without a value is empty."""
        return [values(row) for row in self.cells()]

    def data(self) -> list[dict[str, object]]:
        """The rows as plain data by column: as text, but for whole numbers and what is true or false."""
        return [data(row) for row in self.cells()]


def values(row: Mapping[str, Cell]) -> dict[str, str]:
    """A row as text by column."""
    return {name: value(cell) for name, cell in row.items()}


def data(row: Mapping[str, Cell]) -> dict[str, object]:
    """A row as plain data by column."""
    return {name: plain(cell) for name, cell in row.items()}


def plain(cell: Cell) -> str | int | bool:
    """A term as plain data: a number or a truth if its datatype says that it is one, else its text.

    >>> plain(ox.Literal(12)), plain(ox.Literal(True)), plain(ox.Literal("1.4")), plain(None)
    (12, True, '1.4', '')
    """
    if isinstance(cell, ox.Literal) and cell.datatype == XSD["integer"]:
        return int(cell.value)
    if isinstance(cell, ox.Literal) and cell.datatype == XSD["boolean"]:
        return cell.value in ("true", "1")
    return value(cell)


def value(term: object) -> str:
    """The text of a term: an IRI, a literal's characters, or nothing."""
    if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode):
        return term.value
    return "" if term is None else str(term)


def parsed(text: str, file: str) -> Query:
    """A query file, its header read.

    Raises:
        SyntaxFault: the header does not begin with a question, has no line of columns, or a line that is neither a
            parameter nor an example nor keywords.
    """
    header = _header(text)
    if not header or not header[0].endswith(("?", ".")):
        raise SyntaxFault(Place(file, 1), "a comment with the question, ending in '?' or '.'", "\n".join(header[:1]))
    lines = list(enumerate(header[1:], 2))
    for number, line in lines:
        if not any(pattern.fullmatch(line) for pattern in (_PARAMETER, _EXAMPLE, _KEYWORDS, _COLUMNS)):
            expected = "'name (string, optional): meaning', 'example name: value', 'keywords: …' or '-> columns'"
            raise SyntaxFault(Place(file, number), expected, line)
    answer = _only(_COLUMNS, "'-> column, column'", header, file)
    keywords = _only(_KEYWORDS, "'keywords: …'", header, file, needed=False)
    columns = () if answer in FORMS else _listed(answer)
    parameters = _parameters(lines, file)
    hidden = [each.name for each in parameters if columns and each.name not in columns]
    if hidden:
        raise SyntaxFault(
            Place(file), "every parameter among the columns, so that an answer shows it", ", ".join(hidden)
        )
    form = FORMS.get(answer, "SELECT")
    return Query(Path(file).stem, header[0], parameters, columns, text, form, _listed(keywords))


def _header(text: str) -> list[str]:
    """The lines of the comment a text begins with."""
    commented = takewhile(lambda line: line.startswith("#"), text.split("\n"))
    return [line.removeprefix("#").strip() for line in commented]


def _only(pattern: re.Pattern[str], form: str, header: list[str], file: str, *, needed: bool = True) -> str:
    """What stands in the only line of a form."""
    found = [matched[1] for matched in map(pattern.fullmatch, header) if matched]
    if len(found) != 1 and (needed or found):
        raise SyntaxFault(Place(file, 2), f"one comment line {form}", f"{len(found)} of them")
    return "".join(found)


def _listed(names: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in names.split(",")) if names else ()


def _parameters(lines: list[tuple[int, str]], file: str) -> tuple[Parameter, ...]:
    """The parameters of a header, each with its example."""
    found: dict[str, Parameter] = {}
    for number, line in lines:
        each = _PARAMETER.fullmatch(line)
        if each and each[1] in found:
            raise SyntaxFault(Place(file, number), "each parameter once", line)
        if each:
            found[each[1]] = Parameter(each[1], each[2], bool(each[3]), each[4])
    for number, line in lines:
        each = _EXAMPLE.fullmatch(line)
        if each and (each[1] not in found or found[each[1]].example):
            raise SyntaxFault(Place(file, number), f"one example for each of the parameters [{', '.join(found)}]", line)
        if each:
            found[each[1]] = replace(found[each[1]], example=each[2])
    return tuple(found.values())


def loaded(folder: Path) -> dict[str, Query]:
    """The query files of a folder, by name.

    Raises:
        MissingError: there are none.
        SyntaxFault: a header cannot be read; several together as `Faults`.
    """
    found: dict[str, Query] = {}
    faults: list[MandategraphError] = []
    for path in sorted(folder.glob("*.rq")):
        try:
            found[path.stem] = parsed(path.read_text("utf-8"), f"{folder.name}/{path.name}")
        except SyntaxFault as fault:
            faults.append(fault)
    raise_all(faults)
    if not found:
        raise MissingError("*.rq", str(folder))
    return found


def named(queries: Mapping[str, Query], name: str) -> Query:
    """The query of a name, or of the number it begins with.

    Raises:
        MissingError: there is none; the nearest are named.
    """
    for query in queries.values():
        if name and name in (query.name, query.number):
            return query
    raise MissingError.among(
        "question", name, [*queries, *(query.number for query in queries.values())], "queries/questions"
    )


def bound(query: Query, given: Mapping[str, str]) -> dict[str, ox.NamedNode | ox.Literal]:
    """The terms a caller's values bind the parameters of a query to.

    Raises:
        UsageError: a needed parameter is missing, an unknown one is given, or a value is not of its kind.
    """
    known = {each.name: each for each in query.parameters}
    unknown = sorted(given.keys() - known.keys())
    missing = sorted(name for name, each in known.items() if not each.optional and name not in given)
    if unknown or missing:
        told = ", ".join(f"{p.name}{' (optional)' if p.optional else ''}: {p.meaning}" for p in query.parameters)
        problem = [*(f"no value for {name}" for name in missing), *(f"unknown {name}" for name in unknown)]
        raise UsageError(f"{query.name}: expected the parameters [{told or 'none'}], found {'; '.join(problem)}")
    return {name: _term(known[name], text) for name, text in given.items()}


def example(query: Query, base: str) -> dict[str, str]:
    """The example values of a query, by parameter; an IRI that is a path stands under the base.

    Raises:
        SyntaxFault: a parameter has no example, or one it cannot be bound to.
    """
    given = {each.name: each.example for each in query.parameters if each.example}
    missing = [each.name for each in query.parameters if not each.example]
    if missing:
        raise SyntaxFault(Place(f"{query.name}.rq"), "a line 'example name: value' a parameter", ", ".join(missing))
    for each in query.parameters:
        if each.kind == "iri" and "://" not in each.example:
            given[each.name] = base + each.example
    try:
        bound(query, given)
    except UsageError as fault:
        raise SyntaxFault(Place(f"{query.name}.rq"), "examples the parameters can be bound to", str(fault)) from None
    return given


_ONE_OF = re.compile(r".*\bone of: (.+)")


def _term(parameter: Parameter, text: str) -> ox.NamedNode | ox.Literal:
    listed = _ONE_OF.fullmatch(parameter.meaning)
    if listed and text not in listed[1].split(", "):
        raise UsageError(f"{parameter.name}: expected one of {listed[1]}, found {text!r}")
    try:
        return ox.Literal(text) if parameter.kind == "string" else ox.NamedNode(text)
    except ValueError:
        kind = "text in Unicode" if parameter.kind == "string" else "an IRI"
        raise UsageError(f"{parameter.name}: expected {kind}, found {text!r}") from None


def rows(store: Store, query: Query, given: Mapping[str, str]) -> Rows:
    """The rows that answer a query with a caller's values.

    Raises:
        UsageError: the values do not fit the parameters.
        SyntaxFault: the file is not SPARQL, or not a SELECT query.
    """
    return answered(store, query, bound(query, given))


def answered(store: Store, query: Query, terms: Mapping[str, ox.NamedNode | ox.Literal]) -> Rows:
    """The rows that answer a query whose parameters are bound to terms.

    Raises:
        SyntaxFault: the file is not SPARQL, or not a SELECT query.
    """
    results = results_of(store, query.text, f"{query.name}.rq", terms)
    if not isinstance(results, ox.QuerySolutions):
        raise SyntaxFault(Place(f"{query.name}.rq"), "a SELECT query", "one of another form")
    names = tuple(variable.value for variable in results.variables)
    return Rows(names, tuple(tuple(solution[name] for name in names) for solution in results))


def results_of(
    store: Store, text: str, file: str, given: Mapping[str, ox.NamedNode | ox.Literal] | None = None
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The results of a query text.

    Raises:
        SyntaxFault: it is not SPARQL; line and column are told.
        UsageError: it calls another endpoint, or a function that is not known.
    """
    try:
        return store.query(text, given)
    except SyntaxError as error:
        raise syntax.fault(error, file, text) from None
    except OSError as error:
        raise UsageError(f"{file}: expected a query that calls no other endpoint, found {error}") from None
    except RuntimeError as error:
        raise UsageError(f"{file}: expected a query that can be evaluated, found: {error}") from None
