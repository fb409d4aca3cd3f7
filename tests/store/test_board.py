"""The board: what is to be looked at, in its order, found by indexes however much there is."""

from datetime import timedelta

from sqlalchemy import update

from store import board
from store.database import Database
from store.lines import NOBODY, Wanted
from store.tables import ticket
from tests.store.world import NOW, opened, plans
from workflow.machine import Ball


def test_the_board_has_urgent_ones_first_then_what_has_stood_the_longest_and_reads_no_more_than_it_shows(
    database: Database,
) -> None:
    stands = {  # number: priority, open, ball, hours
        1001: ("normal", True, Ball.US, 5),
        1002: ("urgent", True, Ball.US, 1),
        1003: ("high", True, Ball.CLIENT, 2),
        1004: ("normal", True, Ball.US, 9),
        1005: ("normal", True, Ball.THIRD_PARTY, 7),
        1006: ("high", False, Ball.NOBODY, 3),
        1007: ("normal", False, Ball.NOBODY, 1),
    }
    for number in stands:
        opened(database, str(number))
    with database.write() as tx:
        for number, (priority, is_open, ball, hours) in stands.items():
            values = {
                "priority": priority,
                "open": is_open,
                "ball_with": ball,
                "ball_since": NOW - timedelta(hours=hours),
            }
            tx.execute(update(ticket).where(ticket.c.number == number).values(values))
    with database.read() as tx:
        found = [
            [line.number for line in board.lines(tx, wanted, limit)]
            for wanted, limit in (
                (Wanted(open=True), 9),
                (Wanted(open=True, ball=Ball.US), 9),
                (Wanted(open=True, ball=Ball.US), 2),
                (Wanted(open=True, ball=Ball.CLIENT), 9),
                (Wanted(open=False), 9),
                (Wanted(open=False), 1),
                (Wanted(), 6),
            )
        ]
    assert found == [
        [1002, 1003, 1004, 1005, 1001], [1002, 1004, 1001], [1002, 1004], [1003], [1007, 1006], [1007],
        [1002, 1003, 1004, 1005, 1001, 1007],
    ]  # fmt: skip
    for wanted in (Wanted(open=True), Wanted(open=True, ball=Ball.US), Wanted(open=False)):
        read = plans(database, lambda tx, wanted=wanted: board.lines(tx, wanted), "SELECT")
        assert any("ix_ticket_ball" in step for step in read), read
        assert any("ix_ticket_urgent" in step for step in read) == bool(wanted.open), read
        assert not any("TEMP B-TREE" in step or "Sort" in step for step in read), read


def test_what_somebody_has_or_nobody_is_looked_for_among_that_alone_however_much_they_have_closed(
    database: Database,
) -> None:
    for number, values in enumerate(({}, {}, {"open": False, "ball_with": "nobody"}, {"assigned_to": ""})):
        there = {"assigned_to": "Kim@example.test", "ball_since": NOW - timedelta(hours=number)} | values
        made = opened(database, str(number))
        with database.write() as tx:
            tx.execute(update(ticket).where(ticket.c.number == made).values(there))
    for wanted, found, number in (
        (Wanted(open=True, assigned="kim@example.test"), [1002, 1001], 2),
        (Wanted(open=True, assigned="kim@example.test", ball=Ball.US), [1002, 1001], 2),
        (Wanted(open=False, assigned="kim@example.test"), [1003], None),
        (Wanted(assigned="kim@example.test"), [1002, 1001, 1003], None),
        (Wanted(open=True, assigned=NOBODY), [1004], 1),
        (Wanted(), [1004, 1002, 1001, 1003], 4),
    ):
        with database.read() as tx:
            assert [line.number for line in board.lines(tx, wanted)] == found, wanted
            assert board.number(tx, wanted) == number, wanted
        if wanted.assigned:
            read = plans(database, lambda tx, wanted=wanted: board.lines(tx, wanted), "SELECT")
            assert any("ix_ticket_assigned" in step for step in read), read
            assert not any("ix_ticket_ball" in step or "TEMP B-TREE" in step for step in read), read
