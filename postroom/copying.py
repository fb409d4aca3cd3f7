"""Copying: what went out from a mailbox, into its folder of sent mail, where people look for it. It is never a reason to send anything again."""

from datetime import datetime, timedelta

from inbound.imap import Mailbox, MailboxRefused
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.log import event, trouble
from store import uncopied
from store.failpoint import failpoint
from store.leases import Lease
from store.uncopied import Uncopied

AT_ONCE = 50
PATIENCE = timedelta(days=1)  # for a folder that takes none; then a copy is given up, and said
CLOCKS_APART = timedelta(days=2)


class Copier:
    """Of one mailbox. One thread."""

    def __init__(self, app: App, box: MailboxConfig, folder: Mailbox, lease: Lease | None) -> None:
        """`folder` is that of sent mail, on the mailbox's connection."""
        self._app = app
        self._box = box
        self._folder = folder
        self._lease = lease
        self._refused = ""  # what the server last said when it took none

    def copy(self) -> int:
        """Puts there what is not there yet; how many mails. Raises MailboxDown, DatabaseDown, LeaseLost; a folder that is refused is said."""
        with self._app.database.read() as tx:
            if self._lease:
                self._lease.check(tx)
            found = uncopied.waiting(tx, self._box.name, AT_ONCE)
        copied = sum(self._settled(one) for one in found)
        if copied:
            event("mail.copied", mailbox=self._box.name, count=copied)
        return copied

    def _settled(self, one: Uncopied) -> bool:
        at = self._app.now()
        try:
            copied = one.raw is not None and self._put(one.raw, one.message_id, one.sent_at or at)
        except MailboxRefused as refused:
            copied = False
            if not self._is_given_up(one, refused, at):
                return False
        with self._app.database.write() as tx:
            uncopied.done(tx, one.id)
        return copied

    def _put(self, raw: bytes, message_id: str, sent_at: datetime) -> bool:
        """Once: a copy may lie there since a run was cut off here, or because the house makes them by itself."""
        if self._folder.is_open:
            self._folder.turn()
        else:
            self._folder.open()
        if not self._folder.holds(message_id, (sent_at - CLOCKS_APART).date()):
            self._folder.append(raw, sent_at)
            failpoint("copy.after_append")
        return True

    def _is_given_up(self, one: Uncopied, refused: MailboxRefused, at: datetime) -> bool:
        old = one.sent_at is None or at - one.sent_at > PATIENCE
        if old or str(refused) != self._refused:
            trouble("mail.not_copied", id=f"o{one.id}", mailbox=self._box.name, given_up=old, reason=refused)
        self._refused = str(refused)
        return old
