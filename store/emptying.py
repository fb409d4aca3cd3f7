"""Emptying tickets: what was said on them and who said it goes; that they were, when, and how they went stays, as numbers.

For a person who is erased, and for tickets that were closed long ago. What is freed is overwritten on SQLite
(secure_delete); on PostgreSQL by the next VACUUM.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, delete, or_, select, update

from outbound.outbox import State
from store import blobs, tables
from store.database import Transaction
from store.incoming import MailState
from store.personal import Places

NOBODY = "erased@erased.invalid"  # RFC 2606 §2: no mail can go there
GONE = "(erased)"

_MAIL = {"sender": "", "subject": GONE, "message_id": "", "reason": "", "because": (), "defects": ()}
_TICKET = {
    "subject": GONE, "requester": NOBODY, "requester_name": "", "organisation": "", "report_key": "",
    "due_at": None, "until": None, "paused_until": None, "tags": (), "meeting": (), "version": tables.ticket.c.version + 1,
}  # fmt: skip
_OUTBOX = {
    "recipient": NOBODY, "recipient_key": NOBODY, "subject": GONE, "organisation": "", "echo": "", "echo_text": "",
    "reason": "", "last_answer": "", "raw": b"", "next_at": None, "told": True,
}  # fmt: skip
_ENTRY = {"author": "", "subject": "", "text": GONE, "because": ()}
_AT_ONCE = 1000
_UNSENT = [state.value for state in State if state not in {State.SENT, State.BOUNCED}]


@dataclass(frozen=True, slots=True)
class Emptied:
    """What it was, by ids."""

    tickets: Sequence[int]
    mails: Sequence[int]
    outgoing: Sequence[int]


def empty(tx: Transaction, here: Places, why: str) -> Emptied:
    """These rows; `why` is what each ticket says from then on. Twice is once. The search knows their words until it is made anew."""
    tickets, mails, sent, entries = (
        _ids(tx, table, here) for table in (tables.ticket, tables.mail, tables.outbox, tables.entry)
    )
    _files(tx, mails, sent)
    for table in (tables.thread, tables.word, tables.hold):
        tx.execute(delete(table).where(here[table]))
    _merged(tx, here)
    tx.execute(update(tables.correction).where(here[tables.correction]).values(note=""))
    tx.execute(update(tables.history).where(here[tables.history]).values(because=()))
    tx.execute(delete(tables.person).where(here[tables.person]))
    _set(tx, tables.entry, entries, _ENTRY)
    _set(tx, tables.mail, mails, _MAIL)
    for some in some_of(sent):
        unsent = (tables.outbox.c.id.in_(some), tables.outbox.c.state.in_(_UNSENT))
        tx.execute(update(tables.outbox).where(*unsent).values(state=State.DEAD))
    _set(tx, tables.outbox, sent, _OUTBOX)
    _set(tx, tables.ticket, tickets, {**_TICKET, "silent": why})
    return Emptied(tickets, mails, sent)


def some_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """A statement takes only so many parameters."""
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _ids(tx: Transaction, table: Table, here: Places) -> list[int]:
    (first,) = table.primary_key
    return list(tx.execute(select(first).where(here[table])).scalars())


def _set(tx: Transaction, table: Table, ids: Sequence[int], values: Mapping[str, object]) -> None:
    (first,) = table.primary_key
    for some in some_of(ids):
        tx.execute(update(table).where(first.in_(some)).values(values))


def _files(tx: Transaction, mails: Sequence[int], sent: Sequence[int]) -> None:
    """The bytes of these mails, and the files that they brought or took along; what another ticket has, too, stays there."""
    brought = tables.attachment.c
    for ids, column in ((mails, brought.mail), (sent, brought.outgoing)):
        for some in some_of(ids):
            files = set(tx.execute(select(brought.blob).where(column.in_(some), brought.blob.is_not(None))).scalars())
            tx.execute(delete(tables.attachment).where(column.in_(some)))
            _let_go(tx, files)
    for some in some_of(mails):
        blobs.empty(tx, _theirs_alone(tx, some, set(mails)))


def _let_go(tx: Transaction, files: set[int]) -> None:
    used = (tables.attachment.c.blob, tables.mail.c.blob)
    for column in used:
        files -= set(tx.execute(select(column).where(column.in_(files))).scalars())
    blobs.remove(tx, files)


def _theirs_alone(tx: Transaction, some: Sequence[int], mails: set[int]) -> set[int]:
    """The bytes of some of the mails, but those that came another time, and are on another ticket, or wait for one."""
    of = tables.mail.c
    found = set(tx.execute(select(of.blob).where(of.id.in_(some))).scalars())
    needed = or_(of.ticket.is_not(None), of.state == MailState.PENDING.value)
    rows = tx.execute(select(of.id, of.blob).where(of.blob.in_(found), needed))
    return found - {row.blob for row in rows if row.id not in mails}


def _merged(tx: Transaction, here: Places) -> None:
    """How tickets stood before a merge, which undoing it brings back."""
    of = tables.merging
    for row in tx.execute(select(of.c.id, of.c.was, of.c.became).where(here[of])).all():
        new = {name: json.dumps(_blank(json.loads(text))) for name, text in (("was", row.was), ("became", row.became))}
        tx.execute(update(of).where(of.c.id == row.id).values(new))


def _blank(was: dict[str, object]) -> dict[str, object]:
    return {name: _TICKET[name] if name in {"subject", "requester", "requester_name"} else was[name] for name in was}
