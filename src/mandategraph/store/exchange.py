"""What is said to a SPARQL store elsewhere, and how its answers are judged and read; not how the bytes travel."""

import json
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

import pyoxigraph as ox

from mandategraph.errors import LimitReached, QueryRefused, StoreFault
from mandategraph.store import Results
from mandategraph.store.addresses import shown
from mandategraph.store.syntax import BOOLEAN, GRAPH, ROWS
from mandategraph.vocabulary import XSD

RESULTS = "application/sparql-results+json"
TRIPLES = "application/n-triples"
FORM = "application/x-www-form-urlencoded"
TOLD = 2000
NOT_ALLOWED = frozenset({401, 403})
_GRAPH_FORMATS = {
    TRIPLES: ox.RdfFormat.N_TRIPLES,
    "text/plain": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
}
_OK, _REDIRECT, _ERROR, _FAILURE = 200, 300, 400, 500
_DONE = "a store that does this"
_BOOLEANS, _NODE, _FALSE = {"1": "true", "0": "false"}, "nodeID://", "_star_fake"
_OWN = (b"#boolean", _NODE.encode(), _FALSE.encode())
# What Virtuoso says of an answer to SELECT that it has cut: after how many rows.
_CUT = "x-sparql-maxrows"
# What a store says of itself or of who asks, and not of the query: who it is, where, how long, how much, how often.
_NOT_OF_THE_QUERY = frozenset({401, 403, 404, 408, 413, 429})
# Faults of a query that stores tell as their own: the classes of SQL's states for data and syntax, unknown functions.
_OF_THE_QUERY = re.compile(r"Virtuoso (?:22|37|42)[0-9A-Z]{3} Error |The custom function <")
_CREDENTIALS = "a user in MANDATEGRAPH_STORE_USER and MANDATEGRAPH_STORE_PASSWORD, or in a netrc file, that may do this"

Field = tuple[str, str]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an answer may take, in seconds, and how many bytes it may have."""

    seconds: float = 120.0
    most: int = 256 * 2**20


@dataclass(slots=True)
class Errand:
    """All that is asked of a store for one caller: how long it may take together, and whether it has been asked yet."""

    patience: Patience
    until: float
    asked: bool = False

    def left(self) -> float:
        """The seconds that are left.

        Raises:
            LimitReached: none are.
        """
        self.asked = True
        left = self.until - time.monotonic()
        if left <= 0:
            raise LimitReached("time", self.patience.seconds, "seconds")
        return left


ERRAND: ContextVar[Errand | None] = ContextVar("errand", default=None)
"""The errand that what is asked here and now is part of, if it is part of one; threads begun from here have it too."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Which graphs of a store are the release: their names, which of them are data, and the one that is their union."""

    names: tuple[str, ...]
    data: tuple[str, ...]
    union: str

    @property
    def nowhere(self) -> str:
        """A name that no graph has."""
        return f"{self.union}/nowhere"

    def reached(self, default: Sequence[str], named: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The graphs of the default graph of a query and its named graphs, from those the caller names, if any.

        All data graphs together are their union, which the store holds as one graph.
        """
        if not default and not named:
            return (self.union,), self.names
        known = self._known(default)
        return (self.union,) if set(known) == set(self.data) else known, self._known(named)

    def fields(self, default: Sequence[str] = (), named: Sequence[str] = ()) -> list[Field]:
        """The dataset of a query in the fields of the protocol; without graphs named by the caller that of the release.

        No other graph of the store is reached: both kinds are always named, if need be by a name that no graph has.
        """
        merged, found = self.reached(default, named)
        return [
            *(("default-graph-uri", name) for name in merged or (self.nowhere,)),
            *(("named-graph-uri", name) for name in (*found, self.nowhere)),
        ]

    def _known(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(name for name in dict.fromkeys(names) if name in self.names)


def asking(text: str, fields: Sequence[Field], kind: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body that ask a query over a dataset."""
    accept = f"{TRIPLES}, text/turtle;q=0.5" if kind == GRAPH else RESULTS
    return {"Accept": accept, "Content-Type": FORM}, urlencode([("query", text), *fields]).encode()


def judged(where: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """See that a store has done what it was asked; of an error `body` is how it begins.

    Raises:
        QueryRefused: it refuses what it is asked for what that is.
        StoreFault: it does not know us, fails or points elsewhere.
    """
    said = " ".join(body.decode("utf-8", "replace").split())
    if status in NOT_ALLOWED:
        raise StoreFault(where, _CREDENTIALS, f"{status} {said}".strip())
    if _REDIRECT <= status < _ERROR:
        target = shown(headers.get("location", ""))
        raise StoreFault(where, "a store that answers here", f"{status}, which points to {target}")
    if status >= _ERROR and _OF_THE_QUERY.match(said):
        raise QueryRefused(where, _DONE, f"{status} {said}")
    if not _OK <= status < _REDIRECT:
        refuses = _ERROR <= status < _FAILURE and status not in _NOT_OF_THE_QUERY
        raise (QueryRefused if refuses else StoreFault)(where, _DONE, f"{status} {said}".strip())


@dataclass(frozen=True, slots=True)
class Received:
    """An answer of a store: where it comes from, what it is to be and the variables it is to have, headers and body."""

    where: str
    kind: str
    variables: Sequence[str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def media(self) -> str:
        """Its media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def read(answer: Received) -> Results:
    """The results that an answer holds, whole and checked to the end.

    Raises:
        StoreFault: it is of another type, cut, or not what its type says, or lacks variables.
    """
    if answer.kind == ROWS:
        _check(answer)
    return _begun(answer)


def made(answer: Received, write: Callable[[Results], Made]) -> Made:
    """What is made of the results that an answer holds, once it has been read to its end and was whole.

    The results begin and end in the thread that calls this, whatever is raised; what is made must not hold them.

    Raises:
        StoreFault: as for `read`.
    """
    found = _begun(answer)
    try:
        it = write(found)
        _ended(answer, found)
    except BaseException as error:
        # The frames of an exception would keep the results until another thread drops them, which the engine forbids.
        traceback.clear_frames(error.__traceback__)
        if isinstance(error, Exception) and not isinstance(error, StoreFault):
            # What cannot be read cannot be written either, and then it is the store's fault and not the writer's.
            _check(answer)
        raise
    finally:
        del found
    return it


def _check(answer: Received) -> None:
    """See that an answer is whole.

    Raises:
        StoreFault: it is not.
    """
    found = _begun(answer)
    try:
        _ended(answer, found)
    except StoreFault as fault:
        traceback.clear_frames(fault.__traceback__)
        raise
    finally:
        del found


def _ended(answer: Received, found: Results) -> None:
    """Read results to their end: the parser reads as it goes, and finds what is wrong with them when it gets there.

    Raises:
        StoreFault: something is.
    """
    try:
        for _ in found if isinstance(found, ox.QuerySolutions) else ():
            pass
    except (ValueError, SyntaxError) as error:
        traceback.clear_frames(error.__traceback__)
        raise StoreFault(answer.where, f"a whole answer of {answer.media}", str(error)) from None


def _begun(answer: Received) -> Results:
    """The results that an answer holds; of rows the first are read.

    Raises:
        StoreFault: as for `read`, as far as it has been read.
    """
    where, kind, headers, content, media = answer.where, answer.kind, answer.headers, answer.content, answer.media
    if kind != GRAPH and media not in (RESULTS, "application/json"):
        raise StoreFault(where, f"an answer of {RESULTS}", media or "none")
    if kind == GRAPH and media not in _GRAPH_FORMATS:
        raise StoreFault(where, f"an answer of {TRIPLES}", media or "none")
    if _CUT in headers:
        raise StoreFault(where, "a whole answer", f"one that the store has cut after {headers[_CUT]} rows")
    try:
        if kind == GRAPH:
            return _graph(content, _GRAPH_FORMATS[media])
        found = _boolean(content) if kind == BOOLEAN else _solutions(content)
    except (ValueError, SyntaxError, RecursionError) as error:
        # Its frames would keep what was read until another thread drops it, which the engine forbids.
        traceback.clear_frames(error.__traceback__)
        raise StoreFault(where, f"a whole answer of {media}", str(error)) from None
    names = [variable.value for variable in found.variables] if isinstance(found, ox.QuerySolutions) else []
    lacking = [name for name in answer.variables if name not in names]
    if lacking:
        # As above: the frame of what is raised is this one.
        del found
        raise StoreFault(where, f"an answer with the variables {', '.join(lacking)}", ", ".join(names) or "none")
    return found


def _graph(content: bytes, form: ox.RdfFormat) -> ox.QueryTriples:
    """Triples, their blank nodes named anew: two answers may use one name for two of them."""
    held = ox.Store()
    held.bulk_extend(ox.parse(content, form, rename_blank_nodes=True))
    found = held.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    if not isinstance(found, ox.QueryTriples):
        raise ValueError("no graph")  # noqa: TRY004 - the value is wrong, not the type
    return found


def _boolean(content: bytes) -> ox.QueryBoolean:
    json.loads(content)
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if not isinstance(found, ox.QueryBoolean):
        raise ValueError("rows where a boolean was asked for")  # noqa: TRY004 - the value is wrong, not the type
    return found


def _solutions(content: bytes) -> ox.QuerySolutions:
    if any(sign in content for sign in _OWN):
        document = json.loads(content)
        content = json.dumps(document).encode() if _canonicalise(document) else content
    found = ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        raise ValueError("a boolean where rows were asked for")  # noqa: TRY004 - the value is wrong, not the type
    return found


def _canonicalise(document: Any) -> bool:
    """Write what Virtuoso writes in its own way as others do; whether there was any.

    Its truth values are `1` and `0`, its blank nodes are named like IRIs, and rows without a variable have a false one.
    """
    try:
        rows = document["results"]["bindings"]
        cells = [cell for row in rows for cell in row.values()]
        truths = [cell for cell in cells if cell.get("datatype") == XSD["boolean"].value and cell["value"] in _BOOLEANS]
        blanks = [cell for cell in cells if cell["type"] == "bnode" and cell["value"].startswith(_NODE)]
        false = document["head"]["vars"] == [_FALSE]
    except (KeyError, TypeError, AttributeError):
        return False
    for cell in truths:
        cell["value"] = _BOOLEANS[cell["value"]]
    for cell in blanks:
        cell["value"] = cell["value"].removeprefix(_NODE)
    if false:
        document["head"]["vars"], document["results"]["bindings"] = [], [{} for _ in rows]
    return bool(truths or blanks or false)
