"""Quota: whether a mailbox is nearly full, asked now and then; staff hear of it while mail still comes in. It makes no room."""

from collections.abc import Callable

from inbound.imap import Mailbox
from postroom import alerting
from postroom.app import App
from postroom.clock import monotonic
from postroom.log import trouble

OFTEN = 3600.0  # seconds


class Quota:
    """Of one mailbox. One thread."""

    def __init__(self, app: App, name: str, mailbox: Mailbox, clock: Callable[[], float] = monotonic) -> None:
        """`clock` is monotonic, in seconds."""
        self._app = app
        self._name = name
        self._mailbox = mailbox
        self._clock = clock
        self._asked: float | None = None
        self._said = ""

    def look(self) -> None:
        """Where it is time. Raises MailboxDown, DatabaseDown."""
        at = self._clock()
        if self._asked is not None and at - self._asked < OFTEN:
            return
        self._asked = at  # first: a server that answers with nonsense is asked no more often
        used = self._mailbox.crowded()
        if used and used != self._said:
            trouble("mailbox.crowded", mailbox=self._name, reason=used)
        self._said = used
        if used:
            alerting.crowded(self._app, self._name, used)
