"""What the routes answer from: one release, in a store, with its queries and its pages."""

from dataclasses import dataclass

from mandategraph import queries
from mandategraph.answers import Support
from mandategraph.queries import Query
from mandategraph.release import Home, Manifest
from mandategraph.server.pages import Pages
from mandategraph.store import Store


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


def service_of(where: Home, held: Manifest, store: Store) -> Service:
    """The service of a release.

    Raises:
        MandategraphError: a query file is missing or cannot be read.
    """
    questions = queries.loaded(where.queries / "questions")
    lookups = queries.loaded(where.queries / "lookups")
    support = Support(store, lookups, questions, held.identity)
    pages = Pages(held, support.labels(), support.attributions())
    return Service(where, held, store, questions, lookups, support, pages)
