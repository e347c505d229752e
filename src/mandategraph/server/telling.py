"""What the server tells its operator beside the log of requests: one line, whatever it holds."""

import sys
from contextlib import suppress


def tell(text: str) -> None:
    """Write a line to standard error, its control characters written out; that nobody reads it costs nothing."""
    with suppress(OSError):
        sys.stderr.write(f"mandategraph: {escaped(text)}\n")
        sys.stderr.flush()


def escaped(text: str) -> str:
    r"""A text on one line.

    >>> escaped("one\r\n{two} \x1b[31m é")
    'one\\r\\n{two} \\x1b[31m é'
    """
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
