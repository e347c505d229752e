"""Turns: bounded in all, in who waits and by client, and given back whatever happens."""

import asyncio
from contextlib import suppress

import pytest

from mandategraph.server.turns import RefusedError, Turns


async def inside(turns: Turns, client: str, left: asyncio.Event, limit: float = 5) -> str:
    """What becomes of a client who stays inside until an event."""
    try:
        async with turns.of(client, limit):
            await left.wait()
    except RefusedError as refused:
        return refused.limit
    return "ok"


async def begun(turns: Turns, clients: str, left: asyncio.Event, limit: float = 5) -> list[asyncio.Task[str]]:
    """The visits of clients, each named by a letter, that have begun."""
    tasks = [asyncio.create_task(inside(turns, client, left, limit)) for client in clients]
    await asyncio.sleep(0.01)
    return tasks


@pytest.mark.parametrize(
    ("clients", "expected"),
    [("abc", ["ok"] * 3), ("abcdef", ["ok"] * 5 + ["queue"]), ("aaaaaa", ["ok"] * 4 + ["client"] * 2)],
)
def test_too_many_are_refused(clients: str, expected: list[str]) -> None:
    async def test() -> None:
        turns, left = Turns(3, 2, 4), asyncio.Event()
        tasks = await begun(turns, clients, left)
        left.set()
        assert [await each for each in tasks] == expected
        assert turns.state() == {"busy": 0, "waiting": 0}

    asyncio.run(test())


def test_one_client_leaves_a_place_to_the_others() -> None:
    async def test() -> None:
        turns, left = Turns(3, 9, 9), asyncio.Event()
        tasks = await begun(turns, "aaaa", left)
        assert turns.state() == {"busy": 2, "waiting": 2}
        tasks += await begun(turns, "b", left)
        assert turns.state() == {"busy": 3, "waiting": 2}
        left.set()
        assert await asyncio.gather(*tasks) == ["ok"] * 5

    asyncio.run(test())


def test_who_waits_too_long_or_leaves_gives_up_the_turn() -> None:
    async def test() -> None:
        turns, left = Turns(1, 9, 9), asyncio.Event()
        tasks = await begun(turns, "a", left)
        late = await begun(turns, "bc", left, 0.1)
        gone = (await begun(turns, "d", left))[0]
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        assert [await each for each in late] == ["queue"] * 2
        assert turns.state() == {"busy": 1, "waiting": 0}
        left.set()
        assert await tasks[0] == "ok"
        async with turns.of("e", 3) as remaining:
            assert 2.9 < remaining <= 3

    asyncio.run(test())
