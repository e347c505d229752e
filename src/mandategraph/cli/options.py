"""The options that commands share."""

from pathlib import Path
from typing import Annotated

import typer

from mandategraph.cli.outputs import Form

Root = Annotated[
    Path | None,
    typer.Option(
        help="The checkout to use; without it the one this package runs from, else the release it ships with."
    ),
]
Release = Annotated[
    Path | None,
    typer.Option(
        "--release", help="The folder of the release, if it is elsewhere than in --root.", envvar="MANDATEGRAPH_RELEASE"
    ),
]
Elsewhere = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="MANDATEGRAPH_STORE",
        help="The address at which a SPARQL store that a release was loaded into is asked; it then answers.",
    ),
]
Format = Annotated[Form, typer.Option("--format", help="A table for people; json, csv or ttl for programs.")]
