"""The budget: how much query time each client has left; it fills up again as time passes."""

import ipaddress
import time
from collections.abc import Callable
from functools import lru_cache

_MOST_CLIENTS = 10_000


class Budget:
    """Query time by client: at most `most` seconds, regained at the rate of `most` a minute.

    A client is its address; of IPv6 its network of 64 bits, for one subscriber has so many addresses.
    """

    def __init__(self, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._spent: dict[str, tuple[float, float]] = {}
        self._room = _MOST_CLIENTS

    def _owed(self, client: str) -> float:
        """The seconds a client has used and not yet regained."""
        spent, at = self._spent.get(client, (0.0, 0.0))
        return max(0.0, spent - (self._clock() - at) * self._most / 60)

    def wait(self, client: str) -> float:
        """How many seconds a client has to wait before its next query; 0 if it has time left."""
        over = self._owed(client) - self._most
        return max(0.0, over * 60 / self._most)

    def charge(self, client: str, seconds: float) -> None:
        """Take query time from a client; what it overdraws it waits for."""
        self._spent[client] = (self._owed(client) + seconds, self._clock())
        if len(self._spent) > self._room:
            self._spent = {each: held for each, held in self._spent.items() if self._owed(each) > 0}
            # Looking at all of them is worth it only when there are many more than were left.
            self._room = max(_MOST_CLIENTS, 2 * len(self._spent))


@lru_cache(maxsize=4096)
def client_of(address: str | None) -> str:
    """The client that an address stands for.

    >>> client_of("192.0.2.7"), client_of("2001:db8:1:2:3::4"), client_of(None)
    ('192.0.2.7', '2001:db8:1:2::/64', '')
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return (
            client_of(str(found.ipv4_mapped))
            if found.ipv4_mapped
            else str(ipaddress.ip_network((found, 64), strict=False))
        )
    return str(found)
