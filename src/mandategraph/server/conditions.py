"""Conditional requests: whether a client holds an answer already (RFC 9110, 13.1)."""


def holds(condition: str | None, tag: str) -> bool:
    """Whether an If-None-Match field names a tag, by weak comparison, or any tag.

    >>> holds('"a", W/"b"', 'W/"b"'), holds("*", '"a"'), holds(None, '"a"')
    (True, True, False)
    """
    if condition is None:
        return False
    held = {each.strip().removeprefix("W/") for each in condition.split(",")}
    return condition.strip() == "*" or tag.removeprefix("W/") in held
