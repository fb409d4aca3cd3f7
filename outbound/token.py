"""Signed tokens: which ticket a mail belongs to, provable years later without a database. Never a clock, never chance.

A token is `kind, fields, mac, key id`, all in a-z and 0-9, so that it survives servers that fold case:

    reply address   r  ticket:6                       mac:16  key id:1-4   support+r…@example.com
    staff address   s  ticket:6  expiry:6  staff:10   mac:16  key id:1-4   support+s…@example.com
      the same where words are a note: n in place of s
    team address    t  ticket:6  team:10              mac:16  key id:1-4   support+t…@example.com
    Message-ID      m  ticket:6  once:16              mac:16  key id:1-4   <m…@example.com>

The mac is HMAC-SHA-256 (RFC 2104) cut to 80 bits. There is one format; nothing older is accepted.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from outbound.keys import Keys, key_line
from outbound.seal import (
    LONGEST,
    NONE,
    NUMBER,
    ONCE,
    PERSON,
    decode,
    digest,
    encode,
    minutes,
    moment,
    opened,
    sealed,
    shape,
    signed,
)

__all__ = [
    "Keys",
    "OwnId",
    "StaffToken",
    "acts_for",
    "key_line",
    "message_id",
    "read_address",
    "read_message_id",
    "read_staff",
    "read_team",
    "reply_address",
    "staff_address",
    "team_address",
]

LONGEST_LOCAL = 64  # octets, RFC 5321 §4.5.3.1.1
REPLY = shape("r", NUMBER)
ACT = shape("[sn]", NUMBER + NUMBER + PERSON)
ID = shape("m", NUMBER + ONCE)
TEAM = shape("t", NUMBER + PERSON)
OWN = re.compile(r"<([a-z0-9]{1,64})@([a-z0-9.-]{1,255})>")


@dataclass(frozen=True, slots=True)
class StaffToken:
    """A valid staff token: for which ticket, and, as a keyed digest, for whom. Ask `acts_for` who may use it."""

    ticket: int
    staff: str
    key_id: str
    note: bool = False  # what is written to it is kept among staff, unless it says otherwise


@dataclass(frozen=True, slots=True)
class OwnId:
    """A Message-ID that we gave. `ticket` is None where the mail belonged to none, such as a digest."""

    ticket: int | None


def reply_address(keys: Keys, address: str, ticket: int) -> str:
    """The Reply-To of a client's mail: `address` with the ticket's token after a plus (RFC 5233).

    Raises ValueError where the local part becomes longer than 64 octets.
    """
    return _plus(address, sealed(keys, "r" + encode(ticket)))


def read_address(keys: Keys, addr: str) -> int | None:
    """The ticket of a reply address of ours; None for every other text."""
    found = opened(keys, REPLY, _tail(addr))
    return decode(found[0][1:]) if found else None


def staff_address(keys: Keys, address: str, ticket: int, staff: str, expires: datetime, *, note: bool = False) -> str:
    """The Reply-To of a notice to one staff member: he or she alone may act with it, on this ticket, until `expires`.

    `expires` is aware, and counts in whole minutes. Raises ValueError as `reply_address` does.
    """
    kind = "n" if note else "s"
    return _plus(address, sealed(keys, kind + encode(ticket) + minutes(expires) + digest(keys.signing, staff)))


def read_staff(keys: Keys, addr: str, now: datetime) -> StaffToken | None:
    """The staff token of an address, if it is ours and `now` (aware) is not past its time. It does not say who wrote."""
    found = opened(keys, ACT, _tail(addr))
    if found is None:
        return None
    body, key_id = found
    ticket, until, staff = body[1:7], body[7:13], body[13:]
    if now > moment(until):
        return None
    return StaffToken(decode(ticket), staff, key_id, note=body[0] == "n")


def acts_for(keys: Keys, token: StaffToken, sender: str) -> bool:
    """Whether a token that `read_staff` gave was made for the address in From."""
    secret = keys.secret(token.key_id)
    return secret is not None and hmac.compare_digest(token.staff, digest(secret, sender))


def team_address(keys: Keys, address: str, ticket: int, team: str) -> str:
    """The Reply-To of what is forwarded to a team: whoever has it answers for that team, on this ticket. Raises as `reply_address` does."""
    return _plus(address, sealed(keys, "t" + encode(ticket) + digest(keys.signing, f"team:{team}")))


def read_team(keys: Keys, addr: str, teams: Iterable[str]) -> tuple[int, str] | None:
    """The ticket and the team of such an address, if it is ours and that is one of these teams."""
    found = opened(keys, TEAM, _tail(addr))
    secret = keys.secret(found[1]) if found else None
    if found is None or secret is None:
        return None
    body = found[0]
    team = next((one for one in teams if hmac.compare_digest(body[7:], digest(secret, f"team:{one}"))), None)
    return (decode(body[1:7]), team) if team is not None else None


def message_id(keys: Keys, cause: str, notice: str, recipient: str, ticket: int | None, domain: str) -> str:
    """The Message-ID of an outgoing mail (S01): the same for the same mail, another for every other."""
    once = signed(keys.signing, "once", cause, notice, recipient.lower())
    body = "m" + (NONE if ticket is None else encode(ticket)) + once
    return f"<{sealed(keys, body, domain.lower())}@{domain.lower()}>"


def read_message_id(keys: Keys, value: str) -> OwnId | None:
    """What an id says, if we gave it; None for every other text."""
    match = OWN.fullmatch(value.lower()) if len(value) <= LONGEST and value.isascii() else None
    found = opened(keys, ID, match[1], match[2]) if match else None
    return OwnId(decode(found[0][1:7]) or None) if found else None


def _tail(addr: str) -> str:
    # Only ASCII is folded: the Kelvin sign, too, becomes a k in lower case.
    if len(addr) > LONGEST or not addr.isascii():
        return ""
    return addr.rpartition("@")[0].rpartition("+")[2].lower() if "+" in addr else ""


def _plus(address: str, token: str) -> str:
    local, _, domain = address.rpartition("@")
    whole = f"{local}+{token}"
    if len(whole.encode()) > LONGEST_LOCAL:
        room = LONGEST_LOCAL - len(token) - 1
        raise ValueError(f'"{local}@" is too long for a reply token: at most {room} characters, or reply_token = "off"')
    return f"{whole}@{domain}"
