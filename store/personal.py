"""Where a person's data lies: one table of tables, by which all of it is exported and erased. It changes nothing.

A person is known by addresses. Theirs are the tickets that they opened, with all that is in them, and elsewhere what
they wrote and what was sent to them.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select

from classifier.verdict import Kind
from store import tables
from store.columns import key
from store.database import Transaction
from store.senders import in_dns

# Tables without a word about any client; a test knows that each table is here or there.
NOBODYS = frozenset(
    {
        tables.blob, tables.chunk, tables.part,  # the bytes of mails: by the mails
        tables.effect, tables.click, tables.delivery,  # hashes and ids
        tables.folder, tables.counter, tables.outage, tables.reading, tables.reconciliation,
        tables.issue, tables.linked,  # the engineers'
        tables.census,  # numbers
        tables.day_sheet,  # domains alone, and made again when somebody is erased
        tables.filter_,  # staff's
        tables.token, tables.repeat, tables.webhook, tables.event,  # staff's, hashes, and numbers of tickets
        tables.runner, tables.lease, tables.uncopied,
    }
)  # fmt: skip
LEFT_OUT = {"raw"}  # of what is exported: bytes are files of their own


Places = Mapping[Table, ColumnElement[bool]]  # of some tables those rows that are meant


def of_tickets(numbers: Select[Any] | Collection[int]) -> Places:
    """All that is on these tickets, whoever wrote it."""
    mails = select(tables.mail.c.id).where(tables.mail.c.ticket.in_(numbers))
    sent = select(tables.outbox.c.id).where(tables.outbox.c.ticket.in_(numbers))
    merging = tables.merging.c
    return {
        tables.ticket: tables.ticket.c.number.in_(numbers),
        tables.person: tables.person.c.ticket.in_(numbers),
        tables.history: tables.history.c.ticket.in_(numbers),
        tables.mail: tables.mail.c.ticket.in_(numbers),
        tables.outbox: tables.outbox.c.ticket.in_(numbers),
        tables.entry: tables.entry.c.ticket.in_(numbers),
        tables.attachment: or_(tables.attachment.c.mail.in_(mails), tables.attachment.c.outgoing.in_(sent)),
        tables.thread: tables.thread.c.ticket.in_(numbers),
        tables.word: tables.word.c.ticket.in_(numbers),
        tables.merging: or_(merging.ticket.in_(numbers), merging.target.in_(numbers)),
        tables.correction: tables.correction.c.mail.in_(mails),
        tables.hold: or_(tables.hold.c.ticket.in_(numbers), tables.hold.c.place.in_(numbers)),
    }


def places(addresses: Collection[str]) -> Places:
    """Each table with a person's rows, and which they are. `addresses` in lower case."""
    keys = sorted({key(one) for one in addresses})
    there = select(tables.person.c.ticket).where(tables.person.c.key.in_(keys))
    opened = select(tables.ticket.c.number).where(
        tables.ticket.c.number.in_(there), func.lower(tables.ticket.c.requester).in_(keys)
    )
    got = or_(tables.outbox.c.recipient_key.in_(keys), tables.outbox.c.ticket.in_(opened))
    sent = select(tables.outbox.c.id).where(got)
    wrote = or_(
        func.lower(tables.mail.c.sender).in_(keys),
        tables.mail.c.ticket.in_(opened),
        # What we wrote to them lies in the folder of sent mail, too.
        and_(
            tables.mail.c.kind == Kind.OWN_MAIL.value,
            tables.mail.c.message_id.in_(select(tables.outbox.c.message_id).where(got)),
        ),
    )
    mails = select(tables.mail.c.id).where(wrote)
    entry = tables.entry.c
    return {
        **of_tickets(opened),
        tables.person: or_(tables.person.c.key.in_(keys), tables.person.c.ticket.in_(opened)),
        tables.identity: tables.identity.c.key.in_(keys),
        tables.mail: wrote,
        tables.outbox: got,
        tables.entry: or_(
            entry.ticket.in_(opened),
            entry.mail.in_(mails),
            entry.outgoing.in_(sent),
            func.lower(entry.author).in_(keys),
        ),
        tables.attachment: or_(tables.attachment.c.mail.in_(mails), tables.attachment.c.outgoing.in_(sent)),
        tables.correction: tables.correction.c.mail.in_(mails),
        tables.silence: tables.silence.c.address.in_(keys),
        tables.unsubscribed: tables.unsubscribed.c.person.in_(keys),
        tables.sign_in: tables.sign_in.c.address.in_(keys),
        tables.session: tables.session.c.address.in_(keys),
        tables.signed_in: tables.signed_in.c.address.in_(keys),
        tables.sender: tables.sender.c.party.in_([in_dns(one) for one in keys]),
        tables.helpful: tables.helpful.c.person.in_(keys),
        tables.reader: tables.reader.c.person.in_(keys),
    }


def rows(tx: Transaction, addresses: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All of it, row by row, with the name of its table; bytes are left out."""
    for table, here in places(addresses).items():
        columns = [column for column in table.c if column.name not in LEFT_OUT]
        asked: Select[Any] = select(*columns).where(here).order_by(*table.primary_key)
        for row in tx.execute(asked).mappings():
            yield str(table.name), {str(name): value for name, value in row.items()}


def outgoing(tx: Transaction, addresses: Collection[str]) -> Iterator[tuple[int, bytes]]:
    """The mails that were sent to them, or about their tickets, by id."""
    here = places(addresses)[tables.outbox]
    for row in tx.execute(select(tables.outbox.c.id, tables.outbox.c.raw).where(here).order_by(tables.outbox.c.id)):
        yield row.id, row.raw


@dataclass(frozen=True, slots=True)
class Copy:
    """A mail of theirs, by which its copy on a server is known."""

    id: int
    account: str
    received_at: datetime
    size: int
    sha256: str


def copies(tx: Transaction, addresses: Collection[str]) -> list[Copy]:
    """All mails of theirs that were kept."""
    mail, blob = tables.mail, tables.blob
    columns = (mail.c.id, mail.c.account, mail.c.received_at, blob.c.size, blob.c.sha256)
    asked = select(*columns).join_from(mail, blob).where(places(addresses)[mail]).order_by(mail.c.id)
    return [Copy(*row) for row in tx.execute(asked)]


def everybody(tx: Transaction) -> set[str]:
    """All addresses of whom anything is known, in lower case."""
    columns = (
        tables.person.c.key,
        tables.identity.c.key,
        tables.outbox.c.recipient_key,
        func.lower(tables.mail.c.sender),
        tables.sender.c.party,
    )
    return {one for column in columns for one in tx.execute(select(column).distinct()).scalars() if one}
