"""The outbox: what is to be sent, put down in the transaction that caused it. It never sends; `outgoing` hands it out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from outbound.outbox import Queued, State
from outbound.retry import expires
from store.counting import Identity, Lately, rows_of
from store.database import Transaction
from store.inserting import unless_there
from store.limits import Counts, Limits, limited, organisation, tripped, withheld
from store.tables import outbox
from workflow.machine import Nature

_PUT = unless_there(outbox).returning(outbox.c.id, outbox.c.cause, outbox.c.notice, outbox.c.recipient_key)


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
    return queue_all(tx, [queued], limits, now)[0]


def queue_all(tx: Transaction, mails: Sequence[Queued], limits: Limits, now: datetime) -> list[Placed]:
    """The same for many, in few statements. Each counts for those behind it."""
    names = [Identity.of(mail) for mail in mails]
    ids, lately = rows_of(tx, names), Lately(tx, mails, now)
    fresh: dict[Identity, dict[str, object]] = {}
    refused: list[str] = []
    for name, mail in zip(names, mails, strict=True):
        known = name in ids or name in fresh
        fit = "" if known else _fit(mail, lately, limits, now)
        refused.append(fit if isinstance(fit, str) else "")
        if not isinstance(fit, str):
            fresh[name] = fit
    put = _put(tx, list(fresh.values()))
    ids |= put
    if missing := [name for name in fresh if name not in put]:  # another process has queued it since the look
        ids |= rows_of(tx, missing)
    return [
        Placed(withheld=why) if why else Placed(ids[name], new=put.pop(name, None) is not None)
        for name, why in zip(names, refused, strict=True)
    ]


def foreseen(tx: Transaction, mails: Sequence[Queued], limits: Limits, now: datetime) -> list[str]:
    """Why each would be withheld, if they were queued now; "" where it would not be. Writes nothing."""
    lately = Lately(tx, mails, now)
    fits = [_fit(mail, lately, limits, now) for mail in mails]
    return [fit if isinstance(fit, str) else "" for fit in fits]


def _fit(queued: Queued, lately: Lately, limits: Limits, now: datetime) -> dict[str, object] | str:
    """The row of a mail that is within its limits; else why it is withheld."""
    if not limited(queued.nature) or queued.state is not State.QUEUED:
        return _row(queued, now)
    counts, free = lately.counts(queued, limits), lately.free(queued, limits)
    fitted = _fitted(lately, limits, counts, free=free)
    # One of us sends each invitation, and a calendar that is not told keeps what was called off.
    over = "" if queued.invites else withheld(queued.nature, counts, fitted)
    if reason := lately.silent(queued) or over:
        return reason
    if reason := tripped(queued.nature, counts, fitted):
        return _row(replace(queued, state=State.HELD, reason=reason), now)
    acknowledges = queued.nature is Nature.ACKNOWLEDGEMENT
    owner = organisation(queued.recipient) if acknowledges else ""
    lately.add(queued, owner, limited=acknowledges and not free)
    return _row(queued, now, owner, limited=acknowledges and not free)


def _put(tx: Transaction, rows: Sequence[dict[str, object]]) -> dict[Identity, int]:
    found = tx.execute(_PUT, rows) if rows else ()
    return {Identity(row.cause, row.notice, row.recipient_key): row.id for row in found}


def _fitted(lately: Lately, limits: Limits, counts: Counts, *, free: bool) -> Limits:
    """The limits as they are for this recipient and this hour. That for everybody grows with the usual hour."""
    times = limits.per_domain_times_known if free else 1
    most = limits.global_hour
    if counts.global_hour >= most:
        most = max(most, limits.global_times_median * lately.usual_hour())
    day, hour = times * limits.per_domain_day, times * limits.per_domain_hour
    return replace(limits, per_domain_day=day, per_domain_hour=hour, global_hour=most)


def _row(queued: Queued, now: datetime, owner: str = "", *, limited: bool = False) -> dict[str, object]:
    return {
        "cause": queued.cause,
        "notice": queued.notice,
        "recipient_key": queued.recipient.lower(),
        "recipient": queued.recipient,
        "organisation": owner,
        "ticket": queued.ticket,
        "nature": queued.nature,
        "limited": limited,
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
        return max(now, queued.after) if queued.after else now
    return expires(queued.nature, now) if queued.state is State.HELD else None
