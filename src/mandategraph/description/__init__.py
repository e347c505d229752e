"""What a release says of itself: the service with its graphs, the data set with its counts, examples of queries."""

from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, Triple

from mandategraph.description import dataset, service
from mandategraph.description.dataset import Counts
from mandategraph.iris import Iris


def described(
    sizes: Mapping[NamedNode, int], data: Iterable[NamedNode], counts: Counts, about: str, iris: Iris, version: str
) -> set[Triple]:
    """The description of a service with graphs of these sizes; the data graphs together have these counts.

    The graph that holds the description counts itself.
    """
    own = iris.mint("graph", name="service")
    fixed = set(dataset.stated(counts, data, about, iris, version))
    # How many triples it has does not depend on the number that it states of itself.
    size = len({*service.stated({**sizes, own: 0}, iris, version), *fixed})
    return {*service.stated({**sizes, own: size}, iris, version), *fixed}
