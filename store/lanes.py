"""Lanes: the board in columns: of each status the tickets that are to be looked at first, and how many it has. It reads, and changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from store.database import Transaction
from store.lines import NOBODY, TicketLine, Wanted
from store.reports import filters, ranked, ticket_line
from store.tables import URGENT, ticket

COUNTED = 300  # tickets of a lane; of more it is said that there are more
THEIRS = 2000  # tickets of one person that are read
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

    A look by an index for each place, and one more for a place that has more than is shown; one look for what somebody has.
    """
    opened = bool(wanted.open)
    here = [ticket.c.open == opened, *filters(tx, replace(wanted, ball=""))]
    if wanted.assigned not in {"", NOBODY}:
        return _of_somebody(tx, here, places, few, opened=opened)
    urgent = _urgent(tx, here) if opened else []
    return [_lane(tx, here, place, urgent, few, opened=opened) for place in places]


def _of_somebody(
    tx: Transaction, here: Sequence[ColumnElement[bool]], places: Sequence[Place], few: int, *, opened: bool
) -> list[Lane]:
    """All of theirs is less than what any busy status has."""
    there: defaultdict[Place, list[Row[Any]]] = defaultdict(list)
    for row in tx.execute(select(ticket).where(*here).order_by(_order(opened=opened)).limit(THEIRS)):
        there[row.workflow, row.status].append(row)
    return [_made(place, ranked(there[place], few, opened=opened), len(there[place])) for place in places]


def _urgent(tx: Transaction, here: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    return tx.execute(select(ticket).where(*here, URGENT).order_by(ticket.c.ball_since).limit(URGENTS)).all()


def _lane(
    tx: Transaction,
    here: Sequence[ColumnElement[bool]],
    place: Place,
    urgent: Sequence[Row[Any]],
    few: int,
    *,
    opened: bool,
) -> Lane:
    there = (*here, ticket.c.workflow == place[0], ticket.c.status == place[1])
    first = tx.execute(select(ticket).where(*there).order_by(_order(opened=opened)).limit(few)).all()
    rows = {row.number: row for row in (*first, *urgent) if (row.workflow, row.status) == place}
    total = _count(tx, there) if len(first) == few else len(first)
    return _made(place, ranked(rows.values(), few, opened=opened), total)


def _made(place: Place, shown: Sequence[Row[Any]], total: int) -> Lane:
    return Lane(place, tuple(map(ticket_line, shown)), min(total, COUNTED + 1))


def _order(*, opened: bool) -> ColumnElement[Any]:
    return ticket.c.ball_since.asc() if opened else ticket.c.ball_since.desc()


def _count(tx: Transaction, there: Sequence[ColumnElement[bool]]) -> int:
    some = select(ticket.c.number).where(*there).limit(COUNTED + 1).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()
