"""The supervisor: holds the address, and replaces the process that serves when there is a new release or it dies.

One process tree: the supervisor, the server of the release (a generation), its nursery, the workers. A signal HUP
begins a new generation on the same address; only when it is ready is the old one told to finish what it has begun. TERM
and INT end all, gracefully.
"""

import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import suppress

from mandategraph.errors import MandategraphError
from mandategraph.server.nursery import dies_with_its_parent
from mandategraph.server.worker import leave

READY = b"ready"
_STARTING = 120.0
_PAUSE = 2.0
Serve = Callable[[socket.socket, Callable[[], None]], None]
"""Serves on a listening socket until it is told to end, calling back when it is ready."""


class Supervisor:
    """Keeps one generation serving."""

    def __init__(self, listening: socket.socket, serve: Serve, told: Callable[[str], None], drain: float) -> None:
        self._listening, self._serve, self._told, self._drain = listening, serve, told, drain
        self._woken, self._waking = os.pipe()
        for end in (self._woken, self._waking):
            os.set_blocking(end, False)
        self._leaving: set[int] = set()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until told to end.

        Raises:
            MandategraphError: the release cannot be served; what is wrong is told.
        """
        old = {number: signal.signal(number, lambda _n, _f: None) for number in _HEARD}
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        try:
            current = self._generation()
            ready()
            while True:
                heard = self._wait()
                if heard & {signal.SIGTERM, signal.SIGINT}:
                    break
                current = self._buried(current)
                if signal.SIGHUP in heard:
                    current = self._replaced(current)
            self._end({current, *self._leaving})
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in old.items():
                signal.signal(number, handler)
            os.close(self._woken)
            os.close(self._waking)

    def _wait(self) -> set[int]:
        """The signals that have come since the last time; waits for one."""
        select.select([self._woken], [], [])
        heard: set[int] = set()
        with suppress(BlockingIOError):
            while part := os.read(self._woken, 64):
                heard |= set(part)
        return heard

    def _generation(self) -> int:
        """The process of a new generation, ready to serve.

        Raises:
            MandategraphError: it could not begin.
        """
        told, telling = os.pipe()
        number = os.fork()
        if not number:
            self._be_a_generation(telling)
        os.close(telling)
        said = _said(told)
        os.close(told)
        if said == READY:
            return number
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
        os.waitpid(number, 0)
        raise MandategraphError(said.decode("utf-8", "replace") or "the server ended before it was ready")

    def _be_a_generation(self, telling: int) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in _HEARD:
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.setsid()
            dies_with_its_parent()
            self._serve(self._listening, lambda: _tell(telling, READY))
            status = 0
        except MandategraphError as error:
            _tell(telling, str(error).encode())
        except BaseException:  # noqa: BLE001 -- a fork must not return into what its parent was doing
            traceback.print_exc()
        finally:
            leave(status)

    def _replaced(self, current: int) -> int:
        """A new generation in place of the current one; the current one if there is no new one to be had."""
        try:
            fresh = self._generation()
        except MandategraphError as error:
            self._told(f"the release is not switched: {error}")
            return current
        self._leaving.add(current)
        with suppress(ProcessLookupError):
            os.kill(current, signal.SIGTERM)
        self._told("the release is switched")
        return fresh

    def _buried(self, current: int) -> int:
        """The generation that serves, a new one if the current one has died."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._leaving.discard(ended[0])
                if ended[0] == current:
                    self._told(f"the server ended with status {ended[1]}; another begins")
                    time.sleep(_PAUSE)
                    current = self._generation()
        return current

    def _end(self, numbers: set[int]) -> None:
        """Let generations finish, and stop those that take too long."""
        for number in numbers:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGTERM)
        until = time.monotonic() + self._drain + 1
        while numbers and time.monotonic() < until:
            with suppress(ChildProcessError):
                numbers = numbers - {os.waitpid(-1, os.WNOHANG)[0]}
            time.sleep(0.02)
        for number in numbers:
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)


_HEARD = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


def _tell(telling: int, what: bytes) -> None:
    """Say one thing over a pipe, and close it."""
    with suppress(OSError):
        os.write(telling, what)
        os.close(telling)


def _said(told: int) -> bytes:
    """What is said over a pipe until it is closed."""
    said = b""
    until = time.monotonic() + _STARTING
    while time.monotonic() < until:
        ready, _, _ = select.select([told], [], [], 1.0)
        if ready:
            part = os.read(told, 65536)
            if not part:
                break
            said += part
            if said == READY:
                break
    return said
