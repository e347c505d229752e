"""Dates are read as the documents print them, and nothing else is a date."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.documents.dates import day_of, month_of

NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_printed_day_is_that_day(day: dt.date) -> None:
    name = NAMES[day.month - 1]
    assert day_of(f"{name} {day.day}, {day.year}") == day_of(f"{name} {day.day:02}, \u00a0{day.year}") == day
    assert month_of(f"{name.upper()} {day.year}") == f"{day:%Y-%m}"


@pytest.mark.parametrize(
    "text",
    [
        "February 30, 2012",
        "March 0, 2012",
        "March 9, 0000",
        "March 9 2012",
        "Mar 9, 2012",
        "9 March 2012",
        "MARCH 9, 2012",
        "on March 9, 2012",
        "March 9, 2012.",
        "March ٩, 2012",
        "",
    ],
)
def test_what_is_no_day(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize("text", ["March 2012", "MARCH 12", "MARCH 20123", "MARCH", "THE MARCH 2012", "MÄRZ 2012", ""])
def test_what_is_no_month(text: str) -> None:
    assert month_of(text) is None
