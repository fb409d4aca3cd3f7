"""Transfer encodings: the octets of a leaf part. Never raises; it knows nothing of charsets."""

import binascii
import re
from email.message import Message

_TOKEN = re.compile(r"[\s\"']*([A-Za-z0-9-]{1,40})")
_KNOWN = frozenset(("base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"))
_FOREIGN = re.compile(rb"[^A-Za-z0-9+/]+")


def encoding(value: str) -> str:
    """The token of a Content-Transfer-Encoding, however it is spelt; "" where nothing is to be decoded."""
    token = _TOKEN.match(value)
    name = token[1].lower() if token else ""
    return name if name in _KNOWN else ""


def content(part: Message) -> bytes:
    """The decoded octets of a leaf; b"" for a multipart."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, TypeError, LookupError):  # a broken uuencoding
        return b""
    return data if isinstance(data, bytes) else b""


def base64(data: bytes) -> bytes:
    """What base64 holds, as mail programs read it: foreign octets skipped, missing padding supplied (RFC 2045 §6.8)."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        kept = _FOREIGN.sub(b"", data.partition(b"=")[0])
        return binascii.a2b_base64(kept[: len(kept) - (len(kept) % 4 == 1)] + b"==")
