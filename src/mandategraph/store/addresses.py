"""Where a store is asked, changed and filled: its addresses, and those that can be told from one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mandategraph.errors import UsageError

_QUERY, _UPDATE, _GRAPHS = "/query", "/update", ("/store", "/data")


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a store is asked, where it is changed, and where its graphs are put; empty where it has no such place."""

    query: str
    update: str = ""
    graphs: str = ""


def endpoints(query: str, update: str, graphs: str, is_graph_store: Callable[[str], bool]) -> Endpoints:
    """The addresses of a store from that where it is asked, and those of the others that are given, not empty.

    What is asked at `…/query` is changed at `…/update`, and has its graphs at `…/store` or `…/data` if there is a
    graph store there; any other address takes queries, updates and perhaps graphs.

    Raises:
        UsageError: one that is given is none that a store can have.
    """
    for given, option in ((update, "--update"), (graphs, "--graph-store")):
        if given:
            endpoint(given, option)
    beside = query.removesuffix(_QUERY)
    if beside == query:
        changed, tried = query, [query]
    else:
        changed, tried = beside + _UPDATE, [beside + ending for ending in _GRAPHS]
    return Endpoints(query, update or changed, graphs or next(filter(is_graph_store, tried), ""))


def endpoint(url: str, option: str) -> str:
    """An address, if it is one a store can have.

    Raises:
        UsageError: it is not an http(s) address, or holds a user's name or password.
    """
    try:
        parts = urlsplit(url)
        told = shown(url)
        _ = parts.port
    except ValueError:
        raise UsageError(f"{option}: expected an http(s) address, found one that cannot be read") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{option}: expected an http(s) address, found {told!r}")
    if "@" in parts.netloc:
        raise UsageError(f"{option}: expected an address without a user's name and password, found {told} with them")
    return url


def shown(url: str) -> str:
    """An address, or what was given for one, as it may be shown: without a name, password, query or fragment."""
    parts = urlsplit(url)
    if not parts.netloc:
        return url.partition("?")[0].partition("#")[0].rpartition("@")[2]
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
