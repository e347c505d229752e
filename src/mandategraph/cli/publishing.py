"""The command that puts a release in place of the one that is served, and tells the server."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from mandategraph import pid_file, release
from mandategraph.cli.options import Release, Root
from mandategraph.errors import UsageError
from mandategraph.release import home

_EXAMPLE = (
    "Examples: mandategraph publish new/data/graph | "
    "mandategraph publish new/data/graph --release /srv/mandategraph/release --pid-file /run/mandategraph.pid"
)
PidFile = Annotated[
    Path | None,
    typer.Option(
        "--pid-file", help="The pid file of the server, which is told to switch.", envvar="MANDATEGRAPH_PID_FILE"
    ),
]


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with a release, as 'build' makes it.")],
    named: PidFile = None,
    process: Annotated[
        int | None, typer.Option("--signal", min=1, help="The process to tell instead, by its number.")
    ] = None,
    elsewhere: Release = None,
    root: Root = None,
) -> None:
    """Check a release, put it in place of the one that is served, and have the server switch to it."""
    where = home(root, elsewhere)
    held, files = release.checked(folder)
    server = _server(named, process)
    release.publish(where.release, files)
    typer.echo(f"published {held.version}, digest {held.digest}: {where.release}")
    if server is None:
        typer.echo("no server is told; one that runs switches when it is sent HUP")
        return
    _tell(server, signal.SIGHUP)
    typer.echo(f"process {server} is told to switch; its log says when it has, and /readyz which release answers")


def _server(named: Path | None, process: int | None) -> int | None:
    """The process to tell, known to be there and to listen to this user."""
    if process is None and named is not None:
        process = pid_file.holder(named)
    if process is not None:
        _tell(process, 0)
    return process


def _tell(process: int, number: int) -> None:
    try:
        os.kill(process, number)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"process {process}: expected a server that can be told to switch, found {reason}") from None


def add(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command(epilog=_EXAMPLE)(publish)
