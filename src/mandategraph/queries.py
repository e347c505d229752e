"""Query files: what each asks, its parameters and columns, read from its comment header; bound and run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from mandategraph.errors import MandategraphError, MissingError, SyntaxFault, UsageError, raise_all
from mandategraph.places import Place
from mandategraph.store import Store

_PARAMETER = re.compile(r"(\w+) \((string|iri)(, optional)?\): (.+)")
_LOCATED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_CHARACTERS = re.compile(r"\['.*?'\](?=,|$|\s)|\[_\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A variable a caller binds."""

    name: str
    kind: str
    optional: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query file: its question, its parameters, its columns and its text."""

    name: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[str, ...]
    text: str

    @property
    def number(self) -> str:
        """The number a question file begins with, or nothing."""
        return self.name.partition("-")[0].lstrip("0") if self.name[:1].isdigit() else ""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an answer, by column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[ox.NamedNode | ox.Literal | ox.BlankNode | None, ...], ...]

    def values(self) -> list[dict[str, str]]:
        """The rows as text by column; a cell without a value is empty."""
        return [{name: value(cell) for name, cell in zip(self.columns, row, strict=True)} for row in self.rows]


def value(term: object) -> str:
    """The text of a term: an IRI, a literal's characters, or nothing."""
    if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode):
        return term.value
    return "" if term is None else str(term)


def parsed(text: str, file: str) -> Query:
    """A query file, its header read.

    Raises:
        SyntaxFault: the header does not begin with a question, or has no line of columns.
    """
    header = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        header.append(line.removeprefix("#").strip())
    name = Path(file).stem
    if not header or not header[0].endswith(("?", ".")):
        raise SyntaxFault(Place(file, 1), "a comment with the question, ending in '?' or '.'", "\n".join(header[:1]))
    parameters = [_PARAMETER.fullmatch(line) for line in header[1:] if not line.startswith("->")]
    if None in parameters:
        number = 2 + [bool(line.startswith("->") or _PARAMETER.fullmatch(line)) for line in header[1:]].index(False)
        raise SyntaxFault(Place(file, number), "'name (string, optional): meaning' or '-> columns'", header[number - 1])
    columns = [line.removeprefix("->").strip() for line in header if line.startswith("->")]
    if len(columns) != 1:
        raise SyntaxFault(Place(file, 2), "one comment line '-> column, column'", f"{len(columns)} of them")
    names = [column.strip() for column in columns[0].split(",")]
    hidden = [each[1] for each in parameters if each and each[1] not in names]
    if hidden:
        raise SyntaxFault(
            Place(file), "every parameter among the columns, so that an answer shows it", ", ".join(hidden)
        )
    return Query(
        name,
        header[0],
        tuple(Parameter(each[1], each[2], bool(each[3]), each[4]) for each in parameters if each),
        tuple(names),
        text,
    )


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
    """
    try:
        return store.query(text, given)
    except SyntaxError as error:
        raise sparql_fault(error, file, text) from None
    except OSError as error:
        raise UsageError(f"{file}: expected a query that calls no other endpoint, found {error}") from None


def sparql_fault(error: SyntaxError, file: str, text: str) -> SyntaxFault:
    """The located error for what the SPARQL parser found."""
    found = _LOCATED.match(str(error))
    if not found:
        return SyntaxFault(Place(file), "SPARQL 1.1", str(error))
    line, column = int(found[1]), int(found[2])
    listed = _CHARACTERS.sub("a name", found[3]).removeprefix("expected ")
    expected = ", ".join(dict.fromkeys(listed.split(", ")))
    rest = text.split("\n")[line - 1][column - 1 :] if line <= text.count("\n") + 1 else ""
    return SyntaxFault(Place(file, line, column), f"SPARQL 1.1: {expected}", rest or "the end of the line")
