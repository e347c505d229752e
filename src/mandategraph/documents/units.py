"""The notations a plan has given out, each once."""

from mandategraph.documents.lines import Cursor, Line
from mandategraph.errors import SourceError
from mandategraph.model import UnitKey
from mandategraph.places import Place


class NumberRegister:
    """Which parts of a plan have been met, and where."""

    def __init__(self) -> None:
        self._places: dict[UnitKey, Place] = {}

    def claim(self, unit: UnitKey, cursor: Cursor, line: Line) -> None:
        """Note that a part stands on a line.

        Raises:
            SourceError: the same part stood before.
        """
        place = cursor.place(line.start)
        if unit in self._places:
            earlier = self._places[unit]
            raise SourceError(place, f"a {unit.kind} number not used before ({earlier} has this one)", unit.notation)
        self._places[unit] = place
