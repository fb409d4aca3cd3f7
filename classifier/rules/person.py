"""Rules for people's mail: which of the six kinds it is. The last one always holds: what nothing else claims, a person wrote."""

from classifier.clues import Clues
from classifier.joining import Joined
from classifier.recipients import named_in, names_plainly, owns
from classifier.rules import taught


def staff_command(clues: Clues, joined: Joined) -> str:
    """A staff member, by token, whose text begins with a #command."""
    line = clues.new.lstrip()[:80]
    return (
        f"staff token; first line {line.splitlines()[0]!r}"
        if joined.staff and line[:1] == "#" and line[1:2].isalpha()
        else ""
    )


def staff_reply(clues: Clues, joined: Joined) -> str:
    """A staff member, by token. A From address alone gives nobody a staff member's power (T04)."""
    return f"staff token; From: {clues.sender.addr}" if joined.staff and clues.sender else ""


def escalation(clues: Clues, joined: Joined) -> str:
    """It came to the escalate mailbox, or names it; not where that is only the reply address of our mail."""
    if by_reply_address(clues, joined):
        return ""
    if clues.evidence.mailbox == "escalate":
        return "it came to the escalate mailbox"
    field = named_in(clues.evidence.ours.escalate, clues.message, "to", "cc", "resent", "delivered")
    return f"{field.title()}: the escalate address" if field else ""


def by_reply_address(clues: Clues, joined: Joined) -> bool:
    """Whether the token by which it joins its ticket is all that names the escalate mailbox: whoever answers us calls nobody."""
    link, ours = clues.evidence.link, clues.evidence.ours.escalate
    if joined.ticket is None or link is None or not link.address:
        return False
    return owns(ours, link.address) and not names_plainly(ours, clues.message)


def cc_only(clues: Clues, joined: Joined) -> str:
    """Our mailboxes stand in Cc and not in To. Delivered-To always names us, so it says nothing here.

    A reply to a ticket is none, whoever is in To: only a conversation in which we were never more than copied goes on so.
    """
    ours = clues.evidence.ours.mailboxes
    if not ours or _field(clues) != "cc" or (joined.ticket is not None and not clues.evidence.copied):
        return ""
    return "Cc: our mailbox, To: others"


def client_reply(clues: Clues, joined: Joined) -> str:
    """It joins a ticket; where none of our addresses is known, it answers some mail."""
    if joined.ticket is not None:
        return joined.because
    if clues.evidence.ours.mailboxes or clues.evidence.link:
        return ""
    threaded = clues.message.in_reply_to or clues.message.references
    if threaded:
        return f"In-Reply-To or References: {threaded[0]}"
    return "subject Re:, with quoted text" if clues.reply and clues.quoted else ""


def new_ticket(clues: Clues, joined: Joined) -> str:
    """A person wrote it, and it joins nothing."""
    said = joined.because or (f"From: {clues.sender.addr}" if clues.sender else "no From")
    return said if taught.person(clues) else f"no sign of a machine; {said}"


def _field(clues: Clues) -> str:
    return named_in(clues.evidence.ours.mailboxes, clues.message, "to", "resent", "cc")
