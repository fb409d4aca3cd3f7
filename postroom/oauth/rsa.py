"""RSA: the two signatures that authorities ask for (RFC 8017). Pure, and not of constant time: nobody who could measure it is further from the key file than we are."""

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field

SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # DigestInfo before the hash: RFC 8017 §9.2, note 1
INTEGER, OCTETS = 0x02, 0x04
SMALLEST = 2048  # bits
SALT = 32  # octets: RFC 7518 §3.5


@dataclass(frozen=True, slots=True)
class Key:
    """RFC 8017 §3."""

    modulus: int
    public: int
    private: int = field(repr=False)

    @property
    def size(self) -> int:
        """Octets of the modulus."""
        return (self.modulus.bit_length() + 7) // 8


def key(pem: str) -> Key:
    """The first of a PKCS #8 file (RFC 5958, RFC 8017 §A.1.2). Raises ValueError; the message holds none of it."""
    try:
        return _key(der(pem, "PRIVATE KEY"))
    except (ValueError, IndexError):
        raise ValueError("there is no RSA key in it that can be used (PKCS #8)") from None


def pkcs1(key: Key, content: bytes) -> bytes:
    """RSASSA-PKCS1-v1_5 with SHA-256, which JWT calls RS256 (RFC 8017 §8.2.1)."""
    digest = SHA256 + hashlib.sha256(content).digest()
    return _raised(key, b"\x00\x01" + b"\xff" * (key.size - len(digest) - 3) + b"\x00" + digest)


def pss(key: Key, content: bytes, salt: bytes) -> bytes:
    """RSASSA-PSS with SHA-256, which JWT calls PS256 (RFC 8017 §8.1.1, §9.1.1). `salt`: SALT octets of chance."""
    bits = key.modulus.bit_length() - 1
    size = (bits + 7) // 8
    digest = hashlib.sha256(bytes(8) + hashlib.sha256(content).digest() + salt).digest()
    block = bytes(size - len(salt) - len(digest) - 2) + b"\x01" + salt
    masked = int.from_bytes(block, "big") ^ int.from_bytes(_mask(digest, len(block)), "big")
    masked &= (1 << (bits - 8 * (size - len(block)))) - 1  # the bits that the modulus has no room for are zero
    return _raised(key, masked.to_bytes(len(block), "big") + digest + b"\xbc")


def der(pem: str, label: str) -> bytes:
    """What the first part with that label holds (RFC 7468). Raises ValueError."""
    _, begun, rest = pem.partition(f"-----BEGIN {label}-----")
    text, ended, _ = rest.partition(f"-----END {label}-----")
    if not (begun and ended):
        raise ValueError("no PEM")
    return b64decode("".join(text.split()), validate=True)


def parts(der: bytes) -> Iterator[tuple[int, bytes]]:
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


def _key(found: bytes) -> Key:
    """Raises ValueError, IndexError."""
    (_, outer), *_ = parts(found)
    inner = next((content for tag, content in parts(outer) if tag == OCTETS), b"")
    (_, within), *_ = parts(inner)
    numbers = [int.from_bytes(content, "big") for tag, content in parts(within) if tag == INTEGER]
    made = Key(numbers[1], numbers[2], numbers[3])
    if made.modulus.bit_length() < SMALLEST or pow(pow(2, made.private, made.modulus), made.public, made.modulus) != 2:
        raise ValueError("no pair")
    return made


def _raised(key: Key, block: bytes) -> bytes:
    return pow(int.from_bytes(block, "big"), key.private, key.modulus).to_bytes(key.size, "big")


def _mask(seed: bytes, length: int) -> bytes:
    """MGF1 with SHA-256 (RFC 8017 §B.2.1)."""
    rounds = range(-(-length // 32))
    return b"".join(hashlib.sha256(seed + n.to_bytes(4, "big")).digest() for n in rounds)[:length]
