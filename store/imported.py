"""Imported mails: those that lay in a folder or an archive before there was a ledger, and the tickets that they opened."""

from datetime import datetime

from sqlalchemy import func, select, true

from store.database import Transaction
from store.tables import entry, mail, ticket

FOLDER = "(import)"  # in the ledger; what is kept under it has no answer, whoever processes it
UIDVALIDITY = 1


def waiting(tx: Transaction) -> int:
    """How many of them are not settled yet."""
    return tx.execute(select(func.count()).where(mail.c.state == "pending", mail.c.folder == FOLDER)).scalar_one()


def settled(tx: Transaction) -> dict[str, int]:
    """How many of them are of each kind."""
    rows = tx.execute(
        select(mail.c.kind, func.count().label("number"))
        .where(mail.c.folder == FOLDER, mail.c.state != "pending")
        .group_by(mail.c.kind)
    )
    return {row.kind or "quarantined": row.number for row in rows}


def tickets(tx: Transaction) -> set[int]:
    """The tickets that they are on."""
    here = (mail.c.folder == FOLDER, mail.c.ticket.is_not(None))
    return set(tx.execute(select(mail.c.ticket).where(*here).distinct()).scalars())


def quiet(tx: Transaction, before: datetime) -> list[int]:
    """Those of these tickets that are open and on which nothing has been written since then."""
    newest = (
        select(entry.c.ticket, func.max(entry.c.at).label("last"))
        .where(entry.c.ticket.in_(select(mail.c.ticket).where(mail.c.folder == FOLDER)))
        .group_by(entry.c.ticket)
        .subquery()
    )
    here = (ticket.c.open == true(), ticket.c.merged_into.is_(None), newest.c.last < before)
    return list(
        tx.execute(
            select(ticket.c.number)
            .join(newest, newest.c.ticket == ticket.c.number)
            .where(*here)
            .order_by(ticket.c.number)
        ).scalars()
    )
