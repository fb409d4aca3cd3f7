"""Table: figures with a title and headings, as a page and a CSV file show them. Pure."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import StringIO

from dashboard.period import Days

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
# What a spreadsheet takes for the beginning of a formula, be it of full width, or behind what nobody sees (CWE-1236).
_FORMULA = re.compile(r"[\t\r]|[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MARK = "\ufeff"  # without it Excel reads a file as of another century; everything else that reads CSV knows it


class Worked(timedelta):
    """A span in working hours, of which no day has 24."""


Cell = str | int | timedelta | datetime | Days | None


@dataclass(frozen=True, slots=True)
class Table:
    """Figures. The first cell of a row says what it is about."""

    key: str  # the last step of its address
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    bar: int = 0  # the column that is drawn; 0 for none
    shown: int = 20  # rows on the page; the file has all
    tickets: bool = False  # whether its rows are about tickets, by their numbers


def words(cell: Cell) -> str:
    """As a page shows it."""
    match cell:
        case None:
            return "–"
        case timedelta():
            return _long(cell)
        case int():
            return f"{cell:,}"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case _:
            return str(cell)


def _long(cell: timedelta) -> str:
    if cell < AN_HOUR:
        return f"{cell / AN_HOUR * 60:.0f} min"
    if cell < 3 * A_DAY or isinstance(cell, Worked):
        return f"{cell / AN_HOUR:.1f} h"
    return f"{cell / A_DAY:.1f} days"


def text(table: Table) -> str:
    """The table as CSV (RFC 4180) in UTF-8, with a byte order mark: spans in hours, moments and days in ISO 8601."""
    spans = {at for row in table.rows for at, cell in enumerate(row) if isinstance(cell, timedelta)}
    heads = [f"{name} (hours)" if at in spans else name for at, name in enumerate(table.columns)]
    return rows([heads, *table.rows])


def rows(lines: Iterable[Iterable[Cell]]) -> str:
    out = StringIO(MARK, newline="")
    out.seek(len(MARK))
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerows([[_cell(one) for one in line] for line in lines])
    return out.getvalue()


def _cell(cell: Cell) -> str | int | float:
    match cell:
        case None:
            return ""
        case timedelta():
            return round(cell / AN_HOUR, 2)
        case int():
            return cell
        case datetime():
            return cell.isoformat()
        case Days():
            return "/".join(dict.fromkeys((cell.first.isoformat(), cell.last.isoformat())))
        case _:
            return harmless(str(cell))


def harmless(said: str) -> str:
    """Text that no spreadsheet calculates: what begins like a formula gets an apostrophe, and control characters go."""
    plain = _CONTROLS.sub("", said)
    return f"'{plain}" if _FORMULA.match(plain) else plain
