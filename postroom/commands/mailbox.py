"""Mailboxes, as a person at the keyboard names them: by name or address, in any case. It opens none."""

from postroom.app import App
from postroom.cli import Refused
from postroom.config import MailboxConfig


def first(app: App) -> MailboxConfig:
    """The one from which staff write, where they name none: the first that is no escalate mailbox."""
    boxes = app.config.mailboxes
    return next((box for box in boxes if box.settings.role == "support"), boxes[0])


def named(app: App, name: str) -> MailboxConfig | None:
    wanted = name.lower()
    return next((b for b in app.config.mailboxes if wanted in {b.name.lower(), b.settings.address.lower()}), None)


def unknown(app: App, name: str) -> Refused:
    return Refused(f'there is no mailbox "{name}"; there are: {", ".join(box.name for box in app.config.mailboxes)}')
