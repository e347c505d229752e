"""What the tests of hand-kept tables share: small tables as text, and the messages of what is wrong with them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from mandategraph.errors import Faults, TableError
from mandategraph.tables import Schema

Cells = dict[str, str]
Tables = dict[str, list[Cells]]


def written(held: Tables, schemas: Mapping[str, Schema]) -> dict[str, str]:
    """The texts of tables; a column that a row leaves out is empty."""
    return {
        name: "".join(
            "\t".join(line) + "\n"
            for line in [form.columns, *([row.get(column, "") for column in form.columns] for row in held[name])]
        )
        for name, form in schemas.items()
    }


def faults_of(load: Callable[[], object]) -> list[str]:
    """The messages of what is wrong with the tables that are loaded."""
    try:
        load()
    except TableError as fault:
        return [str(fault)]
    except Faults as several:
        return [str(each) for each in several.faults]
    return []


def counted(root: Path, folder: str, schemas: Mapping[str, Schema]) -> dict[str, int]:
    """How many rows the tables of a folder of this checkout have."""
    return {name: (root / f"data/{folder}/{name}.tsv").read_text("utf-8").count("\n") - 1 for name in schemas}


def needed(schemas: Mapping[str, Schema]) -> list[tuple[str, str]]:
    """The columns that may not be empty, each with its table."""
    return [(name, each) for name, form in schemas.items() for each in form.columns if each not in form.optional]
