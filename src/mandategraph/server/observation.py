"""What is observed of requests: a line of the access log for each, and figures for Prometheus."""

import hashlib
import ipaddress
import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import Message, Scope

from mandategraph.server.settings import Settings

_FACTS = "mandategraph.facts"
# A request whose client left before it was answered: no fault of ours, and no status of the registry.
_LEFT = 499
_BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


class Observation:
    """The log and the figures of one service."""

    def __init__(self, settings: Settings, written: Callable[[str], None] | None = None) -> None:
        self._settings = settings
        self._written = written or _to_standard_error
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "mandategraph_requests", "Requests answered.", ["method", "status"], registry=self._registry
        )
        self._outcomes = Counter(
            "mandategraph_queries", "Queries by what became of them.", ["outcome"], registry=self._registry
        )
        self._counters: dict[tuple[str, ...], Counter] = {}
        self._seconds = Histogram(
            "mandategraph_query_seconds", "How long queries ran.", buckets=_BUCKETS, registry=self._registry
        )
        self._gauges = Gauge(
            "mandategraph_workers", "Workers and queries by state.", ["state"], registry=self._registry
        )

    def query(self, scope: Scope, text: str) -> None:
        """Note which query a request asks: its digest, and its text only if the operator wants it."""
        facts = _facts(scope)
        facts["query"] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        if self._settings.log_queries:
            facts["text"] = text

    def outcome(self, scope: Scope, outcome: str, seconds: float | None = None) -> None:
        """Note what became of the query of a request, and how many seconds it ran."""
        _facts(scope)["outcome"] = outcome
        self._counter(self._outcomes, outcome).inc()
        if seconds is not None:
            self._seconds.observe(seconds)

    def refused(self, scope: Scope, error: Exception) -> None:
        """Note a limit for which a request is refused, if what became of it is not noted yet."""
        limit = getattr(error, "members", {}).get("limit")
        if limit and "outcome" not in _facts(scope):
            self.outcome(scope, str(limit))

    def answered(self, scope: Scope, start: Message, length: int, seconds: float) -> None:
        """Note a request that was answered."""
        status = _LEFT if _facts(scope).get("outcome") == "left" else start["status"]
        self._counter(self._requests, _method(scope["method"]), str(status)).inc()
        if not self._settings.access_log:
            return
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "client": self._client(scope),
            "method": scope["method"],
            "path": scope["path"],
            "status": status,
            "bytes": length,
            "ms": round(seconds * 1000, 1),
            **_facts(scope),
        }
        self._written(json.dumps(line))

    def _counter(self, of: Counter, *labels: str) -> Counter:
        """The counter of some labels, looked up once: the library reads the environment each time."""
        held = self._counters.get(labels)
        if held is None:
            held = self._counters[labels] = of.labels(*labels)
        return held

    def figures(self, state: Mapping[str, int]) -> bytes:
        """The figures in the text format of Prometheus; `state` is that of the workers."""
        for name, value in state.items():
            self._gauges.labels(name).set(value)
        return generate_latest(self._registry)

    def _client(self, scope: Scope) -> str:
        """The address of a client, without its last part unless the operator wants it whole."""
        address = scope["client"][0] if scope.get("client") else ""
        return address if self._settings.log_clients else shortened(address)


def shortened(address: str) -> str:
    """The network an address is in: enough to see where load comes from, too little to see who it is.

    >>> shortened("192.0.2.7"), shortened("2001:db8:1:2:3::4"), shortened("")
    ('192.0.2.0/24', '2001:db8:1::/48', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 48), strict=False))  # noqa: PLR2004 -- the version


def _facts(scope: Scope) -> dict[str, str]:
    facts: dict[str, str] = scope.setdefault(_FACTS, {})
    return facts


def _method(method: str) -> str:
    return method if method in ("GET", "HEAD", "POST", "OPTIONS") else "other"


def _to_standard_error(line: str) -> None:
    """Write a line; that nobody reads it any more costs no client its answer."""
    with suppress(OSError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()
