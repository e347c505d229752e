"""Dates as the documents print them: a day, as 'March 9, 2012', and a month in capitals, as 'MARCH 2012'."""

import datetime as dt
import re

from mandategraph.model import MONTHS

_DAY = re.compile(rf"({'|'.join(MONTHS)})\s+([0-9]{{1,2}}),\s+([0-9]{{4}})")
_MONTH = re.compile(rf"({'|'.join(MONTHS).upper()})\s+([0-9]{{4}})")


def day_of(text: str) -> dt.date | None:
    """The day a text names and nothing else, or None.

    >>> str(day_of("March 9, 2012")), day_of("February 30, 2012"), day_of("on March 9, 2012")
    ('2012-03-09', None, None)
    """
    found = _DAY.fullmatch(text)
    if not found:
        return None
    try:
        return dt.date(int(found[3]), MONTHS.index(found[1]) + 1, int(found[2]))
    except ValueError:
        return None


def month_of(text: str) -> str | None:
    """The month a line in capitals names and nothing else, as year and month, or None.

    >>> month_of("MARCH 2012"), month_of("March 2012")
    ('2012-03', None)
    """
    found = _MONTH.fullmatch(text)
    return f"{found[2]}-{MONTHS.index(found[1].capitalize()) + 1:02}" if found else None
