"""Imported mails: those that lay in a folder or an archive before there was a ledger, and the tickets that they opened."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, func, or_, select, true, update

from store import incoming
from store.database import Transaction
from store.incoming import Incoming
from store.inserting import unless_there
from store.tables import counter, entry, history, mail, ticket

FOLDER = "(import)"  # in the ledger; what is kept under it has no answer, whoever processes it
UIDVALIDITY = 1
BY = "import"  # in histories, by which reports know it


def keep(tx: Transaction, account: str, mails: Sequence[tuple[bytes, datetime]], now: datetime) -> int:
    """Keeps those that the account has not brought yet, with when each came; how many they are."""
    _alone(tx)
    digests = [sha256(raw).hexdigest() for raw, _ in mails]
    there = incoming.brought(tx, account, digests)
    uid = incoming.last_uid(tx, account, FOLDER, UIDVALIDITY)
    new: list[Incoming] = []
    for (raw, at), digest in zip(mails, digests, strict=True):
        if digest not in there:
            there.add(digest)  # it may lie in two sources
            new.append(Incoming(uid + len(new) + 1, raw, at))
    incoming.keep(tx, account, FOLDER, UIDVALIDITY, new, now)
    return len(new)


def _alone(tx: Transaction) -> None:
    """Until this transaction has ended, every other one waits here: two imports would number their mails alike."""
    tx.execute(unless_there(counter), {"name": FOLDER, "value": 0})
    tx.execute(update(counter).where(counter.c.name == FOLDER).values(value=counter.c.value + 1))


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


def tickets(tx: Transaction) -> int:
    """On how many tickets they are."""
    return tx.execute(select(func.count(mail.c.ticket.distinct())).where(mail.c.folder == FOLDER)).scalar_one()


def quiet(tx: Transaction, age: timedelta) -> list[int]:
    """Those of these tickets that are open and were as quiet as that when they were imported, and that nobody has touched since."""
    kept = (
        select(mail.c.ticket, func.min(mail.c.kept_at).label("at"))
        .where(mail.c.folder == FOLDER, mail.c.ticket.is_not(None))
        .group_by(mail.c.ticket)
        .subquery()
    )
    newest = select(entry.c.ticket, func.max(entry.c.at).label("at")).group_by(entry.c.ticket).subquery()
    here = (ticket.c.open == true(), ticket.c.merged_into.is_(None), ticket.c.assigned_to == "", ~_touched())
    rows = tx.execute(
        select(ticket.c.number, newest.c.at.label("last"), kept.c.at.label("kept"))
        .join(kept, kept.c.ticket == ticket.c.number)
        .join(newest, newest.c.ticket == ticket.c.number)
        .where(*here)
        .order_by(ticket.c.number)
    )
    return [row.number for row in rows if row.last < row.kept - age]


def _touched() -> ColumnElement[bool]:
    """Whether something on a ticket comes neither of an imported mail nor of the import."""
    entries = (
        select(entry.c.id)
        .outerjoin(mail, mail.c.id == entry.c.mail)
        .where(entry.c.ticket == ticket.c.number, entry.c.author != BY, func.coalesce(mail.c.folder, "") != FOLDER)
    )
    changes = (
        select(history.c.id)
        .outerjoin(mail, mail.c.id == history.c.mail)
        .where(history.c.ticket == ticket.c.number, history.c.by != BY, func.coalesce(mail.c.folder, "") != FOLDER)
    )
    return or_(entries.exists(), changes.exists())
