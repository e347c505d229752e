"""The unread: the long answers that clients have not taken yet, in all and by client, and the room for more of them."""

from collections import Counter

from mandategraph.server.settings import MIB, Settings

# Shorter answers are not counted: a connection holds one at most.
LONG = 64 * 1024


class _Held:
    """Answers that are held, each counted once however many connections hold it."""

    def __init__(self) -> None:
        self._holders: Counter[int] = Counter()
        self.size = 0

    def growth(self, body: bytes) -> int:
        """How many bytes more it would be with an answer."""
        return 0 if id(body) in self._holders else len(body)

    def add(self, body: bytes) -> None:
        self.size += self.growth(body)
        self._holders[id(body)] += 1

    def remove(self, body: bytes) -> None:
        self._holders[id(body)] -= 1
        if not self._holders[id(body)]:
            del self._holders[id(body)]
            self.size -= len(body)


class Unread:
    """The answers on their way to clients, of `most` bytes in all and of `per_client`; one has at most `largest`."""

    def __init__(self, largest: int, per_client: int, most: int) -> None:
        self._largest, self.per_client, self.most = largest, per_client, most
        self._all = _Held()
        self._clients: dict[str, _Held] = {}

    @property
    def size(self) -> int:
        """The bytes of all answers that are not taken yet."""
        return self._all.size

    def of(self, client: str) -> int:
        """The bytes of those of a client."""
        return self._clients[client].size if client in self._clients else 0

    def may_ask(self, client: str) -> bool:
        """Whether there is room for any answer to a client."""
        return self.of(client) + self._largest <= self.per_client

    def may_have(self, client: str, body: bytes) -> bool:
        """Whether what a client leaves unread has room for an answer."""
        held = self._clients.get(client)
        return held is None or held.size + held.growth(body) <= self.per_client

    def has_room(self, body: bytes) -> bool:
        """Whether what all clients leave unread has room for an answer."""
        return self._all.size + self._all.growth(body) <= self.most

    def add(self, client: str, body: bytes) -> None:
        """An answer is on its way."""
        self._all.add(body)
        self._clients.setdefault(client, _Held()).add(body)

    def remove(self, client: str, body: bytes) -> None:
        """It has arrived, or is given up."""
        self._all.remove(body)
        self._clients[client].remove(body)
        if not self._clients[client].size:
            del self._clients[client]


def unread_of(settings: Settings) -> Unread:
    """Nothing unread yet, with the room that a service has."""
    answer = settings.limits.result * MIB
    return Unread(answer, settings.patience.unread_per_client * answer, settings.patience.unread * answer)
