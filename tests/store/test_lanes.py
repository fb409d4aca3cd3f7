"""The board in columns: of each status the first tickets and how many there are, by an index, however many that is."""

from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, update

from store import lanes
from store.database import Database
from store.lines import NOBODY, Wanted
from store.tables import ticket
from tests.store.world import NOW, opened, plans
from workflow.machine import Ball

FLOW = "courseleaf"
PLACES = [(FLOW, "outstanding"), (FLOW, "assessment"), (FLOW, "stale"), ("service-desk", "outstanding")]


def many(database: Database, *rows: dict[str, object]) -> None:
    """A ticket for each row, from number 1001 on."""
    opened(database, "one")
    with database.write() as tx:
        first = dict(tx.execute(select(ticket)).mappings().one()) | {
            "workflow": FLOW,
            "status": "outstanding",
            "open": True,
        }
        made = [
            first | {"number": 1001 + at, "ball_since": NOW - timedelta(hours=at)} | row for at, row in enumerate(rows)
        ]
        tx.execute(update(ticket).values(made[0]))
        tx.execute(insert(ticket), made[1:])


def shown(database: Database, wanted: Wanted, few: int = 9) -> list[tuple[list[int], int]]:
    with database.read() as tx:
        return [([line.number for line in lane.lines], lane.total) for lane in lanes.lanes(tx, wanted, PLACES, few)]


def test_each_status_has_its_own_urgent_ones_first_then_what_has_stood_the_longest(database: Database) -> None:
    many(
        database,
        {},
        {},
        {"status": "assessment"},
        {"priority": "urgent", "ball_since": NOW},
        {"workflow": "service-desk", "priority": "high"},
        {"status": "stale", "open": False},
        {"assigned_to": "Kim@example.test"},
        {"merged_into": 1001},
        {"status": "gone"},
    )
    everybodys = shown(database, Wanted(open=True, ball=Ball.CLIENT))
    assert everybodys == [([1004, 1007, 1002, 1001], 4), ([1003], 1), ([], 0), ([1005], 1)], (
        "the ball is as the status says"
    )
    assert shown(database, Wanted(open=True), few=2) == [([1004, 1007], 4), ([1003], 1), ([], 0), ([1005], 1)]
    assert shown(database, Wanted(open=True, assigned="kim@example.test")) == [([1007], 1), ([], 0), ([], 0), ([], 0)]
    assert shown(database, Wanted(open=True, assigned=NOBODY))[0] == ([1004, 1002, 1001], 3)
    assert shown(database, Wanted(open=True, search="#1003")) == [([], 0), ([1003], 1), ([], 0), ([], 0)]
    assert shown(database, Wanted(open=False))[2] == ([1006], 1)


@pytest.mark.parametrize("count", [5, 307])
def test_as_many_questions_are_asked_and_no_more_is_read_however_many_tickets_there_are(
    database: Database, count: int
) -> None:
    many(database, *({} for _ in range(count)))
    asked: list[str] = []
    with database.read() as tx:
        event.listen(tx, "before_cursor_execute", lambda *args: asked.append(args[2]))
        found = lanes.lanes(tx, Wanted(open=True), PLACES, 3)
    assert [(len(lane.lines), lane.total) for lane in found] == [(3, count), (0, 0), (0, 0), (0, 0)]
    assert len(asked) == 3, "urgent ones, how many there are, and the first of the one column that has some"
    read = plans(database, lambda tx: lanes.lanes(tx, Wanted(open=True), PLACES, 3), "SELECT ticket")
    assert any("ix_ticket_status" in step for step in read), read
    assert not any("TEMP B-TREE" in step or "Sort" in step for step in read), read


def test_where_words_are_all_are_counted(database: Database) -> None:
    many(database, *({"tags": ("billing",)} for _ in range(307)), {}, {"tags": ("billing",), "status": "assessment"})
    wanted = Wanted(open=True, search="billing")
    with database.read() as tx:
        first, other, *_ = lanes.lanes(tx, wanted, PLACES, 3)
    assert [(len(lane.lines), lane.total, lane.counted) for lane in (first, other)] == [(3, 307, True), (1, 1, True)]


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
def test_of_what_somebody_has_or_where_words_are_that_alone_is_read(database: Database) -> None:
    """SQLite keeps no counts, and has to be told; a server finds out."""
    many(database, {"assigned_to": "kim@example.test"}, {})
    wanted = Wanted(open=True, assigned="kim@example.test")
    read = plans(database, lambda tx: lanes.lanes(tx, wanted, PLACES, 3), "SELECT")
    assert any("ix_ticket_assigned" in step for step in read), read
    assert not any("ix_ticket_status" in step for step in read), read
    words = Wanted(open=True, search="#1001", assigned="kim@example.test")
    read = plans(database, lambda tx: lanes.lanes(tx, words, PLACES, 3), "SELECT ticket.number, ticket.workflow")
    assert any("PRIMARY KEY" in step for step in read), read
    assert not any("ix_ticket" in step for step in read), read
