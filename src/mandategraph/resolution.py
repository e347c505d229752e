"""Resolution: which instrument a wording of a document means, from the registry alone."""

from collections.abc import Iterable

from mandategraph.errors import MandategraphError, UnknownWordingError, nearest, raise_all
from mandategraph.model import CitationReading, Reading, Registry, ResolvedCitation


def resolve(reading: Reading, registry: Registry) -> tuple[ResolvedCitation, ...]:
    """The citations of a document, each with the instrument its heading means.

    Raises:
        UnknownWordingError: a heading has no row; all such headings together as `Faults`.
    """
    faults: list[MandategraphError] = []
    resolved: list[ResolvedCitation] = []
    for citation in _citations(reading):
        spelling = registry.spellings.get((reading.source.identifier, citation.wording))
        if spelling is None:
            near = nearest(citation.wording, (wording for _, wording in registry.spellings))
            faults.append(UnknownWordingError(citation.place, citation.wording, near))
            continue
        resolved.append(ResolvedCitation(citation, spelling, registry.instruments[spelling.instrument]))
    raise_all(faults)
    return tuple(resolved)


def unused_spellings(readings: Iterable[Reading], registry: Registry) -> list[tuple[str, str]]:
    """The rows of the spellings table that no document uses, as (document, wording)."""
    used = {(reading.source.identifier, each.wording) for reading in readings for each in _citations(reading)}
    return [key for key in registry.spellings if key not in used]


def _citations(reading: Reading) -> list[CitationReading]:
    return [citation for part in reading.parts for citation in part.citations]
