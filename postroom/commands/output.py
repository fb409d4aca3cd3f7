"""How commands print: one JSON object a line for programs, a table for people."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from postroom.line import one_line

Row = Mapping[str, Any]
PIPE_WIDTH = 200
NARROW = 100  # below this, a table would fold its words into columns of letters


def print_json(rows: Iterable[Row]) -> None:
    for row in rows:
        click.echo(msgspec.json.encode(row))  # bytes: JSON is UTF-8, whatever the terminal lacks


def print_table(rows: Iterable[Row], columns: Sequence[str], *, zone: tzinfo, empty: str) -> None:
    """The columns of the rows as a table; line by line where the terminal is narrow; `empty` where there is none."""
    wide = width()
    if wide < NARROW:
        blocks = ["\n".join(_block(row, columns, zone, wide)) for row in rows]
        click.echo("\n\n".join(blocks) or empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold", no_wrap=column in {"id", "number", "ticket"})
    for row in rows:
        table.add_row(*(cell(column, row.get(column), zone) for column in columns))
    if table.row_count:
        # What stands in a mail is never markup.
        Console(markup=False, highlight=False, emoji=False, width=wide).print(table)
    else:
        click.echo(empty)


def width() -> int:
    """As wide as the terminal; wide enough for a whole table where there is none, e.g. in a pipe."""
    shown = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return shutil.get_terminal_size((PIPE_WIDTH, 0)).columns if shown else PIPE_WIDTH


def _block(row: Row, columns: Sequence[str], zone: tzinfo, wide: int) -> Iterator[str]:
    """One row, a line for each column that says something."""
    label = max(len(column) for column in columns) + 2
    for column in columns:
        lines = textwrap.wrap(cell(column, row.get(column), zone), max(wide - label, label))
        for index, line in enumerate(lines):
            yield f"{column.replace('_', ' ') if index == 0 else '':{label}}{line}"


def cell(column: str, value: Any, zone: tzinfo) -> str:
    """A value as a person reads it."""
    if value is None:
        return ""
    if column.endswith(("_at", "_since")):
        return moment(value, zone)
    if isinstance(value, list | tuple):
        return "; ".join(one_line(one) for one in value)
    return one_line(value)


def moment(text: str, zone: tzinfo) -> str:
    """A time of JSON (ISO 8601 UTC), in the team's zone."""
    return datetime.fromisoformat(text).astimezone(zone).strftime("%Y-%m-%d %H:%M")


__all__ = ["Row", "cell", "moment", "one_line", "print_json", "print_table", "width"]
