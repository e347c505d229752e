"""The budget: what a client has left, how long it waits, and who a client is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mandategraph.server.budget import Budget, client_of


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.asked = 0

    def __call__(self) -> float:
        """The time."""
        self.asked += 1
        return self.now


def test_a_client_waits_until_it_has_regained_what_it_overdrew() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    assert budget.wait("a") == 0
    budget.charge("a", 60)
    assert budget.wait("a") == 0
    budget.charge("a", 30)
    assert (budget.wait("a"), budget.wait("b")) == (30, 0)
    clock.now = 20
    assert budget.wait("a") == 10
    clock.now = 30
    assert budget.wait("a") == 0


def test_the_budget_is_regained_within_a_minute() -> None:
    clock = Clock()
    budget = Budget(10, clock)
    budget.charge("a", 10)
    clock.now = 30
    budget.charge("a", 5)
    assert budget.wait("a") == 0
    budget.charge("a", 1)
    assert budget.wait("a") == pytest.approx(6)
    clock.now = 1000
    budget.charge("a", 10)
    assert budget.wait("a") == 0


def test_those_who_owe_nothing_are_forgotten() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    for number in range(10_000):
        budget.charge(f"early {number}", 1)
    clock.now = 2
    budget.charge("late", 90)
    assert budget.wait("late") == 30
    assert len(vars(budget)["_spent"]) == 1


def test_many_who_owe_are_not_looked_at_with_each_charge() -> None:
    clock = Clock()
    budget = Budget(60, clock)
    for number in range(25_000):
        budget.charge(f"{number}", 1)
    looked_at = clock.asked
    for number in range(1_000):
        budget.charge(f"{number}", 1)
    assert clock.asked - looked_at < 10_000


charges = st.tuples(st.sampled_from("abc"), st.floats(0, 50), st.floats(0, 40))


@given(st.floats(0.5, 200), st.lists(charges, max_size=30))
def test_a_client_that_waits_as_told_is_served(most: float, charged: list[tuple[str, float, float]]) -> None:
    clock = Clock()
    budget = Budget(most, clock)
    for client, seconds, later in charged:
        others = {each: budget.wait(each) for each in "abc" if each != client}
        budget.charge(client, seconds)
        assert {each: budget.wait(each) for each in others} == others
        wait = budget.wait(client)
        assert wait >= 0
        clock.now += wait
        assert budget.wait(client) == pytest.approx(0, abs=1e-6)
        clock.now += later


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_client_is_its_address_or_its_network(address: str | None, client: str) -> None:
    assert client_of(address) == client
