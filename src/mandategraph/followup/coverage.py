"""Coverage: which states report on which actions, and with which status."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mandategraph.followup.reports import PLAN, Part, Report, State, Status


@dataclass(frozen=True, slots=True)
class Coverage:
    """The actions of the plan and the reports on them; an action that a state names in a report is reported on."""

    actions: Mapping[str, str]
    reports: tuple[Report, ...]

    @property
    def states(self) -> tuple[State, ...]:
        """The states that report, by code."""
        return tuple(sorted({each.state for each in self.reports}))

    def of(self, state: State) -> tuple[Report, ...]:
        """The reports of a state, by period."""
        return tuple(each for each in self.reports if each.state == state)

    def statuses(self, action: str, state: State) -> dict[str, Status]:
        """What a state says of an action, by the period of the report that says it."""
        return {
            report.period: entry.status
            for report in self.of(state)
            for entry in report.entries
            if entry.action == action
        }

    def reporting(self, action: str) -> int:
        """How many states report on an action."""
        return sum(bool(self.statuses(action, state)) for state in self.states)

    def reported(self, state: State) -> int:
        """How many actions a state reports on."""
        return len({entry.action for report in self.of(state) for entry in report.entries})

    @property
    def unreported(self) -> tuple[str, ...]:
        """The actions that no state reports on."""
        return tuple(action for action in self.actions if not self.reporting(action))

    def rows(self) -> tuple[tuple[str, ...], list[dict[str, str]]]:
        """The columns and rows of a table: an action a row, a state a column."""
        columns = ("action", "states", *(state.code for state in self.states))
        listed = [
            {
                "action": action,
                "states": str(self.reporting(action)),
                **{state.code: self._cell(action, state) for state in self.states},
            }
            for action in self.actions
        ]
        return columns, listed

    def _cell(self, action: str, state: State) -> str:
        several = len(self.of(state)) > 1
        found = self.statuses(action, state).items()
        return "; ".join(f"{period}: {status}" if several else str(status) for period, status in found)

    def data(self) -> dict[str, object]:
        """The coverage as plain data."""
        return {
            "plan": PLAN,
            "actions": [
                {
                    "action": action,
                    "words": words,
                    "states": self.reporting(action),
                    "statuses": [
                        {"state": state.code, "period": period, "status": str(status)}
                        for state in self.states
                        for period, status in self.statuses(action, state).items()
                    ],
                }
                for action, words in self.actions.items()
            ],
            "states": [
                {
                    "state": state.code,
                    "name": state.name,
                    "periods": [report.period for report in self.of(state)],
                    "actions": self.reported(state),
                    "of": len(self.actions),
                }
                for state in self.states
            ],
            "unreported": list(self.unreported),
        }


def covered(parts: Mapping[str, Part], reports: Iterable[Report]) -> Coverage:
    """The coverage of the actions among the parts of the plan."""
    return Coverage({name: each.words for name, each in parts.items() if each.kind == "action"}, tuple(reports))
