"""Offered: whom staff may take for the requester of a mail that a person forwards. It takes nobody: that is staff's to do."""

from classifier.clues import Clues
from classifier.recipients import owns
from inbound.message import Forwarded


def offered(clues: Clues) -> Forwarded | None:
    """What the forwarded mail claims of its sender; None where that is one of us, or the one who forwards it.

    Anybody can write any header into a text: an address of ours or of staff there means nothing, and is not shown as somebody's.
    """
    claimed = clues.forwarded
    if claimed is None:
        return None
    ours, sender = clues.evidence.ours, claimed.sender
    if sender.addr and (owns(ours.mailboxes, sender.addr) or sender.key in ours.staff or sender.key in ours.forms):
        return None
    if clues.sender is not None and sender.key == clues.sender.key:
        return None
    return claimed
