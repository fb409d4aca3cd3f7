"""Log: who did what, and when, from what each act has left behind. It reads, and changes nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from store.columns import clean
from store.database import Transaction
from store.tables import ACTS, BY_PEOPLE, correction, entry, history, identity, mail, signed_in, ticket, unsubscribed
from workflow.machine import REPLY

LONGEST = 300  # characters of a note
# What an entry says was done has moved its ticket: that is told as a move.
_MOVED = (
    select(history.c.id)
    .where(history.c.ticket == entry.c.ticket, history.c.at == entry.c.at, history.c.by == entry.c.author)
    .exists()
)


@dataclass(frozen=True, slots=True)
class Asked:
    """From `since` until `until`, not included; of one person, where `who` is part of their address."""

    since: datetime
    until: datetime
    who: str = ""


@dataclass(frozen=True, slots=True)
class Did:
    """One act. `status` and `was` are keys, "" where none changed."""

    at: datetime
    by: str  # an address
    what: str
    ticket: int | None = None
    workflow: str = ""
    was: str = ""
    status: str = ""
    because: str = ""


def log(tx: Transaction, asked: Asked, limit: int) -> Sequence[Did]:
    """The newest first. What came by mail from somebody who is not one of us is not in it: that is the ledger's."""
    found = [
        did for look in (_moves, _entries, _corrections, _sign_ins, _persons, _series) for did in look(tx, asked, limit)
    ]
    return sorted(found, key=lambda did: did.at, reverse=True)[:limit]


def _rows(
    tx: Transaction, asked: Asked, query: Select[Any], at: ColumnElement[Any], by: ColumnElement[Any], limit: int
) -> Iterator[Row[Any]]:
    here = [at >= asked.since, at < asked.until, by.contains("@")]
    if asked.who:
        here.append(func.lower(by).contains(clean(asked.who.lower()), autoescape=True))
    yield from tx.execute(query.where(*here).order_by(at.desc()).limit(limit))


def _moves(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    query = select(history, ticket.c.workflow).join_from(history, ticket).where(BY_PEOPLE)
    for row in _rows(tx, asked, query, history.c.at, history.c.by, limit):
        because = "; ".join(row.because)
        if row.was == row.status:  # a merge, or its end
            yield Did(row.at, row.by, because.removeprefix(f"{row.by} "), row.ticket)
        else:
            what = "moved the ticket" if row.was else "opened the ticket"
            yield Did(row.at, row.by, what, row.ticket, row.workflow, row.was, row.status, because)


def _entries(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    query = select(entry, _MOVED.label("moved")).where(ACTS)
    for row in _rows(tx, asked, query, entry.c.at, entry.c.author, limit):
        if row.kind == REPLY:
            yield Did(row.at, row.author, "answered the client", row.ticket)
        elif row.because and row.text == row.because[0]:
            if not row.moved:
                yield Did(row.at, row.author, row.text.removeprefix(f"{row.author} "), row.ticket)
        else:
            yield Did(row.at, row.author, "left a note", row.ticket, because=row.text[:LONGEST])


def _corrections(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    query = select(correction, mail.c.ticket).join_from(correction, mail, mail.c.id == correction.c.mail)
    for row in _rows(tx, asked, query, correction.c.at, correction.c.by, limit):
        what = f"said that m{row.mail}, taken for {row.was.replace('_', ' ')}, is {row.kind.replace('_', ' ')}"
        yield Did(row.at, row.by, what, row.ticket, because=row.note)


def _sign_ins(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    for row in _rows(tx, asked, select(signed_in), signed_in.c.at, signed_in.c.address, limit):
        yield Did(row.at, row.address, "signed in")


def _persons(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    for row in _rows(tx, asked, select(identity), identity.c.at, identity.c.by, limit):
        yield Did(row.at, row.by, f"said that {row.address} is one of somebody's addresses")


def _series(tx: Transaction, asked: Asked, limit: int) -> Iterator[Did]:
    for row in _rows(tx, asked, select(unsubscribed), unsubscribed.c.at, unsubscribed.c.by, limit):
        yield Did(row.at, row.by, f"took {row.person} off {row.series}")
