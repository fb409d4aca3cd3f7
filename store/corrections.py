"""Corrections: what staff say that a mail is. Each is kept, and the newest of a mail is a case. It decides nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from classifier.verdict import PERSON
from inbound.excerpt import Excerpt, excerpt
from inbound.limits import Limits
from store import blobs
from store.columns import Instant
from store.database import Transaction
from store.errors import Moved
from store.incoming import MailState
from store.tables import blob, correction, effect, entry, history, mail

MOST_HITS = 10  # other mails that a rule would fit
_READ_WHOLE = Limits().size

_FILED = select(mail).where(mail.c.id == bindparam("wanted"))
_SIZE = select(blob.c.id, blob.c.size).join_from(mail, blob).where(mail.c.id == bindparam("wanted"))
_MOVES = (
    select(history.c.was, history.c.status, history.c.at, history.c.mail)
    .where(history.c.ticket == bindparam("number"), history.c.was != history.c.status)
    .order_by(history.c.id)
)
_CAME = (
    select(entry.c.at)
    .where(entry.c.mail == bindparam("wanted"), entry.c.ticket == bindparam("number"), entry.c.direction == "in")
    .order_by(entry.c.id)
    .limit(1)
)
_WROTE = (
    select(entry.c.id)
    .where(
        entry.c.ticket == bindparam("number"),
        entry.c.direction == "in",
        entry.c.mail != bindparam("wanted"),
        entry.c.kind.in_([kind.value for kind in PERSON]),
        entry.c.at >= bindparam("since", type_=Instant),
    )
    .limit(1)
)
_REOPEN = (
    update(mail)
    .where(mail.c.id == bindparam("wanted"), mail.c.state == MailState.PARKED.value)
    .values(state=MailState.PENDING)
)
_KEY = select(mail.c.content_key).where(mail.c.id == bindparam("wanted")).scalar_subquery()
_UNDO = delete(effect).where(effect.c.content_key == _KEY, effect.c.mail == bindparam("wanted"))
_NEWEST = select(func.max(correction.c.id)).group_by(correction.c.mail)
_CASES = (
    select(correction, mail.c.account, mail.c.received_at)
    .join_from(correction, mail, mail.c.id == correction.c.mail)
    .where(correction.c.id.in_(_NEWEST))
    .order_by(correction.c.mail)
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A mail of the ledger, as it stands."""

    id: int
    account: str
    state: str
    kind: str
    ticket: int | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a ticket's status, and the mail that caused it, if one did. `was` is "" where the ticket was opened."""

    was: str
    status: str
    at: datetime
    mail: int | None


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody of the staff said of a mail."""

    mail: int
    at: datetime
    by: str
    was: str
    kind: str
    said: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A mail of which staff have said what it is: what classifying it has to give."""

    correction: Correction
    account: str
    received_at: datetime


def filed(tx: Transaction, id_: int) -> Filed | None:
    row = tx.execute(_FILED, {"wanted": id_}).one_or_none()
    return Filed(row.id, row.account, row.state, row.kind, row.ticket, row.received_at) if row else None


def raw(tx: Transaction, id_: int) -> bytes | Excerpt:
    """The bytes of a mail, or an excerpt where the parser may not have all of them. Raises LookupError."""
    row = tx.execute(_SIZE, {"wanted": id_}).one_or_none()
    if row is None:
        raise LookupError(f"there is no mail {id_}")
    pieces = blobs.pieces(tx, row.id)
    return b"".join(pieces) if row.size <= _READ_WHOLE else excerpt(pieces)


def changes(tx: Transaction, number: int) -> tuple[Change, ...]:
    """Every change of a ticket's status, oldest first."""
    return tuple(Change(row.was, row.status, row.at, row.mail) for row in tx.execute(_MOVES, {"number": number}))


def came(tx: Transaction, id_: int, number: int) -> datetime | None:
    """When a mail came onto its ticket."""
    return tx.execute(_CAME, {"wanted": id_, "number": number}).scalar()


def wrote_since(tx: Transaction, id_: int, number: int, since: datetime) -> bool:
    """Whether a person's mail has come onto the ticket since this one."""
    return tx.execute(_WROTE, {"wanted": id_, "number": number, "since": since}).first() is not None


def reopen(tx: Transaction, id_: int) -> None:
    """A parked mail waits again, inside this transaction: what follows is applied before it ends. Raises Moved."""
    if tx.execute(_REOPEN, {"wanted": id_}).rowcount != 1:
        raise Moved(f"mail {id_} is not parked any more")
    tx.execute(_UNDO, {"wanted": id_})


def record(tx: Transaction, one: Correction) -> None:
    row = {"mail": one.mail, "at": one.at, "by": one.by, "was": one.was, "kind": one.kind}
    tx.execute(insert(correction), {**row, "said": one.said, "note": one.note})


def cases(tx: Transaction) -> Iterator[Case]:
    """The newest correction of each mail, in the order of the mails."""
    for row in tx.execute(_CASES).all():
        said = Correction(row.mail, row.at, row.by, row.was, row.kind, row.said, row.note)
        yield Case(said, row.account, row.received_at)


def others(tx: Transaction, sender: str, subject: str, not_kinds: tuple[str, ...], limit: int = MOST_HITS) -> list[int]:
    """Mails of other kinds from this address (or @domain), with these words in their subject: the newest."""
    wanted: list[ColumnElement[bool]] = [mail.c.kind.not_in([*not_kinds, ""])]
    if sender:
        wanted.append(func.lower(mail.c.sender) == sender.lower())
    if subject:
        wanted.append(mail.c.subject.icontains(subject, autoescape=True))
    return list(tx.execute(select(mail.c.id).where(*wanted).order_by(mail.c.id.desc()).limit(limit)).scalars())
