"""Reader: all folders of one mailbox, in turn on one connection; the first one last, for that is where the connection waits."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from inbound.imap import Mailbox, MailboxRefused
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.copying import Copier
from postroom.quota import Quota
from postroom.receiving import Receiver
from postroom.watch import Watch
from store.folders import SENT
from store.leases import Lease

Result = TypeVar("Result")


class Beside:
    """One more folder. That it cannot be read holds up none of the others, and is told as of a mailbox of its own."""

    def __init__(self, receiver: Receiver, watch: Watch) -> None:
        self._receiver = receiver
        self._watch = watch

    def receive(self) -> int:
        """As the Receiver's, like the next two; nothing where the folder is refused."""
        return self._tried(self._receiver.receive) or 0

    def look(self) -> Sequence[int]:
        return self._tried(self._receiver.look) or ()

    def take(self, uids: Sequence[int]) -> int:
        return self._tried(lambda: self._receiver.take(uids)) or 0

    def _tried(self, step: Callable[[], Result]) -> Result | None:
        try:
            found = step()
        except MailboxRefused as refused:
            self._watch.lost(refused)
            return None
        self._watch.works()
        return found


class Reader:
    """One mailbox. One thread, one connection."""

    def __init__(
        self,
        app: App,
        box: MailboxConfig,
        mailbox: Mailbox,
        *,
        lease: Lease | None = None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self._quota = Quota(app, box.name, mailbox)
        self._first = Receiver(app, box, mailbox, lease=lease, beat=beat)
        there = dict(folders(box, mailbox))
        beside = {
            name: Beside(Receiver(app, box, folder, lease=lease, beat=beat, folder=name), Watch(app, place(box, name)))
            for name, folder in there.items()
        }
        self._copier = Copier(app, box, there[SENT], lease) if box.settings.sent_copy else None
        self._sent = beside.pop(SENT, None)
        self._others = list(beside.values())

    def receive(self) -> int:
        """Keeps and files what is new; how many mails that were. Raises MailboxDown, DatabaseDown, LeaseLost."""
        kept = self._first.receive()  # before the others: one that ends the connection keeps no mail waiting here
        self._quota.look()
        if self._copier:
            self._copier.copy()
        # What staff have sent so far answers mails that came before it: those are kept first.
        answers = self._sent.look() if self._sent else ()
        kept += sum(other.receive() for other in self._others)
        if self._sent or self._others:
            kept += self._first.receive()
        if self._sent and answers:
            kept += self._sent.take(answers) + self._first.receive()
        return kept


def folders(box: MailboxConfig, mailbox: Mailbox) -> Iterator[tuple[str, Mailbox]]:
    """Those beside the first one, on its connection, as the ledger calls them. What is sent stays where it is."""
    for name, asked in box.beside.items():
        yield name, mailbox.beside(asked, "" if name == SENT else box.settings.processed_folder)


def places(box: MailboxConfig) -> list[str]:
    """All of them, as staff read them."""
    return [place(box, name) for name in box.beside]


def place(box: MailboxConfig, folder: str) -> str:
    """What such a folder is called in what staff read."""
    return f"{box.name}, {'sent mail' if folder == SENT else folder}"


def unread(app: App, box: MailboxConfig, mailbox: Mailbox) -> dict[str, int]:
    """Of each folder that can be read, how many mails are to be kept, and are not yet. `mailbox` is open."""
    found = {box.settings.folder: Receiver(app, box, mailbox).unread()}
    for name, folder in folders(box, mailbox):
        with suppress(MailboxRefused):  # of that `run` tells
            folder.open()
            found[name] = Receiver(app, box, folder, folder=name).unread()
    mailbox.turn()
    return found
