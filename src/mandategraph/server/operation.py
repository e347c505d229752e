"""The SPARQL 1.1 Protocol, query operation: a request's parameters, type and body to what it asks (section 2.1)."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value
from http import HTTPStatus
from urllib.parse import parse_qsl

from mandategraph import results
from mandategraph.errors import UsageError
from mandategraph.negotiation import chosen
from mandategraph.server.answering import HTML
from mandategraph.server.problems import Problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_MOST_PARAMETERS = 200
_REPEATED = frozenset({"default-graph-uri", "named-graph-uri"})
_PARAMETERS = frozenset({"query", "format", "timeout"}) | _REPEATED
# What common clients send along with `format`, to say the same to servers of other makes.
_PASSED_OVER = frozenset({"output", "results"})
KINDS: dict[str, dict[str, str]] = {
    "rows": {**results.ROW_MEDIA, HTML: "html"},
    "boolean": {**results.BOOLEAN_MEDIA, HTML: "html"},
    "graph": {**results.GRAPH_MEDIA, HTML: "html"},
}
# What common clients call a format, by kind of results.
_ALSO: dict[str, dict[str, str]] = {
    "graph": {"xml": "rdfxml", "rdf": "rdfxml", "rdf+xml": "rdfxml", "turtle": "ttl", "n3": "ttl", "json-ld": "jsonld"}
}
FORMATS = dict.fromkeys(name for types in KINDS.values() for name in types.values())


@dataclass(frozen=True, slots=True)
class Operation:
    """A query with the dataset it is to be run over, the format and the time limit that the request names."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    form: str | None = None
    timeout: float | None = None

    def forms(self, accept: str | None) -> dict[str, str]:
        """For each kind of results the media type the client wants most; a kind with none is left out."""
        if self.form is not None:
            named = {kind: _media(self.form, kind) for kind in KINDS}
        else:
            named = {kind: chosen(accept, list(types)) for kind, types in KINDS.items()}
        return {kind: media for kind, media in named.items() if media is not None}


def _media(form: str, kind: str) -> str | None:
    """The media type that a format names for results of a kind, None if there is none."""
    meant = _ALSO.get(kind, {}).get(form, form)
    return next((media for media, name in KINDS[kind].items() if meant in (name, media)), None)


def parameters(text: bytes) -> list[tuple[str, str]]:
    """The names and values of a query string or a form.

    Raises:
        UsageError: they are not in UTF-8, or too many.
    """
    try:
        return parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise UsageError("expected parameters in UTF-8, percent-encoded") from None
    except ValueError:
        raise UsageError(f"expected at most {_MOST_PARAMETERS} parameters") from None


def posted(content_type: str, query_string: bytes, body: bytes) -> list[tuple[str, str]]:
    """The parameters of a POST, by form or with the query as its body.

    Raises:
        Problem: 415 for a body of another type or another charset than UTF-8.
        UsageError: the body is not in UTF-8; the query stands in the body and in the address.
    """
    media, charset = _type_of(content_type)
    if media not in (FORM, DIRECT):
        update = "; this endpoint is read-only" if media == "application/sparql-update" else ""
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected a body of {FORM} or {DIRECT}, found {media or 'none'}{update}"
        )
    if charset not in ("", "utf-8", "utf8"):
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected a body in UTF-8, found the charset {charset}")
    given = parameters(query_string)
    if media == FORM:
        return given + parameters(body)
    if any(name == "query" for name, _ in given):
        raise UsageError("expected the query in the body only, found a 'query' parameter too")
    try:
        return [*given, ("query", body.decode("utf-8"))]
    except UnicodeDecodeError:
        raise UsageError("expected a body in UTF-8") from None


def _type_of(content_type: str) -> tuple[str, str]:
    """The media type of a header and its charset, in lower case."""
    if not content_type.strip():
        return "", ""
    header = Message()
    header["Content-Type"] = content_type
    media = content_type.partition(";")[0].strip().lower()
    charsets = {collapse_rfc2231_value(value).lower() for name, value in header.get_params([]) if name == "charset"}
    return media, " and ".join(sorted(charsets))


def operation(given: list[tuple[str, str]], longest: int) -> Operation:
    """What the parameters of a request ask.

    Raises:
        UsageError: `query` is missing or repeated, a value is not of its kind, or a parameter is of another operation.
        Problem: 413 for a query that is too long.
    """
    by_name: dict[str, list[str]] = {}
    for name, value in given:
        by_name.setdefault(name, []).append(value)
    if "update" in by_name:
        raise UsageError("expected a query, found an update: this endpoint is read-only")
    unknown = sorted(by_name.keys() - _PARAMETERS - _PASSED_OVER)
    if unknown:
        raise UsageError(f"expected the parameters {', '.join(sorted(_PARAMETERS))}, found {', '.join(unknown)}")
    query = _one(by_name, "query")
    if query is None:
        raise UsageError("expected one 'query', found none")
    if len(query) > longest:
        raise Problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"expected a query of at most {longest} characters, found {len(query)}",
            limit="length",
            maximum=longest,
        )
    return Operation(
        query,
        tuple(by_name.get("default-graph-uri", ())),
        tuple(by_name.get("named-graph-uri", ())),
        _form(_one(by_name, "format")),
        _seconds(_one(by_name, "timeout")),
    )


def _one(by_name: Mapping[str, list[str]], name: str) -> str | None:
    values = by_name.get(name, [])
    if len(values) > 1:
        raise UsageError(f"expected one {name!r}, found {len(values)}")
    return values[0] if values else None


def _form(form: str | None) -> str | None:
    if form is None:
        return None
    if not any(_media(form, kind) for kind in KINDS):
        raise UsageError(f"format: expected one of {', '.join(FORMATS)}, found {form!r}")
    return form


_NUMBER = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


def _seconds(given: str | None) -> float | None:
    if given is None:
        return None
    seconds = float(given) if _NUMBER.fullmatch(given) else math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise UsageError(f"timeout: expected a number of seconds above 0, found {given!r}")
    return seconds
