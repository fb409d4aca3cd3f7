"""Outgoing mails that could not be rendered: what they were to be, and their bytes once the template is mended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from outbound.outbox import State
from store.database import Transaction
from store.tables import outbox

_of = outbox.c


@dataclass(frozen=True, slots=True)
class Failed:
    """A notice that has a row, and no bytes."""

    id: int
    cause: str
    notice: str
    recipient: str
    ticket: int


def failed(tx: Transaction, id_: int) -> Failed | None:
    """The outgoing mail of that id, if it failed to render and belongs to a ticket; else None."""
    row = tx.execute(
        select(_of.id, _of.cause, _of.notice, _of.recipient, _of.ticket).where(
            _of.id == id_, _of.state == State.FAILED_RENDER.value, _of.ticket.is_not(None)
        )
    ).one_or_none()
    return Failed(row.id, row.cause, row.notice, row.recipient, row.ticket) if row else None


def mended(tx: Transaction, id_: int, subject: str, raw: bytes, now: datetime) -> bool:
    """Its bytes: from now on it is queued like any other. False when it is not waiting for them any more."""
    values = {"state": State.QUEUED, "subject": subject, "raw": raw, "reason": "", "queued_at": now, "next_at": now}
    change = update(outbox).where(_of.id == id_, _of.state == State.FAILED_RENDER.value).values(**values)
    return tx.execute(change).rowcount == 1
