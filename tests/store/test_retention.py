"""What is forgotten when it is old: the bytes of machines' mail alone, never a row, and never what anything else lives by."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from store import incoming, retention
from store.database import Database
from store.errors import Gone
from store.incoming import Incoming, MailState
from store.tables import chunk, mail
from tests.store.world import NOW, keep

DAY = timedelta(days=1)


def parked(database: Database, *ids: int) -> None:
    with database.write() as tx:
        tx.execute(update(mail).where(mail.c.id.in_(ids)).values(state=MailState.PARKED))


def forget(database: Database, days: float) -> int:
    with database.write() as tx:
        return retention.forget_bytes(tx, NOW + days * DAY)


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
