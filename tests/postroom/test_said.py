"""What a bounce and a calendar's message say, as `postroom classify` shows it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from postroom.cli import main

MAILS = Path(__file__).parents[1] / "mails"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def row(path: str) -> dict[str, Any]:
    found = json.loads(CliRunner().invoke(main, ["classify", "--json", str(MAILS / path)]).output)
    assert isinstance(found, dict)
    return found


def test_a_bounce_is_shown_as_keys() -> None:
    shown = row("bounce/qmail.eml")
    assert shown["calendar"] is None
    assert shown["bounce"] == {
        "lasting": "permanent",
        "recipients": ["gone@example.org"],
        "status": "5.1.1",
        "code": None,
        "reason": "Sorry, no mailbox here by that name. (#5.1.1)",
        "original_message_id": None,
        "ours": None,
    }


def test_a_calendar_s_message_is_shown_as_keys_with_its_times_in_utc() -> None:
    shown = row("calendar/accepted-from-outlook-as-the-whole-mail.eml")
    assert shown["bounce"] is None
    assert shown["calendar"] == {
        "method": "REPLY",
        "uid": "040000008200E00074C5B7101A82E0080000000010A1",
        "start": "2026-12-09T09:00:00+00:00",
        "end": "2026-12-09T09:30:00+00:00",
        "zone": "W. Europe Standard Time",
        "organizer": None,
        "attendee": "lena.vogt@example.org",
        "answer": "ACCEPTED",
        "sequence": 0,
        "summary": "Zugesagt: Katalog durchgehen",
        "recurs": False,
    }


def test_both_stand_in_a_line_in_short_and_a_person_s_mail_has_neither() -> None:
    files = ("bounce/qmail.eml", "calendar/declined-with-a-comment.eml")
    line, other = CliRunner().invoke(main, ["classify", *(str(MAILS / one) for one in files)]).output.splitlines()
    assert ": bounce, permanent, for gone@example.org, 5.1.1 (no answer: it is bounce)" in line
    assert ': calendar, declined by ben.okafor@example.net, "Catalog review", 2026-12-09 09:00 UTC' in other
    person = row("new_ticket/asks-about-read-receipts.eml")
    assert (person["bounce"], person["calendar"]) == (None, None)
