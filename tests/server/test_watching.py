"""The watch over a store: what is received is confirmed behind it, and another release is switched to."""

import asyncio
from collections.abc import Callable

import pytest

from mandategraph.errors import StoreFault, UsageError
from mandategraph.server import watching
from mandategraph.server.watching import Watch

OURS = "ours"


class Store:
    """A store that says what a test tells it to, and counts who looks and how often a switch is wanted."""

    def __init__(self) -> None:
        self.says: list[str] | Exception = [OURS]
        self.elsewhere = False
        self.looks = self.switches = 0
        self.answers = asyncio.Event()
        self.answers.set()

    async def look(self) -> list[str]:
        """What is found."""
        self.looks += 1
        says = self.says
        await self.answers.wait()
        if isinstance(says, Exception):
            raise says
        return says

    async def looked(self, times: int) -> None:
        """Wait until it has been looked at so many times."""
        while self.looks < times:  # noqa: ASYNC110 -- others count
            await asyncio.sleep(0.01)

    async def look_further(self) -> bool:
        """Whether there is any other release."""
        return self.elsewhere

    def switch(self) -> None:
        """Count."""
        self.switches += 1


def watched(test: Callable[[Store, Watch], object]) -> None:
    """Run a test of a watch over a store."""

    async def run() -> None:
        store = Store()
        found = test(store, Watch(OURS, store.look, store.look_further, store.switch))
        assert asyncio.iscoroutine(found)
        await found

    asyncio.run(run())


@pytest.mark.parametrize(
    ("says", "elsewhere", "told", "switches"),
    [
        ([OURS], False, "", 0),
        (["other"], False, "switching", 1),
        ([OURS, "other"], False, "switching", 1),
        ([], True, "switching", 1),
        ([], False, "store", 0),
        (StoreFault("x", "y", "z"), False, "store", 0),
        (UsageError("a netrc file"), False, "store", 0),
        (KeyError("a fault of ours"), False, "store", 0),
    ],
    ids=str,
)
def test_what_a_store_says_decides(
    says: list[str] | Exception,
    elsewhere: bool,  # noqa: FBT001 -- what the store holds
    told: str,
    switches: int,
) -> None:
    async def test(store: Store, watch: Watch) -> None:
        store.says, store.elsewhere = says, elsewhere
        assert await watch.confirmed() == told
        assert store.switches == switches
        # One that says nothing may hold what it held.
        assert watch.in_the_way == ("" if isinstance(says, Exception) else told)

    watched(test)


def test_a_store_that_holds_the_release_again_is_in_nobodys_way() -> None:
    async def test(store: Store, watch: Watch) -> None:
        store.says = []
        assert await watch.confirmed() == "store"
        store.says = StoreFault("x", "y", "z")
        assert await watch.confirmed() == "store"
        assert watch.in_the_way == "store"
        store.says = [OURS]
        assert await watch.confirmed() == ""
        assert watch.in_the_way == ""

    watched(test)


def test_a_look_that_is_under_way_confirms_nothing_that_came_after_it_began() -> None:
    async def test(store: Store, watch: Watch) -> None:
        store.answers.clear()
        first = asyncio.ensure_future(watch.confirmed())
        await asyncio.sleep(0.01)
        store.says = ["other"]
        later = [asyncio.ensure_future(watch.confirmed()) for _ in range(5)]
        await asyncio.sleep(0.01)
        assert store.looks == 1
        store.answers.set()
        assert await first == ""
        assert await asyncio.gather(*later) == ["switching"] * 5
        assert store.looks == 2

    watched(test)


def test_a_switch_is_wanted_again_after_a_pause_and_at_once_for_yet_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOKED_AT", 0.2)

    async def test(store: Store, watch: Watch) -> None:
        watch._pause = 0.2  # noqa: SLF001 -- what it begins with
        store.says = ["other"]
        for _ in range(3):
            assert await watch.confirmed() == "switching"
        assert store.switches == 1
        store.says = ["yet another"]
        await watch.confirmed()
        assert store.switches == 2
        await asyncio.sleep(0.5)
        await watch.confirmed()
        assert store.switches == 3

    watched(test)


def test_it_looks_on_whatever_happens(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(watching, "LOOKED_AT", 0.02)
    monkeypatch.setattr(watching, "_SOON", 0.02)

    async def test(store: Store, watch: Watch) -> None:
        looking = asyncio.ensure_future(watch.forever())
        for says in (UsageError("a file\nthat is broken"), StoreFault("x", "y", "z"), [], ["other"]):
            store.says, before = says, store.looks
            await store.looked(before + 3)
        assert store.switches >= 1
        assert not looking.done()
        looking.cancel()

    watched(test)
    assert capsys.readouterr().err.splitlines() == [
        "mandategraph: the store does not say which release it holds: UsageError: a file\\nthat is broken",
        "mandategraph: the store answers again",
        "mandategraph: the store holds none",
        "mandategraph: the store holds another release",
    ]
