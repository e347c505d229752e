"""Plain parts are claimed paragraph by paragraph."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mandategraph.documents import read
from mandategraph.errors import SourceError
from mandategraph.kinds import ElementKind
from mandategraph.model import PartDescription, Reading, SourceDescription


def plain(text: str) -> Reading:
    source = SourceDescription("doc", "", "", "", "", "", "", "", "", (PartDescription("text", "plain"),))
    return read(source, text)


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \n\t\r\u00a0\u2028\ufeff")))
def test_read_then_printed_a_text_is_itself(text: str) -> None:
    assume(text.strip())
    printed, reached = "", 0
    for each in plain(text).leaves():
        space = text[reached : each.span.start]
        assert not space.strip()
        printed += space + each.span.of(text)
        reached = each.span.end
    assert printed + text[reached:] == text
    assert not text[reached:].strip()


@given(st.text(alphabet="ab \u00a0\r\n"))
def test_every_line_that_is_not_blank_is_a_paragraph(text: str) -> None:
    assume(text.strip())
    assert [each.span.of(text) for each in plain(text).leaves()] == [
        line.strip() for line in text.split("\n") if line.strip()
    ]


def test_paragraphs_are_numbered_in_their_part() -> None:
    (part,) = plain("a\n\n  b\n").parts
    assert [(each.key, each.kind) for each in part.element.walk()] == [
        ("text", ElementKind.PART),
        ("text/paragraph-1", ElementKind.PARAGRAPH),
        ("text/paragraph-2", ElementKind.PARAGRAPH),
    ]
    assert (part.plan, part.units, part.citations) == (None, (), ())


@pytest.mark.parametrize("text", ["", " \n\n\u00a0"])
def test_a_text_without_words_is_refused(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        plain(text)
    assert caught.value.place.file == "doc.txt"
