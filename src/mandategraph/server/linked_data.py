"""Linked data: every IRI of a release, answered at the path it has under the base, in the format that is wanted."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from mandategraph.errors import UsageError
from mandategraph.negotiation import chosen
from mandategraph.server import resource_graph
from mandategraph.server.addresses import FORMATS, Addresses, Format, routes, split
from mandategraph.server.attributions import Attributions
from mandategraph.server.conditions import holds
from mandategraph.server.description import IN_A_FILE, ON_A_PAGE, Describer, Description
from mandategraph.server.resource_page import PageMaker
from mandategraph.server.service import Service

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a request wants: a resource, the path it has, the format, and the page."""

    iri: str
    path: str
    form: Format
    page: int

    def at(self, page: int = 1, form: Format | None = None) -> str:
        """Where a page of this resource is found in a format."""
        return f"/{self.path}{(form or self.form).suffix}{f'?page={page}' if page > 1 else ''}"


def add(app: FastAPI, service: Service) -> None:
    """Let a service answer for every IRI of its release."""
    linked = _LinkedData(service)

    def resource(request: Request) -> Response:
        return linked.answered(request)

    for path in routes():
        app.add_api_route(path, resource, methods=["GET", "HEAD"], include_in_schema=False)


class _LinkedData:
    """Answers for the IRIs of one release."""

    def __init__(self, service: Service) -> None:
        self._held, self._pages = service.held, service.pages
        self._release = service.held.identity
        self._addresses = Addresses(service.held.base)
        self._describer = Describer(service.held, service.store, service.lookups)
        attributions = Attributions(service.store, service.lookups)
        self._maker = PageMaker(service.held.base, attributions)
        self._writer = resource_graph.Writer(service.held.base, self._release, attributions)
        self._kept: dict[str, tuple[bytes, dict[str, str]]] = {}

    def answered(self, request: Request) -> Response:
        """The description of the resource that a request names.

        Raises:
            MissingError: there is no such resource, or no such page of it.
            UsageError: the page is not a number.
            HTTPException: 406 if no format fits.
        """
        wanted = self._wanted(request)
        content, headers = self._kept.get(wanted.at(wanted.page)) or self._made(wanted)
        if holds(request.headers.get("if-none-match"), headers["ETag"]):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(content, media_type=wanted.form.media, headers=headers)

    def _made(self, wanted: _Wanted) -> tuple[bytes, dict[str, str]]:
        """The content and the headers of an answer; that of a vocabulary, which is long, is made once."""
        size = ON_A_PAGE if wanted.form.media == "text/html" else IN_A_FILE
        described = self._describer.of(wanted.iri, wanted.page, size)
        if wanted.form.media == "text/html":
            content = bytes(self._pages.resource(self._maker.page(described)).body)
        else:
            document = f"{wanted.iri}{wanted.form.suffix}"
            content = self._writer.text(described, wanted.form, document)
        made = content, self._headers(wanted, described)
        if self._addresses.vocabulary(described.of):
            self._kept[wanted.at(wanted.page)] = made
        return made

    def _wanted(self, request: Request) -> _Wanted:
        path, form = split(request.scope["path"].removeprefix("/"))
        iri = self._addresses.iri(path)
        if iri is None:
            raise self._describer.missing(self._held.base + path)
        if form is None:
            media = chosen(request.headers.get("accept"), [each.media for each in FORMATS])
            form = next((each for each in FORMATS if each.media == media), None)
        if form is None:
            offered = ", ".join(each.media for each in FORMATS)
            raise HTTPException(HTTPStatus.NOT_ACCEPTABLE, f"this resource can be had as {offered}")
        return _Wanted(iri, path, form, _page(request.query_params.getlist("page")))

    def _headers(self, wanted: _Wanted, described: Description) -> dict[str, str]:
        named = f"{self._release} {wanted.at(wanted.page)}"
        return {
            # Weak: blank nodes have other names in every process.
            "ETag": f'W/"{hashlib.sha256(named.encode()).hexdigest()[:20]}"',
            "Cache-Control": "no-cache",
            "Content-Location": wanted.at(wanted.page),
            "Link": ", ".join(_links(wanted, described)),
        }


def _page(given: list[str]) -> int:
    """The number of the page that is wanted."""
    if not given:
        return 1
    if len(given) > 1 or not _NUMBER.fullmatch(given[0]):
        raise UsageError(f"expected the number of a page, as page=2, found {', '.join(given)[:40]!r}")
    return int(given[0])


def _links(wanted: _Wanted, described: Description) -> Iterator[str]:
    """What the resource is called, where its other formats are, and where the pages before and behind are."""
    yield f'<{wanted.iri}>; rel="canonical"'
    for form in FORMATS:
        yield f'<{wanted.at(form=form)}>; rel="alternate"; type="{form.media}"'
    yield f'<{wanted.at(form=FORMATS[0])}>; rel="describedby"; type="{FORMATS[0].media}"'
    if described.of != described.iri:
        yield f'<{described.of}>; rel="latest-version"'
    if described.page > 1:
        yield f'<{wanted.at()}>; rel="first"'
        yield f'<{wanted.at(described.page - 1)}>; rel="prev"'
    if described.page < described.pages:
        yield f'<{wanted.at(described.page + 1)}>; rel="next"'
        yield f'<{wanted.at(described.pages)}>; rel="last"'
