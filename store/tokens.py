"""Tokens: by which other programs act for one of us. Only the SHA-256 of a secret is kept: who reads the database has none."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update

from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import token

SELDOM = timedelta(hours=1)  # how exactly it is known when a token was last used: not every request is to write


@dataclass(frozen=True, slots=True)
class Token:
    """As it was made. `owner` is an address in lower case: for whom the program acts."""

    name: str
    owner: str
    scopes: tuple[str, ...]
    at: datetime
    expires: datetime
    used_at: datetime | None = None


def make(tx: Transaction, made: Token, secret: str) -> bool:
    """Keeps it; False where there is one of that name."""
    row = {
        "name": made.name,
        "secret": _hash(secret),
        "owner": made.owner.lower(),
        "scopes": made.scopes,
        "at": made.at,
        "expires": made.expires,
    }
    return tx.execute(unless_there(token).returning(token.c.name), row).one_or_none() is not None


def find(tx: Transaction, secret: str) -> Token | None:
    """The one with that secret; it may have expired. A look by the hash: no time tells how near a guess came."""
    row = tx.execute(select(token).where(token.c.secret == _hash(secret))).one_or_none()
    return Token(row.name, row.owner, row.scopes, row.at, row.expires, row.used_at) if row else None


def every(tx: Transaction) -> list[Token]:
    """By name."""
    rows = tx.execute(select(token).order_by(token.c.name))
    return [Token(row.name, row.owner, row.scopes, row.at, row.expires, row.used_at) for row in rows]


def use(tx: Transaction, name: str, now: datetime) -> None:
    tx.execute(update(token).where(token.c.name == key(name)).values(used_at=now))


def revoke(tx: Transaction, name: str) -> bool:
    """Whether there was one of that name."""
    return tx.execute(delete(token).where(token.c.name == key(name))).rowcount == 1


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
