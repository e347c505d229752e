"""What is said between the server and its workers: a query with all that its answer depends on, and the answer."""

import json
import struct
from dataclasses import dataclass, field, fields
from typing import Any

_LENGTHS = struct.Struct("!II")
HEAD = _LENGTHS.size
# Above it, to copy a body costs more than to send it by itself.
_LONG = 64 * 1024


@dataclass(frozen=True, slots=True)
class Job:
    """A query to be answered: its text, its dataset, the parameters bound, and how the answer is to be written.

    `forms` names the media type wanted for each kind of results (rows, boolean, graph); a kind that is not in it
    cannot be written as the client wants it. `most` is the size of the answer in bytes at which it is given up,
    `base` what relative IRIs of the query are resolved against.
    """

    query: str
    forms: dict[str, str]
    most: int
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    bound: dict[str, tuple[str, str]] = field(default_factory=dict)
    coding: str = ""
    base: str | None = None


_PARTS = tuple(each.name for each in fields(Job))


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a query: `ok` with its answer, or the problem it met.

    `facts` holds for an answer its kind, media type and content coding, for a problem the fields of the error.
    `spent` says that its worker ends with it, `seconds` how long it ran.
    """

    outcome: str
    facts: dict[str, Any]
    body: bytes = b""
    spent: bool = False
    seconds: float = 0.0


def packed_job(job: Job) -> bytes:
    """A job as bytes, its length first."""
    head = json.dumps({name: getattr(job, name) for name in _PARTS}).encode()
    return _LENGTHS.pack(len(head), 0) + head


def job_of(head: bytes) -> Job:
    """The job that was packed."""
    given = json.loads(head)
    given["default"], given["named"] = tuple(given["default"]), tuple(given["named"])
    given["bound"] = {name: (kind, text) for name, (kind, text) in given["bound"].items()}
    return Job(**given)


def packed_reply(reply: Reply) -> list[bytes]:
    """A reply as bytes, the lengths of its head and of its body first; in two parts if it is long."""
    told = json.dumps({"outcome": reply.outcome, "facts": reply.facts, "spent": reply.spent}).encode()
    head = _LENGTHS.pack(len(told), len(reply.body)) + told
    return [head, reply.body] if len(reply.body) > _LONG else [head + reply.body]


def reply_of(head: bytes, body: bytes) -> Reply:
    """The reply that was packed."""
    given = json.loads(head)
    return Reply(given["outcome"], given["facts"], body, given["spent"])


def lengths(start: bytes) -> tuple[int, int]:
    """How long the head and the body are that follow the first `HEAD` bytes."""
    head, body = _LENGTHS.unpack(start)
    return head, body
