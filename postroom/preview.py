"""Preview: what would have happened to mails, had postroom been there when they came. Nothing is sent, moved or kept.

The mails go through the very pipeline, one by one, in a scratch database that lies in memory where the machine has a
place for that, and is gone afterwards. Each is judged by the clock of its own day.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from postroom.app import App, load_workflows, make_limits, make_renderer, read_keys
from postroom.commands.rows import status_name
from postroom.config import Config
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import Parsed
from store import incoming, reports
from store.database import Database
from store.incoming import Incoming

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of random name and mode 0700 is made in it
MOST_ANSWERS = 100  # of one mail
NOTHING_TO_SAY = "the workflow sends nothing for it, or a limit is reached"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One mail, and what would have come of it."""

    sender: str
    subject: str
    kind: str
    because: tuple[str, ...]
    status: str  # of its ticket, as the workflow writes it; "" where it would be on none
    ticket: int | None  # a number of this preview, so that mails of one ticket can be told
    answered: bool
    no_answer: str  # why nobody would have been answered


def preview(
    config: Config, mails: Sequence[Incoming], parsers: Parsers[Parsed], mailbox: str = ""
) -> Iterator[Foreseen]:
    """Each of these mails of `mailbox` (else of the first one), oldest first. Raises ConfigError."""
    with scratch(config) as app:
        name = app.box(mailbox).name
        for uid, one in enumerate(sorted(mails, key=lambda one: one.received_at), 1):
            then = replace(app, now=_clock_of(one))
            with app.database.write() as tx:
                incoming.keep(tx, name, "preview", 1, [replace(one, uid=uid)], one.received_at)
            queued = _newest_outgoing(app)
            processor = Processor(then, parsers)
            while processor.process():  # one that fails is tried as often as it would be
                pass
            yield _foreseen(app, queued)


@contextmanager
def scratch(config: Config) -> Iterator[App]:
    """The program as configured, on an empty database of its own."""
    renderer = make_renderer(config)
    memory = str(IN_MEMORY) if os.access(IN_MEMORY, os.W_OK) else None
    with TemporaryDirectory(prefix="postroom-", dir=memory) as folder:
        database = Database.open(f"sqlite:///{folder}/scratch.db")
        try:
            yield App(
                config, database, read_keys(config), renderer, load_workflows(config, renderer), make_limits(config)
            )
        finally:
            database.close()


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


def _newest_outgoing(app: App) -> int:
    with app.database.read() as tx:
        return max((line.id for line in reports.outgoing(tx, limit=1)), default=0)


def _foreseen(app: App, queued: int) -> Foreseen:
    """What the newest mail has brought about; `queued` is the newest outgoing mail from before it."""
    with app.database.read() as tx:
        (line,) = reports.mails(tx, limit=1)
        page = reports.ticket_page(tx, line.ticket) if line.ticket else None
        sent = [one for one in reports.outgoing(tx, limit=MOST_ANSWERS) if one.id > queued]
    answered = any(one.recipient.lower() not in app.config.ours.staff for one in sent)
    return Foreseen(
        sender=line.sender,
        subject=line.subject,
        kind=line.kind or line.state,
        because=tuple(line.because) or ((line.reason,) if line.reason else ()),
        status=status_name(app, page.ticket.status, page.ticket.workflow) if page else "",
        ticket=line.ticket,
        answered=answered,
        no_answer="" if answered else line.no_answer or NOTHING_TO_SAY,
    )
