"""The characters of a document, put together from the graph alone."""

from collections.abc import Mapping

from mandategraph.queries import Query, rows
from mandategraph.store import Store


def text_of(store: Store, lookups: Mapping[str, Query], document: str) -> str:
    """The text of a document, by its identifier; nothing if the release holds no characters of it."""
    leaves = rows(store, lookups["leaves-of-a-document"], {"document": document}).values()
    return "".join(row["spaceBefore"] + row["verbatim"] for row in leaves) + (leaves[0]["spaceAtEnd"] if leaves else "")
