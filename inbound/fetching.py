"""Fetching: mails read whole, in batches that memory can hold. It marks no mail as read, and cuts none to its announced size."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from inbound import uids as sequence
from inbound.down import MailboxRefused
from inbound.session import Session
from inbound.spool import Spool

SIZES_AT_ONCE = 250
BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
MOST_BYTES = 64 * 1024 * 1024  # of one batch, whatever the server announced before
LARGEST_MAIL = 256 * 1024 * 1024
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail. `size` is what the server announced (RFC822.SIZE); some announce wrongly, and `raw` is what counts."""

    uid: int
    raw: bytes | Spool  # a Spool for what is larger than a batch; it is closed when the next batch is asked for
    received_at: datetime  # INTERNALDATE, UTC; 1970 where the server gives none that can be read
    size: int


class Fetching:
    def __init__(self, session: Session) -> None:
        self.unreadable: dict[int, str] = {}  # UIDs that the server lists but does not give: why
        self._session = session

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        for group in sequence.groups(sequence.checked(uids), SIZES_AT_ONCE):
            sizes = self._sizes(group)
            for batch in sequence.batches(list(sizes.items()), BATCH_MAILS, BATCH_BYTES):
                with ExitStack() as spools:
                    if mails := self._read(batch, sizes, spools):
                        yield mails

    def listed(self, uids: Sequence[int]) -> dict[int, tuple[datetime, int]]:
        """UID → INTERNALDATE and announced size, without the mails themselves. What is gone is not in it."""
        found: dict[int, tuple[datetime, int]] = {}
        for group in sequence.groups(sequence.checked(uids), SIZES_AT_ONCE):
            with self._session.command("FETCH") as client:
                answer = client.fetch(group, ["INTERNALDATE", "RFC822.SIZE"])
            found |= {uid: (_received_at(item), int(item.get(b"RFC822.SIZE") or 0)) for uid, item in answer.items()}
        return found

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """UID → announced size; 0 where the server names none. What is gone is not in it."""
        try:
            with self._session.command("FETCH") as client:
                answer = client.fetch(uids, ["RFC822.SIZE"])
                return {uid: int(answer[uid].get(b"RFC822.SIZE") or 0) for uid in uids if uid in answer}
        except MailboxRefused:  # because of one of them: each alone will show which
            return dict.fromkeys(uids, 0)

    def _read(self, batch: Sequence[int], sizes: dict[int, int], spools: ExitStack) -> list[Fetched]:
        """One mail that cannot be had must not hold up those around it: then they are read one by one."""
        if len(batch) == 1:
            return self._read_one(batch[0], sizes, spools)
        try:
            return self._read_whole(batch, sizes)
        except MailboxRefused:
            return [mail for uid in batch for mail in self._read_one(uid, sizes, spools)]

    def _read_one(self, uid: int, sizes: dict[int, int], spools: ExitStack) -> list[Fetched]:
        if sizes[uid] > LARGEST_MAIL:
            self.unreadable[uid] = f"announced as {sizes[uid]} bytes: larger than {LARGEST_MAIL}"
            return []
        try:
            if 0 < sizes[uid] <= BATCH_BYTES:
                return self._read_whole([uid], sizes)
            return self._read_in_chunks(uid, sizes[uid], spools.enter_context(closing(Spool())))
        except MailboxRefused as refused:
            if "[EXPUNGEISSUED]" not in str(refused):  # RFC 5530: it is gone
                self.unreadable[uid] = str(refused)
            return []

    def _read_whole(self, batch: Sequence[int], sizes: dict[int, int]) -> list[Fetched]:
        with self._session.command("FETCH", self._session.server.fetch_seconds, MOST_BYTES) as client:
            answer = client.fetch(batch, ["INTERNALDATE", "BODY.PEEK[]"])
            return [
                Fetched(uid, raw, _received_at(item), sizes[uid])
                for uid, item in answer.items()
                if (raw := self._body(uid, item, b"BODY[]")) is not None
            ]

    def _read_in_chunks(self, uid: int, size: int, spool: Spool) -> list[Fetched]:
        """The end is an empty chunk, or a short one once the announced size is reached: neither alone is believed."""
        received_at = EPOCH
        started, monotonic = self._session.monotonic(), self._session.monotonic
        while (offset := len(spool)) <= LARGEST_MAIL:
            allowed = self._session.server.fetch_seconds * (1 + max(size, offset) // BATCH_BYTES)
            if monotonic() - started > allowed:
                self.unreadable[uid] = f"after {allowed:g} seconds no more than {offset} bytes of it had come"
                return []
            item = self._chunk(uid, offset)
            raw = self._body(uid, item, b"BODY[]<%d>" % offset)
            if raw is None:
                return []
            received_at = received_at if offset else _received_at(item)
            self._spool(raw, spool)
            if not raw or (len(raw) < CHUNK_BYTES and len(spool) >= size > 0):
                whole = spool if len(spool) > BATCH_BYTES else b"".join(spool.pieces(BATCH_BYTES))
                return [Fetched(uid, whole, received_at, size)]
        self.unreadable[uid] = f"larger than {LARGEST_MAIL} bytes"
        return []

    def _chunk(self, uid: int, offset: int) -> dict[bytes, Any]:
        with self._session.command("FETCH", self._session.server.fetch_seconds, MOST_BYTES) as client:
            answer = client.fetch([uid], ["INTERNALDATE", f"BODY.PEEK[]<{offset}.{CHUNK_BYTES}>"])
            item: dict[bytes, Any] = answer.get(uid, {})
            return item

    def _spool(self, raw: bytes, spool: Spool) -> None:
        try:
            spool.write(raw)
        except OSError as error:
            raise MailboxRefused(f"no room for a large mail in {tempfile.gettempdir()}: {error.strerror}") from error

    def _body(self, uid: int, item: dict[bytes, Any], key: bytes) -> bytes | None:
        """None for a mail that is gone, or of which the server says that it has no body."""
        raw = item.get(key, b"")
        if not isinstance(raw, bytes):
            self.unreadable[uid] = "the server gives no bytes for it"
            return None
        return raw if key in item else None


def _received_at(item: dict[bytes, Any]) -> datetime:
    """IMAPClient gives a time with its zone, one without where the zone cannot be read, or None."""
    moment = item.get(b"INTERNALDATE")
    if not isinstance(moment, datetime):
        return EPOCH
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return EPOCH
