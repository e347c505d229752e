"""Where answers go: rows in the form asked for, bytes to standard output or to a file, whole or not at all."""

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import typer

from mandategraph import results
from mandategraph.cli import printing
from mandategraph.errors import UsageError


class Form(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TTL = "ttl"


def print_rows(columns: Sequence[str], listed: list[dict[str, str]], form: Form, base: str) -> None:
    """Print rows in the form asked for.

    Raises:
        UsageError: rows have no Turtle form.
    """
    if form is Form.JSON:
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1))
    elif form is Form.CSV:
        typer.echo(results.rows_csv(columns, listed), nl=False)
    elif form is Form.TTL:
        raise UsageError("this answer has no Turtle form; use json or csv")
    else:
        printing.rows(columns, listed, base)


def write(content: bytes) -> None:
    """Write bytes to standard output."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def save(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all."""
    try:
        part = path.with_name(f"{path.name}.part")
        part.write_bytes(content)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{path}: expected a file that can be written, found {reason}") from None
    try:
        part.replace(path)
    except OSError as error:
        part.unlink()
        raise UsageError(f"{path}: expected a file that can be written, found {error.strerror}") from None
