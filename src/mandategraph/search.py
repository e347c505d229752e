"""Full text: the words a person looks for, and the quotations, parts of plans, paragraphs and instruments with them."""

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from mandategraph.errors import UsageError
from mandategraph.marks import CLOSE, OPEN, Mark, Marked, as_text, in_source, marked
from mandategraph.naming import Known, Naming
from mandategraph.queries import Query, rows
from mandategraph.stems import TOKENIZER
from mandategraph.store import Store
from mandategraph.texts import text_of
from mandategraph.vocabulary import MG

QUESTION = "Which quotations, actions, paragraphs and instruments have these words or are named by them?"
KINDS = ("quotation", "action", "objective", "chapter", "paragraph", "element", "instrument")
LONGEST = 500
_MOST_WORDS = 32
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_LETTER = re.compile(r"[^\W_]")
_JUDGED, _ASSERTED = MG["Judged"].value, MG["Asserted"].value
_TEXTS: dict[str, dict[str, str]] = {
    "texts-of-quotations": {},
    "texts-of-plans": {"kind": _ASSERTED},
    "texts-of-documents": {"kind": _ASSERTED, "class": MG["Element"].value},
    "texts-of-instruments": {"kind": _JUDGED},
}
"""The look-ups of all texts, and what is so of every row of one.

They are not one query: of the branches of a union Virtuoso loses some, depending on what it was asked before.
"""
_EMPTY = dict.fromkeys(
    ("plan", "notation", "citedAs", "instrument", "document", "start", "end", "comparison", "verification"), ""
)
NOT_APPLICABLE = "not applicable"
"""What the comparison of words that are no quotation is: there is nothing to compare."""
# Sorts of names that stand in texts for what they name; a number or an identifier stands for other things too.
_SPOKEN = ("symbol", "title", "label", "wording", "abbreviation")
_RANK = "bm25(texts, 1.0, 0.5)"
_LINKS = {"instrument": "quoted from", "action": "quoted for"}


@dataclass(frozen=True, slots=True)
class Text:
    """Words that can be found, and where they stand.

    `start` and `end` are None where the registry has them, no document: then they are what this project holds.
    """

    iri: str
    kind: str
    words: str
    names: tuple[str, ...] = ()
    plan: str = ""
    notation: str = ""
    instrument: str = ""
    document: str = ""
    start: int | None = None
    end: int | None = None
    statement: str = _JUDGED
    comparison: str = NOT_APPLICABLE
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found, and by what.

    `match` is name for a thing that is named, `how` the sort of name; words for a text with the words; link for what
    belongs to a thing that is named, `how` the way; mention for a text with another name of it. `places` are the marks
    as characters of the document.
    """

    text: Text
    match: str
    how: str
    words: Marked
    names: tuple[Marked, ...]
    score: float | None
    places: tuple[Mark, ...] = ()

    def row(self) -> dict[str, str]:
        """The hit as text by column."""
        text = self.text
        return {
            "match": self.match,
            "how": self.how,
            "kind": text.kind,
            "iri": text.iri,
            "plan": text.plan,
            "notation": text.notation,
            "instrument": text.instrument,
            "words": self.words.words,
            "marks": as_text(self.words.marks),
            "places": as_text(self.places),
            "names": " | ".join(each.shown() for each in self.names),
            "document": text.document,
            "start": "" if text.start is None else str(text.start),
            "end": "" if text.end is None else str(text.end),
            "statement": text.statement,
            "comparison": text.comparison,
            "verification": text.verification,
            "score": "" if self.score is None else str(self.score),
        }

    def data(self) -> dict[str, object]:
        """The hit as plain data: as `row`, with numbers as numbers and each mark as start and end."""
        return {
            **self.row(),
            "start": self.text.start,
            "end": self.text.end,
            "marks": self.words.marks,
            "places": self.places,
            "names": [{"words": each.words, "marks": each.marks} for each in self.names],
            "score": self.score,
        }


COLUMNS = (
    *("match", "how", "kind", "iri", "plan", "notation", "instrument", "words", "marks", "places", "names"),
    *("document", "start", "end", "statement", "comparison", "verification", "score"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Some of `total` hits: what is named, then texts with all the words, some or none, then `linked` for its sake."""

    total: int
    matched: str
    hits: tuple[Hit, ...]
    linked: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    """A text that is a hit: its row, why it is one, and what of the index marks its words."""

    row: int
    match: str
    asked: str = ""
    how: str = ""
    name: str = ""


class Search:
    """The texts of a release in an index in memory, with their names; threads may share one."""

    def __init__(self, texts: Iterable[Text], naming: Naming, documents: Mapping[str, str]) -> None:
        self._naming, self._documents = naming, documents
        self._texts = tuple(texts)
        self._rows = {text.iri: row for row, text in enumerate(self._texts)}
        self._linked = _links(self._texts, naming.names)
        self._spoken: dict[str, dict[str, None]] = {}
        for each in naming.names:
            if each.how in _SPOKEN:
                self._spoken.setdefault(each.iri, {})[f'"{_plain(each.name).replace(chr(34), " ")}"'] = None
        self._lock = Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._index.execute(
            f"CREATE VIRTUAL TABLE texts USING fts5 (words, names, kind UNINDEXED, tokenize = '{TOKENIZER}')"
        )
        held = (
            (row, _plain(text.words), _plain("\n".join(text.names)), text.kind) for row, text in enumerate(self._texts)
        )
        self._index.execute("BEGIN")
        self._index.executemany("INSERT INTO texts (rowid, words, names, kind) VALUES (?, ?, ?, ?)", held)
        self._index.execute("COMMIT")

    def find(self, typed: str, kinds: Collection[str] = (), *, first: int = 0, count: int = 20) -> Found:
        """What is meant by words, where they stand, and what belongs to what they mean.

        What the words name comes first, each thing they may mean. Then come the texts that have all the words but those
        that are passed over, as 'of'; then, for the sake of what is named, the quotations from an instrument or for an
        action and the actions of a plan, chapter or objective, in the order of the documents, and texts with another
        name of it; if nothing is found so, the texts that have some of the words. A part in quotation marks is looked
        for as it stands, a word that ends in `*` by its beginning.

        Raises:
            UsageError: there are too many characters or words.
        """
        parts = _parts(typed, self._naming)
        named = self._naming.candidates(typed, kinds)
        taken = {self._rows[each.iri] for each in named if each.iri in self._rows}
        texts = self._ranked(" AND ".join(parts), kinds, "words", taken)
        linked = self._for_sake(self._naming.candidates(typed), kinds, {*taken, *(each.row for each in texts)})
        matched = "all" if texts else "none"
        if not (named or texts or linked) and (texts := self._ranked(" OR ".join(parts), kinds, "words", taken)):
            matched = "some"
        hits = [self._of_name(each) for each in named][first : first + count]
        begin = max(0, first - len(named))
        hits += self._hits([*texts, *linked][begin : begin + count - len(hits)])
        return Found(len(named) + len(texts) + len(linked), matched, tuple(hits), len(linked))

    def _of_name(self, each: Known) -> Hit:
        row = self._rows.get(each.iri)
        plain = Text(each.iri, each.kind, each.name, plan=each.plan)
        text = plain if row is None else self._texts[row]
        return Hit(text, "name", each.how, Marked(text.words, ()), (Marked(each.name, ((0, len(each.name)),)),), None)

    def _for_sake(self, meant: Sequence[Known], kinds: Collection[str], taken: Collection[int]) -> list[_Place]:
        """What belongs to things that are meant, each text once, without the rows that are taken."""
        found: dict[int, _Place] = {}
        for each in meant:
            for row in self._linked.get(each.iri, ()):
                if row not in taken and (not kinds or self._texts[row].kind in kinds):
                    found.setdefault(row, _Place(row, "link", how=_LINKS.get(each.kind, "part of"), name=each.name))
        phrases = dict.fromkeys(phrase for each in meant for phrase in self._spoken.get(each.iri, ()))
        return [*found.values(), *self._ranked(" OR ".join(phrases), kinds, "mention", {*taken, *found})]

    def _ranked(self, asked: str, kinds: Collection[str], match: str, taken: Collection[int]) -> list[_Place]:
        """The texts that the index finds, by rank, without the rows that are taken."""
        if not asked:
            return []
        only = f"AND kind IN ({_marks(kinds)})" if kinds else ""
        selected = f"SELECT rowid FROM texts WHERE texts MATCH ? {only} ORDER BY {_RANK}, rowid"  # noqa: S608 -- values are bound
        with self._lock:
            found = self._index.execute(selected, [asked, *kinds]).fetchall()
        return [_Place(row, match, asked) for (row,) in found if row not in taken]

    def _hits(self, places: Sequence[_Place]) -> Iterator[Hit]:
        asked: dict[str, list[int]] = {}
        for each in places:
            asked.setdefault(each.asked, []).append(each.row)
        told = {each: self._highlit(each, rows) for each, rows in asked.items()}
        for each in places:
            text = self._texts[each.row]
            if each.asked:
                rank, words, names = told[each.asked][each.row]
                of_names = tuple(name for name in map(marked, names.split("\n")) if name.marks)
                found, score = marked(words), round(-rank, 3)
                yield Hit(text, each.match, "", found, of_names, score, self._in_document(text, found))
            else:
                yield Hit(text, each.match, each.how, Marked(text.words, ()), (Marked(each.name, ()),), None)

    def _highlit(self, asked: str, among: Sequence[int]) -> dict[int, tuple[float, str, str]]:
        """The rank of each row, and its words and names with the marks as characters."""
        selected = f"""
            SELECT rowid, {_RANK}, highlight(texts, 0, ?, ?), highlight(texts, 1, ?, ?)
            FROM texts WHERE texts MATCH ? AND rowid IN ({_marks(among)})
        """  # noqa: S608 -- values are bound
        if not asked:
            return {}
        with self._lock:
            found = self._index.execute(selected, [*(OPEN, CLOSE) * 2, asked, *among]).fetchall()
        return {row: (rank, words, names) for row, rank, words, names in found}

    def _in_document(self, text: Text, words: Marked) -> tuple[Mark, ...]:
        if text.start is None or text.end is None:
            return ()
        return in_source(words, self._documents.get(text.document, ""), text.start, text.end)


def _links(texts: Sequence[Text], names: Iterable[Known]) -> dict[str, list[int]]:
    """What belongs to a thing, by its IRI: quotations to their instrument and action, actions to what they stand in."""
    instruments = {text.instrument: text.iri for text in texts if text.kind == "instrument"}
    parts = {(text.plan, text.notation): text.iri for text in texts if text.kind in ("chapter", "objective", "action")}
    parts |= {(each.name, ""): each.iri for each in names if each.kind == "plan" and each.how == "identifier"}
    found: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        owners: list[str | None] = []
        if text.kind == "quotation":
            owners = [instruments.get(text.instrument), parts.get((text.plan, text.notation))]
        elif text.kind == "action":
            owners = [parts.get((text.plan, above)) for above in _above(text.notation)]
        for owner in filter(None, owners):
            found.setdefault(owner, []).append(row)
    return found


def _above(notation: str) -> Iterator[str]:
    """The numbers of what a part of a plan stands in, up to the plan, which has none.

    >>> list(_above("2.1.2"))
    ['2.1', '2', '']
    """
    while notation:
        notation = notation.rpartition(".")[0]
        yield notation


def _parts(typed: str, naming: Naming) -> list[str]:
    """The strings of the index's query language that stand for what is typed, each quoted, so that none means more.

    Words that are passed over in names are left out here too, unless there are no others.
    """
    if len(typed) > LONGEST:
        raise UsageError(f"expected at most {LONGEST} characters to look for, found {len(typed)}")
    found = [(phrase, word) for phrase, word in _PART.findall(_plain(typed)) if _LETTER.search(phrase or word)]
    if len(found) > _MOST_WORDS:
        raise UsageError(f"expected at most {_MOST_WORDS} words to look for, found {len(found)}")
    telling = [each for each in found if each[0] or not naming.passes(each[1])]
    return [f'"{phrase or word}"{"*" if word.endswith("*") else ""}' for phrase, word in telling or found]


def _plain(text: str) -> str:
    """A text without what the index cannot hold or takes for a mark; as many characters as before."""
    return re.sub(f"[\0\ud800-\udfff{OPEN}{CLOSE}]", " ", text)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def search_of(store: Store, lookups: Mapping[str, Query], naming: Naming) -> Search:
    """The texts of a release, ready to be searched."""
    names: dict[str, list[str]] = {}
    for each in naming.names:
        if each.kind == "instrument" and each.how in ("symbol", "title", "wording"):
            names.setdefault(each.iri, []).append(each.name)
    found = (
        {**_EMPTY, **said, **row} for name, said in _TEXTS.items() for row in rows(store, lookups[name], {}).values()
    )
    texts = sorted((_text(row, names) for row in found), key=lambda each: (each.document, each.start or 0, each.iri))
    documents = {name: text_of(store, lookups, name) for name in dict.fromkeys(text.document for text in texts) if name}
    return Search(texts, naming, documents)


def _text(row: Mapping[str, str], names: Mapping[str, list[str]]) -> Text:
    known = dict.fromkeys([*filter(None, [row["citedAs"]]), *names.get(row["resource"], [])])
    known.pop(row["words"], None)
    return Text(
        iri=row["resource"],
        kind=row["class"].removeprefix(MG.iri).lower(),
        words=row["words"],
        names=tuple(known),
        plan=row["plan"],
        notation=row["notation"],
        instrument=row["instrument"],
        document=row["document"],
        start=int(row["start"]) if row["start"] else None,
        end=int(row["end"]) if row["end"] else None,
        statement=row["kind"],
        comparison=row["comparison"] or NOT_APPLICABLE,
        verification=row["verification"],
    )
