"""Excerpt: the beginning of a mail that is too large to be read, and what identifies the rest. Pure; it keeps no more than that."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from inbound.limits import Limits

_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r|\n\r\n")
_NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Of a mail over `Limits.size`: `parse` makes of it what it makes of the whole mail."""

    beginning: bytes
    size: int  # octets of the whole mail
    sha256: str  # of the whole mail, hex
    body: str  # SHA-256 of all that follows the headers, hex


def excerpt(pieces: Iterable[bytes], limits: Limits = _NO_LIMITS) -> Excerpt:
    """Of a mail that comes in pieces, none of which has to stay in memory."""
    rest = iter(pieces)
    start = bytearray()
    for piece in rest:
        start += piece
        if len(start) >= limits.excerpt:
            break
    beginning = bytes(start[: limits.excerpt])
    whole, body, size = sha256(start), sha256(start[len(head(beginning)) :]), len(start)
    for piece in rest:
        whole.update(piece)
        body.update(piece)
        size += len(piece)
    return Excerpt(beginning, size, whole.hexdigest(), body.hexdigest())


def cut(raw: bytes, octets: int) -> Iterator[bytes]:
    """The same bytes in pieces."""
    return (raw[start : start + octets] for start in range(0, len(raw), octets))


def head(raw: bytes) -> bytes:
    """The headers of a mail, with the blank line."""
    blank = _BLANK.search(raw)
    return raw[: blank.end()] if blank else raw
