"""What a request asks: its parameters, type and body, whichever way they are sent; and what is refused."""

from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.errors import UsageError
from mandategraph.server.operation import DIRECT, FORM, FORMATS, KINDS, Operation, operation, parameters, posted
from mandategraph.server.problems import Problem

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
texts = st.text(st.characters(exclude_categories=["Cs"]))


# Parameters


@given(st.lists(st.tuples(texts.filter(bool), texts), max_size=20))
def test_parameters_are_read_as_they_were_written(given: list[tuple[str, str]]) -> None:
    assert parameters(urlencode(given).encode()) == given


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b"", []),
        (b"query=", [("query", "")]),
        (b"query", [("query", "")]),
        (b"a=b+c%20d&&a=%2B", [("a", "b c d"), ("a", "+")]),
        (b"a=%C3%A9%F0%9D%94%98", [("a", "é𝔘")]),
        (b"a=1;b=2", [("a", "1;b=2")]),
        (b"a=%zz", [("a", "%zz")]),
    ],
)
def test_the_forms_of_parameters(text: bytes, read: list[tuple[str, str]]) -> None:
    assert parameters(text) == read


@pytest.mark.parametrize("text", [b"a=%FF", b"%FF=a", b"a=\xc3\xa9", b"a=%ED%A0%80", b"a=%C3"])
def test_parameters_are_in_utf_8(text: bytes) -> None:
    with pytest.raises(UsageError, match="expected parameters in UTF-8, percent-encoded"):
        parameters(text)


def test_parameters_are_so_many_at_most() -> None:
    assert len(parameters(b"&".join([b"a=b"] * 200))) == 200
    with pytest.raises(UsageError, match="expected at most 200 parameters"):
        parameters(b"&".join([b"a=b"] * 201))


# Bodies


@pytest.mark.parametrize(
    "content_type",
    [
        FORM,
        FORM.upper(),
        f"{FORM};charset=utf-8",
        f'{FORM}; charset="UTF-8"',
        f"{FORM} ; Charset=UTF8",
        f"{FORM}; boundary=x",
    ],
)
def test_a_form_holds_the_parameters(content_type: str) -> None:
    found = posted(content_type, b"timeout=1", b"query=ASK%7B%7D&format=json")
    assert found == [("timeout", "1"), ("query", "ASK{}"), ("format", "json")]


@pytest.mark.parametrize(
    "content_type", [DIRECT, f"{DIRECT};charset=utf-8", f"{DIRECT};charset*=utf-8''utf-8", f"{DIRECT};x=y"]
)
def test_a_body_may_be_the_query(content_type: str) -> None:
    body = "ASK { ?s ?p 'é𝔘+%20&query=' }"
    assert posted(content_type, b"format=json", body.encode()) == [("format", "json"), ("query", body)]


@pytest.mark.parametrize(
    ("content_type", "told"),
    [
        ("", f"expected a body of {FORM} or {DIRECT}, found none"),
        ("text/plain", f"expected a body of {FORM} or {DIRECT}, found text/plain"),
        ("multipart/form-data; boundary=x", "found multipart/form-data"),
        ("application/sparql-update", "found application/sparql-update; this endpoint is read-only"),
        (f"{DIRECT}x", f"found {DIRECT}x"),
        (f"{DIRECT}; charset=utf-16", "expected a body in UTF-8, found the charset utf-16"),
        (f"{FORM}; charset=ISO-8859-1", "expected a body in UTF-8, found the charset iso-8859-1"),
        (f"{DIRECT}; charset*=utf-8'en'utf-16", "expected a body in UTF-8, found the charset utf-16"),
        (f"{DIRECT}; charset=utf-8; charset=latin1", "found the charset latin1 and utf-8"),
        (f"{DIRECT}, text/html", f"found {DIRECT}, text/html"),
    ],
)
def test_a_body_of_another_type_or_charset_is_not_supported(content_type: str, told: str) -> None:
    with pytest.raises(Problem) as caught:
        posted(content_type, b"", b"ASK {}")
    assert caught.value.status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert told in caught.value.detail


@given(st.text(st.characters(max_codepoint=255)), st.binary(max_size=20), st.binary(max_size=20))
def test_whatever_is_sent_is_read_or_refused(content_type: str, query_string: bytes, body: bytes) -> None:
    for each in (content_type, f"{DIRECT};{content_type}", f"{FORM}; charset={content_type}"):
        with suppress(Problem, UsageError):
            found = posted(each, query_string, body)
            assert all(isinstance(name, str) and isinstance(value, str) for name, value in found)


@pytest.mark.parametrize("body", [b"ASK {} # \xff", "ASK {}".encode("utf-16"), b"\xed\xa0\x80"])
def test_a_query_as_the_body_is_in_utf_8(body: bytes) -> None:
    with pytest.raises(UsageError, match="expected a body in UTF-8"):
        posted(DIRECT, b"", body)


def test_a_query_stands_in_the_body_only() -> None:
    with pytest.raises(UsageError, match="expected the query in the body only"):
        posted(DIRECT, b"query=ASK%7B%7D", b"ASK {}")


# Operations


def test_an_operation_holds_all_that_is_asked() -> None:
    named = [("named-graph-uri", "x:c"), ("named-graph-uri", "x:d")]
    given = [("default-graph-uri", "x:a"), ("query", "ASK {}"), ("default-graph-uri", "x:b"), *named]
    found = operation([*given, ("format", "xml"), ("timeout", "1.5"), ("output", "json"), ("results", "json")], 6)
    assert found == Operation("ASK {}", ("x:a", "x:b"), ("x:c", "x:d"), "xml", 1.5)
    assert operation([("query", "")], 0) == Operation("")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "expected one 'query', found none"),
        ([("query", "ASK {}"), ("query", "ASK {}")], "expected one 'query', found 2"),
        ([("query", "a"), ("format", "json"), ("format", "json")], "expected one 'format', found 2"),
        ([("query", "a"), ("timeout", "1"), ("timeout", "1")], "expected one 'timeout', found 2"),
        ([("update", "DROP ALL")], "expected a query, found an update: this endpoint is read-only"),
        ([("query", "a"), ("update", "")], "expected a query, found an update: this endpoint is read-only"),
        ([("query", "a"), ("x", "1"), ("QUERY", "1")], "found QUERY, x"),
        ([("query", "a"), ("using-graph-uri", "x:a")], "found using-graph-uri"),
        ([("query", "a"), ("format", "jsonx")], f"format: expected one of {', '.join(FORMATS)}, found 'jsonx'"),
        ([("query", "a"), ("format", "")], "format: expected one of "),
    ],
)
def test_a_request_that_is_no_query_is_told_why(given: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        operation(given, 10)
    assert told in str(caught.value)


@pytest.mark.parametrize("given", ["0", "-1", "", "x", "1s", "nan", "inf", "1e999", "1_0", " 1", "١", "0x1", "1e", "."])
def test_a_time_limit_is_a_number_of_seconds(given: str) -> None:
    with pytest.raises(UsageError, match="timeout: expected a number of seconds above 0, found"):
        operation([("query", "a"), ("timeout", given)], 10)


def test_a_query_that_is_too_long_names_its_limit() -> None:
    assert operation([("query", "é" * 10)], 10).query == "é" * 10
    with pytest.raises(Problem) as caught:
        operation([("query", "a" * 11)], 10)
    assert caught.value.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert caught.value.members == {"limit": "length", "maximum": 10}


# Formats


@pytest.mark.parametrize(
    ("form", "forms"),
    [
        ("json", {"rows": JSON, "boolean": JSON}),
        ("csv", {"rows": "text/csv"}),
        ("xml", {"rows": XML, "boolean": XML, "graph": "application/rdf+xml"}),
        ("ttl", {"graph": "text/turtle"}),
        ("turtle", {"graph": "text/turtle"}),
        ("json-ld", {"graph": "application/ld+json"}),
        ("html", dict.fromkeys(("rows", "boolean", "graph"), "text/html")),
        ("application/xml", {"rows": "application/xml", "boolean": "application/xml"}),
        ("application/trig", {"graph": "application/trig"}),
    ],
)
def test_a_format_names_a_type_for_each_kind_that_has_it(form: str, forms: dict[str, str]) -> None:
    assert operation([("query", "a"), ("format", form)], 10).forms("image/png") == forms


@pytest.mark.parametrize(
    ("accept", "forms"),
    [
        (None, {kind: next(iter(types)) for kind, types in KINDS.items()}),
        ("text/turtle", {"graph": "text/turtle"}),
        ("text/csv, application/*;q=0.1", {"rows": "text/csv", "boolean": JSON, "graph": "application/ld+json"}),
        ("image/png", {}),
    ],
)
def test_without_a_format_the_client_chooses_for_each_kind(accept: str | None, forms: dict[str, str]) -> None:
    assert Operation("a").forms(accept) == forms
