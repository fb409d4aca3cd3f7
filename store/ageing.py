"""How open tickets stand: how many each status has, and how long they have waited, and for whom. Each look is at an index; merged ones, which are few, are taken off."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, true

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


def by_status(tx: Transaction, client: str = "") -> Mapping[tuple[str, str], int]:
    """Open tickets, by workflow and status; those of one client, by their domain, or of all."""
    here = [_of.organisation == client] if client else []
    found = Counter({(row.workflow, row.status): row.tickets for row in tx.execute(_BY_STATUS.where(*here))})
    found.subtract((row.workflow, row.status) for row in tx.execute(_MERGED.where(*here)) if row.open)
    return +found


def by_age(
    tx: Transaction, now: datetime, bounds: Sequence[timedelta], balls: Sequence[Ball], client: str = ""
) -> Mapping[Ball, list[int]]:
    """The same by whom they wait for: how many for less than the first bound, the second, ..., and for longer than all."""
    here = [_of.organisation == client] if client else []
    merged = [row for row in tx.execute(_MERGED.where(*here)) if row.open]

    def ages(ball: Ball) -> list[int]:
        since = [row.ball_since for row in merged if row.ball_with == ball]
        return _ages(tx, now, bounds, [*here, _of.open == true(), _of.ball_with == ball.value], since)

    return {ball: ages(ball) for ball in balls}


def _ages(
    tx: Transaction,
    now: datetime,
    bounds: Sequence[timedelta],
    here: Sequence[ColumnElement[bool]],
    merged: Sequence[datetime],
) -> list[int]:
    since = [now - bound for bound in bounds]
    counted = []
    for newest, oldest in zip([None, *since], [*since, None], strict=True):
        within = [*([_of.ball_since <= newest] if newest else []), *([_of.ball_since > oldest] if oldest else [])]
        number = tx.execute(select(func.count()).select_from(ticket).where(*here, *within)).scalar_one()
        off = sum((not newest or one <= newest) and (not oldest or one > oldest) for one in merged)
        counted.append(number - off)
    return counted
