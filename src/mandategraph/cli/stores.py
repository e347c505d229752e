"""The command that puts a release into a store elsewhere, and the line to one that the commands answer from."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import pyoxigraph as ox
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from mandategraph import release
from mandategraph.cli.options import Root
from mandategraph.errors import UsageError
from mandategraph.release import Manifest, digest, home
from mandategraph.store import Store

if TYPE_CHECKING:
    from mandategraph.publication import Told

_EXAMPLES = (
    "Examples: mandategraph load --to http://localhost:7878/query | mandategraph load --to https://example.org/sparql "
    "--update https://example.org/sparql-auth --graph-store https://example.org/sparql-graph-crud-auth"
)


def opened(address: str) -> tuple[Manifest, Store]:
    """The manifest of the release that a store elsewhere holds, and the store.

    Raises:
        UsageError: the address is none, or the package that is needed is not installed.
        StoreFault: the store holds none, or cannot be asked.
        LimitReached: its answer takes too long.
    """
    try:
        from mandategraph import publication
        from mandategraph.store.addresses import Endpoints, endpoint
        from mandategraph.store.link import Link
    except ModuleNotFoundError as missing:
        raise _without(missing) from None
    return publication.opened(Link(Endpoints(endpoint(address, "--store"))))


def load(
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The address at which the store is asked.")],
    update: Annotated[
        str, typer.Option(metavar="URL", help="Where it is changed, if that is not '.../update' beside '.../query'.")
    ] = "",
    graph_store: Annotated[
        str, typer.Option(metavar="URL", help="Where graphs are put, if that is not '.../store' or '.../data' there.")
    ] = "",
    root: Root = None,
) -> None:
    """Put the release into a SPARQL store, beside the one it holds, then switch to it at once.

    If it is there already, nothing is sent, and neither --update nor --graph-store is tried.

    Name and password come from MANDATEGRAPH_STORE_USER and MANDATEGRAPH_STORE_PASSWORD or from a netrc file.
    """
    try:
        from mandategraph import publication
        from mandategraph.store.addresses import Endpoints, endpoint, endpoints
        from mandategraph.store.link import Link
    except ModuleNotFoundError as missing:
        raise _without(missing) from None
    asked = endpoint(to, "--to")
    held, store = release.opened(home(root).release)
    graphs = {name: frozenset(store.graph(ox.NamedNode(name))) for name in held.graphs}
    with Link(Endpoints(asked)) as trying:
        found = endpoints(asked, update, graph_store, trying.is_graph_store)
    with Link(found) as link, _progress() as told:
        done = publication.load(link, held, graphs, told)
    named = f"release {held.version} ({digest(held.text())[:16]}), {done.triples} triples in {done.graphs} graphs"
    typer.echo(f"{'already there' if done.already else 'loaded'}: {named}, at {link.where}")


def _without(missing: ModuleNotFoundError) -> UsageError:
    return UsageError(f"a store elsewhere needs the package {missing.name}; install 'mandategraph[remote]'")


@contextmanager
def _progress() -> Iterator["Told"]:
    """What shows on a terminal how far a load has come."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("")
        yield lambda doing, done, total: progress.update(task, description=doing, completed=done, total=total)


def add(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command(epilog=_EXAMPLES)(load)
