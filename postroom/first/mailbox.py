"""Looks into a mailbox without touching it: how much is there, and the last mails. It marks nothing, moves nothing, makes nothing."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from inbound.fetching import EPOCH
from inbound.imap import Fetched, Mailbox, MailboxRefused, Server
from inbound.naming import SENT
from postroom.clock import monotonic, now
from store.incoming import Incoming

LAST = 50  # mails
MOST_BYTES = 64 * 1024 * 1024  # in memory at once; the older ones make room


@dataclass(frozen=True, slots=True)
class Seen:
    """A mailbox, as it lies there."""

    at: datetime  # when, in whole seconds as servers count them; a mail that came later need not be among them
    number: int  # of mails
    last: tuple[Incoming, ...]  # the newest, oldest first
    sent: str = ""  # the folder of sent mail, as the server calls it; "" where there is none


def look(server: Server, folder: str) -> Seen:
    """Opened to be read alone (EXAMINE, BODY.PEEK). Raises MailboxDown, BadArgument."""
    at = now().replace(microsecond=0)
    with Mailbox(server, folder, "", monotonic=monotonic) as mailbox:
        uids = mailbox.all_uids()
        last: deque[Incoming] = deque()
        size = 0
        for one in (mail for batch in mailbox.fetch(uids[-LAST:]) for mail in batch):
            if not isinstance(one.raw, bytes):  # larger than a batch: it lies on the disk, and soon does no more
                continue
            last.append(Incoming(one.uid, one.raw, _came(one)))
            size += len(one.raw)
            while size > MOST_BYTES:
                size -= len(last.popleft().raw)
        return Seen(at, len(uids), tuple(last), _sent(mailbox))


def is_there(server: Server, folder: str) -> bool:
    """Whether the mailbox has this folder. Raises MailboxDown."""
    try:
        with Mailbox(server, folder, "", monotonic=monotonic):
            return True
    except MailboxRefused:
        return False


def _sent(mailbox: Mailbox) -> str:
    folder = mailbox.beside(SENT)
    try:
        folder.open()
    except MailboxRefused:
        return ""
    return folder.name


def _came(mail: Fetched) -> datetime:
    """Where the server does not say when it came, it came now: else it would be judged as fifty years old."""
    return now() if mail.received_at == EPOCH else mail.received_at
