"""Certificate: what an application proves itself with at Microsoft, and the key to it (RFC 5280). Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from postroom.oauth.rsa import Key, der, key, parts

SEQUENCE, UTC_TIME, GENERALIZED_TIME = 0x30, 0x17, 0x18
NONE = "there is no certificate in it that can be used (PEM)"


@dataclass(frozen=True, slots=True)
class Certificate:
    """`thumbprint`: the SHA-256 of its DER. `ends`: when nobody takes it any more."""

    thumbprint: bytes
    ends: datetime
    key: Key


def certificate(raw: str, key_raw: str) -> Certificate:
    """From two PEM files, which may be one. Raises ValueError; the message holds none of them."""
    pair = key(key_raw)
    try:
        whole = der(raw, "CERTIFICATE")
        ends = _ends(whole)
    except (ValueError, IndexError):
        raise ValueError(NONE) from None
    if pair.modulus.to_bytes(pair.size, "big") not in whole:
        raise ValueError("the key is another certificate's")
    return Certificate(sha256(whole).digest(), ends, pair)


def _ends(whole: bytes) -> datetime:
    """The second of the two times of its validity (RFC 5280 §4.1.2.5). Raises ValueError, IndexError."""
    (_, outer), *_ = parts(whole)
    (_, signed), *_ = parts(outer)
    for tag, content in parts(signed):
        times = list(parts(content)) if tag == SEQUENCE else []
        if times and times[0][0] in {UTC_TIME, GENERALIZED_TIME}:
            return _time(*times[1])
    raise ValueError("no validity")


def _time(tag: int, content: bytes) -> datetime:
    text = content.decode("ascii")
    if tag == UTC_TIME:  # two digits of a year: from 1950 to 2049
        text = f"{'19' if text >= '50' else '20'}{text}"
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
