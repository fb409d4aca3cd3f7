"""Taking back and sending meet at the rows of the outbox: one of them wins, and never half of each."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from threading import Event, Thread
from time import sleep

import pytest
from sqlalchemy import delete

from outbound.outbox import State
from outbound.retry import LONGEST_HOLD
from store import holds, outgoing, reports, stands, tickets, traces
from store.database import Database
from store.effect import Effect
from store.errors import Moved
from store.holds import Held, Left
from store.tables import hold
from tests.store.world import ADA, BEN, NOW, ack, apply, opened
from workflow.decision import Decision
from workflow.machine import Nature

KIM = "kim@example.com"
UNTIL = NOW + timedelta(seconds=20)
LATER = UNTIL + timedelta(seconds=1)


def deed(database: Database, number: int, status: str = "waiting") -> Held:
    """Words to two, and a move because of them."""
    with database.read() as tx:
        ticket = tickets.ticket(tx, number)
    assert ticket
    cause, version = f"act:{number}:{ticket.version}", ticket.version
    mails = tuple(
        ack(cause, number, one.addr, Nature.PERSONAL, message_id=f"<{cause}.{one.addr}>", after=UNTIL)
        for one in (ADA, BEN)
    )
    decision = Decision(("staff answered",), status, was=ticket.status)
    effect = Effect(at=NOW, by=KIM, decision=decision, ticket=number, version=version, outgoing=mails)
    found = Held(cause, number, number, KIM, UNTIL, version, version + 1, "{}")
    with database.write() as tx:
        was = stands.state(tx, number, whole=True)
        apply(tx, effect)
        holds.keep(tx, found, was)
    return found


@pytest.fixture
def held(database: Database) -> Held:
    return deed(database, opened(database))


def states(database: Database) -> list[str]:
    with database.read() as tx:
        return [line.state for line in reports.outgoing(tx)]


def test_what_is_held_is_not_handed_out_before_its_time(database: Database, held: Held) -> None:
    with database.write() as tx:
        assert outgoing.claim(tx, 9, UNTIL - timedelta(seconds=1), 60) == []
    with database.write() as tx:
        assert len(outgoing.claim(tx, 9, LATER, 60)) == 2


def test_of_a_clock_that_was_set_back_nothing_waits_longer_than_a_hold_may(database: Database, held: Held) -> None:
    with database.write() as tx:
        assert len(outgoing.claim(tx, 9, UNTIL - LONGEST_HOLD - timedelta(days=1), 60)) == 2


def test_all_is_taken_back_or_nothing(database: Database, held: Held) -> None:
    with database.write() as tx:
        (one,) = outgoing.claim(tx, 1, LATER, 60)
    assert one
    with pytest.raises(Left), database.write() as tx:
        holds.take_back(tx, held, KIM, NOW)
    assert sorted(states(database)) == [State.QUEUED, State.SENDING]
    with database.read() as tx:
        ticket = tickets.ticket(tx, held.ticket)
        assert ticket
        assert ticket.status == "waiting"


def test_what_was_taken_back_is_never_handed_out_nor_taken_back_again(database: Database, held: Held) -> None:
    with database.write() as tx:
        assert holds.take_back(tx, held, KIM, NOW)
    assert states(database) == [State.DEAD] * 2
    with database.write() as tx:
        assert not any(outgoing.retry(tx, line.id, LATER) for line in reports.outgoing(tx)), "nor by hand"
        assert outgoing.claim(tx, 9, LATER, 60) == []
        (known,) = holds.of(tx, held.ticket, NOW)
        assert known.taken
    for seen, said in ((held, Moved), (known, Left)):  # whoever saw it before looks again
        with pytest.raises(said), database.write() as tx:
            holds.take_back(tx, seen, KIM, NOW)


def test_nothing_is_held_where_nothing_waits(database: Database, held: Held) -> None:
    with database.write() as tx:
        holds.forget(tx, LATER)
        holds.keep(tx, replace(held, cause="act:1001:9"), stands.state(tx, held.ticket, whole=True))
        assert holds.of(tx, held.ticket, NOW) == []


def test_a_hold_ends_by_itself(database: Database, held: Held) -> None:
    with database.write() as tx:
        assert holds.of(tx, held.ticket, UNTIL - timedelta(seconds=1)) == [held]
        assert holds.of(tx, held.ticket, UNTIL) == []
        holds.forget(tx, UNTIL)
        assert holds.of(tx, held.ticket, NOW) == []


def status(database: Database, number: int) -> str:
    with database.read() as tx:
        ticket = tickets.ticket(tx, number)
    assert ticket
    return ticket.status


def back(database: Database, number: int, cause: str) -> bool:
    with database.write() as tx:
        (found,) = (one for one in holds.of(tx, number, NOW) if one.cause == cause)
        return holds.take_back(tx, found, KIM, NOW)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_several_each_is_taken_back_and_without_all_of_them_the_ticket_stands_as_before(
    database: Database, order: tuple[int, ...]
) -> None:
    number = opened(database)
    before = status(database, number)
    causes = [deed(database, number, to).cause for to in ("first", "second", "third")]
    with database.read() as tx:
        assert [one.cause for one in holds.of(tx, number, NOW)] == causes[::-1], "the newest first"
        assert {one.cause for one in holds.wait(tx, [number, number + 1], NOW)} == set(causes)
    left = ["first", "second", "third"]
    for place in order:
        newest = left[-1] == ("first", "second", "third")[place]
        assert back(database, number, causes[place]) is newest, "the newest alone changes how the ticket stands"
        left.remove(("first", "second", "third")[place])
        if newest:
            assert status(database, number) == (left[-1] if left else before)
    assert states(database).count(State.DEAD) == 6
    assert status(database, number) == before
    with database.read() as tx:
        assert holds.wait(tx, [number], NOW) == []


def test_what_others_did_between_two_of_them_stays(database: Database) -> None:
    number = opened(database)
    first = deed(database, number, "first")
    theirs = deed(database, number, "theirs")
    with database.write() as tx:
        tx.execute(delete(hold).where(hold.c.cause == theirs.cause))  # a deed that does not wait
    last = deed(database, number, "last")
    assert not back(database, number, first.cause)
    assert status(database, number) == "last"
    assert back(database, number, last.cause)
    assert status(database, number) == "theirs"


def test_two_that_are_taken_back_at_one_moment_are_both_taken_back(database: Database) -> None:
    number = opened(database)
    older, newer = deed(database, number), deed(database, number, "outstanding")
    begun, done = Event(), list[bool]()

    def take(which: Held) -> bool:
        with database.write() as tx:
            seen = next(one for one in holds.of(tx, number, NOW) if one.cause == which.cause)
            if not begun.is_set():
                begun.set()
                sleep(0.3)  # the other one comes first to the ticket's row, where the database lets it
            return holds.take_back(tx, seen, KIM, NOW)

    def take_older() -> None:
        while not done:
            with suppress(Moved):
                done.append(take(older))

    slow = Thread(target=take_older)
    slow.start()
    begun.wait()
    take(newer)
    slow.join()
    assert len(done) == 1
    assert states(database) == [State.DEAD] * 4


def test_open_pages_and_the_log_hear_of_an_answer_that_was_taken_back(database: Database) -> None:
    held = deed(database, opened(database), "outstanding")
    with database.read() as tx:
        pulse = traces.pulse(tx)
    with database.write() as tx:
        holds.take_back(tx, held, KIM, NOW)
    with database.read() as tx:
        assert traces.pulse(tx) != pulse
        (told,) = [one for one in traces.since(tx, held.ticket, NOW - timedelta(seconds=1)) if one.by == KIM]
    assert told.words == "took back a mail before it left"
