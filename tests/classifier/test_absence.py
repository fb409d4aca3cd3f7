"""Out-of-office notes without one header that helps, and people who speak of an absence, in every language: `absence.tsv`."""

import csv
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier.verdict import PERSON, Kind
from tests.classifier.judging import judge, mail


class Row(NamedTuple):
    """One mail: what it is, and nothing of it but subject and text."""

    language: str
    expected: str  # note or person
    subject: str
    text: str


def rows() -> list[Row]:
    with Path(__file__).with_name("absence.tsv").open(encoding="utf-8", newline="") as lines:
        found = [Row(*row) for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]
    return [row._replace(text=row.text.replace("\\n", "\n")) for row in found]


ROWS = rows()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.language}-{row.expected}")
def test_a_note_is_known_by_its_words_and_a_person_stays_one(row: Row) -> None:
    verdict = judge(mail(row.text, subject=row.subject))
    wanted = verdict.kind in PERSON if row.expected == "person" else verdict.kind is Kind.OUT_OF_OFFICE
    assert wanted, (row.subject, row.text, verdict.because)
