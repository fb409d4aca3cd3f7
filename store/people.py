"""People: staff say who takes part in a ticket. A mail never lets anybody in by itself (T02), and nobody here is its requester."""

from enum import StrEnum

from sqlalchemy import bindparam, delete, select, update

from inbound.message import Address
from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.tables import person

_IS = (person.c.ticket == bindparam("of_ticket"), person.c.key == bindparam("who"))
_HERE = select(person.c.role, person.c.pending).where(*_IS)
_ADD, _REMOVE = unless_there(person), delete(person).where(*_IS, person.c.role != "requester")
_LET_IN = update(person).where(*_IS).values(role="participant", pending=False)


class Part(StrEnum):
    """What staff do."""

    ADD = "add"  # takes part from now on; also whoever waits to be let in
    REMOVE = "remove"  # hears nothing any more, and is a stranger to the ticket


def standing(tx: Transaction, number: int, who: Address) -> tuple[str, bool] | None:
    """Role, and whether they wait to be let in; None for a stranger."""
    row = tx.execute(_HERE, {"of_ticket": number, "who": key(who.key)}).one_or_none()
    return (row.role, row.pending) if row else None


def change(tx: Transaction, number: int, part: Part, who: Address) -> None:
    """The ticket's row stands already. Whoever is its requester stays that."""
    is_ = {"of_ticket": number, "who": key(who.key)}
    if part is Part.REMOVE:
        tx.execute(_REMOVE, is_)
        return
    row = {"ticket": number, "key": key(who.key), "address": who.addr, "name": who.name, "role": "participant"}
    tx.execute(_ADD, {**row, "pending": False})
    tx.execute(_LET_IN.where(person.c.role != "requester"), is_)
