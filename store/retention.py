"""What need not be kept for ever: the bytes of mail that machines sent, and that is on no ticket. Its row stays, and so does its hash.

So a second copy of such a mail is still known for one, and the sum of all mails is right.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from sqlalchemy import bindparam, exists, select, update

from store import blobs
from store.database import Transaction
from store.incoming import MailState
from store.inserting import unless_there
from store.tables import attachment, blob, correction, counter, mail, part

AT_ONCE = 500
_NAME = "bytes forgotten"
_IS = counter.c.name == _NAME
_NEXT = (
    select(mail.c.id, mail.c.kept_at, mail.c.blob, mail.c.state)
    .where(mail.c.id > bindparam("after"))
    .order_by(mail.c.id)
    .limit(AT_ONCE)
)
_other = mail.alias("other")
# Bytes that anything else lives by stay: another delivery, a file of a ticket, a case of `classify --cases`.
_FREE = select(blob.c.id).where(
    blob.c.id.in_(bindparam("ids", expanding=True)),
    ~exists().where(
        _other.c.blob == blob.c.id,
        (_other.c.state != MailState.PARKED.value) | (_other.c.kept_at >= bindparam("before")),
    ),
    ~exists().where(part.c.within == blob.c.id),
    ~exists().where(attachment.c.blob == blob.c.id),
    ~exists().where(correction.c.mail == mail.c.id, mail.c.blob == blob.c.id),
)


def forget_bytes(tx: Transaction, before: datetime) -> int:
    """The bytes of parked mails that were kept before then, some at a time; how many mails were looked at."""
    last = tx.execute(select(counter.c.value).where(_IS)).scalar() or 0
    rows = list(takewhile(lambda row: row.kept_at < before, tx.execute(_NEXT, {"after": last})))
    if rows:
        blobs.empty(tx, _free(tx, [row.blob for row in rows if row.state == MailState.PARKED], before))
        tx.execute(unless_there(counter), {"name": _NAME, "value": 0})
        tx.execute(update(counter).where(_IS).values(value=rows[-1].id))
    return len(rows)


def _free(tx: Transaction, ids: Sequence[int], before: datetime) -> Sequence[int]:
    return tx.execute(_FREE, {"ids": list(set(ids)), "before": before}).scalars().all() if ids else []
