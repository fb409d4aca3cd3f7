"""Recipients: which of a mail's addresses are ours. Compares addresses; it decides nothing."""

import re
from collections.abc import Iterable, Iterator

from classifier.verdict import Ours
from inbound.message import Message

DELIVERED = frozenset({"delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "x-apparently-to"})
_CAP = 500  # addresses of a mail that are looked at (T15)
_BETWEEN = re.compile(r"[\s<>,;\"()]+")


def owns(mailboxes: frozenset[str], address: str) -> bool:
    """Whether an address is one of these, with or without a +part (where our reply tokens live)."""
    local, _, domain = address.lower().rpartition("@")
    return address.lower() in mailboxes or f"{local.partition('+')[0]}@{domain}" in mailboxes


def whose(ours: Ours, address: str) -> str:
    """Whose of us an address is, which can be no client's, in words; "" for every other."""
    if owns(ours.mailboxes, address):
        return "a mailbox of ours"
    if address.lower() in ours.staff:
        return "one of us"
    return "another team" if address.lower() in {team.lower() for _, team in ours.teams} else ""


def named_in(mailboxes: frozenset[str], message: Message, *fields: str) -> str:
    """The first of these fields ("to", "cc", "resent", "delivered") that names one of the mailboxes, or ""."""
    if not mailboxes:
        return ""
    return next((name for name in fields if any(owns(mailboxes, addr) for addr in _of(message, name))), "")


def address_in(mailboxes: frozenset[str], message: Message, field: str) -> str:
    """The first address of a field that is one of the mailboxes, as it stands there; or ""."""
    return next((addr for addr in _of(message, field) if owns(mailboxes, addr)), "")


def names_plainly(mailboxes: frozenset[str], message: Message) -> bool:
    """Whether To, Cc or a Resent field names one of the mailboxes itself, without a +part."""
    return any(addr.lower() in mailboxes for name in ("to", "cc", "resent") for addr in _of(message, name))


def _of(message: Message, name: str) -> Iterable[str]:
    match name:
        case "to":
            return (address.addr for address in message.to[:_CAP])
        case "cc":
            return (address.addr for address in message.cc[:_CAP])
        case "delivered":
            return _delivered(message)
        case _:
            return _resent(message)


def _delivered(message: Message) -> Iterator[str]:
    """What the server that put the mail into the mailbox wrote above the topmost Received; below it, others or the sender did."""
    for name, value in message.headers[:_CAP]:
        if name == "received":
            return
        if name in DELIVERED:
            yield _BETWEEN.sub("", value)


def _resent(message: Message) -> Iterator[str]:
    for header in ("resent-to", "resent-cc"):
        for value in message.values(header):
            yield from _BETWEEN.split(value)[:_CAP]
