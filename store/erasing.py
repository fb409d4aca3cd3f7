"""Erasing a person: what they said and who they are goes, in one transaction; what happened to their tickets stays, as numbers.

What is freed is overwritten on SQLite (secure_delete, and Database.scrub after it); on PostgreSQL by the next VACUUM.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from sqlalchemy import and_, delete, or_, select, update

from outbound.outbox import State
from store import search, sheets, tables
from store.columns import key
from store.database import Transaction
from store.emptying import GONE, empty, some_of
from store.inserting import unless_there
from store.personal import Places, places
from store.unsubscribed import hashed

WHY = "its client was erased"

_NAMING = ("because", "reason", "text", "subject")  # columns in which others' tickets may name somebody
_ERASED = "erased: "


@dataclass(frozen=True, slots=True)
class Erased:
    """How much it was."""

    tickets: int
    mails: int
    outgoing: int


def erase(tx: Transaction, addresses: Collection[str]) -> Erased:
    """All of a person's, by all of their addresses, in lower case. Erasing twice is erasing once."""
    here = places(addresses)
    part_in = set(_tickets(tx, addresses))
    _ids_of_mails(tx, here)
    gone = empty(tx, here, WHY)
    for table in (
        tables.silence,
        tables.identity,
        tables.sign_in,
        tables.session,
        tables.signed_in,
        tables.sender,
        tables.helpful,
        tables.reader,
    ):
        tx.execute(delete(table).where(here[table]))
    _hashed(tx, here)
    _forget_names(tx, sorted(part_in - set(gone.tickets)), addresses)
    # Digests and alerts name whom they are about; once sent, nobody needs them.
    told = and_(tables.outbox.c.ticket.is_(None), tables.outbox.c.state == State.SENT.value)
    tx.execute(update(tables.outbox).where(told).values(raw=b"", subject=GONE))
    of = tables.filter_.c
    named = [(of.query, quote_plus(one)) for one in addresses] + [(of.name, one) for one in addresses]
    tx.execute(delete(tables.filter_).where(or_(*(column.icontains(one, autoescape=True) for column, one in named))))
    sheets.forget(tx)  # they name the domains of clients
    search.forget(tx)
    return Erased(len(gone.tickets), len(gone.mails), len(gone.outgoing))


def note(tx: Transaction, hashes: Collection[str]) -> None:
    """That whoever has these hashes was erased here."""
    if hashes:
        tx.execute(unless_there(tables.counter), [{"name": f"{_ERASED}{one}", "value": 1} for one in hashes])


def noted(tx: Transaction) -> set[str]:
    """The hashes of all who were erased here."""
    names = tx.execute(select(tables.counter.c.name).where(tables.counter.c.name.startswith(_ERASED))).scalars()
    return {name.removeprefix(_ERASED) for name in names}


def _tickets(tx: Transaction, addresses: Collection[str]) -> list[int]:
    """All in which they take part."""
    keys = [key(one) for one in addresses]
    return list(tx.execute(select(tables.person.c.ticket).where(tables.person.c.key.in_(keys))).scalars())


def _ids_of_mails(tx: Transaction, here: Places) -> None:
    """Their Message-IDs, on whatever ticket."""
    ids = list(tx.execute(select(tables.mail.c.message_id).where(here[tables.mail])).scalars())
    for some in some_of(ids):
        tx.execute(delete(tables.thread).where(tables.thread.c.message_id.in_(some)))


def _hashed(tx: Transaction, here: Places) -> None:
    """Who wanted no mail wants none later, either: known by a hash."""
    of = tables.unsubscribed
    for row in tx.execute(select(of).where(here[of])).all():
        mine = (of.c.person == row.person, of.c.series == row.series)
        tx.execute(delete(of).where(*mine))
        tx.execute(unless_there(of), {"person": hashed(row.person), "series": row.series, "at": row.at, "by": ""})


def _forget_names(tx: Transaction, tickets: Sequence[int], addresses: Collection[str]) -> None:
    """Their addresses, where others' tickets name them."""
    named = re.compile("|".join(map(re.escape, addresses)), re.IGNORECASE)
    for table in (tables.history, tables.entry, tables.mail):
        for some in some_of(tickets):
            for row in tx.execute(select(table).where(table.c.ticket.in_(some))).mappings():
                texts = {name: value for name in _NAMING if (value := row.get(name))}
                new = {name: _without(value, named) for name, value in texts.items()}
                if new != texts:
                    tx.execute(update(table).where(table.c.id == row["id"]).values(new))


def _without(value: str | tuple[str, ...], named: re.Pattern[str]) -> str | tuple[str, ...]:
    return named.sub(GONE, value) if isinstance(value, str) else tuple(named.sub(GONE, one) for one in value)
