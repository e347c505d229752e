"""The nursery: a process that holds the loaded release and forks workers from it, so that all share its memory.

It is forked from the server before the server has any thread. Over a channel it is told `fork`, `slow PID` and
`kill PID`, and tells `born PID` (with the worker's channel) and `died PID SIGNAL`. Only it waits for workers, so a
number it is told to kill is never that of another process. When its channel ends, it kills its workers and ends.
"""

import ctypes
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress

from mandategraph.server import worker

_PR_SET_PDEATHSIG = 1
# Workers stand behind the server, which has to answer everybody; those that run on get what nobody else wants.
_NICE = 10
MESSAGE = 64


def planted(work: Callable[[socket.socket], None]) -> tuple[int, socket.socket]:
    """The number of a new nursery's process, and the channel to it; `work` is what a worker does with its own."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    number = os.fork()
    if number:
        theirs.close()
        return number, ours
    ours.close()
    try:
        _Nursery(theirs, work).tend()
    finally:
        worker.leave()
    raise AssertionError


def dies_with_its_parent() -> None:
    """Have the kernel kill this process when its parent dies; without effect where there is no such call."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


class _Nursery:
    def __init__(self, channel: socket.socket, work: Callable[[socket.socket], None]) -> None:
        self._channel, self._work = channel, work
        self._children: set[int] = set()
        self._woken, self._waking = os.pipe()

    def tend(self) -> None:
        dies_with_its_parent()
        _only_these_files({self._channel.fileno(), self._woken, self._waking})
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.set_blocking(self._waking, False)
        os.set_blocking(self._woken, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        heard = self._channel.fileno()
        while True:
            ready, _, _ = select.select([heard, self._woken], [], [])
            if self._woken in ready:
                self._bury()
            if heard in ready and not self._obey():
                break
        for child in self._children:
            os.kill(child, signal.SIGKILL)

    def _obey(self) -> bool:
        """Do what the next message says; False if there will be none."""
        order, _, number = self._channel.recv(MESSAGE).decode().partition(" ")
        if order == "fork":
            self._bear()
        elif order == "kill" and int(number) in self._children:
            os.kill(int(number), signal.SIGKILL)
        elif order == "slow" and int(number) in self._children:
            os.sched_setscheduler(int(number), os.SCHED_IDLE, os.sched_param(0))
        return bool(order)

    def _bear(self) -> None:
        ours, theirs = socket.socketpair()
        child = os.fork()
        if not child:
            self._be_a_worker(theirs)
        theirs.close()
        self._children.add(child)
        with suppress(BrokenPipeError), ours:
            socket.send_fds(self._channel, [f"born {child}".encode()], [ours.fileno()])

    def _be_a_worker(self, channel: socket.socket) -> None:
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            for number in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            dies_with_its_parent()
            os.nice(_NICE)
            _only_these_files({channel.fileno()})
            _silent()
            self._work(channel)
            status = 0
        finally:
            worker.leave(status)

    def _bury(self) -> None:
        """Tell which workers have died, and of what signal."""
        with suppress(BlockingIOError):
            while os.read(self._woken, 4096):
                pass
        for child in list(self._children):
            number, status = os.waitpid(child, os.WNOHANG)
            if number:
                self._children.discard(child)
                ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                with suppress(BrokenPipeError):
                    self._channel.send(f"died {child} {ended}".encode())


def _only_these_files(kept: set[int]) -> None:
    """Close every file but the standard ones and these."""
    last = 2
    for number in sorted(kept):
        os.closerange(last + 1, number)
        last = number
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def _silent() -> None:
    """Send what this process prints nowhere: the engine tells its end to standard error."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    sys.stdin = sys.stdout = sys.stderr = None
