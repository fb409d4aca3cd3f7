"""Where a mail points to: our tokens, the conversation's Message-IDs, the tag in the subject. It only collects; `gather` judges none of it.

The strongest come first (architecture.md, "Who joins which ticket").
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from classifier.recipients import whose
from classifier.reports import Fit
from classifier.verdict import Known, Link, Ours, Standing
from inbound.message import Address, Message
from outbound.keys import Keys
from outbound.token import StaffToken, acts_for, read_address, read_message_id, read_staff, read_team

Teams = Sequence[tuple[str, str]]  # name, address

MOST_IDS = 60  # of one mail that are looked up: the newest
MOST_TAGS = 5
MOST_OTHERS = 50

_TAG = re.compile(r"\[#([0-9]{1,12})\]")
_REPLY = re.compile(r"^(?:(?:re|aw|fwd?|wg|sv|antw)\s*:\s*)+", re.IGNORECASE)
# What differs between two nights' reports of one failure: dates and times of day, never a host's number.
_WHEN = re.compile(
    r"\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?z?)?"
    r"|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
    r"|\d{1,2}:\d\d(?::\d\d)?"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} \d{1,2}\b(?:,? \d{4}\b)?"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """A ticket number that a mail names, and where."""

    ticket: int
    known: Known
    by: str
    address: str = ""  # of ours, that carries the token
    report: bool = False  # it is the open ticket of the same configured report


def tokens(message: Message, keys: Keys, now: datetime, returned: str = "", teams: Teams = ()) -> Iterator[Pointer]:
    """Tickets by our signed tokens: addresses first, then Message-IDs of ours, the newest first. `returned`: see `referred`."""
    for addr in recipients(message):
        staff = read_staff(keys, addr, now)
        team = read_team(keys, addr, (name for name, _ in teams))
        number = staff.ticket if staff else team[0] if team else read_address(keys, addr)
        if number is not None:
            yield Pointer(number, Known.TOKEN, f"address: {addr}", addr)
    for one in referred(message, returned):
        own = read_message_id(keys, one)
        if own is not None and own.ticket is not None:
            yield Pointer(own.ticket, Known.TOKEN, f"reference: {one}")
    if (number := invited(message, keys)) is not None:
        yield Pointer(number, Known.TOKEN, "appointment: its UID is ours")


def invited(message: Message, keys: Keys) -> int | None:
    """The ticket whose invitation of ours a calendar's message answers."""
    said = message.appointment
    own = read_message_id(keys, f"<{said.uid}>") if said else None
    return own.ticket if own else None


def team(message: Message, keys: Keys, teams: Teams, who: Address | None, link: Link | None) -> str:
    """The team that answers: by the address that was made for it, or, where such addresses are off, its own and an id of ours."""
    if link and link.standing in {Standing.REQUESTER, Standing.PARTICIPANT, Standing.QUIET}:
        return ""  # the team wrote to the client and to us, who answers both
    found = (read_team(keys, addr, (name for name, _ in teams)) for addr in recipients(message))
    named = next((one[1] for one in found if one), "")
    if named or who is None or link is None or link.known is not Known.TOKEN:
        return named
    return next((name for name, address in teams if address.lower() == who.key), "")


def tags(message: Message) -> Iterator[Pointer]:
    """Tickets by their tag in the subject: a number that anybody can guess."""
    for match in list(_TAG.finditer(message.subject))[:MOST_TAGS]:
        yield Pointer(int(match[1]), Known.TAG, f"subject: {match[0]}")


def recipients(message: Message) -> Iterator[str]:
    """Every address that the mail was sent to, as far as it says."""
    yield from (address.addr for address in (*message.to, *message.cc))
    yield from message.delivered_to


def referred(message: Message, returned: str = "") -> list[str]:
    """The Message-IDs that a mail answers, the nearest first (RFC 5322 §3.6.4), or that it returns (RFC 3464).

    `returned` is the one that a bounce returns in another way.
    """
    reported = message.report.original_message_id if message.report else ""
    nearest = (*message.in_reply_to, *reversed(message.references[-MOST_IDS:]))
    return [one for one in dict.fromkeys((returned, reported, *nearest)) if one][:MOST_IDS]


def staff_token(message: Message, keys: Keys, now: datetime, ours: Ours) -> StaffToken | None:
    """The staff token by which it came, if that was made for whoever has the address in From. Says nothing of a forged From."""
    author = message.author
    if author is None:
        return None
    found = (read_staff(keys, addr, now) for addr in recipients(message))
    return next((token for token in found if token and acts_for(keys, token, ours.member(author.addr))), None)


def is_own(message: Message, keys: Keys, ours: frozenset[str]) -> bool:
    """Whether we wrote it: its Message-ID is one of ours; or a server gave it another one, and ours stands in X-Postroom-Loop.

    A client's server may copy that header into its answer; such an answer does not come from an address of ours.
    """
    if read_message_id(keys, message.message_id) is not None:
        return True
    mine = message.author is not None and message.author.key in ours
    return mine and read_message_id(keys, message.value("x-postroom-loop")) is not None


def others(message: Message, ours: Ours) -> tuple[Address, ...]:
    """Who else is named in To and Cc: neither the author, nor one of us, nor an address of ours with or without a token."""
    author = message.author.key if message.author else ""
    named = {
        address.key: address for address in (*message.to, *message.cc) if _plain(address.key) not in ours.mailboxes
    }
    found = (one for key, one in named.items() if key and key != author and not whose(ours, one.addr))
    return tuple(islice(found, MOST_OTHERS))


def report_key(found: Fit | None, subject: str) -> str:
    """One key for all repeats of one report: the rule, and the host that it takes from the mail.

    Where it takes none, the subject without what differs from night to night. "" where repeats do not join.
    """
    if found is None or not found.rule.joins:
        return ""
    if found.host:
        return f"{found.rule.name}: host {found.host}"
    plain = _WHEN.sub("", _REPLY.sub("", " ".join(subject.split()))).casefold()
    return f"{found.rule.name}: {' '.join(plain.split())}"


def _plain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
