"""The pages, rendered from templates that escape everything."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jinja2
import pyoxigraph as ox
from starlette.responses import HTMLResponse

from mandategraph.answers import Part
from mandategraph.queries import Query
from mandategraph.release import Manifest
from mandategraph.server.addresses import Addresses
from mandategraph.server.description import IN_A_FILE, ON_A_PAGE
from mandategraph.server.resource_page import ResourcePage
from mandategraph.server.settings import Settings
from mandategraph.sparql_text import MAX_DEPTH, MOST
from mandategraph.store import Results
from mandategraph.vocabulary import PREFIXES, compact

_FOLDER = Path(__file__).parent
# Read at once: a worker, which opens no file, renders pages too.
_TEMPLATES = {path.name: path.read_text("utf-8") for path in sorted((_FOLDER / "templates").glob("*.html"))}


class Pages:
    """Renders the pages of one release."""

    def __init__(self, held: Manifest, labels: Mapping[str, str], attributions: Mapping[str, str]) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.DictLoader(_TEMPLATES),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(release=held, prefixes=PREFIXES)
        addresses = Addresses(held.base)
        self._templates.filters["cell"] = lambda term: _cell(term, addresses, held.base)
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

    def query(self, text: str) -> HTMLResponse:
        """A form to write a query; with an example if there is no text yet."""
        return self._render("query.html", text=text)

    def results(self, found: Results, text: str) -> Iterator[str]:
        """The page of a query's results, part by part; the results are read as the parts are."""
        columns: tuple[str, ...] = ("subject", "predicate", "object")
        rows: Iterator[tuple[object, ...]] | None = None
        truth: bool | None = None
        if isinstance(found, ox.QueryBoolean):
            truth = bool(found)
        elif isinstance(found, ox.QuerySolutions):
            names = tuple(variable.value for variable in found.variables)
            columns, rows = names, (tuple(solution[name] for name in names) for solution in found)
        else:
            rows = ((each.subject, each.predicate, each.object) for each in found)
        template = self._templates.get_template("results.html")
        yield from template.generate(columns=columns, rows=rows, truth=truth, text=text)

    def docs(
        self,
        openapi: Mapping[str, Any],
        questions: Sequence[Query],
        graphs: Sequence[str],
        settings: Settings,
    ) -> HTMLResponse:
        """How to use the service, from its own OpenAPI description."""
        return self._render(
            "docs.html",
            openapi=openapi,
            questions=questions,
            graphs=graphs,
            limits=settings.limits,
            patience=settings.patience,
            elsewhere=bool(settings.store),
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


def _cell(term: object, addresses: Addresses, base: str) -> dict[str, str]:
    """What a term is shown as: its text, its language or datatype, and where an IRI leads if it is safe to follow."""
    if isinstance(term, ox.NamedNode):
        path = addresses.path(term.value)
        web = term.value if term.value.startswith(("http://", "https://")) else ""
        address = web if path is None else path
        return {"text": compact(term.value, base), "address": address, "language": "", "datatype": ""}
    if isinstance(term, ox.Literal):
        plain = term.datatype.value.endswith(("#string", "#langString"))
        datatype = "" if plain else compact(term.datatype.value, base)
        return {"text": term.value, "address": "", "language": term.language or "", "datatype": datatype}
    return {"text": "" if term is None else str(term), "address": "", "language": "", "datatype": ""}


STYLE = (_FOLDER / "static" / "style.css").read_text("utf-8")
