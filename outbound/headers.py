"""Headers of outgoing mail: the one place where text becomes a header line, and where an address is proved. Never sends."""

import base64
import re
from collections.abc import Iterable, Sequence
from email.parser import HeaderParser

from inbound.message import Address
from outbound.address import refusal

LONGEST = 200  # characters of a header that people wrote
WIDTH, LIMIT = 78, 998  # octets of a line: should, must (RFC 5322 §2.1.1)
MOST_IDS = 50
CHUNK = 39  # octets in an encoded word: the line stays within 76 (RFC 2047 §2)

BLANKED = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]  # C0, DEL, C1, line and paragraph separator
REMOVED = [0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0xD800, 0xE000)]
CLEANED: dict[int, str | None] = {**dict.fromkeys(BLANKED, " "), **dict.fromkeys(REMOVED)}

ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)
ID = re.compile(r"<[!-;=?-~]{1,500}>")


def clean_header(text: str, cap: int = LONGEST) -> str:
    """The text on one line, without anything that could end a header or turn its direction (T17)."""
    line = " ".join(text.translate(CLEANED).split())
    return line if len(line) <= cap else line[: cap - 1].rstrip() + "…"


def addr_fault(addr: str) -> str:
    """Why a mail cannot go to this addr-spec; "" if it can, if need be by SMTPUTF8. It never repeats the address (P4)."""
    return "is no address that mail can go to" if refusal(addr) else ""


def own_fault(addr: str) -> str:
    """The same for an address of ours, which has to be one for every server."""
    return addr_fault(addr) or ("" if addr.isascii() else "is not ASCII, and would need a server with SMTPUTF8")


def chain(parent: str, references: Iterable[str]) -> tuple[str, ...]:
    """The ids for References (RFC 5322 §3.6.4), the parent last; too many lose their middle, never the first (S03)."""
    ids = [one for one in dict.fromkeys(references) if ID.fullmatch(one) and one != parent]
    ids += [parent] if ID.fullmatch(parent) else []
    return (*ids[:1], *ids[1:][-(MOST_IDS - 1) :])


def text_words(text: str) -> list[str]:
    """A header's text as words between which it may be folded; encoded words (RFC 2047) where it is not plain."""
    return text.split(" ") if text.isascii() and "=?" not in text else _encoded(text)


def address_words(address: Address) -> list[str]:
    """A mailbox as words: the name quoted or encoded as it needs, the address in angle brackets."""
    name = clean_header(address.name)
    if not name:
        return [address.addr]
    if ATOMS.fullmatch(name) or not name.isascii() or "=?" in name:
        return [*text_words(name), f"<{address.addr}>"]
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return [*f'"{quoted}"'.split(" "), f"<{address.addr}>"]


def fold(name: str, words: Sequence[str]) -> str:
    """`Name: words`, in lines of at most 78 octets where a word allows it, joined by CRLF."""
    lines = [f"{name}: {words[0]}"]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    return "\r\n".join(lines)


def prove(head: bytes, intended: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Reads the finished header block again. Raises ValueError unless it says what was intended, and nothing else."""
    if max(map(len, head.split(b"\r\n"))) > LIMIT or b"\n" in head.replace(b"\r\n", b""):
        raise ValueError("a header line is broken or too long")
    read = HeaderParser().parsestr(head.decode()).items()
    if [(name, value.replace("\r\n", "")) for name, value in read] != [
        (name, " ".join(words)) for name, words in intended
    ]:
        raise ValueError("the headers read again are not those that were written")


def _encoded(text: str) -> list[str]:
    chunks, size = [""], 0
    for character in text:
        length = len(character.encode())
        if size + length > CHUNK:
            chunks.append("")
            size = 0
        chunks[-1] += character
        size += length
    return [f"=?utf-8?b?{base64.b64encode(chunk.encode()).decode()}?=" for chunk in chunks]
