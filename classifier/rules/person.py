"""Rules for people's mail: which of the six kinds it is. The last one always holds: what nothing else claims, a person wrote."""

from classifier.clues import Clues
from classifier.joining import Joined
from classifier.recipients import address_in, named_in, names_plainly, owns
from classifier.rules import taught


def staff_command(clues: Clues, joined: Joined) -> str:
    """A staff member, by token, whose text begins with a #command."""
    line = clues.new.lstrip()[:80]
    return (
        f"staff token; first line {line.splitlines()[0]!r}"
        if joined.staff and line[:1] == "#" and line[1:2].isalpha()
        else ""
    )


def team_reply(_: Clues, joined: Joined) -> str:
    """Somebody of a team that the ticket was forwarded to."""
    return joined.because if joined.team else ""


def staff_reply(clues: Clues, joined: Joined) -> str:
    """A staff member, by token. A From address alone gives nobody a staff member's power (T04)."""
    return f"staff token; From: {clues.sender.addr}" if joined.staff and clues.sender else ""


def escalation(clues: Clues, joined: Joined) -> str:
    """It came to the escalate mailbox, or names it; not where that is only the reply address of our mail."""
    if by_reply_address(clues, joined):
        return ""
    if clues.evidence.mailbox == "escalate":
        return "it came to the escalate mailbox"
    ours = clues.evidence.ours.escalate
    field = named_in(ours, clues.message, "to", "cc", "resent", "delivered")
    return f"{field.title()}: {address_in(ours, clues.message, field)}, the escalate address" if field else ""


def by_reply_address(clues: Clues, joined: Joined) -> bool:
    """Whether the address to which answers on its ticket come is all that names the escalate mailbox: whoever answers us calls nobody."""
    link, ours = clues.evidence.link, clues.evidence.ours.escalate
    if joined.ticket is None or link is None or not link.address:
        return False
    return owns(ours, link.address) and not names_plainly(ours - {link.address}, clues.message)


def cc_only(clues: Clues, joined: Joined) -> str:
    """Our mailboxes stand in Cc and not in To. Delivered-To always names us, so it says nothing here.

    A reply to a ticket is none, whoever is in To: only a conversation in which we were never more than copied goes on so.
    """
    ours = clues.evidence.ours.mailboxes
    if not ours or _field(clues) != "cc" or (joined.ticket is not None and not clues.evidence.copied):
        return ""
    others = clues.message.to[0].addr if clues.message.to else "nobody"
    return f"Cc: {address_in(ours, clues.message, 'cc')}; To: {others}, and none of our addresses"


def client_reply(clues: Clues, joined: Joined) -> str:
    """It joins a ticket; where none of our addresses is known, it answers some mail."""
    if joined.ticket is not None:
        return joined.because
    if clues.evidence.ours.mailboxes or clues.evidence.link:
        return ""
    for name, ids in (("In-Reply-To", clues.message.in_reply_to), ("References", clues.message.references)):
        if ids:
            return f"{name}: {ids[0]}"
    return 'subject "re:"; it quotes what it answers' if clues.reply and clues.quoted else ""


def new_ticket(clues: Clues, joined: Joined) -> str:
    """A person wrote it, and it joins nothing."""
    said = joined.because or (f"From: {clues.sender.addr}" if clues.sender else "no From")
    return said if taught.person(clues) else f"no sign of a machine; {said}"


def _field(clues: Clues) -> str:
    return named_in(clues.evidence.ours.mailboxes, clues.message, "to", "resent", "cc")
