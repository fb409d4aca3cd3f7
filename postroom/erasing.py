"""Erasing on the servers: the copies of a person's mails that lie there, known by their bytes. Whatever else lies there stays."""

from collections.abc import Iterator, Sequence

from inbound.imap import Mailbox
from postroom.app import App
from postroom.config import MailboxConfig
from postroom.log import trouble
from postroom.pipeline import open_mailbox
from postroom.recovering import digest
from store.personal import Copy


def erase_copies(app: App, copies: Sequence[Copy]) -> int:
    """How many were deleted. Raises MailboxDown; done again, it goes on where it stopped."""
    return sum(_of_box(box, folder, copies) for box in app.config.mailboxes for folder in _folders(app, box))


def _folders(app: App, box: MailboxConfig) -> Iterator[Mailbox]:
    yield open_mailbox(app, box)
    if box.settings.processed_folder:
        yield open_mailbox(app, box, filed=True)
    for asked in box.beside.values():
        yield open_mailbox(app, box, folder=asked)


def _of_box(box: MailboxConfig, folder: Mailbox, copies: Sequence[Copy]) -> int:
    theirs = {copy.sha256 for copy in copies if copy.account == box.name}
    if not theirs:
        return 0
    with folder as mailbox:
        shapes = {(copy.received_at, copy.size) for copy in copies if copy.account == box.name}
        listed = mailbox.listed(mailbox.all_uids())
        candidates = [uid for uid, shape in listed.items() if shape in shapes]
        found = [mail.uid for batch in mailbox.fetch(candidates) for mail in batch if digest(mail.raw) in theirs]
        mailbox.delete(found)
        left = set(found) & set(mailbox.all_uids())
    if left:  # a server without UIDPLUS
        trouble(
            "mail.marked", mailbox=box.name, count=len(left), reason="marked as deleted, and gone at the next expunge"
        )
    return len(found) - len(left)
