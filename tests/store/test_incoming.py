"""The ledger keeps each mail once, and its bytes."""

import re
from contextlib import closing
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from inbound.spool import Spool
from store import blobs, imported, incoming, pending, reports
from store.database import Database
from store.incoming import Incoming, MailState
from store.tables import blob, chunk, mail
from tests.store.world import NOW, keep, plans, sweep


def lines(database: Database) -> dict[int, reports.MailLine]:
    with database.read() as tx:
        return {line.id: line for line in reports.mails(tx)}


def test_keeping_twice_is_keeping_once(database: Database) -> None:
    first = keep(database, "a", "b", "c")
    assert keep(database, "a", "b", "c") == first
    assert len(lines(database)) == 3
    assert keep(database, "b", "new", first_uid=2) == [first[1], first[2]], "a UID names one mail for ever"


def test_ids_come_in_the_order_of_the_mails(database: Database) -> None:
    mails = [Incoming(uid, str(uid).encode(), NOW) for uid in (9, 3, 7)]
    with database.write() as tx:
        nine, three, seven = incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
    known = lines(database)
    assert [known[id_].uid for id_ in (nine, three, seven)] == [9, 3, 7]


def test_the_same_bytes_again_in_one_account_are_a_row_that_is_parked_at_once(database: Database) -> None:
    (first,) = keep(database, "a")
    with database.write() as tx:
        (again,) = incoming.keep(tx, "support", "INBOX", 2, [Incoming(1, b"a", NOW)], NOW)
    line = lines(database)[again]
    assert (line.state, line.kind, line.reason) == ("parked", "duplicate", f"the same bytes as mail {first}")
    with database.write() as tx:
        assert [one.id for one in pending.claim(tx, 10, NOW, 60)] == [first]


def test_twins_in_one_batch_are_processed_once(database: Database) -> None:
    first, second = keep(database, "a", "a")
    assert [lines(database)[id_].state for id_ in (first, second)] == ["pending", "parked"]


def test_the_same_bytes_in_another_account_wait_for_their_own_effect(database: Database) -> None:
    keep(database, "a")
    with database.write() as tx:
        (other,) = incoming.keep(tx, "escalate", "INBOX", 1, [Incoming(1, b"a", NOW)], NOW)
        assert tx.execute(select(func.count()).select_from(blob)).scalar() == 1
    assert lines(database)[other].state == MailState.PENDING


def test_the_cursor_is_of_one_folder_and_one_uidvalidity(database: Database) -> None:
    keep(database, "a", "b", first_uid=40)
    with database.read() as tx:
        assert incoming.last_uid(tx, "support", "INBOX", 1) == 41
        assert incoming.last_uid(tx, "support", "INBOX", 2) == 0
        assert incoming.last_uid(tx, "support", "Other", 1) == 0
        assert incoming.last_uid(tx, "other", "INBOX", 1) == 0
        assert incoming.known_uids(tx, "support", "INBOX", 1, 41, 99) == {41}
        assert incoming.known_uids(tx, "support", "INBOX", 1, 1, 40) == {40}


def test_what_is_not_moved_on_the_server_is_known_until_it_is(database: Database) -> None:
    keep(database, "a", "b", "c")
    for _ in range(2):
        with database.write() as tx:
            incoming.moved(tx, "support", "INBOX", 1, [1, 3, 77])
    with database.read() as tx:
        assert incoming.unmoved(tx, "support", "INBOX", 1) == [2]
    with database.write() as tx:
        incoming.moved(tx, "support", "INBOX", 1, range(1, 3000))
        assert incoming.unmoved(tx, "support", "INBOX", 1) == []


@pytest.mark.parametrize(
    "size", [0, 1, blobs.CHUNK_SIZE - 1, blobs.CHUNK_SIZE, blobs.CHUNK_SIZE + 1, 3 * blobs.CHUNK_SIZE]
)
def test_bytes_come_back_as_they_went_in(database: Database, size: int) -> None:
    raw = (b"\x00\xff\r\n." * (size // 5 + 1))[:size]
    with database.write() as tx:
        (id_,) = incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, raw, NOW)], NOW)
        assert b"".join(incoming.raw(tx, id_)) == raw
        assert tx.execute(select(func.count()).select_from(chunk)).scalar() == max(1, -(-size // blobs.CHUNK_SIZE))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(raws=st.lists(st.binary(max_size=50), max_size=6))
def test_any_bytes_come_back(database: Database, raws: list[bytes]) -> None:
    with database.write() as tx:
        ids = blobs.write(tx, raws)
        assert blobs.write(tx, raws) == ids
        assert blobs.read(tx, ids) == dict(zip(ids, raws, strict=True))


@pytest.mark.parametrize("size", [0, 1, blobs.CHUNK_SIZE, 20 * blobs.CHUNK_SIZE + 1])
def test_bytes_from_a_spool_are_kept_as_others_are(database: Database, size: int) -> None:
    raw = (b"\x00\xff\r\n." * (size // 5 + 1))[:size]
    spool = Spool()
    spool.write(raw)
    with closing(spool), database.write() as tx:
        first, second = incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, spool, NOW), Incoming(2, raw, NOW)], NOW)
        assert b"".join(incoming.raw(tx, first)) == raw
        assert tx.execute(select(mail.c.state, mail.c.reason).where(mail.c.id == second)).one() == (
            "parked",
            "the same bytes as UID 1 of the same folder",
        )


def test_a_mail_that_came_before_as_a_file_of_another_can_be_had(database: Database) -> None:
    inner = b"From: ann@client.example\r\n\r\nhello\r\n"
    outer = b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment\r\n\r\n" + inner
    with database.write() as tx:
        (whole,) = blobs.write(tx, [outer])
        blobs.point(tx, [blobs.Part(sha256(inner).hexdigest(), len(inner), whole, 0)])
        (id_,) = incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, inner, NOW)], NOW)
        assert b"".join(incoming.raw(tx, id_)) == inner


def test_removed_bytes_are_gone(database: Database) -> None:
    with database.write() as tx:
        one, two = blobs.write(tx, [b"one", b"two"])
        blobs.remove(tx, [one])
        assert blobs.read(tx, [one, two]) == {two: b"two"}


def test_a_mail_that_is_not_there_has_no_bytes(database: Database) -> None:
    with database.read() as tx, pytest.raises(LookupError, match="no mail 99"):
        incoming.raw(tx, 99)


def test_nothing_is_kept_of_a_batch_that_fails_midway(database: Database) -> None:
    mails = [Incoming(1, b"good", NOW), Incoming(2, b"bad", "no time")]
    with pytest.raises(Exception, match=r"unsupported operand"), database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
    with database.read() as tx:
        assert tx.execute(select(func.count()).select_from(mail)).scalar() == 0
        assert tx.execute(select(func.count()).select_from(blob)).scalar() == 0


def claim(database: Database, limit: int = 10, minute: float = 0, lease: float = 60) -> list[pending.Pending]:
    with database.write() as tx:
        return pending.claim(tx, limit, NOW + timedelta(minutes=minute), lease)


def test_the_oldest_mails_come_first_with_their_bytes(database: Database) -> None:
    mails = [Incoming(uid, f"{uid}".encode(), NOW - timedelta(hours=uid)) for uid in range(1, 6)]
    with database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, mails, NOW)
    assert [one.raw for one in claim(database, 2)] == [b"5", b"4"]
    assert [one.raw for one in claim(database)] == [b"3", b"2", b"1"]
    assert claim(database) == []


def test_a_mailbox_with_a_backlog_keeps_no_other_waiting(database: Database) -> None:
    hours = {"escalate": range(9, 3, -1), "support": (2, 1), "sales": (3,)}  # ago
    with database.write() as tx:
        for account, ago in hours.items():
            mails = [Incoming(n, f"{account} {n}".encode(), NOW - timedelta(hours=n)) for n in ago]
            incoming.keep(tx, account, "INBOX", 1, mails, NOW)
    assert [one.raw.decode() for one in claim(database, 4)] == ["escalate 9", "escalate 8", "sales 3", "support 2"]
    assert [one.raw.decode() for one in claim(database, 3)] == ["escalate 7", "escalate 6", "support 1"]
    assert len(claim(database)) == 2
    assert claim(database) == []


def test_what_is_imported_comes_when_no_other_mail_waits_and_nobody_looks_through_it(database: Database) -> None:
    years = [(f"old {n}".encode(), NOW - timedelta(days=n)) for n in (300, 200)]
    with database.write() as tx:
        imported.keep(tx, "support", years, NOW)
    keep(database, "today")
    asked: list[list[bytes]] = []
    found = plans(database, lambda tx: asked.append([one.raw for one in pending.claim(tx, 9, NOW, 60)]), "SELECT mail.")
    assert asked == [[b"today"]]
    assert any("ix_mail_live" in line for line in found)
    with database.write() as tx:
        pending.release(tx, [3], failed="its parser died")
    assert [one.raw for one in claim(database)] == [b"today"]
    assert [one.raw for one in claim(database)] == [b"old 300", b"old 200"]


def test_a_tried_mail_waits_until_it_is_the_oldest_of_all_mailboxes_and_then_comes_alone(database: Database) -> None:
    with database.write() as tx:
        incoming.keep(
            tx, "escalate", "INBOX", 1, [Incoming(n, f"e{n}".encode(), NOW - timedelta(hours=n)) for n in (2, 1)], NOW
        )
        (tried,) = incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"tried", NOW - timedelta(hours=5))], NOW)
        assert [one.id for one in pending.claim(tx, 1, NOW, 60)] == [tried]
        pending.release(tx, [tried], failed="its parser died")
        (older,) = incoming.keep(tx, "sales", "INBOX", 1, [Incoming(1, b"older", NOW - timedelta(hours=6))], NOW)
        incoming.keep(tx, "support", "INBOX", 1, [Incoming(2, b"behind it", NOW)], NOW)
        ahead = pending.claim(tx, 1, NOW, 60, untried=True)
        assert [one.id for one in ahead] == [older]
    assert [one.raw for one in claim(database)] == [b"tried"]
    assert [one.raw for one in claim(database)] == [b"e2", b"e1", b"behind it"]


def test_a_lease_that_ran_out_gives_the_mail_to_the_next_alone(database: Database) -> None:
    keep(database, "a", "b", "c")
    assert [one.attempts for one in claim(database)] == [1, 1, 1]
    assert claim(database, minute=0.9) == []
    second = claim(database, minute=1)
    assert [(one.raw, one.attempts) for one in second] == [(b"a", 2)], "what may have killed its worker goes alone"
    assert [one.raw for one in claim(database, minute=1)] == [b"b"]


def test_who_asks_for_untried_mails_gets_none_that_was_tried_nor_one_behind_it(database: Database) -> None:
    keep(database, "a", "b", "c", "d")

    def ahead() -> list[bytes]:
        with database.write() as tx:
            claimed = pending.claim(tx, 2, NOW, 60, untried=True)
            pending.release(tx, [one.id for one in claimed])
        return [one.raw for one in claimed]

    assert ahead() == [b"a", b"b"]
    with database.write() as tx:
        pending.claim(tx, 1, NOW, 60)
        pending.release(tx, [1], failed="its parser died")
    assert ahead() == []


def test_a_mail_that_was_never_finished_is_quarantined_after_three_tries_and_blocks_nobody(database: Database) -> None:
    poison, good = keep(database, "poison", "good")
    with database.write() as tx:
        assert [one.id for one in pending.claim(tx, 1, NOW, 60)] == [poison]
    assert [one.id for one in claim(database)] == [good]
    with database.write() as tx:
        pending.release(tx, [good])
    for minute in (2, 4):
        assert claim(database, 1, minute)[0].id == poison
    assert [one.id for one in claim(database, minute=6)] == [good]
    line = lines(database)[poison]
    assert (line.state, line.attempts) == ("quarantined", 3)
    assert line.reason == "tried 3 times: no try came to an end: the worker died or hung"


def test_a_mail_that_was_not_tried_keeps_its_three_tries(database: Database) -> None:
    (id_,) = keep(database, "a")
    for _ in range(10):
        assert claim(database)[0].attempts == 1
        for _ in range(2):
            with database.write() as tx:
                pending.release(tx, [id_])
    assert lines(database)[id_].attempts == 0


def test_a_try_that_failed_counts_and_says_why(database: Database) -> None:
    (id_,) = keep(database, "a")
    for attempt in (1, 2, 3):
        assert claim(database)[0].attempts == attempt
        with database.write() as tx:
            pending.release(tx, [id_], failed=f"KeyError {attempt}")
    assert claim(database) == []
    assert lines(database)[id_].reason == "tried 3 times: KeyError 3"


def test_a_quarantined_mail_goes_again_from_the_start_when_staff_say_so(database: Database) -> None:
    (id_,) = keep(database, "a")
    claim(database)
    with database.write() as tx:
        assert not pending.retry(tx, id_)
        assert pending.quarantine(tx, id_, "too deep")
        assert not pending.quarantine(tx, id_, "again")
    assert lines(database)[id_].reason == "too deep"
    with database.write() as tx:
        assert pending.retry(tx, id_)
        assert not pending.retry(tx, id_)
    assert claim(database)[0].attempts == 1


def test_whoever_knows_that_all_workers_are_dead_takes_their_mails_over(database: Database) -> None:
    keep(database, "a", "b")
    claim(database)
    with database.write() as tx:
        assert pending.take_over(tx) == 2
        assert pending.take_over(tx) == 0
    assert [(one.raw, one.attempts) for one in claim(database)] == [(b"a", 2)]


def test_one_claim_does_not_fill_the_memory(database: Database) -> None:
    big = [Incoming(uid, bytes([uid]) * (20 * 1024 * 1024), NOW) for uid in (1, 2)]
    with database.write() as tx:
        incoming.keep(tx, "support", "INBOX", 1, big, NOW)
    assert len(claim(database)) == 1
    assert len(claim(database)) == 1
    assert sweep(database) == []


def test_the_same_bytes_are_looked_for_by_their_hash_not_among_all_mails_of_the_account(database: Database) -> None:
    read = plans(
        database, lambda tx: incoming.keep(tx, "support", "INBOX", 1, [Incoming(1, b"bytes", NOW)], NOW), "SELECT"
    )
    assert any("ix_mail_blob" in line for line in read), read
    assert not any(re.search(r"(USING|on) \S*ix_mail\S* .*\(account=\?\)$|Seq Scan on mail", line) for line in read), (
        read
    )
