"""References: what a cell writes as one is read as it stands, and anything else is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.iris import RULES
from mandategraph.record import REFERENCE_KINDS, Reference, State, reference

KINDS = st.sampled_from(REFERENCE_KINDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("state:mx", Reference("state", "mx")),
        ("instrument:ag-dec-63-lima-2010", Reference("instrument", "ag-dec-63-lima-2010")),
        ("body:a:b", Reference("body", "a:b")),
        ("body::", Reference("body", ":")),
        ("body:body:a", Reference("body", "body:a")),
        ("body: a", Reference("body", " a")),
        ("plan:Not A Name", Reference("plan", "Not A Name")),
        ("", None),
        (":", None),
        ("mx", None),
        ("state", None),
        ("state:", None),
        (":mx", None),
        ("State:mx", None),
        (" state:mx", None),
        ("state :mx", None),
        ("states:mx", None),
        ("state=mx", None),
        ("state：mx", None),
        ("wording:document/words", None),
        ("quotation:document/1.1/1", None),
    ],
)
def test_a_reference_is_a_known_kind_and_a_name(text: str, expected: Reference | None) -> None:
    assert reference(text) == expected


@given(KINDS, st.text(min_size=1))
def test_a_reference_is_read_back_as_it_was_written(kind: str, slug: str) -> None:
    assert reference(str(Reference(kind, slug))) == Reference(kind, slug)


@given(st.text() | st.builds("{}:{}".format, KINDS | st.text(), st.text()))
def test_what_is_read_is_written_as_it_stood(text: str) -> None:
    found = reference(text)
    assert found is None or str(found) == text
    assert (found is None) == (not any(text.startswith(f"{kind}:") and text != f"{kind}:" for kind in REFERENCE_KINDS))


@given(st.lists(st.builds(Reference, KINDS, st.text())))
def test_references_are_ordered_by_kind_and_name(held: list[Reference]) -> None:
    assert sorted(held) == sorted(held, key=lambda each: (each.kind, each.slug))


@pytest.mark.parametrize("kind", REFERENCE_KINDS)
def test_every_kind_has_an_iri(kind: str) -> None:
    assert len(RULES[kind].patterns) == 1


def test_a_state_is_named_by_its_code_in_small_letters() -> None:
    assert State("MX", "Mexico", "d.txt:1").slug == "mx"
