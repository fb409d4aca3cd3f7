"""Letter, Trouble: a mail that lies in some file, and what could not be looked at. A letter reads its own bytes, and writes none."""

import errno
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path

BEGIN = b"From "  # of each mail of an mbox
_BEHIND = len(BEGIN) + 2  # octets behind a mail that are looked at
HEAD = 64 * 1024  # bytes in which the date is looked for
LARGEST = 256 * 1024 * 1024  # as much as a mail may have that a server gives
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
_FIRST = datetime(1990, 1, 1, tzinfo=UTC)  # what is said to be older comes of a clock that was never set


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail, and where it lies: `size` octets of a file, from `start` on."""

    where: str  # for people: a file, and which of its mails
    received_at: datetime
    path: Path
    start: int = 0
    size: int = 0
    mailbox: str = ""  # of the configuration, if it lies in one
    folder: str = ""  # likewise, of that mailbox
    arrived_at: datetime | None = None  # likewise, by its server: of a mailbox that was copied, the day of the copy
    in_mbox: bool = False  # it begins with its From_ line, and its own lines that begin so are marked

    def read(self) -> bytes:
        """The mail alone. Raises OSError, also where the file is another one by now."""
        with self.path.open("rb") as file:
            file.seek(self.start)
            raw, behind = file.read(self.size), file.read(_BEHIND)
        if len(raw) < self.size or not self._ends(behind) or (self.in_mbox and not raw.startswith(BEGIN)):
            raise OSError(errno.ESTALE, "it has changed since it was looked at")
        return _ESCAPED.sub(rb"\1", raw.partition(b"\n")[2]) if self.in_mbox else raw

    def _ends(self, behind: bytes) -> bool:
        """Whether what lies behind it is nothing, or another mail."""
        return BEGIN.startswith(behind.lstrip(b"\r\n")[: len(BEGIN)]) if self.in_mbox else not behind


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be looked at, and why: one line for a person."""

    where: str
    why: str


Found = list[Letter | Trouble]


def came(head: bytes, otherwise: datetime, now: datetime) -> datetime:
    """When a mail came: by its topmost Received, else by its Date, else `otherwise`; never before 1990, nor later than now."""
    try:
        fields = BytesHeaderParser().parsebytes(head)
        received, date = str(fields.get("received", "")), str(fields.get("date", ""))
    except Exception:  # noqa: BLE001 - the second of the two places where any mail is read
        received, date = "", ""
    said = (moment(received.rpartition(";")[2]), moment(date), otherwise)
    return min(next((at for at in said if at and at >= _FIRST), now), now)


def moment(text: str) -> datetime | None:
    """A time as mails write it, None where it is none."""
    try:
        read = parsedate_to_datetime(" ".join(text[:200].split()))
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
