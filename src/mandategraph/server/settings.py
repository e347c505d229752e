"""The settings of a service: where it listens, and every limit it holds."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

MIB = 1024 * 1024
# Not asked of `tempfile`, which has no answer where nothing can be written, and most releases need no folder.
DISK_FOLDER = Path(os.environ.get("TMPDIR", "/tmp")) / "mandategraph"  # noqa: S108 -- held to be nobody else's when used


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query and a client may use; each is told in headers, in the description of the service and at `/docs`.

    Times are in seconds, sizes in MiB, lengths in characters.
    """

    timeout: float = 20.0
    memory: int = 512
    result: int = 32
    length: int = 20_000
    workers: int = 4
    long: int = 4
    long_after: float = 0.5
    queue: int = 64
    per_client: int = 32
    budget: float = 120.0

    def __post_init__(self) -> None:
        for each in fields(self):
            if getattr(self, each.name) < (0 if each.name in ("queue", "long") else 0.001):
                raise ValueError(f"{each.name}: expected a number above 0, found {getattr(self, each.name)}")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a connection may take, in seconds, and how much it may send, in bytes.

    `unread` and `unread_per_client` say how much clients may leave unread: so many answers of the largest size.
    """

    headers: float = 10.0
    body: float = 20.0
    idle: int = 10
    reading: float = 60.0
    header_bytes: int = 32 * 1024
    header_fields: int = 128
    body_bytes: int = 128 * 1024
    connections: int = 1000
    per_client: int = 200
    unread: int = 16
    unread_per_client: int = 4
    drain: int = 30


@dataclass(frozen=True, slots=True)
class Settings:
    """How a release is served."""

    host: str = "127.0.0.1"
    port: int = 8000
    limits: Limits = Limits()
    patience: Patience = Patience()
    cache: int = 64
    proxies: tuple[str, ...] = ()
    metrics: bool = False
    access_log: bool = True
    log_queries: bool = False
    log_clients: bool = False
    disk_above: int = 5_000_000
    disk_folder: Path = DISK_FOLDER
    pid_file: Path | None = None
    store: str = ""
