"""What a SPARQL text would do that this project refuses, told before any engine sees it."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, Store

from mandategraph.errors import SyntaxFault
from mandategraph.places import LineIndex

# An IRI with "://" is one whatever stands in it: as a comparison it would not parse. Others are taken for one only
# without the characters by which a comparison could go on (brackets, quotes, a comment).
_TOKEN = re.compile(
    r"""
    (?P<space>\s++)
    | (?P<comment>\#[^\n\r]*)
    | (?P<iri><[A-Za-z][\w+.-]*://[^<>"{}|^`\\\x00-\x20]*>|<[^<>"'{}|^`\\\x00-\x20()\[\]\#]*>)
    | (?P<string>\"\"\"(?:[^"\\]++|\\.|"(?!""))*+\"\"\"|'''(?:[^'\\]++|\\.|'(?!''))*+'''
        |"(?:[^"\\\n\r]++|\\.)*+"|'(?:[^'\\\n\r]++|\\.)*+')
    | (?P<variable>[?$]\w+)
    | (?P<blank>_:\w(?:[\w-]|\.(?=[\w.-]))*)
    | (?P<name>[^\W\d_][\w.-]*+(?::(?:(?:[\w:%]|\\.)(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*)?)?)
    | (?P<prefixed>:(?:[\w:%]|\\.)(?:[\w:%-]|\\.|\.(?=[\w:%\\-]))*)
    | (?P<language>@[A-Za-z][A-Za-z0-9-]*)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNSEEN = frozenset({"space", "comment"})
_PIECE = re.compile(r"(?P<word>[A-Za-z_]\w*)|(?P<other>.)", re.DOTALL)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_SERVICE = re.compile("service", re.IGNORECASE)
# A capital S to parsers that fold the case of all of Unicode.
_LONG_S = "\u017f"
_PERHAPS_IRI = re.compile(r"<[^<>\"{}|^`\\\x00-\x20]*>")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FROM = re.compile("from", re.IGNORECASE)
MAX_DEPTH = 64
MAX_NEGATED = 8
MOST = {
    "operators": 1000,
    "groups": 500,
    "steps or divisions '/'": 100,
    "signs '<'": 100,
    "signs '~'": 100,
    "quotation marks without their second": 20,
}
_QUOTES = ("'", '"')
_CLASSES = {
    **dict.fromkeys("+-*|&=", "operators"),
    "{": "groups",
    "/": "steps or divisions '/'",
    "<": "signs '<'",
    "~": "signs '~'",
    **dict.fromkeys(_QUOTES, "quotation marks without their second"),
}
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD"})
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})


def tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """The tokens of a SPARQL text as (kind, characters, offset), comments and white space left out.

    >>> [(kind, found) for kind, found, _ in tokens('SELECT ?service { ?s ex:SERVICE "SERVICE" } # SERVICE')][:2]
    [('word', 'SELECT'), ('variable', '?service')]
    """
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "other"
        if kind == "name":
            yield from _name(found[0], found.start())
        elif kind not in _UNSEEN:
            yield kind, found[0], found.start()


def _name(text: str, offset: int) -> Iterator[tuple[str, str, int]]:
    """The tokens of what may be a prefixed name: one if it has a colon, else its words and what stands between them.

    They are told apart here, so that a long row of letters and dots is looked at once and not once for each letter.
    """
    if ":" in text:
        yield "prefixed", text, offset
        return
    for found in _PIECE.finditer(text):
        yield found.lastgroup or "other", found[0], offset + found.start()


def refused(text: str, file: str, base: str | None = None) -> str:
    """The text, if it calls no other endpoint, writes nothing, and asks nothing the engine miscounts.

    `base` is what the engine will resolve its relative IRIs against, for it reads a text in another way without one.

    In doubt it is refused: the engine sends what SERVICE holds to whatever address it names. A default graph merged
    by the engine counts a shared triple twice, so `merged` has to tell which graphs those are; the parser overflows
    its stack on deep nesting.

    Raises:
        SyntaxFault: it holds SERVICE or what could hide it, an update, graphs to merge that cannot be told, or too
            many brackets, negations or path steps; the place is told.
    """
    for found, offset, expected in _refusals(text, base):
        raise SyntaxFault(LineIndex(file, text).place(offset), expected, found)
    return text


def _refusals(text: str, base: str | None) -> Iterator[tuple[str, int, str]]:
    yield from _excesses(text)
    yield from _updates(text)
    yield from _calls(text, base)
    yield from _spelt_calls(text, base)
    yield from _merges(text)


def _calls(text: str, base: str | None) -> Iterator[tuple[str, int, str]]:
    """Where SERVICE stands as a keyword, also joined to what is before it, or where it cannot be told."""
    if "service" not in text.casefold():
        return
    declared = prefixes(text)
    for kind, found, offset in tokens(text):
        prefix, _, local = found.partition(":")
        joined = kind == "prefixed" and "service" in local.lower() and not _is_name(local, declared.get(prefix, set()))
        if joined or (kind in ("word", "prefixed") and "service" in prefix.lower()) or found == _LONG_S:
            yield found, offset, "a query without SERVICE: this endpoint calls no other"
        if found == "<" and _PERHAPS_IRI.match(text, offset):
            yield found, offset, "an IRI with '://' or a space behind '<', in a query that has the word SERVICE"
    yield from _calls_by_the_engine(text, base)


def _spelt_calls(text: str, base: str | None) -> Iterator[tuple[str, int, str]]:
    """Where SERVICE is spelt with the escapes of characters: other engines than Oxigraph read those first."""
    escape = _ESCAPE.search(text)
    if escape:
        for _, _, expected in _calls(_ESCAPE.sub(_character, text), base):
            yield escape[0], escape.start(), expected


def _character(escape: re.Match[str]) -> str:
    """The character that an escape stands for, nothing for what is none."""
    code = int(escape[1] or escape[2], 16)
    return "" if code > sys.maxunicode or 0xD800 <= code <= 0xDFFF else chr(code)  # noqa: PLR2004 -- surrogates


def _calls_by_the_engine(text: str, base: str | None) -> Iterator[tuple[str, int, str]]:
    """What the tokens do not show the engine does: spelt otherwise, a name still parses and the keyword does not."""
    try:
        Store().query(_SERVICE.sub(lambda found: f"{found[0][:3]}x{found[0][4:]}", text), base_iri=base)
    except SyntaxError:
        first = _SERVICE.search(text)
        if first:
            yield first[0], first.start(), "a query that is SPARQL 1.1 and has no SERVICE"


def prefixes(text: str) -> dict[str, set[str]]:
    """The IRIs a text declares for each prefix; the engine lets a name stand behind PREFIX without a space."""
    declared: dict[str, set[str]] = {}
    keyword = name = ""
    for kind, found, _ in tokens(text):
        if found == "{":
            break
        joined = keyword.upper() != "PREFIX"
        if kind == "iri" and name.endswith(":") and (not joined or name.upper().startswith("PREFIX")):
            declared.setdefault(name[len("PREFIX") * joined : -1], set()).add(found[1:-1])
        keyword, name = name, found
    return declared


def _is_name(local: str, declared: set[str]) -> bool:
    """Whether a local name makes an IRI with the IRI its prefix is declared as; not if there are several.

    Where it does not, Oxigraph takes the prefix for the whole name and reads on at the local part.
    """
    if len(declared) != 1 or "\\" in local:
        return False
    try:
        NamedNode(next(iter(declared)) + local)
    except ValueError:
        return False
    return True


def _updates(text: str) -> Iterator[tuple[str, int, str]]:
    for kind, found, offset in tokens(text):
        word = found.upper() if kind == "word" else ""
        if word in _FORMS:
            return
        if word in _UPDATES:
            yield found, offset, "a query: this graph is read-only"


def _merges(text: str) -> Iterator[tuple[str, int, str]]:
    """Where a text names several graphs by FROM in a way that cannot be told here."""
    if not _names_several(text):
        return
    named = _dataset(text)
    if sum(each.merges for each in named) > 1:
        for each in named:
            if each.iri is None:
                yield each.found, each.offset, "an absolute IRI or a prefixed name, where there is more than one FROM"


def merged(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The graphs of FROM and of FROM NAMED in a text that names more than one by FROM; None if the engine can merge.

    >>> merged("PREFIX g: <http://example.org/> SELECT * FROM g:a FROM <http://example.org/b> FROM NAMED g:c {}")
    (('http://example.org/a', 'http://example.org/b'), ('http://example.org/c',))
    """
    if not _names_several(text):
        return None
    named = _dataset(text)
    default = tuple(each.iri for each in named if each.merges and each.iri is not None)
    others = tuple(each.iri for each in named if not each.merges and each.iri is not None)
    return (default, others) if len(default) > 1 else None


def _names_several(text: str) -> bool:
    """Whether a text may have more than one FROM; with fewer there is nothing to merge."""
    return len(_FROM.findall(text)) > 1


@dataclass(frozen=True, slots=True)
class _Graph:
    """A graph of a dataset clause: what stands there, where, its IRI if it can be told, and whether it is merged."""

    found: str
    offset: int
    iri: str | None
    merges: bool


def _dataset(text: str) -> list[_Graph]:
    """The graphs behind FROM and FROM NAMED; one that cannot be told if the keyword is joined to another word."""
    graphs: list[_Graph] = []
    declared = prefixes(text)
    before = ""
    for kind, found, offset in tokens(text):
        if found == "{":
            break
        word = found.upper() if kind == "word" else ""
        prefix = found.partition(":")[0].upper() if kind == "prefixed" and before != "PREFIX" else ""
        if prefix == "FROM":
            graphs.append(_Graph(found, offset, _absolute(kind, found[4:], declared), merges=True))
        elif before in ("FROM", "FROM NAMED") and word != "NAMED":
            graphs.append(_Graph(found, offset, _absolute(kind, found, declared), merges=before == "FROM"))
        elif "FROM" in prefix or ("FROM" in word and word != "FROM"):
            graphs.append(_Graph(found, offset, None, merges=True))
        before = "FROM NAMED" if (before, word) == ("FROM", "NAMED") else word
    return graphs


def _absolute(kind: str, found: str, declared: dict[str, set[str]]) -> str | None:
    """The IRI that a token is, None if it is relative or its prefix is not declared just once."""
    if kind == "iri":
        return found[1:-1] if _ABSOLUTE.match(found, 1) and "\\" not in found else None
    prefix, _, local = found.partition(":")
    iris = declared.get(prefix, set())
    if kind != "prefixed" or not _is_name(local, iris):
        return None
    iri = next(iter(iris))
    return iri + local if _ABSOLUTE.match(iri) else None


def _excesses(text: str) -> Iterator[tuple[str, int, str]]:
    """Where a query has more of something than Oxigraph's recursive parser and evaluator bear."""
    depth = negations = 0
    negated: list[bool] = []
    counts: Counter[str] = Counter()
    before = ""
    for _, found, offset in tokens(text):
        name = _CLASSES.get(found)
        if name is not None:
            counts[name] += 1
            if counts[name] > MOST[name]:
                yield found, offset, f"at most {MOST[name]} {name} in a query"
        if found in _OPENING:
            depth += 1
            negated.append(before.startswith("!"))
            if sum(negated) > MAX_NEGATED:
                yield found, offset, f"negated brackets at most {MAX_NEGATED} deep"
        elif found in _CLOSING:
            depth -= 1
            if negated:
                negated.pop()
        negations = negations + 1 if found == "!" else 0
        if depth > MAX_DEPTH or negations > MAX_DEPTH:
            yield found, offset, f"brackets and negations at most {MAX_DEPTH} deep"
        before = f"!{found}" if before == "!" and found not in _OPENING else found


# The engine reads a call also where it is joined to the keyword before it; what is behind a comment is not looked for.
_VOLATILE = re.compile(r"(now|rand|uuid|bnode)\s*[(#]|\\u", re.IGNORECASE)


def is_volatile(text: str) -> bool:
    """Whether a query may answer differently each time it is asked: it calls NOW, RAND, UUID, STRUUID or BNODE.

    In doubt it may.

    >>> is_volatile("SELECT (Rand () AS ?r) {}"), is_volatile("SELECT * { ?known ?p ?o }")
    (True, False)
    """
    return bool(_VOLATILE.search(text))


# Signs at which the tokens may be others than the engine's.
_DOUBTFUL = frozenset({"<", "\\", *_QUOTES})


def kind_of(text: str) -> str | None:
    """The kind of results a query has (rows, boolean or graph), None if it cannot be told.

    >>> kind_of("PREFIX ask: <http://example.org/ASK> SELECT * {}")
    'rows'
    """
    kinds = {"SELECT": "rows", "ASK": "boolean", "CONSTRUCT": "graph", "DESCRIBE": "graph"}
    for kind, found, _ in tokens(text):
        if found in _DOUBTFUL:
            return None
        if kind == "word" and found.upper() in kinds:
            return kinds[found.upper()]
    return None


# What SPARQL takes for white space; other characters that Unicode does are a fault to it.
_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\r\n]*+)*+")


def normalised(text: str) -> str:
    r"""A query without its comments, each white space one space: the same for queries that differ in nothing else.

    Where a sign could be read in two ways ('<' as less-than or as the start of an IRI, a lone quotation mark), or is
    white space to Unicode only, the text is left as it is.

    >>> normalised("SELECT  * # all\n{ ?s ?p 'a  b' }")
    "SELECT * { ?s ?p 'a  b' }"
    """
    parts: list[str] = []
    end = 0
    for _, found, offset in tokens(text):
        if found in _DOUBTFUL or not _GAP.fullmatch(text, end, offset):
            return text
        parts.append(" " if offset > end and end else "")
        parts.append(found)
        end = offset + len(found)
    return "".join(parts) if _GAP.fullmatch(text, end) else text
