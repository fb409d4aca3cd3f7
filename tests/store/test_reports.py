"""Lists have the keys that scripts rely on, and the sum of all mails comes out even."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from outbound.outbox import State
from store import pending, reports, tables
from store.database import Database, Transaction
from store.effect import Effect
from store.lines import Balance, Wanted, WantedMails, as_json
from store.tables import outbox
from tests.store.world import ADA, BEN, NOW, ack, apply, keep, mail, opened, plans
from workflow.decision import Decision
from workflow.machine import Ball

# architecture.md, "Interfaces that are fixed": more keys may be added; these stay.
TICKET = (
    "number subject status open ball_with requester mailbox assigned_to created_at status_since due_at merged_into tags"
)
PAGE = TICKET + " history conversation people timers"
MAIL = "id mailbox uid message_id sender subject received_at state kind because ticket"
OUTBOX = "id ticket notice recipient subject message_id state attempts next_at last_answer"


def keys(value: object) -> set[str]:
    read = json.loads(json.dumps(as_json(value)))
    assert isinstance(read, dict)
    return set(read)


def test_the_keys_that_scripts_rely_on_are_there(database: Database) -> None:
    number = opened(database, outgoing=(ack("mail:1", 1001),))
    with database.read() as tx:
        page = reports.ticket_page(tx, number)
        assert page
        assert set(TICKET.split()) <= keys(reports.tickets(tx, Wanted())[0])
        assert set(PAGE.split()) <= keys(page)
        assert set(MAIL.split()) <= keys(reports.mails(tx)[0])
        assert set(OUTBOX.split()) <= keys(reports.outgoing(tx)[0])
    assert keys(page.history[0]) == {"at", "from", "to", "by", "because", "mail"}
    assert {"mail", "kind", "direction", "author", "at", "subject", "text"} <= keys(page.conversation[0])
    assert {"address", "role"} <= keys(page.people[0])
    assert as_json(page.history[0])["at"] == "2026-11-20T09:00:00Z"


def test_a_ticket_that_is_not_there_is_none(database: Database) -> None:
    with database.read() as tx:
        assert reports.ticket_page(tx, 1) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [1002, 1001]),
        (Wanted(statuses=("waiting",)), [1002]),
        (Wanted(statuses=("waiting", "outstanding")), [1002, 1001]),
        (Wanted(open=True), [1001]),
        (Wanted(open=False), [1002]),
        (Wanted(mailbox="support"), [1002, 1001]),
        (Wanted(mailbox="other"), []),
        (Wanted(assigned="kim@example.com"), []),
        (Wanted(search="1002"), [1002]),
        (Wanted(search="#1001"), [1001]),
        (Wanted(search="about PRINTER"), [1001]),
        (Wanted(search="words of wifi"), [1002]),
        (Wanted(search="BEN@"), [1002]),
        (Wanted(search="Deploy-request"), [1002]),
        (Wanted(search="["), []),
        (Wanted(search="%"), []),
        (Wanted(search="_"), []),
        (Wanted(search="99999999999999999999"), []),
        (Wanted(search="'; DROP TABLE ticket"), []),
    ],
)
def test_tickets_are_found_by_what_is_asked(database: Database, wanted: Wanted, found: list[int]) -> None:
    opened(database, "printer", ADA)
    wifi = opened(database, "wifi", BEN)
    with database.write() as tx:
        apply(
            tx,
            Effect(
                NOW,
                "kim",
                Decision(("x",), "waiting", "outstanding", tags=("deploy-request",)),
                wifi,
                1,
                open=False,
                ball_with=Ball.CLIENT,
            ),
        )
    with database.read() as tx:
        assert [line.number for line in reports.tickets(tx, wanted)] == found


def test_all_that_was_fetched_is_somewhere(database: Database) -> None:
    opened(database)
    bad, *_ = keep(database, "bad", "first", "waits", first_uid=5)
    with database.write() as tx:
        pending.quarantine(tx, bad, "too deep")
    with database.read() as tx:
        balance = reports.balance(tx)
    assert balance == Balance(fetched=4, on_tickets=1, parked=1, quarantined=1, pending=1)
    assert balance.even
    assert not Balance(fetched=2, on_tickets=1, parked=0, quarantined=0, pending=0).even
    found = plans(database, lambda tx: lost(tx, balance), "SELECT count")
    assert any("ix_mail_placeless" in line for line in found)


def lost(tx: Transaction, before: Balance) -> None:
    """A settled mail that is on no ticket is nowhere."""
    tx.execute(update(tables.mail).where(tables.mail.c.ticket.is_not(None)).values(ticket=None))
    balance = reports.balance(tx)
    assert balance == replace(before, on_tickets=0)
    assert not balance.even


def test_lists_end(database: Database) -> None:
    keep(database, *(f"{n}" for n in range(20)))
    with database.read() as tx:
        assert [line.uid for line in reports.mails(tx, limit=3)] == [20, 19, 18]


def test_mails_and_outgoing_mails_are_found_by_state(database: Database) -> None:
    opened(database, outgoing=(ack("mail:1", 1001),), now=NOW - timedelta(days=1))
    keep(database, "waits", first_uid=5)
    with database.read() as tx:
        assert [line.subject for line in reports.mails(tx, WantedMails(("processed",)))] == [mail("first").subject]
        assert len(reports.outgoing(tx, ("queued", "retry"))) == 1
        assert reports.outgoing(tx, ("dead",)) == []


def test_outgoing_mails_of_a_state_are_found_without_a_look_at_all_that_was_sent(database: Database) -> None:
    waits = {State.QUEUED, State.SENDING, State.RETRY}
    opened(database, outgoing=tuple(ack(f"mail:{n}", 1001) for n in range(len(State))), now=NOW)
    with database.write() as tx:
        numbers = tx.execute(select(outbox.c.id).order_by(outbox.c.id)).scalars().all()
        for number, state in zip(numbers, State, strict=True):
            stands = {"state": state, "next_at": NOW if state in waits else None}
            tx.execute(update(outbox).where(outbox.c.id == number).values(stands))
    for asked in (*((state,) for state in State), ("queued", "retry"), ("dead", "held"), ("queued", "held")):
        with database.read() as tx:
            assert {line.state for line in reports.outgoing(tx, asked)} == set(asked)
        if not {"sent", "queued"} & set(asked) or asked == ("queued", "retry"):
            read = plans(database, lambda tx, asked=asked: reports.outgoing(tx, asked), "SELECT")
            assert any(f"ix_outbox_{name}" in step for step in read for name in ("stuck", "next_at", "sending")), (
                asked,
                read,
            )
