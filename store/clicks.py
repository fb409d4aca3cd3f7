"""Which one-click links were used, and when: each does its work once, whoever clicks how often."""

from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select

from store.database import Transaction
from store.errors import Used
from store.inserting import unless_there
from store.tables import click


def used_at(tx: Transaction, token: str) -> datetime | None:
    return tx.execute(select(click.c.at).where(click.c.token == _key(token))).scalar()


def use(tx: Transaction, token: str, now: datetime) -> None:
    """Raises Used for one that was used."""
    # Not by rowcount: a driver that is asked for rows does not count them.
    if (
        tx.execute(unless_there(click).returning(click.c.token), {"token": _key(token), "at": now}).one_or_none()
        is None
    ):
        raise Used("the link has been used")


def spend(tx: Transaction, tokens: Collection[str], now: datetime) -> None:
    """From now on these are used, if they were not yet."""
    if tokens:
        tx.execute(unless_there(click), [{"token": _key(token), "at": now} for token in sorted(tokens)])


def forget(tx: Transaction, before: datetime) -> int:
    """The links that were used before then, which nobody can use any more by their own time; how many that were."""
    return tx.execute(delete(click).where(click.c.at < before)).rowcount


def _key(token: str) -> str:
    return sha256(token.lower().encode()).hexdigest()
