"""Receiving: new mails of one mailbox into the ledger, then filed on the server. Nothing is filed that is not kept."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, time, timedelta

from inbound.fetching import BATCH_MAILS, EPOCH
from inbound.imap import Fetched, Mailbox, MailboxBusy, MailboxDown, MailboxRefused
from postroom import alerting
from postroom.app import App
from postroom.clock import monotonic
from postroom.config import MailboxConfig
from postroom.log import event, trouble
from postroom.post import Post
from postroom.suspects import Suspects
from store import folders, incoming, outbox
from store.database import Transaction
from store.failpoint import failpoint
from store.incoming import Incoming
from store.leases import Lease

COMPARE_SECONDS = 24 * 3600.0  # how often the whole folder is compared with the ledger
SERVERS_DAY = timedelta(days=1)  # a day begins there at another time than here
CLOCKS_APART = timedelta(days=1)  # the server's clock may be wrong: better a mail read again than one left out


class Receiver:
    """Knows one mailbox between two polls. One thread, one connection."""

    def __init__(
        self,
        app: App,
        box: MailboxConfig,
        mailbox: Mailbox,
        clock: Callable[[], float] = monotonic,
        lease: Lease | None = None,
        beat: Callable[[], None] = lambda: None,
        folder: str = "",
    ) -> None:
        """`clock` is monotonic, in seconds. Without a lease nobody else can read the mailbox. `beat` is called with each batch.

        `folder` is how the ledger calls it, where it is another than the mailbox's first.
        """
        self._app = app
        self._box = box
        self._mailbox = mailbox
        self._clock = clock
        self._lease = lease
        self._beat = beat
        self._folder = (box.name, folder or box.settings.folder)
        self._compared: float | None = None
        self._uidvalidity = 0
        self._suspects = Suspects()
        self._refused = ""  # what the server last said when mails could not be filed

    def receive(self) -> int:
        """Keeps and files what is new; how many mails that were. Raises MailboxDown, DatabaseDown, LeaseLost."""
        self.open()
        start = self._start()
        self._file(self._unfiled())
        return self._take(self._new(start), start)

    def open(self) -> None:
        """Makes sure that its folder is selected on a connection that stands. Raises MailboxDown."""
        if self._mailbox.is_open:
            self._mailbox.turn()
        else:
            self._mailbox.open()
            self._compared = None

    def look(self) -> Sequence[int]:
        """UIDs of what is new and not to be kept yet: for `take`. Raises as `receive` does."""
        self.open()
        return self._new(self._start())

    def take(self, uids: Sequence[int]) -> int:
        """Keeps what a `look` found; how many mails. Raises as `receive` does."""
        validity = self._uidvalidity
        self.open()
        start = self._start()
        return self._take(uids, start) if self._uidvalidity == validity else 0

    def _take(self, uids: Sequence[int], start: folders.Start) -> int:
        kept = sum(self._keep([mail for mail in batch if _counts(mail, start)]) for batch in self._fetched(uids))
        self._tell_unreadable()
        return kept

    def unread(self) -> int:
        """How many mails of the open folder are to be kept, and are not yet. It changes nothing."""
        self._uidvalidity = self._mailbox.uidvalidity
        with self._app.database.read() as tx:
            start = folders.start(tx, *self._folder, self._uidvalidity)
        return len(self._new(start)) if start else 0

    def _fetched(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """In batches; after the connection was lost in one, its mails one by one, so that the one that does it is known."""
        for together in self._suspects.turns(uids, self._clock(), BATCH_MAILS):
            yield from self._watched(together)

    def _watched(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        failpoint("fetch.before")
        try:
            yield from self._mailbox.fetch(uids)
        except MailboxBusy:
            raise  # it was no mail's fault
        except MailboxDown:
            self._suspects.lost(uids, self._clock())
            raise
        self._suspects.settled([uid for uid in uids if uid not in self._mailbox.unreadable])

    def _tell_unreadable(self) -> None:
        """A mail that the server lists and does not give is no row of the ledger; staff hear of it, once."""
        for uid, why in self._mailbox.unreadable.items():
            self._suspects.refused(uid, why, self._clock())
        self._mailbox.unreadable.clear()
        for uid, why in self._suspects.untold().items():
            lines = [("Mailbox", self._box.name), ("Folder", self._folder[1]), ("UID", str(uid)), ("Reason", why)]
            cause = f"unreadable:{self._box.name}:{self._folder[1]}:{self._uidvalidity}:{uid}"
            told = Post(self._app).alert("A mail on the server cannot be read", lines, cause, self._app.now())
            with self._write() as tx:
                for queued in told:
                    outbox.queue(tx, queued, self._app.limits, self._app.now())
            self._suspects.told(uid)
            trouble("mail.unreadable", mailbox=self._box.name, uid=uid, reason=why)

    def _start(self) -> folders.Start:
        """From where this folder is read: fixed when it is first seen, and again when its UIDs are numbered anew."""
        at = self._app.now()
        validity = self._mailbox.uidvalidity
        if validity != self._uidvalidity:
            # Every UID means another mail now (RFC 9051 §2.3.1.1): what is known by its bytes is not processed again.
            self._uidvalidity, self._compared, self._suspects = validity, None, Suspects()
        with self._app.database.read() as tx:
            known = folders.start(tx, *self._folder, validity)
        if known:
            return known
        there = self._mailbox.all_uids() if self._box.start == "now" or self._sent else []
        with self._write() as tx:
            return folders.begin(tx, *self._folder, validity, max(there, default=0), self._since(at))

    @property
    def _sent(self) -> bool:
        """Whether it is the folder of sent mail: that is read from when it is first seen, for what lies there answers mails that are unknown."""
        return self._folder[1] == folders.SENT

    def _since(self, at: datetime) -> datetime:
        lately = at - CLOCKS_APART
        return max(lately, self._first_moment(lately)) if self._sent else self._first_moment(lately)

    def _first_moment(self, lately: datetime) -> datetime:
        """What the configuration says; `lately` is what "now" means."""
        if self._box.start == "all":
            return EPOCH
        if isinstance(self._box.start, str):
            return lately
        first = self._box.start
        if not isinstance(first, datetime):
            first = datetime.combine(first, time.min)
        return first if first.tzinfo else first.replace(tzinfo=self._app.config.zone)

    def _new(self, start: folders.Start) -> Sequence[int]:
        """UIDs that the ledger does not hold: those above the highest kept one, or of the whole folder when it is time."""
        at = self._clock()
        # A suspect may lie below the highest kept one.
        whole = self._compared is None or at - self._compared > COMPARE_SECONDS or self._suspects.due(at)
        with self._app.database.read() as tx:
            last = incoming.last_uid(tx, *self._folder, self._uidvalidity)
        above = start.above if whole else max(start.above, last)
        there = self._mailbox.uids_above(above)
        with self._app.database.read() as tx:
            known = incoming.known_uids(tx, *self._folder, self._uidvalidity, there[0], there[-1]) if there else set()
        new = [uid for uid in there if uid not in known]
        if not whole:
            return new
        recent = self._recent(new, start)
        self._compared = at
        self._suspects.only(recent)
        return recent

    def _recent(self, uids: list[int], start: folders.Start) -> list[int]:
        """Without those that are too old: the ledger never learns of them, and each would be fetched every time."""
        if not uids or start.since <= EPOCH + SERVERS_DAY:
            return uids
        recent = self._mailbox.received_since((start.since - SERVERS_DAY).date())
        return [uid for uid in uids if uid in recent]

    def _keep(self, mails: Sequence[Fetched]) -> int:
        self._beat()
        if not mails:
            return 0
        rows = [Incoming(mail.uid, mail.raw, mail.received_at) for mail in mails]
        with self._write() as tx:
            ids = incoming.keep(tx, *self._folder, self._uidvalidity, rows, self._app.now())
        failpoint("raw.after_commit")
        event("mail.in", mailbox=self._box.name, count=len(ids), ids=f"m{ids[0]}-m{ids[-1]}")
        self._file([mail.uid for mail in mails])
        return len(ids)

    @contextmanager
    def _write(self) -> Iterator[Transaction]:
        """A transaction of the one run that reads this mailbox. Raises LeaseLost, and nothing is kept, when that is another one."""
        with self._app.database.write() as tx:
            if self._lease:
                self._lease.hold(tx)
            yield tx

    def _prove(self) -> None:
        """A server of mail knows no leases: the look is as near to what is done there as it can be. Raises LeaseLost."""
        if self._lease:
            with self._app.database.read() as tx:
                self._lease.check(tx)

    def _unfiled(self) -> list[int]:
        if not self._mailbox.files:
            return []
        with self._app.database.read() as tx:
            return incoming.unmoved(tx, *self._folder, self._uidvalidity)

    def _file(self, uids: Sequence[int]) -> None:
        """Moves kept mails to the processed folder; one that was cut off is made again at the next poll."""
        if not uids or not self._mailbox.files:
            return
        self._prove()
        try:
            self._mailbox.move(uids)
        except MailboxRefused as refused:
            if str(refused) != self._refused:
                self._refused = str(refused)
                trouble("mail.not_filed", mailbox=self._box.name, reason=refused)
                alerting.unfiled(self._app, self._box.name, min(uids), str(refused))
            return
        failpoint("move.sent_no_ok")
        with self._app.database.write() as tx:
            incoming.moved(tx, *self._folder, self._uidvalidity, uids)


def _counts(mail: Fetched, start: folders.Start) -> bool:
    """Whether a mail is not older than what the configuration asks for. A date that cannot be read counts as new."""
    return mail.received_at >= start.since or mail.received_at == EPOCH
