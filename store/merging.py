"""Letting a ticket lead to another one, and undoing that, as parts of a change that `tickets.apply` writes. It moves nothing.

A merged ticket keeps its number, conversation, people, status and timer, and `merged_into` leads from it. So each client's
mails, and what may be shown to whom, stay where they were (T21), and a merge can be undone.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, delete, insert, select, type_coerce, update

from store import tables
from store.columns import Instant, Words
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.tables import history, merging
from workflow.decision import Ticket

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


@contextmanager
def noted(tx: Transaction, effect: Effect) -> Iterator[None]:
    """Around the change of the target: from now on `effect.merges` leads to it. Raises Moved where that one has changed."""
    ticket, target = effect.merges, effect.ticket
    if ticket is None or target is None:
        yield
        return
    _lock(tx, ticket.number, target)
    was = _state(tx, target)
    yield
    became = _state(tx, target)
    _point(tx, ticket, target)
    row = {"ticket": ticket.number, "target": target, "at": effect.at, "by": effect.by}
    tx.execute(insert(merging), {**row, "was": json.dumps(was), "became": json.dumps(became)})
    because = effect.decision.because
    _tell(tx, effect, ticket.number, (ticket.status, ticket.status), because[:1])
    if not effect.decision.moved:
        _tell(tx, effect, target, (became["status"], became["status"]), because)


def undo(tx: Transaction, effect: Effect) -> None:
    """Behind the change of the target: `effect.parts` is one of its own again, and the target stands as before the merge.

    What others have changed there since stays. Raises Moved where it is merged no more.
    """
    ticket = effect.parts
    if ticket is None:
        return
    row = tx.execute(_MERGED, {"wanted": ticket.number}).one_or_none()
    if row is None or row.target != effect.ticket:
        raise Moved(f"ticket {ticket.number} is not merged into {effect.ticket}")
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
    tx.execute(update(tables.ticket).where(_of.number == row.target).values(**new))
    _tell(tx, effect, ticket.number, (ticket.status, ticket.status), effect.decision.because)
    _tell(tx, effect, row.target, (now["status"], back["status"]), effect.decision.because)


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


def _tell(tx: Transaction, effect: Effect, number: int, move: tuple[str, str], because: tuple[str, ...]) -> None:
    row = {"ticket": number, "at": effect.at, "was": move[0], "status": move[1], "by": effect.by, "because": because}
    tx.execute(insert(history), {**row, "mail": effect.mail})
