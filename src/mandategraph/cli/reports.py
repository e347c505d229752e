"""The commands about the reports of states on the plan of 2012: the form, its check, and who reports on what."""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import pyoxigraph as ox
import typer

from mandategraph import followup, queries, results, turtle
from mandategraph.cli import inputs, outputs, printing
from mandategraph.cli.options import Elsewhere, Format, Root
from mandategraph.cli.outputs import Form
from mandategraph.errors import Faults, InvalidGraphError, MandategraphError, MissingError, UsageError, raise_all
from mandategraph.iris import Iris
from mandategraph.release import Home, Manifest
from mandategraph.store import Store
from mandategraph.vocabulary import A, lexical

_COLUMNS = "\n\n".join(f"{name}: {meaning}." for name, meaning in followup.COLUMNS.items())
_NOTE = "As the states report it; nobody here has verified it."

app = typer.Typer(
    name="report",
    help="The follow-up of the plan of 2012, which asks the states for voluntary biennial reports on implementation.",
    epilog="Examples: mandategraph report template -o report.csv | mandategraph report check report.csv",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Filled-in forms, or - for standard input.")]


@app.command(
    help=f"""Print the form in which a state reports: comma-separated text with the columns

{_COLUMNS}

A row is one action. Rows with the same state and period are one report, with one date of submission and one source;
an action stands in it once. Write what the report says, in its own language: 'done' is needed where the status is
'reported done' or 'under way', 'status_words' unless it is 'not stated'; 'evidence' may always be empty. A period is
as precise as the report says, and columns may stand in any order. Save it as UTF-8.""",
    epilog="Example: mandategraph report template -o report.csv",
)
def template(
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write; without it standard output.")
    ] = None,
) -> None:
    """Print the form in which a state reports."""
    content = results.rows_csv(tuple(followup.COLUMNS), []).encode()
    if output is None:
        outputs.write(content)
    else:
        outputs.save(output, content)


@app.command(
    epilog="Examples: mandategraph report check report.csv | mandategraph report check a.csv b.csv -o reports.ttl"
)
def check(
    files: Files,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write the reports to, as Turtle.")
    ] = None,
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """See that forms are filled in as they should be; every fault of every form is told, with row and column.

    What is right is summed up; with --format ttl or -o the reports are written as Turtle that conforms to the shapes.
    """
    where, held, store = inputs.release_of(root, elsewhere)
    found = _reports(files, _parts(where, store))
    if form is Form.TTL or output is not None:
        content = _turtle(found, where, held, store)
        if output is not None:
            outputs.save(output, content)
        else:
            outputs.write(content)
    if form is Form.TTL:
        return
    listed = [_summed(each) for each in found]
    outputs.print_rows(tuple(listed[0]), listed, form, held.base)
    if form is Form.TABLE:
        typer.echo(f"no faults; reports: {len(found)}, entries: {sum(len(each.entries) for each in found)}")


@app.command(epilog="Example: mandategraph report coverage canada.csv chile.csv --format csv")
def coverage(files: Files, root: Root = None, elsewhere: Elsewhere = None, form: Format = Form.TABLE) -> None:
    """Which states report on which actions, with which status, and which actions nobody reports on."""
    where, held, store = inputs.release_of(root, elsewhere)
    parts = _parts(where, store)
    found = followup.covered(parts, _reports(files, parts))
    if form is Form.JSON:
        typer.echo(json.dumps(found.data(), ensure_ascii=False, indent=1))
    elif form is Form.TABLE:
        printing.coverage(found)
    else:
        outputs.print_rows(*found.rows(), form, held.base)


def _summed(report: followup.Report) -> dict[str, str]:
    """A report as a row: who reports, for which period, when, where and on how many actions."""
    return {
        "state": report.state.code,
        "name": report.state.name,
        "period_begins": report.begins,
        "period_ends": report.ends,
        "submitted": report.submitted,
        "source": report.source,
        "actions": str(len(report.entries)),
    }


def _parts(where: Home, store: Store) -> dict[str, followup.Part]:
    """The parts of the plan by their numbers, in its order.

    Raises:
        MissingError: the release has none.
    """
    lookup = queries.loaded(where.queries / "lookups")["parts-of-plans"]
    listed = queries.rows(store, lookup, {"plan": followup.PLAN}).values()
    if not listed:
        raise MissingError(f"plan {followup.PLAN}", "the release")
    return {row["notation"]: followup.Part(row["class"].rpartition("#")[2].lower(), row["words"]) for row in listed}


def _reports(files: list[str], parts: dict[str, followup.Part]) -> tuple[followup.Report, ...]:
    """The reports of files; what is wrong with any of them is told together."""
    faults: list[MandategraphError] = []
    contents: list[tuple[str, bytes]] = []
    for file in files:
        try:
            contents.append((file, inputs.raw(file)))
        except MandategraphError as fault:
            faults.append(fault)
    found: tuple[followup.Report, ...] = ()
    try:
        found = followup.read(contents, parts, followup.States())
    except Faults as several:
        faults += several.faults
    except MandategraphError as fault:
        faults.append(fault)
    raise_all(faults)
    return found


def _turtle(found: tuple[followup.Report, ...], where: Home, held: Manifest, store: Store) -> bytes:
    """Reports as Turtle, held against the shapes together with the kinds of what they refer to in the release."""
    try:
        from mandategraph import build, validation
    except ModuleNotFoundError as missing:
        raise UsageError(f"writing Turtle needs the package {missing.name}; install 'mandategraph[build]'") from None
    iris = Iris(held.base)
    states = {iris.mint("state", code=each.state.code.lower()) for each in found}
    stated_of = {triple.subject for triple in store.about_all(sorted(states, key=str))}
    described = {node for node in states if node in stated_of}
    stated = followup.state(found, iris, version("mandategraph"), described)
    referred = {triple.object for triple in stated if isinstance(triple.object, ox.NamedNode)}
    kinds = {triple for triple in store.about_all(sorted(referred, key=str)) if triple.predicate == A}
    subjects = {lexical(triple.subject) for triple in stated}
    report = validation.check([*stated, *kinds], build.shapes_of(where, held))
    raise_all(
        [
            InvalidGraphError(f"{each.focus}: {each.message} ({each.shape}, found {each.value or 'nothing'!r})")
            for each in report.violations
            if each.focus in subjects
        ]
    )
    return turtle.written(stated, held.base, [_NOTE]).encode()
