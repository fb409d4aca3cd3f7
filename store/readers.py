"""Readers: who of staff has which ticket open just now, whichever process shows it to them. Time here is the database's own.

A process that dies says nothing more: what it said is over by itself.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import BigInteger, bindparam, delete, insert, select

from store.columns import key
from store.database import Transaction
from store.runners import DatabaseNow
from store.tables import reader

Open = tuple[int, str]  # a ticket, and the address of a reader in lower case

_of = reader.c
_MICROSECOND = timedelta(microseconds=1)
_UNTIL = DatabaseNow() + bindparam("span", type_=BigInteger)
_TELL = insert(reader).values(process=bindparam("process"), until=_UNTIL)
_ELSEWHERE = select(_of.ticket, _of.person).where(_of.process != bindparam("process"), _of.until > DatabaseNow())
# Whoever deletes some of these just now needs no help, and nobody waits for each other.
_OVER = select(_of.process).where(_of.until <= DatabaseNow()).with_for_update(skip_locked=True)


def tell(tx: Transaction, process: str, opened: Collection[Open], length: timedelta) -> None:
    """What the process shows from now on, and for so long; what it said before is forgotten, and what is over."""
    forget(tx)
    tx.execute(delete(reader).where(_of.process == key(process)))
    if opened:
        span = length // _MICROSECOND
        rows = [{"process": process, "ticket": number, "person": key(who), "span": span} for number, who in opened]
        tx.execute(_TELL, rows)


def elsewhere(tx: Transaction, process: str) -> Mapping[int, Collection[str]]:
    """By ticket, who has it open in other processes."""
    found = defaultdict(set)
    for row in tx.execute(_ELSEWHERE, {"process": process}):
        found[int(row.ticket)].add(str(row.person))
    return found


def forget(tx: Transaction) -> None:
    """What is over."""
    tx.execute(delete(reader).where(_of.process.in_(_OVER)))
