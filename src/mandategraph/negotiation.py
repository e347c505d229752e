"""HTTP content negotiation: which of the offered media types an Accept header wants most (RFC 9110, 12.5.1)."""

import re
from collections.abc import Sequence

_QUALITY = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")


def chosen(accept: str | None, offered: Sequence[str]) -> str | None:
    """The offered type of the highest quality, the earlier offer where qualities are equal; None if none is wanted.

    >>> chosen("text/html;q=0.5, application/*", ["text/html", "application/json"])
    'application/json'
    >>> chosen(None, ["text/turtle"])
    'text/turtle'
    >>> chosen("image/png", ["text/turtle"]) is None
    True
    """
    if accept is None or not accept.strip():
        return offered[0] if offered else None
    ranges = [_range(part) for part in accept.split(",") if part.strip()]
    best, found = 0.0, None
    for offer in offered:
        quality = _quality(offer, ranges)
        if quality > best:
            best, found = quality, offer
    return found


def _range(part: str) -> tuple[str, float]:
    """A media range and its quality; a quality that is not one counts as 0, parameters other than q are passed over."""
    media, *parameters = (each.strip() for each in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return media.lower(), float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return media.lower(), 1.0


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality the most specific matching range gives an offer."""
    kind = offer.partition("/")[0]
    for candidate in (offer, f"{kind}/*", "*/*"):
        matching = [quality for media, quality in ranges if media == candidate]
        if matching:
            return max(matching)
    return 0.0


def coding(accept_encoding: str | None, offered: Sequence[str]) -> str:
    """The content coding a client takes best among those offered, nothing for none (RFC 9110, 12.5.3).

    >>> coding("gzip, zstd", ["zstd", "gzip"]), coding("gzip;q=0, *", ["gzip"]), coding(None, ["gzip"])
    ('zstd', '', '')
    """
    if accept_encoding is None:
        return ""
    ranges = dict(_range(part) for part in accept_encoding.split(",") if part.strip())
    best, found = 0.0, ""
    for offer in offered:
        quality = ranges.get(offer, ranges.get("*", 0.0))
        if quality > best:
            best, found = quality, offer
    return found if best >= ranges.get("identity", 0.0) else ""
