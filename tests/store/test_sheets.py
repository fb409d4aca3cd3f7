"""What is counted of a day, on both engines: the same whether its sheet is kept or not, and again after somebody was erased."""

from dataclasses import replace
from datetime import UTC, date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from outbound.outbox import State
from outbound.reckoning import CLOCK, Happened, Reckoning
from outbound.sheet import Sheet, added, key, spans
from store import ageing, corrections, helpful, sheets
from store.corrections import Correction
from store.database import Database
from store.effect import Effect
from store.erasing import erase
from store.happened import of_client
from store.reopened import reopened
from store.tables import outbox, ticket
from tests.store.test_standing import move
from tests.store.world import ADA, BEN, NOW, ack, apply, opened
from tests.workflow.desk import COURSELEAF
from workflow.decision import Decision
from workflow.machine import REPLY, Ball, Nature

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
COUNTS = Reckoning(lambda _: COURSELEAF, UTC, None, "one")
TODAY = NOW.date()


def days(database: Database, reckoning: Reckoning = COUNTS, limit: int = 99) -> tuple[Sheet, bool]:
    with database.read() as tx:
        found, whole = sheets.of_days(
            tx, reckoning, TODAY - 30 * DAY, TODAY, NOW, limit, TODAY - 30 * DAY, partial(sheets.made, tx, reckoning)
        )
    return added(found.values()), whole


def answer(database: Database, number: int, hours: float, nature: Nature = Nature.PERSONAL, by: str = "kim") -> None:
    """A mail to the client, that was sent so many hours after the ticket was opened."""
    with database.write() as tx:
        row = tx.execute(ticket.select().where(ticket.c.number == number)).one()
        at = row.created_at + timedelta(hours=hours)
        sent = replace(ack(f"a{number}:{hours}", number, nature=nature), notice=REPLY)
        decision = Decision(("reply",), row.status, row.status)
        apply(tx, Effect(at, by, decision, number, row.version, outgoing=(sent,)))
        tx.execute(
            outbox.update().where(outbox.c.cause == sent.cause).values(state=State.SENT, sent_at=at, next_at=None)
        )


def a_month(database: Database) -> int:
    """Two tickets: one answered twice, closed and reopened; one that waits."""
    first = opened(database, "first", ADA, NOW - 9 * DAY)
    opened(database, "second", BEN, NOW - 3 * DAY)
    answer(database, first, 1, Nature.ACKNOWLEDGEMENT)
    answer(database, first, 2)
    answer(database, first, 30)
    move(database, first, "problem_solved", Ball.NOBODY, hours=48)
    move(database, first, "outstanding", Ball.US, hours=72)
    with database.write() as tx:
        corrections.record(tx, Correction(1, NOW - DAY, "kim", "bulk", "new_ticket", "person", ""))
    return first


def test_a_kept_sheet_says_what_the_rows_say(database: Database) -> None:
    first = a_month(database)
    live, whole = days(database)
    assert whole
    assert "merged" not in live
    assert (live["in"], live["out"], live[key("in client", "example.org")]) == (2, 1, 1)
    answers, closes = spans(live, "answer", CLOCK), spans(live, "close", CLOCK)
    assert (len(answers), len(closes)) == (1, 1), "the first answer alone, and no acknowledgement"
    assert abs(answers.median / (2 * HOUR) - 1) < 0.05
    assert abs(closes.median / (48 * HOUR) - 1) < 0.05
    assert live[key("corrected", "bulk", "new_ticket")] == 1
    with database.read() as tx:
        lacking = sheets.due(tx, COUNTS, NOW, 99)
        assert lacking == [TODAY - number * DAY for number in range(1, 10)]
        assert sheets.due(tx, COUNTS, NOW, 2) == lacking[:2]
        midnight = NOW.replace(hour=0)
        assert sheets.due(tx, COUNTS, midnight, 1) == [TODAY - 2 * DAY], "what is under way may belong to yesterday"
        made = {day: sheets.made(tx, COUNTS, day) for day in lacking}
        (again,) = reopened(tx, [int(one.rpartition("\t")[2]) for one in live if one.startswith("reopened as")], 9)
    assert (again.ticket, again.was, again.status) == (first, "problem_solved", "outstanding")
    for day, sheet in made.items():
        for _ in range(2):
            with database.write() as tx:
                sheets.keep(tx, COUNTS, day, sheet, NOW)
    assert days(database, limit=1) == (live, True)
    with database.read() as tx:
        late, _ = sheets.of_days(
            tx, COUNTS, TODAY - 30 * DAY, TODAY, NOW, 99, TODAY - 3 * DAY, partial(sheets.made, tx, COUNTS)
        )
    assert {day for day, sheet in late.items() if any(at.startswith(sheets.BY_CLIENT) for at in sheet)} == {
        TODAY - 3 * DAY
    }
    other = replace(COUNTS, made_for="other")
    assert days(database, other) == (live, True), "who counts in another way takes none of these"
    assert days(database, other, limit=2)[1] is False


def test_erasing_somebody_makes_the_sheets_again(database: Database) -> None:
    a_month(database)
    with database.write() as tx:
        for day in sheets.due(tx, COUNTS, NOW, 99):
            sheets.keep(tx, COUNTS, day, sheets.made(tx, COUNTS, day), NOW)
        erase(tx, [ADA.key])
    found, _ = days(database)
    assert key("in client", "example.org") not in found
    assert (found["in"], found["out"]) == (2, 1), "the statistics stay"
    with database.read() as tx:
        assert len(sheets.due(tx, COUNTS, NOW, 99)) == 9


def test_a_sheet_of_late_is_made_again_and_one_of_a_wrong_clock_counts_for_nothing(database: Database) -> None:
    first = a_month(database)
    with database.write() as tx:
        ahead = NOW + 3 * DAY  # the clock is wrong for an hour: today and tomorrow seem to be over
        for day in sheets.due(tx, COUNTS, ahead, 99):
            sheets.keep(tx, COUNTS, day, sheets.made(tx, COUNTS, day), ahead)
    opened(database, "third", BEN)
    live, _ = days(database)
    assert live["in"] == 3
    with database.write() as tx:
        lacking = sheets.due(tx, COUNTS, NOW, 99)
        assert len(lacking) == 9
        for day in lacking:
            sheets.keep(tx, COUNTS, day, sheets.made(tx, COUNTS, day), NOW)
        assert sheets.due(tx, COUNTS, NOW + HOUR, 99) == []
        tx.execute(ticket.update().where(ticket.c.number == first).values(organisation="example.net"))
        tomorrow = sheets.due(tx, COUNTS, NOW + DAY, 99)
        assert len(tomorrow) == 10, "one day more, and those of late"
        for day in tomorrow:
            sheets.keep(tx, COUNTS, day, sheets.made(tx, COUNTS, day), NOW + DAY)
        found, _ = sheets.of_days(
            tx, COUNTS, TODAY - 30 * DAY, TODAY, NOW + DAY, 99, TODAY - 30 * DAY, partial(sheets.made, tx, COUNTS)
        )
    assert key("in client", "example.org") not in added(found.values())


def test_the_figures_of_one_client_are_theirs_alone(database: Database) -> None:
    first = a_month(database)
    everybodys, _ = days(database)
    with database.write() as tx:
        tx.execute(ticket.update().where(ticket.c.number != first).values(organisation="example.net"))
    with database.read() as tx:
        pasts = of_client(tx, "example.org", NOW, 9)
        assert [one.organisation for one in pasts] == ["example.org"]
        assert len(of_client(tx, "example.net", NOW, 9)) == 1
        assert of_client(tx, "\x00'%", NOW, 9) == ()
        assert ageing.by_status(tx, "example.org") == {("courseleaf", "outstanding"): 1}
        assert ageing.by_age(tx, NOW, (DAY,), [Ball.US], "example.net") == {Ball.US: [0, 1]}
        assert ageing.by_status(tx, "\x00") == {}
    theirs = COUNTS.sheet(Happened(NOW - 30 * DAY, NOW, pasts))
    assert {at: everybodys[at] for at in theirs if at not in {"in", key("in kind", "new_ticket")}} | {
        "in": 1,
        key("in kind", "new_ticket"): 1,
        key("entered", "courseleaf", "outstanding"): 2,
    } == dict(theirs)


def test_an_empty_database_has_no_days(database: Database) -> None:
    assert days(database) == ({}, True)
    with database.read() as tx:
        assert sheets.due(tx, COUNTS, NOW, 99) == []


def test_open_tickets_by_status_and_by_how_long_they_have_waited(database: Database) -> None:
    bounds = (DAY, 7 * DAY)
    first = a_month(database)
    merged = opened(database, "third", ADA, NOW - 2 * DAY)
    with database.write() as tx:
        tx.execute(ticket.update().where(ticket.c.number == merged).values(merged_into=first))
    with database.read() as tx:
        assert ageing.by_status(tx) == {("courseleaf", "outstanding"): 2}
        found = ageing.by_age(tx, NOW, bounds, [Ball.US, Ball.CLIENT])
    assert found == {Ball.US: [0, 2, 0], Ball.CLIENT: [0, 0, 0]}


def test_what_clients_say_counts_in_the_time_in_which_they_said_it(database: Database) -> None:
    which = ("courseleaf", "outstanding")
    with database.write() as tx:
        helpful.answer(tx, which, ADA.key, NOW, yes=True)
        helpful.answer(tx, which, BEN.key, NOW - 9 * DAY, yes=False)
    number = opened(database, "first")
    with database.write() as tx:
        tx.execute(ticket.update().where(ticket.c.number == number).values(tags=("not-helpful",)))
    with database.read() as tx:
        assert helpful.within(tx, NOW - DAY, NOW + DAY) == {which: (1, 0)}
        assert helpful.of_answers(tx, NOW - DAY, NOW + DAY) == (0, 1)
        assert helpful.of_answers(tx, NOW - 3 * DAY, NOW - DAY) == (0, 0)


def test_a_day_is_the_teams_own(database: Database) -> None:
    opened(database, "late", now=NOW.replace(hour=2))
    with database.read() as tx:
        chicago = replace(COUNTS, zone=ZoneInfo("America/Chicago"))
        found, _ = sheets.of_days(
            tx,
            chicago,
            date(2026, 11, 19),
            date(2026, 11, 19),
            NOW,
            9,
            date(2026, 11, 19),
            partial(sheets.made, tx, chicago),
        )
    assert found[date(2026, 11, 19)]["in"] == 1
