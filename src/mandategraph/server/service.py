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
    released: float

    @property
    def digest(self) -> str:
        """The digest of the release: what every answer depends on."""
        return self.held.digest


def service_of(where: Home, held: Manifest, store: Store, released: float) -> Service:
    """The service of a release that was put in place at a time (seconds since 1970).

    Raises:
        MandategraphError: a query file is missing or cannot be read.
    """
    questions = queries.loaded(where.queries / "questions")
    lookups = queries.loaded(where.queries / "lookups")
    support = Support(store, lookups, questions, held.identity)
    pages = Pages(held, support.labels(), support.attributions())
    return Service(where, held, store, questions, lookups, support, pages, released)
