"""A store that can be made to fail: a server between the service and a real store, or between it and none."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from scripted import Reply, Request, scripted

_PASSED_ON = ("content-type", "accept", "authorization")


@dataclass
class Between:
    """Passes queries on to the address of a store, or answers itself; hangs while it is told to."""

    target: str
    address: str = ""
    reply: Reply | None = None
    hangs: bool = False
    asked: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)

    def answer(self, request: Request) -> Reply:
        """What is answered."""
        self.asked += 1
        if self.hangs:
            self.go_on.wait(60)
        if self.reply is not None:
            return self.reply
        headers = {name: value for name, value in request.headers.items() if name in _PASSED_ON}
        try:
            found = httpx.post(self.target, content=request.body, headers=headers, timeout=60)
        except httpx.HTTPError:
            return Reply(502, b"no store there", {})
        return Reply(found.status_code, found.content, {"Content-Type": found.headers.get("content-type", "")})


@contextmanager
def between(target: str) -> Iterator[Between]:
    """A server before a store."""
    made = Between(target)
    with scripted(made.answer) as server:
        made.address = f"{server.address}/query"
        try:
            yield made
        finally:
            made.go_on.set()
