"""Attachments: the files that mails of a ticket brought or took along, by name, and their bytes. It opens and runs none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, union_all

from inbound.message import Attachment
from inbound.parse import attachment as taken_out
from outbound.file import File
from store import blobs
from store.blobs import Part
from store.database import Transaction
from store.lines import Attached
from store.tables import attachment, entry, mail

_ADD = insert(attachment)
_BLOBS = select(mail.c.id, mail.c.blob).where(mail.c.id.in_(bindparam("mails", expanding=True)))
_HERE = entry.c.ticket.in_(bindparam("numbers", expanding=True))
# Each by its own index: for either in one, PostgreSQL reads every file there is.
_OF_TICKET = union_all(
    select(attachment).where(attachment.c.mail.in_(select(entry.c.mail).where(_HERE, entry.c.direction == "in"))),
    select(attachment).where(attachment.c.outgoing.in_(select(entry.c.outgoing).where(_HERE))),
).order_by("id")
_SEEN = (
    entry.c.ticket == bindparam("of_ticket"),
    entry.c.visible_to == "client",
    attachment.c.position == bindparam("place"),
)
_CAME = (
    select(attachment)
    .join(entry, entry.c.mail == attachment.c.mail)
    .where(*_SEEN, attachment.c.mail == bindparam("of_mail"), entry.c.direction == "in")
)
_SENT = (
    select(attachment)
    .join(entry, entry.c.outgoing == attachment.c.outgoing)
    .where(*_SEEN, attachment.c.outgoing == bindparam("of_mail"))
)
_ONE = select(attachment.c.blob, attachment.c.mail, attachment.c.position).where(attachment.c.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Brought:
    """What a mail of the ledger brought."""

    mail: int
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What an outgoing mail takes along."""

    outgoing: int
    files: tuple[File, ...]


def add(tx: Transaction, brought: Sequence[Brought], taken: Sequence[Taken]) -> None:
    """Note them, in a handful of statements however many there are; the mails' rows stand already."""
    rows = [*_brought(tx, brought), *_taken(tx, taken)]
    if rows:
        tx.execute(_ADD, rows)


def of_tickets(tx: Transaction, numbers: Sequence[int]) -> list[Attached]:
    """All files of the conversations of these tickets, the oldest first."""
    return [_attached(row) for row in tx.execute(_OF_TICKET, {"numbers": numbers})]


def shown(tx: Transaction, ticket: int, mail_: int, position: int, *, outgoing: bool) -> Attached | None:
    """One file of a ticket's own conversation that its client may see: the one at that place of a mail; None for every other."""
    row = tx.execute(_SENT if outgoing else _CAME, {"of_ticket": ticket, "of_mail": mail_, "place": position}).first()
    return _attached(row) if row else None


def _attached(row: Row[Any]) -> Attached:
    return Attached(row.id, row.name, row.content_type, row.size, row.inline, row.mail, row.outgoing, row.position)


def content(tx: Transaction, id_: int) -> bytes:
    """The bytes of one. Raises LookupError for an id that is not there."""
    row = tx.execute(_ONE, {"wanted": id_}).one_or_none()
    if row is None:
        raise LookupError(f"there is no attachment {id_}")
    if row.blob is not None:
        return blobs.read(tx, [row.blob])[row.blob]
    # Its mail was kept before files had hashes.
    whole = tx.execute(_BLOBS, {"mails": [row.mail]}).one().blob
    return taken_out(blobs.read(tx, [whole])[whole], row.position)


def _brought(tx: Transaction, brought: Sequence[Brought]) -> Iterable[dict[str, object]]:
    if not brought:
        return []
    within = {row.id: row.blob for row in tx.execute(_BLOBS, {"mails": [one.mail for one in brought]})}
    files = [(one.mail, place, file) for one in brought for place, file in enumerate(one.files)]
    parts = [Part(file.sha256, file.size, within[mail_], place) for mail_, place, file in files]
    return [
        {
            "mail": mail_,
            "outgoing": None,
            "position": place,
            "blob": blob,
            "name": file.filename,
            "content_type": file.content_type,
            "size": file.size,
            "content_id": file.content_id,
            "inline": file.inline,
        }
        for (mail_, place, file), blob in zip(files, blobs.point(tx, parts), strict=True)
    ]


def _taken(tx: Transaction, taken: Sequence[Taken]) -> Iterable[dict[str, object]]:
    files = [(one.outgoing, place, file) for one in taken for place, file in enumerate(one.files)]
    if not files:
        return []
    return [
        {
            "mail": None,
            "outgoing": outgoing,
            "position": place,
            "blob": blob,
            "name": file.name,
            "content_type": file.content_type,
            "size": len(file.data),
            "content_id": "",
            "inline": False,
        }
        for (outgoing, place, file), blob in zip(
            files, blobs.write(tx, [file.data for _, _, file in files]), strict=True
        )
    ]
