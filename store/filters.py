"""Filters: the lists of tickets that a member of staff has given a name, to look at them again."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import filter_

MOST = 100  # of one person: those that come first in the alphabet are shown


def of(tx: Transaction, person: str) -> Sequence[tuple[str, str]]:
    """Name and query of each of theirs. `person`: an address in lower case."""
    rows = tx.execute(select(filter_).where(filter_.c.person == key(person)).order_by(filter_.c.name).limit(MOST))
    return [(row.name, row.query) for row in rows]


def keep(tx: Transaction, person: str, name: str, query: str) -> None:
    """From now on it is this list that has the name."""
    forget(tx, person, name)
    tx.execute(unless_there(filter_), {"person": key(person), "name": key(name), "query": query})


def forget(tx: Transaction, person: str, name: str) -> None:
    """It may be gone already."""
    tx.execute(delete(filter_).where(filter_.c.person == key(person), filter_.c.name == key(name)))
