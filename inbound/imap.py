"""Mailbox: new mails of one folder, read whole and filed into another. It never marks a mail as read, and loses none.

A person who reads the same mailbox changes nothing here, and is not disturbed: the mark of a read mail
is neither looked at nor set, and a plain EXPUNGE is never sent.
"""

import imaplib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime
from types import TracebackType
from typing import Self

from imapclient import SEEN

from inbound import uids as sequence
from inbound.connection import Connection, No
from inbound.deadline import Deadline
from inbound.down import BadArgument, MailboxBusy, MailboxDown, MailboxRefused, reconnect_delay
from inbound.fetching import Fetched, Fetching
from inbound.filing import Filing
from inbound.naming import name_of, others
from inbound.server import Server, Tls, plain
from inbound.session import Session

__all__ = [
    "BadArgument",
    "Fetched",
    "Mailbox",
    "MailboxBusy",
    "MailboxDown",
    "MailboxRefused",
    "Server",
    "Tls",
    "reconnect_delay",
]

IDLE_SECONDS = 60.0
CROWDED = 0.95  # of a quota
_UNITS = {"STORAGE": "KiB", "MESSAGE": "mails"}  # RFC 9208 §5
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Mailbox:
    """One folder on one connection, for one thread; `wake` alone may be called from another.

    Every method raises MailboxDown when the connection is lost (`is_open` turns False: `open` again, later), and
    MailboxRefused with the server's own words when it says no.
    """

    def __init__(
        self,
        server: Server,
        folder: str,
        processed_folder: str,
        *,
        monotonic: Callable[[], float],
        failpoint: Callable[[str], None] = lambda _: None,
        session: Session | None = None,
    ) -> None:
        """`processed_folder` "" leaves mail where it is. `monotonic` gives seconds. Raises BadArgument.

        A folder is named with "/" between its levels, whatever the server has there, or is one of `naming.USUAL`.
        """
        self._folder = plain("folder", folder)
        self._processed = plain("processed_folder", processed_folder) if processed_folder else ""
        if self._processed == folder or self._processed.upper() == folder.upper() == "INBOX":
            raise BadArgument(f"processed_folder: {folder}: it must not be the folder that is read")
        self.uidvalidity = 0
        self._failpoint = failpoint
        self._session = session or Session(server, monotonic)
        self._opened = 0  # the connection on which the folder was opened
        self._fetching = Fetching(self._session)
        self._filing = Filing(self._session, self._processed, failpoint)

    def beside(self, folder: str, processed_folder: str = "") -> "Mailbox":
        """Another folder on the same connection, for the same thread. The one that is opened last is where `wait` waits."""
        session = self._session
        return Mailbox(
            session.server,
            folder,
            processed_folder,
            monotonic=session.monotonic,
            failpoint=self._failpoint,
            session=session,
        )

    def others(self) -> list[str]:
        """The server's names of folders that nobody has opened on this connection, and into which people file what they received."""
        return others(self._session)

    @property
    def is_open(self) -> bool:
        return self._session.client is not None and self._opened == self._session.opened

    @property
    def name(self) -> str:
        """What the server calls the folder. Only while it is open."""
        return name_of(self._session, self._folder)

    @property
    def files(self) -> bool:
        """Whether mail leaves the folder once it is kept."""
        return bool(self._processed)

    @property
    def unreadable(self) -> dict[int, str]:
        """UIDs that the server lists but does not give, and why."""
        return self._fetching.unreadable

    @property
    def offers(self) -> frozenset[str]:
        """The server's capabilities, in upper case."""
        return self._session.offers

    def __enter__(self) -> Self:
        try:
            self.open()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connects and logs in where that is still to be done, makes the processed folder if it is missing, and selects.

        `uidvalidity` is then known.
        """
        connects = self._session.client is None
        if connects:
            self._session.open()
        try:
            if self._processed:
                self._filing.prepare()
            self._select(readonly=not self._processed)
        except MailboxRefused:
            if connects:  # else it is the other folders', too
                self._session.drop()
            raise
        self._opened = self._session.opened

    def turn(self) -> None:
        """Selects it again after another folder `beside` it was. Does nothing where that is not so."""
        if self._session.selected != self._folder:
            self._select(readonly=not self._processed)

    def close(self) -> None:
        """Says goodbye and lets all go, for the folders beside it, too. May be called twice; cannot be opened again."""
        self._session.close()

    def uids_above(self, uid: int) -> list[int]:
        """All UIDs above this one, sorted, whatever their flags. Searched in windows."""
        with self._session.command("NOOP") as client:
            client.connection.noop()  # a server may tell of a new mail only after the command that missed it
            client.connection.news = False
        highest = max(self._search("UID *"), default=0)
        found = sequence.windows(uid + 1, min(highest, sequence.HIGHEST), lambda a, b: self._search(f"UID {a}:{b}"))
        return [number for window in found for number in window]

    def all_uids(self) -> list[int]:
        """Every UID of the folder, for the comparison with the ledger."""
        return self.uids_above(0)

    def received_since(self, day: date) -> set[int]:
        """UIDs of mails that came on this day or later, whatever their flags (RFC 9051 §6.4.4, SINCE).

        Days are those of the server's time zone: ask from the day before the one that is meant.
        """
        return set(self._search(_since(day)))

    def listed(self, uids: Sequence[int]) -> dict[int, tuple[datetime, int]]:
        """When these mails came (INTERNALDATE, UTC; 1970 where that cannot be read) and how large the server says they are."""
        return self._fetching.listed(uids)

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """These mails, lowest UID first, in batches of at most 50 and 8 MiB; a larger mail is alone.

        A UID that is gone is left out. One that the server does not give is left out, and named in `unreadable`.
        """
        return self._fetching.fetch(uids)

    def move(self, uids: Sequence[int]) -> dict[int, int]:
        """Files these mails in the processed folder: UID → new UID, as far as the server tells (RFC 4315).

        A UID that is gone is fine. MailboxRefused: the rest is where it was, and the connection stands.
        """
        return self._filing.move(uids) if self._processed else {}

    def holds(self, message_id: str, since: date) -> bool:
        """Whether a mail with that Message-ID lies there, of those that came on this day or later, give or take one."""
        quoted = plain("Message-ID", message_id).replace("\\", "\\\\").replace('"', '\\"')
        return bool(self._search(f'{_since(since)} HEADER Message-ID "{quoted}"'))

    def append(self, raw: bytes, at: datetime) -> None:
        """Puts a mail there, marked as read; `at` is aware, and when it is to have come. Raises MailboxRefused."""
        name = self.name
        with self._session.command("APPEND", self._session.server.fetch_seconds) as client:
            client.append(name, raw, [SEEN], at)

    def delete(self, uids: Sequence[int]) -> None:
        """Deletes these mails, whose person wants to be forgotten; nothing else ever does. A UID that is gone is fine."""
        before = self.uidvalidity
        self._select()  # where mail stays in its folder that was opened to be read alone
        if self.uidvalidity != before:
            raise MailboxRefused(f"{self._folder} has just been numbered anew: try again")
        self._filing.delete(uids)

    def crowded(self) -> str:
        """How much of its quota is used, in words, where that is nearly all; nothing where a server does not tell (RFC 9208)."""
        if "QUOTA" not in self.offers:
            return ""
        with suppress(MailboxRefused), self._session.command("GETQUOTAROOT") as client:
            _, quotas = client.get_quota_root("INBOX")
            full = [one for one in quotas if one.limit > 0 and one.usage >= CROWDED * one.limit]
            return ", ".join(f"{one.usage} of {one.limit} {_UNITS.get(one.resource, one.resource)}" for one in full)
        return ""

    def wait(self, seconds: float) -> bool:
        """Until something may be new (True), or the time is over or `wake` was called (False). Search after either.

        Where IDLE is offered, 60 s at most: it is a hint, and hints get lost.
        """
        idle = "IDLE" in self.offers
        seconds = min(seconds, IDLE_SECONDS) if idle else seconds
        with self._session.command("IDLE", seconds + self._session.server.command_seconds) as client:
            connection, until = client.connection, self._session.deadline(seconds)
            if idle and not connection.news:
                self._idle(connection, until)
            # Also after an IDLE that the server cut short: else the caller would be in a busy loop.
            spoke = not connection.news and connection.await_line(until, self._session.ear)
            self._hear()
            return connection.news or spoke

    def wake(self) -> None:
        """Ends `wait` at once, or the next one. For other threads."""
        with suppress(OSError):
            self._session.bell.send(b"!")

    def _select(self, *, readonly: bool = False) -> None:
        name = name_of(self._session, self._folder)
        self._session.selected = ""  # after a refusal none is (RFC 9051 §6.3.2)
        with self._session.command(f"opening the folder {self._folder}", codes=True) as client:
            try:
                answer = client.select_folder(name, readonly=readonly)
            except imaplib.IMAP4.readonly as error:
                raise MailboxRefused(f"{self._folder} is read-only, and mail shall leave it") from error
            self.uidvalidity = int(answer.get(b"UIDVALIDITY", 0))
            if not self.uidvalidity:
                raise MailboxRefused(f"{self._folder}: the server has no lasting UIDs (no UIDVALIDITY)")
            client.connection.news = False
            self._session.selected = self._folder

    def _idle(self, connection: Connection, until: Deadline) -> None:
        try:
            connection.idle(until, self._session.ear)
        except No:
            self._session.offers -= {"IDLE"}  # offered, but refused: then by the clock alone

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            while self._session.ear.recv(1024):
                pass

    def _search(self, criterion: str) -> list[int]:
        with self._session.command("SEARCH", codes=True) as client:
            return client.connection.search_uids(criterion)


def _since(day: date) -> str:
    return f"SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year:04}"
