"""What supports an action: the answer for every plan that has the number, put together from the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import pyoxigraph as ox

from mandategraph.errors import MissingError, near_numbers, nearest
from mandategraph.queries import Query, Rows, rows
from mandategraph.store import Store
from mandategraph.vocabulary import MG

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """What is known of one part of a plan: its words, and what a document attaches to it, or what exists instead."""

    plan: str
    plan_title: str
    status: str
    kind: str
    notation: str
    citation_form: str
    words: str
    document: str
    start: int
    end: int
    iri: str
    answer: str
    attribution: str
    release: str
    rows: Mapping[str, Rows]

    @property
    def quotations(self) -> tuple[Row, ...]:
        """What documents attach to it, in order."""
        return tuple(self.rows["quotations"].values())

    @property
    def actions(self) -> tuple[Row, ...]:
        """The actions under it, if it is none itself."""
        return tuple(self.rows["actions"].values())

    @property
    def stated_sources(self) -> tuple[Row, ...]:
        """What its plan names as its sources, where no document attaches anything to it."""
        return tuple(self.rows["stated_sources"].values())

    @property
    def limits(self) -> tuple[Row, ...]:
        """What this corpus cannot answer of its plan, where no document attaches anything to it."""
        return tuple(self.rows["limits"].values())

    def data(self) -> dict[str, object]:
        """The part as plain data."""
        told = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "rows"}
        return {**told, **{name: found.data() for name, found in self.rows.items()}}


_NONE = Rows((), ())


def released(found: Rows, release: str) -> Rows:
    """Rows that say in a last column which release they come from."""
    return Rows((*found.columns, "release"), tuple((*row, ox.Literal(release)) for row in found.rows))


class Support:
    """Looks up the parts of plans and their support in a release."""

    def __init__(
        self, store: Store, lookups: Mapping[str, Query], questions: Mapping[str, Query], release: str
    ) -> None:
        self._store, self._lookups, self._release = store, lookups, release
        self._question = questions["01-mandates-of-an-action"]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows that tell quotations."""
        return (*self._question.columns, "release")

    def plans(self) -> list[str]:
        """The identifiers of the plans, in order."""
        return list(dict.fromkeys(row["plan"] for row in self._look("parts-of-plans", {})))

    def notations(self, plan: str | None = None) -> list[str]:
        """The numbers of the parts of all plans or of one."""
        found = self._look("parts-of-plans", {"plan": plan} if plan else {})
        return list(dict.fromkeys(row["notation"] for row in found))

    def of(self, notation: str, plan: str | None = None) -> tuple[Part, ...]:
        """What is known of the parts with a number, plan by plan.

        Raises:
            MissingError: no plan, or not the named one, has such a number; the nearest are named.
        """
        plans = self.plans()
        if plan is not None and plan not in plans:
            raise MissingError.among("plan", plan, plans, f"the plans {', '.join(plans)}")
        given = {"notation": notation, **({"plan": plan} if plan else {})}
        known = self.notations(plan)
        if notation not in known:
            where = f"plan {plan}" if plan else f"the plans {', '.join(plans)}"
            raise MissingError(f"action {notation!r}", where, near_numbers(notation, known))
        return tuple(self._part(row) for row in self._look("parts-of-plans", given))

    def labels(self) -> dict[str, str]:
        """What concepts, agents and documents are called, by IRI."""
        return {row["resource"]: row["label"] for row in self._look("labels", {})}

    def attributions(self) -> dict[str, str]:
        """Why a document is attributed to whom it is, by the identifier of the document."""
        return {row["document"]: row["reason"] for row in self._look("attributions", {})}

    def attributed(self) -> dict[str, str]:
        """The nodes that say why a document is attributed to whom it is, by the identifier of the document."""
        return {row["document"]: row["part"] for row in self._look("attributions", {})}

    def linked_plans(self) -> list[str]:
        """The plans whose actions some document attaches mandates to."""
        return list(dict.fromkeys(row["plan"] for row in self._look("parts-of-plans", {}) if int(row["links"])))

    def linked(self, quotations: Rows) -> str:
        """What documents attach an instrument to, in one sentence, from the quotations of it."""
        found = quotations.values()
        if not found:
            plans = ", ".join(self.linked_plans()) or "none"
            return (
                "No document links words of this instrument to an action; documents link mandates to actions of plan "
                f"{plans} only."
            )
        actions = len({(row["plan"], row["action"]) for row in found})
        plans = ", ".join(sorted({row["plan"] for row in found}))
        return f"{_quoted(found)} for {_counted(actions, 'action')} of plan {plans}, {_basis(found)}"

    def _look(self, name: str, given: Mapping[str, str]) -> list[dict[str, str]]:
        return self._rows(name, given).values()

    def _rows(self, name: str, given: Mapping[str, str]) -> Rows:
        return rows(self._store, self._lookups[name], given)

    def _part(self, row: Row) -> Part:
        plan, notation = row["plan"], row["notation"]
        kind = row["class"].removeprefix(MG.iri).lower()
        is_action, links = kind == "action", int(row["links"])
        quotations = self._quotations(plan, notation) if is_action and links else _NONE
        under = {"plan": plan, "notation": notation}
        without = not links and is_action
        return Part(
            plan=plan,
            plan_title=row["planTitle"],
            status=row["status"],
            kind=kind,
            notation=notation,
            citation_form=row["citationForm"],
            words=row["words"],
            document=row["document"],
            start=int(row["start"]),
            end=int(row["end"]),
            iri=row["unit"],
            answer=_answer(kind, plan, quotations.values(), self.linked_plans()),
            attribution=self.attributions().get(row["document"], "") if quotations.rows else "",
            release=self._release,
            rows={
                "quotations": quotations,
                "actions": _NONE if is_action else self._rows("actions-under", under),
                "stated_sources": self._rows("stated-sources", {"plan": plan}) if without else _NONE,
                "limits": self._rows("limits-of-a-plan", {"plan": plan}) if without else _NONE,
            },
        )

    def _quotations(self, plan: str, action: str) -> Rows:
        found = rows(self._store, self._question, {"action": action, "plan": plan})
        return released(found, self._release)

    def check(self, given: Mapping[str, str]) -> None:
        """See that the values given for a question name something that is there.

        Raises:
            MissingError: a number, plan or instrument is unknown; the nearest are named.
        """
        known: dict[str, Callable[[], list[str]]] = {
            "action": lambda: self.notations(given.get("plan")),
            "plan": self.plans,
            "instrument": lambda: [row["name"] for row in self._look("names", {}) if "/instrument/" in row["resource"]],
        }
        for name, value in given.items():
            if name in known and value not in (held := known[name]()):
                near = near_numbers(value, held) if name == "action" else nearest(value, held)
                raise MissingError(f"{name} {value!r}", "the release", near)


def _answer(kind: str, plan: str, quotations: list[dict[str, str]], linked: list[str]) -> str:
    """The answer in one sentence."""
    if kind != "action":
        article = "an" if kind[0] in "aeiou" else "a"
        return f"In plan {plan} this number is {article} {kind}; mandates are attached to actions only."
    if not quotations:
        return (
            f"No document links mandates to this action; documents do so for plan {', '.join(linked) or 'none'} only."
        )
    instruments = len({row["instrument"] for row in quotations})
    return f"{_quoted(quotations)} of {_counted(instruments, 'instrument')}, {_basis(quotations)}"


def _quoted(rows: list[dict[str, str]]) -> str:
    return _counted(len({row["quotation"] for row in rows}), "quotation")


def _basis(rows: list[dict[str, str]]) -> str:
    """What quotations rest on, as the end of a sentence."""
    documents = ", ".join(sorted({row["document"] for row in rows}))
    compared = len({row["quotation"] for row in rows if row["comparison"] != MG["NotCompared"].value})
    return f"asserted in {documents}; {compared or 'none'} compared with the instrument."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
