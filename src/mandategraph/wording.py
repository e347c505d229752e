"""Earlier wording: how much of a draft sentence quotations have already, word by word, and how strongly they speak."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from mandategraph.errors import UsageError
from mandategraph.naming import tokens
from mandategraph.queries import Query, rows
from mandategraph.stems import Stemmer
from mandategraph.store import Store
from mandategraph.vocabulary import MG

QUESTION = "Is there earlier agreed wording for a draft sentence, and how strongly does it speak?"
SCORE = (
    "Computed: no document says that a draft takes its words from a passage. The score is the share of the draft that "
    "a passage has, counted in words, by their stems, and pairs of neighbouring words, each weighed by how rare it is "
    "among the passages. 1 is all of the draft; passages with less than 0.25 are left out. The quotations are "
    "transcriptions of one document; their comparison says whether they were compared with the instrument."
)
LONGEST = 5000
LEAST = 0.25
Feature = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cue:
    """A verb that says how strongly a quotation speaks: as it stands there, its plain form, and its strength."""

    words: str
    verb: str
    strength: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation: the row of the look-up, and its cues."""

    row: Mapping[str, str]
    cues: tuple[Cue, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of a word diff: what the draft has and what the quotation has; the same if both are."""

    draft: str
    quotation: str

    @property
    def same(self) -> bool:
        """Whether the stretch is in both, case, accents and punctuation aside."""
        return tokens(self.draft) == tokens(self.quotation)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A passage that is like a draft: its first quotation and the others, the share of the draft, and the word diff."""

    quoted: Quoted
    others: tuple[Quoted, ...]
    score: float
    differences: tuple[Difference, ...]

    def row(self) -> dict[str, str]:
        """The likeness as text by column: what is quoted, and that the likeness is computed."""
        return {
            **self.quoted.row,
            "score": str(self.score),
            "timesQuoted": str(1 + len(self.others)),
            "cues": "; ".join(f"{each.verb} ({_local(each.strength)})" for each in self.quoted.cues),
            "diff": shown(self.differences),
            "kind": MG["Computed"].value,
        }

    def data(self) -> dict[str, object]:
        """The likeness as plain data: as `row`, with numbers and truths as such, cues and diff as lists."""
        return {
            **self.row(),
            "quoted": self.quoted.row["quoted"] == "true",
            "start": int(self.quoted.row["start"]),
            "end": int(self.quoted.row["end"]),
            "score": self.score,
            "timesQuoted": 1 + len(self.others),
            "cues": [asdict(each) for each in self.quoted.cues],
            "diff": [asdict(each) for each in self.differences],
            "quotations": [each.row["quotation"] for each in (self.quoted, *self.others)],
        }


COLUMNS = (
    *("score", "instrument", "title", "citedAs", "words", "quoted", "cues", "diff", "timesQuoted", "plan", "action"),
    *("quotation", "passage", "document", "start", "end", "kind", "assertedBy", "comparison", "verification"),
)


class Wordings:
    """The quotations of a release, weighed so that a draft can be held against them; threads may share one.

    A draft is taken as its words, reduced to their stems, and its pairs of neighbouring words. A word weighs
    ln((n + 1) / (d + 1)), n being the number of passages and d of those that have it; a pair weighs as much as the
    lighter of its words. The score of a passage is the weight of what it shares with the draft in the weight of the
    draft: 1 if it has all of it, 0 if nothing.
    """

    def __init__(self, quotations: Sequence[Quoted]) -> None:
        passages: dict[str, list[Quoted]] = {}
        for each in quotations:
            passages.setdefault(each.row["passage"], []).append(each)
        self._passages = tuple(passages.values())
        self._stemmer = Stemmer()
        self._held: dict[Feature, list[int]] = {}
        self._sizes: list[int] = []
        for place, stems in enumerate(self._stemmer.stems([first.row["words"] for first, *_ in self._passages])):
            self._sizes.append(len(stems))
            for feature in _features(stems):
                self._held.setdefault(feature, []).append(place)

    def like(self, draft: str, *, first: int = 0, count: int = 10) -> tuple[int, tuple[Likeness, ...]]:
        """How many passages have at least `LEAST` of a draft, and some of them: most of it first, then the shortest.

        Raises:
            UsageError: the draft has too many characters.
        """
        ranked = self._ranked(draft)
        return len(ranked), tuple(self._likeness(draft, score, place) for score, place in ranked[first : first + count])

    def _ranked(self, draft: str) -> list[tuple[float, int]]:
        if len(draft) > LONGEST:
            raise UsageError(f"expected a draft of at most {LONGEST} characters, found {len(draft)}")
        (stems,) = self._stemmer.stems([draft])
        shared: defaultdict[int, float] = defaultdict(float)
        whole = 0.0
        for feature in sorted(_features(stems)):
            weight = min(map(self._weight, feature))
            whole += weight
            for place in self._held.get(feature, ()):
                shared[place] += weight
        found = [(round(weight / whole, 3), place) for place, weight in shared.items() if whole]
        ranked = sorted(found, key=lambda each: (-each[0], self._sizes[each[1]], each[1]))
        return [each for each in ranked if each[0] >= LEAST]

    def _weight(self, stem: str) -> float:
        return math.log((len(self._passages) + 1) / (len(self._held.get((stem,), ())) + 1))

    def _likeness(self, draft: str, score: float, place: int) -> Likeness:
        first, *others = self._passages[place]
        return Likeness(first, tuple(others), score, differences(draft, first.row["words"]))


def _features(stems: Sequence[str]) -> set[Feature]:
    return {*((each,) for each in stems), *pairwise(stems)}


def differences(draft: str, quotation: str) -> tuple[Difference, ...]:
    """The word diff of a draft and a quotation; case, accents and punctuation make no difference.

    >>> [(each.draft, each.quotation) for each in differences("Train police forces.", "train the police")]
    [('Train', 'train'), ('', 'the'), ('police', 'police'), ('forces.', '')]
    """
    one, other = draft.split(), quotation.split()
    matcher = SequenceMatcher(None, [tokens(each) for each in one], [tokens(each) for each in other], autojunk=False)
    return tuple(Difference(" ".join(one[i:j]), " ".join(other[k:m])) for _, i, j, k, m in matcher.get_opcodes())


def shown(found: Iterable[Difference]) -> str:
    """A word diff as a line: what only the draft has in [-…-], what only the quotation has in {+…+}.

    >>> shown(differences("Train police forces.", "train the police"))
    'train {+the+} police [-forces.-]'
    """
    parts: list[str] = []
    for each in found:
        if each.same:
            parts.append(each.quotation)
            continue
        parts += [f"[-{each.draft}-]"] if each.draft else []
        parts += [f"{{+{each.quotation}+}}"] if each.quotation else []
    return " ".join(parts)


def wordings_of(store: Store, lookups: Mapping[str, Query]) -> Wordings:
    """The quotations of a release with their cues."""
    cues: dict[str, list[Cue]] = {}
    for row in rows(store, lookups["cues"], {}).values():
        cues.setdefault(row["quotation"], []).append(Cue(row["words"], row["verb"], row["strength"]))
    listed = rows(store, lookups["quotations"], {}).values()
    return Wordings([Quoted(row, tuple(cues.get(row["quotation"], ()))) for row in listed])


def _local(iri: str) -> str:
    return iri.removeprefix(MG.iri).lower()
