"""Corrections through the whole program, on a scratch database: what becomes of the ticket, who is written to, and what cannot be said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from postroom.acting import NotPossible, act
from postroom.app import App
from postroom.config import read as configuration
from postroom.correcting import Corrected, put_right
from postroom.parsers import Parsers
from postroom.preview import scratch
from postroom.processing import Processor
from postroom.reading import Parsed, read
from postroom.said import Said, word
from store import corrections, incoming, reports
from store.incoming import Incoming
from store.lines import TicketPage
from tests.postroom.installed import install
from tests.walk.lab import mail
from tests.walk.post import octets
from workflow.act import SetStatus

BEGUN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
KIM = "kim@example.com"
OOTO = "I am out of the office until Monday. For immediate assistance call Sam.\n"
OFFER = "Our spring offers are here at last.\n"


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers[Parsed]]:
    made = Parsers(read, 1)
    yield made
    made.close()


class Desk:
    """A team with a scratch database; mails come a minute after one another."""

    def __init__(self, app: App, parsers: Parsers[Parsed]) -> None:
        self.app, self.parsers = app, parsers
        self.mails = 0

    def came(self, text: str, subject: str = "A question", sender: str = "gwen@client.example", **more: str) -> int:
        self.mails += 1
        more = {"to": "support@example.com", "message_id": f"<{self.mails}@client.example>"} | more
        letter = mail(text, subject=subject, sender=sender, **more)
        letter.replace_header("Date", format_datetime(BEGUN))  # a copy has that of the first, too
        raw = octets(letter)
        at = BEGUN + timedelta(minutes=self.mails)
        with self.app.database.write() as tx:
            incoming.keep(tx, "support@example.com", "INBOX", 1, [Incoming(self.mails, raw, at)], at)
        processor = Processor(replace(self.app, now=lambda: at), self.parsers)
        while processor.process():
            pass
        return self.mails

    def say(self, number: int, kind: str, **more: Any) -> Corrected:
        self.app = replace(self.app, now=lambda: BEGUN + timedelta(hours=1))
        return put_right(self.app, Said(number, word(kind), KIM, **more), self.parsers)

    def page(self, number: int | None) -> TicketPage:
        with self.app.database.read() as tx:
            page = reports.ticket_page(tx, number or 0)
        assert page
        return page

    def status(self, number: int | None) -> str:
        return self.page(number).ticket.status

    def kinds(self) -> list[str]:
        with self.app.database.read() as tx:
            return [line.kind for line in reversed(reports.mails(tx))]

    def sent(self) -> list[tuple[str, str]]:
        with self.app.database.read() as tx:
            return [(line.notice, line.recipient) for line in reversed(reports.outgoing(tx))]


@pytest.fixture
def desk(tmp_path: Path, parsers: Parsers[Parsed]) -> Iterator[Desk]:
    with scratch(configuration(install(tmp_path), {})) as app:
        yield Desk(app, parsers)


def test_a_note_that_a_person_wrote_is_a_persons_ticket_and_said_again_it_stays(desk: Desk) -> None:
    done = desk.say(desk.came(OOTO, "Out of office"), "person")
    assert (done.was, done.kind, done.before, done.status) == (
        "out_of_office",
        "new_ticket",
        "OOTO Only",
        "Outstanding",
    )
    assert desk.sent() == []
    page = desk.page(done.ticket)
    assert not desk.say(1, "person").changed
    assert desk.page(done.ticket) == page


def test_it_is_answered_only_if_staff_ask_and_once(desk: Desk) -> None:
    desk.came(OOTO, "Out of office")
    done = desk.say(1, "person", answer=True)
    assert [one.recipient for one in done.outgoing] == ["gwen@client.example"]
    desk.say(1, "out-of-office")
    desk.say(1, "person", answer=True)
    assert [recipient for _, recipient in desk.sent()] == ["gwen@client.example"]
    with pytest.raises(NotPossible, match="a machine is never answered"):
        desk.say(1, "bulk", answer=True)


def test_a_ticket_that_a_machine_opened_is_closed_and_silent(desk: Desk) -> None:
    desk.came(OFFER, "Spring offers")
    done = desk.say(1, "bulk", note="the third one\n\x1b[31m")
    page = desk.page(done.ticket)
    assert (page.ticket.open, desk.kinds()) == (False, ["bulk"])
    assert page.conversation[-1].visible_to == "staff"
    assert [lesson.rule.kind for lesson in done.lessons] == ["bulk", "bulk"]


def test_a_ticket_onto_which_a_person_has_written_since_stays(desk: Desk) -> None:
    desk.came(OFFER, "Spring offers")
    desk.came("Is it still white?", "Re: Spring offers", In_Reply_To="<1@client.example>")
    done = desk.say(1, "bulk")
    assert (done.status, done.before) == ("Outstanding", "Outstanding")
    assert desk.kinds() == ["bulk", "client_reply"]
    assert "has moved on since" in done.because[-1]


def test_a_ticket_that_staff_have_moved_since_stays(desk: Desk) -> None:
    desk.came(OFFER, "Spring offers")
    desk.app = replace(desk.app, now=lambda: BEGUN + timedelta(minutes=30))
    act(desk.app, 1001, SetStatus("Support Rep Working", KIM))
    done = desk.say(1, "auto_reply")
    assert (desk.status(1001), desk.kinds()) == ("support_rep_working", ["auto_reply"])
    assert "has moved on since" in done.because[-1]


def test_a_reply_that_was_taken_for_a_note_moves_its_ticket_and_back(desk: Desk) -> None:
    desk.came("The page is white.")
    desk.app = replace(desk.app, now=lambda: BEGUN + timedelta(minutes=1, seconds=30))
    act(desk.app, 1001, SetStatus("Pending Client Feedback", KIM))
    note = desk.came(OOTO, "Automatic reply: A question", In_Reply_To="<1@client.example>")
    assert (desk.kinds()[-1], desk.status(1001)) == ("out_of_office", "pending_client_feedback")
    assert desk.say(note, "person").status == "Outstanding"
    assert desk.say(note, "out_of_office").status == "Pending Client Feedback"
    history = [(one.to, one.by) for one in desk.page(1001).history]
    assert history[-2:] == [("outstanding", KIM), ("pending_client_feedback", KIM)]


def test_a_parked_mail_opens_a_ticket_and_what_is_parked_again_stays_on_it(desk: Desk) -> None:
    robot = {"List_Unsubscribe": "<mailto:x@client.example>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}
    desk.came("Hello, here is my letter.", **robot)
    assert desk.kinds() == ["bulk"]
    assert desk.say(1, "receipt").ticket is None
    done = desk.say(1, "person")
    assert (done.before, done.status) == ("", "Outstanding")
    assert desk.say(1, "bulk").ticket == done.ticket
    assert not desk.page(done.ticket).ticket.open


def test_what_is_ours_or_not_judged_cannot_be_corrected(desk: Desk) -> None:
    desk.came("The page is white.")
    desk.came("The page is white.", message_id="<1@client.example>", X_Other="trace")
    for number, why in ((2, "duplicate"), (99, "there is no mail")):
        with pytest.raises(NotPossible, match=why):
            desk.say(number, "person")
    for kind in ("own_mail", "client_reply", "vacation", "system_report", "", "x" * 1000):
        with pytest.raises(NotPossible):
            word(kind)


def test_every_correction_is_kept(desk: Desk) -> None:
    desk.came(OOTO, "Out of office")
    for kind in ("person", "person", "out_of_office", "auto_reply"):
        desk.say(1, kind, note=kind)
    with desk.app.database.read() as tx:
        (case,) = corrections.cases(tx)
    assert (case.correction.said, case.correction.was, case.correction.note) == (
        "auto_reply",
        "out_of_office",
        "auto_reply",
    )
