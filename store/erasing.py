"""Erasing a person: what they said and who they are goes, in one transaction; what happened to their tickets stays, as numbers.

What is freed is overwritten on SQLite (secure_delete); on PostgreSQL by the next VACUUM.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from sqlalchemy import ColumnElement, Table, and_, delete, or_, select, update

from outbound.outbox import State
from store import blobs, search, sheets, tables
from store.columns import key
from store.database import Transaction
from store.inserting import unless_there
from store.personal import places
from store.unsubscribed import hashed

NOBODY = "erased@erased.invalid"  # RFC 2606 §2: no mail can go there
GONE = "(erased)"
WHY = "its client was erased"

_MAIL = {"sender": "", "subject": GONE, "message_id": "", "reason": "", "because": (), "defects": ()}
_TICKET = {
    "subject": GONE, "requester": NOBODY, "requester_name": "", "organisation": "", "report_key": "", "silent": WHY,
    "due_at": None, "until": None, "paused_until": None, "tags": (), "meeting": (), "version": tables.ticket.c.version + 1,
}  # fmt: skip
_OUTBOX = {
    "recipient": NOBODY, "recipient_key": NOBODY, "subject": GONE, "organisation": "", "echo": "", "echo_text": "",
    "reason": "", "last_answer": "", "raw": b"", "next_at": None, "told": True,
}  # fmt: skip
_ENTRY = {"author": "", "subject": "", "text": GONE, "because": ()}
_NAMING = ("because", "reason", "text", "subject")  # columns in which others' tickets may name somebody
_AT_ONCE = 1000
_ERASED = "erased: "
_UNSENT = [state.value for state in State if state not in {State.SENT, State.BOUNCED}]


@dataclass(frozen=True, slots=True)
class Erased:
    """How much it was."""

    tickets: int
    mails: int
    outgoing: int


def erase(tx: Transaction, addresses: Collection[str]) -> Erased:
    """All of a person's, by all of their addresses, in lower case. Erasing twice is erasing once."""
    here = places(addresses)
    tickets = _ids(tx, tables.ticket, here)
    mails, sent, entries = (_ids(tx, table, here) for table in (tables.mail, tables.outbox, tables.entry))
    elsewhere = sorted(set(_tickets(tx, addresses)) - set(tickets))
    _files(tx, mails, sent)
    _ids_of_mails(tx, mails)
    for table in (
        tables.thread,
        tables.word,
        tables.silence,
        tables.hold,
        tables.identity,
        tables.sign_in,
        tables.session,
        tables.signed_in,
        tables.sender,
        tables.helpful,
    ):
        tx.execute(delete(table).where(here[table]))
    _merged(tx, here)
    _hashed(tx, here)
    tx.execute(update(tables.correction).where(here[tables.correction]).values(note=""))
    tx.execute(update(tables.history).where(here[tables.history]).values(because=()))
    _forget_names(tx, elsewhere, addresses)
    tx.execute(delete(tables.person).where(here[tables.person]))
    _set(tx, tables.entry, entries, _ENTRY)
    _set(tx, tables.mail, mails, _MAIL)
    for some in _some(sent):
        unsent = (tables.outbox.c.id.in_(some), tables.outbox.c.state.in_(_UNSENT))
        tx.execute(update(tables.outbox).where(*unsent).values(state=State.DEAD))
    _set(tx, tables.outbox, sent, _OUTBOX)
    # Digests and alerts name whom they are about; once sent, nobody needs them.
    told = and_(tables.outbox.c.ticket.is_(None), tables.outbox.c.state == State.SENT.value)
    tx.execute(update(tables.outbox).where(told).values(raw=b"", subject=GONE))
    _set(tx, tables.ticket, tickets, _TICKET)
    of = tables.filter_.c
    named = [(of.query, quote_plus(one)) for one in addresses] + [(of.name, one) for one in addresses]
    tx.execute(delete(tables.filter_).where(or_(*(column.icontains(one, autoescape=True) for column, one in named))))
    sheets.forget(tx)  # they name the domains of clients
    search.forget(tx)
    return Erased(len(tickets), len(mails), len(sent))


def note(tx: Transaction, hashes: Collection[str]) -> None:
    """That whoever has these hashes was erased here."""
    if hashes:
        tx.execute(unless_there(tables.counter), [{"name": f"{_ERASED}{one}", "value": 1} for one in hashes])


def noted(tx: Transaction) -> set[str]:
    """The hashes of all who were erased here."""
    names = tx.execute(select(tables.counter.c.name).where(tables.counter.c.name.startswith(_ERASED))).scalars()
    return {name.removeprefix(_ERASED) for name in names}


def _ids(tx: Transaction, table: Table, here: Mapping[Table, ColumnElement[bool]]) -> list[int]:
    (first,) = table.primary_key
    return list(tx.execute(select(first).where(here[table])).scalars())


def _tickets(tx: Transaction, addresses: Collection[str]) -> list[int]:
    """All in which they take part."""
    keys = [key(one) for one in addresses]
    return list(tx.execute(select(tables.person.c.ticket).where(tables.person.c.key.in_(keys))).scalars())


def _set(tx: Transaction, table: Table, ids: Sequence[int], values: Mapping[str, object]) -> None:
    (first,) = table.primary_key
    for some in _some(ids):
        tx.execute(update(table).where(first.in_(some)).values(values))


def _some(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement takes only so many parameters."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _files(tx: Transaction, mails: Sequence[int], sent: Sequence[int]) -> None:
    """The bytes of their mails, and the files that these brought or took along; a file that others have, too, stays theirs."""
    brought, mail = tables.attachment.c, tables.mail.c
    for ids, column in ((mails, brought.mail), (sent, brought.outgoing)):
        for some in _some(ids):
            files = set(tx.execute(select(brought.blob).where(column.in_(some), brought.blob.is_not(None))).scalars())
            tx.execute(delete(tables.attachment).where(column.in_(some)))
            _let_go(tx, files)
    for some in _some(mails):
        blobs.empty(tx, set(tx.execute(select(mail.blob).where(mail.id.in_(some))).scalars()))


def _let_go(tx: Transaction, files: set[int]) -> None:
    used = (tables.attachment.c.blob, tables.mail.c.blob)
    for column in used:
        files -= set(tx.execute(select(column).where(column.in_(files))).scalars())
    blobs.remove(tx, files)


def _ids_of_mails(tx: Transaction, mails: Sequence[int]) -> None:
    """Their Message-IDs, on whatever ticket."""
    for some in _some(mails):
        theirs = tx.execute(select(tables.mail.c.message_id).where(tables.mail.c.id.in_(some))).scalars().all()
        tx.execute(delete(tables.thread).where(tables.thread.c.message_id.in_(set(theirs))))


def _merged(tx: Transaction, here: Mapping[Table, ColumnElement[bool]]) -> None:
    """How tickets stood before a merge, which undoing it brings back."""
    of = tables.merging
    for row in tx.execute(select(of.c.id, of.c.was, of.c.became).where(here[of])).all():
        new = {name: json.dumps(_blank(json.loads(text))) for name, text in (("was", row.was), ("became", row.became))}
        tx.execute(update(of).where(of.c.id == row.id).values(new))


def _blank(was: dict[str, object]) -> dict[str, object]:
    return {name: _TICKET[name] if name in {"subject", "requester", "requester_name"} else was[name] for name in was}


def _hashed(tx: Transaction, here: Mapping[Table, ColumnElement[bool]]) -> None:
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
        for some in _some(tickets):
            for row in tx.execute(select(table).where(table.c.ticket.in_(some))).mappings():
                texts = {name: value for name in _NAMING if (value := row.get(name))}
                new = {name: _without(value, named) for name, value in texts.items()}
                if new != texts:
                    tx.execute(update(table).where(table.c.id == row["id"]).values(new))


def _without(value: str | tuple[str, ...], named: re.Pattern[str]) -> str | tuple[str, ...]:
    return named.sub(GONE, value) if isinstance(value, str) else tuple(named.sub(GONE, one) for one in value)
