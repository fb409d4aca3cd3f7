"""Holds: what somebody did a moment ago and whose mails still wait, so that both can be taken back."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update

from outbound.outbox import TAKEN_BACK as REASON
from outbound.outbox import State
from store import events
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.stands import State as Stand
from store.stands import put_back, state
from store.tables import entry, history, hold, outbox, ticket
from workflow.decision import Decision

TAKEN_BACK = "taken_back"  # the kind of an entry whose mail was never sent
_UNSENT = [state.value for state in (State.QUEUED, State.HELD, State.FAILED_RENDER)]
_SAID = "took it back before it left"
_TAKEN = -1  # the version of a hold that was taken back: it says so as long as it would have been possible
_of = outbox.c


@dataclass(frozen=True, slots=True)
class Held:
    """One deed. `before`, `version`: of the ticket, on which it was done, and that it has left; `typed`: what was asked for, JSON."""

    cause: str
    ticket: int
    place: int  # where it was asked for: that ticket, or one that leads to it
    by: str  # addr-spec in lower case
    until: datetime
    before: int
    version: int
    typed: str

    @property
    def taken(self) -> bool:
        """Whether it was taken back already."""
        return self.version == _TAKEN


_HELD = select(*(hold.c[name] for name in Held.__slots__))


class Left(Exception):
    """One of the mails has left, or is about to."""


def keep(tx: Transaction, held: Held, was: Stand) -> None:
    """In the transaction of the deed. Where all of its mails were withheld, nothing waits."""
    waiting = select(_of.id).where(_of.cause == held.cause, _of.state == State.QUEUED.value).limit(1)
    if tx.execute(waiting).first() is None:
        return
    row = {name: getattr(held, name) for name in Held.__slots__}
    tx.execute(insert(hold), {**row, "was": json.dumps(was)})


def of(tx: Transaction, number: int, now: datetime) -> list[Held]:
    """What can be taken back of this ticket, or was a moment ago (`taken`): done on it, or there where it leads. The newest first."""
    here = or_(hold.c.ticket == number, hold.c.place == number)
    rows = tx.execute(_HELD.where(here, hold.c.until > now).order_by(hold.c.until.desc(), hold.c.before.desc()))
    return [Held(**row) for row in rows.mappings()]


def wait(tx: Transaction, numbers: Collection[int], now: datetime) -> list[Held]:
    """What waits on these tickets; what will leave first stands first."""
    here = (hold.c.place.in_(numbers), hold.c.until > now, hold.c.version != _TAKEN)
    return [Held(**row) for row in tx.execute(_HELD.where(*here).order_by(hold.c.until)).mappings()]


def take_back(tx: Transaction, held: Held, by: str, now: datetime) -> bool:
    """None of its mails is sent, and the ticket stands as before; False where it was changed since: then it stays as it is.

    A later deed that is taken back, too, then brings back what stood before both.

    Raises Left, and Moved where `held` is not how it stands any more; nothing is to be kept then.
    """
    version = tx.execute(select(ticket.c.version).where(ticket.c.number == held.ticket).with_for_update()).scalar_one()
    here = (hold.c.ticket == held.ticket, hold.c.cause == held.cause, hold.c.version == held.version)
    was = tx.execute(update(hold).where(*here).values(version=_TAKEN).returning(hold.c.was)).scalar()
    if was is None:
        raise Moved  # another deed of the ticket was taken back at the same moment
    if held.taken or not _withdraw(tx, held, by):
        raise Left
    stood, back = state(tx, held.ticket, whole=True), json.loads(was)
    tx.execute(update(ticket).where(ticket.c.number == held.ticket).values(version=ticket.c.version + 1))
    others = update(hold).where(hold.c.ticket == held.ticket)
    if version != held.version:
        tx.execute(others.where(hold.c.before == held.version).values(before=held.before, was=was))
        tx.execute(others.where(hold.c.version == version).values(version=version + 1))
        _note(tx, held, by, now)
        return False
    tx.execute(others.where(hold.c.version == held.before).values(version=version + 1))
    put_back(tx, held.ticket, back)
    because = (f"{by} {_SAID}",)
    decision = Decision(because, back["status"], was=stood["status"])
    events.note(tx, [Effect(now, by, decision, held.ticket, version, open=bool(back["open"]))])
    if decision.moved:
        row = {"ticket": held.ticket, "at": now, "was": stood["status"], "status": back["status"]}
        tx.execute(insert(history), {**row, "by": by, "because": because, "mail": None})
    else:
        _note(tx, held, by, now)
    return True


def tells(because: Sequence[str]) -> bool:
    """Whether a change of status is one that was taken back: it is over, and not to be taken back itself."""
    return any(why.endswith(_SAID) for why in because)


def forget(tx: Transaction, now: datetime) -> None:
    """Those whose time is over."""
    tx.execute(delete(hold).where(hold.c.until <= now))


def _note(tx: Transaction, held: Held, by: str, now: datetime) -> None:
    """What no change of status tells stands among staff, and in the log; open pages hear of it by that."""
    said = f"{by} took back a mail before it left"
    row = {"ticket": held.place, "mail": None, "outgoing": None, "author": by, "at": now, "subject": "", "text": said}
    tx.execute(insert(entry), {**row, "kind": "note", "direction": "note", "visible_to": "staff", "because": (said,)})


def _withdraw(tx: Transaction, held: Held, by: str) -> bool:
    here = (_of.cause == held.cause, _of.state.in_(_UNSENT), _of.attempts == 0)
    why = f"not sent: {by} took it back"
    dead = {"state": State.DEAD, "next_at": None, "told": True, "reason": REASON, "last_answer": why}
    ids = tx.execute(update(outbox).where(*here).values(**dead).returning(_of.id)).scalars().all()
    total = tx.execute(select(func.count()).select_from(outbox).where(_of.cause == held.cause)).scalar_one()
    theirs = {"kind": TAKEN_BACK, "direction": "note", "visible_to": "staff"}
    tx.execute(update(entry).where(entry.c.outgoing.in_(ids)).values(**theirs))
    return len(ids) == total > 0
