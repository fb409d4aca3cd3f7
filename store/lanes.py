"""Lanes: the board in columns: of each status the tickets that are to be looked at first, and how many it has. It reads, and changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select

from store import census
from store.board import ranked
from store.database import Transaction
from store.lines import NOBODY, TicketLine, Wanted
from store.reports import filters, ticket_line
from store.tables import URGENT, ticket

COUNTED = 300  # tickets of a lane in which words are looked for; of more it is said that there are more
THEIRS = 2000  # tickets of one person that are read
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

    A look by an index for each place that has some; how many that is, is known. One look for what somebody has.
    """
    opened = bool(wanted.open)
    here = [ticket.c.open == opened, *filters(tx, replace(wanted, ball=""))]
    if wanted.assigned not in {"", NOBODY}:
        return _of_somebody(tx, here, places, few, opened=opened)
    urgent = _urgent(tx, here) if opened else []
    known = _known(tx, wanted, places)
    return [_lane(tx, here, place, urgent, few, known.get(place), opened=opened) for place in places]


def _known(tx: Transaction, wanted: Wanted, places: Sequence[Place]) -> Mapping[Place, int]:
    """How many each place has; nothing where that has to be counted."""
    if not census.knows(wanted):
        return {}
    by_place = Counter(dict.fromkeys(places, 0))
    for stand, number in census.count(tx, replace(wanted, ball="")).items():
        by_place[stand.workflow, stand.status] += number
    return by_place


def _of_somebody(
    tx: Transaction, here: Sequence[ColumnElement[bool]], places: Sequence[Place], few: int, *, opened: bool
) -> list[Lane]:
    """All of theirs is less than what any busy status has."""
    there: defaultdict[Place, list[Row[Any]]] = defaultdict(list)
    rows = tx.execute(select(ticket).where(*here).order_by(_order(opened=opened)).limit(THEIRS)).all()
    for row in rows:
        there[row.workflow, row.status].append(row)
    counted = len(rows) < THEIRS
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
    total: int | None,
    *,
    opened: bool,
) -> Lane:
    if total == 0:
        return Lane(place, (), 0)
    there = (*here, ticket.c.workflow == place[0], ticket.c.status == place[1])
    first = tx.execute(select(ticket).where(*there).order_by(_order(opened=opened)).limit(few)).all()
    rows = {row.number: row for row in (*first, *urgent) if (row.workflow, row.status) == place}
    lines = _lines(rows.values(), few, opened=opened)
    if total is not None:
        return Lane(place, lines, total)
    found = _count(tx, there) if len(first) == few else len(first)
    return Lane(place, lines, min(found, COUNTED), counted=found <= COUNTED)


def _lines(rows: Iterable[Row[Any]], few: int, *, opened: bool) -> tuple[TicketLine, ...]:
    return tuple(map(ticket_line, ranked(rows, few, opened=opened)))


def _order(*, opened: bool) -> ColumnElement[Any]:
    return ticket.c.ball_since.asc() if opened else ticket.c.ball_since.desc()


def _count(tx: Transaction, there: Sequence[ColumnElement[bool]]) -> int:
    some = select(ticket.c.number).where(*there).limit(COUNTED + 1).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()
