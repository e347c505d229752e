"""A query's answer, whole: the gate before the engine, the engine, and the results written as the client wants them."""

import gzip
import io
from collections.abc import Callable, Iterator
from typing import cast
from xml.parsers import expat

import pyoxigraph as ox
import zstandard

from mandategraph import results, syntax
from mandategraph.errors import SyntaxFault, UsageError
from mandategraph.server.wire import Job, Reply
from mandategraph.sparql_text import refused
from mandategraph.store import Results
from mandategraph.store.embedded import EmbeddedStore

Page = Callable[[Results, str], Iterator[str]]
"""Results and their query as the parts of an HTML page."""


HTML = "text/html"
CODINGS = ("zstd", "gzip")


# Formats that cannot write every graph; the engine tells so as if a file were at fault.
_PARTIAL = ("rdfxml", "jsonld")


class Refusal(Exception):
    """A query whose results the client does not get: the outcome, and what is told of it."""

    def __init__(self, outcome: str, **facts: str) -> None:
        super().__init__(outcome)
        self.outcome, self.facts = outcome, facts


class _Bounded(io.BytesIO):
    """Bytes in memory, up to a limit."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, part: object) -> int:
        written = super().write(cast("bytes", part))
        if self.tell() > self._most:
            raise Refusal("size")
        return written


def answered(store: EmbeddedStore, job: Job, page: Page) -> Reply:
    """The answer to a query, in the form that fits the kind of its results.

    Raises:
        SyntaxFault: the text is not a query, or one that is refused.
        UsageError: a graph is not named by an IRI, or a function is not known.
        Refusal: no form is wanted for results of this kind (`unacceptable`), the form cannot write what they hold
            (`unwritable`), or the answer is larger than the job allows (`size`).
    """
    return replied(_results(store, job), job, page)


def replied(found: Results, job: Job, page: Page) -> Reply:
    """Results as the answer to a query, in the form that fits their kind.

    Raises:
        Refusal: as for `answered`.
    """
    kind = _kind(found)
    media = job.forms.get(kind)
    if media is None:
        raise Refusal("unacceptable", kind=kind)
    body = _page(found, job, page) if media == HTML else _written(found, media, job.most)
    return Reply("ok", {"kind": kind, "media": media, "coding": job.coding}, encoded(body, job.coding))


def _results(store: EmbeddedStore, job: Job) -> Results:
    text = refused(job.query, "query", job.base)
    try:
        if job.default or job.named:
            return store.query_graphs(text, job.default, job.named, job.base)
        return store.query(text, terms(job), job.base)
    except SyntaxError as error:
        raise syntax_fault(error, job) from None
    except OSError as error:
        raise UsageError(f"expected a query that calls no other endpoint, found {error}") from None
    except RuntimeError as error:
        raise UsageError(f"expected a query that can be evaluated, found: {error}") from None
    except ValueError as error:
        raise UsageError(f"expected graphs named by IRIs, found {error}") from None


def syntax_fault(error: SyntaxError, job: Job) -> SyntaxFault:
    """Where and what is wrong in the text of a job."""
    return syntax.fault(error, "query", job.query, job.base)


def terms(job: Job) -> dict[str, ox.NamedNode | ox.Literal]:
    """The terms that the parameters of a job are bound to."""
    return {
        name: ox.NamedNode(value) if kind == "iri" else ox.Literal(value) for name, (kind, value) in job.bound.items()
    }


def _kind(found: Results) -> str:
    if isinstance(found, ox.QueryTriples):
        return "graph"
    return "rows" if isinstance(found, ox.QuerySolutions) else "boolean"


def _page(found: Results, job: Job, page: Page) -> bytes:
    out = _Bounded(job.most)
    for part in page(found, job.query):
        out.write(part.encode())
    return out.getvalue()


def _written(found: Results, media: str, most: int) -> bytes:
    out = _Bounded(most)
    name = results.MEDIA[media]
    try:
        results.write(found, name, out)
    except (ValueError, OSError) as error:
        if isinstance(error, OSError) and name not in _PARTIAL:
            raise
        raise Refusal("unwritable", detail=f"these results cannot be written as {media}: {error}") from None
    content = out.getvalue()
    return well_formed(content) if name in ("xml", "rdfxml") else content


def well_formed(content: bytes) -> bytes:
    """XML that its reader gets back as it was: a carriage return as a reference, for XML would read it as a line feed.

    Raises:
        Refusal: the engine wrote what is not XML: a control character, or a property without a local name.
    """
    try:
        expat.ParserCreate(namespace_separator=" ").Parse(content, True)  # noqa: FBT003 -- its own signature: the end of the content
    except expat.ExpatError as error:
        told = f"these results hold what XML has no way to write ({error}); ask for another format"
        raise Refusal("unwritable", detail=told) from None
    return content.replace(b"\r", b"&#13;")


def encoded(body: bytes, coding: str) -> bytes:
    """A body in a content coding; the same bytes for the same body."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=3).compress(body)
    if coding == "gzip":
        return gzip.compress(body, compresslevel=5, mtime=0)
    return body
