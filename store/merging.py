"""Tickets that lead to another one: which, since when, and how that one stood before. It moves nothing from one to the other.

A merged ticket keeps its number, conversation, people, status and timer, and `merged_into` leads from it. So each client's
mails, and what may be shown to whom, stay where they were (T21), and a merge can be undone.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, delete, insert, select, type_coerce, update

from store import tables, tickets
from store.columns import Instant, Words
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.tables import history, merging
from workflow.decision import Ticket
from workflow.merging import Merged

FARTHEST = 10  # how far merges are followed: a circle of them ends, too
MOST = 200  # tickets that lead to one

State = dict[str, Any]

_of = tables.ticket.c
# What holds only as long as the status is the one that the merge has left.
_OF_STATUS = (
    "status",
    "open",
    "ball_with",
    "ball_since",
    "status_since",
    "due_at",
    "reminded",
    "until",
    "paused_until",
    "client_replied",
)
_OF_TICKET = ("silent", "priority", "assigned_to", "tags")


def _plain(name: str) -> ColumnElement[Any]:
    """A column as JSON takes it: as it lies in the database."""
    column = _of[name]
    kinds = {Instant: BigInteger, Words: Text}
    kind = next((plain for ours, plain in kinds.items() if isinstance(column.type, ours)), None)
    return type_coerce(column, kind).label(name) if kind else column


_STATE = select(*(_plain(name) for name in (*_OF_STATUS, *_OF_TICKET))).where(_of.number == bindparam("wanted"))
_LOCK = (
    select(_of.number, _of.merged_into)
    .where(_of.number.in_(bindparam("both", expanding=True)))
    .order_by(_of.number)
    .with_for_update()
)
_NEXT = select(_of.number, _of.merged_into).where(_of.number == bindparam("wanted"))
_LEADING_TO = (
    select(tables.ticket)
    .where(_of.merged_into.in_(bindparam("targets", expanding=True)))
    .order_by(_of.number)
    .limit(MOST)
)
_POINT = (
    update(tables.ticket)
    .where(_of.number == bindparam("wanted"), _of.version == bindparam("seen"))
    .values(version=_of.version + 1, merged_into=bindparam("target"))
)
_MERGED = select(merging).where(merging.c.ticket == bindparam("wanted"))
_LATER = (
    select(merging.c.ticket, merging.c.was)
    .where(merging.c.target == bindparam("target"), merging.c.id > bindparam("above"))
    .order_by(merging.c.id)
    .limit(1)
)
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
    return Merged(row.target, row.by, row.at) if row else None


def last(tx: Transaction, number: int) -> tuple[str, datetime] | None:
    """The last that happened to a ticket, in its history's words."""
    row = tx.execute(_LAST, {"wanted": number}).one_or_none()
    return (row.because[0], row.at) if row else None


def merge(tx: Transaction, ticket: Ticket, effect: Effect) -> None:
    """Let a ticket lead to the one that `effect` is about. Raises Moved where one of the two has changed."""
    assert effect.ticket  # noqa: S101 - a merge has a target
    _lock(tx, ticket.number, effect.ticket)
    was = _state(tx, effect.ticket)
    tickets.apply(tx, effect)
    became = _state(tx, effect.ticket)
    _point(tx, ticket, effect.ticket)
    tx.execute(
        insert(merging),
        {
            "ticket": ticket.number,
            "target": effect.ticket,
            "at": effect.at,
            "by": effect.by,
            "was": json.dumps(was),
            "became": json.dumps(became),
        },
    )
    because = effect.decision.because
    _tell(tx, effect.at, effect.by, ticket.number, (ticket.status, ticket.status), because[:1])
    if not effect.decision.moved:
        _tell(tx, effect.at, effect.by, effect.ticket, (became["status"], became["status"]), because)


def unmerge(tx: Transaction, ticket: Ticket, by: str, at: datetime, because: str) -> None:
    """Let it be one of its own again; its target stands as before, but for what others have changed there since.

    Raises Moved where it is merged no more.
    """
    row = tx.execute(_MERGED, {"wanted": ticket.number}).one_or_none()
    if row is None:
        raise Moved(f"ticket {ticket.number} is merged no more")
    _lock(tx, ticket.number, row.target)
    _point(tx, ticket, None)
    tx.execute(delete(merging).where(merging.c.ticket == ticket.number))
    was, became, now = json.loads(row.was), json.loads(row.became), _state(tx, row.target)
    later = tx.execute(_LATER, {"target": row.target, "above": row.id}).one_or_none()
    back = now
    if later:  # what this merge has changed, that one has found so: its undoing brings it back
        patched = json.dumps(_undone(json.loads(later.was), was, became))
        tx.execute(update(merging).where(merging.c.ticket == later.ticket).values(was=patched))
    else:
        back = _undone(now, was, became)
    new = {name: type_coerce(back[name], _STATE.selected_columns[name].type) for name in back}
    tx.execute(update(tables.ticket).where(_of.number == row.target).values(version=_of.version + 1, **new))
    _tell(tx, at, by, ticket.number, (ticket.status, ticket.status), (because,))
    _tell(tx, at, by, row.target, (now["status"], back["status"]), (because,))


def _undone(now: Mapping[str, Any], was: Mapping[str, Any], became: Mapping[str, Any]) -> State:
    """`now` with everything as it `was` that still is as it `became`."""
    stays = all(now[name] == became[name] for name in ("status", "status_since"))
    names = (*(_OF_STATUS if stays else ()), *_OF_TICKET)
    return {**now, **{name: was[name] for name in names if now[name] == became[name]}}


def _state(tx: Transaction, number: int) -> State:
    return dict(tx.execute(_STATE, {"wanted": number}).mappings().one())


def _lock(tx: Transaction, *numbers: int) -> None:
    """Both rows, in the order of their numbers: two merges that cross do not wait for each other. SQLite has one writer."""
    tx.execute(_LOCK, {"both": numbers}).all()


def _point(tx: Transaction, ticket: Ticket, target: int | None) -> None:
    if tx.execute(_POINT, {"wanted": ticket.number, "seen": ticket.version, "target": target}).rowcount != 1:
        raise Moved(f"ticket {ticket.number} is not at version {ticket.version} any more")


def _tell(tx: Transaction, at: datetime, by: str, number: int, move: tuple[str, str], because: tuple[str, ...]) -> None:
    row = {"ticket": number, "at": at, "was": move[0], "status": move[1], "by": by, "because": because, "mail": None}
    tx.execute(insert(history), row)
