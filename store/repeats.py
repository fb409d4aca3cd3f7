"""Repeats: what a program has asked for under a key of its own, so that the same request, sent again, does nothing twice."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from store.columns import key
from store.database import Transaction
from store.errors import Used
from store.inserting import unless_there
from store.tables import repeat


@dataclass(frozen=True, slots=True)
class Repeat:
    """A request that was carried out. `asked` is the SHA-256 of all that it asked for, hex."""

    asked: str
    ticket: int


def find(tx: Transaction, token: str, name: str) -> Repeat | None:
    """What that token has asked for under that key."""
    here = (repeat.c.token == key(token), repeat.c.key == key(name))
    row = tx.execute(select(repeat).where(*here)).one_or_none()
    return Repeat(row.asked, row.ticket) if row else None


def keep(tx: Transaction, token: str, name: str, done: Repeat, now: datetime) -> None:
    """In the transaction that does it. Raises Used where the same key came first, perhaps at this moment."""
    row = {"token": token, "key": name, "asked": done.asked, "ticket": done.ticket, "at": now}
    if tx.execute(unless_there(repeat).returning(repeat.c.key), row).one_or_none() is None:
        raise Used("the key has been used")


def forget(tx: Transaction, before: datetime) -> int:
    """Those from before then; how many that were."""
    return tx.execute(delete(repeat).where(repeat.c.at < before)).rowcount
