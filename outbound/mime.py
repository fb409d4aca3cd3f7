"""The bytes of a mail: headers, then its words as text and as HTML. ASCII only, one boundary for one Message-ID; no chance."""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from outbound.headers import fold, prove

# Tab and line feed stay; form feeds and other controls never reach a reader's screen.
CONTROLS: dict[int, str | None] = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)])
CONTROLS |= {0x0A: "\n", 0x2028: "\n", 0x2029: "\n", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
PART = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%b\r\n'


def assemble(headers: Sequence[tuple[str, Sequence[str]]], message_id: str, text: str, html: str) -> bytes:
    """A multipart/alternative (RFC 2046 §5.1.4) from headers, given as name and words, and two bodies.

    The same input gives the same bytes. Raises ValueError where the headers do not come out as they went in.
    """
    boundary = _boundary(message_id)
    whole = [
        *headers,
        ("MIME-Version", ["1.0"]),
        ("Content-Type", ["multipart/alternative;", f'boundary="{boundary}"']),
    ]
    head = "\r\n".join(fold(name, words) for name, words in whole).encode("ascii") + b"\r\n\r\n"
    prove(head, whole)
    line = b"--" + boundary.encode()
    parts = (PART % (b"plain", _quoted(text)), PART % (b"html", _quoted(html)))
    return head + b"".join(line + b"\r\n" + part for part in parts) + line + b"--\r\n"


def clean_body(text: str) -> str:
    """The text with line feeds alone as line ends, without other controls or half characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)


def _quoted(text: str) -> bytes:
    # Quoted-printable (RFC 2045 §6.7): no server needs 8BITMIME, no line is longer than 76.
    return binascii.b2a_qp(clean_body(text).encode(), istext=True).replace(b"\n", b"\r\n")


def _boundary(message_id: str) -> str:
    # `=_` never occurs in quoted-printable: no text can contain the boundary.
    digest = hashlib.sha256(message_id.encode()).digest()[:15]
    return f"=_{base64.b32encode(digest).decode().lower()}"
