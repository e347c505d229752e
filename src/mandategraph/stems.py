"""Stems: the words of a text as the full-text index has them, case, accents and English endings folded away."""

import sqlite3
from collections.abc import Sequence
from threading import Lock

TOKENIZER = "porter unicode61 remove_diacritics 2"


class Stemmer:
    """Finds stems, with the tokenizer of the index itself; one may be shared by threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._held.execute(f"CREATE VIRTUAL TABLE texts USING fts5 (words, tokenize = '{TOKENIZER}')")
        self._held.execute("CREATE VIRTUAL TABLE stems USING fts5vocab (texts, 'instance')")

    def stems(self, texts: Sequence[str]) -> list[list[str]]:
        """The stems of each text, in order.

        >>> Stemmer().stems(["Strengthening prisons", "Años"])
        [['strengthen', 'prison'], ['ano']]
        """
        with self._lock:
            rows = enumerate(text.encode(errors="replace").decode() for text in texts)
            self._held.executemany("INSERT INTO texts (rowid, words) VALUES (?, ?)", rows)
            found: list[list[str]] = [[] for _ in texts]
            for text, stem in self._held.execute('SELECT doc, term FROM stems ORDER BY doc, "offset"'):
                found[text].append(stem)
            self._held.execute("DELETE FROM texts")
        return found
