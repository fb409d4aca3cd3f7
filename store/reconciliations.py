"""How the ledger and each mailbox last compared: for the digest and the pages. It compares nothing."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, select, update

from outbound.standing import Reconciled
from store.database import Transaction
from store.inserting import unless_there
from store.tables import mail, reconciliation

_of = reconciliation.c


def note(tx: Transaction, found: Reconciled) -> None:
    """The newest of a mailbox is the one that counts."""
    new = {
        "at": found.at,
        "there": found.there,
        "wrong": found.wrong,
        "junk": found.junk,
        "strays": found.strays,
    }
    if tx.execute(update(reconciliation).where(_of.mailbox == found.mailbox).values(new)).rowcount == 0:
        tx.execute(unless_there(reconciliation), {"mailbox": found.mailbox, **new})


def due(tx: Transaction, mailbox: str, before: datetime) -> bool:
    """Whether the last time was before that; where there was none, whether the ledger had a mail of it by then."""
    at = tx.execute(select(_of.at).where(_of.mailbox == mailbox)).scalar()
    if at is not None:
        return bool(at < before)
    return bool(tx.execute(select(exists().where(mail.c.kept_at < before, mail.c.account == mailbox))).scalar())


def reconciled(tx: Transaction) -> tuple[Reconciled, ...]:
    """By mailbox."""
    rows = tx.execute(select(reconciliation).order_by(_of.mailbox))
    return tuple(Reconciled(row.mailbox, row.at, row.there, row.wrong, row.junk, row.strays) for row in rows)


def only(tx: Transaction, mailboxes: Collection[str]) -> None:
    """Forget what is known of mailboxes that are no more; these are all that there are."""
    tx.execute(delete(reconciliation).where(_of.mailbox.not_in(mailboxes)))
