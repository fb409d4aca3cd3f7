"""The board: the tickets that are to be looked at, in their order, and how many there are. It reads, and changes nothing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select

from store import census
from store.database import Transaction
from store.lines import TicketLine, Wanted
from store.reports import MOST, filters, ticket_line
from store.tables import URGENT, ticket
from workflow.decision import Priority
from workflow.machine import Ball

COUNTED = 2000  # open tickets of one person
_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1}


def lines(tx: Transaction, wanted: Wanted, limit: int = MOST) -> list[TicketLine]:
    """Tickets as they are to be looked at: urgent ones first, then whatever has stood the longest; then closed ones, the newest first.

    Looks by an index, however many tickets there are: one for what somebody has, else one for each place where the ball may be.
    """
    if wanted.open is None:
        opened = lines(tx, replace(wanted, open=True), limit)
        return opened + lines(tx, replace(wanted, open=False), limit - len(opened))
    here, since = [ticket.c.open == wanted.open, *filters(tx, wanted)], ticket.c.ball_since
    order = since if wanted.open else since.desc()
    looks = [select(ticket).where(*here, URGENT).order_by(since)] if wanted.open else []
    if wanted.assigned:
        looks.append(select(ticket).where(*here).order_by(order))
    else:
        balls = [wanted.ball] if wanted.ball else Ball
        looks += [select(ticket).where(*here, ticket.c.ball_with == str(ball)).order_by(order) for ball in balls]
    rows = {row.number: row for look in looks for row in tx.execute(look.limit(limit))}
    return [ticket_line(row) for row in ranked(rows.values(), limit, opened=wanted.open)]


def number(tx: Transaction, wanted: Wanted) -> int | None:
    """How many there are, where that is known at once: how many stand so is kept, and of what somebody has little is open."""
    if census.knows(wanted):
        return sum(census.count(tx, wanted).values())
    if wanted.search or not wanted.open:
        return None
    # In an order, and not all: else PostgreSQL, which takes each of the two to be frequent, counts through all tickets.
    here = [ticket.c.open == wanted.open, *filters(tx, wanted)]
    theirs = select(ticket.c.number).where(*here).order_by(ticket.c.ball_since).limit(COUNTED + 1).subquery()
    found: int = tx.execute(select(func.count()).select_from(theirs)).scalar_one()
    return found if found <= COUNTED else None


def ranked(rows: Iterable[Row[Any]], limit: int, *, opened: bool) -> list[Row[Any]]:
    """The order of the board."""
    found = sorted(rows, key=lambda row: row.ball_since, reverse=not opened)
    if opened:
        found.sort(key=lambda row: _URGENCY.get(row.priority, len(_URGENCY)))
    return found[:limit]
