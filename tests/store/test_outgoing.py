"""Claims, marks and outcomes: a row is one sender's at a time, and what is unsure is settled by its nature."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from outbound.outbox import Claimed, Dead, Outcome, Retry, Sent, State, Unknown
from store import outbox, outgoing, reports
from store.database import Database, Transaction
from tests.store.world import EASY, NOW, ack, minutes, plans, sweep
from workflow.machine import Nature

ACK, PERSONAL = Nature.ACKNOWLEDGEMENT, Nature.PERSONAL
LEASE = 600


def queue(database: Database, *causes: str, nature: Nature = PERSONAL, **more: object) -> list[int]:
    with database.write() as tx:
        return [outbox.queue(tx, ack(cause, None, nature=nature, **more), EASY, NOW).id for cause in causes]


def claim(database: Database, minute: float = 0, limit: int = 10) -> list[Claimed]:
    with database.write() as tx:
        return outgoing.claim(tx, limit, NOW + minutes(minute), LEASE)


def dot(database: Database, *claimed: Claimed, minute: float = 0) -> set[int]:
    with database.write() as tx:
        return outgoing.final_dot(tx, [(one.id, one.fence) for one in claimed], NOW + minutes(minute))


def record(database: Database, one: Claimed, outcome: Outcome, minute: float = 0, again: float | None = None) -> bool:
    with database.write() as tx:
        next_at = None if again is None else NOW + minutes(again)
        return outgoing.record(tx, one.id, one.fence, outcome, NOW + minutes(minute), next_at)


def state(database: Database, id_: int) -> reports.OutboxLine:
    with database.read() as tx:
        return next(line for line in reports.outgoing(tx) if line.id == id_)


def test_a_mail_is_claimed_once_and_sent_once(database: Database) -> None:
    (id_,) = queue(database, "a")
    (one,) = claim(database)
    assert (one.id, one.fence, one.attempts, one.queued_at, one.nature) == (id_, 1, 1, NOW, PERSONAL)
    assert claim(database) == []
    assert dot(database, one) == {id_}
    assert record(database, one, Sent("250 ok"), minute=1)
    assert not record(database, one, Sent("250 twice"), minute=2)
    line = state(database, id_)
    assert (line.state, line.last_answer, line.next_at, line.sent_at) == (State.SENT, "250 ok", None, NOW + minutes(1))
    assert claim(database, minute=10**6) == []
    assert sweep(database) == []


def test_a_claim_takes_no_more_than_it_asks_for_the_longest_due_first(database: Database) -> None:
    ids = queue(database, *"abcde")
    assert [one.id for one in claim(database, limit=2)] == ids[:2]
    assert [one.id for one in claim(database, limit=9)] == ids[2:]
    assert claim(database) == []


def test_a_retry_waits_for_its_time_and_counts(database: Database) -> None:
    (id_,) = queue(database, "a")
    assert record(database, claim(database)[0], Retry("451 later"), again=5)
    line = state(database, id_)
    assert (line.state, line.next_at, line.last_answer) == (State.RETRY, NOW + minutes(5), "451 later")
    assert claim(database, minute=4.99) == []
    assert claim(database, minute=5)[0].attempts == 2


def test_a_retry_without_a_time_is_given_up(database: Database) -> None:
    (id_,) = queue(database, "a")
    record(database, claim(database)[0], Retry("451 for five days"))
    assert state(database, id_).state == State.DEAD
    assert claim(database, minute=10**6) == []


def test_a_dead_mail_goes_again_when_staff_say_so(database: Database) -> None:
    (id_,) = queue(database, "a")
    with database.write() as tx:
        assert not outgoing.retry(tx, id_, NOW), "it is queued already"
    record(database, claim(database)[0], Dead("550 no"))
    later = NOW + timedelta(days=9)
    with database.write() as tx:
        assert outgoing.retry(tx, id_, later)
        assert not outgoing.retry(tx, id_, later)
        (one,) = outgoing.claim(tx, 10, later, LEASE)
    assert (one.attempts, one.queued_at, one.fence) == (1, later, 2)


def retry(database: Database, id_: int, minute: float = 0) -> bool:
    with database.write() as tx:
        return outgoing.retry(tx, id_, NOW + minutes(minute))


def test_a_mail_that_was_put_off_goes_now_when_staff_say_so(database: Database) -> None:
    (id_,) = queue(database, "a")
    (one,) = claim(database)
    assert not retry(database, id_), "it is being sent"
    record(database, one, Retry("rcpt: 450 later"), again=200)
    assert retry(database, id_, minute=1)
    (one,) = claim(database, minute=1)
    assert (one.attempts, one.queued_at) == (1, NOW + minutes(1))
    record(database, one, Sent("250"), minute=1)
    assert not retry(database, id_, minute=2), "it was sent"


@pytest.mark.parametrize("nature", list(Nature))
def test_an_unsure_mail_goes_again_when_staff_say_so_unless_it_is_an_acknowledgement_or_a_digest(
    database: Database, nature: Nature
) -> None:
    (id_,) = queue(database, "a", nature=nature)
    while claimed := claim(database):
        dot(database, *claimed)
        record(database, claimed[0], Unknown("cut off"))
    with database.read() as tx:
        assert outgoing.is_unknown(tx, id_)
    rests = nature in {ACK, Nature.DIGEST}
    assert retry(database, id_) is not rests
    assert [one.id for one in claim(database)] == ([] if rests else [id_])
    with database.read() as tx:
        assert outgoing.is_unknown(tx, id_) is rests
        assert not outgoing.is_unknown(tx, id_ + 1)


def test_what_waits_for_the_server_alone_is_made_due_and_nothing_else(database: Database) -> None:
    troubles = {
        "connect: refused": True,
        "tls: bad certificate": True,
        "greeting: 554 no": True,
        "hello: 421 busy": True,
        "auth: 535 no": True,
        "mail: 451 later": False,
        "rcpt: 450 connect: later": False,
        "database: locked": False,
        "connection odd": False,
    }
    ids = queue(database, *troubles)
    for one, answer in zip(claim(database), troubles, strict=True):
        record(database, one, Retry(answer), again=60)
    (dead,) = queue(database, "dead")
    record(database, claim(database)[0], Retry("connect: refused for days"))
    queue(database, "in hand")
    assert len(claim(database)) == 1
    with database.write() as tx:
        assert outgoing.forward(tx, NOW + minutes(1)) == 5
        assert outgoing.forward(tx, NOW + minutes(1)) == 0
    wanted = [id_ for id_, due in zip(ids, troubles.values(), strict=True) if due]
    assert [one.id for one in claim(database, minute=1)] == wanted
    assert state(database, dead).state == State.DEAD


def test_a_lease_that_ended_before_the_final_dot_is_handed_out_again(database: Database) -> None:
    (id_,) = queue(database, "a", nature=ACK)
    (lost,) = claim(database)
    assert claim(database, minute=9.99) == []
    (found,) = claim(database, minute=10)
    assert (found.id, found.fence, found.attempts) == (id_, 2, 2)
    assert dot(database, lost, found, minute=10) == {id_}
    assert dot(database, lost, minute=10) == set(), "the lost one may not go on to the final dot"
    assert not record(database, lost, Sent("250"), minute=11)
    assert state(database, id_).state == State.SENDING
    assert record(database, found, Sent("250"), minute=11)


def test_a_lease_that_has_ended_allows_no_final_dot(database: Database) -> None:
    queue(database, "a")
    (one,) = claim(database)
    assert dot(database, one, minute=10) == set()
    assert len(dot(database, one, minute=9.99)) == 1


def test_an_acknowledgement_that_is_unsure_is_never_sent_again(database: Database) -> None:
    (id_,) = queue(database, "a", nature=ACK)
    (one,) = claim(database)
    dot(database, one)
    assert record(database, one, Unknown("cut off"))
    line = state(database, id_)
    assert (line.state, line.next_at) == (State.UNKNOWN, None)
    assert claim(database, minute=10**6) == []


@pytest.mark.parametrize("nature", [Nature.PERSONAL, Nature.AUTOMATIC, Nature.STAFF])
@pytest.mark.parametrize("how", ["answer", "lease"])
def test_any_other_mail_that_is_unsure_goes_once_more_with_the_same_bytes(
    database: Database, nature: Nature, how: str
) -> None:
    (id_,) = queue(database, "a", nature=nature)
    raws = []
    for turn in range(2):
        (one,) = claim(database, minute=20 * turn)
        raws.append(one.raw)
        dot(database, one, minute=20 * turn)
        if how == "answer":
            assert record(database, one, Unknown("cut off"), minute=20 * turn)
            assert state(database, id_).state == State.UNKNOWN
    assert raws[0] == raws[1]
    assert claim(database, minute=100) == []
    assert state(database, id_).state == State.UNKNOWN


def test_an_acknowledgement_whose_lease_ended_after_the_final_dot_is_unknown(database: Database) -> None:
    (id_,) = queue(database, "a", nature=ACK)
    (one,) = claim(database)
    dot(database, one)
    assert claim(database, minute=10) == []
    assert state(database, id_).state == State.UNKNOWN
    assert record(database, one, Sent("250 at last"), minute=11), "whoever was slow, not dead, knows better"
    assert state(database, id_).state == State.SENT


def test_whoever_knows_that_all_senders_are_dead_takes_their_rows_over(database: Database) -> None:
    unmarked, marked = queue(database, "a", nature=ACK) + queue(database, "b", nature=ACK)
    for one in claim(database):
        if one.id == marked:
            dot(database, one)
    with database.write() as tx:
        assert outgoing.take_over(tx, NOW) == 2
    assert [one.id for one in claim(database)] == [unmarked]
    assert state(database, marked).state == State.UNKNOWN


def test_what_failed_to_render_and_what_is_held_is_never_claimed(database: Database) -> None:
    queue(database, "a", state=State.FAILED_RENDER, raw=b"", reason="no such variable")
    queue(database, "b", state=State.HELD, reason="SMTPUTF8")
    assert claim(database, minute=10**6) == []


def test_two_senders_at_once_never_share_a_row(url: str, database: Database) -> None:
    ids = queue(database, *(f"mail:{n}" for n in range(120)))
    got: list[list[int]] = [[], [], [], []]

    def work(place: int) -> None:
        mine = Database(url)  # as a process of its own would have it
        while batch := claim(mine, limit=7):
            got[place] += [one.id for one in batch]
        mine.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(id_ for part in got for id_ in part) == ids


def test_no_fence_of_another_row_moves_this_one(database: Database) -> None:
    one, two = queue(database, "a", "b")
    first, second = claim(database)
    crossed = Claimed(second.id, first.fence + 1, 1, NOW, PERSONAL, "", "", b"")
    assert not record(database, crossed, Dead("550"))
    assert dot(database, crossed) == set()
    assert {state(database, one).state, state(database, two).state} == {State.SENDING}


def test_what_waits_because_the_clock_was_set_back_is_due(database: Database) -> None:
    queued, put_off, unsure = queue(database, "a", "b", "c")
    first, second, third = claim(database)
    record(database, second, Retry("rcpt: 450"), again=60)
    record(database, third, Unknown("cut off"))
    assert record(database, first, Dead("550"))
    with database.write() as tx:
        assert outgoing.retry(tx, queued, NOW)
    assert {one.id for one in claim(database, minute=-3 * 24 * 60)} == {queued, put_off, unsure}


def test_a_clock_that_is_set_back_a_little_hurries_no_retry(database: Database) -> None:
    queue(database, "a")
    (one,) = claim(database)
    record(database, one, Retry("rcpt: 450"), again=200)
    assert claim(database, minute=-30) == []
    assert len(claim(database, minute=200)) == 1


def test_whoever_looks_for_what_is_being_sent_reads_nothing_else(database: Database) -> None:
    def work(tx: Transaction) -> None:
        outgoing.claim(tx, 10, NOW, 60, 1)
        outgoing.take_over(tx, NOW)
        outgoing.take_over(tx, NOW, [1], [2])

    read = plans(database, work, "UPDATE")
    assert sum("ix_outbox_sending" in line for line in read) == 5, read


def test_many_that_the_server_took_are_recorded_at_once_and_none_by_a_fence_that_is_not_its_own(
    database: Database,
) -> None:
    queue(database, "a", "b", "c")
    first, second, third = claim(database)
    with database.write() as tx:
        outgoing.record_sent(
            tx, [first, replace(second, fence=second.fence + 1), third], ["250 a", "250 b", "250 c"], NOW
        )
    shown = [(state(database, one.id).state, state(database, one.id).last_answer) for one in (first, second, third)]
    assert shown == [("sent", "250 a"), ("sending", ""), ("sent", "250 c")]
