"""Mbox: the mails of one file, in its order (RFC 4155). It reads, and locks nothing.

A mail begins with a line `From ` that has a time and stands behind an empty line, with a header field under it:
a line of a letter that begins so begins no other mail.
"""

import mmap
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from postroom.letters.letter import BEGIN, HEAD, LARGEST, Found, Letter, Trouble, came, moment

_LINE = 300  # octets of a From_ line that are looked at
_TIME, _YEAR = re.compile(rb"\d\d?:\d\d"), re.compile(rb"\b(?:19|20)\d\d\b")
_FIELD = re.compile(rb"[!-9;-~]{1,76}:")


def is_mbox(path: Path) -> bool:
    """Raises OSError."""
    with path.open("rb") as file:
        return file.read(len(BEGIN)) == BEGIN


def letters(path: Path, last: int, now: datetime) -> Found:
    """The last mails of the file. Raises OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        starts = list(_starts(content))
        ends = [*starts[1:], len(content)]
        numbered = list(enumerate(zip(starts, ends, strict=True), 1))[-last:]
        return [_letter(path, content, number, *span, now) for number, span in numbered]


def _starts(content: mmap.mmap) -> Iterator[int]:
    """Where mails begin, each with its From_ line."""
    yield 0
    at = content.find(b"\n" + BEGIN)
    while at >= 0:
        if _begins(content, at + 1):
            yield at + 1
        at = content.find(b"\n" + BEGIN, at + 1)


def _begins(content: mmap.mmap, at: int) -> bool:
    if not content[max(0, at - 3) : at].endswith((b"\n\n", b"\n\r\n")):
        return False
    end = content.find(b"\n", at, at + _LINE)
    line = content[at:end] if end >= 0 else b""
    return bool(_TIME.search(line) and _YEAR.search(line) and _FIELD.match(content[end + 1 : end + 1 + _LINE]))


def _letter(path: Path, content: mmap.mmap, number: int, start: int, end: int, now: datetime) -> Letter | Trouble:
    where = f"{path}, mail {number}"
    line = content[start : start + _LINE].partition(b"\n")[0]
    first = min(start + len(line) + 1, end)
    if end - first > LARGEST:
        return Trouble(where, f"it has {end - first} bytes: more than {LARGEST}")
    end -= content[max(first, end - 3) : end].endswith((b"\n\n", b"\n\r\n"))  # the empty line before the next
    written = moment(line.decode("latin-1").partition(" ")[2].partition(" ")[2]) or now
    at = came(content[first : min(first + HEAD, end)], written, now)
    return Letter(where, at, path, start, end - start, in_mbox=True)
