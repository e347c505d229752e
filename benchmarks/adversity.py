"""How a light query fares while eight hostile ones run, and when a runaway one stops."""

import json
import time
from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass, field
from threading import Event, Thread

import driver
import suite
from driver import Load, Measured
from peers import Peer

_LIGHT_PAUSE, _HEAD_START = 0.01, 0.3


@dataclass(slots=True)
class Beside:
    """A light query alone and beside hostile ones, and what became of these."""

    alone: Measured
    beside: Measured
    ends: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Stopped:
    """A runaway query: its limit, when its answer came, what that was, and the processors it kept busy afterwards."""

    limit: float
    seconds: float
    end: str
    busy: float


def beside(peer: Peer, executor: Executor, seconds: float, patience: float) -> Beside:
    """How long a light query takes alone, and beside eight hostile ones of another address, begun anew as they end."""
    sent = peer.request(suite.LIGHT)
    load = Load(peer.port, sent, 1, seconds, seconds, pause=_LIGHT_PAUSE)
    alone = executor.submit(driver.driven, load).result()
    over = Event()
    ends: Counter[str] = Counter()
    threads = [Thread(target=_hostile, args=(peer, query, over, ends, patience)) for query in suite.HOSTILE]
    for thread in threads:
        thread.start()
    time.sleep(_HEAD_START)
    found = Beside(alone, executor.submit(driver.driven, load).result(), ends)
    over.set()
    for thread in threads:
        thread.join()
    return found


def _hostile(peer: Peer, query: str, over: Event, ends: Counter[str], patience: float) -> None:
    while not over.is_set():
        answer = peer.asked(query, patience)
        ends[ending(answer)] += 1
        if answer is None or answer.seconds < _HEAD_START:
            over.wait(_HEAD_START)


def ending(answer: driver.Answer | None) -> str:
    """What became of a query, in a few words."""
    if answer is None:
        return "no answer"
    if answer.status == driver.OK:
        try:
            json.loads(answer.body)
        except ValueError:
            return "200, cut off"
        return "200"
    try:
        limit = json.loads(answer.body)["limit"]
    except (ValueError, KeyError, TypeError):
        return str(answer.status)
    return f"{answer.status} {limit}"


def stopped(peer: Peer, limit: float, patience: float) -> Stopped:
    """When a runaway query stops whose limit is this, and what goes on after its answer."""
    began = time.monotonic()
    answer = peer.asked(suite.RUNAWAY, patience)
    seconds = time.monotonic() - began
    since, spent = time.monotonic(), peer.processor_seconds()
    time.sleep(0.5)
    busy = max(0.0, peer.processor_seconds() - spent) / (time.monotonic() - since)
    return Stopped(limit, seconds, ending(answer), busy)
