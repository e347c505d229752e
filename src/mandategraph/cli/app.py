"""The commands of mandategraph."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Annotated, NoReturn

import pyoxigraph as ox
import typer
from rich.console import Console

from mandategraph import meant, naming, queries, results, texts
from mandategraph.answers import Part, Support, released
from mandategraph.cli import finding, inputs, outputs, printing, publishing, reports, serving, stores
from mandategraph.cli.options import Elsewhere, Format, Root
from mandategraph.cli.outputs import Form
from mandategraph.errors import ClashError, Faults, InvalidGraphError, MandategraphError, MissingError, UsageError
from mandategraph.iris import DEFAULT_BASE, Iris
from mandategraph.release import Home, Manifest, home, manifest
from mandategraph.sparql_text import refused
from mandategraph.store import Store

app = typer.Typer(
    name="mandategraph",
    help="Which earlier mandates support which action of an inter-American plan, in which words, and who says so.",
    epilog="Exit status: 0 answered, 1 a negative finding (validation failed, a build differs), 2 a user's error.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(reports.app)

Base = Annotated[str | None, typer.Option(help="The base of the resources' IRIs; that of the terms never changes.")]


def main() -> NoReturn:
    """Run a command; what a user did wrong is a message and exit status 2, a negative finding is 1."""
    try:
        app()
    except MandategraphError as fault:
        printing.error(str(fault))
        sys.exit(1 if _is_finding(fault) else 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(0)


def _is_finding(fault: MandategraphError) -> bool:
    """Whether a fault is a negative finding about the graph, not a mistake in the input."""
    each = fault.faults if isinstance(fault, Faults) else (fault,)
    return all(isinstance(one, ClashError | InvalidGraphError) for one in each)


@app.command(epilog="Example: mandategraph build --fresh --check")
def build(
    root: Root = None,
    base: Base = None,
    fresh: Annotated[bool, typer.Option(help="Take nothing over from the release that stands.")] = False,
    check: Annotated[bool, typer.Option(help="Write nothing; exit 1 if the release that stands differs.")] = False,
) -> None:
    """Make the release of a checkout: read, resolve, state, reason, validate, write."""
    from mandategraph import build as pipeline

    where = _checkout(root)
    try:
        iris = Iris(DEFAULT_BASE if base is None else base)
    except ValueError as wrong:
        raise UsageError(f"--base: {wrong}") from None
    try:
        built = pipeline.build(where, iris.base, fresh=fresh, watch=_watched)
    except PackageNotFoundError as missing:
        raise UsageError(f"building needs the package {missing.name}; install 'mandategraph[build]'") from None
    if check:
        different = pipeline.differences(where, built)
        typer.echo("\n".join(f"differs: {name}" for name in different) or "the release is what its inputs make")
        raise typer.Exit(1 if different else 0)
    pipeline.write(where, built)
    total = sum(built.manifest.triples.values())
    taken = f"; taken over, their inputs being the same: {', '.join(built.reused)}" if built.reused else ""
    typer.echo(f"built {total} triples in {len(built.manifest.graphs)} graphs: {where.release}{taken}")
    found = ", ".join(f"{number} of severity {severity}" for severity, number in built.manifest.findings.items())
    typer.echo(f"validated: conforms; findings: {found or 'none'}")


@app.command(epilog="Example: mandategraph names --format csv")
def names(root: Root = None, form: Format = Form.TABLE) -> None:
    """List the names in the texts that no row of data/registry/ means yet; exit 1 if there are any."""
    from mandategraph import build as pipeline

    found = pipeline.names_left(_checkout(root))
    outputs.print_rows(("document", "start", "end", "words", "looks_like"), found, form, DEFAULT_BASE)
    raise typer.Exit(1 if found else 0)


@app.command(epilog="Example: mandategraph checks --format csv")
def checks(root: Root = None, elsewhere: Elsewhere = None, form: Format = Form.TABLE) -> None:
    """Run queries/checks/ over the release: what they find no table knows of; exit 1 if they find anything."""
    where, held, store = inputs.release_of(root, elsewhere)
    found: list[dict[str, str]] = []
    for query in queries.loaded(where.queries / "checks").values():
        listed = queries.rows(store, query, {}).values()
        found += [{"check": query.question, "found": ", ".join(filter(None, row.values()))} for row in listed]
    outputs.print_rows(("check", "found"), found, form, held.base)
    raise typer.Exit(1 if found else 0)


@app.command(epilog="Example: mandategraph validate --format json")
def validate(root: Root = None, form: Format = Form.TABLE) -> None:
    """Hold the release against the shapes afresh; exit 1 if it violates one."""
    where = home(root)
    base = manifest(where.release).base
    try:
        from mandategraph import build as pipeline

        report = pipeline.report_of(where)
    except ModuleNotFoundError as missing:
        raise UsageError(f"validating needs the package {missing.name}; install 'mandategraph[build]'") from None
    columns = ("severity", "shape", "focus", "path", "value", "component", "message")
    found = [{name: str(getattr(each, name)) for name in columns} for each in report.findings]
    if form is Form.TTL:
        from mandategraph import validation

        outputs.write(results.graph_text(validation.stated(report, Iris(base)), "ttl"))
    else:
        outputs.print_rows(columns, found, form, base)
    if form is Form.TABLE:
        typer.echo("conforms" if report.conforms else f"{len(report.violations)} violations")
    raise typer.Exit(0 if report.conforms else 1)


@app.command(epilog="Examples: mandategraph support 1.2 | mandategraph support 2.1 --plan 2012 --format json")
def support(
    action: Annotated[str, typer.Argument(help="The number of an action, as 1.2, 'Objective 3.2' or 'acción 2.1.2'.")],
    plan: Annotated[
        str | None, typer.Option(help="The plan, as 2011-03-07, 2011-draft, 2012 or 'plan of 2012'; without it all.")
    ] = None,
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """Which mandates support an action, in the words quoted, and who says so."""
    where, held, store = inputs.release_of(root, elsewhere)
    support_of = _support(where, held, store)
    names = naming.opened(store, queries.loaded(where.queries / "lookups"), where.words)
    parts = meant.supported(names, support_of, action, plan)
    if form is Form.JSON:
        typer.echo(json.dumps([each.data() for each in parts], ensure_ascii=False, indent=1))
    elif form is Form.CSV:
        quotations = [dict(row) for each in parts for row in each.quotations]
        typer.echo(results.rows_csv(support_of.columns, quotations), nl=False)
    elif form is Form.TTL:
        reasons = support_of.attributed()
        outputs.write(results.graph_text(_statements_of(parts, reasons, store, held), "ttl"))
    else:
        labels = support_of.labels()
        for each in parts:
            printing.part(each, labels)
        printing.release(held.identity)


@app.command(
    epilog="Examples: mandategraph show 1.2 | mandategraph show plan/2012/action/2.1.2 | mandategraph show mg:Action"
)
def show(
    name: Annotated[
        str,
        typer.Argument(help="An IRI, a prefixed name, a path under the base, or any name: a symbol, title, number."),
    ],
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """What is said of a resource, and which graph says it."""
    where, held, store = inputs.release_of(root, elsewhere)
    described = {iri: store.describe(ox.NamedNode(iri)) for iri in inputs.named(name, where, held, store)}
    if form is Form.TTL:
        said = [quad for quads, _ in described.values() for quad in quads]
        outputs.write(results.graph_text(results.apart(said, held.base), "ttl"))
        return
    listed = [
        {
            "subject": queries.value(q.subject),
            "predicate": q.predicate.value,
            "object": queries.value(q.object),
            "graph": queries.value(q.graph_name),
        }
        for pair in described.values()
        for found in pair
        for q in sorted(found, key=str)
    ]
    if form is not Form.TABLE:
        outputs.print_rows(("subject", "predicate", "object", "graph"), listed, form, held.base)
        return
    for iri in described:
        about = [(row["predicate"], row["object"], row["graph"]) for row in listed if row["subject"] == iri]
        pointing = [(row["predicate"], row["subject"], row["graph"]) for row in listed if row["object"] == iri]
        printing.statements(iri, about, pointing, held.base)


@app.command(epilog="Examples: mandategraph query my.rq --format csv | echo 'ASK {}' | mandategraph query -")
def query(
    file: Annotated[str, typer.Argument(help="A SPARQL file, or - for standard input.")],
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Annotated[
        str,
        typer.Option("--format", help="table, json, xml, csv or tsv for rows; ttl, nt, rdfxml or jsonld for graphs."),
    ] = "",
) -> None:
    """Run a SPARQL query over the release."""
    _, held, store = inputs.release_of(root, elsewhere)
    found = queries.results_of(store, refused(inputs.text(file), file), file)
    if isinstance(found, ox.QuerySolutions) and form in ("", "table"):
        names = tuple(variable.value for variable in found.variables)
        listed = [{name: queries.value(row[name]) for name in names} for row in found]
        printing.rows(names, listed, held.base)
    elif isinstance(found, ox.QueryBoolean) and form in ("", "table"):
        typer.echo("yes" if found else "no")
    else:
        outputs.write(results.serialized(found, form or "ttl"))


@app.command(
    epilog="Examples: mandategraph ask 4 --param instrument=plan-of-action-quebec-2001 | mandategraph ask list"
)
def ask(
    question: Annotated[str, typer.Argument(help="The number or name of a question; 'list' lists them.")],
    param: Annotated[list[str] | None, typer.Option(help="A parameter, as name=value; may be repeated.")] = None,
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """Ask one of the questions the graph must answer."""
    where, held, store = inputs.release_of(root, elsewhere)
    known = queries.loaded(where.queries / "questions")
    if question == "list":
        listed = [
            {"number": q.number, "question": q.question, "parameters": ", ".join(p.name for p in q.parameters)}
            for q in known.values()
        ]
        outputs.print_rows(("number", "question", "parameters"), listed, form, held.base)
        return
    asked = queries.named(known, question)
    given = inputs.parameters(param or [])
    found = queries.rows(store, asked, given)
    if not found.rows:
        _support(where, held, store).check(given)
    if form is Form.TTL:
        behind = results.behind(store, results.iris_in(found), held.base)
        outputs.write(results.graph_text(behind | {results.release_of(held.base, held.identity)}, "ttl"))
        return
    found = released(found, held.identity)
    if form is Form.TABLE:
        typer.echo(asked.question)
        if not found.rows and "action" in given:
            typer.echo(f"Nothing; 'mandategraph support {given['action']}' says what there is instead.")
    outputs.print_rows(found.columns, found.values(), form, held.base)


app.command("search", epilog="Examples: mandategraph search prison | mandategraph search 'objetivo 2.1 acción 2'")(
    finding.find
)
app.command("wording", epilog="Example: mandategraph wording 'Promote the social reintegration of prisoners'")(
    finding.like
)


@app.command(epilog="Example: mandategraph export trig -o mandategraph.trig")
def export(
    form: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT", help="nq, trig or jsonld for all named graphs; ttl, nt or rdfxml for the default graph."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write; without it standard output.")
    ] = None,
    root: Root = None,
    elsewhere: Elsewhere = None,
) -> None:
    """Write the graph for use elsewhere."""
    if form not in {**results.DATASET_FORMATS, **results.GRAPH_FORMATS}:
        known = ", ".join({**results.DATASET_FORMATS, **results.GRAPH_FORMATS})
        raise UsageError(f"export: expected a format among {known}, found {form!r}")
    _, _, store = inputs.release_of(root, elsewhere)
    if form in results.DATASET_FORMATS:
        content = results.dataset_text(store.quads(), form)
    else:
        content = results.graph_text(store.default_triples(), form)
    if output is None:
        outputs.write(content)
    else:
        outputs.save(output, content)


@app.command(epilog="Example: mandategraph rebuild linking-document-2011 | sha256sum")
def rebuild(
    document: Annotated[str, typer.Argument(help="The identifier of a document, as linking-document-2011.")],
    root: Root = None,
    elsewhere: Elsewhere = None,
) -> None:
    """Print a document from the graph alone, character by character."""
    where, _, store = inputs.release_of(root, elsewhere)
    lookups = queries.loaded(where.queries / "lookups")
    text = texts.text_of(store, lookups, document)
    if not text:
        known = [
            row["name"] for row in queries.rows(store, lookups["names"], {}).values() if "/document/" in row["resource"]
        ]
        raise MissingError.among("document", document, known, f"the documents {', '.join(known)}")
    outputs.write(text.encode())


serving.add(app)
publishing.add(app)
stores.add(app)


def _checkout(root: Path | None) -> Home:
    where = home(root)
    if not where.checkout:
        raise UsageError("expected a checkout, found an installed package; name a checkout with --root")
    return where


def _support(where: Home, held: Manifest, store: Store) -> Support:
    lookups, questions = (queries.loaded(where.queries / name) for name in ("lookups", "questions"))
    return Support(store, lookups, questions, held.identity)


def _statements_of(parts: tuple[Part, ...], reasons: Mapping[str, str], store: Store, held: Manifest) -> set[ox.Triple]:
    """The statements about parts of plans, their quotations, the links they make, who makes them, and the release."""
    iris = Iris(held.base)
    found = [each.iri for each in parts]
    for row in (row for each in parts for row in each.quotations):
        parsed = iris.parse(row["quotation"])
        link = [iris.mint("support", **parsed[1]).value] if parsed else []
        found += [row["quotation"], *link, row["instrument"], *filter(None, [reasons.get(row["document"])])]
    return results.behind(store, found, held.base) | {results.release_of(held.base, held.identity)}


@contextmanager
def _watched(stage: str) -> Iterator[None]:
    """Show on a terminal which stage is at work."""
    with Console(stderr=True).status(stage) if sys.stderr.isatty() else nullcontext():
        yield
