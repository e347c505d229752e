"""The supervisor: holds the address, and replaces the process that serves when there is a new release or it dies.

One process tree: the supervisor, the server of the release (a generation), its nursery, the workers. A signal HUP
begins a new generation on the same address; only when it is ready is the old one told to retire. TERM and INT end all,
gracefully.
"""

import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path

from mandategraph import pid_file
from mandategraph.errors import MandategraphError
from mandategraph.server import notifying
from mandategraph.server.nursery import dies_with_its_parent
from mandategraph.server.retiring import RETIRE
from mandategraph.server.worker import leave

READY = b"ready"
_STARTING = 900.0
_PAUSE, _LONGEST = 2.0, 30.0
Serve = Callable[[socket.socket, Callable[[], None]], None]
"""Serves on a listening socket until it is told to end, calling back when it is ready."""


class Supervisor:
    """Keeps one generation serving."""

    def __init__(
        self,
        listening: socket.socket,
        serve: Serve,
        told: Callable[[str], None],
        drain: float,
        named: Path | None = None,
    ) -> None:
        self._listening, self._serve, self._told, self._drain, self._named = listening, serve, told, drain, named
        self._woken, self._waking = os.pipe()
        for end in (self._woken, self._waking):
            os.set_blocking(end, False)
        self._heard: set[int] = set()
        self._current = 0
        self._leaving: set[int] = set()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until told to end; this process is named in a pid file meanwhile, if one is wanted.

        Raises:
            MandategraphError: the release cannot be served, or the pid file not be held; what is wrong is told.
        """
        old = {number: signal.signal(number, lambda _n, _f: None) for number in _HEARD}
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        try:
            with pid_file.held(self._named) if self._named else nullcontext(), suppress(_ToldToEndError):
                self._keep_serving(ready)
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in old.items():
                signal.signal(number, handler)
            os.close(self._woken)
            os.close(self._waking)

    def _keep_serving(self, ready: Callable[[], None]) -> None:
        self._current = self._generation()
        try:
            ready()
            notifying.notify(notifying.READY)
            while True:
                # Looked at before each wait: what was heard while something else was waited for wakes no other wait.
                self._bury()
                if not self._current:
                    self._begin_again()
                elif signal.SIGHUP in self._heard:
                    self._heard.discard(signal.SIGHUP)
                    self._replace()
                else:
                    self._wait()
        except _ToldToEndError:
            notifying.notify(notifying.ENDING)
            self._listening.close()
            self._end({self._current, *self._leaving} - {0})

    def _wait(self, other: int | None = None, seconds: float | None = None) -> bool:
        """Wait for a signal, or for another file to have something to read; whether that has.

        Raises:
            _ToldToEndError: the signal is to end.
        """
        files = [self._woken] if other is None else [self._woken, other]
        ready, _, _ = select.select(files, [], [], seconds)
        with suppress(BlockingIOError):
            while part := os.read(self._woken, 64):
                self._heard |= set(part)
        if self._heard & {signal.SIGTERM, signal.SIGINT}:
            raise _ToldToEndError
        return other in ready

    def _generation(self) -> int:
        """The process of a new generation, ready to serve.

        Raises:
            MandategraphError: it could not begin.
            _ToldToEndError: there is to be none.
        """
        told, telling = os.pipe()
        number = os.fork()
        if not number:
            self._be_a_generation(telling)
        os.close(telling)
        said = b""
        try:
            said = self._said(told)
        finally:
            os.close(told)
            if said != READY:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
                os.waitpid(number, 0)
        if said == READY:
            return number
        raise MandategraphError(said.decode("utf-8", "replace") or "the server ended before it was ready")

    def _said(self, told: int) -> bytes:
        """What a new generation says until it is ready or closes its pipe."""
        said = b""
        until = time.monotonic() + _STARTING
        while said != READY and time.monotonic() < until:
            if self._wait(told, 1.0):
                part = os.read(told, 65536)
                if not part:
                    break
                said += part
        return said

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

    def _replace(self) -> None:
        """Have a new generation in place of the current one, which goes on if there is no new one to be had."""
        notifying.notify(notifying.switching())
        try:
            fresh = self._generation()
        except (MandategraphError, OSError) as error:
            self._told(f"the release is not switched: {error}")
            return
        finally:
            notifying.notify(notifying.READY)
        self._leaving.add(self._current)
        with suppress(ProcessLookupError):
            os.kill(self._current, RETIRE)
        self._current = fresh
        self._told("the release is switched")

    def _bury(self) -> None:
        """Forget generations that have ended."""
        self._heard.discard(signal.SIGCHLD)
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._leaving.discard(ended[0])
                if ended[0] == self._current:
                    self._current = 0
                    self._told(f"the server ended with status {ended[1]}; another begins")

    def _begin_again(self) -> None:
        """Have a generation in place of the one that has died, however often that has to be tried."""
        pause = _PAUSE
        while not self._current:
            self._rest(pause)
            try:
                self._current = self._generation()
            except (MandategraphError, OSError) as error:
                pause = min(2 * pause, _LONGEST)
                self._told(f"the server does not begin: {error}; it is tried again in {pause:g} seconds")

    def _rest(self, pause: float) -> None:
        """Wait so many seconds, or until told to switch, which is to try at once."""
        until = time.monotonic() + pause
        while (left := until - time.monotonic()) > 0 and signal.SIGHUP not in self._heard:
            self._wait(seconds=left)
        self._heard.discard(signal.SIGHUP)

    def _end(self, numbers: set[int]) -> None:
        """Let generations finish, and stop those that take too long."""
        for number in numbers:
            os.kill(number, signal.SIGTERM)
        until = time.monotonic() + self._drain + 1
        while numbers and time.monotonic() < until:
            numbers = numbers - {os.waitpid(-1, os.WNOHANG)[0]}
            time.sleep(0.02)
        for number in numbers:
            os.kill(number, signal.SIGKILL)


_HEARD = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


class _ToldToEndError(Exception):
    """The service is to end."""


def _tell(telling: int, what: bytes) -> None:
    """Say one thing over a pipe, and close it."""
    with suppress(OSError):
        os.write(telling, what)
        os.close(telling)
