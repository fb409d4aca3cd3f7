"""In which language a ticket's client is written to: theirs, unless staff say otherwise, and never by a word alone."""

from dataclasses import replace

import pytest

from inbound.message import Address
from tests.workflow.desk import CLIENT, COURSELEAF, NOW, mail, ticket
from workflow.act import Speak
from workflow.after import after
from workflow.decide import decide_action

GERMAN = {"language": "de", "fluent": True}


def test_a_ticket_is_opened_in_the_language_of_its_mail() -> None:
    assert mail(None, "new_ticket", language="de").language == "de"
    assert mail(None, "new_ticket").language == ""


@pytest.mark.parametrize(
    ("known", "heard", "language"),
    [
        ("", {"language": "de"}, "de"),
        ("en", {"language": "de"}, "en"),
        ("en", GERMAN, "de"),
        ("de", {}, "de"),
        ("en", {**GERMAN, "sender": Address("lee@example.com")}, "en"),
        ("en", {**GERMAN, "pending": True}, "en"),
    ],
)
def test_a_short_mail_gives_a_language_and_only_a_long_one_of_the_requester_changes_it(
    known: str, heard: dict[str, object], language: str
) -> None:
    decision = mail(ticket("pending_client_feedback", language=known), "client_reply", **heard)
    assert decision.language == language
    assert any("writes in de" in reason for reason in decision.because) is (language != known)


@pytest.mark.parametrize("kind", ["out_of_office", "auto_reply", "bounce", "staff_reply"])
def test_neither_a_machine_nor_staff_change_it(kind: str) -> None:
    assert mail(ticket("pending_client_feedback", language="en"), kind, **GERMAN).language == "en"


def test_what_staff_set_stays_until_they_leave_it_to_the_client_again() -> None:
    here = ticket("pending_client_feedback", language="en")
    chosen = after(here, decide_action(here, Speak("fr", "kim@example.com"), COURSELEAF, NOW), NOW)
    assert (chosen.language, chosen.language_set, chosen.status) == ("fr", True, here.status)
    assert mail(chosen, "client_reply", **GERMAN).language == "fr"
    left = after(chosen, decide_action(chosen, Speak("", "kim@example.com"), COURSELEAF, NOW), NOW)
    assert mail(left, "client_reply", sender=CLIENT, **GERMAN).language == "de"


def test_a_reply_that_comes_too_late_opens_a_ticket_in_its_own_language() -> None:
    old = ticket("problem_solved", language="en")
    late = replace(old, status_since=NOW.replace(year=2020))
    opened = mail(late, "client_reply", language="de")
    assert (opened.opens, opened.language) == (True, "de")
