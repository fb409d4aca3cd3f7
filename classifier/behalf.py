"""Behalf: for which client a member of staff writes to us without answering a notice: in Cc or Bcc of a mail to them, or by `#for`.

A proved From alone gives that power (T04), or our own archive or folder of sent mail: nobody else's word opens a ticket in a client's name.
"""

import re
from dataclasses import dataclass

from classifier.clues import Clues
from classifier.offered import offered
from classifier.recipients import named_in, owns, whose
from classifier.senders import is_nobody
from classifier.verdict import Ours, Passed
from inbound.message import Address

MEND = "write #for ada@client.example on top, with your client's address"
# However the "#" was typed, or marked by a mail program that made bold letters into text.
_FOR = re.compile(r"[\s\u200b\ufeff*_-]{0,20}[#\uff03][ \t]?for\b[*_:]*[ \t]*([^\r\n]{0,400})", re.IGNORECASE)
_ADDRESS = re.compile(r"([^<>\"]{0,100}?)[ \t]*<?([^\s<>@\"(),;:]{1,64}@[^\s<>@\"(),;:]{1,255})>?[ \t.]*")


@dataclass(frozen=True, slots=True)
class Behalf:
    """For whom, and how that is known. `copied`: the client has the mail already."""

    client: Address
    copied: bool
    said: str


def behalf(clues: Clues, authenticated: Passed) -> Behalf | None:
    """None where the writer is not proved to be one of us, acts by a token, or writes for nobody else."""
    message, ours = clues.message, clues.evidence.ours
    author = message.author
    if clues.evidence.sent and authenticated is not Passed.NO:
        client = recipient(clues)
        return Behalf(client, copied=True, said=f"To: {client.addr}; it was sent from here") if client else None
    proved = authenticated is Passed.YES and len(message.from_) == 1 and len(message.values("from")) == 1
    if author is None or author.key not in ours.staff or not proved or clues.evidence.staff_token:
        return None
    if (match := _FOR.match(clues.new)) is not None:
        client = _named(match[1]) if match[1].strip() else _forwarded(clues)
        return Behalf(client, copied=False, said=f"#for {client.addr}") if client and _outside(clues, client) else None
    escalates = clues.evidence.mailbox == "escalate" or named_in(ours.escalate, message, "to", "cc", "resent")
    if escalates or named_in(ours.mailboxes, message, "to", "resent"):
        return None
    client = next((one for one in message.to if _outside(clues, one)), None)
    return Behalf(client, copied=True, said=f"To: {client.addr}; we are copied in") if client else None


def recipient(clues: Clues) -> Address | None:
    """The client to whom a mail of ours went: whose ticket it answers, else the first in To."""
    message = clues.message
    theirs = (one for one in (*message.to, *message.cc) if one.key == clues.evidence.client)
    return next(theirs, None) or next((one for one in message.to if _is_client(clues, one)), None)


def asks(new: str) -> bool:
    """Whether a mail begins with #for."""
    return _FOR.match(new) is not None


def unmet(new: str, ours: Ours, *, forwards: bool) -> str:
    """Why the #for of a mail names no client; "" where it names one, or stands alone above a mail that it forwards."""
    match = _FOR.match(new)
    said = match[1].strip() if match else ""
    client = _named(said)
    if said and client is None:
        return f'"{said[:60]}" is no address: {MEND}'
    if client is None:
        return "" if forwards else f"#for names nobody, and no client's mail is forwarded below it: {MEND}"
    reason = whose(ours, client.addr)
    return f"{client.addr} is {reason}: {MEND}" if reason else ""


def _named(text: str) -> Address | None:
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return None
    local, _, domain = match[2].rpartition("@")
    return Address(f"{local}@{domain.lower()}", match[1].strip())


def _forwarded(clues: Clues) -> Address | None:
    """Whose mail is forwarded; #for alone takes them."""
    claimed = offered(clues)
    return claimed.sender if claimed and claimed.sender.addr else None


def _is_client(clues: Clues, one: Address) -> bool:
    return bool(one.addr) and not whose(clues.evidence.ours, one.addr) and not is_nobody(one)


def _outside(clues: Clues, one: Address) -> bool:
    ours = clues.evidence.ours
    return not owns(ours.mailboxes, one.addr) and one.key not in ours.staff
