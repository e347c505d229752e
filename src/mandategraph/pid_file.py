"""The pid file: names the process that serves, and is locked by it, so that no other process is taken for it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mandategraph.errors import MissingError, UsageError

_MODE = 0o644
_LONGEST = 32


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Name this process in a file for as long as the context lasts; the file is removed afterwards.

    Raises:
        UsageError: the file cannot be written, or another process holds it.
    """
    file = _locked(path)
    try:
        os.truncate(file, 0)
        os.write(file, b"%d\n" % os.getpid())
        yield
    finally:
        # A lock of this kind is the process's own: what it forks neither has it nor gives it back.
        with suppress(FileNotFoundError):
            path.unlink()
        os.close(file)


def _locked(path: Path) -> int:
    """The open file, once it is the one under its name: the holder before removes it just before letting it go."""
    while True:
        try:
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _MODE)
        except OSError as error:
            raise UsageError(f"{path}: expected a file that can be written, found {error.strerror}") from None
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            found = os.read(file, _LONGEST).decode("ascii", "replace").strip()
            os.close(file)
            raise UsageError(
                f"{path}: expected a pid file of no running server, found that of process {found}"
            ) from None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file), path.stat()):
                return file
        os.close(file)


def holder(path: Path) -> int:
    """The process that a file names and that holds it.

    Raises:
        MissingError: there is no such file.
        UsageError: it cannot be read, or no process holds it any more.
    """
    try:
        with path.open("rb") as file:
            found = file.read(_LONGEST).strip()
            try:
                fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                if found.isdigit():
                    return int(found)
    except FileNotFoundError:
        raise MissingError(path.name, str(path.parent), remedy="is the server running with --pid-file?") from None
    except OSError as error:
        raise UsageError(f"{path}: expected a file that can be read, found {error.strerror}") from None
    raise UsageError(f"{path}: expected a pid file that a running server holds, found one that none holds")
