"""A note of absence without any sign but its words, and people who say one thing more."""

import pytest

from classifier.verdict import PERSON, Kind
from inbound.message import Address, Message
from tests.classifier.judging import DANA, judge, link, mail

NOTE = "I am currently on annual leave and will return on 30 November."


def answer(text: str = NOTE, **more: object) -> Message:
    known = {"in_reply_to": ("<ticket-77@example.com>",), "subject": "Re: Wrong credits"}
    return mail(text, from_=(Address(DANA, "Dana Whitfield"),), **{**known, **more})


@pytest.mark.parametrize(
    "text",
    [
        NOTE,
        f"Dear all,\n\n{NOTE}\n\nBest regards,\nDana",
        "I'm out of office, back on Monday.",
        "I am not in the office at the moment. I will be back on 3 May 2027.",
        "Thank you for your message. I am on leave until 29 November, returning on Monday 30th November!",
        "Ich bin im Urlaub und am 30.11. zurück.",
        "Ich bin derzeit nicht im Büro.\nZurück am Montag.",
        "Ich bin bis einschließlich 27. November abwesend und ab Montag wieder da.\n\nViele Grüße\nDana",
    ],
)
def test_a_note_that_says_nothing_else_is_no_persons_reply(text: str) -> None:
    verdict = judge(answer(text), link=link())
    assert (verdict.kind, verdict.answer) == (Kind.OUT_OF_OFFICE, False)


@pytest.mark.parametrize(
    "text",
    [
        f"{NOTE} Yes.",
        f"{NOTE} Approved",
        f"{NOTE}\nApproved",
        f"{NOTE} Monday.",
        f"No. {NOTE}",
        f"Thanks! {NOTE}",
        f"{NOTE} Is that too late?",
        f"{NOTE} Please wait.",
        f"{NOTE} I will test it then.",
        f"{NOTE} Leave it open until then.",
        "I am out of the office and will test it when I am back on Monday.",
        "I am on leave and back on Monday at 10:00.",
        "I will be on leave from Friday, back on Monday.",
        "I am back from annual leave on Monday.",
        "Ich bin ab 7. Dezember im Urlaub und am 14. Dezember zurück.",
        "Ich bin im Urlaub und am 30.11. zurück. Passt.",
        "I am on annual leave.",
        "I will be back on Monday.",
        "I am on leave. Back soon.",
        f"{NOTE}\n\n" + "Kind regards\nDana\n" * 30,
        "",
    ],
)
def test_who_says_one_thing_more_or_less_is_a_person(text: str) -> None:
    assert judge(answer(text), link=link()).kind is Kind.CLIENT_REPLY


@pytest.mark.parametrize(
    "more",
    [
        {"in_reply_to": (), "subject": "Wrong credits"},
        {"text": f"{NOTE}\n\nOn Wed, 25 Nov 2026 Example Support wrote:\n> Is it right now?"},
        {"headers": (("from", DANA), ("x-mailer", "iPhone Mail (20A362)"))},
    ],
)
def test_a_person_at_work_is_a_person_whatever_the_words(more: dict[str, object]) -> None:
    assert judge(answer(**{"text": NOTE, **more})).kind in PERSON
