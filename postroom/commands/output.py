"""How commands print: one JSON object a line for programs, a table for people."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

Row = Mapping[str, Any]


def plain(value: Any) -> Any:
    """A value as JSON has it: times in ISO 8601 UTC, enumerations as their words."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def print_json(rows: Iterable[Row]) -> None:
    for row in rows:
        click.echo(msgspec.json.encode(plain(row)).decode())


def print_table(rows: Iterable[Row], columns: Sequence[str], *, empty: str) -> None:
    """The columns of the rows as a table as wide as the terminal; `empty` where there is none."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in {"id", "number"})
    for row in rows:
        table.add_row(*(cell(row.get(column)) for column in columns))
    if table.row_count:
        # What stands in a mail is never markup.
        Console(markup=False, highlight=False, emoji=False).print(table)
    else:
        click.echo(empty)


def cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple):
        return "; ".join(cell(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    # Terminals obey control characters: none of a mail reaches one.
    return "".join(c if c.isprintable() else " " for c in str(value))
