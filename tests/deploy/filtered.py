"""Runs a command as a unit of systemd would: calls it filters out are refused, and so are other address families.

    python filtered.py NAMES COMMAND...

NAMES is a file with the names of the calls that are allowed. Memory that is both written and run is refused too where
the kernel can (PR_SET_MDWE, Linux 6.3).
"""

import ctypes
import os
import re
import struct
import sys
from pathlib import Path

HEADER = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
_NO_NEW_PRIVS, _SECCOMP, _FILTER, _MDWE = 38, 22, 2, 65
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x25, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_X86_64, _SOCKET, _FAMILIES = 0xC000003E, 41, (1, 2, 10)
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000 | 1, 0x80000000


def numbers() -> dict[str, int]:
    """The calls of this kernel's interface, by name."""
    found = re.findall(r"^#define __NR_(\w+) (\d+)$", HEADER.read_text("ascii"), re.MULTILINE)
    return {name: int(number) for name, number in found}


def program(refused: list[int], highest: int) -> bytes:
    """The filter, in the kernel's form."""
    count = len(refused)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _X86_64),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_ABOVE, count + 6, 0, highest),
        *((_EQUAL, count + 5 - index, 0, number) for index, number in enumerate(refused)),
        (_EQUAL, 0, 4, _SOCKET),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, 2 - index, 0, family) for index, family in enumerate(_FAMILIES[:-1])),
        (_EQUAL, 0, 1, _FAMILIES[-1]),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def confine(allowed: set[str]) -> None:
    """Hold this process and all it becomes to the calls allowed."""
    known = numbers()
    filtered = program(sorted(number for name, number in known.items() if name not in allowed), max(known.values()))
    held = ctypes.create_string_buffer(filtered, len(filtered))
    described = struct.pack("HxxxxxxP", len(filtered) // 8, ctypes.addressof(held))
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.prctl(_MDWE, 1, 0, 0, 0)
    if kernel.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) or kernel.prctl(_SECCOMP, _FILTER, ctypes.c_char_p(described), 0, 0):
        raise OSError(ctypes.get_errno(), "the filter was not taken")


if __name__ == "__main__":
    confine(set(Path(sys.argv[1]).read_text("ascii").split()))
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 -- the command is the test's own
