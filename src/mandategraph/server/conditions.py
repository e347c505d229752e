"""Conditional requests: whether a client holds an answer already (RFC 9110, 13.1)."""

from email.utils import parsedate_to_datetime


def holds(condition: str | None, tag: str) -> bool:
    """Whether an If-None-Match field names a tag, by weak comparison, or any tag.

    >>> holds('"a", W/"b"', 'W/"b"'), holds("*", '"a"'), holds(None, '"a"')
    (True, True, False)
    """
    if condition is None:
        return False
    held = {each.strip().removeprefix("W/") for each in condition.split(",")}
    return condition.strip() == "*" or tag.removeprefix("W/") in held


def is_fresh(match: str | None, since: str | None, tag: str, changed: float, *, there: bool) -> bool:
    """Whether a client holds what has a tag and was changed at a time (RFC 9110, 13.2.2).

    A tag shows that it was given the answer. Without one it has to be known that the answer is `there`, and no problem.
    """
    if match is not None and match.strip() != "*":
        return holds(match, tag)
    if not there or match is since is None:
        return False
    return match is not None or _is_since(since or "", changed)


def _is_since(date: str, changed: float) -> bool:
    try:
        return int(parsedate_to_datetime(date).timestamp()) >= int(changed)
    except (ValueError, OverflowError):
        return False
