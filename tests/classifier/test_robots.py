r"""Mails of ticket systems, shops, monitors, newsletters, and of people beside them: `robots.txt`, one a line, in sections.

`|` stands between language, what it is, headers, subject and text; `;` between headers; `\n` for a line's end. What it is:
auto_reply, notification, bulk; `machine`, any of them; `person`, which may be answered; `unanswered`, a person's kind that may
not; `human`, either. A line that begins with `mass` is a person's post or bulk, never answered.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from classifier.phrases import table
from classifier.verdict import PERSON, Kind, Verdict
from inbound.parse import parse
from tests.classifier.judging import judge, mail

HERE = Path(__file__).parent
SPOKEN = {
    "automatic",
    "ticket",
    "received",
    "acknowledged",
    "challenge",
    "retired",
    "bulk",
    "footer",
    "alert",
    "detail",
}
MACHINES = {Kind.AUTO_REPLY, Kind.NOTIFICATION, Kind.BULK}


class Row(NamedTuple):
    """One mail of a table, and what it is."""

    section: str
    language: str
    wanted: str
    headers: str
    subject: str
    text: str

    @property
    def raw(self) -> bytes:
        lines = [line.strip() for line in self.headers.split(";") if line.strip()]
        names = {line.partition(":")[0].lower() for line in lines}
        plain = {
            "from": "From: Dana Whitfield <dana.whitfield@example.org>",
            "to": "To: support@example.com",
            "date": "Date: Wed, 2 Dec 2026 09:14:27 +0100",
            "message-id": "Message-ID: <44417229@example.net>",
            "content-type": "Content-Type: text/plain; charset=utf-8",
        }
        head = [*lines, *(line for name, line in plain.items() if name not in names), f"Subject: {self.subject}"]
        return "\r\n".join([*head, "", self.text.replace("\\n", "\r\n")]).encode()

    def right(self, verdict: Verdict) -> bool:
        person = verdict.kind in PERSON
        match self.wanted:
            case "machine":
                return verdict.kind in MACHINES
            case "human":
                return person
            case "person" | "unanswered":
                return person and verdict.answer is (self.wanted == "person")
            case "mass":
                return not verdict.answer and (person or verdict.kind is Kind.BULK)
            case _:
                return verdict.kind == self.wanted


def rows(name: str) -> Iterator[Row]:
    """The rows of a table. A line that begins with # names a section."""
    section = ""
    for line in (HERE / name).read_text("utf-8").splitlines():
        if line.startswith("#"):
            section = line.strip("# ")
        elif line.strip():
            language, wanted, headers, subject, text = (part.strip() for part in line.split("|", 4))
            yield Row(section, language, wanted, headers, subject, text)


TABLE = tuple(rows("robots.txt"))


@pytest.mark.parametrize("section", list(dict.fromkeys(row.section for row in TABLE)))
def test_each_mail_is_what_its_row_says(section: str) -> None:
    judged = [(row, judge(parse(row.raw))) for row in TABLE if row.section == section]
    wrong = [
        f"{row.language} {row.wanted} {row.subject}: {v.kind} {v.because[0]} {v.no_answer}"
        for row, v in judged
        if not row.right(v)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_language_has_its_acknowledgement() -> None:
    have = {row.language for row in TABLE if row.wanted == "auto_reply" and "Auto-Submitted" not in row.headers}
    languages = "en de fr es it nl pt pl cs sk hu ro bg hr sv da nb fi et ru uk tr el ja zh ko ar he"
    assert set(languages.split()) <= have


@pytest.mark.parametrize("table", ["robots_held_out.txt", "robots_held_out_2.txt"])
def test_mails_that_were_written_after_the_rules_are_right_and_no_person_is_lost(table: str) -> None:
    judged = [(row, judge(parse(row.raw))) for row in rows(table)]
    people = [(row, v) for row, v in judged if row.wanted in {"person", "unanswered", "human"}]
    machines = [(row, v) for row, v in judged if row.wanted not in {"person", "unanswered", "human"}]
    assert [row.subject for row, v in people if v.kind not in PERSON] == []
    assert [row.subject for row, v in machines if v.answer] == []
    assert sum(row.right(v) for row, v in judged) / len(judged) >= 0.95


@pytest.mark.parametrize(
    "around",
    [
        "Hello,\n\nI have seen this: {}\n\nPage 3 is empty.",
        "Hello,\n\n{} and so on.\n\nDana Whitfield",
        "{} what is that?",
    ],
)
def test_no_phrase_alone_makes_a_machine_of_who_says_i_or_signs_or_asks(around: str) -> None:
    some = [phrase for number, phrase in enumerate(table()) if phrase.says in SPOKEN and number % 7 == 0]
    lost = [phrase.text for phrase in some if judge(mail(around.format(phrase.text))).kind not in PERSON]
    assert lost == []


def test_no_subject_alone_makes_a_machine_of_a_text_that_says_something_else() -> None:
    mailers = {phrase.text for phrase in table() if phrase.says == "automatic reply"}  # no person begins a subject so
    spoken = [phrase for phrase in table() if phrase.says in SPOKEN and phrase.text not in mailers]
    some = spoken[::7]
    lost = [phrase.text for phrase in some if judge(mail("Page 3 is empty.", subject=phrase.text)).kind not in PERSON]
    assert lost == []
