"""What is forgotten when it is old: bytes of what is on no ticket, and words of tickets closed long ago; never a row, and never what anything else lives by."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from outbound.outbox import State
from store import bygone, incoming, outbox, pending, retention, tables
from store.database import Database
from store.errors import Gone
from store.incoming import Incoming, MailState
from store.tables import chunk, mail
from tests.store.world import EASY, NOW, ack, keep, opened
from workflow.machine import Nature

DAY = timedelta(days=1)


def parked(database: Database, *ids: int) -> None:
    with database.write() as tx:
        tx.execute(update(mail).where(mail.c.id.in_(ids)).values(state=MailState.PARKED))


def forget(database: Database, days: float) -> int:
    with database.write() as tx:
        return retention.forget_parked(tx, NOW + days * DAY)


def raw(database: Database, id_: int) -> bytes:
    with database.read() as tx:
        return b"".join(incoming.raw(tx, id_))


def test_the_bytes_of_parked_mail_go_on_their_day_and_no_other_mail_s_do(database: Database) -> None:
    news, person = keep(database, "news", "person")
    (younger,) = keep(database, "younger", now=NOW + DAY, first_uid=7)
    parked(database, news, younger)
    assert forget(database, 0) == 0
    assert raw(database, news) == b"news"
    assert forget(database, 0.5) == 2
    with pytest.raises(Gone):
        raw(database, news)
    assert (raw(database, person), raw(database, younger)) == (b"person", b"younger")
    assert forget(database, 2) == 1
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(mail)).scalar_one() == 3
        assert tx.execute(select(func.count()).select_from(chunk)).scalar_one() == 1


def test_bytes_that_a_ticket_lives_by_stay(database: Database) -> None:
    (first,) = keep(database, "the same")
    with database.write() as tx:
        (second,) = incoming.keep(tx, "other", "INBOX", 1, [Incoming(1, b"the same", NOW)], NOW)
    parked(database, first)
    assert forget(database, 1) == 2
    assert raw(database, second) == b"the same"


def test_what_comes_again_is_known_in_its_mailbox_and_whole_in_another(database: Database) -> None:
    (first,) = keep(database, "news")
    parked(database, first)
    forget(database, 1)
    with database.write() as tx:
        (again,) = incoming.keep(tx, "support", "INBOX", 2, [Incoming(1, b"news", NOW)], NOW)
        (other,) = incoming.keep(tx, "other", "INBOX", 1, [Incoming(1, b"news", NOW)], NOW)
        states = dict(tx.execute(select(mail.c.id, mail.c.state)).all())
    assert (states[again], states[other]) == (MailState.PARKED, MailState.PENDING)
    assert raw(database, other) == b"news"


def test_the_bytes_of_what_could_not_be_processed_go_on_their_day_and_it_is_not_tried_again(database: Database) -> None:
    (poison,) = keep(database, "poison")
    with database.write() as tx:
        pending.quarantine(tx, poison, "its parser died")
        assert retention.forget_quarantined(tx, NOW) == 0
        assert retention.forget_quarantined(tx, NOW + DAY) == 1
        assert retention.forget_quarantined(tx, NOW + DAY) == 0
        assert not pending.retry(tx, poison)
        assert tx.execute(select(mail.c.state, mail.c.reason)).one() == ("parked", "its parser died")
        assert pending.claim(tx, 5, NOW + DAY, 60) == []


def test_what_went_to_staff_goes_on_its_day_and_what_a_client_got_stays_on_its_ticket(database: Database) -> None:
    number = opened(database)
    to_staff = ack("act:1", number, "kim@example.com", Nature.STAFF)
    on_its_way = ack("digest:1", None, "kim@example.com", Nature.DIGEST)
    to_client = ack("act:2", number, nature=Nature.PERSONAL)
    with database.write() as tx:
        ids = [outbox.queue(tx, one, EASY, NOW).id for one in (to_staff, on_its_way, to_client)]
        sent = tables.outbox.c.id.in_([ids[0], ids[2]])
        tx.execute(update(tables.outbox).where(sent).values(state=State.SENT, next_at=None))
        assert retention.forget_written(tx, NOW) == 0
        assert retention.forget_written(tx, NOW + DAY) == 3
        raws = tx.execute(select(tables.outbox.c.raw).order_by(tables.outbox.c.id)).scalars().all()
    assert raws == [b"", on_its_way.raw, to_client.raw]


def test_a_clock_that_is_wrong_makes_nothing_old(database: Database) -> None:
    with database.read() as tx:
        assert retention.day(tx, NOW) == NOW
    keep(database, "news")
    with database.read() as tx:
        assert retention.day(tx, NOW + 9999 * DAY) == NOW
        assert retention.day(tx, NOW - DAY) == NOW - DAY


def closed(database: Database, *names: str, at: datetime = NOW, **more: object) -> list[int]:
    """Tickets that were opened and closed then."""
    found = [opened(database, name) for name in names]
    with database.write() as tx:
        values = {"open": False, "status_since": at, "due_at": None, **more}
        tx.execute(update(tables.ticket).where(tables.ticket.c.number.in_(found)).values(values))
        tx.execute(update(tables.entry).where(tables.entry.c.ticket.in_(found)).values(at=at))
    return found


def subjects(database: Database) -> dict[int, str]:
    with database.read() as tx:
        return dict(tx.execute(select(tables.ticket.c.number, tables.ticket.c.subject)).all())


def forgotten(database: Database, days: float) -> int:
    """How many tickets are emptied, of those that were quiet so many days after NOW."""
    last = gone = 0
    while True:
        with database.write() as tx:
            looked = bygone.forget(tx, NOW + days * DAY, last)
        if looked is None:
            return gone
        gone, last = gone + looked.gone, looked.last


def test_a_ticket_goes_on_its_day_and_none_that_is_open_waits_for_a_date_or_was_written_on_since(
    database: Database,
) -> None:
    (old,) = closed(database, "old")
    (young,) = closed(database, "young", at=NOW + DAY)
    (open_,) = closed(database, "open", open=True)
    (waits,) = closed(database, "waits", due_at=NOW + 9 * DAY)
    (noted,) = closed(database, "noted")
    (imported,) = closed(database, "imported")
    with database.write() as tx:
        tx.execute(update(tables.entry).where(tables.entry.c.ticket == noted).values(at=NOW + DAY))
        tx.execute(update(mail).where(mail.c.ticket == imported).values(kept_at=NOW + DAY))
    assert forgotten(database, 0) == 0
    assert forgotten(database, 1) == 1
    left = subjects(database)
    assert left[old] == "(erased)"
    assert {number for number, subject in left.items() if subject != "(erased)"} == {
        young,
        open_,
        waits,
        noted,
        imported,
    }
    assert forgotten(database, 1) == 0, "once"


def test_what_was_merged_goes_with_the_ticket_that_it_leads_to_or_stays_with_it(database: Database) -> None:
    first, last, other, talked = closed(database, "first", "last", "other", "talked")
    with database.write() as tx:
        of = tables.ticket.c
        for number, into in ((first, last), (talked, other)):
            tx.execute(update(tables.ticket).where(of.number == number).values(merged_into=into))
        tx.execute(update(tables.entry).where(tables.entry.c.ticket == talked).values(at=NOW + 2 * DAY))
    assert forgotten(database, 1) == 2
    assert {number for number, subject in subjects(database).items() if subject == "(erased)"} == {first, last}


def test_many_are_looked_at_in_turn_and_those_that_stay_keep_none_behind_them(database: Database) -> None:
    stay = closed(database, *(f"stays {n}" for n in range(bygone.AT_ONCE)))
    go = closed(database, *(f"goes {n}" for n in range(bygone.AT_ONCE + 1)))
    (talked,) = closed(database, "talked", at=NOW + 2 * DAY)
    with database.write() as tx:
        tx.execute(update(tables.ticket).where(tables.ticket.c.number == talked).values(merged_into=stay[0]))
    assert forgotten(database, 1) == len(stay) - 1 + len(go)
    with database.write() as tx:
        assert not bygone.done(tx, NOW)
        bygone.note(tx, NOW)
        assert bygone.done(tx, NOW)
        assert not bygone.done(tx, NOW + DAY)
