"""Content negotiation: an offered type or none, whatever the header, and the one that is wanted most."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.negotiation import chosen, coding

TURTLE, JSON, HTML, CSV = "text/turtle", "application/json", "text/html", "text/csv"
OFFERED = [TURTLE, JSON, HTML]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

offers = st.lists(st.sampled_from([TURTLE, JSON, HTML, CSV, "application/ld+json"]), unique=True)
media = st.sampled_from([TURTLE, JSON, HTML, "text/*", "application/*", "*/*", "image/png", "text", "", "*", "/"])
qualities = st.sampled_from(
    ["", ";q=0", ";q=0.5", "; q=1", ";q=0.001", ";level=1;q=0.3", ";q=2", ";q=", ";q", ";Q=0.7"]
)
ranges = st.lists(st.tuples(media, qualities).map("".join), min_size=1, max_size=6)


# Laws


@given(st.one_of(st.none(), st.text(), ranges.map(",".join), st.text("textapplicion/*;,q=.019 \t\"'")), offers)
def test_an_offered_type_or_none_whatever_the_header(accept: str | None, offered: list[str]) -> None:
    assert chosen(accept, offered) in {*offered, None}


@given(ranges, offers, st.randoms())
def test_the_order_of_the_ranges_does_not_matter(listed: list[str], offered: list[str], random: Random) -> None:
    mixed = list(listed)
    random.shuffle(mixed)
    assert chosen(",".join(mixed), offered) == chosen(",".join(listed), offered)


@given(ranges, offers)
def test_white_space_and_case_do_not_matter(listed: list[str], offered: list[str]) -> None:
    spaced = " ,\t".join(each.upper().replace(";", " ; ") for each in listed)
    assert chosen(f" {spaced} ", offered) == chosen(",".join(listed), offered)


@given(ranges, offers.filter(bool))
def test_what_is_refused_by_name_is_never_chosen(listed: list[str], offered: list[str]) -> None:
    others = [each for each in listed if not each.startswith(offered[0])]
    assert chosen(",".join([f"{offered[0]};q=0", *others]), offered) != offered[0]


@given(ranges, offers.filter(bool))
def test_anything_at_all_leaves_nothing_unanswered(listed: list[str], offered: list[str]) -> None:
    named = [each for each in listed if not each.startswith(("*/*", "text/*", "application/*", *offered))]
    assert chosen(",".join([*named, "*/*;q=0.1"]), offered) == offered[0]


# Examples


@pytest.mark.parametrize(
    "accept", [None, "", " ", "*/*", "*/*;q=0.1", "text/*, application/*", BROWSER.partition(",")[2]]
)
def test_without_a_preference_the_first_offer_is_chosen(accept: str | None) -> None:
    assert chosen(accept, OFFERED) == TURTLE


@pytest.mark.parametrize("accept", [None, "*/*", "text/turtle"])
def test_without_an_offer_nothing_is_chosen(accept: str | None) -> None:
    assert chosen(accept, []) is None


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("application/json", JSON),
        ("APPLICATION/Json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("text/html;q=0.5, application/json;q=0.6", JSON),
        ("text/html;q=0.999, application/json;q=0.998", HTML),
        ("text/html;Q=0.5, application/json;q=0.6", JSON),
        ("text/turtle;q=0.5, text/html;q=0.5", TURTLE),
        ("text/html, text/turtle", TURTLE),
        ("image/png, application/json;q=0.1", JSON),
        ("image/png", None),
        ("application/json;q=0", None),
        ("application/json;q=0.0", None),
        (BROWSER, HTML),
    ],
)
def test_the_highest_quality_is_chosen_and_of_equals_the_earlier_offer(accept: str, found: str | None) -> None:
    assert chosen(accept, OFFERED) == found


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        ("text/*;q=0.9, text/turtle;q=0.1", HTML),
        ("text/turtle;q=0.1, text/*;q=0.9", HTML),
        ("*/*, text/turtle;q=0", JSON),
        ("*/*, text/*;q=0", JSON),
        ("*/*;q=0, text/*;q=0.1", TURTLE),
        ("*/*;q=0.9, application/*;q=1, application/json;q=0.2", TURTLE),
        ("text/*;q=0, */*", JSON),
    ],
)
def test_the_more_special_range_decides_whatever_its_quality(accept: str, found: str) -> None:
    assert chosen(accept, OFFERED) == found


@pytest.mark.parametrize(
    "quality", ["2", "1.1", "-1", ".5", "0.1234", "1.001", "x", "", "0,5", "1e-1", "nan", "inf", "٠"]
)
def test_a_malformed_quality_wants_nothing(quality: str) -> None:
    assert chosen(f"text/turtle;q={quality}", OFFERED) is None
    assert chosen(f"text/html, text/turtle;q={quality}", OFFERED) == HTML


@pytest.mark.parametrize(
    "accept", ["text", "/", "*", "text/", "*/turtle", "turtle", ";q=1", "text/turtl*", "text turtle"]
)
def test_what_is_no_range_matches_nothing(accept: str) -> None:
    assert chosen(accept, OFFERED) is None


# Codings

codings = st.sampled_from(["gzip", "zstd", "br", "identity", "*", "", "GZIP", "gz ip"])
code_ranges = st.lists(st.tuples(codings, qualities).map("".join), max_size=6)


@given(
    st.none() | st.text() | code_ranges.map(",".join), st.lists(st.sampled_from(["gzip", "zstd", "br"]), unique=True)
)
def test_an_offered_coding_or_none_whatever_the_header(accept: str | None, offered: list[str]) -> None:
    assert coding(accept, offered) in {*offered, ""}


@pytest.mark.parametrize(
    ("accept", "found"),
    [
        (None, ""),
        ("", ""),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, zstd;q=0.9", "gzip"),
        ("gzip;q=0, zstd;q=0", ""),
        ("*", "zstd"),
        ("*, zstd;q=0", "gzip"),
        ("*;q=0, gzip;q=0.1", "gzip"),
        ("*;q=0", ""),
        ("identity", ""),
        ("identity, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("br, identity;q=0", ""),
        ("gzip;q=x, zstd;q=-1", ""),
    ],
)
def test_the_coding_taken_best_is_chosen(accept: str | None, found: str) -> None:
    assert coding(accept, ["zstd", "gzip"]) == found
