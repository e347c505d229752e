"""The cache: what is kept, what is dropped first, and that it never holds more than it may."""

from hypothesis import given
from hypothesis import strategies as st

from mandategraph.server.cache import Answer, Cache


def answer(size: int, mark: int = 0) -> Answer:
    """An answer of so many bytes."""
    return Answer("rows", "text/csv", "", bytes([mark]) * size)


def test_what_is_kept_is_given_back() -> None:
    cache = Cache(100)
    cache.put("a", answer(5))
    assert cache.get("a") == answer(5)
    assert cache.get("b") is None


def test_the_least_used_is_dropped_first() -> None:
    cache = Cache(40)
    for key in "abcd":
        cache.put(key, answer(9))
    cache.get("a")
    cache.put("e", answer(9))
    assert [key for key in "abcde" if cache.get(key)] == ["a", "c", "d", "e"]


def test_one_answer_takes_no_more_than_a_quarter() -> None:
    cache = Cache(40)
    cache.put("a", answer(9))
    cache.put("b", answer(10))
    assert (cache.get("a"), cache.get("b")) == (answer(9), None)


def test_an_empty_answer_is_one() -> None:
    cache = Cache(40)
    cache.put("a", answer(0))
    assert cache.get("a") == answer(0)


@given(
    st.integers(0, 200),
    st.lists(st.tuples(st.booleans(), st.sampled_from("abcdefgh"), st.integers(0, 60)), max_size=60),
)
def test_it_holds_what_was_put_last_and_never_more_than_it_may(most: int, steps: list[tuple[bool, str, int]]) -> None:
    cache, put = Cache(most), dict[str, Answer]()
    for mark, (writes, key, size) in enumerate(steps):
        if writes:
            given = answer(size, mark)
            cache.put(key, given)
            if (size + 1) * 4 <= most:
                put[key] = given
        assert cache.get(key) in (None, put.get(key))
        held = [found for each in put if (found := cache.get(each))]
        assert len(held) == len(cache)
        assert sum(len(each.body) + 1 for each in held) <= most
