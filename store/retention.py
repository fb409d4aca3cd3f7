"""What need not be kept for ever: the bytes of mail that is on no ticket, and of what we wrote to staff. The row stays, and the hash of what came.

So a second copy of such a mail is still known for one, and the sum of all mails is right.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import bindparam, exists, select, update

from outbound.outbox import State
from store import blobs
from store.database import Transaction
from store.incoming import MailState
from store.inserting import unless_there
from store.tables import attachment, blob, chunk, correction, counter, mail, outbox, part
from workflow.machine import Nature

AT_ONCE = 500
_PARKED, _STAFFS = "bytes forgotten", "words to staff forgotten"  # counters: up to which id
_other = mail.alias("other")
# Bytes that anything else lives by stay: another delivery, a file of a ticket, a case of `classify --cases`.
_FREE = select(blob.c.id).where(
    blob.c.id.in_(bindparam("ids", expanding=True)),
    ~exists().where(
        _other.c.blob == blob.c.id,
        _other.c.state.not_in(bindparam("states", expanding=True)) | (_other.c.kept_at >= bindparam("before")),
    ),
    ~exists().where(part.c.within == blob.c.id),
    ~exists().where(attachment.c.blob == blob.c.id),
    ~exists().where(correction.c.mail == mail.c.id, mail.c.blob == blob.c.id),
)
_NEXT = (
    select(mail.c.id, mail.c.kept_at, mail.c.blob, mail.c.state)
    .where(mail.c.id > bindparam("after"))
    .order_by(mail.c.id)
    .limit(AT_ONCE)
)
_IS_SET_ASIDE = mail.c.state == MailState.QUARANTINED.value
_SET_ASIDE = (
    select(mail.c.blob)
    .where(
        _IS_SET_ASIDE,
        mail.c.kept_at < bindparam("before"),
        exists().where(chunk.c.blob == mail.c.blob),
    )
    .limit(AT_ONCE)
)
_NEXT_OUT = (
    select(outbox.c.id, outbox.c.queued_at, outbox.c.nature, outbox.c.state)
    .where(outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(AT_ONCE)
)
_ON_ITS_WAY = frozenset({State.QUEUED, State.SENDING, State.RETRY, State.UNKNOWN})
_NEWEST = select(mail.c.received_at).order_by(mail.c.kept_at.desc()).limit(1)


def day(tx: Transaction, now: datetime) -> datetime:
    """By which ages are reckoned: ours, or where the mail server's clock was when the last mail came, if that is earlier.

    One clock that is wrong makes nothing old.
    """
    newest = tx.execute(_NEWEST).scalar()
    return min(now, newest) if newest else now


def forget_parked(tx: Transaction, before: datetime) -> int:
    """The bytes of parked mails that were kept before then, some at a time; how many mails were looked at."""
    rows = list(takewhile(lambda row: row.kept_at < before, tx.execute(_NEXT, {"after": _done(tx, _PARKED)})))
    if rows:
        parked = [row.blob for row in rows if row.state == MailState.PARKED]
        blobs.empty(tx, _free(tx, parked, before, MailState.PARKED))
        _note(tx, _PARKED, rows[-1].id)
    return len(rows)


def forget_quarantined(tx: Transaction, before: datetime) -> int:
    """The bytes of quarantined mails that were kept before then, some at a time; how many. They are parked: nobody can mend them any more."""
    found = tx.execute(_SET_ASIDE, {"before": before}).scalars().all()
    free = _free(tx, found, before, MailState.PARKED, MailState.QUARANTINED)
    blobs.empty(tx, free)
    tx.execute(update(mail).where(mail.c.blob.in_(free), _IS_SET_ASIDE).values(state=MailState.PARKED))
    return len(free)


def forget_written(tx: Transaction, before: datetime) -> int:
    """The bytes of what went to staff before then, some at a time; how many mails were looked at. What clients got goes with its ticket."""
    rows = list(takewhile(lambda row: row.queued_at < before, tx.execute(_NEXT_OUT, {"after": _done(tx, _STAFFS)})))
    if rows:
        ids = [row.id for row in rows if row.nature in {Nature.STAFF, Nature.DIGEST} and row.state not in _ON_ITS_WAY]
        tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(raw=b""))
        _note(tx, _STAFFS, rows[-1].id)
    return len(rows)


def _done(tx: Transaction, name: str) -> int:
    return tx.execute(select(counter.c.value).where(counter.c.name == name)).scalar() or 0


def _note(tx: Transaction, name: str, last: int) -> None:
    tx.execute(unless_there(counter), {"name": name, "value": 0})
    tx.execute(update(counter).where(counter.c.name == name).values(value=last))


def _free(tx: Transaction, ids: Sequence[int], before: datetime, *states: MailState) -> Sequence[int]:
    values = {"ids": list(set(ids)), "before": before, "states": [state.value for state in states]}
    return tx.execute(_FREE, values).scalars().all() if ids else []
