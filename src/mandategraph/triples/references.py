"""The nodes that the cells of hand-kept tables refer to."""

from collections.abc import Collection

from pyoxigraph import NamedNode

from mandategraph.errors import TableError, nearest
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.places import Place
from mandategraph.record import Reference

_PARTS = {"state": "code", "plan": "plan", "document": "document", "order": "name"}


class References:
    """What of a corpus can be referred to, by kind."""

    def __init__(self, corpus: Corpus, iris: Iris) -> None:
        held = corpus.entities
        self._iris = iris
        self._bodies, self._meetings = held.bodies, held.meetings
        self._known: dict[str, Collection[str]] = {
            "body": held.bodies,
            "meeting": held.meetings,
            "state": held.states,
            "person": held.persons,
            "programme": held.programmes,
            "symbol": held.symbols,
            "instrument": corpus.registry.instruments,
            "plan": corpus.registry.plans,
            "order": corpus.process.orders,
            "document": [reading.source.identifier for reading in corpus.readings],
        }

    def name(self, to: Reference) -> str:
        """The name of a body or a meeting as a document writes it; nothing for another kind."""
        if to.kind == "body":
            return self._bodies[to.slug].name
        return self._meetings[to.slug].name if to.kind == "meeting" else ""

    def node(self, to: Reference, place: Place) -> NamedNode:
        """The node a reference names.

        Raises:
            TableError: there is no row of that name; the nearest are named.
        """
        known = self._known[to.kind]
        if to.slug not in known:
            near = ", ".join(nearest(to.slug, known)) or "none"
            article = "an" if to.kind == "instrument" else "a"
            raise TableError(place, f"{article} {to.kind} the tables have (nearest: {near})", str(to))
        return self._iris.mint(to.kind, **{_PARTS.get(to.kind, "slug"): to.slug})
