"""Looks into a mailbox without touching it: how much is there, and the last mails. It marks nothing, moves nothing, makes nothing."""

from dataclasses import dataclass
from datetime import datetime

from inbound.fetching import EPOCH
from inbound.imap import Fetched, Mailbox, MailboxRefused, Server
from postroom.clock import monotonic, now
from store.incoming import Incoming

LAST = 50  # mails
MOST_BYTES = 64 * 1024 * 1024  # in memory at once; what goes beyond it is left out


@dataclass(frozen=True, slots=True)
class Seen:
    """A mailbox, as it lies there."""

    number: int  # of mails
    last: tuple[Incoming, ...]  # the newest, oldest first


def look(server: Server, folder: str) -> Seen:
    """Opened to be read alone (EXAMINE, BODY.PEEK). Raises MailboxDown, BadArgument."""
    with Mailbox(server, folder, "", monotonic=monotonic) as mailbox:
        uids = mailbox.all_uids()
        last: list[Incoming] = []
        room = MOST_BYTES
        for uid in reversed(uids[-LAST:]):
            for raw, mail in ((one.raw, one) for batch in mailbox.fetch([uid]) for one in batch):
                if isinstance(raw, bytes) and len(raw) <= room:  # what is larger than a batch is left out, too
                    room -= len(raw)
                    last.append(Incoming(uid, raw, _came(mail)))
        return Seen(len(uids), tuple(reversed(last)))


def is_there(server: Server, folder: str) -> bool:
    """Whether the mailbox has this folder. Raises MailboxDown."""
    try:
        with Mailbox(server, folder, "", monotonic=monotonic):
            return True
    except MailboxRefused:
        return False


def _came(mail: Fetched) -> datetime:
    """Where the server does not say when it came, it came now: else it would be judged as fifty years old."""
    return now() if mail.received_at == EPOCH else mail.received_at
