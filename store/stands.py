"""Stands: how a ticket stands, as values that JSON takes, so that it can stand like that again."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, select, type_coerce, update

from store.columns import Instant, Words
from store.database import Transaction
from store.tables import ticket

State = dict[str, Any]

# What holds only as long as the status is the same.
OF_STATUS = (
    "status",
    "open",
    "ball_with",
    "ball_since",
    "status_since",
    "due_at",
    "reminded",
    "until",
    "paused_until",
    "client_replied",
)
OF_DEED = ("meeting", "language", "language_set")
OF_TICKET = ("silent", "priority", "assigned_to", "tags")


def _plain(name: str) -> ColumnElement[Any]:
    """A column as JSON takes it: as it lies in the database."""
    column = ticket.c[name]
    kinds = {Instant: BigInteger, Words: Text}
    kind = next((plain for ours, plain in kinds.items() if isinstance(column.type, ours)), None)
    return type_coerce(column, kind).label(name) if kind else column


_PLAIN = {name: _plain(name) for name in (*OF_STATUS, *OF_TICKET, *OF_DEED)}
_HERE = ticket.c.number == bindparam("wanted")
_STATE = select(*(_PLAIN[name] for name in (*OF_STATUS, *OF_TICKET))).where(_HERE)
_WHOLE = select(*_PLAIN.values()).where(_HERE)


def state(tx: Transaction, number: int, *, whole: bool = False) -> State:
    """Of a ticket that there is. `whole`: with what a merge leaves alone, and a deed may change."""
    return dict(tx.execute(_WHOLE if whole else _STATE, {"wanted": number}).mappings().one())


def put_back(tx: Transaction, number: int, back: State) -> None:
    """It stands like that again; its version is the caller's to count."""
    new = {name: type_coerce(back[name], _PLAIN[name].type) for name in back}
    tx.execute(update(ticket).where(ticket.c.number == number).values(**new))
