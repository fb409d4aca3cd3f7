"""Traces: what has happened to a ticket since a moment, for whoever looked at it then. It reads alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, func, or_, select

from classifier.verdict import PERSON, STAFFS
from outbound.meanwhile import Did, Trace
from store import leading
from store.columns import Instant, key
from store.database import Transaction
from store.tables import entry, history, outbox, ticket
from workflow.machine import REPLY

_TRACED = ("set ", "replied", "took it back", "asked ")  # by the history, or by the mail to the client
_HERE: BindParameter[Any] = bindparam("here", expanding=True)
_SINCE = bindparam("since", type_=Instant)
_MOVES = select(history).where(history.c.ticket.in_(_HERE), history.c.at > _SINCE).order_by(history.c.id)
_ENTRIES = (
    select(entry)
    .where(
        entry.c.ticket.in_(_HERE),
        entry.c.at > _SINCE,
        or_(
            entry.c.direction == "in",
            entry.c.kind.in_([REPLY, *(kind.value for kind in sorted(STAFFS))]),
            entry.c.kind == "note",
        ),
    )
    .order_by(entry.c.id)
)
_NUMBERED = select(ticket.c.number, ticket.c.version).where(ticket.c.number.in_(_HERE))
_MARK = select(
    select(func.sum(ticket.c.version)).where(ticket.c.number.in_(bindparam("seen", expanding=True))).scalar_subquery(),
    select(func.max(history.c.at)).where(history.c.ticket.in_(_HERE)).scalar_subquery(),
    select(func.max(entry.c.at)).where(entry.c.ticket.in_(_HERE)).scalar_subquery(),
)
_LAST = select(select(func.max(history.c.id)).scalar_subquery(), select(func.max(entry.c.id)).scalar_subquery())
_NOTICE = (
    select(entry.c.at)
    .join(outbox, outbox.c.id == entry.c.outgoing)
    .where(
        entry.c.ticket.in_(_HERE),
        outbox.c.message_id.in_(bindparam("ids", expanding=True)),
        outbox.c.recipient_key == bindparam("whose"),
    )
    .order_by(entry.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has seen a ticket. Whatever changes it, or where it leads, raises the version."""

    version: int
    at: datetime  # of its newest change


def mark(tx: Transaction, number: int) -> Mark | None:
    """As it is now; None where there is no such ticket."""
    end = leading.leads_to(tx, number)
    (version, *newest) = tx.execute(_MARK, {"seen": sorted({number, end}), "here": _family(tx, end)}).one()
    at = max(filter(None, newest), default=None)
    return Mark(int(version), at) if version is not None and at else None


def pulse(tx: Transaction) -> str:
    """Another one whenever something was said on, or done to, any ticket. Two looks at the end of an index."""
    return "-".join(str(newest or 0) for newest in tx.execute(_LAST).one())


def versions(tx: Transaction, numbers: Sequence[int]) -> dict[int, int]:
    """Of tickets that lead nowhere, which is as far as anybody has seen them."""
    rows = tx.execute(_NUMBERED, {"here": list(numbers)}).all() if numbers else []
    return {row.number: row.version for row in rows}


def since(tx: Transaction, number: int, moment: datetime) -> list[Trace]:
    """What was changed, said and noted after that moment on a ticket, where it leads, and on those that lead there."""
    of = {"here": _family(tx, leading.leads_to(tx, number)), "since": moment}
    moves = [_moved(row) for row in tx.execute(_MOVES, of)]
    return [*moves, *(one for row in tx.execute(_ENTRIES, of) for one in _entry(row))]


def told_at(tx: Transaction, number: int, person: str, ids: Sequence[str]) -> datetime | None:
    """When that person was told of the ticket by the newest of these mails of ours; None by none of them."""
    of = {"here": _family(tx, leading.leads_to(tx, number)), "ids": list(ids), "whose": key(person.lower())}
    return tx.execute(_NOTICE, of).scalar() if ids else None


def _family(tx: Transaction, number: int) -> list[int]:
    return [number, *(one.number for one in leading.leading_to(tx, number))]


def _moved(row: Row[Any]) -> Trace:
    if row.was != row.status:
        return Trace(row.at, row.by, Did.MOVED, row.status)
    return Trace(row.at, row.by, Did.CHANGED, _behind(row.by, row.because))


def _entry(row: Row[Any]) -> Iterator[Trace]:
    kind, by = row.kind, row.author
    if kind == "note":
        described = bool(row.because) and row.text == row.because[0]
        yield Trace(row.at, by, Did.CHANGED, _behind(by, row.because)) if described else Trace(row.at, by, Did.NOTED)
    elif row.direction == "out":
        yield Trace(row.at, by, Did.ANSWERED)
    elif kind in STAFFS:
        yield from (Trace(row.at, by, Did.CHANGED, one) for one in _ordered(by, row.because))
    else:
        yield Trace(row.at, by, Did.WROTE if kind in PERSON else Did.SENT, kind)


def _ordered(by: str, because: Sequence[str]) -> list[str]:
    """What a mail of one of us did beside what has a trace of its own."""
    mine = [one.removeprefix(f"{by} ") for one in because if one.startswith(f"{by} ")]
    return [one.partition(":")[0] for one in mine if not one.startswith(_TRACED)]


def _behind(by: str, because: Sequence[str]) -> str:
    """What a reason says that begins with whose doing it is."""
    said = because[0] if because else "changed it"
    return said.removeprefix(f"{by} ")
