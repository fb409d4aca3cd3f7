"""Watch: whether one mailbox can be read, said and written down when that changes. It reads none, and never waits."""

from postroom.app import App
from postroom.log import event, trouble
from store import outages
from store.errors import DatabaseDown


class Watch:
    """Of one mailbox. One thread."""

    def __init__(self, app: App, mailbox: str) -> None:
        self._app = app
        self._mailbox = mailbox
        self._said = ""
        self._noted: str | None = None  # nothing is known of what a process before this one has written

    def lost(self, error: Exception) -> None:
        """It cannot be read; said once, not at every try."""
        why = str(error)
        if why != self._said:
            trouble("mailbox.down", mailbox=self._mailbox, reason=error)
        self._said = why
        self._note(why)

    def works(self) -> None:
        """It was read."""
        if self._said:
            event("mailbox.back", mailbox=self._mailbox)
        self._said = ""
        self._note("")

    def _note(self, why: str) -> None:
        """For the digest. A database that is gone is told of elsewhere, and this is written at the next try."""
        if why == self._noted:
            return
        try:
            with self._app.database.write() as tx:
                if why:
                    outages.began(tx, self._mailbox, why, self._app.now())
                else:
                    outages.ended(tx, self._mailbox)
        except DatabaseDown:
            return
        self._noted = why
