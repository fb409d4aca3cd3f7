"""Lanes: the board in columns: of each status the tickets that are to be looked at first, and how many it has. It reads, and changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from store import census
from store.board import ranked
from store.columns import aside
from store.database import Transaction
from store.lines import TicketLine, Wanted
from store.reports import filters, ticket_line
from store.tables import URGENT, ticket

MOST = 2000  # tickets of one person, or in which words are, that are read
URGENTS = 200  # urgent tickets that are read, for all lanes together

Place = tuple[str, str]  # a workflow and the key of a status


@dataclass(frozen=True, slots=True)
class Lane:
    """A status. `total`: how many tickets are in it, or, where not all are counted, at least."""

    place: Place
    lines: tuple[TicketLine, ...]
    total: int
    counted: bool = True


def lanes(tx: Transaction, wanted: Wanted, places: Sequence[Place], few: int) -> list[Lane]:
    """Of the tickets that are wanted, `few` of each place, in the order of the board. Where the ball is they say themselves.

    A look by an index for each place that has some; how many that is, is known. One look for what somebody has, or where words are.
    """
    opened = bool(wanted.open)
    if not census.knows(wanted):
        return _of_few(tx, wanted, places, few, opened=opened)
    here = [ticket.c.open == opened, *filters(tx, replace(wanted, ball=""))]
    urgent = _urgent(tx, here) if opened else []
    known = _known(tx, wanted)
    return [_lane(tx, here, place, urgent, few, known[place], opened=opened) for place in places]


def _known(tx: Transaction, wanted: Wanted) -> Counter[Place]:
    """How many each place has."""
    by_place = Counter[Place]()
    for stand, number in census.count(tx, replace(wanted, ball="")).items():
        by_place[stand.workflow, stand.status] += number
    return by_place


def _of_few(tx: Transaction, wanted: Wanted, places: Sequence[Place], few: int, *, opened: bool) -> list[Lane]:
    """All of them are less than what any busy status has."""
    here = filters(tx, replace(wanted, ball=""), numbered=bool(wanted.search))
    here.append((aside(ticket.c.open) if wanted.search else ticket.c.open) == opened)  # words have found their numbers
    there: defaultdict[Place, list[Row[Any]]] = defaultdict(list)
    rows = tx.execute(select(ticket).where(*here).order_by(_order(opened=opened)).limit(MOST)).all()
    for row in rows:
        there[row.workflow, row.status].append(row)
    counted = len(rows) < MOST
    return [
        Lane(place, _lines(there[place], few, opened=opened), len(there[place]), counted=counted) for place in places
    ]


def _urgent(tx: Transaction, here: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    return tx.execute(select(ticket).where(*here, URGENT).order_by(ticket.c.ball_since).limit(URGENTS)).all()


def _lane(
    tx: Transaction,
    here: Sequence[ColumnElement[bool]],
    place: Place,
    urgent: Sequence[Row[Any]],
    few: int,
    total: int,
    *,
    opened: bool,
) -> Lane:
    if total == 0:
        return Lane(place, (), 0)
    there = (*here, ticket.c.workflow == place[0], ticket.c.status == place[1])
    first = tx.execute(select(ticket).where(*there).order_by(_order(opened=opened)).limit(few)).all()
    rows = {row.number: row for row in (*first, *urgent) if (row.workflow, row.status) == place}
    return Lane(place, _lines(rows.values(), few, opened=opened), total)


def _lines(rows: Iterable[Row[Any]], few: int, *, opened: bool) -> tuple[TicketLine, ...]:
    return tuple(map(ticket_line, ranked(rows, few, opened=opened)))


def _order(*, opened: bool) -> ColumnElement[Any]:
    return ticket.c.ball_since.asc() if opened else ticket.c.ball_since.desc()
