"""Requester: whose request a ticket is from now on, because staff say so. A mail never does (T05)."""

from sqlalchemy import bindparam, update

from inbound.message import Address
from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.limits import organisation
from store.tables import person, ticket

_TAKE = (
    update(ticket)
    .where(ticket.c.number == bindparam("of_ticket"))
    .values(requester=bindparam("addr"), requester_name=bindparam("named"), organisation=bindparam("of"))
)
_BEFORE = (
    update(person)
    .where(person.c.ticket == bindparam("of_ticket"), person.c.role == "requester")
    .values(role="participant")
)
_JOINS = unless_there(person)
_IS = (
    update(person)
    .where(person.c.ticket == bindparam("of_ticket"), person.c.key == bindparam("who"))
    .values(role="requester", pending=False)
)


def give(tx: Transaction, number: int, to: Address) -> None:
    """The ticket's row stands already; who was it before takes part in it from now on."""
    row = {
        "ticket": number,
        "key": key(to.key),
        "address": to.addr,
        "name": to.name,
        "role": "requester",
        "pending": False,
    }
    tx.execute(_TAKE, {"of_ticket": number, "addr": to.addr, "named": to.name, "of": organisation(to.addr)})
    tx.execute(_BEFORE, {"of_ticket": number})
    tx.execute(_JOINS, row)
    tx.execute(_IS, {"of_ticket": number, "who": row["key"]})
