"""Sent: what staff send from a mailbox by their own mail program, read where it lies. It is their answer to the client, and nobody is written to."""

from postroom.app import App
from store.folders import SENT
from store.pending import Pending


def is_sent(mail: Pending) -> bool:
    return mail.folder == SENT


def role(app: App, mail: Pending) -> str:
    """What its mailbox is for. That staff write from an escalate address escalates nothing."""
    return "support" if is_sent(mail) else app.box(mail.account).settings.role
