"""Lanes: the board in columns: of each status the tickets that are to be looked at first, and how many it has. It reads, and changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from store.columns import aside
from store.database import Transaction
from store.lines import NOBODY, TicketLine, Wanted
from store.reports import filters, ranked, ticket_line
from store.tables import URGENT, ticket

COUNTED = 1000  # tickets of a lane; of more it is said that there are more
URGENTS = 200  # urgent tickets that are read, for all lanes together

Place = tuple[str, str]  # a workflow and the key of a status


@dataclass(frozen=True, slots=True)
class Lane:
    """A status. `total`: how many tickets are in it, at most COUNTED + 1."""

    place: Place
    lines: tuple[TicketLine, ...]
    total: int


def lanes(tx: Transaction, wanted: Wanted, places: Sequence[Place], few: int) -> list[Lane]:
    """Of the tickets that are wanted, `few` of each place, in the order of the board. Where the ball is they say themselves.

    A look by an index for each place, and one more for a place that has more than is shown.
    """
    here = [ticket.c.open == bool(wanted.open), *filters(tx, replace(wanted, ball=""))]
    urgent = _urgent(tx, here) if wanted.open else []
    return [_lane(tx, [*here, *_in(place, wanted)], place, urgent, few, opened=bool(wanted.open)) for place in places]


def _in(place: Place, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What somebody has is less than what a status has."""
    workflow, status = ticket.c.workflow, ticket.c.status
    if wanted.assigned in {"", NOBODY}:
        return [workflow == place[0], status == place[1]]
    return [aside(workflow) == place[0], aside(status) == place[1]]


def _urgent(tx: Transaction, here: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    return tx.execute(select(ticket).where(*here, URGENT).order_by(ticket.c.ball_since).limit(URGENTS)).all()


def _lane(
    tx: Transaction,
    there: Sequence[ColumnElement[bool]],
    place: Place,
    urgent: Sequence[Row[Any]],
    few: int,
    *,
    opened: bool,
) -> Lane:
    order = ticket.c.ball_since if opened else ticket.c.ball_since.desc()
    first = tx.execute(select(ticket).where(*there).order_by(order).limit(few)).all()
    rows = {row.number: row for row in (*first, *urgent) if (row.workflow, row.status) == place}
    shown = ranked(rows.values(), few, opened=opened)
    return Lane(place, tuple(map(ticket_line, shown)), _count(tx, there) if len(first) == few else len(first))


def _count(tx: Transaction, there: Sequence[ColumnElement[bool]]) -> int:
    some = select(ticket.c.number).where(*there).limit(COUNTED + 1).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()
