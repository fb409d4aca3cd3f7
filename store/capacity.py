"""Capacity: the largest mail that an SMTP server takes, as it last said (RFC 1870). It asks no server."""

from sqlalchemy import bindparam, select, update

from store.database import Transaction
from store.inserting import unless_there
from store.tables import counter

_NAME = counter.c.name == bindparam("of_name")
_LARGEST = select(counter.c.value).where(_NAME)
_CHANGE = update(counter).where(_NAME).values(value=bindparam("octets"))
_ADD = unless_there(counter)


def largest(tx: Transaction, server: str) -> int:
    """In octets; 0 where it named no limit, or was never heard."""
    return tx.execute(_LARGEST, {"of_name": _name(server)}).scalar() or 0


def heard(tx: Transaction, server: str, octets: int) -> None:
    """Remember what it said; 0 stands for no limit."""
    tx.execute(_ADD, {"name": _name(server), "value": octets})
    tx.execute(_CHANGE, {"of_name": _name(server), "octets": octets})


def _name(server: str) -> str:
    return f"smtp size: {server}"
