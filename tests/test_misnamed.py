"""A cell that refers to something by a name no IRI can hold is told at its row, like any other that fits nothing."""

from dataclasses import replace
from typing import Any

import pytest

from mandategraph.errors import TableError
from mandategraph.iris import Iris
from mandategraph.model import Corpus
from mandategraph.record import Reference
from mandategraph.schemes import Schemes
from mandategraph.triples import state

NAME = "Not a Name"


@pytest.mark.parametrize(
    ("of", "table", "cells"),
    [
        ("entities", "mentions", {"row": Reference("instrument", NAME)}),
        ("entities", "mentions", {"document": NAME}),
        ("entities", "roles", {"document": NAME}),
        ("process", "statements", {"document": NAME}),
        ("process", "statements", {"about": (("by", Reference("plan", NAME)),)}),
        ("process", "mandates", {"subject": Reference("plan", NAME)}),
        ("process", "parts", {"row": Reference("document", NAME)}),
        ("process", "outcomes", {"row": Reference("instrument", NAME)}),
        ("process", "outcomes", {"document": NAME}),
        ("process", "duties", {"plan": NAME}),
        ("process", "duties", {"instrument": NAME}),
        ("claims", "sides", {"document": NAME}),
        ("claims", "discrepancies", {"holds": Reference("plan", NAME)}),
        ("claims", "identities", {"one": f"instrument:{NAME}"}),
        ("claims", "identities", {"one": "wording:not-a-document/A Wording"}),
        ("claims", "themes", {"subject": "quotation:linking-document-2011/1..1/1"}),
        ("claims", "themes", {"subject": "action:2012/1."}),
        ("claims", "principles", {"of": Reference("plan", NAME)}),
        ("claims", "principles", {"document": NAME}),
    ],
    ids=lambda each: ".".join(each) if isinstance(each, dict) else each,
)
def test_a_name_that_no_iri_can_hold_is_told_at_its_row(
    corpus: Corpus, iris: Iris, schemes: Schemes, of: str, table: str, cells: dict[str, Any]
) -> None:
    held = getattr(corpus, of)
    first, *others = getattr(held, table)
    wrong = replace(held, **{table: (replace(first, **cells), *others)})
    spoilt = replace(corpus, **{of: wrong})
    with pytest.raises(TableError) as caught:
        state(spoilt, iris, schemes, "0")
    assert caught.value.place == first.place
