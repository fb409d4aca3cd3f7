"""Keys: the secrets that tokens are signed with, the current one and older ones that still count. Never shows a secret."""

import base64
import binascii
import re
from dataclasses import dataclass

KEY_ID = re.compile(r"[a-z0-9]{1,4}")
SHORTEST_SECRET = 20  # bytes; RFC 2104 §3 advises no less than the length of the hash that is kept


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Key ids with their secrets. The first signs; all of them verify, so that a new key may stand above the old one."""

    pairs: tuple[tuple[str, bytes], ...]

    @classmethod
    def read(cls, text: str) -> "Keys":
        """Parses a key file: lines of `id secret`, the secret in base32, `#` begins a comment.

        Raises ValueError, in one line that names the mend and shows no secret.
        """
        lines = ((number, line.partition("#")[0].split()) for number, line in enumerate(text.splitlines(), 1))
        pairs = tuple(_pair(number, words) for number, words in lines if words)
        if not pairs:
            raise ValueError("there is no key: add a line such as `k1`, a space, and 32 random bytes in base32")
        if len({key_id for key_id, _ in pairs}) < len(pairs):
            raise ValueError("two keys have one id: give each line an id of its own")
        return cls(pairs)

    @property
    def current(self) -> str:
        return self.pairs[0][0]

    @property
    def signing(self) -> bytes:
        """The secret of the current key."""
        return self.pairs[0][1]

    def secret(self, key_id: str) -> bytes | None:
        return next((secret for known, secret in self.pairs if known == key_id), None)

    def __repr__(self) -> str:
        return f"Keys({', '.join(f'{key_id} ***' for key_id, _ in self.pairs)})"


def key_line(key_id: str, secret: bytes) -> str:
    """The line of a key file, as `Keys.read` takes it."""
    return f"{key_id} {base64.b32encode(secret).decode().rstrip('=').lower()}\n"


def _pair(number: int, words: list[str]) -> tuple[str, bytes]:
    if len(words) != 2:
        raise ValueError(f"line {number}: write an id, a space and a secret, nothing else")
    key_id, secret = words
    if not KEY_ID.fullmatch(key_id):
        raise ValueError(f"line {number}: the id is not 1 to 4 of a-z and 0-9: write one such as k1")
    try:
        read = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    except (binascii.Error, ValueError):
        raise ValueError(f"line {number}: the secret is not base32: write letters and the digits 2 to 7") from None
    if len(read) < SHORTEST_SECRET:
        raise ValueError(f"line {number}: the secret has {len(read)} bytes: write 32 random ones, in base32")
    return key_id, read
