"""Figures as CSV: read back as they were, and no cell is a formula (CWE-1236)."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.period import Days
from dashboard.table import MARK, Table, Worked, harmless, rows, text, words

AT = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)


def read(written: str) -> list[list[str]]:
    assert written.startswith(MARK)
    return list(csv.reader(StringIO(written.removeprefix(MARK), newline="")))


def test_numbers_spans_and_moments_are_what_a_program_reads() -> None:
    table = Table(
        "x", "X", ("Of", "Tickets", "Median", "When"), (("a, “b”", 1200, timedelta(minutes=90), AT), ("b", 0, None, AT))
    )
    assert read(text(table)) == [
        ["Of", "Tickets", "Median (hours)", "When"],
        ["a, “b”", "1200", "1.5", AT.isoformat()],
        ["b", "0", "", AT.isoformat()],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "first", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", "\x00=", "\n=", "\ufeff="]
)
def test_what_begins_like_a_formula_is_text(first: str) -> None:
    assert harmless(f"{first}cmd|' /C calc'!A0").startswith("'")


@given(some.lists(some.text(max_size=20), min_size=1, max_size=4))
def test_no_cell_is_a_formula_and_all_cells_come_back(cells: list[str]) -> None:
    table = Table("x", "X", ("A",), tuple((cell,) for cell in cells))
    found = [row[0] for row in read(text(table))[1:] if row]
    assert found == [harmless(cell) for cell in cells]
    assert not [cell for cell in found if cell.strip()[:1] in {*"=+-@＝＋－＠"} and cell.strip()]


def test_spans_in_words() -> None:
    long = {timedelta(minutes=5): "5 min", timedelta(hours=7): "7.0 h", timedelta(days=9): "9.0 days"}
    assert {span: words(span) for span in long} == long
    assert words(Worked(days=9)) == "216.0 h"
    assert (words(None), words(12345), words("x")) == ("–", "12,345", "x")


def test_days_are_words_on_a_page_and_iso_8601_in_a_file() -> None:
    day = Days(date(2026, 11, 2), date(2026, 11, 2))
    week = Days(date(2026, 11, 2), date(2026, 11, 8))
    assert (words(day), words(week)) == ("2 November 2026", "2 to 8 November 2026")
    assert rows([(day, 1), (week, 2)]) == MARK + '"2026-11-02",1\r\n"2026-11-02/2026-11-08",2\r\n'
