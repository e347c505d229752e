"""Lines keep their offsets, and the cursor only moves forward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.documents.lines import Cursor, Line, is_label, line_of, lines_of
from mandategraph.errors import SourceError
from mandategraph.kinds import ElementKind
from mandategraph.places import LineIndex, Place, Span


def cursor(text: str, start: int = 0) -> Cursor:
    return Cursor(LineIndex("a.txt", text), text, Span(start, len(text)))


@given(st.text(alphabet="ab \u00a0\t\r\n\u2003"))
def test_a_line_holds_its_characters_where_they_stand(raw: str) -> None:
    line = line_of(raw, 5)
    assert (line is None) == (not raw.strip())
    if line:
        assert (" " * 5 + raw)[line.start : line.end] == line.text == raw.strip()


@given(st.text(alphabet="ab \u00a0\r\n", min_size=2), st.data())
def test_the_lines_of_a_span_are_those_that_are_not_blank(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    span = Span(start, data.draw(st.integers(start + 1, len(text))))
    found = lines_of(text, span)
    assert [line.text for line in found] == [raw.strip() for raw in span.of(text).split("\n") if raw.strip()]
    assert all(text[line.start : line.end] == line.text for line in found)


def test_a_whole_line_is_a_leaf() -> None:
    element = Line(3, 5, "ab").leaf("a/1", ElementKind.WORDS)
    assert (element.key, element.kind, element.span, element.children) == ("a/1", ElementKind.WORDS, Span(3, 5), ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Follow-up issues:", True),
        ("Aim:", True),
        ("To:", False),
        ("follow-up:", False),
        ("Follow-up", False),
        ("To prevent, and:", False),
        (f"A{40 * 'b'}:", True),
        (f"A{41 * 'b'}:", False),
    ],
)
def test_a_label_is_a_short_line_with_a_colon(text: str, expected: bool) -> None:  # noqa: FBT001 - both are tried
    assert is_label(Line(0, len(text), text)) is expected


@pytest.mark.parametrize(
    ("offset", "rest"),
    [
        (0, Line(3, 8, "ab cd")),
        (3, Line(3, 8, "ab cd")),
        (5, Line(6, 8, "cd")),
        (6, Line(6, 8, "cd")),
        (8, None),
        (9, None),
    ],
)
def test_what_stands_after_an_offset(offset: int, rest: Line | None) -> None:
    assert Line(3, 8, "ab cd").after(offset) == rest


def test_taking_goes_line_by_line_and_peeking_does_not() -> None:
    lines = cursor("a\n\n b\nc")
    first, third = lines.peek(), lines.peek(2)
    assert first is not None
    assert third is not None
    assert (first.text, third.text, lines.peek(3)) == ("a", "c", None)
    assert [lines.take().text for _ in range(3)] == ["a", "b", "c"]
    assert lines.peek() is None


def test_seeking_steps_over_the_lines_that_end_before() -> None:
    lines = cursor("ab\ncd\nef")
    lines.seek(4)
    assert lines.take().text == "cd"
    lines.seek(8)
    assert lines.peek() is None


def test_a_cursor_over_a_part_counts_lines_of_the_file() -> None:
    lines = cursor("a\nb\n c", start=2)
    lines.take()
    line = lines.take()
    fault = lines.fault(line, "a d")
    assert (fault.place, fault.expected, fault.found) == (Place("a.txt", 3, 2), "a d", "c")


def test_behind_the_last_line_the_end_of_the_part_is_found() -> None:
    lines = cursor("a\nbc\n")
    lines.seek(4)
    with pytest.raises(SourceError) as caught:
        lines.take()
    assert str(caught.value) == "a.txt:2:3: expected another line, found 'the end of the part'"
    assert str(lines.fault(None, "a d")) == "a.txt:2:3: expected a d, found 'the end of the part'"
