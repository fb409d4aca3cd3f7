"""Headers: the text of a header's value, and the ids in it. Never raises; it never looks at addresses."""

import binascii
import re

from inbound import charsets
from inbound.transfer import base64

# RFC 2047 §2 with RFC 2231 §5's language; the end is sought apart, so that no input is read twice.
_WORD = re.compile(r"=\?([A-Za-z0-9_:.+-]{1,60})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_STRAY = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_BREAK = re.compile("[\t\n\r\u2028\u2029]")
_ID = re.compile(r"<[^<>]+>")


def value(raw: str) -> str:
    """The decoded, unfolded value of an unstructured header, free of control characters."""
    return printable(words(unfold(octets(raw))))


def octets(raw: str) -> str:
    """8-bit octets, which the standard library holds as surrogates, as text: UTF-8, else Western."""
    if raw.isascii():
        return raw
    return charsets.decode(_STRAY.sub("", raw).encode("utf-8", "surrogateescape"))[0]


def unfold(raw: str) -> str:
    """RFC 5322 §2.2.3, with one space for the fold."""
    if "\n" not in raw and "\r" not in raw:
        return raw.strip()
    return " ".join(line.strip() for line in raw.splitlines()).strip()


def words(text: str) -> str:
    """Encoded words decoded, also within quotes.

    Neighbours of one charset are joined before they are decoded: mailers split characters between them.
    """
    if "=?" not in text:
        return text
    result: list[str] = []
    held = bytearray()
    charset, position, after = "", 0, False
    while (start := _WORD.search(text, position)) and (end := text.find("?=", start.end())) >= 0:
        gap = text[position : start.start()]
        apart = bool(gap.strip())
        if apart or not after or start[1].lower() != charset:
            result += [charsets.decode(bytes(held), charset)[0], gap if apart or not after else ""]
            held.clear()
        held += _word(start[2], text[start.end() : end])
        charset, position, after = start[1].lower(), end + 2, True
    result += [charsets.decode(bytes(held), charset)[0], text[position:]]
    return "".join(result)


def printable(text: str) -> str:
    """Line ends and tabs as spaces, no other control characters, no lone surrogates."""
    return _UNPRINTABLE.sub("", _BREAK.sub(" ", text)).strip()


def ids(raw: str, longest: int) -> tuple[str, ...]:
    """The ids of Message-ID, In-Reply-To and References (RFC 5322 §3.6.4), with angle brackets, without white space.

    A value that is one word without brackets, as some mailers write it, gets them.
    """
    text = printable(unfold(octets(raw)))
    found = _ID.findall(text) or ([f"<{text}>"] if "@" in text and " " not in text.strip("<>") else [])
    tidy = ("".join(each.split()) for each in found)
    return tuple(each for each in tidy if 2 < len(each) <= longest)


def _word(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "bB":
        return base64(data)
    return binascii.a2b_qp(data, header=True)
