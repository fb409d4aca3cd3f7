"""How many tickets stand how: kept in the change itself, without one writer waiting for another, and right at any moment.

That it is right after whatever a test of this folder does, its `database` asks (conftest.py), and the sweep after kills and lives.
"""

from contextlib import suppress

import pytest
from sqlalchemy import func, insert, select, text, update

from store import census
from store.census import Stand
from store.database import Database, savepoint
from store.lines import NOBODY, Wanted
from store.tables import census as rows
from store.tables import ticket
from tests.store.world import opened
from workflow.machine import Ball

FLOW = "courseleaf"
HERE = Stand(FLOW, "outstanding", "us")
OPEN = Wanted(open=True)
ROW = {"workflow": FLOW, "status": "outstanding", "open": True, "ball_with": "us", "merged": False, "assigned": False}


def many(database: Database, wanted: Wanted = OPEN) -> dict[Stand, int]:
    with database.read() as tx:
        return dict(census.count(tx, wanted))


def put(database: Database, number: int, **new: object) -> None:
    with database.write() as tx:
        tx.execute(update(ticket).where(ticket.c.number == number).values(**new))


def length(database: Database) -> int:
    with database.read() as tx:
        return tx.execute(select(func.count()).select_from(rows)).scalar_one()


def test_whatever_changes_how_a_ticket_stands_is_counted_in_the_same_change(database: Database) -> None:
    one, two, three, four = (opened(database, name) for name in ("one", "two", "three", "four"))
    assert many(database) == {HERE: 4}
    put(database, one, status="assessment", ball_with="client")
    put(database, two, merged_into=one)
    put(database, three, assigned_to="kim@example.com")
    assert many(database) == {Stand(FLOW, "assessment", "client"): 1, HERE: 2}
    assert many(database, Wanted(open=True, assigned=NOBODY, ball=Ball.US)) == {HERE: 1}
    assert many(database, Wanted(open=True, statuses=("assessment",))) == {Stand(FLOW, "assessment", "client"): 1}
    put(database, four, open=False, status="stale", ball_with="nobody")
    assert many(database, Wanted(open=False)) == {Stand(FLOW, "stale", "nobody"): 1}
    assert many(database) == {Stand(FLOW, "assessment", "client"): 1, HERE: 1}


def test_a_change_of_anything_else_writes_nothing(database: Database) -> None:
    number = opened(database)
    before = length(database)
    put(database, number, subject="Another", version=9, assigned_to="")
    put(database, number, assigned_to="kim@example.com")
    put(database, number, assigned_to="lee@example.com")
    assert length(database) == before + 2, "somebody has it: one row for how it stood, and one for how it stands"


def test_what_is_undone_was_never_counted(database: Database) -> None:
    opened(database)
    with database.write() as tx:
        with suppress(RuntimeError), savepoint(tx):
            tx.execute(update(ticket).values(open=False))
            raise RuntimeError
        assert census.count(tx, OPEN) == {HERE: 1}


def test_the_sums_take_the_place_of_many_rows_and_what_comes_to_nothing_goes(database: Database) -> None:
    one = opened(database, "one")
    opened(database, "two")
    for _ in range(census.MOST // 4 + 1):
        with database.write() as tx:
            for status in ("assessment", "outstanding"):
                tx.execute(update(ticket).where(ticket.c.number == one).values(status=status))
    assert length(database) > census.MOST
    with database.write() as tx:
        census.sum_up(tx)
    assert length(database) == 1
    assert many(database) == {HERE: 2}
    with database.write() as tx:
        census.sum_up(tx)
    assert length(database) == 1, "few are left alone"


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True, scope="session")
def test_nobody_waits_for_another_and_the_sum_is_right_whoever_ends_first(database: Database, url: str) -> None:
    """Two that move tickets to the same status, and one that sums up meanwhile: each begins before the one before it has ended."""
    one, two = (opened(database, name) for name in ("one", "two"))
    moved = update(ticket).values(status="assessment")
    second, third = Database.open(url), Database.open(url)
    with database.write() as tx:
        tx.execute(insert(rows), [ROW | {"tickets": number} for number in (1, -1) for _ in range(census.MOST)])
    with database.write() as tx:
        tx.execute(moved.where(ticket.c.number == one))
        with second.write() as other:
            other.execute(text("SET LOCAL lock_timeout = '1s'"))
            other.execute(moved.where(ticket.c.number == two))
            with third.write() as last:
                last.execute(text("SET LOCAL lock_timeout = '1s'"))
                census.sum_up(last)
        assert many(third) == {HERE: 1, Stand(FLOW, "assessment", "us"): 1}
    for ended in (second, third):
        ended.close()
    assert many(database) == {Stand(FLOW, "assessment", "us"): 2}
    assert length(database) == 5, "the sum, and two rows for each that was moved"


def test_a_database_from_before_counts_what_it_has(database: Database) -> None:
    numbers = [opened(database, name) for name in ("one", "two", "three")]
    put(database, numbers[0], assigned_to="kim@example.com")
    with database.write() as tx:
        for name in ("came", "moved"):
            tx.execute(text(f"DROP TRIGGER census_{name}" + ("" if tx.dialect.name == "sqlite" else " ON ticket")))
            if tx.dialect.name != "sqlite":
                tx.execute(text(f"DROP FUNCTION census_{name}()"))
        tx.execute(text("DROP TABLE census"))
        tx.execute(text("ALTER TABLE session DROP COLUMN of_client"))
        tx.execute(text("UPDATE alembic_version SET version_num = '0041'"))
    database.upgrade()
    assert many(database) == {HERE: 3}
    assert many(database, Wanted(open=True, assigned=NOBODY)) == {HERE: 2}
    put(database, numbers[1], open=False)
    assert many(database) == {HERE: 2}
