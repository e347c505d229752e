"""The cache: answers as they were sent, the least used dropped first, by what they depend on and nothing else."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a query: its kind, its form, its content coding and its bytes."""

    kind: str
    media: str
    coding: str
    body: bytes


class Cache:
    """Answers by key, up to a number of bytes; one that is more than a quarter of it is not kept."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._answers: OrderedDict[str, Answer] = OrderedDict()

    def get(self, key: str) -> Answer | None:
        """The answer of a key, None if it is not held."""
        found = self._answers.get(key)
        if found:
            self._answers.move_to_end(key)
        return found

    def __contains__(self, key: str) -> bool:
        return key in self._answers

    def put(self, key: str, answer: Answer) -> None:
        """Hold an answer."""
        size = len(answer.body) + len(key)
        if size * 4 > self._most:
            return
        self._drop(key)
        self._answers[key] = answer
        self._held += size
        while self._held > self._most:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: str) -> None:
        dropped = self._answers.pop(key, None)
        if dropped:
            self._held -= len(dropped.body) + len(key)

    def __len__(self) -> int:
        return len(self._answers)
