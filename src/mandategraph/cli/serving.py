"""The command that serves a release: the operator's options, each also an environment variable, to the settings."""

import ipaddress
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from mandategraph.cli.options import Elsewhere, Release, Root
from mandategraph.errors import UsageError
from mandategraph.release import home

_EXAMPLE = "Examples: mandategraph serve --port 8000 | mandategraph serve --host 0.0.0.0 --timeout 10 --metrics"


def _env(name: str) -> str:
    return f"MANDATEGRAPH_{name}"


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.", envvar=_env("HOST"))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 for any.", envvar=_env("PORT"))
    ] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="How many queries run at once.", envvar=_env("WORKERS"))
    ] = 4,
    long: Annotated[
        int, typer.Option(min=0, max=256, help="How many more may run on beyond half a second.", envvar=_env("LONG"))
    ] = 4,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds a query may wait and run.", envvar=_env("TIMEOUT"))
    ] = 20.0,
    memory: Annotated[
        int, typer.Option(min=16, help="MiB a query may use beyond the release.", envvar=_env("MEMORY"))
    ] = 512,
    result: Annotated[int, typer.Option(min=1, help="MiB an answer may have.", envvar=_env("RESULT"))] = 32,
    queue: Annotated[int, typer.Option(min=0, help="How many queries may wait.", envvar=_env("QUEUE"))] = 64,
    per_client: Annotated[
        int, typer.Option(min=1, help="How many queries a client may have under way.", envvar=_env("PER_CLIENT"))
    ] = 32,
    budget: Annotated[
        float, typer.Option(min=0.1, help="Seconds of query time a client has a minute.", envvar=_env("BUDGET"))
    ] = 120.0,
    cache: Annotated[int, typer.Option(min=0, help="MiB of answers kept.", envvar=_env("CACHE"))] = 64,
    drain: Annotated[
        int, typer.Option(min=0, help="Seconds that what is under way has when the server ends.", envvar=_env("DRAIN"))
    ] = 30,
    headers_timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds a request's headers may take.", envvar=_env("HEADERS_TIMEOUT"))
    ] = 10.0,
    body_timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds a request's body may take.", envvar=_env("BODY_TIMEOUT"))
    ] = 20.0,
    idle_timeout: Annotated[
        int, typer.Option(min=1, help="Seconds a connection may be idle.", envvar=_env("IDLE_TIMEOUT"))
    ] = 10,
    reading_timeout: Annotated[
        float,
        typer.Option(min=1, help="Seconds a client may read nothing of its answer.", envvar=_env("READING_TIMEOUT")),
    ] = 60.0,
    connections: Annotated[
        int, typer.Option(min=1, help="Connections open at once.", envvar=_env("CONNECTIONS"))
    ] = 1000,
    connections_per_client: Annotated[
        int, typer.Option(min=1, help="Of these, of one client.", envvar=_env("CONNECTIONS_PER_CLIENT"))
    ] = 200,
    disk_above: Annotated[
        int, typer.Option(min=0, help="Triples above which the release is on disk.", envvar=_env("DISK_ABOVE"))
    ] = 5_000_000,
    disk_folder: Annotated[Path | None, typer.Option(help="Where it is then kept.", envvar=_env("DISK_FOLDER"))] = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option(help="The address of a proxy whose X-Forwarded-For is believed.", envvar=_env("PROXY")),
    ] = None,
    metrics: Annotated[bool, typer.Option(help="Serve /metrics for Prometheus.", envvar=_env("METRICS"))] = False,
    access_log: Annotated[
        bool, typer.Option(help="Write a line of JSON for each request.", envvar=_env("ACCESS_LOG"))
    ] = True,
    log_queries: Annotated[
        bool, typer.Option(help="Log the text of queries, not only its digest.", envvar=_env("LOG_QUERIES"))
    ] = False,
    log_clients: Annotated[
        bool, typer.Option(help="Log whole addresses, not only their network.", envvar=_env("LOG_CLIENTS"))
    ] = False,
    pid_file: Annotated[
        Path | None, typer.Option(help="A file that names the process while it runs.", envvar=_env("PID_FILE"))
    ] = None,
    release: Release = None,
    root: Root = None,
    elsewhere: Elsewhere = None,
) -> None:
    """Serve the release: a SPARQL endpoint, look-ups and pages."""
    where = home(root, release)
    try:
        from mandategraph import server
        from mandategraph.server.settings import DISK_FOLDER, Limits, Patience, Settings
    except ModuleNotFoundError as missing:
        raise UsageError(f"serving needs the package {missing.name}; install 'mandategraph[serve]'") from None
    limits = Limits(
        timeout=timeout,
        memory=memory,
        result=result,
        workers=workers,
        long=long,
        queue=queue,
        per_client=per_client,
        budget=budget,
    )
    settings = Settings(
        host=host,
        port=port,
        limits=limits,
        patience=Patience(
            headers=headers_timeout,
            body=body_timeout,
            idle=idle_timeout,
            reading=reading_timeout,
            connections=connections,
            per_client=connections_per_client,
            drain=drain,
        ),
        cache=cache,
        disk_above=disk_above,
        disk_folder=disk_folder or DISK_FOLDER,
        proxies=_proxies(proxy or []),
        metrics=metrics,
        access_log=access_log,
        log_queries=log_queries,
        log_clients=log_clients,
        store=elsewhere or "",
        pid_file=pid_file,
    )
    server.run(where, settings, _tell)


def _proxies(given: list[str]) -> tuple[str, ...]:
    """The addresses or networks of proxies; nothing wider than what was meant is believed.

    Raises:
        UsageError: one is none.
    """
    try:
        return tuple(str(ipaddress.ip_network(each) if "/" in each else ipaddress.ip_address(each)) for each in given)
    except ValueError as error:
        raise UsageError(f"--proxy: expected the address or the network of a proxy, found {error}") from None


def _tell(text: str) -> None:
    """Write a line about the server; that nobody reads it any more is no reason to end."""
    with suppress(OSError):
        typer.echo(f"{text}  (stop with Ctrl-C)" if text.startswith("http") else f"mandategraph: {text}", err=True)


def add(app: typer.Typer) -> None:
    """Give the command line this command."""
    app.command(epilog=_EXAMPLE)(serve)
