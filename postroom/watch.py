"""Watch: whether one mailbox can be read, said and written down when that changes. It reads none, and never waits."""

from datetime import datetime, timedelta

from inbound.imap import MailboxBusy
from postroom import alerting
from postroom.app import App
from postroom.log import event, trouble
from store import outages, readings
from store.errors import DatabaseDown

OFTEN = timedelta(minutes=1)  # that a mailbox is read is written down no more often


class Watch:
    """Of one mailbox. One thread."""

    def __init__(self, app: App, mailbox: str) -> None:
        self._app = app
        self._mailbox = mailbox
        self._said = ""
        self._busy = False  # the server has asked to be left alone
        self._noted: str | None = None  # nothing is known of what a process before this one has written
        self._read_at: datetime | None = None  # as it was last written down

    def lost(self, error: Exception) -> None:
        """It cannot be read; said once, not at every try."""
        # How long a server asks for differs from time to time.
        why = self._said if isinstance(error, MailboxBusy) and self._busy else str(error)
        self._busy = isinstance(error, MailboxBusy)
        self._note(why)  # first: whoever has read the line finds it in a digest
        if why != self._said:
            trouble("mailbox.busy" if self._busy else "mailbox.down", mailbox=self._mailbox, reason=error)
        self._said = why

    def works(self) -> None:
        """It was read."""
        self._note("")
        if self._said:
            event("mailbox.back", mailbox=self._mailbox)
        self._said, self._busy = "", False
        self._note_reading()

    def _note(self, why: str) -> None:
        """For the digest. A database that is gone is told of elsewhere, and this is written at the next try."""
        if why == self._noted:
            return
        over = None
        try:
            with self._app.database.write() as tx:
                if why:
                    outages.began(tx, self._mailbox, why, self._app.now())
                else:
                    over = outages.ended(tx, self._mailbox)
            if over:
                alerting.back(self._app, over)
        except DatabaseDown:
            return
        self._noted = why

    def _note_reading(self) -> None:
        """For those who ask from outside whether mail comes in."""
        now = self._app.now()
        if self._read_at and self._read_at <= now < self._read_at + OFTEN:
            return
        try:
            with self._app.database.write() as tx:
                readings.note(tx, self._mailbox, now)
        except DatabaseDown:
            return
        self._read_at = now
