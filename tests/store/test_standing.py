"""What a digest is told of the database: the right few, the right numbers, and one digest a person and day."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic.command import upgrade
from alembic.script import ScriptDirectory
from sqlalchemy import Boolean, event, inspect, select, text

from classifier.verdict import Kind, Verdict
from outbound.outbox import Queued, State
from outbound.standing import Outage, Standing, Stuck, Tally
from store import digests, outages, outbox, outgoing, pending, people
from store.database import Database
from store.effect import Effect
from store.migrations import configuration
from store.standing import Asked, standing
from store.tables import ticket
from tests.store.world import ADA, BEN, EASY, NOW, ack, apply, gather, keep, mail, minutes, opened, reply
from workflow.act import Part
from workflow.decision import Decision, Priority
from workflow.machine import Ball, Nature

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
ASKED = Asked(NOW - DAY, NOW, NOW + 2 * DAY, [("courseleaf", "manager_escalation")])
KIM = "kim@example.com"


def asked(database: Database, **more: object) -> Standing:
    with database.read() as tx:
        return standing(tx, replace(ASKED, **more))


def move(database: Database, number: int, status: str, ball: Ball, hours: float = 0, **more: object) -> None:
    """Staff put a ticket into a status, so many hours after it was opened first."""
    with database.read() as tx:
        row = tx.execute(ticket.select().where(ticket.c.number == number)).one()
    decision = replace(Decision(("set",), status, row.status), **more)
    at = row.created_at + timedelta(hours=hours)
    effect = Effect(at, "kim", decision, number, row.version, open=ball is not Ball.NOBODY, ball_with=ball)
    with database.write() as tx:
        apply(tx, effect)


def numbers(some: object) -> list[int]:
    return [case.ticket.number for case in some.rows]  # type: ignore[attr-defined]


def test_the_longest_waiting_comes_first_however_often_it_was_moved_among_us(database: Database) -> None:
    old = opened(database, "old", ADA, NOW - 9 * DAY)
    young = opened(database, "young", BEN, NOW - 5 * DAY)
    move(database, old, "assessment", Ball.US, hours=8 * 24)
    found = asked(database)
    assert numbers(found.waiting) == [old, young]
    assert found.waiting.rows[0].since == NOW - 9 * DAY
    move(database, old, "pending_client_feedback", Ball.CLIENT, hours=8.5 * 24)
    assert numbers(asked(database).waiting) == [young]
    move(database, old, "outstanding", Ball.US, hours=8.75 * 24)
    assert numbers(asked(database).waiting) == [young, old]


def test_few_are_read_and_all_are_counted(database: Database) -> None:
    for name in range(7):
        opened(database, f"n{name}", now=NOW - minutes(100 - name))
    found = asked(database, few=2)
    assert (len(found.waiting.rows), found.waiting.total) == (2, 7)
    assert (len(found.new.rows), found.new.total) == (7, 7)
    assert numbers(found.new) == [1007, 1006, 1005, 1004, 1003, 1002, 1001]


def test_closed_tickets_whose_client_only_thanked_are_told_until_they_move(database: Database) -> None:
    thanked, before, silent, new_here = (opened(database, name, now=NOW - 2 * DAY) for name in ("a", "b", "c", "d"))
    for number in (thanked, before, silent, new_here):
        move(database, number, "problem_solved", Ball.NOBODY, hours=24.5)
    answers = ((thanked, "thanks", 2, False), (before, "early", 26, False), (new_here, "stranger", 2, True))
    for uid, (number, name, hours, pending_) in enumerate(answers, 100):
        at = NOW - timedelta(hours=hours)
        message = mail(name)
        (mail_id,) = keep(database, name, now=at, first_uid=uid)
        with database.write() as tx:
            pending.claim(tx, 50, at, 60)
            found = gather(tx, replace(message, references=(mail(letter(number)).message_id,)), at)
            assert found.ticket
            kept = Decision(("thanks",), found.ticket.status, found.ticket.status, pending=pending_)
            apply(tx, reply(found, message, mail_id, at, decision=kept, open=False, ball_with=Ball.NOBODY))
    found = asked(database)
    assert numbers(found.thanked) == [thanked]
    assert found.thanked.total == 1
    assert numbers(asked(database, only=KIM).thanked) == []
    assert numbers(asked(database, since=NOW - timedelta(hours=1)).thanked) == []
    move(database, thanked, "outstanding", Ball.US, hours=47.5)
    assert numbers(asked(database).thanked) == []


def letter(number: int) -> str:
    """The name of the mail that opened it."""
    return "abcd"[number - 1001]


def test_an_escalation_is_no_longer_among_those_that_merely_wait(database: Database) -> None:
    waits, escalated, urgent, theirs, done = (opened(database, name) for name in ("a", "b", "c", "d", "e"))
    move(database, escalated, "manager_escalation", Ball.US, priority=Priority.HIGH)
    move(database, urgent, "with_development", Ball.THIRD_PARTY, priority=Priority.URGENT)
    move(database, theirs, "pending_client_feedback", Ball.CLIENT, priority=Priority.HIGH)
    move(database, done, "problem_solved", Ball.NOBODY, priority=Priority.URGENT)
    found = asked(database)
    assert numbers(found.escalated) == [urgent, escalated]
    assert numbers(found.waiting) == [waits]


def writes_on(
    database: Database, number: int, name: str, kind: Kind = Kind.CLIENT_REPLY, *, pending: bool = True
) -> None:
    """One who is new here writes on a ticket, which stays as it is."""
    message = mail(name, BEN, subject=f"[#{number}]")
    (mail_id,) = keep(database, name, first_uid=ord(name))
    with database.write() as tx:
        verdict = Verdict(kind, ("token",), ticket=number, pending=pending)
        found = gather(tx, message)
        assert found.ticket
        here = found.ticket.status
        stays = {"decision": Decision(("kept",), here, here), "open": here != "problem_solved"}
        apply(tx, reply(found, message, mail_id, verdict=verdict, **stays))


def test_a_ticket_on_which_somebody_new_wrote_needs_staff_whatever_its_status(database: Database) -> None:
    waits, escalated, done, known = (opened(database, name) for name in ("a", "b", "c", "d"))
    move(database, escalated, "manager_escalation", Ball.US, priority=Priority.HIGH)
    move(database, done, "problem_solved", Ball.NOBODY)
    for number, name in ((waits, "u"), (escalated, "v"), (done, "w")):
        writes_on(database, number, name)
    writes_on(database, known, "x", pending=False)
    writes_on(database, known, "y", Kind.AUTO_REPLY)
    found = asked(database)
    assert numbers(found.newcomers) == [done, escalated, waits]
    assert (numbers(found.escalated), numbers(found.waiting)) == ([], [known])
    later = asked(database, since=NOW, until=NOW + DAY)
    assert (numbers(later.newcomers), numbers(later.escalated)) == ([], [escalated])
    with database.write() as tx:
        people.change(tx, escalated, Part.ADD, BEN)
        people.change(tx, done, Part.REMOVE, BEN)
    found = asked(database)
    assert (numbers(found.newcomers), numbers(found.escalated)) == ([waits], [escalated])


def test_timers_that_end_soon_are_told_of_unless_they_are_paused_for_longer(database: Database) -> None:
    soon, later, paused, sooner = (opened(database, name) for name in ("a", "b", "c", "d"))
    move(database, soon, "stale", Ball.CLIENT, due_at=NOW + DAY)
    move(database, later, "stale", Ball.CLIENT, due_at=NOW + 3 * DAY)
    move(database, paused, "stale", Ball.CLIENT, due_at=NOW + DAY, paused_until=NOW + 4 * DAY)
    move(database, sooner, "stale", Ball.CLIENT, due_at=NOW + minutes(5), paused_until=NOW + minutes(9))
    assert numbers(asked(database).closing) == [sooner, soon]


def test_what_is_merged_waits_no_more(database: Database) -> None:
    first, second = opened(database, "a"), opened(database, "b")
    with database.write() as tx:
        tx.execute(ticket.update().where(ticket.c.number == second).values(merged_into=first))
    found = asked(database)
    assert (numbers(found.waiting), found.waiting.total, found.new.total) == ([first], 1, 1)


def test_an_agents_own_tickets_and_those_of_nobody_stand_before_the_others(database: Database) -> None:
    lees, nobodys, kims = (opened(database, name, now=NOW - n * DAY) for n, name in ((3, "a"), (2, "b"), (1, "c")))
    with database.write() as tx:
        for number, address in ((lees, "lee@example.com"), (kims, "Kim@example.com")):
            tx.execute(ticket.update().where(ticket.c.number == number).values(assigned_to=address))
    assert numbers(asked(database, first=KIM).waiting) == [nobodys, kims, lees]
    assert numbers(asked(database).waiting) == [lees, nobodys, kims]


def test_the_sum_of_a_period_is_even_and_ends_where_the_next_begins(database: Database) -> None:
    opened(database, "before", now=NOW - 2 * DAY)
    opened(database, "at its start", BEN, NOW - DAY)
    solved = opened(database, "within", now=NOW - minutes(60), outgoing=(ack("mail:3", 1003),))
    move(database, solved, "problem_solved", Ball.NOBODY, hours=0.5)
    bad, *_ = keep(database, "bad", "within", "waits", first_uid=20)
    with database.write() as tx:
        pending.quarantine(tx, bad, "too deep")
        (one,) = outgoing.claim(tx, 5, NOW - minutes(30), 60)
        outgoing.final_dot(tx, [(one.id, one.fence)], NOW - minutes(30))
        outgoing.record(tx, one.id, one.fence, outgoing.Sent("250"), NOW - minutes(30))
    assert asked(database).tally == Tally(4, 1, (("duplicate", 1),), 1, 1, answers=1, opened=1, closed=1)
    earlier = asked(database, since=NOW - 3 * DAY, until=NOW - DAY).tally
    assert earlier == Tally(2, 2, opened=2)
    assert asked(database).quarantined.rows == (Stuck(bad, "", "", "quarantined", "too deep"),)
    move(database, solved, "outstanding", Ball.US, hours=0.75)
    assert asked(database).tally.closed == 0, "it was opened again"


def mail_out(database: Database, cause: str, state: State, nature: Nature = Nature.PERSONAL, days: float = 0) -> None:
    with database.write() as tx:
        id_ = outbox.queue(tx, ack(cause, None, nature=nature), EASY, NOW - timedelta(days=days)).id
        tx.execute(
            text("UPDATE outbox SET state = :state, next_at = NULL, reason = '', last_answer = :why WHERE id = :id"),
            {"state": state.value, "why": f"why {cause}", "id": id_},
        )


def test_outgoing_mails_that_stay_behind_are_told_of_for_a_week(database: Database) -> None:
    mail_out(database, "a", State.DEAD, days=6.9)
    mail_out(database, "b", State.DEAD, days=7)
    mail_out(database, "c", State.FAILED_RENDER, days=1)
    mail_out(database, "d", State.BOUNCED, days=2)
    mail_out(database, "e", State.UNKNOWN, days=3)
    mail_out(database, "f", State.UNKNOWN, Nature.ACKNOWLEDGEMENT)
    mail_out(database, "g", State.SENT)
    found = asked(database).failed
    assert [row.why for row in found.rows] == ["why c", "why d", "why e", "why a"]
    assert found.total == 4


def test_limits_that_held_answers_back_are_told_with_their_number(database: Database) -> None:
    for cause in "ab":
        mail_out(database, cause, State.HELD)
    tight = replace(EASY, per_address_hour=0)
    number = opened(database, "a")
    effect = Effect(NOW, "x", Decision(("x",), "outstanding", "outstanding"), number, 1)
    with database.write() as tx:
        apply(tx, replace(effect, outgoing=(ack("mail:9", number), ack("mail:8", number, BEN.addr))), tight)
    found = asked(database)
    assert found.held == (("why a", 1), ("why b", 1))
    assert found.tally.withheld == (("0 acknowledgements to this address within an hour", 2),)
    assert asked(database, since=NOW, until=NOW + DAY).tally.withheld == ()


def test_a_flood_that_expired_is_a_sum_and_not_a_list_of_failures(database: Database) -> None:
    for cause in "ab":
        mail_out(database, cause, State.DEAD, Nature.ACKNOWLEDGEMENT)
    with database.write() as tx:
        tx.execute(text("UPDATE outbox SET reason = 'too many at once'"))
    for cause in "cd":
        mail_out(database, cause, State.DEAD)
    with database.write() as tx:
        tx.execute(text("UPDATE outbox SET reason = '', last_answer = '550 no' WHERE cause = 'c'"))
        tx.execute(text("UPDATE outbox SET reason = 'taken back' WHERE cause = 'd'"))
    found = asked(database, since=NOW - minutes(1))
    assert (found.failed.total, found.failed.rows[0].why) == (1, "550 no")
    assert found.tally.withheld == (("too many at once", 2),), "and what was taken back tripped no limit"


def test_a_mailbox_is_down_from_its_first_failure_until_it_works(database: Database) -> None:
    with database.write() as tx:
        outages.began(tx, "support", "refused", NOW)
        outages.began(tx, "escalate", "refused", NOW - DAY)
        outages.began(tx, "support", "no such host", NOW + DAY)
    assert asked(database).outages == (
        Outage("escalate", NOW - DAY, "refused"),
        Outage("support", NOW, "no such host"),
    )
    with database.write() as tx:
        outages.ended(tx, "support")
        outages.ended(tx, "never seen")
    assert [one.mailbox for one in asked(database).outages] == ["escalate"]


def a_digest(day: date = TODAY, to: str = KIM) -> Queued:
    return ack(digests.cause(day), None, to, Nature.DIGEST, notice=digests.NOTICE)


def put(database: Database, queued: Queued, minute: float = 0) -> int | None:
    with database.write() as tx:
        return digests.put(tx, queued, NOW + minutes(minute))


def test_nobody_has_two_digests_of_one_day(database: Database) -> None:
    first = put(database, a_digest())
    assert first
    assert put(database, a_digest(), minute=5) is None
    assert put(database, a_digest(to="KIM@example.com"), minute=5) is None
    assert put(database, a_digest(to="lee@example.com"))
    assert put(database, a_digest(TODAY + DAY))
    with database.read() as tx:
        assert digests.of_day(tx, "Kim@Example.com", TODAY) == first
        assert digests.of_day(tx, KIM, TODAY - DAY) is None


def test_machines_that_queue_it_at_the_same_moment_queue_it_once(database: Database, url: str) -> None:
    machines = [Database.open(url) for _ in range(4)]
    start, placed = threading.Barrier(len(machines)), []

    def queue(machine: Database) -> None:
        start.wait()
        placed.append(put(machine, a_digest()))

    threads = [threading.Thread(target=queue, args=(machine,)) for machine in machines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in placed if one is not None]) == 1
    for machine in machines:
        machine.close()


def test_the_next_one_covers_the_days_of_one_that_never_arrived(database: Database) -> None:
    with database.read() as tx:
        assert digests.last(tx, KIM) is None
    put(database, a_digest(TODAY - DAY), minute=-1440)
    put(database, a_digest())
    put(database, ack("alert", None, KIM, Nature.STAFF), minute=10)
    with database.read() as tx:
        assert digests.last(tx, "KIM@example.com") == NOW
    with database.write() as tx:
        one, two, *_ = outgoing.claim(tx, 5, NOW + minutes(20), 60)
        outgoing.record(tx, two.id, two.fence, outgoing.Dead("550 no"), NOW + minutes(20))
    with database.read() as tx:
        assert digests.last(tx, KIM) == NOW - DAY
    with database.write() as tx:
        assert outgoing.retry(tx, two.id, NOW + minutes(600))
    with database.read() as tx:
        assert digests.last(tx, KIM) == NOW, "what it tells of has not changed by being sent again"
    assert one.id != two.id


def test_a_database_from_before_learns_since_when_the_ball_is_where_it_is(empty: str) -> None:
    database = Database(empty)
    database._kind.create()
    columns = [column for column in ticket.c if not column.nullable]
    known = {column.name: False if isinstance(column.type, Boolean) else "" for column in columns}
    known |= dict.fromkeys(("number", "created_at", "version"), 1) | {"status_since": 7_000_000, "tags": "[]"}
    with database.write() as tx:
        before = ScriptDirectory.from_config(configuration()).get_revision("0005").down_revision
        upgrade(configuration(tx), before)
        there = {column["name"] for column in inspect(tx).get_columns("ticket")}
        known = {name: value for name, value in known.items() if name in there}
        names = ", ".join(known)
        tx.execute(text(f"INSERT INTO ticket ({names}) VALUES (:{names.replace(', ', ', :')})"), known)
    database.upgrade()
    with database.read() as tx:
        assert tx.execute(select(ticket.c.ball_since)).scalar_one().timestamp() == 7
    database.close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_no_query_reads_a_whole_table(database: Database) -> None:
    """With 200,000 tickets that would be seconds. PostgreSQL scans small tables in any case: SQLite's plan speaks."""
    asked_for: list[tuple[str, object]] = []

    def remember(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        asked_for.append((statement, parameters))

    with database.read() as tx:
        event.listen(tx, "before_cursor_execute", remember)
        standing(tx, replace(ASKED, first=KIM))
        digests.last(tx, KIM)
        digests.of_day(tx, KIM, TODAY)
        event.remove(tx, "before_cursor_execute", remember)
        plans = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {one}", values).all() for one, values in asked_for]
    assert len(plans) > 15
    assert {row.detail.split(" USING ")[0] for plan in plans for row in plan if row.detail.startswith("SCAN")} == {
        "SCAN outage",  # a row for each mailbox at most
        "SCAN reconciliation",
    }
