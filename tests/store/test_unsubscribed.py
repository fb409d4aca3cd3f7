"""Who is off which mails, on both databases: what waits for them is withheld and says so, and nothing else is touched."""

from datetime import UTC, datetime

import pytest

from inbound.message import Address
from outbound.outbox import Queued, Retry, State
from outbound.series import Series
from store import identities, outbox, outgoing, unsubscribed
from store.database import Database
from store.limits import Limits
from store.lines import OutboxLine
from store.reports import outgoing as lines
from workflow.machine import Nature

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ADA, KIM = "Ada@client.example", "kim@example.com"


def mail(cause: str, nature: Nature, notice: str, to: str) -> Queued:
    return Queued(cause, None, notice, nature, to, "support@example.com", "White", f"<{cause}@example.com>", b"raw")


def queue(database: Database, *mails: Queued) -> list[outbox.Placed]:
    with database.write() as tx:
        return outbox.queue_all(tx, mails, Limits(), NOW)


def states(database: Database) -> dict[str, OutboxLine]:
    with database.read() as tx:
        return {line.message_id.strip("<>").partition("@")[0]: line for line in lines(tx)}


def test_somebody_is_off_once_until_they_come_back_whatever_the_case(database: Database) -> None:
    with database.write() as tx:
        assert unsubscribed.leave(tx, ADA, Series.STATUS, NOW, "a link")
        assert not unsubscribed.leave(tx, ADA.lower(), Series.STATUS, NOW, "again")
        assert unsubscribed.since(tx, ADA.upper(), Series.STATUS) == NOW
        assert unsubscribed.since(tx, ADA, Series.DIGEST) is None
        assert unsubscribed.among(tx, [ADA, KIM], Series.STATUS) == {ADA.lower()}
        assert unsubscribed.among(tx, [], Series.STATUS) == frozenset()
        assert unsubscribed.everybody(tx) == [unsubscribed.Off(ADA.lower(), Series.STATUS, NOW, "a link")]
    with database.write() as tx:
        assert unsubscribed.come_back(tx, ADA, Series.STATUS)
        assert not unsubscribed.come_back(tx, ADA, Series.STATUS)
        assert unsubscribed.everybody(tx) == []
    long = f"{'x' * 300}@client.example"
    with database.write() as tx:
        assert unsubscribed.leave(tx, long, Series.STATUS, NOW, "a link")
        assert unsubscribed.among(tx, [long.upper()], Series.STATUS) == {long}


def test_somebody_is_off_by_all_addresses_of_theirs(database: Database) -> None:
    home = "ada@home.example"
    queue(database, mail("waits", Nature.AUTOMATIC, "stale", home))
    with database.write() as tx:
        identities.unite(tx, Address(ADA), Address(home), "kim", NOW)
        assert unsubscribed.leave(tx, ADA, Series.STATUS, NOW, "a link")
        assert not unsubscribed.leave(tx, home, Series.STATUS, NOW, "a link")
        assert unsubscribed.among(tx, [home, KIM], Series.STATUS) == {home}
    assert states(database)["waits"].state == State.DEAD
    (placed,) = queue(database, mail("later", Nature.AUTOMATIC, "stale", home))
    assert placed.withheld == unsubscribed.REASON
    with database.write() as tx:
        assert unsubscribed.come_back(tx, home, Series.STATUS)
        assert unsubscribed.since(tx, ADA, Series.STATUS) is None


def test_what_waits_is_withheld_and_what_a_person_wrote_or_is_on_its_way_is_not(database: Database) -> None:
    queue(
        database,
        mail("status", Nature.AUTOMATIC, "stale", ADA),
        mail("on-its-way", Nature.AUTOMATIC, "stale", ADA),
        mail("put-off", Nature.AUTOMATIC, "stale", ADA),
    )
    with database.write() as tx:
        first, second, third = outgoing.claim(tx, 3, NOW, 60)
        outgoing.record(tx, first.id, first.fence, Retry("451 later"), NOW, NOW)
        outgoing.record(tx, third.id, third.fence, Retry("451 later"), NOW, NOW)
        assert second
    queue(
        database,
        mail("reply", Nature.PERSONAL, "reply", ADA),
        mail("ack", Nature.ACKNOWLEDGEMENT, "received", ADA),
        mail("other", Nature.AUTOMATIC, "stale", "bob@client.example"),
        mail("digest", Nature.DIGEST, "digest", ADA),
        mail("held", Nature.STAFF, "new", ADA),
    )
    with database.write() as tx:
        unsubscribed.leave(tx, ADA, Series.STATUS, NOW, "a link")
        unsubscribed.leave(tx, ADA, Series.NEW, NOW, "a link")
    found = states(database)
    withheld = {name for name, line in found.items() if line.state == State.DEAD}
    assert withheld == {"status", "put-off", "held"}
    assert {found[name].reason for name in withheld} == {unsubscribed.REASON}
    assert all("not sent" in found[name].last_answer and found[name].next_at is None for name in withheld)
    assert found["on-its-way"].state == State.SENDING


def test_nothing_more_of_it_is_queued_until_they_come_back(database: Database) -> None:
    with database.write() as tx:
        unsubscribed.leave(tx, ADA, Series.STATUS, NOW, "a link")
    placed = queue(
        database,
        mail("status", Nature.AUTOMATIC, "stale", ADA.upper()),
        mail("ack", Nature.ACKNOWLEDGEMENT, "received", ADA),
        mail("reply", Nature.PERSONAL, "reply", ADA),
        mail("other", Nature.AUTOMATIC, "stale", "bob@client.example"),
    )
    assert [one.withheld for one in placed] == [unsubscribed.REASON, "", "", ""]
    with database.write() as tx:
        unsubscribed.come_back(tx, ADA, Series.STATUS)
    (now,) = queue(database, mail("later", Nature.AUTOMATIC, "stale", ADA))
    assert (now.withheld, now.new) == ("", True)


@pytest.mark.parametrize("nature", [Nature.PERSONAL, Nature.AUTOMATIC])
def test_whether_a_mail_s_reader_is_off_is_asked_of_the_mail(database: Database, nature: Nature) -> None:
    (placed,) = queue(database, mail("one", nature, "stale", ADA))
    assert placed.id
    with database.write() as tx:
        assert not unsubscribed.is_off(tx, placed.id)
        unsubscribed.leave(tx, ADA, Series.STATUS, NOW, "a link")
        assert unsubscribed.is_off(tx, placed.id) is (nature is Nature.AUTOMATIC)
        assert not unsubscribed.is_off(tx, 4711)
