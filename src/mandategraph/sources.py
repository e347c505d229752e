"""The description of the source texts, from the TOML a person keeps to typed values."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from mandategraph.errors import SourceError, SyntaxFault, TableError
from mandategraph.iris import is_name
from mandategraph.model import NOT_STATED, PartDescription, SourceDescription, is_date
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
    found = tuple(_document(each, number, file, genres) for number, each in enumerate(documents, 1))
    _once([each.identifier for each in found], "an identifier used once", file)
    return found


def _place(file: str, message: str) -> Place:
    found = re.search(r"line (\d+), column (\d+)", message)
    return Place(file, int(found[1]), int(found[2])) if found else Place(file)


def _once(names: list[str], expected: str, file: str) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            raise TableError(Place(file), expected, name)


def _document(table: object, number: int, file: str, genres: Mapping[str, object]) -> SourceDescription:
    if not isinstance(table, dict):
        raise TableError(Place(file), "[[document]] entries", str(table))
    where = f"document {table.get('identifier', f'number {number}')}"
    strings = {key: value for key, value in table.items() if key != "part"}
    _same_keys(strings, _FIELDS, _OPTIONAL, where, file)
    parts = table.get("part", [])
    if not isinstance(parts, list) or not parts:
        raise TableError(Place(file), f"{where} with [[document.part]] entries", str(parts or "none"))
    source = SourceDescription(**strings, parts=tuple(_part(each, where, file, genres) for each in parts))
    _once([part.name for part in source.parts], f"{where}: a name of a part used once", file)
    for name in (source.identifier, *(part.name for part in source.parts)):
        if not is_name(name):
            raise TableError(Place(file), f"{where}: a name of small letters, digits, '-' and '.'", name)
    if source.date != NOT_STATED and not is_date(source.date):
        raise TableError(Place(file), f"{where}: a date as YYYY, YYYY-MM or YYYY-MM-DD, or '{NOT_STATED}'", source.date)
    if source.address != NOT_STATED and not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", source.address):
        raise TableError(Place(file), f"{where}: an http(s) address, or '{NOT_STATED}'", source.address)
    return source


def _part(table: object, where: str, file: str, genres: Mapping[str, object]) -> PartDescription:
    if not isinstance(table, dict):
        raise TableError(Place(file), f"{where} with [[document.part]] entries", str(table))
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
