"""Seal: the form that all signed tokens share: fields of fixed width, a mac, the id of its key. Never a clock, never chance.

The mac is HMAC-SHA-256 (RFC 2104) cut to 80 bits; everything is a-z and 2-7 (RFC 4648 §6, in lower case).
"""

import base64
import hmac
import re
from datetime import UTC, datetime, timedelta

from outbound.keys import Keys

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
NUMBER, PERSON, ONCE, MAC = 6, 10, 16, 16  # characters of 5 bits
NONE = ALPHABET[0] * NUMBER  # where there is no number
HIGHEST = 32**NUMBER - 1
LONGEST = 512  # characters; what is longer is not ours
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def shape(kind: str, fields: int) -> re.Pattern[str]:
    """Of a whole token of that kind, whose fields have so many characters in all."""
    return re.compile(rf"({kind}[a-z2-7]{{{fields}}})([a-z2-7]{{{MAC}}})([a-z0-9]{{1,4}})")


def sealed(keys: Keys, body: str, *bound: str) -> str:
    """The token of a body. What it is `bound` to is not in it, and has to be known to open it."""
    return body + signed(keys.signing, body, keys.current, *bound) + keys.current


def opened(keys: Keys, form: re.Pattern[str], token: str, *bound: str) -> tuple[str, str] | None:
    """Body and key id of a token that we sealed; None for every other text."""
    match = form.fullmatch(token)
    secret = keys.secret(match[3]) if match else None
    if match is None or secret is None:
        return None
    body, mac, key_id = match.groups()
    good = hmac.compare_digest(mac, signed(secret, body, key_id, *bound))
    return (body, key_id) if good else None


def signed(secret: bytes, *parts: str) -> str:
    """The first 80 bits of the mac; no field of a token is longer."""
    # Each part stands behind its length, so that no two lists of parts run together into the same bytes.
    raw = (part.encode("utf-8", "surrogatepass") for part in parts)
    mac = hmac.digest(secret, b"".join(b"%d:%b" % (len(part), part) for part in raw), "sha256")
    return base64.b32encode(mac[: MAC * 5 // 8]).decode().lower()


def digest(secret: bytes, person: str) -> str:
    """Who may use it, as a keyed digest of their address."""
    return signed(secret, "staff", person.lower())[:PERSON]


def encode(number: int) -> str:
    """Raises ValueError for one that does not fit."""
    if not 0 < number <= HIGHEST:
        raise ValueError(f"{number} is no number for a token: it has to be from 1 to {HIGHEST}")
    return "".join(ALPHABET[number >> bits & 31] for bits in range(5 * NUMBER - 5, -1, -5))


def decode(text: str) -> int:
    number = 0
    for character in text:
        number = number << 5 | ALPHABET.index(character)
    return number


def minutes(at: datetime) -> str:
    """An aware moment in whole minutes, as a field."""
    return encode((at - EPOCH) // MINUTE)


def moment(field: str) -> datetime:
    return EPOCH + decode(field) * MINUTE
