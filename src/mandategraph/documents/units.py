"""The notations a plan has given out, each once."""

from mandategraph.documents.lines import Cursor, Line
from mandategraph.errors import SourceError
from mandategraph.model import UnitKey
from mandategraph.places import Place


class NumberRegister:
    """Which parts of a plan have been met, and where."""

    def __init__(self) -> None:
        self._places: dict[UnitKey, Place] = {}

    def claim(self, unit: UnitKey, cursor: Cursor, line: Line) -> list[SourceError]:
        """Note that a part stands on a line; the fault if the same part stood before."""
        place = cursor.place(line.start)
        earlier = self._places.setdefault(unit, place)
        if earlier == place:
            return []
        article = "an" if unit.kind.value[0] in "aeiou" else "a"
        expected = f"{article} {unit.kind} number not used before ({earlier} has this one)"
        return [SourceError(place, expected, unit.notation)]
