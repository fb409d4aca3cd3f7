"""How open tickets stand: how many each status has, and how long they have waited, and for whom. Each look is at an index; merged ones, which are few, are taken off."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, true

from store.database import Transaction
from store.tables import ticket
from workflow.machine import Ball

_of = ticket.c
_MERGED = select(ticket).where(_of.merged_into.is_not(None))
_BY_STATUS = (
    select(_of.workflow, _of.status, func.count().label("tickets"))
    .where(_of.open == true())
    .group_by(_of.workflow, _of.status)
)


def by_status(tx: Transaction) -> Mapping[tuple[str, str], int]:
    """Open tickets, by workflow and status."""
    found = Counter({(row.workflow, row.status): row.tickets for row in tx.execute(_BY_STATUS)})
    found.subtract((row.workflow, row.status) for row in tx.execute(_MERGED) if row.open)
    return +found


def by_age(
    tx: Transaction, now: datetime, bounds: Sequence[timedelta], balls: Sequence[Ball]
) -> Mapping[Ball, list[int]]:
    """Open tickets by whom they wait for: how many for less than the first bound, the second, ..., and for longer than all."""
    merged = [row for row in tx.execute(_MERGED) if row.open]
    return {
        ball: _ages(tx, now, bounds, ball, [row.ball_since for row in merged if row.ball_with == ball])
        for ball in balls
    }


def _ages(
    tx: Transaction, now: datetime, bounds: Sequence[timedelta], ball: Ball, merged: Sequence[datetime]
) -> list[int]:
    here = (_of.open == true(), _of.ball_with == ball.value)
    since = [now - bound for bound in bounds]
    counted = []
    for newest, oldest in zip([None, *since], [*since, None], strict=True):
        within = [*([_of.ball_since <= newest] if newest else []), *([_of.ball_since > oldest] if oldest else [])]
        number = tx.execute(select(func.count()).select_from(ticket).where(*here, *within)).scalar_one()
        off = sum((not newest or one <= newest) and (not oldest or one > oldest) for one in merged)
        counted.append(number - off)
    return counted
