"""What a person types for something, as the things it may mean: numbers of plans, symbols, titles, wordings."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mandategraph import tables
from mandategraph.errors import MissingError, near_numbers, nearest
from mandategraph.queries import Query, rows
from mandategraph.store import Store
from mandategraph.vocabulary import MG

WORDS = tables.schema("language words means", key="language words")
NOTHING = "nothing"
_TOKENS = re.compile(r"[0-9]+(?:\.[0-9]+)+|[^\W_]+")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")
_LEVELS = ("Chapter", "Objective", "Action")
_TELLING_DIGITS = 3
# A number is that of a symbol if its issuer and its series stand before it.
_LEAST_BEFORE = 2
_SESSION = re.compile("(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})")
_MOST_NEAR = 5
_TOLD_FIRST = ("title", "label", "wording", "citation form", "abbreviation", "symbol", "identifier")
_LONGEST = 500
Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A name of a thing: the thing and its kind, the name, and what sort of name it is."""

    iri: str
    kind: str
    name: str
    how: str
    plan: str = ""

    @property
    def identifier(self) -> str:
        """What names the thing among its kind: the last segment of its IRI."""
        return self.iri.rpartition("/")[2]


def tokens(text: str) -> Tokens:
    """The words and numbers of a text, case, accents and punctuation folded away; a number keeps the points within it.

    >>> tokens("Acción 2.1.2, AG/RES. 2551")
    ('accion', '2.1.2', 'ag', 'res', '2551')
    """
    apart = unicodedata.normalize("NFKD", text[:_LONGEST])
    return tuple(_TOKENS.findall("".join(each for each in apart if not unicodedata.combining(each)).casefold()))


class Words:
    """The words people use for the kinds of things, in several languages."""

    def __init__(self, listed: Iterable[tuple[str, str]]) -> None:
        held = [(tokens(text), means) for text, means in listed]
        self._passed = frozenset(each for phrase, means in held if means == NOTHING for each in phrase)
        self._kinds = {self._without(phrase): means for phrase, means in held if means != NOTHING}
        self._longest = max(map(len, self._kinds), default=0)

    def _without(self, phrase: Tokens) -> Tokens:
        return tuple(each for each in phrase if each not in self._passed)

    def read(self, text: str) -> Tokens:
        """The tokens of a text, each word for a kind as the kind behind a colon, what is passed over left out."""
        return tuple(self._read(self._without(tokens(text))))

    def _read(self, found: Tokens) -> Iterator[str]:
        at = 0
        while at < len(found):
            for length in range(min(self._longest, len(found) - at), 0, -1):
                kind = self._kinds.get(found[at : at + length])
                if kind:
                    yield f":{kind}"
                    at += length
                    break
            else:
                yield found[at]
                at += 1


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a part of a plan as somebody typed it; kind and plan are empty where they are not said."""

    notation: str
    kind: str
    plan: str


def number(read: Tokens, plans: Mapping[Tokens, str]) -> Number | None:
    """The part of a plan that tokens name, None if they name none.

    >>> number((":Objective", "2.1", ":Action", "2"), {})
    Number(notation='2.1.2', kind='action', plan='')
    >>> number((":Action", "2", ":Objective", "2.1", ":Plan", "2012"), {("2012",): "2012"})
    Number(notation='2.1.2', kind='action', plan='2012')
    """
    plan, rest = _plan_in(read, plans)
    parts: list[tuple[int, str]] = []
    level = -1
    for token in rest:
        if token in (":Plan", ":kind-plan-of-action"):
            continue
        if token[0] == ":" and token[1:] in _LEVELS and level < 0:
            level = _LEVELS.index(token[1:])
        elif _NUMBER.fullmatch(token):
            parts.append((level, token))
            level = -1
        else:
            return None
    levels = [each for each, _ in parts]
    if not parts or level >= 0 or len(set(levels)) < len(levels):
        return None
    notation = ""
    for _, each in sorted(parts):
        notation = each if not notation or each.startswith(f"{notation}.") else f"{notation}.{each}"
    return Number(notation, _LEVELS[max(levels)].lower() if levels != [-1] else "", plan)


def _plan_in(read: Tokens, plans: Mapping[Tokens, str]) -> tuple[str, Tokens]:
    """The plan that tokens name beside a number, and the tokens without it."""
    for tokens_of, plan in plans.items():
        for at in range(len(read) - len(tokens_of) + 1):
            rest = read[:at] + read[at + len(tokens_of) :]
            if read[at : at + len(tokens_of)] == tokens_of and rest:
                return plan, rest
    return "", read


class Naming:
    """The names of the things of a release, and what people make of them."""

    def __init__(self, names: Iterable[Known], words: Words) -> None:
        self._words = words
        self._names = tuple(names)
        self._names += tuple(_in_brackets(self._names))
        self._plans = {words.read(each.name): each.name for each in self._names if _is_plan(each)}
        self._numbers: dict[str, list[Known]] = {}
        self._same: dict[Tokens, list[Known]] = {}
        self._alike: dict[Tokens, list[Known]] = {}
        self._mixed: dict[Tokens, list[Known]] = {}
        self._symbols: dict[Tokens, list[tuple[frozenset[str], Known]]] = {}
        self._among: dict[Tokens, list[tuple[frozenset[str], Known]]] = {}
        for each in self._names:
            if each.how == "number":
                self._numbers.setdefault(each.name, []).append(each)
                continue
            read = words.read(each.name)
            self._same.setdefault(tokens(each.name), []).append(each)
            self._alike.setdefault(read, []).append(each)
            self._mixed.setdefault(tuple(sorted(read)), []).append(each)
            for key in _keys(read) if each.how == "symbol" else ():
                self._symbols.setdefault(key, []).append((frozenset(read), each))
            for key in _heads(read) if each.how == "symbol" else ():
                self._among.setdefault(key, []).append((frozenset(read), each))
        self._lengths = {len(key) for key in self._among}
        self._begun = sorted((" ".join(read), read) for read in self._alike)

    @property
    def names(self) -> tuple[Known, ...]:
        """Every name that is known."""
        return self._names

    def candidates(self, typed: str, kinds: Collection[str] = ()) -> tuple[Known, ...]:
        """The things that what is typed may mean, each once; of several ways to read it the closest that finds any.

        The ways: a number of a part of a plan; a name, its case, accents and punctuation aside; the same with words for
        kinds in another language and without words that are passed over; part of a symbol; the words of a name in
        another order; a symbol among other words; the beginning of a name.
        """
        read = self._words.read(typed)
        ways: tuple[Callable[[], list[Known]], ...] = (
            lambda: self._numbered(read),
            lambda: self._exact(typed),
            lambda: self._same_words(read),
            lambda: self._symbol(read),
            lambda: self._mixed.get(tuple(sorted(read)), []),
            lambda: self._symbols_among(read),
            lambda: self._beginning(read),
        )
        return next(filter(None, (_once(found(), kinds) for found in ways)), ())

    def near(self, typed: str, kinds: Collection[str] = ()) -> list[str]:
        """The names that come nearest to what is typed: those with all its words, else those most like it as text."""
        named = self.number(typed)
        if named and (not kinds or {*kinds} & {each.lower() for each in _LEVELS}):
            known = [name for name, held in self._numbers.items() if any(_is_of(each, kinds) for each in held)]
            return near_numbers(named.notation, known) if known else []
        with_words = self._with_words(typed, kinds)
        return with_words or nearest(typed[:_LONGEST], (each.name for each in self._names if _is_of(each, kinds)))

    def _with_words(self, typed: str, kinds: Collection[str]) -> list[str]:
        """A name of each thing that is named with all the words that are typed, the shortest first."""
        wanted = {each for each in tokens(typed) if not self.passes(each)}
        held = (each for words, known in self._same.items() if wanted and wanted <= {*words} for each in known)
        found: dict[str, str] = {}
        for each in sorted(held, key=lambda each: _TOLD_FIRST.index(each.how)):
            if _is_of(each, kinds):
                found.setdefault(each.iri, each.name)
        return sorted({*found.values()}, key=lambda name: (len(name), name))[:_MOST_NEAR]

    def number(self, typed: str) -> Number | None:
        """The number of a part of a plan that is typed, with or without what it is; None if it is no number."""
        return number(self._words.read(typed), self._plans)

    def passes(self, word: str) -> bool:
        """Whether a word is one that is passed over, as 'of' or 'de'."""
        return bool(tokens(word)) and not self._words.read(word)

    def _numbered(self, read: Tokens) -> list[Known]:
        named = number(read, self._plans)
        if not named:
            return []
        held = self._numbers.get(named.notation, [])
        return [each for each in held if named.kind in ("", each.kind) and named.plan in ("", each.plan)]

    def _exact(self, typed: str) -> list[Known]:
        return self._same.get(tokens(typed), [])

    def _same_words(self, read: Tokens) -> list[Known]:
        """What has a name of these words, or of the words behind the one for its kind, as in 'plan 2012'."""
        apart = self._alike.get(read[1:], [])
        return [*self._alike.get(read, []), *(each for each in apart if read[0].lower() == f":{each.kind}")]

    def _symbol(self, read: Tokens) -> list[Known]:
        wanted = set(read)
        return [each for key in _keys(read) for held, each in self._symbols.get(key, []) if wanted <= held]

    def _symbols_among(self, read: Tokens) -> list[Known]:
        """What has a symbol that stands among other words, if no number or session beside it contradicts it."""
        parts = {read[at : at + length] for length in self._lengths for at in range(len(read) - length + 1)}
        found = [pair for part in parts for pair in self._among.get(part, [])]
        held = frozenset[str]().union(*(symbol for symbol, _ in found))
        said = {each for each in read if each[0].isdigit() or _SESSION.fullmatch(each)}
        return [each for _, each in found] if said <= held else []

    def _beginning(self, read: Tokens) -> list[Known]:
        if len(read) < 2 or all(each[0] == ":" for each in read):  # noqa: PLR2004 -- a single word begins too much
            return []
        start = f"{' '.join(read)} "
        found: list[Known] = []
        at = bisect_left(self._begun, (start, ()))
        while at < len(self._begun) and self._begun[at][0].startswith(start):
            found += self._alike[self._begun[at][1]]
            at += 1
        return found


def _is_plan(each: Known) -> bool:
    return each.kind == "plan" and each.how == "identifier"


def _is_of(each: Known, kinds: Collection[str]) -> bool:
    return not kinds or each.kind in kinds


def _once(found: Iterable[Known], kinds: Collection[str]) -> tuple[Known, ...]:
    kept: dict[str, Known] = {}
    for each in found:
        if _is_of(each, kinds):
            kept.setdefault(each.iri, each)
    return tuple(sorted(kept.values(), key=lambda each: (each.kind, each.plan, each.iri)))


def _keys(read: Sequence[str]) -> list[Tokens]:
    """What a symbol can be found by: its series and number, a number long enough to tell, or how it begins."""
    pairs = [(one, other) for one, other in pairwise(read) if one[0] == ":" and other.isdigit()]
    alone = [(each,) for each in read if each.isdigit() and len(each) >= _TELLING_DIGITS]
    return [*pairs, *alone] or [tuple(read[:2])]


def _heads(read: Tokens) -> Iterator[Tokens]:
    """What a symbol is told by among other words: all of it, it up to its number, its series and a long number."""
    at = next((at for at, each in enumerate(read) if each[0].isdigit()), len(read))
    if len(read) > 1:
        yield read
    if _LEAST_BEFORE <= at < len(read):
        yield read[: at + 1]
    for series, each in pairwise(read):
        if series[0] == ":" and each.isdigit() and len(each) >= _TELLING_DIGITS:
            yield (series, each)


def _in_brackets(names: Sequence[Known]) -> Iterator[Known]:
    """What stands in brackets behind titles and wordings, as another name: 'MISPA I' of 'Commitment (MISPA I)'."""
    ends = {
        read[at:] for each in names if each.how == "symbol" for read in [tokens(each.name)] for at in range(len(read))
    }
    for each in names:
        found = _IN_BRACKETS.search(each.name) if each.how in ("title", "wording") else None
        if found and tokens(found[1]) not in ends:
            yield Known(each.iri, each.kind, found[1], each.how, each.plan)


def opened(store: Store, lookups: Mapping[str, Query], table: Path) -> Naming:
    """The names of the things of a release, read with the words of the ontology and of a table.

    Raises:
        MissingError: the table is not there.
        TableError: the table breaks its schema.
    """
    try:
        text = table.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MissingError(table.name, str(table.parent), remedy=str(error)) from None
    return naming_of(store, lookups, words_of(store, lookups, text, table.name))


def words_of(store: Store, lookups: Mapping[str, Query], table: str, file: str) -> Words:
    """The words for kinds: the labels of the ontology, and those of a table.

    Raises:
        TableError: the table breaks its schema.
    """
    labels = [(row["word"], _local(row["term"])) for row in rows(store, lookups["kind-words"], {}).values()]
    return Words([*((row["words"], row["means"]) for row in tables.rows(table, file, WORDS)), *labels])


def naming_of(store: Store, lookups: Mapping[str, Query], words: Words) -> Naming:
    """The names of the things of a release."""
    found = rows(store, lookups["known-names"], {}).values()
    return Naming(
        (Known(row["resource"], _local(row["class"]).lower(), row["name"], row["how"], row["plan"]) for row in found),
        words,
    )


def _local(term: str) -> str:
    return term.removeprefix(MG.iri)
