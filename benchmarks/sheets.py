"""Tables of figures, for a terminal and as Markdown."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table


@dataclass(slots=True)
class Sheet:
    """A table: what it shows, its columns and its rows."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [f"**{self.title}**", "", _line(self.columns), _line(["---"] * len(self.columns))]
        return "\n".join([*lines, *map(_line, self.rows)]) + "\n"

    def show(self, console: Console) -> None:
        """Print the table."""
        table = Table(*self.columns, title=self.title, title_justify="left", box=None, pad_edge=False)
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        console.print()


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(each.replace('|', '&#124;') for each in cells)} |"


def mean(ratios: Iterable[float]) -> float:
    """The geometric mean of those that are there."""
    logs = [math.log(each) for each in ratios if math.isfinite(each) and each > 0]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def figure(value: float, unit: str = "") -> str:
    """A figure with three digits; a dash where there is none."""
    if not math.isfinite(value):
        return "—"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2  # noqa: PLR2004 -- three digits
    return f"{value:.{digits}f}{unit}"
