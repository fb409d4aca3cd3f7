"""Identities: which addresses are one person's, because staff say so. No mail ever does: a name and a thread can be forged."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from inbound.message import Address
from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import counter, identity

Identities = Mapping[str, frozenset[str]]  # all addresses of a person, in lower case, by each of them
NONE: Identities = {}

_of = identity.c
_WHOSE = select(_of.key, _of.person).where(_of.key.in_(bindparam("who", expanding=True)))
_ALL = select(identity).where(_of.person.in_(bindparam("persons", expanding=True))).order_by(_of.at, _of.key)
_COUNTER = unless_there(counter).values(name="person", value=0)
_NEXT = update(counter).where(counter.c.name == "person").values(value=counter.c.value + 1).returning(counter.c.value)
_IS = unless_there(identity)
_JOINS = update(identity).where(_of.person == bindparam("old")).values(person=bindparam("new"))
_LEAVES = delete(identity).where(_of.key == bindparam("who"))


@dataclass(frozen=True, slots=True)
class Known:
    """One address of a person, who added it and when."""

    address: str
    by: str
    at: datetime


def of(tx: Transaction, who: Collection[str]) -> Identities:
    """The persons of these addresses, as far as they have several: one query, two where there are any."""
    found = {row.person for row in tx.execute(_WHOSE, {"who": sorted({key(one) for one in who})})} if who else set()
    whose: dict[int, set[str]] = {}
    for row in tx.execute(_ALL, {"persons": sorted(found)}).all() if found else ():
        whose.setdefault(row.person, set()).add(row.key)
    return {one: frozenset(every) for every in whose.values() for one in every}


def same(identities: Identities, who: str) -> frozenset[str]:
    """All addresses of whoever has this one; it alone, as a rule."""
    return identities.get(key(who)) or frozenset({key(who)})


def known(tx: Transaction, who: Address) -> Sequence[Known]:
    """The addresses of a person, the first one first; none where only the one is known."""
    person = tx.execute(_WHOSE, {"who": [key(who.key)]}).one_or_none()
    rows = tx.execute(_ALL, {"persons": [person.person]}).all() if person else ()
    return [Known(row.address, row.by, row.at) for row in rows]


def unite(tx: Transaction, one: Address, other: Address, by: str, at: datetime) -> None:
    """From now on both are one person's, with all that each had before."""
    rows = {row.key: row.person for row in tx.execute(_WHOSE, {"who": [key(one.key), key(other.key)]})}
    person = rows.get(key(one.key)) or rows.get(key(other.key)) or _number(tx)
    for old in set(rows.values()) - {person}:
        tx.execute(_JOINS, {"old": old, "new": person})
    for who in (one, other):
        tx.execute(_IS, {"key": key(who.key), "person": person, "address": who.addr, "by": by, "at": at})


def _number(tx: Transaction) -> int:
    """Given once: two of us who name two persons at the same time do not make them one."""
    tx.execute(_COUNTER)
    return int(tx.execute(_NEXT).scalar_one())


def part(tx: Transaction, who: Address) -> None:
    """From now on this address is a person's of its own; who has no second one left is nobody that has to be known."""
    left = known(tx, who)
    tx.execute(_LEAVES, {"who": key(who.key)})
    if len(left) == 2:
        for one in left:
            tx.execute(_LEAVES, {"who": key(one.address.lower())})
