"""Look-ups of plans, their parts, instruments and passages, and what supports what."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from mandategraph import queries
from mandategraph.answers import Part
from mandategraph.errors import MissingError, near_numbers
from mandategraph.iris import RULES, Iris
from mandategraph.meant import KINDS as PARTS
from mandategraph.naming import Known
from mandategraph.queries import Rows
from mandategraph.server import routes
from mandategraph.server.asked import ADDRESS, Asked
from mandategraph.server.finds import Finds
from mandategraph.server.replies import Answer, Parameter, Replies, Row, Several, Window
from mandategraph.server.routes import Given, Lookup, address
from mandategraph.server.service import Service
from mandategraph.vocabulary import MG

PLAN, ACTION = "/api/plans/{plan}", "/api/plans/{plan}/actions/{notation}"
SUPPORT = f"{ACTION}/support"
INSTRUMENT, SUPPORTS = "/api/instruments/{id:path}", "/api/instruments/{id:path}/supports"
PASSAGE = "/api/passages/{id:path}"
_SUPPORTED = "04-actions-of-an-instrument"
_QUOTED = "01-mandates-of-an-action"
"""The question whose rows tell the quotations of an action."""


def add(app: FastAPI, service: Service) -> None:
    """Add the look-ups of a release to an application."""
    replies = Replies(service)
    found = Lookups(service)
    asked = Asked(service, found.one)
    routes.add(app, [*found.all(), *Finds(service).all(), *asked.all()], replies)

    @app.head(ADDRESS, include_in_schema=False)
    @app.get(ADDRESS, include_in_schema=False)
    def by_number(name: str, request: Request) -> Response:
        return RedirectResponse(f"{asked.place(name)}?{request.url.query}".removesuffix("?"), status_code=308)


class Lookups:
    """The look-ups of one release."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._iris = Iris(service.held.base)

    def all(self) -> Iterator[Lookup]:
        """Every look-up, what is more special before what would take its address."""
        plan, notation, slug, passage = self._examples()
        of_plan = Parameter("plan", "A plan: its identifier, as 2011-03-07, or another name of it.", plan, "path")
        typed = "The number of a part of the plan, as 2.1.2, Objective 3.2 or objetivo 2.1 acción 2."
        number = Parameter("notation", typed, notation, "path")
        named = "An instrument: its identifier, symbol, title or what a document calls it, as AG/RES. 2551 or MISPA I."
        instrument = Parameter("id", named, slug, "path")
        yield Lookup(
            "/api/plans",
            "The plans",
            "The plans, their status and the words that show it, and how much is in each.",
            self._plans,
            columns=self._columns("plans"),
        )
        yield Lookup(
            SUPPORT,
            "What supports an action",
            "The part of the plan with its quotations, who asserts them, and the state of their comparison with the "
            "instrument; where no document links mandates to it, what there is instead. In CSV a row is a quotation.",
            self._support,
            (of_plan, number),
            may_choose=True,
        )
        yield Lookup(
            ACTION,
            "A part of a plan",
            "An action, objective or chapter: its words, where they stand, and how many quotations are linked to it.",
            self._action,
            (of_plan, number),
            columns=self._columns("parts-of-plans"),
            may_choose=True,
        )
        yield Lookup(
            PLAN,
            "A plan and its parts",
            "The chapters, objectives and actions of a plan, in its order.",
            self._plan,
            (of_plan,),
            columns=self._columns("parts-of-plans"),
            may_choose=True,
        )
        yield Lookup(
            "/api/actions",
            "Parts of plans by number",
            "Without a number every action of every plan; with one what has it, in every plan: actions, and where the "
            "number is that of an objective or a chapter, these.",
            self._actions,
            (Parameter("notation", typed.replace("the plan", "a plan"), notation),),
            columns=self._columns("parts-of-plans"),
        )
        yield Lookup(
            "/api/instruments",
            "The instruments",
            "Every instrument that is named, whether verified, and how much of it is quoted for actions.",
            self._instruments,
            columns=self._columns("instruments"),
        )
        yield Lookup(
            SUPPORTS,
            "What an instrument supports",
            "The actions for which a document quotes an instrument, with the passages and how often each is used; the "
            "answer in a sentence, which CSV and Turtle have in each row, or in a row of its own if there is none.",
            self._supports,
            (instrument,),
            columns=self._service.questions[_SUPPORTED].columns,
            may_choose=True,
        )
        yield Lookup(
            INSTRUMENT,
            "An instrument",
            "An instrument with all names it is known by: titles, symbols, and wordings of the documents.",
            self._instrument,
            (instrument,),
            columns=self._columns("instruments"),
            may_choose=True,
        )
        yield Lookup(
            PASSAGE,
            "A passage of an instrument",
            "The quotations of a passage, each with its action, its place and the state of its comparison.",
            self._passage,
            (Parameter("id", "A passage: the instrument, a slash, and the key of the passage.", passage, "path"),),
            columns=self._columns("quotations"),
        )

    def one(self, typed: str, kinds: tuple[str, ...], place: Callable[[Known], str]) -> Known:
        """The only thing of some kinds that what is typed means.

        Raises:
            MissingError: it means nothing known; the nearest names are told.
            Several: it may mean several things; each has an address.
        """
        found = self._service.naming.candidates(typed, kinds)
        if len(found) > 1:
            raise Several(typed, {place(each): each for each in found})
        for each in found:
            return each
        raise MissingError(f"{kinds[0]} {typed!r}", "the release", self._service.naming.near(typed, kinds))

    def _columns(self, name: str) -> tuple[str, ...]:
        return self._service.lookups[name].columns

    def _look(self, name: str, **given: str) -> Rows:
        return queries.rows(self._service.store, self._service.lookups[name], given)

    def _examples(self) -> tuple[str, str, str, str]:
        """A plan, a number in it, an instrument and a passage of the release, that examples can be made of."""
        for row in self._look("quotations").values():
            passage = row["passage"].partition("/passage/")[2]
            return row["plan"], row["action"], row["instrument"], passage
        return "", "", "", ""

    def _plans(self, _: Given, window: Window) -> Answer:
        return _page(self._look("plans"), window, "resource")

    def _plan_of(self, typed: str, path: str, **values: str) -> str:
        def place(each: Known) -> str:
            return address(path, plan=each.identifier, **values)

        return self.one(typed, ("plan",), place).identifier

    def _plan(self, given: Given, window: Window) -> Answer:
        plan = self._plan_of(given["plan"], PLAN)
        (about,) = self._look("plans", plan=plan).data()
        page = _page(self._look("parts-of-plans", plan=plan), window, "unit")
        return _with(page, {"plan": about}, [str(about["resource"])], address(PLAN, plan=plan))

    def _part_of(self, given: Given, path: str) -> Known:
        """The part of a plan that is typed."""
        plan = self._plan_of(given["plan"], path, notation=given["notation"])
        naming = self._service.naming
        for each in naming.candidates(given["notation"], PARTS):
            if each.plan == plan:
                return each
        known = [each.name for each in naming.names if each.how == "number" and each.plan == plan]
        number = naming.number(given["notation"])
        near = near_numbers(number.notation if number else given["notation"], known)
        raise MissingError(f"action {given['notation']!r}", f"plan {plan}", near)

    def _action(self, given: Given, window: Window) -> Answer:
        part = self._part_of(given, ACTION)
        found = _where(self._look("parts-of-plans", plan=part.plan), "unit", part.iri)
        notation = found.values()[0]["notation"]
        return _with(_page(found, window, "unit"), {}, [], address(ACTION, plan=part.plan, notation=notation))

    def _support(self, given: Given, window: Window) -> Answer:
        part = self._part_of(given, SUPPORT)
        found = [each for each in self._service.support.of(part.name, part.plan) if each.iri == part.iri]
        rows = [row for each in found for row in _told(each)]
        columns = dict.fromkeys([*self._service.questions[_QUOTED].columns, *(name for row in rows for name in row)])
        iris = tuple(iri for each in found for iri in self._of_part(each))
        place = address(SUPPORT, plan=part.plan, notation=part.name)
        items = [each.data() for each in found]
        return Answer((*columns,), len(found), rows, window.of(items), iris=iris, place=place)

    def _of_part(self, part: Part) -> Iterator[str]:
        """The resources behind the support of a part: itself, quotations, the links they make, and instruments."""
        yield part.iri
        for row in part.quotations:
            yield row["quotation"]
            yield row["instrument"]
            parsed = self._iris.parse(row["quotation"])
            if parsed:
                yield self._iris.mint("support", **parsed[1]).value
        for row in part.stated_sources:
            yield self._iris.mint("stated-source", plan=row["plan"], name=row["name"]).value
        for row in part.limits:
            yield self._iris.mint("scope", name=row["name"]).value

    def _actions(self, given: Given, window: Window) -> Answer:
        found = self._look("parts-of-plans")
        if "notation" in given:
            meant = {each.iri for each in self._service.naming.candidates(given["notation"], PARTS)}
            if not meant:
                near = self._service.naming.near(given["notation"], PARTS)
                raise MissingError(f"action {given['notation']!r}", "the plans", near)
            return _page(_where(found, "unit", *meant), window, "unit")
        return _page(_where(found, "class", MG["Action"].value), window, "unit")

    def _instruments(self, _: Given, window: Window) -> Answer:
        return _page(self._look("instruments"), window, "resource")

    def _instrument_of(self, typed: str, path: str) -> str:
        return self.one(typed, ("instrument",), lambda each: address(path, id=each.identifier)).identifier

    def _instrument(self, given: Given, window: Window) -> Answer:
        slug = self._instrument_of(given["id"], INSTRUMENT)
        found = self._look("instruments", instrument=slug)
        page = _page(found, window, "resource")
        (about,) = found.data()
        names = [
            {"name": each.name, "how": each.how} for each in self._service.naming.names if each.iri == about["resource"]
        ]
        return _with(page, {}, [], address(INSTRUMENT, id=slug), [{**about, "names": names}])

    def _supports(self, given: Given, window: Window) -> Answer:
        slug = self._instrument_of(given["id"], SUPPORTS)
        found = self._service.ask(self._service.questions[_SUPPORTED], {"instrument": ox.Literal(slug)})
        (about,) = self._look("instruments", instrument=slug).data()
        page, answer = _page(found, window, "quotation", "passage"), self._service.support.linked(found)
        told, items = {"instrument": about, "answer": answer}, [queries.data(row) for row in page.rows]
        whole = _with(page, told, [str(about["resource"])], address(SUPPORTS, id=slug), items)
        rows = [{**row, "answer": ox.Literal(answer)} for row in page.rows or ({"instrument": ox.Literal(slug)},)]
        return replace(whole, columns=(*page.columns, "answer"), rows=rows)

    def _passage(self, given: Given, window: Window) -> Answer:
        parts = RULES["passage"].parse(f"passage/{given['id']}")
        found = self._look("quotations", passage=self._iris.mint("passage", **parts).value) if parts else None
        if found is None or not found.rows:
            known = [row["passage"].partition("/passage/")[2] for row in self._look("quotations").values()]
            raise MissingError.among("passage", given["id"], known, "the release")
        return _page(found, window, "quotation", "passage")


def _told(part: Part) -> Iterable[Row]:
    """The rows of a part's support: its quotations with the answer in a sentence, or the answer alone."""
    alone: Row = {"plan": ox.Literal(part.plan), "action": ox.Literal(part.notation)}
    return [{**row, "answer": ox.Literal(part.answer)} for row in part.rows["quotations"].cells() or (alone,)]


def _where(found: Rows, column: str, *wanted: str) -> Rows:
    """The rows that have one of some values in a column."""
    place = found.columns.index(column)
    return Rows(found.columns, tuple(row for row in found.rows if queries.value(row[place]) in wanted))


def _page(found: Rows, window: Window, *resources: str) -> Answer:
    """A page of rows, told by the resources that stand in some of their columns."""
    shown = window.of(found.cells())
    iris = tuple(queries.value(row[name]) for row in shown for name in resources)
    return Answer(found.columns, len(found.rows), shown, iris=iris)


def _with(
    page: Answer, about: Mapping[str, object], iris: list[str], place: str, items: Sequence[object] | None = None
) -> Answer:
    """A page with what it is about, further resources, and the address by the thing's own identifier."""
    return Answer(page.columns, page.total, page.rows, items, about, (*iris, *page.iris), place)
