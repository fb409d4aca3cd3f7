"""People: staff say who takes part in a ticket. A mail never lets anybody in by itself (T02), and nobody here is its requester."""

from collections.abc import Collection, Mapping

from sqlalchemy import bindparam, delete, false, insert, select, update

from inbound.message import Address
from store import identities
from store.columns import key
from store.database import Transaction
from store.identities import same
from store.inserting import unless_there
from store.tables import person
from workflow.act import Part, Stands

MOST = 50  # tickets of one person that are shown

_HERE = person.c.ticket == bindparam("of_ticket")
_THEIRS = (_HERE, person.c.key.in_(bindparam("keys", expanding=True)))
_ALL = select(person).where(_HERE).order_by(person.c.key)
_COLLEAGUES = _ALL.where(person.c.role == "participant", person.c.pending == false())
_ADD, _REMOVE = unless_there(person), delete(person).where(*_THEIRS, person.c.role != "requester")
_LET_IN = (
    update(person)
    .where(_HERE, person.c.key == bindparam("who"), person.c.role != "requester")
    .values(role=bindparam("new_role"), pending=False)
)
_ROWS, _GO = select(person).where(*_THEIRS), delete(person).where(*_THEIRS)
_TICKETS = (
    select(person.c.ticket)
    .distinct()
    .where(person.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(person.c.ticket.desc())
    .limit(MOST)
)


def standing(tx: Transaction, number: int) -> Mapping[str, Stands]:
    """How everybody stands who is on a ticket, by each of their addresses; a stranger is not there."""
    rows = sorted(tx.execute(_ALL, {"of_ticket": number}).all(), key=lambda row: (row.role != "requester", row.pending))
    persons = identities.of(tx, [row.key for row in rows])
    found: dict[str, Stands] = {}
    for row in rows:
        for one in same(persons, row.key):
            found.setdefault(one, Stands(row.address.lower(), row.role, row.pending))
    return found


def colleagues(tx: Transaction, number: int) -> list[Address]:
    """Who takes part beside the requester."""
    return [Address(row.address, row.name) for row in tx.execute(_COLLEAGUES, {"of_ticket": number})]


def addresses(tx: Transaction, number: int) -> list[str]:
    """Of the ticket's people, and of who was its requester before."""
    return [row.address for row in tx.execute(_ALL, {"of_ticket": number})]


def change(tx: Transaction, number: int, part: Part, who: Address) -> None:
    """The ticket's row stands already. Whoever is its requester stays that."""
    if part is Part.REMOVE:
        theirs = same(identities.of(tx, [who.key]), who.key)
        tx.execute(_REMOVE, {"of_ticket": number, "keys": sorted(theirs)})
        return
    role = "quiet" if part is Part.QUIET else "participant"
    row = {"ticket": number, "key": key(who.key), "address": who.addr, "name": who.name, "role": role}
    tx.execute(_ADD, {**row, "pending": False})
    tx.execute(_LET_IN, {"of_ticket": number, "who": row["key"], "new_role": role})


def at(tx: Transaction, number: int, who: Address, addresses: Collection[str]) -> None:
    """Who takes part with another address, or several, does so from now on with the one that they write from."""
    of = {"of_ticket": number, "keys": sorted(addresses)}
    rows = sorted(tx.execute(_ROWS, of).mappings(), key=lambda row: (row["pending"], row["role"] != "requester"))
    if rows and [row["key"] for row in rows] != [key(who.key)]:
        tx.execute(_GO, of)
        new = {"key": key(who.key), "address": who.addr, "name": who.name or rows[0]["name"]}
        tx.execute(insert(person), {**rows[0], **new})


def tickets_of(tx: Transaction, addresses: Collection[str]) -> list[int]:
    """The tickets in which whoever has these addresses takes part, or waits to; the newest first."""
    return list(tx.execute(_TICKETS, {"keys": sorted(addresses)}).scalars())
