"""Untold: outgoing mails that are held, dead or bounced, and of which staff have yet to hear. It tells nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, false, func, select, update

from outbound.outbox import State
from store.columns import Instant
from store.database import Transaction
from store.tables import outbox
from workflow.machine import Nature

MOST = 500  # of one alert; the next one has the rest

_of = outbox.c
# A mail to staff is not told to staff: that would go on for ever.
_UNTOLD = (
    select(_of.id, _of.ticket, _of.recipient, _of.reason, _of.last_answer)
    .where(
        _of.told == false(),
        _of.state == bindparam("state"),
        _of.nature.not_in([Nature.STAFF.value, Nature.DIGEST.value]),
    )
    .order_by(_of.id)
    .limit(MOST)
)
_ALERTED = select(func.count()).where(
    _of.recipient_key.in_(bindparam("staff", expanding=True)),
    _of.queued_at > bindparam("since", type_=Instant),
    func.substr(_of.cause, 1, bindparam("length")) == bindparam("begins"),  # LIKE would take a _ in a name for any sign
)
_TELL = update(outbox).where(_of.id.in_(bindparam("ids", expanding=True)), _of.told == false()).values(told=True)


@dataclass(frozen=True, slots=True)
class Untold:
    """One of them, and why."""

    id: int
    ticket: int | None
    recipient: str
    reason: str


def untold(tx: Transaction, state: State) -> list[Untold]:
    """Those in this state, the oldest first."""
    rows = tx.execute(_UNTOLD, {"state": state})
    return [Untold(row.id, row.ticket, row.recipient, row.last_answer or row.reason) for row in rows]


def alerted(tx: Transaction, staff: Sequence[str], cause: str, since: datetime, now: datetime | None = None) -> bool:
    """Whether an alert whose cause begins so was queued for one of them after that; and not later than `now`, where it is given.

    What a clock that was wrong has queued in the time to come keeps nothing quiet until then.
    """
    query = _ALERTED if now is None else _ALERTED.where(_of.queued_at <= now)
    keys = [address.lower() for address in staff]
    return bool(tx.execute(query, {"staff": keys, "since": since, "begins": cause, "length": len(cause)}).scalar())


def tell(tx: Transaction, ids: Sequence[int]) -> int:
    """Note that staff hear of these with this; of how many they had not, for another process may be telling, too."""
    return tx.execute(_TELL, {"ids": list(ids)}).rowcount
