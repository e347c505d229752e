"""The endpoint: SPARQL 1.1 Protocol requests to answers, whole, under the limits of the service."""

import asyncio
import contextlib
import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from mandategraph import results
from mandategraph.errors import SyntaxFault, UsageError
from mandategraph.negotiation import chosen, coding
from mandategraph.places import Place
from mandategraph.server import operation, problems, service_description
from mandategraph.server.answering import CODINGS, HTML
from mandategraph.server.budget import Budget, client_of
from mandategraph.server.cache import Answer, Cache
from mandategraph.server.conditions import is_fresh
from mandategraph.server.observation import Observation
from mandategraph.server.operation import KINDS, Operation
from mandategraph.server.problems import Problem
from mandategraph.server.runner import Runner
from mandategraph.server.service import Service
from mandategraph.server.settings import MIB, Settings
from mandategraph.server.wire import Job, Reply
from mandategraph.sparql_text import is_volatile, kind_of, normalised

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
# A client that leaves is looked for only when its query has run this long, in seconds.
_AT_ONCE = 0.05
_SEEN, _SEEN_LENGTH = 4096, 4096
_DESCRIBED = (*results.GRAPH_MEDIA, HTML)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as the cache knows it: its key and the tag of its answer, empty if it is volatile."""

    asked: Operation
    forms: dict[str, str]
    coding: str
    kind: str | None
    key: str

    @property
    def tag(self) -> str:
        return f'W/"{self.key[:32]}"' if self.key else ""


class Endpoint:
    """An ASGI application: the endpoint of one release."""

    def __init__(
        self, service: Service, runner: Runner, settings: Settings, observed: Observation, budget: Budget
    ) -> None:
        self._service, self._runner, self._settings, self._observed = service, runner, settings, observed
        self._cache = Cache(settings.cache * MIB)
        self._budget = budget
        self._descriptions = service_description.Descriptions(service, settings)
        self._seen: OrderedDict[tuple[bytes, bytes, bytes], _Asked] = OrderedDict()
        self._released = service.released
        self._modified = _dated(self._released)
        # The description tells the limits too, which may be others than when the release was put in place.
        self._began = time.time()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        request = Request(scope, receive)
        try:
            response = await self._response(request)
        except ClientDisconnect:
            self._observed.outcome(scope, "left")
            return
        await response(scope, receive, send)

    async def _response(self, request: Request) -> Response:
        method = request.method
        if method not in METHODS:
            raise Problem(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"expected one of {', '.join(METHODS)}, found {method}",
                {"Allow": ", ".join(METHODS)},
            )
        if method == "OPTIONS":
            return _options()
        if method == "POST":
            _no_coding(request)
            given = operation.posted(
                request.headers.get("content-type", ""), request.scope["query_string"], await self._body(request)
            )
            return await self._answered(request, self._known(request, given))
        if not request.scope["query_string"]:
            return await self._metered(request)
        return await self._answered(request, self._remembered(request))

    async def _body(self, request: Request) -> bytes:
        received = bytearray()
        async for part in request.stream():
            received += part
            if len(received) > self._settings.patience.body_bytes:
                most = self._settings.patience.body_bytes
                raise Problem(
                    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                    f"expected a body of at most {most} bytes",
                    {"Connection": "close"},
                    limit="body",
                    maximum=most,
                )
        return bytes(received)

    def _remembered(self, request: Request) -> _Asked:
        """What a GET asks; what was asked before with the same headers is not read again."""
        seen = (
            request.scope["query_string"],
            (_field(request, "accept") or "").encode("latin-1"),
            (_field(request, "accept-encoding") or "").encode("latin-1"),
        )
        known = self._seen.get(seen)
        if known is None:
            known = self._known(request, operation.parameters(seen[0]))
            if sum(map(len, seen)) <= _SEEN_LENGTH:
                self._seen[seen] = known
                if len(self._seen) > _SEEN:
                    self._seen.popitem(last=False)
        return known

    def _known(self, request: Request, given: list[tuple[str, str]]) -> _Asked:
        asked = operation.operation(given, self._settings.limits.length)
        forms = asked.forms(_field(request, "accept"))
        wanted = coding(_field(request, "accept-encoding"), CODINGS)
        kind = kind_of(asked.query)
        return _Asked(asked, forms, wanted, kind, self._key(asked, forms, wanted, kind))

    def _key(self, asked: Operation, forms: Mapping[str, str], wanted: str, kind: str | None) -> str:
        """What an answer depends on, digested; nothing for a query that may answer differently each time."""
        if is_volatile(asked.query) or kind is None or kind not in forms:
            return ""
        # A page shows the query as it was written.
        text = asked.query if forms[kind] == HTML else normalised(asked.query)
        told = (self._service.digest, text, *sorted(asked.default), "", *sorted(asked.named))
        parts = (*told, "", forms[kind], wanted)
        return hashlib.sha256("\x00".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()

    async def _answered(self, request: Request, known: _Asked) -> Response:
        self._observed.query(request.scope, known.asked.query)
        if known.key and request.method != "POST" and self._is_fresh(request, known):
            self._observed.outcome(request.scope, "held")
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=self._headers(known))
        answer = self._cache.get(known.key) if known.key else None
        if answer is None:
            answer, timing = await self._asked(request, known)
        else:
            self._observed.outcome(request.scope, "cached")
            timing = "cache"
        told = known if answer.kind == known.kind else replace(known, key="")
        headers = self._headers(told) | {"Server-Timing": timing}
        if answer.coding:
            headers["Content-Encoding"] = answer.coding
        return Response(answer.body, headers=headers, media_type=answer.media)

    async def _asked(self, request: Request, known: _Asked) -> tuple[Answer, str]:
        limits = self._settings.limits
        client = self._admitted(request)
        timeout = min(known.asked.timeout or limits.timeout, limits.timeout)
        asked = known.asked
        most, base = limits.result * MIB, self._service.held.base
        job = Job(asked.query, known.forms, most, asked.default, asked.named, {}, known.coding, base)
        reply = await self._run(request, job, client, timeout)
        self._observed.outcome(request.scope, reply.outcome, reply.seconds)
        if reply.outcome != "ok":
            raise self._problem(reply, timeout)
        facts = reply.facts
        answer = Answer(facts["kind"], facts["media"], facts["coding"], reply.body)
        if known.key and facts["kind"] == known.kind:
            self._cache.put(known.key, answer)
        return answer, f"query;dur={reply.seconds * 1000:.1f}"

    async def _run(self, request: Request, job: Job, client: str, limit: float) -> Reply:
        """What became of a query; if its client leaves, the query is stopped.

        Raises:
            ClientDisconnect: it has left.
        """
        began = asyncio.get_running_loop().time()
        running = asyncio.ensure_future(self._runner.run(job, client, limit))
        try:
            done, _ = await asyncio.wait({running}, timeout=_AT_ONCE)
            if not done:
                await self._until_gone(request, running)
            return running.result()
        except asyncio.CancelledError:
            running.cancel()
            raise
        finally:
            seconds = running.result().seconds if running.done() and not running.cancelled() else None
            self._budget.charge(client, asyncio.get_running_loop().time() - began if seconds is None else seconds)

    async def _until_gone(self, request: Request, running: asyncio.Future[Reply]) -> None:
        leaving: asyncio.Future[None] = asyncio.ensure_future(_left(request))
        try:
            await asyncio.wait((running, leaving), return_when=asyncio.FIRST_COMPLETED)
            if not running.done():
                running.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await running
                raise ClientDisconnect
        finally:
            leaving.cancel()

    def _problem(self, reply: Reply, timeout: float) -> Exception:
        facts = reply.facts
        if reply.outcome == "syntax":
            place = Place("query", facts["line"], facts["column"])
            return SyntaxFault(place, facts["expected"], facts["found"])
        if reply.outcome in ("usage", "refused"):
            return UsageError(facts["detail"])
        if reply.outcome == "unwritable":
            return Problem(HTTPStatus.NOT_ACCEPTABLE, facts["detail"])
        if reply.outcome == "unacceptable":
            offered = list(KINDS[facts["kind"]])
            return Problem(
                HTTPStatus.NOT_ACCEPTABLE, f"these results can be had as {', '.join(offered)}", offered=offered
            )
        if reply.outcome == "fault":
            return RuntimeError(f"a worker failed: {facts['told']}")
        return problems.of_limit(reply.outcome, self._settings.limits, timeout)

    def _is_fresh(self, request: Request, known: _Asked) -> bool:
        """Whether the client holds the answer already; what is in the cache is known to be one, and no problem."""
        return is_fresh(*_conditions(request), known.tag, self._released, there=known.key in self._cache)

    def _headers(self, known: _Asked) -> dict[str, str]:
        if not known.key:
            return {"Cache-Control": "no-store"}
        return {"Cache-Control": "no-cache", "ETag": known.tag, "Last-Modified": self._modified}

    async def _metered(self, request: Request) -> Response:
        """The description, the time of which its client is charged for."""
        client = self._admitted(request)
        began = asyncio.get_running_loop().time()
        try:
            return await run_in_threadpool(self._description, request)
        finally:
            self._budget.charge(client, asyncio.get_running_loop().time() - began)

    def _admitted(self, request: Request) -> str:
        """The client of a request.

        Raises:
            Problem: it has used its time.
        """
        client = client_of(request.client.host if request.client else None)
        wait = self._budget.wait(client)
        if wait:
            raise problems.of_budget(self._settings.limits, wait)
        return client

    def _description(self, request: Request) -> Response:
        """The description of the service, or for a browser the form to ask it."""
        media = chosen(_field(request, "accept"), _DESCRIBED)
        if media is None:
            raise Problem(
                HTTPStatus.NOT_ACCEPTABLE,
                f"the service is described as {', '.join(_DESCRIBED)}",
                offered=list(_DESCRIBED),
            )
        tag = service_description.tag(request, self._service, self._settings, media)
        headers = {"Link": service_description.links(self._service)}
        headers |= {"Cache-Control": "no-cache", "ETag": tag, "Last-Modified": _dated(self._began)}
        if is_fresh(*_conditions(request), tag, self._began, there=True):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        if media == HTML:
            response: Response = self._service.pages.query("")
        else:
            response = self._descriptions.answered(request, media)
        response.headers.update(headers)
        return response


def _conditions(request: Request) -> tuple[str | None, str | None]:
    """What the client says that it holds: tags, and since when."""
    return _field(request, "if-none-match"), request.headers.get("if-modified-since")


def _dated(moment: float) -> str:
    """A time as headers have it."""
    return format_datetime(datetime.fromtimestamp(moment, UTC), usegmt=True)


def _field(request: Request, name: str) -> str | None:
    """A header, its lines joined to one list (RFC 9110, 5.3)."""
    lines = request.headers.getlist(name)
    return ", ".join(lines) if lines else None


async def _left(request: Request) -> None:
    """Wait until the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _no_coding(request: Request) -> None:
    """Nothing, if the body of a request is sent as it is.

    Raises:
        Problem: 415 for a body in a content coding (RFC 9110, 8.4).
    """
    found = _field(request, "content-encoding")
    if found and found.strip().lower() != "identity":
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"expected a body without a content coding, found {found}",
            {"Accept-Encoding": "identity"},
        )


def _options() -> Response:
    return Response(
        status_code=HTTPStatus.NO_CONTENT,
        headers={
            "Allow": ", ".join(METHODS),
            "Access-Control-Allow-Methods": ", ".join(METHODS),
            "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match, If-Modified-Since",
            "Access-Control-Max-Age": "86400",
        },
    )
