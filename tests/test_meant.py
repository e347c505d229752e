"""What people type for a part of a plan and its plan, and what supports what is meant."""

from functools import cache

import pytest

from mandategraph import meant, naming
from mandategraph.answers import Support
from mandategraph.errors import MissingError
from mandategraph.iris import DEFAULT_BASE
from mandategraph.naming import Naming
from serving import HOME, folder_of, manifest, store


@cache
def names() -> Naming:
    """The names of the release."""
    return naming.opened(store(), folder_of("lookups"), HOME.words)


@cache
def support() -> Support:
    """The look-up over the release."""
    return Support(store(), folder_of("lookups"), folder_of("questions"), manifest().identity)


def found(number: str, plan: str | None = None) -> list[str]:
    """The parts that are meant, as paths below the plans."""
    return [part.iri.removeprefix(f"{DEFAULT_BASE}plan/") for part in meant.supported(names(), support(), number, plan)]


@pytest.mark.parametrize(
    ("number", "plan", "parts"),
    [
        ("2.1", None, ["2011-03-07/action/2.1", "2011-draft/action/2.1", "2012/objective/2.1"]),
        ("2.1", "2012", ["2012/objective/2.1"]),
        ("2.1", "plan de 2012", ["2012/objective/2.1"]),
        ("2.1", "Draft Plan of Action of San Salvador", ["2011-draft/action/2.1"]),
        ("Objective 3.2", None, ["2012/objective/3.2"]),
        ("objetivo 2.1 acción 2", None, ["2012/action/2.1.2"]),
        ("action 2 de l'objectif 2.1", "2012", ["2012/action/2.1.2"]),
        ("capítulo 2", "2012", ["2012/chapter/2"]),
        ("1.4 2011-draft", None, ["2011-draft/action/1.4"]),
    ],
)
def test_what_is_typed_is_found(number: str, plan: str | None, parts: list[str]) -> None:
    assert found(number, plan) == parts


def test_every_number_has_the_parts_it_has_in_the_plans() -> None:
    for number in support().notations():
        assert meant.supported(names(), support(), number) == support().of(number)


@pytest.mark.parametrize(
    ("number", "plan", "told"),
    [
        ("9.9", None, "action '9.9': not found in the plans 2011-03-07, 2011-draft, 2012; nearest: 5.5, 5.4, 5.3"),
        ("action 9.9", "2012", "action 'action 9.9': not found in plan 2012; nearest: 3.4, 3.3, 3.2"),
        ("1.4 2011-draft", "2012", "action '1.4 2011-draft': not found in plan 2012; nearest: 1.3, 1.2, 1.1"),
        ("prison", "2012", "action 'prison': not found in plan 2012"),
        ("1.2", "2013", "plan '2013': not found in the plans 2011-03-07, 2011-draft, 2012; nearest: 2012"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(number: str, plan: str | None, told: str) -> None:
    with pytest.raises(MissingError) as raised:
        found(number, plan)
    assert str(raised.value).startswith(told)


def test_the_plan_of_all_parts_is_told() -> None:
    assert meant.only_plan(meant.supported(names(), support(), "2.1")) == ""
    assert meant.only_plan(meant.supported(names(), support(), "2.1.2")) == "2012"
    assert meant.only_plan(()) == ""
