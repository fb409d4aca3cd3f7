"""The outbox: what is to be sent, put down in the transaction that caused it. It never sends; `outgoing` hands it out."""

from dataclasses import dataclass, replace
from datetime import datetime

from outbound.outbox import Queued, State
from outbound.retry import expires
from store.counting import Lately, count, row_of, usual_hour
from store.database import Transaction
from store.inserting import unless_there
from store.limits import Limits, limited, organisation, tripped, withheld
from store.tables import outbox
from workflow.machine import Nature

_PUT = unless_there(outbox).returning(outbox.c.id)


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a mail that was to be queued: its row, old or new, or the reason why there is none."""

    id: int | None = None
    withheld: str = ""
    new: bool = False


def queue(tx: Transaction, queued: Queued, limits: Limits, now: datetime) -> Placed:
    """Put a mail into the outbox, inside the transaction of the change that causes it.

    The same cause, notice and recipient have one row for ever: the second call finds the first. A mail over a
    limit is not queued at all; one over the limit for everybody is held.
    """
    asked = limited(queued.nature) and queued.state is State.QUEUED
    lately = count(tx, queued, limits, now) if asked else None
    old = lately.old if lately else row_of(tx, queued)
    if old is not None:
        return Placed(old)
    if lately:
        fitted = _fitted(tx, limits, lately, now)
        if reason := lately.silent or withheld(queued.nature, lately.counts, fitted):
            return Placed(withheld=reason)
        if reason := tripped(queued.nature, lately.counts, fitted):
            queued, lately = replace(queued, state=State.HELD, reason=reason), None
    put = tx.execute(_PUT, _row(queued, now, lately)).scalar()
    # Another process may have queued it since the look.
    return Placed(row_of(tx, queued)) if put is None else Placed(put, new=True)


def _fitted(tx: Transaction, limits: Limits, lately: Lately, now: datetime) -> Limits:
    """The limits as they are for this recipient and this hour."""
    times = limits.per_domain_times_known if lately.known else 1
    day, hour = times * limits.per_domain_day, times * limits.per_domain_hour
    return _raised(tx, replace(limits, per_domain_day=day, per_domain_hour=hour), lately.counts.global_hour, now)


def _raised(tx: Transaction, limits: Limits, sent: int, now: datetime) -> Limits:
    """The limit for everybody grows with the usual hour, which is looked up only when it matters."""
    if sent < limits.global_hour:
        return limits
    usual = limits.global_times_median * usual_hour(tx, now)
    return replace(limits, global_hour=max(limits.global_hour, usual))


def _row(queued: Queued, now: datetime, lately: Lately | None) -> dict[str, object]:
    return {
        "cause": queued.cause,
        "notice": queued.notice,
        "recipient_key": queued.recipient.lower(),
        "recipient": queued.recipient,
        "organisation": organisation(queued.recipient) if queued.nature is Nature.ACKNOWLEDGEMENT and lately else "",
        "ticket": queued.ticket,
        "nature": queued.nature,
        "limited": lately is not None and lately.limited,
        "sender": queued.sender,
        "subject": queued.subject,
        "message_id": queued.message_id,
        "echo": queued.echo,
        "echo_text": queued.echo_text,
        "state": queued.state,
        "reason": queued.reason,
        "attempts": 0,
        "fence": 0,
        "doubts": 0,
        "queued_at": now,
        "next_at": _due(queued, now),
        "last_answer": "",
        "told": queued.state is not State.HELD,
        "raw": queued.raw,
    }


def _due(queued: Queued, now: datetime) -> datetime | None:
    """When it is sent; what is held, when it expires."""
    if queued.state is State.QUEUED:
        return now
    return expires(queued.nature, now) if queued.state is State.HELD else None
