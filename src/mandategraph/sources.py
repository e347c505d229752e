"""The description of the source texts, from the TOML a person keeps to typed values."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from mandategraph.errors import SourceError, SyntaxFault, TableError
from mandategraph.model import PartDescription, SourceDescription
from mandategraph.places import Place

_FIELDS = ("identifier", "title", "title_source", "issued_by", "date", "symbol", "address", "sha256", "rights")
_OPTIONAL = ("asserted_by", "asserted_by_reason")


def described(content: str, file: str, genres: Mapping[str, object]) -> tuple[SourceDescription, ...]:
    """The descriptions in a `sources.toml`.

    Raises:
        SyntaxFault: it is not TOML.
        TableError: an entry lacks a field, has one it should not, or names an unknown genre.
    """
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise SyntaxFault(_place(file, str(error)), "TOML", str(error)) from None
    documents = tables.get("document")
    if not isinstance(documents, list) or not documents:
        raise TableError(Place(file), "[[document]] entries", ", ".join(tables) or "none")
    return tuple(_document(each, number, file, genres) for number, each in enumerate(documents, 1))


def _place(file: str, message: str) -> Place:
    found = re.search(r"line (\d+), column (\d+)", message)
    return Place(file, int(found[1]), int(found[2])) if found else Place(file)


def _document(table: dict[str, Any], number: int, file: str, genres: Mapping[str, object]) -> SourceDescription:
    name = table.get("identifier", f"number {number}")
    strings = {key: value for key, value in table.items() if key != "part"}
    _same_keys(strings, _FIELDS, _OPTIONAL, f"document {name}", file)
    parts = tuple(_part(each, f"document {name}", file, genres) for each in table.get("part", []))
    if not parts:
        raise TableError(Place(file), f"document {name} with [[document.part]] entries", "none")
    return SourceDescription(**strings, parts=parts)


def _part(table: dict[str, Any], where: str, file: str, genres: Mapping[str, object]) -> PartDescription:
    _same_keys(table, ("name", "genre"), ("begins", "plan"), f"{where}, part", file)
    if table["genre"] not in genres:
        raise TableError(Place(file), f"{where}: a genre among {', '.join(genres)}", str(table["genre"]))
    return PartDescription(**table)


def _same_keys(
    table: dict[str, Any], required: tuple[str, ...], optional: tuple[str, ...], where: str, file: str
) -> None:
    missing = [key for key in required if not isinstance(table.get(key), str)]
    unknown = [key for key, value in table.items() if key not in required + optional or not isinstance(value, str)]
    if missing or unknown:
        found = "; ".join(
            [*(f"no text {key!r}" for key in missing), *(f"unknown or not text: {key!r}" for key in unknown)]
        )
        raise TableError(Place(file), f"{where} with the text fields {', '.join(required)}", found)


def verified_text(source: SourceDescription, raw: bytes) -> str:
    """The text of a source, if its bytes are the ones described.

    Raises:
        SourceError: the digest differs, or the bytes are not UTF-8.
    """
    digest = hashlib.sha256(raw).hexdigest()
    if digest != source.sha256:
        raise SourceError(Place(source.file), f"the sha256 of sources.toml, {source.sha256}", digest)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(Place(source.file), "UTF-8", str(error)) from None
