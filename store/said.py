"""Said: the entries of conversations, each as a value, with the words of what we sent. It reads, and changes nothing."""

from collections.abc import Sequence
from email import message_from_bytes
from typing import Any

from sqlalchemy import Row, select

from store.lines import Attached, Said
from store.tables import entry, outbox

ENTRIES = (
    select(entry, outbox.c.raw, outbox.c.recipient)
    .select_from(entry)
    .outerjoin(outbox, outbox.c.id == entry.c.outgoing)
)


def as_said(row: Row[Any], files: Sequence[Attached]) -> Said:
    """A row of ENTRIES with those of the files that belong to it."""
    return Said(
        mail=row.mail,
        kind=row.kind,
        direction=row.direction,
        author=row.author,
        at=row.at,
        subject=row.subject,
        text=readable(row.raw) if row.raw else row.text,
        visible_to=row.visible_to,
        because=row.because,
        outgoing=row.outgoing,
        ticket=row.ticket,
        recipient=row.recipient or "",
        attachments=tuple(f for f in files if _belongs(f, row)),
    )


def _belongs(file: Attached, row: Row[Any]) -> bool:
    """Whether it came, or went, with this entry; notes that a mail has caused have none."""
    mine, its = (file.mail, row.mail) if row.direction == "in" else (file.outgoing, row.outgoing)
    return mine is not None and mine == int(its or 0)


def readable(raw: bytes) -> str:
    """The text of a mail of our own making; what others send is parsed elsewhere, under limits."""
    # Without a policy that takes every header apart: a page reads several mails.
    for part in message_from_bytes(raw).walk():
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            octets: Any = part.get_payload(decode=True)
            return str(octets.decode(part.get_content_charset("utf-8"), "replace")).replace("\r\n", "\n")
    return ""
