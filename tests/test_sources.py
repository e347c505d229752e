"""A source is what its description says, byte for byte, or it is refused."""

import hashlib
from pathlib import Path

import pytest

from mandategraph.documents import GENRES
from mandategraph.errors import SourceError, SyntaxFault, TableError
from mandategraph.model import PartDescription, SourceDescription
from mandategraph.places import Place
from mandategraph.sources import described, verified_text

FIELDS = ("identifier", "title", "title_source", "issued_by", "date", "symbol", "address", "sha256", "rights")
PART = '[[document.part]]\nname = "text"\ngenre = "plain"\n'


def entry(*, part: str = PART, without: str = "", **extra: str) -> str:
    """The TOML of one document."""
    values = {field: "not stated" for field in FIELDS if field != without} | {"identifier": "a"} | extra
    return "[[document]]\n" + "".join(f'{key} = "{value}"\n' for key, value in values.items()) + part


def of(raw: bytes) -> SourceDescription:
    """The description of a text with the digest of these bytes."""
    (source,) = described(entry(sha256=hashlib.sha256(raw).hexdigest()), "s.toml", GENRES)
    return source


def test_an_entry_becomes_a_description() -> None:
    part = PART + '[[document.part]]\nname = "plan"\ngenre = "linkage"\nbegins = "PLAN"\nplan = "2012"\n'
    (source,) = described(entry(part=part, asserted_by="someone", asserted_by_reason="said so"), "s.toml", GENRES)
    assert (source.identifier, source.title, source.file) == ("a", "not stated", "a.txt")
    assert (source.asserted_by, source.asserted_by_reason) == ("someone", "said so")
    assert source.parts == (PartDescription("text", "plain"), PartDescription("plan", "linkage", "PLAN", "2012"))


def test_the_documents_of_this_data_set_are_described(root: Path) -> None:
    folder = root / "data/sources"
    found = described((folder / "sources.toml").read_text("utf-8"), "sources.toml", GENRES)
    assert len(found) == 5
    assert {each.file for each in found} == {each.name for each in folder.glob("*.txt")}
    assert {part.genre for each in found for part in each.parts} == set(GENRES) - {"plain"}


def test_toml_that_cannot_be_read_is_placed() -> None:
    with pytest.raises(SyntaxFault) as caught:
        described('[[document]]\ntitle = "a\n', "s.toml", GENRES)
    assert caught.value.place == Place("s.toml", 2, 11)
    assert caught.value.expected == "TOML"


def test_toml_that_breaks_off_names_the_file_only() -> None:
    with pytest.raises(SyntaxFault) as caught:
        described("[[document]]\ntitle =", "s.toml", GENRES)
    assert caught.value.place == Place("s.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("", r"^s\.toml: expected \[\[document\]\] entries, found 'none'$", id="no-entries"),
        pytest.param("[document]\na = 1\n", r"\[\[document\]\] entries, found 'document'", id="a-table-for-entries"),
        pytest.param("document = []\n", r"\[\[document\]\] entries, found 'document'", id="empty-entries"),
        pytest.param('document = ["a"]\n', "expected", id="a-word-for-an-entry"),
        pytest.param(
            entry(without="rights"), "document a with .*rights, found \"no text 'rights'\"", id="missing-field"
        ),
        pytest.param(entry(colour="red"), "document a with .*\"unknown or not text: 'colour'\"", id="unknown-field"),
        pytest.param(
            entry().replace('date = "not stated"', "date = 2011-04-01"),
            "document a with .*no text 'date'; unknown or not text: 'date'",
            id="a-date-for-a-text",
        ),
        pytest.param(
            entry().replace('identifier = "a"\n', ""),
            "document number 1 with .*no text 'identifier'",
            id="no-identifier",
        ),
        pytest.param(entry(part=""), r"document a with \[\[document.part\]\] entries, found 'none'", id="no-parts"),
        pytest.param(entry(part=PART.replace("[[", "[").replace("]]", "]")), "document a", id="a-table-for-parts"),
        pytest.param(
            entry(part=PART.replace("genre", "kind")), "document a, part with .*no text 'genre'", id="no-genre"
        ),
        pytest.param(entry(part=PART + "n = 1\n"), "document a, part with .*not text: 'n'", id="unknown-part-field"),
        pytest.param(
            entry(part=PART.replace("plain", "poem")),
            rf"document a: a genre among {', '.join(GENRES)}, found 'poem'",
            id="unknown-genre",
        ),
        pytest.param(entry(part=PART + PART), "found 'text'", id="the-same-part-twice"),
        pytest.param(entry() + entry(), "found 'a'", id="the-same-document-twice"),
        pytest.param(entry(identifier="Linking Document"), "found 'Linking Document'", id="an-identifier-of-no-iri"),
        pytest.param(entry(part='part = ["text"]\n'), "document a with .*, found 'text'", id="a-word-for-a-part"),
        pytest.param(entry(part=PART.replace("text", "a b")), "found 'a b'", id="a-name-of-a-part-of-no-iri"),
        pytest.param(entry(date="April 2011"), "document a: a date as YYYY, .*, found 'April 2011'", id="no-date"),
        pytest.param(entry(address="www.example.org"), "document a: an .* address, .*found 'www", id="no-address"),
        pytest.param(entry(address="https://a.org/ b"), "document a: an .* address, .*found 'https", id="odd-address"),
    ],
)
def test_an_entry_of_another_form_is_refused(content: str, message: str) -> None:
    with pytest.raises(TableError, match=message) as caught:
        described(content, "s.toml", GENRES)
    assert caught.value.place.file == "s.toml"


def test_the_text_comes_back_as_it_is() -> None:
    raw = "a\u00a0b\r\n“c”\n".encode()
    assert verified_text(of(raw), raw).encode() == raw


@pytest.mark.parametrize("changed", [b"abd", b"ab", b"abc\n", b""])
def test_a_text_that_differs_by_a_byte_is_refused(changed: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        verified_text(of(b"abc"), changed)
    fault = caught.value
    assert fault.place == Place("a.txt")
    assert hashlib.sha256(b"abc").hexdigest() in fault.expected
    assert fault.found == hashlib.sha256(changed).hexdigest()


def test_a_text_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(SourceError) as caught:
        verified_text(of(b"a\xe9"), b"a\xe9")
    assert (caught.value.place, caught.value.expected) == (Place("a.txt"), "UTF-8")
    assert "position 1" in caught.value.found


def test_every_real_text_has_its_digest(root: Path) -> None:
    folder = root / "data/sources"
    for each in described((folder / "sources.toml").read_text("utf-8"), "sources.toml", GENRES):
        assert verified_text(each, (folder / each.file).read_bytes())
