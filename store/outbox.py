"""The outbox: what is to be sent, put down in the transaction that caused it. It never sends; `outgoing` hands it out."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from outbound.outbox import Queued, State
from store.counting import count, usual_hour
from store.database import Transaction
from store.limits import Limits, limited, organisation, withheld
from store.tables import outbox

_of = outbox.c
_SAME = select(_of.id).where(
    _of.cause == bindparam("cause"), _of.notice == bindparam("notice"), _of.recipient_key == bindparam("who")
)
_PUT = insert(outbox).returning(_of.id)


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a mail that was to be queued: its row, old or new, or the reason why there is none."""

    id: int | None = None
    withheld: str = ""
    new: bool = False


def queue(tx: Transaction, queued: Queued, limits: Limits, now: datetime) -> Placed:
    """Put a mail into the outbox, inside the transaction of the change that causes it.

    The same cause, notice and recipient have one row for ever: the second call finds the first. A mail over a
    limit is not queued at all.
    """
    same = {"cause": queued.cause, "notice": queued.notice, "who": queued.recipient.lower()}
    old = tx.execute(_SAME, same).scalar()
    if old is not None:
        return Placed(old)
    counts_for_all = False
    if limited(queued.nature) and queued.state is State.QUEUED:
        lately = count(tx, queued, limits, now)
        reason = withheld(queued.nature, lately.counts, _raised(tx, limits, lately.counts.global_hour, now))
        if reason:
            return Placed(withheld=reason)
        counts_for_all = lately.limited
    return Placed(tx.execute(_PUT, _row(queued, now, limited=counts_for_all)).scalar_one(), new=True)


def _raised(tx: Transaction, limits: Limits, sent: int, now: datetime) -> Limits:
    """The limit for everybody grows with the usual hour, which is looked up only when it matters."""
    if sent < limits.global_hour:
        return limits
    usual = limits.global_times_median * usual_hour(tx, now)
    return replace(limits, global_hour=max(limits.global_hour, usual))


def _row(queued: Queued, now: datetime, *, limited: bool) -> dict[str, object]:
    return {
        "cause": queued.cause,
        "notice": queued.notice,
        "recipient_key": queued.recipient.lower(),
        "recipient": queued.recipient,
        "organisation": organisation(queued.recipient),
        "ticket": queued.ticket,
        "nature": queued.nature,
        "limited": limited,
        "sender": queued.sender,
        "subject": queued.subject,
        "message_id": queued.message_id,
        "echo": queued.echo,
        "state": queued.state,
        "reason": queued.reason,
        "attempts": 0,
        "fence": 0,
        "doubts": 0,
        "queued_at": now,
        "next_at": now if queued.state is State.QUEUED else None,
        "last_answer": "",
        "raw": queued.raw,
    }
