"""Which tickets are linked to which issues of the engineers' tracker, and what was last said of these. It decides nothing.

Whoever changes an issue, or its tickets, has to have seen its version: so no ticket that is linked just now misses a word.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from store.database import Transaction
from store.errors import Moved, Used
from store.inserting import unless_there
from store.lines import LinkedIssue
from store.tables import delivery, issue, linked

_of = issue.c
_HERE = linked.c.issue == bindparam("wanted")
_ISSUE = select(issue).where(_of.key == bindparam("wanted"))
_TICKETS = select(linked.c.ticket).where(_HERE).order_by(linked.c.ticket)
_SAY = update(issue).where(_of.key == bindparam("wanted"), _of.version == bindparam("seen"))
_NEWEST = (
    select(issue)
    .join_from(issue, linked)
    .group_by(*_of)
    .order_by(func.max(linked.c.at).desc())
    .limit(bindparam("limit"))
)
_UNLINK = delete(linked).where(_HERE, linked.c.ticket == bindparam("number"))
_OF_TICKETS = (
    select(issue, linked.c.ticket, linked.c.unheeded)
    .join_from(linked, issue)
    .where(linked.c.ticket.in_(bindparam("numbers", expanding=True)))
    .order_by(linked.c.ticket, linked.c.at, _of.key)
)
_HEARD = (
    update(linked)
    .where(_HERE, linked.c.ticket.in_(bindparam("numbers", expanding=True)))
    .values(unheeded=bindparam("why"), heard_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """An issue that a ticket is, or was, linked to. `said_at`: as of when; None until its tracker has said something."""

    key: str
    url: str
    state: str
    said_at: datetime | None
    version: int


def tracked(tx: Transaction, key: str) -> Tracked | None:
    row = tx.execute(_ISSUE, {"wanted": key}).one_or_none()
    return _tracked(row) if row else None


def tickets(tx: Transaction, key: str) -> list[int]:
    """The numbers of the tickets that are linked to it."""
    return list(tx.execute(_TICKETS, {"wanted": key}).scalars())


def newest(tx: Transaction, limit: int) -> list[Tracked]:
    """Those that a ticket is linked to, the last linked first."""
    return [_tracked(row) for row in tx.execute(_NEWEST, {"limit": limit})]


def link(tx: Transaction, seen: Tracked, number: int, by: str, now: datetime) -> None:
    """Links a ticket to an issue; one of version 0 is not there yet. Raises Moved where others were faster."""
    if seen.version:
        say(tx, seen, seen)
    else:
        row = {"key": seen.key, "url": seen.url, "state": seen.state, "said_at": seen.said_at, "version": 1}
        if tx.execute(unless_there(issue).returning(_of.key), row).one_or_none() is None:
            raise Moved(f"issue {seen.key} is there already")
    tx.execute(insert(linked), {"issue": seen.key, "ticket": number, "at": now, "by": by})


def unlink(tx: Transaction, seen: Tracked, number: int) -> None:
    """Raises Moved where others were faster."""
    say(tx, seen, seen)
    tx.execute(_UNLINK, {"wanted": seen.key, "number": number})


def say(tx: Transaction, seen: Tracked, said: Tracked) -> None:
    """What an issue is from now on; its version goes up. Raises Moved where others were faster."""
    new = {"url": said.url, "state": said.state, "said_at": said.said_at, "version": seen.version + 1}
    if tx.execute(_SAY.values(**new), {"wanted": seen.key, "seen": seen.version}).rowcount != 1:
        raise Moved(f"issue {seen.key} is not at version {seen.version} any more")


def heard(tx: Transaction, key: str, numbers: Collection[int], unheeded: str, now: datetime) -> None:
    """That a word came to tickets that are linked to it, and why it leads nowhere there; "" where it does."""
    tx.execute(_HEARD, {"wanted": key, "numbers": list(numbers), "why": unheeded, "now": now})


def take(tx: Transaction, id_: str, now: datetime) -> None:
    """Notes that a tracker's delivery was taken. Raises Used for one that was."""
    taken = tx.execute(unless_there(delivery).returning(delivery.c.id), {"id": id_, "at": now})
    if taken.one_or_none() is None:
        raise Used("the delivery has been taken")


def forget(tx: Transaction, before: datetime) -> int:
    """The deliveries that were taken before then; how many that were."""
    return tx.execute(delete(delivery).where(delivery.c.at < before)).rowcount


def of_tickets(tx: Transaction, numbers: Collection[int]) -> tuple[LinkedIssue, ...]:
    """What these tickets are linked to."""
    rows = tx.execute(_OF_TICKETS, {"numbers": list(numbers)})
    return tuple(LinkedIssue(r.key, r.url, r.state, r.said_at, r.unheeded, r.ticket) for r in rows)


def _tracked(row: Row[Any]) -> Tracked:
    return Tracked(row.key, row.url, row.state, row.said_at, row.version)
