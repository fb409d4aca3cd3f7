"""Tickets that lead to another one: which, and since when. It reads alone; `merging` writes."""

import json
from datetime import datetime

from sqlalchemy import bindparam, select

from store import tables, tickets
from store.database import Transaction
from store.tables import history, merging
from workflow.decision import Ticket
from workflow.merging import Merged

FARTHEST = 10  # how far merges are followed: a circle of them ends, too
MOST = 200  # tickets that lead to one

_of = tables.ticket.c
_NEXT = select(_of.number, _of.merged_into).where(_of.number == bindparam("wanted"))
_LEADING_TO = (
    select(tables.ticket)
    .where(_of.merged_into.in_(bindparam("targets", expanding=True)))
    .order_by(_of.number)
    .limit(MOST)
)
_MERGED = select(merging).where(merging.c.ticket == bindparam("wanted"))
_LAST = (
    select(history.c.because, history.c.at)
    .where(history.c.ticket == bindparam("wanted"))
    .order_by(history.c.id.desc())
    .limit(1)
)


def leads_to(tx: Transaction, number: int) -> int:
    """Where a ticket leads at last: itself, if it was not merged."""
    for _ in range(FARTHEST):
        row = tx.execute(_NEXT, {"wanted": number}).one_or_none()
        if row is None or row.merged_into is None:
            break
        number = row.merged_into
    return number


def stands(tx: Transaction, seen: Ticket, *, itself: bool = False) -> bool:
    """Whether that ticket, or `itself` though it leads elsewhere, has the status that was seen, since the same moment."""
    now = tickets.ticket(tx, seen.number if itself else leads_to(tx, seen.number))
    return now is not None and (now.status, now.status_since) == (seen.status, seen.status_since)


def leading_to(tx: Transaction, number: int) -> list[Ticket]:
    """The tickets that were merged into this one, and those that were merged into them."""
    found: dict[int, Ticket] = {}
    targets = [number]
    for _ in range(FARTHEST):
        rows = tx.execute(_LEADING_TO, {"targets": targets}).all() if targets else []
        targets = [row.number for row in rows if row.number not in found and row.number != number]
        found |= {row.number: tickets.as_ticket(row) for row in rows if row.number in targets}
    return [found[one] for one in sorted(found)][:MOST]


def merged(tx: Transaction, number: int) -> Merged | None:
    """Who merged a ticket, and when; None where it is one of its own."""
    row = tx.execute(_MERGED, {"wanted": number}).one_or_none()
    if row is None:
        return None
    wrote = json.loads(row.became).get("wrote", [])
    if wrote is True:  # of whoever it was before that was kept
        wrote = [number]
    here = {number, *(one.number for one in leading_to(tx, number))} if wrote else set()
    return Merged(row.target, row.by, row.at, tuple(place for place in wrote or () if place in here))


def last(tx: Transaction, number: int) -> tuple[str, datetime] | None:
    """The last that happened to a ticket, in its history's words."""
    row = tx.execute(_LAST, {"wanted": number}).one_or_none()
    return (row.because[0], row.at) if row else None
