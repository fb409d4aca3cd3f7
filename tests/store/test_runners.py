"""Several processes on one database: who lives, who holds what, and that nobody who was taken for dead changes anything."""

import threading
from datetime import timedelta

import pytest

from outbound.outbox import Sent, State
from store import incoming, leases, outbox, outgoing, pending, reports, runners
from store.database import Database
from store.errors import DatabaseDown, LeaseLost
from store.leases import Lease
from tests.store.world import EASY, NOW, ack, keep, minutes
from workflow.machine import Nature

LONG = timedelta(hours=1)
OVER = timedelta(seconds=-1)  # a time that has run out already
FAR = minutes(60 * 24 * 365)  # what another machine's clock may be wrong by


NOBODY = 0  # no runner has that number


def begin(database: Database, name: str, length: timedelta = LONG) -> int:
    with database.write() as tx:
        return runners.begin(tx, name, length)


def take(database: Database, name: str, runner: int) -> Lease | None:
    with database.write() as tx:
        return leases.take(tx, name, runner)


def bury(database: Database) -> list[str]:
    with database.write() as tx:
        return runners.bury(tx, NOBODY, NOW)


def queue(database: Database, cause: str, nature: Nature = Nature.ACKNOWLEDGEMENT) -> None:
    with database.write() as tx:
        outbox.queue(tx, ack(cause, None, nature=nature), EASY, NOW)


def test_a_lease_is_one_runners_until_it_is_taken_for_dead(database: Database) -> None:
    first, second = begin(database, "a:1", OVER), begin(database, "b:1")
    held = take(database, "receive support", first)
    assert held == take(database, "receive support", first) == Lease("receive support", first)
    assert take(database, "receive support", second) is None
    assert take(database, "receive escalate", second) is not None
    assert bury(database) == ["a:1"]
    assert take(database, "receive support", second) == Lease("receive support", second)
    for check in (held.hold, held.check):
        with pytest.raises(LeaseLost, match="receive support"), database.write() as tx:
            check(tx)


def test_who_asks_for_the_dead_is_none_of_them_however_late(database: Database) -> None:
    me, other = begin(database, "a:1", OVER), begin(database, "b:1", OVER)
    held = take(database, "receive support", me)
    with database.write() as tx:
        assert runners.silent(tx, me) == runners.bury(tx, me, NOW) == ["b:1"]
    assert take(database, "receive support", me) == held
    assert take(database, "receive escalate", other) is None


def test_nothing_is_written_under_a_lease_that_is_lost(database: Database) -> None:
    first = begin(database, "a:1", OVER)
    held = take(database, "receive support", first)
    assert held
    bury(database)
    with pytest.raises(LeaseLost), database.write() as tx:  # noqa: PT012  (what raises stands inside the block)
        held.hold(tx)
        incoming.keep(tx, "support", "INBOX", 1, [incoming.Incoming(1, b"mail", NOW)], NOW)
    with database.read() as tx:
        assert reports.balance(tx).fetched == 0


def test_one_that_renews_in_time_lives_and_one_that_was_ended_has_to_begin_anew(database: Database) -> None:
    first = begin(database, "a:1", OVER)
    with database.write() as tx:
        assert runners.renew(tx, first, LONG) is False  # late, and nobody minded
        assert runners.renew(tx, first, LONG) is True
    assert bury(database) == []
    with database.write() as tx:
        runners.renew(tx, first, OVER)
    assert bury(database) == ["a:1"]
    with database.write() as tx:
        assert runners.renew(tx, first, LONG) is None
    assert begin(database, "a:1") > first


def test_the_dead_get_nothing_that_nobody_would_ever_free(database: Database) -> None:
    first = begin(database, "a:1", OVER)
    bury(database)
    assert take(database, "process", first) is None
    with database.write() as tx:
        assert not runners.lives(tx, first)


def test_what_a_living_runner_sends_is_nobody_elses_however_wrong_a_clock_is(database: Database) -> None:
    first, second = begin(database, "a:1"), begin(database, "b:1")
    queue(database, "mail:1")
    with database.write() as tx:
        (mine,) = outgoing.claim(tx, 9, NOW, 60, first)
    with database.write() as tx:
        assert outgoing.claim(tx, 9, NOW + FAR, 60, second) == []
    assert bury(database) == []
    with database.write() as tx:
        assert outgoing.final_dot(tx, [(mine.id, mine.fence)], NOW, first) == {mine.id}


def test_a_sender_that_was_taken_for_dead_before_the_dot_sends_none_and_another_one_does(database: Database) -> None:
    first, second = begin(database, "a:1", OVER), begin(database, "b:1")
    queue(database, "mail:1")
    with database.write() as tx:
        (stale,) = outgoing.claim(tx, 9, NOW, 60, first)
    bury(database)
    with database.write() as tx:  # its clock is behind, and nobody has claimed the mail yet
        assert outgoing.final_dot(tx, [(stale.id, stale.fence)], NOW - FAR, first) == set()
    with database.write() as tx:
        (again,) = outgoing.claim(tx, 9, NOW, 60, second)
    assert (again.id, again.fence, again.raw) == (stale.id, stale.fence + 1, stale.raw)
    with database.write() as tx:
        assert not outgoing.record(tx, stale.id, stale.fence, Sent("250"), NOW)
        assert outgoing.final_dot(tx, [(again.id, again.fence)], NOW, second) == {again.id}


@pytest.mark.parametrize("nature", [Nature.ACKNOWLEDGEMENT, Nature.PERSONAL])
def test_a_sender_that_was_taken_for_dead_after_the_dot_is_unknown_until_it_says_what_became_of_it(
    database: Database, nature: Nature
) -> None:
    first, second = begin(database, "a:1", OVER), begin(database, "b:1")
    queue(database, "mail:1", nature)
    with database.write() as tx:
        (stale,) = outgoing.claim(tx, 9, NOW, 60, first)
        outgoing.final_dot(tx, [(stale.id, stale.fence)], NOW, first)
    bury(database)
    with database.write() as tx:
        again = outgoing.claim(tx, 9, NOW, 60, second)
    assert len(again) == (nature is Nature.PERSONAL)
    with database.write() as tx:
        late = outgoing.record(tx, stale.id, stale.fence, Sent("250"), NOW)
    assert late == (nature is Nature.ACKNOWLEDGEMENT)
    with database.read() as tx:
        (line,) = reports.outgoing(tx)
    assert line.state == (State.SENT if late else State.SENDING)


def test_a_claim_of_which_its_runner_never_heard_is_free_again_and_what_it_has_in_hand_is_not(
    database: Database,
) -> None:
    first = begin(database, "a:1")
    queue(database, "mail:1")
    with database.write() as tx:
        (known,) = outgoing.claim(tx, 9, NOW, 60, first)
    queue(database, "mail:2")
    with database.write() as tx:
        (unheard,) = outgoing.claim(tx, 9, NOW, 60, first)
    with database.write() as tx:
        assert outgoing.take_over(tx, NOW, [first], [known.id]) == 1
        assert [one.id for one in outgoing.claim(tx, 9, NOW, 60, first)] == [unheard.id]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_of_many_that_want_a_lease_at_once_one_gets_it(database: Database) -> None:
    ids = [begin(database, f"a:{number}") for number in range(6)]
    got: list[Lease | None] = []
    threads = [threading.Thread(target=lambda one=one: got.append(take(database, "process", one))) for one in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len([lease for lease in got if lease]) == 1


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_while_it_writes_nobody_takes_its_lease_away(database: Database) -> None:
    """A frozen process inside a transaction: the server ends that (idle_in_transaction_session_timeout) before a lease does."""
    first = begin(database, "a:1", OVER)
    held = take(database, "process", first)
    (mail,) = keep(database, "one")
    ended: list[list[str]] = []
    other = threading.Thread(target=lambda: ended.append(bury(database)))
    assert held
    with database.write() as tx:
        held.hold(tx)
        other.start()
        other.join(0.3)
        assert other.is_alive()
        pending.claim(tx, 1, NOW, 60)
    other.join()
    assert ended == [["a:1"]]
    with database.read() as tx:
        assert [(line.id, line.attempts) for line in reports.mails(tx)] == [(mail, 1)]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_the_locks_of_one_that_froze_amid_its_statements_are_taken_from_it(database: Database, url: str) -> None:
    """What it sent has no end yet: to the server that is no idle transaction, and none of its timeouts ever ends it."""
    frozen = Database.open(url, mark="a1b2")
    first = begin(frozen, "a:1 a1b2", OVER)
    held = take(frozen, "process", first)
    assert held
    with pytest.raises(DatabaseDown), frozen.write() as tx:  # noqa: PT012  (what raises is the end of the block)
        held.hold(tx)
        driver = tx.connection.driver_connection
        assert driver
        with driver.pipeline() as pipeline:
            driver.execute("UPDATE lease SET name = name")
            pipeline.sync()
            driver.execute("UPDATE lease SET name = name")
            driver.pgconn.send_flush_request()
            driver.pgconn.flush()
            with database.read() as other:
                assert runners.silent(other, NOBODY) == ["a:1 a1b2"]
            database.end_sessions(["a1b2"])
            assert bury(database) == ["a:1 a1b2"]
    assert take(frozen, "process", begin(frozen, "a:2")), "a session that was ended is replaced"
    frozen.close()
