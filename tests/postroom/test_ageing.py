"""What time brings about goes on, whatever the tickets are that no timer can move."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inbound.message import Address
from postroom.acting import act
from postroom.ageing import BATCH, age
from postroom.app import App, open_app
from postroom.clock import now
from store import tickets
from store.effect import Effect
from tests.postroom.installed import install
from workflow.act import Assign
from workflow.decision import Decision

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    opened = open_app(str(install(tmp_path)))
    yield opened
    opened.database.close()


def waiting(app: App, status: str, count: int, due_at: datetime) -> list[int]:
    """Tickets in that status whose timer ran out then."""
    opening = Effect(
        at=due_at - timedelta(days=21),
        by="kim@example.com",
        decision=Decision(because=("asked the client",), status=status, opens=True, due_at=due_at),
        workflow="courseleaf",
        mailbox="support",
        subject="White page",
        requester=Address("ada@example.org"),
    )
    with app.database.write() as tx:
        numbers = tickets.numbers(tx, count)
        for number in numbers:
            tickets.apply(tx, replace(opening, ticket=number), app.limits)
    return numbers


def test_more_tickets_than_a_batch_that_cannot_move_keep_no_timer_waiting(app: App) -> None:
    stuck = waiting(app, "taken-out-of-the-workflow", BATCH + 1, LONG_AGO)
    (good,) = waiting(app, "pending_client_feedback", 1, LONG_AGO + timedelta(days=1))
    assert age(app) == 1
    with app.database.read() as tx:
        moved = tickets.ticket(tx, good)
        assert [one.number for one in tickets.due(tx, now(), 2 * BATCH)] == stuck
    assert moved
    assert moved.reminded
    assert age(app) == 0


def test_more_tickets_than_a_batch_all_move_in_one_run(app: App) -> None:
    numbers = waiting(app, "pending_client_feedback", BATCH + 1, LONG_AGO)
    assert age(app) == len(numbers)


def test_where_somebody_is_faster_with_one_ticket_the_others_move_on(app: App) -> None:
    numbers = waiting(app, "stale", 5, LONG_AGO)
    looks = iter(range(100))

    def clock() -> datetime:
        """The time of day; and while the third ticket is looked at, a person has it."""
        if next(looks) == 3:
            act(app, numbers[3], Assign("kim@example.com", "kim@example.com"))
        return now()

    assert age(replace(app, now=clock)) == 4
    with app.database.read() as tx:
        found = [tickets.ticket(tx, number) for number in numbers]
    assert [one.status for one in found if one] == ["client_unreachable"] * 3 + ["stale", "client_unreachable"]
    assert age(app) == 1
