"""`postroom import`: mail that is there already becomes conversations; nobody is written to."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

import click

from postroom import log
from postroom.app import App, open_app
from postroom.cli import Refused
from postroom.clock import monotonic
from postroom.commands.foreseen import many, show
from postroom.commands.mailbox import first, named, unknown
from postroom.config import MailboxConfig
from postroom.importing import close, keep, of_before, quiet
from postroom.letters.collect import collect
from postroom.letters.letter import Letter, Trouble
from postroom.line import one_line
from postroom.lock import Locked, alone_on
from postroom.parsers import Parsers
from postroom.pipeline import PROCESS, process
from postroom.preview import foresee, scratch, scratch_folder, tidily
from postroom.reading import Parsed, read
from postroom.runner import Runner
from store import imported
from store.incoming import Incoming

MOST = 10_000_000
SHOWN = 20  # mails that are shown before anything is kept
LOOK = 1.0  # seconds between two looks at what has been settled
ON_DISK = sys.maxsize  # octets: a whole mailbox is no burden for a machine's memory


def import_(option: str | None, sources: Sequence[str], box: str, since: datetime | None, *, yes: bool) -> bool:
    """Whether all could be read. Raises Refused."""
    log.still()
    app = open_app(option)
    mailbox = named(app, box) if box else first(app)
    if mailbox is None:
        raise unknown(app, box)
    parsers = Parsers(read)  # before any thread
    try:
        with tidily(), scratch_folder(ON_DISK) as folder:
            click.echo("Reading", err=True)  # of a mailbox each mail is fetched: minutes for many
            found, troubles = collect(sources, MOST, app.config, folder, app.now())
            asked = [one for one in found if since is None or one.received_at >= since]
            letters = of_before(app, asked)
            _say_all(troubles)
            if len(letters) < len(asked):
                click.echo(f"{many(len(asked) - len(letters), 'mail')} left to postroom run, which reads that folder")
            if not letters:
                raise Refused("there is nothing to import")
            if not yes:
                _ask(app, mailbox, letters, parsers)
            heard = len(troubles)
            new = _kept(app, mailbox, letters, troubles)
            _say_all(troubles[heard:])
            _settle(app, parsers)
            quiet, closed = _closed(app)
        _tell(app, len(letters), new, closed, quiet - closed)
    finally:
        parsers.close()
        app.database.close()
    return not troubles


def moment(text: str) -> datetime:
    """A day, as the first moment of it. Raises ValueError."""
    day = date.fromisoformat(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _ask(app: App, mailbox: MailboxConfig, letters: Sequence[Letter], parsers: Parsers[Parsed]) -> None:
    """Shows what would become of the last ones. Raises click.Abort."""
    last = letters[-SHOWN:]
    with scratch(app.config, sum(one.size for one in last)) as small:
        mails = ((mailbox.name, one.where, Incoming(0, one.read(), one.received_at)) for one in last)
        show(list(foresee(small, mails, parsers, imported.FOLDER)))
    first_day, last_day = letters[0].received_at.date(), letters[-1].received_at.date()
    click.echo(
        f"\nThese are the last {len(last)} of {len(letters):,} mails, of {first_day} to {last_day}. No answer goes out."
    )
    click.confirm(f"Import them into {mailbox.name}?", abort=True)


def _bar(label: str, length: int) -> AbstractContextManager[Any]:
    """On a terminal a bar; elsewhere its label alone."""
    bar: AbstractContextManager[Any] = click.progressbar(length=length, label=label, file=sys.stderr)
    return bar


def _kept(app: App, mailbox: MailboxConfig, letters: Sequence[Letter], troubles: list[Trouble]) -> int:
    total = 0
    with _bar("Keeping ", len(letters)) as bar:
        for done, new in keep(app, mailbox.name, letters, troubles):
            total += new
            bar.update(done)
    return total


def _settle(app: App, parsers: Parsers[Parsed]) -> None:
    """Here, or by the service where one runs."""
    with app.database.read() as tx:
        there = imported.waiting(tx)
    if not there:
        return
    with _bar("Settling", there) as bar:
        done, looked = 0, monotonic()

        def look() -> bool:
            nonlocal done, looked
            with app.database.read() as tx:
                left = imported.waiting(tx)
            bar.update(there - left - done)
            done, looked = there - left, monotonic()
            return left > 0

        def glance() -> None:  # to count those that wait after each batch would take longer than to settle it
            if monotonic() - looked > LOOK:
                look()

        try:
            with alone_on(app.config.database_file), Runner(app) as runner:
                while look():
                    if lease := runner.take(PROCESS):
                        process(app, parsers, lease, glance)
                    else:  # a service has it, or had, and is dead
                        Event().wait(LOOK)
        except Locked:
            while look():  # the service settles them, oldest first
                Event().wait(LOOK)


def _closed(app: App) -> tuple[int, int]:
    """How many tickets are old enough, and how many of them are closed."""
    numbers, closed = quiet(app), 0
    if numbers:
        with _bar("Closing ", len(numbers)) as bar:
            for done, let_go in close(app, numbers):
                closed += let_go
                bar.update(done)
    return len(numbers), closed


def _tell(app: App, read: int, new: int, closed: int, stayed: int) -> None:
    with app.database.read() as tx:
        kinds, tickets = imported.settled(tx), imported.tickets(tx)
    known = f"; {read - new:,} there already" if read > new else ""
    click.echo(f"{many(read, 'mail')}, {new:,} new{known}")
    told = ", ".join(
        f"{kind.replace('_', ' ')} {number:,}" for kind, number in sorted(kinds.items(), key=lambda one: -one[1])
    )
    click.echo(f"Imported so far, on {many(tickets, 'ticket')}: {told}")
    if closed:
        click.echo(f"{many(closed, 'ticket')} closed: nothing was written there for 14 days")
    if stayed:
        click.echo(f"{many(stayed, 'ticket')} still open, and as quiet: their workflow has no closed status for them")


def _say_all(troubles: Sequence[Trouble]) -> None:
    for trouble in troubles:
        click.echo(one_line(f"postroom: {trouble.where}: {trouble.why}"), err=True)
