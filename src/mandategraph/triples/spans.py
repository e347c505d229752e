"""Where the words that a table gives stand in the documents."""

import re
from collections.abc import Iterator

from mandategraph.errors import TableError
from mandategraph.model import Corpus, Reading, folded
from mandategraph.places import Place, Span
from mandategraph.record import Mention

_OPEN, _CLOSE = "⟦", "⟧"


def reading_of(corpus: Corpus, document: str, place: Place) -> Reading:
    """The reading of a document a table names.

    Raises:
        TableError: there is no such document.
    """
    for reading in corpus.readings:
        if reading.source.identifier == document:
            return reading
    known = ", ".join(reading.source.identifier for reading in corpus.readings)
    raise TableError(place, f"a document among {known}", document)


def located(reading: Reading, words: str, place: Place, within: Span | None = None) -> Span:
    """Where words stand in a document, or within a span of it; white space may differ. Within a span the first counts.

    Words in white brackets are the ones meant, the others only say which place of several it is.

    Raises:
        TableError: they do not stand there, or in a whole document more than once.
    """
    area = within or Span(0, len(reading.text))
    if not tight(words).strip() or [each for each in words if each in _OPEN + _CLOSE] not in ([], [_OPEN, _CLOSE]):
        raise TableError(place, f"words of {reading.source.file}, some of them in one pair of {_OPEN}{_CLOSE}", words)
    spans = list(_occurrences(area.of(reading.text), words, area.start))
    if not spans or (within is None and len(spans) > 1):
        times = "once" if within is None else "in the part that is meant"
        raise TableError(place, f"words that stand {times} in {reading.source.file}", f"{len(spans)} times: {words}")
    return spans[0]


def placed(corpus: Corpus, mention: Mention) -> tuple[Reading, Span]:
    """The document of a mention, and where its words stand in it.

    Raises:
        TableError: there is no such document, or its characters there are other words.
    """
    reading, span = reading_of(corpus, mention.document, mention.place), Span(mention.start, mention.end)
    words = folded(span.of(reading.text))
    if mention.end > len(reading.text) or words != mention.words:
        found = f"{words!r} at {mention.start}–{mention.end} of {reading.source.file}"
        raise TableError(mention.place, f"the words {mention.words!r}", found)
    return reading, span


def tight(words: str) -> str:
    """The words that are meant: those in white brackets, or all.

    >>> tight("March 28, ⟦March 24⟧, and April 26"), tight("March 9")
    ('March 24', 'March 9')
    """
    found = re.search(f"{_OPEN}(.*){_CLOSE}", words, re.DOTALL)
    return found[1] if found else words


def _occurrences(text: str, words: str, offset: int) -> Iterator[Span]:
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    group = int(_OPEN in words)
    for found in re.finditer(pattern.replace(_OPEN, "(").replace(_CLOSE, ")"), text):
        yield Span(offset + found.start(group), offset + found.end(group))
