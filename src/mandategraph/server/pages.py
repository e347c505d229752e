"""The pages, rendered from templates that escape everything."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
from starlette.responses import HTMLResponse

from mandategraph.answers import Part
from mandategraph.queries import Query
from mandategraph.release import Manifest
from mandategraph.server.description import IN_A_FILE, ON_A_PAGE
from mandategraph.server.resource_page import ResourcePage
from mandategraph.server.sparql import MAX_LENGTH
from mandategraph.sparql_text import MAX_DEPTH, MOST
from mandategraph.vocabulary import PREFIXES, compact

_FOLDER = Path(__file__).parent


class Pages:
    """Renders the pages of one release."""

    def __init__(self, held: Manifest, labels: Mapping[str, str], attributions: Mapping[str, str]) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(release=held, prefixes=PREFIXES)
        self._templates.filters["label"] = lambda iri: labels.get(iri, compact(iri, held.base))
        self._templates.filters["attribution"] = lambda document: attributions.get(document, "")

    def _render(self, template: str, code: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), int(code))

    def front(self, plans: Sequence[str], triples: int) -> HTMLResponse:
        """What this is, and a form to ask for an action."""
        return self._render("front.html", plans=plans, triples=triples)

    def support(self, action: str, plan: str, parts: Sequence[Part], plans: Sequence[str]) -> HTMLResponse:
        """What supports an action, plan by plan."""
        return self._render("support.html", action=action, plan=plan, parts=parts, plans=plans)

    def query(self) -> HTMLResponse:
        """A form to write a query."""
        return self._render("query.html")

    def docs(self, openapi: Mapping[str, Any], questions: Sequence[Query], graphs: Sequence[str]) -> HTMLResponse:
        """How to use the service, from its own OpenAPI description."""
        return self._render(
            "docs.html",
            openapi=openapi,
            questions=questions,
            graphs=graphs,
            longest=MAX_LENGTH,
            on_a_page=ON_A_PAGE,
            in_a_file=IN_A_FILE,
            deepest=MAX_DEPTH,
            mosts=MOST,
        )

    def resource(self, page: ResourcePage) -> HTMLResponse:
        """What is said of a resource, and by whom."""
        return self._render("resource.html", page=page)

    def problem(self, status: HTTPStatus, detail: str) -> HTMLResponse:
        """What went wrong, and where to go on."""
        return self._render("problem.html", status, status=status, detail=detail)


STYLE = (_FOLDER / "static" / "style.css").read_text("utf-8")
