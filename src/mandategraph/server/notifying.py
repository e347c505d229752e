"""What a service manager that waits for it is told: ready, switching, ending (the protocol of sd_notify)."""

import os
import socket
import time
from contextlib import suppress

READY = "READY=1"
ENDING = "STOPPING=1"


def switching() -> str:
    """The message that a switch begins; `READY` follows when it has ended, either way."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}"


def notify(message: str) -> None:
    """Tell the manager; nothing where there is none, or it does not listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(message.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
