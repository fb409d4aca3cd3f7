"""What a calendar's message says, on the verdict and in words; what only carries a calendar is a person's (the mails are in tests/mails)."""

from datetime import UTC, date, datetime

import pytest

from classifier.saying import of_appointment
from classifier.verdict import PERSON
from inbound.message import Address, Appointment
from inbound.parse import parse
from tests.classifier.judging import MAILS, judge

START, END = datetime(2026, 12, 9, 9, tzinfo=UTC), datetime(2026, 12, 9, 9, 30, tzinfo=UTC)
DANA, BEN = Address("dana@example.org"), Address("ben@example.net")


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            Appointment("REQUEST", "1", START, END, organizer=DANA, summary="Review"),
            'invitation from dana@example.org, "Review", 2026-12-09 09:00 UTC to 2026-12-09 09:30 UTC',
        ),
        (
            Appointment("REPLY", "1", START, attendee=BEN, answer="DECLINED"),
            "declined by ben@example.net, 2026-12-09 09:00 UTC",
        ),
        (
            Appointment("CANCEL", "1", date(2026, 12, 9), summary="Week", recurs=True),
            'cancelled, "Week", 2026-12-09, repeated',
        ),
        (Appointment("COUNTER", "1", START.replace(tzinfo=None)), "another time is proposed, 2026-12-09 09:00"),
        (
            Appointment("COUNTER", "1", START, organizer=DANA, attendee=BEN),
            "another time is proposed from ben@example.net, 2026-12-09 09:00 UTC",
        ),
        (Appointment("REPLY"), "answer"),
    ],
)
def test_it_is_said_in_words(said: Appointment, words: str) -> None:
    assert of_appointment(said) == words


@pytest.mark.parametrize(
    ("name", "method", "answer", "start", "who"),
    [
        ("accepted-from-outlook-as-the-whole-mail", "REPLY", "ACCEPTED", START, "lena.vogt@example.org"),
        ("declined-with-a-comment", "REPLY", "DECLINED", START, "ben.okafor@example.net"),
        ("all-day-series-cancelled", "CANCEL", "", date(2026, 12, 14), None),
        ("request-from-outlook", "REQUEST", "", START, "support@example.com"),
    ],
)
def test_the_verdict_of_a_calendar_s_message_has_its_value(
    name: str, method: str, answer: str, start: date, who: str | None
) -> None:
    verdict = judge(parse((MAILS / "calendar" / f"{name}.eml").read_bytes()))
    said = verdict.appointment
    assert said
    assert (said.method, said.answer, said.start) == (method, answer, start)
    assert (said.attendee.addr if said.attendee else None) == who
    assert verdict.said
    assert verdict.said in verdict.because


@pytest.mark.parametrize(
    "path", ["new_ticket/an-invitation-saved-and-attached", "new_ticket/a-published-event-attached"]
)
def test_a_person_s_mail_with_a_calendar_attached_has_none_on_its_verdict(path: str) -> None:
    verdict = judge(parse((MAILS / f"{path}.eml").read_bytes()))
    assert verdict.kind in PERSON
    assert verdict.appointment is None
