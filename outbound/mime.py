"""The bytes of a mail: headers, its words as text and as HTML, its files. One boundary for one Message-ID; no chance.

ASCII only, but for an address that is none. With files it is mixed(alternative(text, related(html, pictures)), files);
what would have one part alone is that part.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence

from outbound.file import File
from outbound.parts import Entity, Header, attached, head, shown, together

# Tab and line feed stay; form feeds and other controls never reach a reader's screen.
CONTROLS: dict[int, str | None] = dict.fromkeys([*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0)])
CONTROLS |= {0x0A: "\n", 0x2028: "\n", 0x2029: "\n", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}


def assemble(
    headers: Sequence[Header],
    message_id: str,
    text: str,
    html: str,
    pictures: Sequence[tuple[str, File]] = (),
    files: Sequence[File] = (),
    calendar: tuple[str, bytes] | None = None,
) -> bytes:
    """A mail (RFC 2046 §5.1) from headers, given as name and words, two bodies, pictures by their Content-ID, and files.

    `calendar` is a method with its octets, the last of the alternatives (RFC 6047 §2.4). The same input gives the same bytes. Raises ValueError where the headers do not come out as they went in.
    """
    seen = [_words("html", html), *(shown(file, id_) for id_, file in pictures)]
    related = together("related", _boundary(message_id, "related"), seen)
    invitation = [_calendar(*calendar)] if calendar else []
    said = together("alternative", _boundary(message_id), [_words("plain", text), related, *invitation])
    whole = together("mixed", _boundary(message_id, "mixed"), [said, *map(attached, files)])
    return head([*headers, ("MIME-Version", ["1.0"]), *whole.headers]) + whole.body


def clean_body(text: str) -> str:
    """The text with line feeds alone as line ends, without other controls or half characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROLS)


def _words(kind: str, text: str) -> Entity:
    # Quoted-printable (RFC 2045 §6.7): no server needs 8BITMIME, no line is longer than 76.
    coded = binascii.b2a_qp(clean_body(text).encode(), istext=True).replace(b"\n", b"\r\n")
    type_ = ("Content-Type", [f"text/{kind};", 'charset="utf-8"'])
    return Entity((type_, ("Content-Transfer-Encoding", ["quoted-printable"])), coded)


def _calendar(method: str, octets: bytes) -> Entity:
    type_ = ("Content-Type", ["text/calendar;", 'charset="utf-8";', f"method={method}"])
    coded = base64.encodebytes(octets).replace(b"\n", b"\r\n").removesuffix(b"\r\n")
    return Entity((type_, ("Content-Transfer-Encoding", ["base64"])), coded)


def _boundary(message_id: str, kind: str = "") -> str:
    # `=_` never occurs in quoted-printable or base64: no content can contain the boundary, and none begins with another.
    digest = hashlib.sha256(f"{message_id}{kind}".encode()).digest()[:15]
    return f"=_{base64.b32encode(digest).decode().lower()}"
