"""The follow-up of the plan of 2012: forms that states fill in, to reports, to triples, and to who reports on what."""

from mandategraph.followup.coverage import Coverage, covered
from mandategraph.followup.form import COLUMNS
from mandategraph.followup.reading import read
from mandategraph.followup.reports import PLAN, Entry, Part, Report, State, Status
from mandategraph.followup.states import States
from mandategraph.followup.stating import state

__all__ = [
    "COLUMNS",
    "PLAN",
    "Coverage",
    "Entry",
    "Part",
    "Report",
    "State",
    "States",
    "Status",
    "covered",
    "read",
    "state",
]
