"""The commands that find something by words: search, and wording for a draft."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.padding import Padding
from rich.text import Text

from mandategraph import naming, queries, results, search, wording
from mandategraph.cli import inputs, outputs, printing
from mandategraph.cli.options import Elsewhere, Format, Root
from mandategraph.cli.outputs import Form
from mandategraph.errors import UsageError
from mandategraph.release import Manifest
from mandategraph.store import Store
from mandategraph.vocabulary import MG, compact

Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many to show at most.")]


def find(
    words: Annotated[
        list[str],
        typer.Argument(metavar="WORDS...", help='Words, "a phrase", a beginning*, a symbol, a title or a number.'),
    ],
    kind: Annotated[str | None, typer.Option(help=f"Only what is of this kind: {', '.join(search.KINDS)}.")] = None,
    limit: Limit = 20,
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """Find what is named by words or has them: quotations, parts of plans, paragraphs and instruments."""
    if not "".join(words).strip():
        raise UsageError("expected words to search for, found none")
    if kind is not None and kind not in search.KINDS:
        raise UsageError(f"--kind: expected one of {', '.join(search.KINDS)}, found {kind!r}")
    where, held, store = inputs.release_of(root, elsewhere)
    lookups = queries.loaded(where.queries / "lookups")
    searched = search.search_of(store, lookups, naming.opened(store, lookups, where.words))
    found = searched.find(" ".join(words), (kind,) if kind else (), count=limit)
    rows = [hit.row() for hit in found.hits]
    if form is not Form.TABLE:
        _write(search.COLUMNS, rows, [hit.data() for hit in found.hits], form, held, store)
        return
    out = printing.console()
    for hit in found.hits:
        text = hit.text
        believed = _believed(text.verification)
        place = _place(text.document, text.start, text.end)
        out.print(Text(f"{text.kind}  {compact(text.iri, held.base)}{place}{believed}"))
        out.print(Padding(Text(hit.words.shown()), (0, 0, 0, 2)))
        for each in hit.names:
            out.print(Padding(Text(f"{hit.how or 'also'}: {each.shown()}"), (0, 0, 0, 2)))
    out.print(Text(_told(found, len(rows))))


def _told(found: search.Found, shown: int) -> str:
    """What the hits are, in a sentence."""
    more = f", {shown} shown; --limit shows more" if found.total > shown else ""
    how = {"all": "the texts have all the words", "some": "no text has all the words, these have some", "none": ""}
    named = "what is named comes first" if any(each.match == "name" for each in found.hits) else ""
    linked = "then what belongs to it" if found.linked else ""
    return "; ".join(filter(None, [f"{found.total} found{more}", named, how[found.matched], linked]))


def _believed(verification: str) -> str:
    """What is to be said of an instrument whose identity is not verified."""
    return "" if verification in ("", MG["Verified"].value) else " (identity believed, not verified)"


def _place(document: str, start: object, end: object) -> str:
    return f"  [{document}:{start}–{end}]" if document else ""


def like(
    sentence: Annotated[str, typer.Argument(help="A draft sentence, or - to read it from standard input.")],
    limit: Limit = 5,
    root: Root = None,
    elsewhere: Elsewhere = None,
    form: Format = Form.TABLE,
) -> None:
    """Find earlier wording that is like a draft sentence, with the word diff and how strongly it speaks."""
    draft = inputs.text("-") if sentence == "-" else sentence
    if not draft.strip():
        raise UsageError("expected a draft sentence, found none")
    where, held, store = inputs.release_of(root, elsewhere)
    lookups = queries.loaded(where.queries / "lookups")
    total, found = wording.wordings_of(store, lookups).like(draft, count=limit)
    rows = [each.row() for each in found]
    if form is not Form.TABLE:
        _write(wording.COLUMNS, rows, [each.data() for each in found], form, held, store)
        return
    labels = {row["resource"]: row["label"] for row in queries.rows(store, lookups["labels"], {}).values()}
    out = printing.console()
    for row in rows:
        place = _place(row["document"], row["start"], row["end"])
        believed = _believed(row["verification"])
        cited = f"{row['citedAs']}{believed}, for action {row['action']} of plan {row['plan']}"
        out.print(Text(f"{row['score']}  {cited}{place}"))
        out.print(Padding(Text(row["diff"]), (0, 0, 0, 2)))
        times = f"; quoted {row['timesQuoted']} times" if row["timesQuoted"] != "1" else ""
        out.print(
            Padding(Text(f"cue verbs: {row['cues'] or 'none'}; {labels[row['comparison']]}{times}"), (0, 0, 0, 2))
        )
    more = f", {len(rows)} shown; --limit shows more" if total > len(rows) else ""
    counted = "1 passage has" if total == 1 else f"{total} passages have"
    out.print(Text(f"{counted} a quarter of the draft or more{more}"))
    out.print(Text("[-only in the draft-] {+only in the quotation+}. " + wording.SCORE))


def _write(
    columns: Sequence[str],
    rows: Sequence[dict[str, str]],
    data: Sequence[dict[str, object]],
    form: Form,
    held: Manifest,
    store: Store,
) -> None:
    """Write what was found for a program; in each form it says which release it comes from."""
    release = {"release": held.identity}
    if form is Form.JSON:
        typer.echo(json.dumps([{**each, **release} for each in data], ensure_ascii=False, indent=1))
    elif form is Form.CSV:
        typer.echo(results.rows_csv((*columns, "release"), [{**row, **release} for row in rows]), nl=False)
    else:
        iris = [row[name] for row in rows for name in ("iri", "quotation", "passage") if name in row]
        triples = results.behind(store, iris, held.base) | {results.release_of(held.base, held.identity)}
        outputs.write(results.graph_text(triples, "ttl"))
