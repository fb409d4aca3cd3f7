"""Bygone tickets: closed long ago, with nothing written since. What was said on them goes; number, dates and statuses stay."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, false, select, update

from store import search
from store.columns import Instant
from store.database import Transaction
from store.emptying import NOBODY, empty
from store.inserting import unless_there
from store.leading import FARTHEST
from store.personal import of_tickets
from store.tables import counter, entry, mail, ticket

WHY = "it was closed long ago, and what was said on it was forgotten"
_DAY = "day of tickets forgotten"
_IS = counter.c.name == _DAY
AT_ONCE = 50  # tickets of one transaction, and those that were merged into them

_BEFORE = bindparam("before", type_=Instant)
# What was imported is as old as its mails, and came here today.
_LATELY = (
    select(entry.c.id)
    .select_from(entry.outerjoin(mail, mail.c.id == entry.c.mail))
    .where(entry.c.ticket == ticket.c.number, (entry.c.at >= _BEFORE) | (mail.c.kept_at >= _BEFORE))
    .correlate(ticket)
    .exists()
)
# Whoever has a date to come back to waits for it, closed or not.
_NEXT = (
    select(ticket.c.number)
    .where(
        ticket.c.number > bindparam("after"),
        ticket.c.open == false(),
        ticket.c.merged_into.is_(None),
        ticket.c.status_since < _BEFORE,
        ticket.c.due_at.is_(None),
        ticket.c.requester != NOBODY,
        ~_LATELY,
    )
    .order_by(ticket.c.number)
    .limit(AT_ONCE)
)
_LEADING_TO = select(ticket.c.number, ticket.c.merged_into, _LATELY.label("lately")).where(
    ticket.c.merged_into.in_(bindparam("targets", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Looked:
    """`last`: the number of the last ticket that was looked at. `gone`: how many were emptied."""

    last: int
    gone: int


def forget(tx: Transaction, before: datetime, after: int) -> Looked | None:
    """Some of the tickets above that number that have been closed, and quiet, since before then; None where there is none."""
    roots = tx.execute(_NEXT, {"before": before, "after": after}).scalars().all()
    if not roots:
        return None
    numbers = [number for root in roots for number in _family(tx, root, before)]
    if numbers:
        empty(tx, of_tickets(numbers), WHY)
        search.forget(tx)
    return Looked(roots[-1], len(numbers))


def done(tx: Transaction, day: datetime) -> bool:
    """Whether all of that day were looked at."""
    return tx.execute(select(counter.c.value).where(_IS)).scalar() == day.toordinal()


def note(tx: Transaction, day: datetime) -> None:
    """That all of that day were looked at."""
    tx.execute(unless_there(counter), {"name": _DAY, "value": 0})
    tx.execute(update(counter).where(_IS).values(value=day.toordinal()))


def _family(tx: Transaction, root: int, before: datetime) -> Collection[int]:
    """A ticket and all that lead to it; none where something was written on one of them since."""
    found, last = {root}, {root}
    for _ in range(FARTHEST):
        rows = tx.execute(_LEADING_TO, {"targets": sorted(last), "before": before}).all() if last else []
        if any(row.lately for row in rows):
            return ()
        last = {row.number for row in rows} - found
        found |= last
    return sorted(found)
