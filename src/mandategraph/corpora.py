"""Assembling: the input files to one corpus, all faults of all of them told together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from mandategraph import claims, documents, entities, judgements, process, registry, resolution, sources
from mandategraph.errors import Faults, MandategraphError, MissingError, TableError, raise_all
from mandategraph.model import Corpus, Reading, Registry, ResolvedCitation
from mandategraph.places import Place
from mandategraph.schemes import Schemes
from mandategraph.tables import Schema

Contents = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Inputs:
    """The files a build is made from, by their path in the checkout, and where the checkout is."""

    files: Mapping[str, bytes]
    root: str

    def text(self, name: str) -> str:
        """The text of a file.

        Raises:
            MissingError: there is no such file.
            TableError: it is not UTF-8.
        """
        if name not in self.files:
            raise MissingError(name, self.root)
        try:
            return self.files[name].decode("utf-8")
        except UnicodeDecodeError as error:
            raise TableError(Place(name), "UTF-8", str(error)) from None

    def tables(self, folder: str, schemas: Mapping[str, Schema]) -> dict[str, str]:
        """The texts of the tables of a folder.

        Raises:
            MandategraphError: one is missing or not UTF-8.
        """
        return {name: self.text(f"{folder}/{name}.tsv") for name in schemas}


def readings(inputs: Inputs) -> tuple[Reading, ...]:
    """Every document of `data/sources/`, read whole.

    Raises:
        MandategraphError: a text or its description has a fault; several together as `Faults`.
    """
    file = "data/sources/sources.toml"
    described = sources.described(inputs.text(file), file, documents.GENRES)
    faults: list[MandategraphError] = []
    found: list[Reading] = []
    for source in described:
        try:
            raw = inputs.files.get(f"data/sources/{source.file}")
            if raw is None:
                raise MissingError(source.file, "data/sources")
            found.append(documents.read(source, sources.verified_text(source, raw)))
        except MandategraphError as fault:
            faults.append(fault)
    texts = {name for name in inputs.files if name.startswith("data/sources/") and name.endswith(".txt")}
    undescribed = sorted(texts - {f"data/sources/{source.file}" for source in described})
    faults += [TableError(Place(file), "an entry for every text", name) for name in undescribed]
    raise_all(_flat(faults))
    return tuple(found)


def assembled(inputs: Inputs, read: tuple[Reading, ...], schemes: Schemes) -> Corpus:
    """The readings with what all the tables hold, and the instruments their headings mean.

    Raises:
        MandategraphError: a table has a fault, or a heading has no row; several together as `Faults`.
    """
    tables = _Tables(inputs)
    others = tables.of("data/registry", entities.SCHEMAS, lambda c, f: entities.loaded(c, f, schemes, _is_state))
    held = tables.of("data/judgements", claims.SCHEMAS, lambda c, f: claims.loaded(c, f, schemes))
    run = tables.of("data/process", process.SCHEMAS, lambda c, f: process.loaded(c, f, schemes))
    named = entities.named(others) | claims.named(held) | process.named(run) if others and held and run else None
    known = tables.of("data/registry", registry.SCHEMAS, lambda c, f: registry.loaded(c, f, schemes, named))
    judged = tables.of("data/judgements", judgements.SCHEMAS, lambda c, f: judgements.loaded(c, f, schemes))
    raise_all(_flat(tables.faults))
    if others is None or known is None or judged is None or held is None or run is None:
        raise AssertionError("tables are loaded or raise")
    return Corpus(read, known, _citations(read, known), judged, others, run, held)


class _Tables:
    """What the tables of folders hold, with the faults met on the way."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self.faults: list[MandategraphError] = []

    def of(self, folder: str, schemas: Mapping[str, Schema], load: Callable[[Contents, str], T]) -> T | None:
        """What a folder holds, or None where there is a fault."""
        try:
            return load(self._inputs.tables(folder, schemas), folder)
        except MandategraphError as fault:
            self.faults.append(fault)
            return None


def _is_state(code: str) -> bool:
    """Whether a text is an alpha-2 code of ISO 3166-1."""
    import pycountry

    return len(code) == 2 and code.isupper() and pycountry.countries.get(alpha_2=code) is not None  # noqa: PLR2004 - the length of such a code


def _citations(read: Iterable[Reading], known: Registry) -> dict[str, tuple[ResolvedCitation, ...]]:
    faults: list[MandategraphError] = []
    found: dict[str, tuple[ResolvedCitation, ...]] = {}
    for reading in read:
        try:
            found[reading.source.identifier] = resolution.resolve(reading, known)
        except MandategraphError as fault:
            faults.append(fault)
    faults += [
        TableError(known.spellings[document, wording].place, f"a wording that {document} uses", wording)
        for document, wording in resolution.unused_spellings(read, known)
    ]
    raise_all(_flat(faults))
    return found


def _flat(faults: Iterable[MandategraphError]) -> list[MandategraphError]:
    return [each for fault in faults for each in (fault.faults if isinstance(fault, Faults) else (fault,))]
