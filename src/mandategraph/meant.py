"""What supports the part of a plan that somebody means, its number and its plan as people type them."""

from collections.abc import Collection

from mandategraph.answers import Part, Support
from mandategraph.errors import MissingError, near_numbers
from mandategraph.naming import Known, Naming

KINDS = ("action", "objective", "chapter")
"""The kinds of parts of a plan that have a number."""


def supported(naming: Naming, support: Support, number: str, plan: str | None = None) -> tuple[Part, ...]:
    """What is known of the parts of plans that a number may mean, plan by plan.

    A plan may be said with the number, as in 'action 1.4 of plan 2011-03-07', or by itself; if both, they must agree.

    Raises:
        MissingError: no plan, or not the one that is meant, has such a number; the nearest are named.
    """
    plans = [each.identifier for each in _plans(naming, support, plan)] if plan is not None else support.plans()
    meant = [each for each in naming.candidates(number, KINDS) if each.plan in plans]
    if not meant:
        raise _missing(naming, support, number, plans)
    found = [part for each in meant for part in support.of(each.name, each.plan) if part.iri == each.iri]
    return tuple(sorted(found, key=lambda part: plans.index(part.plan)))


def only_plan(parts: tuple[Part, ...]) -> str:
    """The plan that all the parts are of; nothing if they are of several."""
    plans = {part.plan for part in parts}
    return plans.pop() if len(plans) == 1 else ""


def _plans(naming: Naming, support: Support, plan: str) -> Collection[Known]:
    found = naming.candidates(plan, ("plan",))
    if not found:
        known = support.plans()
        raise MissingError(f"plan {plan!r}", f"the plans {', '.join(known)}", naming.near(plan, ("plan",)))
    return found


def _missing(naming: Naming, support: Support, number: str, plans: list[str]) -> MissingError:
    where = f"plan {plans[0]}" if len(plans) == 1 else f"the plans {', '.join(plans)}"
    known = [notation for plan in plans for notation in support.notations(plan)]
    read = naming.number(number)
    return MissingError(f"action {number!r}", where, near_numbers(read.notation if read else number, known))
