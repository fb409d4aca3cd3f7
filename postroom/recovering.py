"""Recovering: after a restore, the mails that were filed since the backup, into the ledger again. It moves none, and sends none."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from inbound.imap import Fetched, Mailbox
from inbound.spool import Spool
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.log import event, trouble
from store import folders, incoming, restored
from store.database import Transaction
from store.incoming import Incoming
from store.leases import Lease


def read_again(app: App, box: MailboxConfig, mailbox: Mailbox, lease: Lease | None = None) -> int:
    """Keeps what lies in the folder of filed mails and the ledger does not know; how many mails. Raises MailboxDown, LeaseLost.

    Cut off, it is begun again, and keeps nothing twice: what is known is known by its bytes.
    """
    candidates = list(unknown(app, box, mailbox))  # none where the backup knew nothing of the mailbox
    kept = sum(_keep(app, box, mailbox, lacking(app, box, batch), lease) for batch in mailbox.fetch(candidates))
    for uid, why in mailbox.unreadable.items():
        trouble("mail.unreadable", mailbox=box.name, uid=uid, reason=why)
    with app.database.write() as tx:
        _hold(tx, lease)
        restored.read_again(tx, box.name)
    event("mailbox.read_again", mailbox=box.name, count=kept)
    return kept


def unknown(app: App, box: MailboxConfig, mailbox: Mailbox) -> dict[int, datetime]:
    """UIDs of an open folder that may hold what the ledger lacks, and when they came; of those since the ledger began.

    No mail of the ledger came at that second with that size, or fewer than there are.
    """
    listed = mailbox.listed(mailbox.all_uids())
    there = Counter(listed.values())
    with app.database.read() as tx:
        since = folders.since(tx, box.name, box.settings.folder)
        known = incoming.shapes(tx, box.name)
    if since is None:
        return {}
    return {uid: at for uid, (at, size) in sorted(listed.items()) if at >= since and there[at, size] > known[at, size]}


def lacking(app: App, box: MailboxConfig, mails: Sequence[Fetched]) -> list[Fetched]:
    """Those whose bytes this mailbox has never brought."""
    digests = [digest(mail.raw) for mail in mails]
    with app.database.read() as tx:
        known = incoming.brought(tx, box.name, set(digests))
    return [mail for mail, digest in zip(mails, digests, strict=True) if digest not in known]


def _keep(app: App, box: MailboxConfig, mailbox: Mailbox, mails: Sequence[Fetched], lease: Lease | None) -> int:
    if not mails:
        return 0
    where = (box.name, box.settings.processed_folder, mailbox.uidvalidity)
    with app.database.write() as tx:
        _hold(tx, lease)
        incoming.keep(tx, *where, [Incoming(mail.uid, mail.raw, mail.received_at) for mail in mails], app.now())
        incoming.moved(tx, *where, [mail.uid for mail in mails])
    return len(mails)


def digest(raw: bytes | Spool) -> str:
    return raw.sha256 if isinstance(raw, Spool) else sha256(raw).hexdigest()


def _hold(tx: Transaction, lease: Lease | None) -> None:
    if lease:
        lease.hold(tx)
