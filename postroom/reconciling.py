"""Reconciling: the ledger beside the folders of the server, once a day, and when somebody asks. It changes neither, and notes what it found."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from inbound.imap import Mailbox, MailboxRefused
from outbound.standing import Reconciled
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.junk import came_lately
from postroom.log import event, trouble
from postroom.reader import unread
from postroom.recovering import lacking, unknown
from postroom.strays import strays
from store import incoming, reconciliations

OFTEN = timedelta(days=1)
MOST = 200  # mails that are read whole to be sure that the ledger lacks them; a server may be wrong about sizes
PUT_BACK = "move them to the inbox, where they are read as new; after a restore by other means: postroom restore --mark"


def due(app: App, box: MailboxConfig) -> bool:
    """Whether the last comparison is a day old, or there was none in the first day of the ledger."""
    with app.database.read() as tx:
        return reconciliations.due(tx, box.name, app.now() - OFTEN)


def reconcile(app: App, box: MailboxConfig, inbox: Mailbox, filed: Mailbox | None) -> Reconciled:
    """Compares both folders, which are open; `filed` is None where mail stays in its folder. Raises MailboxDown, DatabaseDown."""
    there = len(inbox.all_uids()) + (len(filed.all_uids()) if filed else 0)
    found = Reconciled(box.name, app.now(), there, tuple(_wrong(app, box, inbox, filed)))
    _note(app, found)  # first: where a folder that nobody reads ends the connection, that is once a day
    found = replace(found, junk=_junk(app, box, inbox), strays=strays(app, box, inbox))
    _note(app, found)
    if found.wrong:
        trouble("mailbox.differs", mailbox=box.name, reason="; ".join(found.wrong))
    else:
        event("mailbox.reconciled", mailbox=box.name, mails=there)
    return found


def _note(app: App, found: Reconciled) -> None:
    with app.database.write() as tx:
        reconciliations.note(tx, found)
        reconciliations.only(tx, [one.name for one in app.config.mailboxes])


def _junk(app: App, box: MailboxConfig, inbox: Mailbox) -> int:
    try:
        return came_lately(app, box, inbox)
    except MailboxRefused:  # of that `check` tells
        return 0


def _wrong(app: App, box: MailboxConfig, inbox: Mailbox, filed: Mailbox | None) -> Iterator[str]:
    folder = box.settings.folder
    for name, number in unread(app, box, inbox).items():
        if number:
            yield f"{number} of {name} not in the ledger: postroom run reads them, or says why it cannot"
    if filed is None:
        return
    with app.database.read() as tx:
        left = set(incoming.unmoved(tx, box.name, folder, inbox.uidvalidity))
    if still := len(left & set(inbox.all_uids())):
        yield f"{still} in the ledger and still in {folder}: the server does not let them be moved"
    if lost := _lost(app, box, filed):
        yield f"{len(lost)} of {box.settings.processed_folder} not in the ledger, e.g. UID {lost[0]}: {PUT_BACK}"


def _lost(app: App, box: MailboxConfig, filed: Mailbox) -> list[int]:
    """UIDs of filed mails that the ledger lacks; the newest, where there are very many."""
    candidates = list(unknown(app, box, filed))[-MOST:]
    return [mail.uid for batch in filed.fetch(candidates) for mail in lacking(app, box, batch)]
