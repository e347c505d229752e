"""A heading means the instrument its wording has a row for, in its own document."""

from dataclasses import replace

import pytest

from mandategraph.documents import read
from mandategraph.errors import Faults, UnknownWordingError
from mandategraph.model import Corpus, PartDescription, Reading, Registry, SourceDescription
from mandategraph.places import Place
from mandategraph.resolution import resolve, unused_spellings

LINKING = "linking-document-2011"


def document(*headings: str, identifier: str = LINKING) -> Reading:
    """A linking document with one quotation under each heading; the first heading stands on line 3."""
    part = PartDescription("plan", "linkage", plan="2011-03-07")
    source = SourceDescription(identifier, "", "", "", "", "", "", "", "", (part,))
    blocks = "".join(f"{heading}: “a”\n" for heading in headings)
    return read(source, f"1. Chapter\n1.1 Action\n{blocks}")


def test_a_wording_leads_to_its_row_and_its_instrument(registry: Registry) -> None:
    (found,) = resolve(document("Action Plan of Miami, 1994"), registry)
    assert found.citation.wording == found.spelling.wording == "Action Plan of Miami, 1994"
    assert found.instrument is registry.instruments["plan-of-action-miami-1994"]


def test_a_wrong_name_leads_to_what_is_held_to_be_meant(registry: Registry) -> None:
    (found,) = resolve(document("Declaration of Mar del Plata, 2005"), registry)
    assert found.instrument.slug == "plan-of-action-mar-del-plata-2005"
    assert found.spelling.names == "declaration-mar-del-plata-2005"


def test_an_unknown_wording_is_placed_and_told_the_nearest(registry: Registry) -> None:
    with pytest.raises(UnknownWordingError) as caught:
        resolve(document("Action Plan of Miami, 1994", "Action Plan of Miama, 1994"), registry)
    fault = caught.value
    assert fault.place == Place(f"{LINKING}.txt", 4, 1)
    assert fault.wording == fault.found == "Action Plan of Miama, 1994"
    assert fault.nearest[0] == "Action Plan of Miami, 1994"
    assert "nearest: 'Action Plan of Miami, 1994'; " in str(fault)


def test_all_unknown_wordings_are_told_together(registry: Registry) -> None:
    reading = document("Declaration of A, 2001", "Action Plan of Miami, 1994", "Declaration of B, 2002")
    with pytest.raises(Faults) as caught:
        resolve(reading, registry)
    found = [fault for fault in caught.value.faults if isinstance(fault, UnknownWordingError)]
    assert [(fault.place.line, fault.wording) for fault in found] == [
        (3, "Declaration of A, 2001"),
        (5, "Declaration of B, 2002"),
    ]


def test_a_row_is_for_one_document_only(registry: Registry) -> None:
    with pytest.raises(UnknownWordingError) as caught:
        resolve(document("Action Plan of Miami, 1994", identifier="another"), registry)
    assert caught.value.nearest[0] == "Action Plan of Miami, 1994"


def test_a_document_without_headings_has_no_citations(readings: tuple[Reading, ...], registry: Registry) -> None:
    assert resolve(readings[1], registry) == ()


def test_all_headings_of_the_linking_document_resolve(corpus: Corpus) -> None:
    found = corpus.citations[LINKING]
    assert len(found) == 98
    assert len({each.instrument.slug for each in found}) == 29
    assert all(each.spelling.instrument == each.instrument.slug for each in found)


def test_every_row_is_used_by_a_document(readings: tuple[Reading, ...], registry: Registry) -> None:
    assert unused_spellings(readings, registry) == []


def test_a_row_no_document_uses_is_found(readings: tuple[Reading, ...], registry: Registry) -> None:
    first = next(iter(registry.spellings.values()))
    more = replace(registry, spellings={**registry.spellings, (LINKING, "x"): first, ("another", first.wording): first})
    assert unused_spellings(readings, more) == [(LINKING, "x"), ("another", first.wording)]
