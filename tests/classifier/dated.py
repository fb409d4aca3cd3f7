"""The labelled notes: a language, the date of the mail, its subject and text, and the day of return that they name."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Note(NamedTuple):
    """One line of a table."""

    language: str
    sent: datetime
    subject: str
    text: str
    back: date | None


def notes(name: str) -> Iterator[Note]:
    """The notes of a table beside this file."""
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, sent, said, back = line.split("\t")
        subject, mark, text = said.partition("||")
        whole = (text if mark else said).replace("\\n", "\n")
        moment = datetime.fromisoformat(sent).replace(hour=9, tzinfo=UTC)
        yield Note(language, moment, subject if mark else "", whole, date.fromisoformat(back) if back else None)
