"""Full text: the words a person looks for, and the quotations, parts of plans, paragraphs and instruments with them."""

import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

from mandategraph.errors import UsageError
from mandategraph.naming import Known, Naming
from mandategraph.queries import Query, rows
from mandategraph.stems import TOKENIZER
from mandategraph.store import Store
from mandategraph.vocabulary import MG

QUESTION = "Which quotations, actions, paragraphs and instruments have these words or are named by them?"
KINDS = ("quotation", "action", "objective", "chapter", "paragraph", "element", "instrument")
LONGEST = 500
_MOST_WORDS = 32
_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_LETTER = re.compile(r"[^\W_]")
# Private-use characters cannot be told from words of the texts: none has any, and what has loses it.
_OPEN, _CLOSE = "\ue000", "\ue001"
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """Words that can be found, and where they stand; `start` and `end` are None where a table has them, no document."""

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
    statement: str = ""
    comparison: str = ""
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """Words with the places that match, as characters of them."""

    words: str
    marks: tuple[Mark, ...]

    def shown(self) -> str:
        """The words with a star before and behind each match.

        >>> Marked("in prison", ((3, 9),)).shown()
        'in *prison*'
        """
        parts, at = [], 0
        for start, end in self.marks:
            parts += [self.words[at:start], f"*{self.words[start:end]}*"]
            at = end
        return "".join([*parts, self.words[at:]])


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found: a thing that is named (`match` is name, `how` the sort of name), or a text with the words."""

    text: Text
    match: str
    how: str
    words: Marked
    names: tuple[Marked, ...]
    score: float | None

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
            "marks": " ".join(f"{start}-{end}" for start, end in self.words.marks),
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
            "names": [{"words": each.words, "marks": each.marks} for each in self.names],
            "score": self.score,
        }


COLUMNS = (
    *("match", "how", "kind", "iri", "plan", "notation", "instrument", "words", "marks", "names"),
    *("document", "start", "end", "statement", "comparison", "verification", "score"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """Some of `total` hits: what is named first, then texts by rank, which have all the words, some, or are none."""

    total: int
    matched: str
    hits: tuple[Hit, ...]


class Search:
    """The texts of a release in an index in memory, with their names; threads may share one."""

    def __init__(self, texts: Iterable[Text], naming: Naming) -> None:
        self._naming = naming
        self._texts = tuple(texts)
        self._rows = {text.iri: row for row, text in enumerate(self._texts)}
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
        """What is meant by words, and where they stand.

        What the words name comes first, each thing they may mean. Then come the texts that have all the words but those
        that are passed over, as 'of'; if nothing is named or found so, those that have some. A part in quotation marks
        is looked for as it stands, a word that ends in `*` by its beginning.

        Raises:
            UsageError: there are too many characters or words.
        """
        parts = _parts(typed, self._naming)
        named = self._naming.candidates(typed, kinds)
        asked, matched = " AND ".join(parts), "none"
        if total := self._count(asked, kinds, named):
            matched = "all"
        elif not named:
            asked = " OR ".join(parts)
            if total := self._count(asked, kinds, named):
                matched = "some"
        hits = [self._of_name(each) for each in named][first : first + count]
        if total and len(hits) < count:
            hits += self._page(asked, kinds, named, max(0, first - len(named)), count - len(hits))
        return Found(len(named) + total, matched, tuple(hits))

    def _of_name(self, each: Known) -> Hit:
        row = self._rows.get(each.iri)
        plain = Text(each.iri, each.kind, each.name, plan=each.plan)
        text = plain if row is None else self._texts[row]
        return Hit(text, "name", each.how, Marked(text.words, ()), (Marked(each.name, ((0, len(each.name)),)),), None)

    def _where(self, asked: str, kinds: Collection[str], named: Iterable[Known]) -> tuple[str, list[str | int]]:
        apart = [self._rows[each.iri] for each in named if each.iri in self._rows]
        clauses = ["texts MATCH ?", f"rowid NOT IN ({_marks(apart)})"]
        if kinds:
            clauses.append(f"kind IN ({_marks(kinds)})")
        return " AND ".join(clauses), [asked, *apart, *kinds]

    def _count(self, asked: str, kinds: Collection[str], named: Iterable[Known]) -> int:
        if not asked:
            return 0
        where, values = self._where(asked, kinds, named)
        with self._lock:
            counted: tuple[int] = self._index.execute(f"SELECT count(*) FROM texts WHERE {where}", values).fetchone()  # noqa: S608 -- values are bound
        return counted[0]

    def _page(
        self, asked: str, kinds: Collection[str], named: Iterable[Known], first: int, count: int
    ) -> Iterator[Hit]:
        where, values = self._where(asked, kinds, named)
        selected = f"""
            SELECT rowid, bm25(texts, 1.0, 0.5) AS rank, highlight(texts, 0, ?, ?), highlight(texts, 1, ?, ?)
            FROM texts WHERE {where} ORDER BY rank, rowid LIMIT ? OFFSET ?
        """  # noqa: S608 -- values are bound
        with self._lock:
            found = self._index.execute(selected, [*(_OPEN, _CLOSE) * 2, *values, count, first]).fetchall()
        for row, rank, words, names in found:
            of_names = tuple(each for each in map(_marked, names.split("\n")) if each.marks)
            yield Hit(self._texts[row], "words", "", _marked(words), of_names, round(-rank, 3))


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
    return re.sub(f"[\0\ud800-\udfff{_OPEN}{_CLOSE}]", " ", text)


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _marked(highlighted: str) -> Marked:
    """Words and marks of a text in which the marks stand as characters."""
    words, marks, start = "", [], 0
    for part in re.split(f"([{_OPEN}{_CLOSE}])", highlighted):
        if part == _OPEN:
            start = len(words)
        elif part == _CLOSE:
            marks.append((start, len(words)))
        else:
            words += part
    return Marked(words, tuple(marks))


def search_of(store: Store, lookups: Mapping[str, Query], naming: Naming) -> Search:
    """The texts of a release, ready to be searched."""
    names: dict[str, list[str]] = {}
    for each in naming.names:
        if each.kind == "instrument" and each.how in ("symbol", "title", "wording"):
            names.setdefault(each.iri, []).append(each.name)
    return Search((_text(row, names) for row in rows(store, lookups["texts"], {}).values()), naming)


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
        comparison=row["comparison"],
        verification=row["verification"],
    )
