"""What a connection is refused for before there is a request, or before the application sees it."""

from dataclasses import dataclass, field
from http import HTTPStatus

from mandategraph.server.settings import Patience


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status, why, and the members of the problem: those of a limit name it and its maximum."""

    status: HTTPStatus
    detail: str
    members: dict[str, object] = field(default_factory=dict)


def of_connections(patience: Patience) -> Refusal:
    """The refusal of one connection too many."""
    most = patience.connections
    told = f"expected at most {most} connections at one time"
    return _reached(HTTPStatus.SERVICE_UNAVAILABLE, told, "connections", most)


def of_client(patience: Patience) -> Refusal:
    """The refusal of one connection too many of a client."""
    most = patience.per_client
    told = f"expected at most {most} connections of a client at one time"
    return _reached(HTTPStatus.TOO_MANY_REQUESTS, told, "connections-of-client", most)


def of_headers(patience: Patience) -> Refusal:
    """The refusal of an address and headers that are too large."""
    most, fields = patience.header_bytes, patience.header_fields
    told = f"expected an address and headers of at most {most} bytes, in at most {fields} fields"
    return _reached(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, told, "headers", most)


def of_body(patience: Patience, announced: str = "") -> Refusal:
    """The refusal of a body that is too large, or announced as such."""
    most = patience.body_bytes
    told = f"expected a body of at most {most} bytes" + (f", found {announced}" if announced else "")
    return _reached(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told, "body", most)


def of_time(what: str, most: float) -> Refusal:
    """The refusal of headers, or of a body, that took too long."""
    told = f"the {what} took longer than {most:g} seconds"
    return _reached(HTTPStatus.REQUEST_TIMEOUT, told, f"{what}-time", most)


def of_framing(version: str, hosts: int, codings: list[bytes]) -> Refusal | None:
    """The refusal of what another reader could read otherwise (RFC 9112, 2.3, 3.2 and 6.1); None of other requests."""
    if version not in ("1.1", "1.0"):
        return Refusal(HTTPStatus.BAD_REQUEST, f"expected HTTP/1.1 or HTTP/1.0, found HTTP/{version}")
    if hosts > 1 or (version == "1.1" and not hosts):
        return Refusal(HTTPStatus.BAD_REQUEST, f"expected one Host, found {hosts}")
    if codings and version == "1.0":
        return Refusal(HTTPStatus.BAD_REQUEST, "expected no transfer coding in HTTP/1.0, found one")
    if codings not in ([], [b"chunked"]):
        return Refusal(HTTPStatus.NOT_IMPLEMENTED, "expected no transfer coding but chunked, found another")
    return None


def _reached(status: HTTPStatus, detail: str, limit: str, maximum: float) -> Refusal:
    return Refusal(status, detail, {"limit": limit, "maximum": maximum})
