"""Signed tokens: which ticket a mail belongs to, provable years later without a database. Never a clock, never chance.

A token is `kind, fields, mac, key id`, all in a-z and 0-9, so that it survives servers that fold case:

    reply address   r  ticket:6                       mac:16  key id:1-4   support+r…@example.com
    staff address   s  ticket:6  expiry:6  staff:10   mac:16  key id:1-4   support+s…@example.com
      the same where words are a note: n in place of s
    team address    t  ticket:6  team:10              mac:16  key id:1-4   support+t…@example.com
    Message-ID      m  ticket:6  once:16              mac:16  key id:1-4   <m…@example.com>

The mac is HMAC-SHA-256 (RFC 2104) cut to 80 bits. There is one format; nothing older is accepted.
"""

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from outbound.keys import Keys, key_line

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

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 §6, in lower case
NUMBER, STAFF, ONCE, MAC = 6, 10, 16, 16  # characters of 5 bits
HIGHEST = 32**NUMBER - 1
LONGEST_LOCAL = 64  # octets, RFC 5321 §4.5.3.1.1
LONGEST = 512  # characters; what is longer is not ours
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _shape(kind: str, fields: int) -> re.Pattern[str]:
    return re.compile(rf"({kind}[a-z2-7]{{{fields}}})([a-z2-7]{{{MAC}}})([a-z0-9]{{1,4}})")


REPLY = _shape("r", NUMBER)
ACT = _shape("[sn]", NUMBER + NUMBER + STAFF)
ID = _shape("m", NUMBER + ONCE)
TEAM = _shape("t", NUMBER + STAFF)
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
    return _plus(address, _seal(keys, "r" + _encode(ticket)))


def read_address(keys: Keys, addr: str) -> int | None:
    """The ticket of a reply address of ours; None for every other text."""
    opened = _open(keys, REPLY, _tail(addr))
    return _decode(opened[0][1:]) if opened else None


def staff_address(keys: Keys, address: str, ticket: int, staff: str, expires: datetime, *, note: bool = False) -> str:
    """The Reply-To of a notice to one staff member: he or she alone may act with it, on this ticket, until `expires`.

    `expires` is aware, and counts in whole minutes. Raises ValueError as `reply_address` does.
    """
    minutes = (expires - EPOCH) // MINUTE
    kind = "n" if note else "s"
    return _plus(address, _seal(keys, kind + _encode(ticket) + _encode(minutes) + _digest(keys.signing, staff)))


def read_staff(keys: Keys, addr: str, now: datetime) -> StaffToken | None:
    """The staff token of an address, if it is ours and `now` (aware) is not past its time. It does not say who wrote."""
    opened = _open(keys, ACT, _tail(addr))
    if opened is None:
        return None
    body, key_id = opened
    ticket, minutes, staff = body[1:7], body[7:13], body[13:]
    if now > EPOCH + _decode(minutes) * MINUTE:
        return None
    return StaffToken(_decode(ticket), staff, key_id, note=body[0] == "n")


def acts_for(keys: Keys, token: StaffToken, sender: str) -> bool:
    """Whether a token that `read_staff` gave was made for the address in From."""
    secret = keys.secret(token.key_id)
    return secret is not None and hmac.compare_digest(token.staff, _digest(secret, sender))


def team_address(keys: Keys, address: str, ticket: int, team: str) -> str:
    """The Reply-To of what is forwarded to a team: whoever has it answers for that team, on this ticket. Raises as `reply_address` does."""
    return _plus(address, _seal(keys, "t" + _encode(ticket) + _digest(keys.signing, f"team:{team}")))


def read_team(keys: Keys, addr: str, teams: Iterable[str]) -> tuple[int, str] | None:
    """The ticket and the team of such an address, if it is ours and that is one of these teams."""
    opened = _open(keys, TEAM, _tail(addr))
    secret = keys.secret(opened[1]) if opened else None
    if opened is None or secret is None:
        return None
    body = opened[0]
    team = next((one for one in teams if hmac.compare_digest(body[7:], _digest(secret, f"team:{one}"))), None)
    return (_decode(body[1:7]), team) if team is not None else None


def message_id(keys: Keys, cause: str, notice: str, recipient: str, ticket: int | None, domain: str) -> str:
    """The Message-ID of an outgoing mail (S01): the same for the same mail, another for every other."""
    once = _hmac(keys.signing, "once", cause, notice, recipient.lower())
    body = "m" + (ALPHABET[0] * NUMBER if ticket is None else _encode(ticket)) + once
    return f"<{_seal(keys, body, domain.lower())}@{domain.lower()}>"


def read_message_id(keys: Keys, value: str) -> OwnId | None:
    """What an id says, if we gave it; None for every other text."""
    match = OWN.fullmatch(value.lower()) if len(value) <= LONGEST and value.isascii() else None
    opened = _open(keys, ID, match[1], match[2]) if match else None
    return OwnId(_decode(opened[0][1:7]) or None) if opened else None


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


def _seal(keys: Keys, body: str, *bound: str) -> str:
    return body + _hmac(keys.signing, body, keys.current, *bound) + keys.current


def _open(keys: Keys, shape: re.Pattern[str], token: str, *bound: str) -> tuple[str, str] | None:
    match = shape.fullmatch(token)
    secret = keys.secret(match[3]) if match else None
    if match is None or secret is None:
        return None
    body, mac, key_id = match.groups()
    good = hmac.compare_digest(mac, _hmac(secret, body, key_id, *bound))
    return (body, key_id) if good else None


def _hmac(secret: bytes, *parts: str) -> str:
    """The first 80 bits of the mac; no field of a token is longer."""
    # Each part stands behind its length, so that no two lists of parts run together into the same bytes.
    raw = (part.encode("utf-8", "surrogatepass") for part in parts)
    mac = hmac.digest(secret, b"".join(b"%d:%b" % (len(part), part) for part in raw), "sha256")
    return base64.b32encode(mac[: MAC * 5 // 8]).decode().lower()


def _digest(secret: bytes, staff: str) -> str:
    return _hmac(secret, "staff", staff.lower())[:STAFF]


def _encode(number: int) -> str:
    if not 0 < number <= HIGHEST:
        raise ValueError(f"{number} is no number for a token: it has to be from 1 to {HIGHEST}")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * NUMBER - 5, -1, -5))


def _decode(text: str) -> int:
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number
