"""Taking back and sending meet at the rows of the outbox: one of them wins, and never half of each."""

from dataclasses import replace
from datetime import timedelta

import pytest

from outbound.outbox import State
from outbound.retry import LONGEST_HOLD
from store import holds, outgoing, reports, stands, tickets
from store.database import Database
from store.effect import Effect
from store.holds import Held, Left
from tests.store.world import ADA, BEN, NOW, ack, apply, opened
from workflow.decision import Decision
from workflow.machine import Nature

KIM = "kim@example.com"
UNTIL = NOW + timedelta(seconds=20)
LATER = UNTIL + timedelta(seconds=1)


@pytest.fixture
def held(database: Database) -> Held:
    """Words to two, on a ticket that moved because of them."""
    number = opened(database)
    with database.read() as tx:
        ticket = tickets.ticket(tx, number)
    assert ticket
    cause = f"act:{number}:{ticket.version}"
    mails = tuple(
        ack(cause, number, one.addr, Nature.PERSONAL, message_id=f"<{one.addr}>", after=UNTIL) for one in (ADA, BEN)
    )
    effect = Effect(
        at=NOW,
        by=KIM,
        decision=Decision(("staff answered",), "waiting", was=ticket.status),
        ticket=number,
        version=ticket.version,
        outgoing=mails,
    )
    found = Held(number, cause, KIM, UNTIL, ticket.version + 1, "{}")
    with database.write() as tx:
        was = stands.state(tx, number, whole=True)
        apply(tx, effect)
        holds.keep(tx, found, was)
    return found


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
        known = holds.of(tx, held.ticket, NOW)
        assert known
        assert known.taken
    with pytest.raises(Left), database.write() as tx:
        holds.take_back(tx, held, KIM, NOW)


def test_nothing_is_held_where_nothing_waits(database: Database, held: Held) -> None:
    with database.write() as tx:
        holds.forget(tx, LATER)
        holds.keep(tx, replace(held, cause="act:1001:9"), stands.state(tx, held.ticket, whole=True))
        assert holds.of(tx, held.ticket, NOW) is None


def test_a_hold_ends_by_itself(database: Database, held: Held) -> None:
    with database.write() as tx:
        assert holds.of(tx, held.ticket, UNTIL - timedelta(seconds=1)) == held
        assert holds.of(tx, held.ticket, UNTIL) is None
        holds.forget(tx, UNTIL)
        assert holds.of(tx, held.ticket, NOW) is None
