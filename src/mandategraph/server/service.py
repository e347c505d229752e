"""What the routes answer from: one release, in a store, with its queries, its names, its texts and its pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from mandategraph import naming, queries, search, wording
from mandategraph.answers import Support
from mandategraph.naming import Naming
from mandategraph.queries import Query, Rows
from mandategraph.release import Home, Manifest
from mandategraph.search import Search
from mandategraph.server.pages import Pages
from mandategraph.store import Store
from mandategraph.wording import Wordings

Ask = Callable[[Query, Mapping[str, ox.NamedNode | ox.Literal]], Rows]
"""Runs a query with its parameters bound to terms."""


@dataclass(frozen=True, slots=True)
class Service:
    """A release that is served: what it says of itself, its graphs, and what looks things up in them."""

    where: Home
    held: Manifest
    store: Store
    questions: dict[str, Query]
    lookups: dict[str, Query]
    support: Support
    pages: Pages
    naming: Naming
    search: Search
    wordings: Wordings
    ask: Ask
    released: float

    @property
    def digest(self) -> str:
        """The digest of the release: what every answer depends on."""
        return self.held.digest


def service_of(where: Home, held: Manifest, store: Store, released: float) -> Service:
    """The service of a release that was put in place at a time (seconds since 1970).

    Raises:
        MandategraphError: a query file or the table of words is missing or cannot be read.
    """
    questions = queries.loaded(where.queries / "questions")
    lookups = queries.loaded(where.queries / "lookups")
    support = Support(store, lookups, questions, held.identity)
    pages = Pages(held, support.labels(), support.attributions())
    names = naming.opened(store, lookups, where.words)
    found, wordings = search.search_of(store, lookups, names), wording.wordings_of(store, lookups)
    ask = partial(queries.answered, store)
    return Service(where, held, store, questions, lookups, support, pages, names, found, wordings, ask, released)
