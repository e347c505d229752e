"""The states of ISO 3166-1, found by code or by name."""

import unicodedata
from functools import cached_property

from mandategraph.errors import nearest
from mandategraph.followup.reports import State
from mandategraph.model import folded

_NAMES = ("alpha_2", "alpha_3", "name", "official_name", "common_name")


class States:
    """All countries of ISO 3166-1 by each of their names; they are loaded when the first is looked for."""

    @cached_property
    def _known(self) -> dict[str, State]:
        import pycountry

        found: dict[str, State] = {}
        for each in pycountry.countries:
            state = State(each.alpha_2, getattr(each, "common_name", each.name))
            for field in _NAMES:
                name = getattr(each, field, "")
                if name:
                    found[_key(name)] = state
        return found

    def named(self, text: str) -> State | None:
        """The state with a code or a name, if there is one; case and accents do not matter.

        >>> States().named("BRA"), States().named("mexico"), States().named("Atlantis")
        (State(code='BR', name='Brazil'), State(code='MX', name='Mexico'), None)
        """
        return self._known.get(_key(text))

    def nearest(self, text: str) -> list[str]:
        """The names nearest to a text, each with its code.

        >>> States().nearest("Brasil")[0]
        'Brazil (BR)'
        """
        found = [self._known[key] for key in nearest(_key(text), self._known)]
        return [f"{state.name} ({state.code})" for state in dict.fromkeys(found)]


def _key(name: str) -> str:
    plain = unicodedata.normalize("NFKD", folded(name).casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))
