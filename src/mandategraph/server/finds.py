"""Look-ups by words: what is found for words that are typed, and earlier wording that is like a draft."""

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from mandategraph import search, wording
from mandategraph.iris import Iris
from mandategraph.queries import Cell
from mandategraph.server.replies import Answer, Parameter, Window
from mandategraph.server.routes import Given, Lookup
from mandategraph.server.service import Service
from mandategraph.vocabulary import MG, XSD

SEARCH, WORDING = "/api/search", "/api/wording"
MOST_WORDINGS = 50
_DATATYPES = {bool: "boolean", int: "integer", float: "decimal"}
_NOT_IN_IRIS = frozenset(' <>"{}|\\^`\n\r\t')


class Finds:
    """Search and wording over one release."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._iris = Iris(service.held.base)

    def all(self) -> Iterator[Lookup]:
        """The look-ups by words."""
        typed = 'What to look for, as prison, "organized crime", traffick*, AG/RES. 2551 or objetivo 2.1 acción 2.'
        yield Lookup(
            SEARCH,
            search.QUESTION,
            "What the words name comes first (match is name), each thing they may mean; then texts that have all the "
            "words (words), by rank (bm25); then what belongs to what is named: quotations from an instrument or for "
            "an action and actions of a plan, chapter or objective (link, `how` says which), and texts with another "
            "name of it (mention); if nothing is found so, texts that have some of the words. `matched` says whether "
            "the texts have all the words, some or none. `marks` are the characters of `words` that match, start and "
            "end; `places` are the same as characters of the document, as `start` and `end` of a hit are.",
            self._search,
            (
                Parameter("q", typed, "prison", required=True, longest=search.LONGEST),
                Parameter("kind", "Only what is of this kind.", values=search.KINDS),
            ),
            columns=search.COLUMNS,
        )
        yield Lookup(
            WORDING,
            wording.QUESTION,
            wording.SCORE,
            self._wording,
            (
                Parameter(
                    "text",
                    "A draft sentence. It is not kept.",
                    "Strengthen the exchange of information and experiences among police forces.",
                    required=True,
                    longest=wording.LONGEST,
                ),
            ),
            columns=wording.COLUMNS,
            most=MOST_WORDINGS,
            body="text",
        )

    def _search(self, given: Given, window: Window) -> Answer:
        kinds = (given["kind"],) if "kind" in given else ()
        found = self._service.search.find(given["q"], kinds, first=window.first, count=window.size)
        rows, items = [hit.row() for hit in found.hits], [hit.data() for hit in found.hits]
        iris = tuple(row["iri"] for row in rows)
        about = {"q": given["q"], "matched": found.matched}
        return Answer(search.COLUMNS, found.total, self._cells(rows, items), items, about, iris)

    def _wording(self, given: Given, window: Window) -> Answer:
        total, found = self._service.wordings.like(given["text"], first=window.first, count=window.size)
        rows, items = [each.row() for each in found], [each.data() for each in found]
        iris = tuple(iri for row in rows for iri in self._behind(row))
        about = {"text": given["text"], "score": wording.SCORE}
        return Answer(wording.COLUMNS, total, self._cells(rows, items), items, about, iris)

    def _cells(self, rows: list[dict[str, str]], items: list[dict[str, object]]) -> list[dict[str, Cell]]:
        """Rows of texts as terms: resources by their IRIs, and numbers where the plain data has numbers."""
        return [
            {name: self._cell(text, item[name]) for name, text in row.items()}
            for row, item in zip(rows, items, strict=True)
        ]

    def _cell(self, text: str, plain: object) -> Cell:
        if not text:
            return None
        datatype = next((name for kind, name in _DATATYPES.items() if type(plain) is kind), "")
        if datatype:
            return ox.Literal(text, datatype=XSD[datatype])
        named = text.startswith((self._iris.base, MG.iri)) and not set(text) & _NOT_IN_IRIS
        return ox.NamedNode(text) if named else ox.Literal(text)

    def _behind(self, row: Mapping[str, str]) -> Iterator[str]:
        """The resources behind a row: the quotation, its passage and the link it makes."""
        yield row["quotation"]
        yield row["passage"]
        parsed = self._iris.parse(row["quotation"])
        if parsed:
            yield self._iris.mint("support", **parsed[1]).value
