"""A worker: answers one query after the other over a store of its own view, and can be killed at any moment."""

import gc
import os
import resource
import socket
from collections.abc import Callable

import pyoxigraph as ox

from mandategraph.errors import SyntaxFault, UsageError
from mandategraph.server import answering, confinement, operation
from mandategraph.server.settings import MIB
from mandategraph.server.wire import HEAD, Job, Reply, job_of, lengths, packed_reply
from mandategraph.store.embedded import EmbeddedStore

# Beyond what it had at the start, in KiB: a worker that has grown more than this makes way for a fresh one.
_GROWN = 64 * 1024


def begun(
    opened: Callable[[], EmbeddedStore], memory: int, page: answering.Page, *, files: bool
) -> Callable[[socket.socket], None]:
    """What a worker does from its birth: is confined, opens its view of the release, and answers.

    `memory` is what a query may use beyond the release, in MiB; `files` says that the view opens files as it is read.
    What answers take is rehearsed at once, for a confined process imports no module that nobody has used before.
    """
    _rehearse(page)

    def begin(channel: socket.socket) -> None:
        confinement.without_sockets()
        store = opened()
        confinement.bounded(memory * MIB, files=files)
        work(store, channel, page)

    return begin


def _rehearse(page: answering.Page) -> None:
    """Answer a query of each kind in each form, and one that is wrong, over a small store.

    Raises:
        RuntimeError: one of them is not answered as it has to be.
    """
    store = EmbeddedStore()
    store.load("<a> <p> 'o'@en, 1, <b> .", "http://example.org/", ox.NamedNode("http://example.org/g"), in_default=True)
    queries = {"rows": "SELECT * { ?s ?p ?o }", "boolean": "ASK {}", "graph": "CONSTRUCT WHERE { ?s ?p ?o }"}
    for kind, query in queries.items():
        for media in operation.KINDS[kind]:
            for coding in ("", *answering.CODINGS):
                for text in (query, "SELECT * {} LIMIT x", "ASK { SERVICE <x:y> {} }"):
                    told = reply_to(store, Job(text, {kind: media}, MIB, coding=coding), page)
                    if told.outcome not in ("ok", "syntax"):
                        raise RuntimeError(f"{media}: {told.outcome}: {told.facts}")


def work(store: EmbeddedStore, channel: socket.socket, page: answering.Page) -> None:
    """Answer the jobs of a channel until its other end is closed."""
    start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    while True:
        head = _received(channel, HEAD)
        if head is None:
            return
        told = _received(channel, lengths(head)[0])
        if told is None:
            return
        reply = reply_to(store, job_of(told), page)
        spent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start > _GROWN
        for part in packed_reply(Reply(reply.outcome, reply.facts, reply.body, spent)):
            channel.sendall(part)
        if spent:
            return


def _received(channel: socket.socket, length: int) -> bytes | None:
    """So many bytes of a channel; None if it ends before."""
    found = bytearray()
    while len(found) < length:
        part = channel.recv(length - len(found))
        if not part:
            return None
        found += part
    return bytes(found)


def reply_to(store: EmbeddedStore, job: Job, page: answering.Page) -> Reply:
    """What becomes of a query: its answer, or what it is refused for."""
    try:
        return answering.answered(store, job, page)
    except MemoryError:
        return Reply("memory", {}, spent=True)
    except (SyntaxFault, UsageError, answering.Refusal) as error:
        return refused_reply(error)
    except Exception as error:  # noqa: BLE001 -- the last place where a fault of ours can be told to anybody
        return Reply("fault", {"told": f"{type(error).__name__}: {error}"}, spent=True)


def refused_reply(error: Exception) -> Reply:
    """What a query is refused for."""
    if isinstance(error, SyntaxFault):
        place = error.place
        facts = {"line": place.line, "column": place.column, "expected": error.expected, "found": error.found}
        return Reply("syntax", facts)
    if isinstance(error, answering.Refusal):
        return Reply(error.outcome, error.facts)
    return Reply("usage", {"detail": str(error)})


def leave(status: int = 0) -> None:
    """End this process without the parent's clean-up."""
    gc.disable()
    os._exit(status)
