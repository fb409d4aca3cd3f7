"""After a restore: what the database cannot know any more, since the world has gone on. It sends nothing, and reads no mail.

Mails may have been sent, and tickets opened, that the backup knows nothing of. So nothing that was on its way is sent by
itself, and no number that may have been given is given again.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, delete, func, null, select, true, update

from outbound.outbox import State
from store.database import Transaction
from store.inserting import unless_there
from store.tables import counter, lease, mail, outbox, runner, session, sign_in, ticket

LEAP = 10_000  # numbers that may have been given since the backup: tickets, and versions of one
WHY = "it was on its way when the backup was made, and may have been sent since"

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_NAME = counter.c.name == bindparam("of_name")
_VALUE = select(counter.c.value).where(_NAME)
_SET = update(counter).where(_NAME).values(value=bindparam("new"))
_POINT = "restored"
_ON_ITS_WAY = [state.value for state in (State.QUEUED, State.SENDING, State.RETRY, State.UNKNOWN)]
_DOUBTED = (
    update(outbox)
    .where(outbox.c.next_at.is_not(None), outbox.c.state.in_(_ON_ITS_WAY))
    .values(state=State.UNKNOWN, next_at=null(), runner=null(), last_answer=WHY, told=true())
)


def mark(tx: Transaction, now: datetime) -> int:
    """Say that this database was put back from a backup; of how many outgoing mails nobody knows whether they went."""
    tx.execute(update(counter).where(counter.c.name == "ticket").values(value=counter.c.value + LEAP))
    # What a person does again has a cause of its own, and so a Message-ID of its own: programs hide what has a known one.
    tx.execute(update(ticket).values(version=ticket.c.version + LEAP))
    tx.execute(update(mail).where(mail.c.lease_until.is_not(None)).values(lease_until=null()))
    for table in (lease, runner, session, sign_in):  # who had signed out since would be signed in again
        tx.execute(delete(table))
    _put(tx, _POINT, (now - _EPOCH) // _MICROSECOND)
    return tx.execute(_DOUBTED).rowcount


def point(tx: Transaction) -> datetime | None:
    """When this database was last put back from a backup; None: never."""
    value = tx.execute(_VALUE, {"of_name": _POINT}).scalar()
    return None if value is None else _EPOCH + value * _MICROSECOND


def to_read_again(tx: Transaction, mailbox: str) -> bool:
    """Whether what was filed in this mailbox since the backup has yet to be read again."""
    last = tx.execute(_VALUE, {"of_name": _POINT}).scalar()
    return last is not None and last != tx.execute(_VALUE, {"of_name": _done(mailbox)}).scalar()


def read_again(tx: Transaction, mailbox: str) -> None:
    """Note that all of it is in the ledger."""
    if last := tx.execute(_VALUE, {"of_name": _POINT}).scalar():
        _put(tx, _done(mailbox), last)


def size(tx: Transaction) -> tuple[int, int]:
    """How many mails and tickets it holds."""
    counts = (select(func.count()).select_from(table) for table in (mail, ticket))
    mails, tickets = (tx.execute(one).scalar_one() for one in counts)
    return mails, tickets


def _put(tx: Transaction, name: str, value: int) -> None:
    tx.execute(unless_there(counter), {"name": name, "value": value})
    tx.execute(_SET, {"of_name": name, "new": value})


def _done(mailbox: str) -> str:
    return f"read again: {mailbox}"
