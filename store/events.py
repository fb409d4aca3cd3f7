"""Events: what other programs are to be told of tickets, written in the transaction that changes them; an outbox of its own.

Of one ticket each program is told in order: while an event waits for its next try, later ones of that ticket wait, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, delete, exists, func, insert, select, update

from store.database import Transaction
from store.effect import Effect
from store.tables import event, webhook

_earlier = event.alias("earlier")
_HOOKS = select(webhook.c.name, webhook.c.events)


class Type(StrEnum):
    """What has happened to a ticket."""

    OPENED = "ticket.opened"
    MOVED = "ticket.moved"  # it has another status
    CHANGED = "ticket.changed"  # somebody wrote, it was assigned, its people or its dates are others


@dataclass(frozen=True, slots=True)
class Event:
    """To be told to one program. `id` is the same at each try."""

    id: int
    webhook: str
    type: str
    ticket: int
    status: str
    open: bool
    by: str
    at: datetime
    attempts: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many events wait for a program, and how many were given up. `reason`: of the newest failure."""

    waiting: int
    given_up: int
    reason: str


def listen(tx: Transaction, hooks: Mapping[str, Sequence[str]]) -> None:
    """From now on these programs are told, each of the types that it wants; what others were to be told is dropped."""
    known = {row.name: row.events for row in tx.execute(_HOOKS)}
    if known == {name: tuple(types) for name, types in hooks.items()}:
        return
    tx.execute(delete(event).where(event.c.webhook.not_in(hooks)))
    tx.execute(delete(webhook))
    if hooks:
        tx.execute(insert(webhook), [{"name": name, "events": tuple(types)} for name, types in hooks.items()])


def note(tx: Transaction, effects: Sequence[Effect]) -> None:
    """Writes down who is to be told of these changes."""
    hooks = tx.execute(_HOOKS).all()
    rows = [
        {
            "webhook": hook.name,
            "type": str(type_),
            "ticket": effect.ticket,
            "status": effect.decision.status,
            "open": effect.open,
            "by": effect.by,
            "at": effect.at,
            "attempts": 0,
            "next_at": effect.at,
            "reason": "",
        }
        for effect in effects if hooks and not effect.silent
        for type_ in [_type(effect)]
        for hook in hooks
        if type_ in hook.events
    ]  # fmt: skip
    if rows:
        tx.execute(insert(event), rows)


def due(tx: Transaction, hook: str, now: datetime, limit: int) -> list[Event]:
    """What that program is to be told now, the oldest first, and of each ticket the oldest alone."""
    before = exists().where(
        _earlier.c.webhook == event.c.webhook,
        _earlier.c.ticket == event.c.ticket,
        _earlier.c.id < event.c.id,
        _earlier.c.next_at.is_not(None),
    )
    here = and_(event.c.webhook == hook, event.c.next_at <= now, ~before)
    rows = tx.execute(select(event).where(here).order_by(event.c.next_at, event.c.id).limit(limit))
    return [
        Event(row.id, row.webhook, row.type, row.ticket, row.status, row.open, row.by, row.at, row.attempts)
        for row in rows
    ]


def told(tx: Transaction, one: Event) -> None:
    """It has heard."""
    tx.execute(delete(event).where(event.c.id == one.id))


def failed(tx: Transaction, one: Event, reason: str, next_at: datetime | None) -> None:
    """It has not. None: it is given up."""
    new = {"attempts": one.attempts + 1, "reason": reason, "next_at": next_at}
    tx.execute(update(event).where(event.c.id == one.id).values(new))


def again(tx: Transaction, hook: str, now: datetime) -> int:
    """What was given up is due once more; how many that is."""
    gone = and_(event.c.webhook == hook, event.c.next_at.is_(None))
    return tx.execute(update(event).where(gone).values(next_at=now, attempts=0)).rowcount


def forget(tx: Transaction, before: datetime) -> int:
    """What was given up and happened before then; how many."""
    return tx.execute(delete(event).where(event.c.next_at.is_(None), event.c.at < before)).rowcount


def waiting(tx: Transaction) -> dict[str, Waiting]:
    """By the names of all programs that are told."""
    names = tx.execute(select(webhook.c.name).order_by(webhook.c.name)).scalars()
    return {name: _waiting(tx, name) for name in names}


def _waiting(tx: Transaction, name: str) -> Waiting:
    counted = select(func.count(event.c.next_at), func.count()).where(event.c.webhook == name)
    there, all_of_them = tx.execute(counted).one()
    newest = select(event.c.reason).where(event.c.webhook == name, event.c.reason != "")
    reason = tx.execute(newest.order_by(event.c.id.desc()).limit(1)).scalar() or ""
    return Waiting(there, all_of_them - there, reason)


def _type(effect: Effect) -> Type:
    if effect.opens:
        return Type.OPENED
    return Type.MOVED if effect.decision.moved else Type.CHANGED
