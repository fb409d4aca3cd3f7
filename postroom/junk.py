"""Junk: how many mails lie in the folder of what the server takes for spam. They are counted, and none is ever read, marked or moved."""

from datetime import timedelta

from inbound.imap import Mailbox, MailboxRefused
from postroom.app import App
from postroom.box import AUTO, MailboxConfig

DAY = timedelta(days=1)


def came_lately(app: App, box: MailboxConfig, mailbox: Mailbox) -> int:
    """How many came there since yesterday; 0 where no folder is for that. `mailbox` is open, and selected again afterwards.

    Raises MailboxDown; MailboxRefused where a folder is named and cannot be opened.
    """
    if not box.junk_folder:
        return 0
    folder = mailbox.beside(box.junk_folder)
    try:
        folder.open()
        return len(folder.received_since((app.now().astimezone(app.config.zone) - DAY).date()))
    except MailboxRefused:
        if box.settings.junk_folder == AUTO:
            return 0
        raise
    finally:
        if mailbox.is_open:
            mailbox.turn()
