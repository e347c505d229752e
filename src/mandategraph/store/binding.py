"""A query text with variables bound to terms, as text: for stores that take nothing but the text of a query."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from mandategraph.sparql_text import tokens
from mandategraph.store import Bound
from mandategraph.store.syntax import kind_of

Terms = Mapping[str, ox.NamedNode | ox.Literal]


@dataclass(frozen=True, slots=True)
class _Use:
    """One place of a query where a variable stands, and what kind of place that is."""

    name: str
    start: int
    end: int
    place: str


@dataclass(slots=True)
class _Group:
    """What stands between two braces: what opened it, and how many round brackets are open in it."""

    kind: str
    brackets: int = 0


def placed(text: str, bound: Bound) -> str:
    r"""A query whose answers are those in which the variables have the values they are bound to.

    A variable that every answer must have from a triple pattern of the outermost group is replaced by its value
    wherever it stands, and given back as a column: stores look that up at once. Any other is held to its value by a
    condition on the outermost group, which is right for whatever binds the variable. Trailing VALUES would say the
    same and is not used: Virtuoso passes over it where it does not bear on a triple pattern.

    >>> placed("SELECT ?s ?n { ?s ?p ?n }", {"n": ox.Literal("a")})
    'SELECT ?s ("a" AS ?n) { ?s ?p "a" }'
    >>> placed("SELECT ?n { BIND('a' AS ?n) }", {"n": ox.Literal("a")})
    'SELECT ?n { BIND(\'a\' AS ?n) FILTER(?n = "a") }'

    Raises:
        ValueError: a variable has its value only once the group is done, as a count has; it cannot be held to one.
    """
    if not bound:
        return text
    uses, end = _uses(text)
    late = sorted({use.name for use in uses if use.place == "made in the head"} & bound.keys())
    if late:
        raise ValueError(f"a variable that is bound in the group, not {', '.join(late)}")
    constant = {name: term for name, term in bound.items() if _is_replaceable(text, name, uses)}
    held = _with_conditions(text, end, {name: term for name, term in bound.items() if name not in constant})
    if constant:
        replaced = _with_constants(held, constant, uses)
        if _reads(replaced):
            return replaced
    return _with_conditions(text, end, bound)


def _reads(text: str) -> bool:
    try:
        kind_of(text)
    except SyntaxError:
        return False
    return True


def _with_conditions(text: str, end: int, bound: Terms) -> str:
    """A query with a condition for each variable at the end of its outermost group."""
    conditions = "".join(f"FILTER(?{name} = {term}) " for name, term in bound.items())
    return text[:end] + conditions + text[end:]


def _with_constants(text: str, bound: Terms, uses: list[_Use]) -> str:
    """A query with values in place of variables in its group; none of the uses lies behind the group's end."""
    for use in reversed(uses):
        if use.name not in bound or use.place == "tail":
            continue
        term = str(bound[use.name])
        written = f"({term} AS ?{use.name})" if use.place == "head" else term
        text = text[: use.start] + written + text[use.end :]
    return text


def _is_replaceable(text: str, name: str, uses: list[_Use]) -> bool:
    """Whether a value in place of a variable asks the same: the variable is in every answer, and assigned nowhere."""
    places = [use.place for use in uses if use.name == name]
    return (
        places.count("head") == 1
        and "needed" in places
        and set(places) <= {"head", "needed", "pattern", "expression", "tail"}
        and not _is_grouped(text)
    )


def _is_grouped(text: str) -> bool:
    """Whether a query groups its answers: then a variable of the head may be a key."""
    return any(found.upper() in ("GROUP", "HAVING") for kind, found, _ in tokens(text) if kind == "word")


def _uses(text: str) -> tuple[list[_Use], int]:
    """Where variables stand in a query, and the offset of the brace that ends its outermost group."""
    found: list[_Use] = []
    end = len(text)
    for kind, sign, offset, place in _placed_tokens(text):
        if kind == "variable":
            found.append(_Use(sign[1:], offset, offset + len(sign), place))
        elif place == "end":
            end = offset
    return found, end


def _placed_tokens(text: str) -> Iterator[tuple[str, str, int, str]]:
    """The tokens of a query, each with the kind of place it stands at.

    The places of a variable: `head` (before the outermost group), `made in the head` (an expression's name there),
    `needed` (a triple pattern of the outermost group), `pattern` (one within another group), `expression` (one of
    the outermost group), `tail` (behind it), and `other` (assigned, in a sub-select, in MINUS, in an expression of
    an inner group, or told to be BOUND).
    """
    groups: list[_Group] = []
    before: list[str] = ["", "", ""]
    brackets, seen, values = 0, False, False
    for kind, sign, offset in tokens(text):
        word = sign.upper() if kind == "word" else ""
        if sign in "()" and not groups:
            brackets += 1 if sign == "(" else -1
        elif sign in "()":
            groups[-1].brackets += 1 if sign == "(" else -1
        place = ""
        if word == "VALUES":
            values = True
        elif sign == "{":
            groups.append(_Group(_opened(before, groups, values=values)))
        elif sign == "}" and groups:
            closed = groups.pop()
            values = values and closed.kind != "values"
            if not groups and closed.kind in ("outermost", "template"):
                place, seen = "end", closed.kind == "outermost"
        elif word == "SELECT" and groups:
            groups[-1].kind = "sub-select"
        elif kind == "variable":
            place = _place(before, groups, brackets, tail=seen, values=values)
        yield kind, sign, offset, place
        before = [*before[1:], word or sign]


def _opened(before: list[str], groups: list[_Group], *, values: bool) -> str:
    """What kind of group an opening brace begins."""
    if values:
        return "values"
    if not groups:
        return "template" if before[-1] == "CONSTRUCT" else "outermost"
    inherited = groups[-1].kind
    if inherited in ("sub-select", "minus"):
        return inherited
    if before[-1] == "MINUS":
        return "minus"
    return inherited if before[-2] == "GRAPH" else "inner"


def _place(before: list[str], groups: list[_Group], brackets: int, *, tail: bool, values: bool) -> str:
    if not groups:
        if tail:
            return "tail"
        if before[-1] == "AS":
            return "made in the head"
        return "head" if not brackets else "other"
    if values or before[-1] == "AS" or before[-2] == "BOUND" or groups[-1].kind in ("sub-select", "minus", "template"):
        return "other"
    in_expression = any(group.brackets for group in groups)
    if groups[-1].kind == "outermost":
        return "expression" if in_expression else "needed"
    return "pattern" if not in_expression else "other"
