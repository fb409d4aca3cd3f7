"""Preview: what would have happened to mails, had postroom been there when they came. Nothing is sent, moved or kept.

The mails go through the very pipeline, one by one, in a scratch database that lies in memory where the machine has a
place for that, and is gone afterwards. Each is judged by the clock of its own day. The program that does so has no
server, no password and no database but that one: what it is handed cannot send, mark or move anything.
"""

import os
import secrets
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

import msgspec

from outbound.token import Keys, key_line
from postroom.app import App, load_workflows, make_limits, make_renderer, read_keys
from postroom.config import Config, MailboxConfig
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import Parsed
from postroom.rows import status_name
from postroom.secret import Secret
from postroom.settings import Imap
from store import incoming, reports
from store.database import Database
from store.incoming import Incoming
from store.lines import OutboxLine, TicketLine, Wanted

SPARE = 32 * 1024 * 1024
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of random name and mode 0700 is made in it
MOST_ANSWERS = 100  # of one mail
NOTHING_TO_SAY = "the workflow sends nothing for it"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One mail, and what would have come of it."""

    sender: str
    subject: str
    kind: str  # "quarantined" where it cannot be read
    because: tuple[str, ...]
    status: str  # of its ticket, as the workflow writes it; "" where it would be on none
    ticket: int | None  # a number of this preview, so that mails of one ticket can be told
    answered: bool
    no_answer: str  # why nobody would have been answered
    received_at: datetime
    opened: bool = False  # it begins its ticket
    sent: tuple[tuple[str, str], ...] = ()  # the mails that would go out: notice, recipient
    source: str = ""  # where it lies


def preview(
    config: Config, mails: Sequence[Incoming], parsers: Parsers[Parsed], mailbox: str = ""
) -> Iterator[Foreseen]:
    """Each of these mails of `mailbox` (else of the first one), oldest first. Raises ConfigError."""
    ordered = sorted(mails, key=lambda one: one.received_at)
    with scratch(config) as app:
        yield from foresee(app, ((mailbox, "", one) for one in ordered), parsers)


def foresee(
    app: App, mails: Iterable[tuple[str, str, Incoming]], parsers: Parsers[Parsed], folder: str = "preview"
) -> Iterator[Foreseen]:
    """The same for mails with the names of their mailbox and source, in their order, on a scratch program.

    `folder` is that of the ledger in which they are kept there.
    """
    queued = tickets = 0
    for uid, (mailbox, source, one) in enumerate(mails, 1):
        then = replace(app, now=_clock_of(one))
        with app.database.write() as tx:
            incoming.keep(tx, app.box(mailbox).name, folder, 1, [replace(one, uid=uid)], one.received_at)
        processor = Processor(then, parsers)
        while processor.process():  # one that fails is tried as often as it would be
            pass
        found, queued = _foreseen(app, queued)
        opened = found.ticket is not None and found.ticket > tickets
        tickets = max(tickets, found.ticket or 0)
        yield replace(found, received_at=one.received_at, source=source, opened=opened)


@contextmanager
def scratch(config: Config, octets: int = 0) -> Iterator[App]:
    """The program as configured, on an empty database of its own, and without the power to do anything elsewhere.

    `octets` is how much mail it is to hold.
    """
    renderer = make_renderer(config)
    with scratch_folder(octets) as folder:
        database = Database.open(f"sqlite:///{folder}/scratch.db")
        workflows, limits, keys = load_workflows(config, renderer), make_limits(config), _keys(config)
        try:
            yield App(
                powerless(config, database=f"sqlite:///{folder}/scratch.db"),
                database,
                keys,
                renderer,
                workflows,
                limits,
            )
        finally:
            database.close()


@contextmanager
def scratch_folder(octets: int = 0) -> Iterator[Path]:
    """A folder for its owner alone, in memory where there is room for that, and gone afterwards."""
    memory = str(IN_MEMORY) if _roomy(octets) else None
    with TemporaryDirectory(prefix="postroom-", dir=memory) as folder:
        yield Path(folder)


def _roomy(octets: int) -> bool:
    """Whether memory holds so much mail and its database; containers often have 64 MB of it."""
    if not os.access(IN_MEMORY, os.W_OK):
        return False
    return shutil.disk_usage(IN_MEMORY).free > 2 * octets + SPARE


def powerless(config: Config, database: str) -> Config:
    """The configuration without servers, passwords, keys' file, and any database but this one."""
    nowhere = msgspec.structs.replace(config.settings.smtp, host="", user="", password=None, password_file="")
    boxes = tuple(_powerless(box) for box in config.mailboxes)
    settings = msgspec.structs.replace(
        config.settings,
        smtp=nowhere,
        mailbox=[box.settings for box in boxes],
        database=database,
        database_password=None,
    )
    return replace(
        config,
        settings=settings,
        database=database,
        database_password=None,
        smtp_password=None,
        mailboxes=boxes,
        key_file=Path(os.devnull),
        oauth={},
        webhooks=(),
    )


def _powerless(box: MailboxConfig) -> MailboxConfig:
    settings = msgspec.structs.replace(box.settings, imap=Imap(host="", user=""))
    return replace(box, settings=settings, password=Secret(""))


def _keys(config: Config) -> Keys:
    """The keys that sign, so that answers to our mails are known; where there are none yet, some for the moment."""
    return read_keys(config) if config.key_file.exists() else Keys.read(key_line("k1", secrets.token_bytes(32)))


@contextmanager
def tidily() -> Iterator[None]:
    """Inside, a signal to end, or a terminal that is closed, ends the program so that no scratch is left. Main thread only."""
    before = {number: signal.signal(number, _end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _clock_of(one: Incoming) -> Callable[[], datetime]:
    return lambda: one.received_at


def _foreseen(app: App, queued: int) -> tuple[Foreseen, int]:
    """What the newest mail has brought about, and the newest outgoing mail; `queued` is the newest from before it."""
    with app.database.read() as tx:
        (line,) = reports.mails(tx, limit=1)
        tickets = reports.tickets(tx, Wanted(search=str(line.ticket)), limit=1) if line.ticket else []
        sent = [one for one in reports.outgoing(tx, limit=MOST_ANSWERS) if one.id > queued]
        withheld = reports.withheld(tx, line.ticket, line.received_at) if line.ticket else ()
    outside = [one for one in reversed(sent) if _outside(app, one)]  # what staff would hear is for staff to choose
    foreseen = Foreseen(
        sender=line.sender,
        subject=line.subject,
        kind=line.kind or line.state,
        because=tuple(line.because) or ((line.reason,) if line.reason else ()),
        status=_status(app, tickets),
        ticket=line.ticket,
        answered=bool(outside),
        no_answer="" if outside else line.no_answer or "; ".join(withheld) or NOTHING_TO_SAY,
        received_at=line.received_at,
        sent=tuple((one.notice, one.recipient) for one in outside),
    )
    return foreseen, max((one.id for one in sent), default=queued)


def _outside(app: App, one: OutboxLine) -> bool:
    return one.recipient.lower() not in app.config.ours.staff


def _status(app: App, tickets: Sequence[TicketLine]) -> str:
    return next((status_name(app, one.status, one.workflow) for one in tickets), "")
