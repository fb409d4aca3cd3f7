"""Census: how many tickets stand how. The database keeps it as they change, so that nobody has to count them.

Triggers of the table of tickets (r0042) write a row for each that comes to stand so, and one for each that does no more. A row
is only ever added, so no writer waits for another; their sum is right at any moment. Now and then the sums take their place.
"""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import and_, delete, false, func, insert, or_, select, true

from store.database import Transaction
from store.lines import NOBODY, Wanted
from store.tables import census

MOST = 500  # rows that are read as they are

_of = census.c
_KEYS = [_of.workflow, _of.status, _of.open, _of.ball_with, _of.merged, _of.assigned]
_ROWS = select(func.count()).select_from(census)
_TAKEN = delete(census).returning(*_KEYS, _of.tickets)


class Stand(NamedTuple):
    """How a ticket stands, as it is counted."""

    workflow: str
    status: str
    ball_with: str


def knows(wanted: Wanted) -> bool:
    """Whether it can say how many of these there are."""
    of_all = not wanted.search and not wanted.mailbox and wanted.before is None
    return of_all and wanted.assigned in {"", NOBODY}


def count(tx: Transaction, wanted: Wanted) -> Counter[Stand]:
    """How many there are of the tickets that are wanted, as the board has them. What is merged is open in another place."""
    keys = (_of.workflow, _of.status, _of.ball_with)
    opened, closed = and_(_of.open == true(), _of.merged == false()), _of.open == false()
    here = [or_(opened, closed) if wanted.open is None else opened if wanted.open else closed]
    if wanted.ball:
        here.append(_of.ball_with == str(wanted.ball))
    if wanted.statuses:
        here.append(_of.status.in_(wanted.statuses))
    if wanted.assigned == NOBODY:
        here.append(_of.assigned == false())
    rows = tx.execute(select(*keys, func.sum(_of.tickets).label("number")).where(*here).group_by(*keys))
    return Counter({Stand(row.workflow, row.status, row.ball_with): row.number for row in rows if row.number})


def sum_up(tx: Transaction) -> None:
    """The sums in place of the rows, where there are many. What others write meanwhile stays beside them."""
    if tx.execute(_ROWS).scalar_one() <= MOST:
        return
    sums = Counter[tuple[object, ...]]()
    for *at, tickets in tx.execute(_TAKEN):
        sums[tuple(at)] += tickets
    names = [column.name for column in _KEYS]
    if left := [dict(zip(names, at, strict=True)) | {"tickets": number} for at, number in sums.items() if number]:
        tx.execute(insert(census), left)
