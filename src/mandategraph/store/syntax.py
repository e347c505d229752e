"""What kind of results a query asks for and which graphs it names, told by reading it and running nothing."""

import re
import sys
from collections.abc import Collection, Iterator
from typing import NamedTuple

import pyoxigraph as ox

from mandategraph.errors import SyntaxFault
from mandategraph.places import LineIndex
from mandategraph.sparql_text import refused, tokens

ROWS, BOOLEAN, GRAPH = "rows", "boolean", "graph"
_FORMS = {"SELECT": ROWS, "ASK": BOOLEAN, "CONSTRUCT": GRAPH, "DESCRIBE": GRAPH}
# Joined with no row at all, a query has no answer to look for: the engine reads it and evaluates nothing.
_NO_ROW = "\nVALUES () {}"
_ESCAPE = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))")
_LOCATED = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_GAP = r"(?:\s|#[^\n\r]*(?:[\n\r]|$))*+"
_DECLARATION = re.compile(
    rf"{_GAP}(?:BASE{_GAP}|PREFIX{_GAP}([^\s:<]*):{_GAP})<([^<>\"{{}}|^`\\\x00-\x20]*)>", re.IGNORECASE
)
_EXTENSION = re.compile(r"<(?:bif|sql):", re.IGNORECASE)


def sendable(text: str, file: str, base: str | None = None) -> str:
    r"""The text as any store may be sent it: nothing in it is refused, and no escape hides what it holds.

    Some stores read `\\u0022` as the quotation mark that ends a string, others as a character within it; so letters
    and digits are written out, and other escapes refused. Functions named `bif:` and `sql:` are Virtuoso's own, with
    which a query does more than to ask. Relative IRIs are read against `base`, if there is one.

    Raises:
        SyntaxFault: it holds what is refused; the place is told.
    """
    written = _ESCAPE.sub(lambda found: _written_out(found, text, file), text)
    extension = _EXTENSION.search(written)
    if extension:
        place = LineIndex(file, written).place(extension.start())
        raise SyntaxFault(place, "functions that every SPARQL 1.1 store has", extension[0])
    return refused(written, file, base)


def _written_out(found: re.Match[str], text: str, file: str) -> str:
    signs = found[0].index("u" if found[1] else "U")
    if signs % 2 == 0:
        return found[0]
    number = int(found[1] or found[2], 16)
    character = chr(number) if number <= sys.maxunicode else ""
    if not character.isalnum():
        raise SyntaxFault(LineIndex(file, text).place(found.start()), "the character itself", found[0])
    return "\\" * (signs - 1) + character


def kind_of(text: str, base: str | None = None) -> str:
    """The kind of results a query has: rows, a boolean or a graph.

    Raises:
        SyntaxError: the text is not a SPARQL 1.1 query, as the engine tells it.
    """
    return shape_of(text, base)[0]


def shape_of(text: str, base: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The kind of results a query has, and the variables of its rows as far as it names them one by one.

    Raises:
        SyntaxError: the text is not a SPARQL 1.1 query, as the engine tells it.
    """
    form, values = _landmarks(text)
    if values is None:
        found = _read(text + _NO_ROW, text, base)
    else:
        found = _read(text[:values] + _NO_ROW, text[:values], base)
        blank = re.sub(r"[^\r\n]", " ", text[form:values])
        _read(f"{text[:form]}ASK{{}}{blank[5:]}{text[values:]}", text, base)
    if isinstance(found, ox.QueryTriples):
        return GRAPH, ()
    if not isinstance(found, ox.QuerySolutions):
        return BOOLEAN, ()
    return ROWS, () if _takes_all(text[form:]) else tuple(variable.value for variable in found.variables)


def rebased(text: str, base: str) -> str:
    """A query whose relative IRIs are read against a base wherever it is read.

    One base stands before all else: Virtuoso takes no second, and none that is relative itself. Where the text has
    bases of its own, the last is it, and the prefixes before are those they mean.
    """
    prefixes: list[str] = []
    end = 0
    while declared := _DECLARATION.match(text, end):
        end = declared.end()
        iri = _named(_Text("", "", base), f"<{declared[2]}>") or declared[2]
        if declared[1] is None:
            base = iri
        else:
            prefixes.append(f"PREFIX {declared[1]}: <{iri}> ")
    return f"BASE <{base}> {''.join(prefixes)}{text[end:]}"


def _takes_all(select: str) -> bool:
    """Whether a query takes whatever variables its group has."""
    signs = (found for kind, found, _ in tokens(select) if kind != "word")
    return next(signs, "") == "*"


def _read(probe: str, text: str, base: str | None) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """What the engine makes of a probe; a fault behind the end of the text is told as one at its end."""
    try:
        return ox.Store().query(probe, base_iri=base)
    except SyntaxError as error:
        located = _LOCATED.match(str(error))
        lines = text.split("\n")
        if located and int(located[1]) > len(lines):
            raise SyntaxError(f"error at {len(lines)}:{len(lines[-1]) + 1}: {located[3]}") from None
        raise


def _landmarks(text: str) -> tuple[int, int | None]:
    """Where the form of a query begins behind its prologue, and its block of values behind all else, if it has one."""
    form, values = 0, None
    for word, offset in outer_words(text):
        if word in _FORMS and not form:
            form = offset
        elif word == "VALUES":
            values = offset
    return form, values


def outer_words(text: str) -> Iterator[tuple[str, int]]:
    """The keywords of a query outside all braces, in capitals, each with its offset."""
    depth = 0
    for kind, found, offset in tokens(text):
        depth += (found == "{") - (found == "}")
        if kind == "word" and depth == 0:
            yield found.upper(), offset


def dataset_of(text: str, file: str, base: str | None = None) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """A query without its FROM clauses, and the graphs they name: those of the default graph, and the named ones.

    Raises:
        SyntaxFault: what a FROM names cannot be told.
    """
    default: list[str] = []
    named: list[str] = []
    rest, depth, waiting, since = text, 0, "", 0
    whole = _Text(text, file, base)
    for kind, found, offset in tokens(text):
        depth += (found == "{") - (found == "}")
        word = found.upper() if kind == "word" else ""
        if depth == 0 and word == "FROM":
            waiting, since = "FROM", offset
        elif waiting == "FROM" and word == "NAMED":
            waiting = "NAMED"
        elif waiting:
            end = offset + len(found)
            (default if waiting == "FROM" else named).append(_iri(whole, kind, found, offset))
            rest = rest[:since] + re.sub(r"[^\r\n]", " ", rest[since:end]) + rest[end:]
            waiting = ""
        elif depth == 0 and kind == "prefixed" and found.upper().startswith(("FROM:", "NAMED:")):
            raise SyntaxFault(LineIndex(file, text).place(offset), "a space before the name of a graph", found)
    return rest, tuple(default), tuple(named)


def confined(text: str, reached: Collection[str], nowhere: str, file: str, base: str | None = None) -> str:
    """A query in which every graph that GRAPH names outright is one that may be reached, with nothing in it if not.

    Virtuoso holds GRAPH to the named graphs of a query where it has a variable, and not where it has a name; and a
    graph it does not have answers with a row. So another graph becomes one that it has, under a condition that is
    never met; `nowhere` stands in where none may be reached.

    Raises:
        SyntaxFault: what a GRAPH names cannot be told.
    """
    parts: list[str] = []
    end, before, barred = 0, "", False
    whole = _Text(text, file, base)
    for kind, found, offset in tokens(text):
        if barred and found == "{":
            parts += [text[end:offset], "{ FILTER(false) "]
            end, barred = offset + 1, False
        elif before == "GRAPH" and kind != "variable" and _iri(whole, kind, found, offset) not in reached:
            parts += [text[end:offset], f"<{next(iter(reached), nowhere)}>"]
            end, barred = offset + len(found), True
        elif kind == "prefixed" and found.upper().startswith("GRAPH:") and not _named(whole, found):
            raise SyntaxFault(LineIndex(file, text).place(offset), "a space before the name of a graph", found)
        before = found.upper() if kind == "word" else ""
    return "".join([*parts, text[end:]])


class _Text(NamedTuple):
    """A query, what it is called, and what its relative IRIs are read against."""

    query: str
    file: str
    base: str | None


def _iri(text: _Text, kind: str, found: str, offset: int) -> str:
    """The IRI that a token of a query names.

    Raises:
        SyntaxFault: it names none.
    """
    iri = _named(text, found) if kind in ("iri", "prefixed") else None
    if iri is None:
        raise SyntaxFault(LineIndex(text.file, text.query).place(offset), "the IRI of a graph", found)
    return iri


def _named(text: _Text, name: str) -> str | None:
    """The IRI that a name means in a query, its prefixes and base applied by the engine; None if it means none."""
    form, _ = _landmarks(text.query)
    try:
        solutions = ox.Store().query(f"{text.query[:form]} SELECT ({name} AS ?iri) {{}}", base_iri=text.base)
    except SyntaxError:
        return None
    term = next(solutions)["iri"] if isinstance(solutions, ox.QuerySolutions) else None
    return term.value if isinstance(term, ox.NamedNode) else None
