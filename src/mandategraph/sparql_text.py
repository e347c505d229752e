"""What a SPARQL text would do that this project refuses, told before any engine sees it."""

import re
from collections.abc import Iterator

from mandategraph.errors import SyntaxFault
from mandategraph.places import LineIndex, Place

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
        |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
    | (?P<variable>[?$]\w+)
    | (?P<prefixed>[^\W\d_][\w.-]*:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*|:(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))+)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
MAX_DEPTH = 64
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """The tokens of a SPARQL text as (kind, characters, offset), comments and white space left out.

    >>> [(kind, found) for kind, found, _ in tokens('SELECT ?service { ?s ex:SERVICE "SERVICE" } # SERVICE')][:2]
    [('word', 'SELECT'), ('variable', '?service')]
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        if kind != "comment" and not found[0].isspace():
            yield kind, found[0], found.start()


def refused(text: str, file: str) -> str:
    """The text, if it calls no other endpoint, writes nothing, and asks nothing the engine cannot bear or miscounts.

    Oxigraph's parser overflows its stack on deep nesting, and a default graph merged by FROM counts a shared
    triple twice.

    Raises:
        SyntaxFault: it holds SERVICE, an update, more than one FROM, or brackets too deep; the place is told.
    """
    merged = 0
    depth = 0
    opening = True
    before = ""
    for kind, found, offset in tokens(text):
        word = found.upper() if kind == "word" else ""
        depth += (found in _OPENING) - (found in _CLOSING)
        if depth > MAX_DEPTH:
            raise _fault(text, file, offset, f"brackets at most {MAX_DEPTH} deep", found)
        if word == "SERVICE":
            raise _fault(text, file, offset, "a query without SERVICE: this endpoint calls no other", found)
        if opening and word in _UPDATES:
            raise _fault(text, file, offset, "a query: this graph is read-only", found)
        if word in ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"):
            opening = False
        if before == "FROM" and word != "NAMED":
            merged += 1
            if merged > 1:
                raise _fault(text, file, offset, "at most one FROM; name several graphs with default-graph-uri", found)
        before = word
    return text


def _fault(text: str, file: str, offset: int, expected: str, found: str) -> SyntaxFault:
    place = LineIndex(file, text).place(offset)
    return SyntaxFault(Place(file, place.line, place.column), expected, found)
