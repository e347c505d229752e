"""The questions the graph must answer, each at an address of its own, its parameters as people type them."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pyoxigraph as ox

from mandategraph import queries, search, wording
from mandategraph.errors import MissingError
from mandategraph.naming import Known
from mandategraph.queries import Query, Rows
from mandategraph.server.finds import SEARCH, WORDING
from mandategraph.server.replies import Answer, Parameter, Window
from mandategraph.server.routes import Given, Lookup, address
from mandategraph.server.service import Service

ADDRESS = "/api/questions/{name}"
COLUMNS = ("number", "name", "question", "parameters", "columns", "address")
_ONE_OF = re.compile(r".*\bone of: (.+)")
# What parameters of these names hold is found by any of its names.
_KINDS = {"plan": ("plan",), "instrument": ("instrument",), "document": ("document",)}
_OTHERS = (("21", search.QUESTION, SEARCH, "q, kind"), ("22", wording.QUESTION, WORDING, "text"))
One = Callable[[str, tuple[str, ...], Callable[[Known], str]], Known]


class Asked:
    """The questions of one release."""

    def __init__(self, service: Service, one: One) -> None:
        self._service, self._one = service, one

    def all(self) -> Iterator[Lookup]:
        """The list of questions, and a look-up for each."""
        yield Lookup(
            "/api/questions",
            "The questions the graph answers",
            "Every question with its parameters, its columns and its address.",
            self._listed,
            columns=COLUMNS,
            forms=("json", "csv"),
        )
        for query in self._service.questions.values():
            yield Lookup(
                address(ADDRESS, name=query.name),
                query.question,
                f"Question {query.number}, with the columns of queries/questions/{query.name}.rq: "
                f"{', '.join(query.columns)}. Turtle has the rows and the statements about the resources in them.",
                self._answering(query),
                tuple(self._parameter(each) for each in query.parameters),
                columns=query.columns,
                may_choose=any(each.name in _KINDS for each in query.parameters),
            )

    def place(self, name: str) -> str:
        """The address of a question by its number or name.

        Raises:
            MissingError: there is none; the nearest are named.
        """
        for number, _, place, _ in _OTHERS:
            if name == number:
                return place
        return address(ADDRESS, name=queries.named(self._service.questions, name).name)

    @staticmethod
    def _parameter(each: queries.Parameter) -> Parameter:
        listed = _ONE_OF.fullmatch(each.meaning)
        return Parameter(
            each.name,
            f"{each.meaning[0].upper()}{each.meaning[1:]}.",
            "" if each.optional else each.example,
            required=not each.optional,
            values=tuple(listed[1].split(", ")) if listed else (),
        )

    def _listed(self, _: Given, window: Window) -> Answer:
        rows = [
            {
                "number": query.number,
                "name": query.name,
                "question": query.question,
                "parameters": ", ".join(each.name for each in query.parameters),
                "columns": ", ".join(query.columns),
                "address": address(ADDRESS, name=query.name),
            }
            for query in self._service.questions.values()
        ]
        for number, question, place, parameters in _OTHERS:
            rows.append(
                {**dict.fromkeys(COLUMNS, ""), "number": number, "question": question, "parameters": parameters}
            )
            rows[-1] |= {"name": place.rpartition("/")[2], "address": place}
        rows.sort(key=lambda row: int(row["number"]))
        told = [{name: ox.Literal(text) for name, text in row.items()} for row in window.of(rows)]
        return Answer(COLUMNS, len(rows), told)

    def _answering(self, query: Query) -> Callable[[Given, Window], Answer]:
        return lambda given, window: self._answer(query, given, window)

    def _answer(self, query: Query, given: Given, window: Window) -> Answer:
        values = {each.name: given[each.name] for each in query.parameters if each.name in given}
        read = self._understood(query, values)
        found = self._service.ask(query, queries.bound(query, read))
        if not found.rows:
            self._service.support.check(read)
            self._check(query, read)
        page = Rows(found.columns, tuple(window.of(found.rows)))
        iris = tuple(cell.value for row in page.rows for cell in row if isinstance(cell, ox.NamedNode))
        about = {"question": query.question, "number": query.number, "parameters": read}
        return Answer(found.columns, len(found.rows), page.cells(), about=about, iris=iris)

    def _understood(self, query: Query, values: Given) -> dict[str, str]:
        """The values as the query takes them; a plan that is said with the number gives way to one given by itself."""
        read: dict[str, str] = {}
        for name, value in values.items():
            if name == "action":
                read = {**self._numbered(query, value), **read}
            else:
                read[name] = self._read(query, name, value, values)
        return read

    def _read(self, query: Query, name: str, value: str, values: Given) -> str:
        """What a value means: the identifier of what it names, or an IRI, which may stand under the base."""
        if any(each.name == name and each.kind == "iri" for each in query.parameters):
            return self._iri(value)
        if name not in _KINDS:
            return value

        def place(each: Known) -> str:
            return f"{address(ADDRESS, name=query.name)}?{urlencode({**values, name: each.identifier})}"

        return self._one(value, _KINDS[name], place).identifier

    def _numbered(self, query: Query, value: str) -> dict[str, str]:
        """The number of an action, and its plan if one is said with it and the question takes one.

        Raises:
            MissingError: the number is said to be one of something else.
        """
        number = self._service.naming.number(value)
        if number is None:
            return {"action": value}
        if number.kind not in ("", "action"):
            raise MissingError(f"action {value!r}", f"the actions; {number.kind} is what it says")
        takes_plan = number.plan and any(each.name == "plan" for each in query.parameters)
        return {"action": number.notation, **({"plan": number.plan} if takes_plan else {})}

    def _iri(self, value: str) -> str:
        for iri in (value, self._service.held.base + value):
            try:
                ox.NamedNode(iri)
            except ValueError:
                continue
            return iri
        raise MissingError(f"node {value!r}", "the release")

    def _check(self, query: Query, read: Given) -> None:
        for each in query.parameters:
            if each.kind == "iri" and each.name in read:
                raise MissingError(f"{each.name} {read[each.name]!r}", "the release")
