"""The confinement of a worker: what the kernel refuses a process from then on, whatever its query makes it do.

No socket is made, by a filter of system calls (seccomp) where the kernel has one; where a store needs no file opened
any more, no file is opened either, which refuses sockets anywhere. No file grows, memory is bounded, and no core is
written.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
from contextlib import suppress

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _FILTER = 38, 22, 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000
# By machine: what the kernel calls its architecture, and its numbers of socket, connect and io_uring_setup.
_CALLS = {"x86_64": (0xC000003E, (41, 42, 425)), "aarch64": (0xC00000B7, (198, 203, 425))}


def without_sockets() -> bool:
    """Have the kernel refuse this process every new socket; whether it does.

    To be called before the process has other threads: those begun later are held to it too.
    """
    calls = _CALLS.get(platform.machine())
    if calls is None:
        return False
    program = _program(*calls)
    held = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    with suppress(OSError, AttributeError):
        kernel = ctypes.CDLL(None, use_errno=True)
        if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            return bool(kernel.prctl(_PR_SET_SECCOMP, _FILTER, ctypes.c_char_p(described), 0, 0) == 0)
    return False


def can_refuse_sockets() -> bool:
    """Whether this kernel can keep a process from sockets; tried in a process of its own, which ends with it."""
    number = os.fork()
    if not number:
        os._exit(0 if without_sockets() else 1)
    return os.waitpid(number, 0)[1] == 0


def _program(architecture: int, calls: tuple[int, ...]) -> bytes:
    """The filter: calls of another architecture and those named are refused, all others allowed."""
    refuse = len(calls) + 3
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 0, refuse, architecture),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, refuse - 2, 0, _X32),
        *((_EQUAL, refuse - 3 - index, 0, call) for index, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def bounded(memory: int, *, files: bool) -> None:
    """Bound what this process may use: so many bytes of memory beyond what it has, and new files only if `files`."""
    allowed = _virtual() + memory
    resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if not files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def _virtual() -> int:
    """The virtual memory of this process, in bytes; without Linux's account of it what was resident at most."""
    try:
        with open("/proc/self/statm", "rb") as told:  # noqa: PTH123 -- a file of the kernel
            return int(told.read().split()[0]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
