"""Assertion: what a service account says of itself to be let in, signed with its key (RFC 7523, RFC 7515: RS256). Pure."""

import hashlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

LIFE = timedelta(minutes=30)  # an hour is the most that Google takes
BEGIN, END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"
SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo before the hash: RFC 8017 §9.2, note 1
INTEGER, OCTETS = 0x02, 0x04
SMALLEST = 2048  # bits


@dataclass(frozen=True, slots=True)
class Key:
    """An RSA key (RFC 8017 §3)."""

    modulus: int
    public: int
    private: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """`address`: the account's own. `subject`: the mailbox that it acts for. `id`: of the key."""

    address: str
    subject: str
    id: str
    key: Key


class _File(Struct):
    """The file that Google makes, as far as we need it."""

    client_email: str
    private_key: str
    private_key_id: str = ""


def account(raw: str, subject: str) -> Account:
    """From a key file. Raises ValueError; the message holds none of it."""
    try:
        file = msgspec.json.decode(raw, type=_File)
    except (msgspec.MsgspecError, ValueError):
        raise ValueError("it is no key file of a service account (JSON)") from None
    try:
        key = _key(file.private_key)
    except (ValueError, IndexError):
        raise ValueError("there is no RSA key in it that can be used (PKCS #8)") from None
    return Account(file.client_email, subject, file.private_key_id, key)


def assertion(account: Account, scope: str, audience: str, now: datetime) -> str:
    """RFC 7523 §3, with Google's `scope`."""
    head = {"alg": "RS256", "typ": "JWT"} | ({"kid": account.id} if account.id else {})
    begun = int(now.timestamp())
    claims = {
        "iss": account.address,
        "sub": account.subject,
        "scope": scope,
        "aud": audience,
        "iat": begun,
        "exp": begun + int(LIFE.total_seconds()),
    }
    said = f"{_url(msgspec.json.encode(head))}.{_url(msgspec.json.encode(claims))}"
    return f"{said}.{_url(signature(account.key, said.encode()))}"


def signature(key: Key, content: bytes) -> bytes:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1)."""
    size = (key.modulus.bit_length() + 7) // 8
    digest = SHA256 + hashlib.sha256(content).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
    return pow(int.from_bytes(padded, "big"), key.private, key.modulus).to_bytes(size, "big")


def _key(pem: str) -> Key:
    """Of a PKCS #8 file (RFC 5958, RFC 8017 §A.1.2). Raises ValueError, IndexError."""
    _, begun, rest = pem.partition(BEGIN)
    text, ended, _ = rest.partition(END)
    if not (begun and ended):
        raise ValueError("no PEM")
    (_, outer), *_ = _parts(b64decode("".join(text.split()), validate=True))
    inner = next((content for tag, content in _parts(outer) if tag == OCTETS), b"")
    (_, numbers), *_ = _parts(inner)
    found = [int.from_bytes(content, "big") for tag, content in _parts(numbers) if tag == INTEGER]
    key = Key(found[1], found[2], found[3])
    if key.modulus.bit_length() < SMALLEST or pow(pow(2, key.private, key.modulus), key.public, key.modulus) != 2:
        raise ValueError("no pair")
    return key


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value, one after the other (X.690 §8.1). Raises ValueError, IndexError."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:
            octets = size & 0x7F
            size, at = int.from_bytes(der[at : at + octets], "big"), at + octets
        if at + size > len(der):
            raise ValueError("cut short")
        yield tag, der[at : at + size]
        at += size


def _url(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()
