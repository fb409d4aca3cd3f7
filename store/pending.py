"""Mails that wait for work: claimed with a lease, given back, set aside. No mail is ever tried more than three times unseen."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile, zip_longest

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, or_, select, update

from inbound.excerpt import Excerpt, excerpt
from inbound.limits import Limits
from store import blobs
from store.database import Transaction
from store.incoming import MailState
from store.tables import LIVE, blob, chunk, mail, part

TRIES = 3
_READ_WHOLE = Limits().size
AGAIN = "again, because staff said so"  # the reason of a mail that was quarantined and waits once more
_CLAIM_BYTES = 32 * 1024 * 1024  # what one claim may hold in memory, unless one mail alone is larger


@dataclass(frozen=True, slots=True)
class Pending:
    """A mail that this process may work on now. `attempts` counts this one."""

    id: int
    account: str
    received_at: datetime
    attempts: int
    raw: bytes | Excerpt  # an Excerpt where the parser may not have all of it
    again: bool = False  # staff want it processed, whatever it was set aside for
    folder: str = ""
    kept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """A mail that has used up its tries, and why that is known."""

    id: int
    account: str
    folder: str
    reason: str


_Oldest = Row[int, str, datetime, int, int, str, int, str, datetime]

_FREE = or_(mail.c.lease_until.is_(None), mail.c.lease_until <= bindparam("now"))
_WAITING = (mail.c.state == MailState.PENDING.value, _FREE)


@dataclass(frozen=True, slots=True)
class _Line:
    """Some of the waiting mails: one look a mailbox, however many mails wait in each."""

    next_account: Select[str]
    oldest: Select[int, str, datetime, int, int, str, int, str, datetime]


def _line(*waiting: ColumnElement[bool]) -> _Line:
    return _Line(
        select(mail.c.account).where(*waiting, mail.c.account > bindparam("after")).order_by(mail.c.account).limit(1),
        select(
            mail.c.id,
            mail.c.account,
            mail.c.received_at,
            mail.c.attempts,
            mail.c.blob,
            mail.c.reason,
            blob.c.size,
            mail.c.folder,
            mail.c.kept_at,
        )
        .join_from(mail, blob)
        .where(*waiting, mail.c.account == bindparam("account"))
        .order_by(mail.c.received_at, mail.c.id)
        .limit(bindparam("limit"))
        .with_for_update(of=mail, skip_locked=True),  # PostgreSQL's; SQLite writes one at a time anyway
    )


# Who writes today does not wait behind years of mail that are imported.
_LINES = (_line(LIVE, _FREE), _line(*_WAITING))
_TRY = (
    update(mail)
    .where(mail.c.id == bindparam("of_id"))
    .values(attempts=mail.c.attempts + 1, lease_until=bindparam("end"))
)
_POISONED = select(mail.c.id, mail.c.account, mail.c.folder, mail.c.reason).where(*_WAITING, mail.c.attempts >= TRIES)
_OF_ID = mail.c.id == bindparam("of_id")
_IS_PENDING = mail.c.state == MailState.PENDING.value
_ANY = select(mail.c.id).where(_IS_PENDING).limit(1)
_IS_CLAIMED = mail.c.lease_until.is_not(None)
_SET_ASIDE = (
    update(mail)
    .where(_OF_ID, _IS_PENDING)
    .values(state=MailState.QUARANTINED, lease_until=None, reason=bindparam("why"))
)
_UNTRIED = update(mail).where(_OF_ID, _IS_PENDING, _IS_CLAIMED).values(lease_until=None, attempts=mail.c.attempts - 1)
_FAILED = update(mail).where(_OF_ID, _IS_PENDING, _IS_CLAIMED).values(lease_until=None, reason=bindparam("why"))
_BYTES = or_(exists().where(chunk.c.blob == mail.c.blob), exists().where(part.c.blob == mail.c.blob))
_AGAIN = (
    update(mail)
    .where(_OF_ID, mail.c.state == MailState.QUARANTINED.value, _BYTES)
    .values(state=MailState.PENDING, attempts=0, lease_until=None, reason=AGAIN)
)


def spent(tx: Transaction, now: datetime) -> list[Spent]:
    """Mails whose last try came to no end: what worked on them died or hung. `claim` sets them aside."""
    why = "no try came to an end: the worker died or hung"
    rows = tx.execute(_POISONED, {"now": now})
    return [Spent(row.id, row.account, row.folder, f"tried {TRIES} times: {row.reason or why}") for row in rows]


def are_there(tx: Transaction) -> bool:
    """Whether any mail waits, or is in hand."""
    return tx.execute(_ANY).first() is not None


def claim(tx: Transaction, limit: int, now: datetime, lease_seconds: float, *, untried: bool = False) -> list[Pending]:
    """The oldest waiting mails, theirs until the lease ends; commit before the work, so that the attempt counts.

    Imported ones come when no other mail waits. The mailboxes take turns: a thousand mails in one keep none of another waiting. A mail that was tried three times without an end is quarantined here. One that failed before comes alone:
    whatever kills its worker takes no other mail with it. `untried` asks for none of those, nor for what is behind one.
    """
    if poison := spent(tx, now):
        tx.execute(_SET_ASIDE, [{"of_id": one.id, "why": one.reason} for one in poison])
    queues = next(filter(None, (_queues(tx, line, limit, now) for line in _LINES)), [])
    chosen = sorted(_batch(_turns(queues, untried=untried), limit), key=_age)
    if not chosen:
        return []
    end = now + timedelta(seconds=lease_seconds)
    tx.execute(_TRY, [{"of_id": row.id, "end": end} for row in chosen])
    raws: dict[int, bytes | Excerpt] = dict(blobs.read(tx, {row.blob for row in chosen if row.size <= _READ_WHOLE}))
    raws |= {row.blob: excerpt(blobs.pieces(tx, row.blob)) for row in chosen if row.size > _READ_WHOLE}
    return [
        Pending(
            row.id,
            row.account,
            row.received_at,
            row.attempts + 1,
            raws[row.blob],
            again=row.reason == AGAIN,
            folder=row.folder,
            kept_at=row.kept_at,
        )
        for row in chosen
    ]


def release(tx: Transaction, ids: Sequence[int], *, failed: str = "") -> None:
    """Give mails back before their lease ends.

    Without `failed` they were not tried, and the attempt does not count. `failed` says why the try failed; it
    stays as the reason if they are quarantined.
    """
    if ids:
        tx.execute(_FAILED if failed else _UNTRIED, [{"of_id": i, **({"why": failed} if failed else {})} for i in ids])


def take_over(tx: Transaction) -> int:
    """End every lease now; how many that were. The attempts count. Only for whoever knows that all workers are dead."""
    return tx.execute(update(mail).where(_IS_PENDING, _IS_CLAIMED).values(lease_until=None)).rowcount


def quarantine(tx: Transaction, id_: int, reason: str) -> bool:
    """Set a pending mail aside, visible with its reason and its bytes; False if it is not pending."""
    return tx.execute(_SET_ASIDE, {"of_id": id_, "why": reason}).rowcount == 1


def retry(tx: Transaction, id_: int) -> bool:
    """A quarantined mail, again from the start; False if it is not quarantined, or its bytes have been forgotten."""
    return tx.execute(_AGAIN, {"of_id": id_}).rowcount == 1


def _queues(tx: Transaction, line: _Line, limit: int, now: datetime) -> list[Sequence[_Oldest]]:
    """Of each mailbox that has waiting mail the oldest."""
    accounts = _accounts(tx, line, now)
    return [tx.execute(line.oldest, {"account": account, "limit": limit, "now": now}).all() for account in accounts]


def _accounts(tx: Transaction, line: _Line, now: datetime) -> Iterator[str]:
    after = ""
    while account := tx.execute(line.next_account, {"after": after, "now": now}).scalar():
        yield account
        after = account


def _turns(queues: Sequence[Sequence[_Oldest]], *, untried: bool) -> Iterator[_Oldest]:
    """One of each mailbox, then the next ones. What was tried before comes when it is the oldest of all, and alone."""
    queues = sorted(filter(None, queues), key=lambda queue: _age(queue[0]))
    if queues and queues[0][0].attempts and not untried:
        yield queues[0][0]
        return
    good = (takewhile(lambda row: not row.attempts, queue) for queue in queues)
    yield from (row for turn in zip_longest(*good) for row in turn if row is not None)


def _batch(rows: Iterator[_Oldest], limit: int) -> Iterator[_Oldest]:
    size = 0
    for row in islice(rows, limit):
        size += row.size
        if size > _CLAIM_BYTES and size > row.size:
            return
        yield row


def _age(row: _Oldest) -> tuple[datetime, int]:
    return row.received_at, row.id
