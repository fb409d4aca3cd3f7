"""Rules for what is ours: a mail of our own that came back, and a second delivery. They trust ids only, never a From address."""

from classifier.clues import Clues


def own_mail(clues: Clues) -> str:
    """It carries a valid id of ours, as its own Message-ID or where a server that changes those left it."""
    return (
        f"it is ours, by its id: {clues.header('x-postroom-loop') or clues.message.message_id}"
        if clues.evidence.own
        else ""
    )


def duplicate(clues: Clues) -> str:
    """The store has this very mail already."""
    first = clues.evidence.duplicate_of
    return f"content is that of mail {first}" if first is not None else ""
