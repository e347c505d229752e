"""Whether a store elsewhere still holds the release that is served from it: looked at behind each answer, and idly."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from enum import Enum

from mandategraph.server.telling import tell

LOOKED_AT = 10.0
_SOON = 1.0
_LONGEST = 60.0


class Holds(Enum):
    """What a store holds: the release that is served, another, none; or it says nothing."""

    THIS = ""
    OTHER = "switching"
    NONE = "store"
    SILENT = "silent"


class Watch:
    """Watches a store; to be used in one event loop.

    `look` finds the digest of the release where that of this one stands, `look_further` whether there is any other.
    `switch` has the release switched that is served.
    """

    def __init__(
        self,
        digest: str,
        look: Callable[[], Awaitable[list[str]]],
        look_further: Callable[[], Awaitable[bool]],
        switch: Callable[[], None],
    ) -> None:
        self._digest, self._look, self._look_further, self._switch = digest, look, look_further, switch
        self._holds, self._silent = Holds.THIS, False
        self._running: asyncio.Future[Holds] | None = None
        self._next: asyncio.Future[Holds] | None = None
        self._again, self._pause = 0.0, LOOKED_AT
        self._found_last: list[str] = []
        self._switched_for: list[str] = []

    @property
    def in_the_way(self) -> str:
        """Why nothing can be answered from the store, as far as is known: `switching`, `store`, or nothing."""
        return self._holds.value

    async def confirmed(self) -> str:
        """Why what has been received from the store is not to be given on: `switching`, `store`, or nothing.

        The store is asked after this is called; those who call while an earlier look is under way share the next.
        """
        found = await self._looked()
        return Holds.NONE.value if found is Holds.SILENT else found.value

    async def forever(self) -> None:
        """Look again and again, also while nobody asks: sooner while the store does not hold the release."""
        while True:
            await asyncio.sleep(LOOKED_AT if self._holds is Holds.THIS else _SOON)
            await self._looked()

    async def _looked(self) -> Holds:
        if self._next is None:
            self._next = asyncio.ensure_future(self._after(self._running))
        return await asyncio.shield(self._next)

    async def _after(self, before: asyncio.Future[Holds] | None) -> Holds:
        if before is not None:
            await asyncio.wait({before})
        self._running, self._next = self._next, None
        found = await self._found()
        self._note(found)
        return found

    async def _found(self) -> Holds:
        try:
            self._found_last = found = await self._look()
            if found == [self._digest]:
                holds = Holds.THIS
            else:
                holds = Holds.OTHER if found or await self._look_further() else Holds.NONE
        except Exception as error:  # noqa: BLE001 -- whatever it is: who watches goes on watching
            if not self._silent:
                tell(f"the store does not say which release it holds: {type(error).__name__}: {error}")
            self._silent = True
            return Holds.SILENT
        if self._silent:
            tell("the store answers again")
        self._silent = False
        return holds

    def _note(self, found: Holds) -> None:
        """Remember what the store holds; if that is another release, have it switched to, and again after a pause."""
        if found is Holds.SILENT:
            return
        if found is not self._holds:
            told = {Holds.THIS: "again the release that is served", Holds.OTHER: "another release", Holds.NONE: "none"}
            tell(f"the store holds {told[found]}")
        self._holds = found
        if found is not Holds.OTHER:
            self._again, self._pause = 0.0, LOOKED_AT
        elif time.monotonic() >= self._again or self._found_last != self._switched_for:
            self._switched_for = self._found_last
            self._again = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, _LONGEST)
            self._switch()
