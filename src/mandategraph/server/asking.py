"""Questions of look-ups, asked as a user's query is: by a worker, and under the limits."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import replace

import anyio.from_thread
import pyoxigraph as ox

from mandategraph.queries import Query, Rows
from mandategraph.server import problems
from mandategraph.server.budget import client_of
from mandategraph.server.runner import Runner
from mandategraph.server.service import Service
from mandategraph.server.settings import MIB, Settings
from mandategraph.server.wire import Job

CLIENT: ContextVar[str] = ContextVar("client", default="")
"""The address of the client whose request is answered; a thread that answers it has it too."""
_JSON = "application/sparql-results+json"


def through(service: Service, runner: Runner, settings: Settings) -> Service:
    """A service whose questions are asked so; from a thread of the server only."""
    limits = settings.limits

    def ask(query: Query, terms: Mapping[str, ox.NamedNode | ox.Literal]) -> Rows:
        client = client_of(CLIENT.get())
        bound = {name: _told(term) for name, term in terms.items()}
        job = Job(query.text, {"rows": _JSON}, limits.result * MIB, bound=bound)
        reply = anyio.from_thread.run(runner.run, job, client, limits.timeout)
        if reply.outcome in ("syntax", "usage", "fault", "unacceptable", "unwritable"):
            raise RuntimeError(f"{query.name}: {reply.outcome}: {reply.facts}")
        if reply.outcome != "ok":
            # What a store refuses of ours is no fault of who asks.
            raise problems.of_limit("store" if reply.outcome == "refused" else reply.outcome, limits, limits.timeout)
        found = ox.parse_query_results(reply.body, format=ox.QueryResultsFormat.JSON)
        if not isinstance(found, ox.QuerySolutions):
            raise TypeError(f"{query.name}: expected rows, found {type(found).__name__}")
        names = tuple(variable.value for variable in found.variables)
        return Rows(names, tuple(tuple(solution[name] for name in names) for solution in found))

    return replace(service, ask=ask)


def _told(term: ox.NamedNode | ox.Literal) -> tuple[str, str]:
    """A term as a job has it: parameters are IRIs or plain strings."""
    return ("iri" if isinstance(term, ox.NamedNode) else "string", term.value)
