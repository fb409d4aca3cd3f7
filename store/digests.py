"""Digests in the outbox: one a person and day, for ever. It writes none of their words."""

from datetime import date, datetime

from sqlalchemy import exists, or_, select

from outbound.outbox import Queued, State
from store import outbox
from store.columns import key
from store.database import Transaction
from store.limits import Limits
from store.tables import mail, ticket
from store.tables import outbox as table
from workflow.machine import Nature

NOTICE, WEEK = "digest", "week"  # of a day, of a week

_of = table.c
# Such a digest told nobody anything.
_LOST = [state.value for state in (State.DEAD, State.BOUNCED, State.FAILED_RENDER)]


def cause(day: date, notice: str = NOTICE) -> str:
    """Of all digests of a day, or of the week that ends with it. With notice and recipient it is unique: nobody gets two, whatever clock or machine asks."""
    return f"{notice}:{day.isoformat()}"


def begun(tx: Transaction, at: datetime) -> bool:
    """Whether any mail had come in, or any ticket been opened, by then: until that a digest has nothing to tell."""
    came, opened = exists().where(mail.c.kept_at <= at), exists().where(ticket.c.created_at <= at)
    return bool(tx.execute(select(or_(came, opened))).scalar())


def of_day(tx: Transaction, address: str, day: date, notice: str = NOTICE) -> int | None:
    """The digest that somebody has for that day, or week."""
    mine = (_of.cause == cause(day, notice), _of.notice == notice, _of.recipient_key == key(address.lower()))
    return tx.execute(select(_of.id).where(*mine)).scalar()


def last(tx: Transaction, address: str) -> datetime | None:
    """Until when somebody has been told by their daily ones; None while nobody has told them anything."""
    here = (_of.recipient_key == key(address.lower()), _of.nature == Nature.DIGEST.value)
    mine = (*here, _of.notice == NOTICE, _of.state.not_in(_LOST))
    return tx.execute(select(_of.queued_at).where(*mine).order_by(_of.queued_at.desc()).limit(1)).scalar()


def put(tx: Transaction, queued: Queued, now: datetime) -> int | None:
    """Its row; None, and nothing changed, where another machine was faster."""
    placed = outbox.queue(tx, queued, Limits(), now)
    return placed.id if placed.new else None
