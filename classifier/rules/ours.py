"""Rules for what is ours: a mail of our own that came back, and a second delivery. They trust ids only, never a From address."""

from classifier.authentication import authenticate
from classifier.behalf import recipient
from classifier.clues import Clues
from classifier.verdict import Passed


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


def sent(clues: Clues) -> str:
    """It lies in the folder of sent mail, and is no answer of one of us to a client."""
    message, where = clues.message, "in the folder of sent mail"
    if not clues.evidence.outgoing:
        return ""
    if not clues.evidence.sent or len(message.from_) != 1 or authenticate(clues.evidence)[0] is Passed.NO:
        # A rule of the server's may sort what only claims to be ours.
        return f"From: {message.author.addr if message.author else 'nobody'}, not proved to be one of us; {where}"
    if clues.machine:
        return f"{clues.machine}; {where}"
    named = message.to[0].addr if message.to else "nobody"
    return "" if recipient(clues) else f"To: {named}, no client; {where}"
