"""Letter, Trouble: a mail that lies in some file, and what could not be looked at. A letter reads its own bytes, and writes none."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

HEAD = 64 * 1024  # bytes in which the date is looked for
LARGEST = 256 * 1024 * 1024  # as much as a mail may have that a server gives
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIRST = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, and where it lies: `size` octets of a file, from `start` on."""

    where: str  # for people: a file, and which of its mails
    received_at: datetime
    path: Path
    start: int = 0
    size: int = 0
    mailbox: str = ""  # of the configuration, if it lies in one
    quoted: bool = False  # its lines that begin with "From " are marked, as in an mbox

    def read(self) -> bytes:
        """Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            raw = file.read(self.size)
        return _ESCAPED.sub(rb"\1", raw) if self.quoted else raw


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be looked at, and why: one line for a person."""

    where: str
    why: str


Found = list[Letter | Trouble]


def came(head: bytes, otherwise: datetime, now: datetime) -> datetime:
    """When a mail came: by its topmost Received, else by its Date, else `otherwise`; never later than now."""
    try:
        fields = BytesHeaderParser().parsebytes(head)
        received, date = str(fields.get("received", "")), str(fields.get("date", ""))
    except Exception:  # noqa: BLE001 - the second of the two places where any mail is read
        received, date = "", ""
    found = moment(received.rpartition(";")[2]) or moment(date) or otherwise
    return min(max(found, _FIRST), now)


def moment(text: str) -> datetime | None:
    """A time as mails write it, None where it is none."""
    try:
        read = parsedate_to_datetime(" ".join(text[:200].split()))
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
