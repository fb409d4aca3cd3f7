"""A delivery by HTTP that is signed as Standard Webhooks 1.0.0 says: whether it is who it claims to be, and when it was sent. Pure.

webhook-id: <id>   webhook-timestamp: <seconds since 1970>   webhook-signature: v1,<base64> …
v1 is HMAC-SHA256 over "<id>.<timestamp>.<body>"; the secret is "whsec_" and the key in base64.
"""

import hmac
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SECRET = "whsec_"  # noqa: S105 - what a secret begins with
SHORTEST, LONGEST = 24, 64  # octets of a key
WINDOW = timedelta(minutes=5)  # so far its clock and ours may be apart; an older delivery may be a replay
MOST_SIGNATURES = 10  # two, as a rule, while a secret is being changed
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # without a dot, or one text could be signed for two deliveries
_SECONDS = re.compile(r"[0-9]{1,11}")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came, as it came; "" for a header that is missing."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def signing_key(secret: str) -> bytes:
    """The key that a secret stands for. Raises ValueError with the mend, which does not tell the secret."""
    try:
        found = b64decode(secret.removeprefix(SECRET), validate=True)
    except ValueError:
        found = b""
    if not secret.startswith(SECRET) or not SHORTEST <= len(found) <= LONGEST:
        raise ValueError(
            f"it has to be {SECRET} and {SHORTEST} to {LONGEST} octets in base64, as openssl rand -base64 32 makes"
        )
    return found


def is_signed(key: bytes, delivery: Delivery) -> bool:
    """Whether one of its signatures is made with that key, for this very id, time and body."""
    if not _ID.fullmatch(delivery.id) or not _SECONDS.fullmatch(delivery.timestamp):
        return False
    wanted = signature(key, delivery.id, delivery.timestamp, delivery.body)
    given = delivery.signature.encode("utf-8", "replace").split()[:MOST_SIGNATURES]
    return any([hmac.compare_digest(one, wanted) for one in given])  # noqa: C419 - each of them, whichever fits


def signature(key: bytes, id_: str, timestamp: str, body: bytes) -> bytes:
    """As the header has it."""
    return b"v1," + b64encode(hmac.digest(key, f"{id_}.{timestamp}.".encode() + body, "sha256"))


def sent_at(delivery: Delivery) -> datetime:
    """When it was sent, by its own word: ask `is_signed` first."""
    return datetime.fromtimestamp(int(delivery.timestamp), UTC)


def is_fresh(delivery: Delivery, now: datetime) -> bool:
    return abs(sent_at(delivery) - now) <= WINDOW
