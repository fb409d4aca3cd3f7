"""The table of contents of the program: what is due, verb by verb. Each verb is safe to be cut off and begun again."""

import asyncio
from collections.abc import Callable, Collection

from inbound.imap import BadArgument, Mailbox, MailboxDown
from outbound.smtp import Smtp
from postroom.ageing import age
from postroom.app import App
from postroom.clock import monotonic
from postroom.config import ConfigError, MailboxConfig
from postroom.delivering import Courier
from postroom.digesting import digest
from postroom.forgetting import forget
from postroom.log import event, trouble
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import Parsed
from postroom.receiving import Receiver
from postroom.runner import Runner
from postroom.servers import imap_server, smtp_server
from postroom.telling import tell
from postroom.verbs import ALL, Verb
from postroom.watch import Watch
from store import outgoing, pending
from store.errors import LeaseLost
from store.failpoint import failpoint
from store.leases import Lease

# Leases of the one run that processes, since the order in which mails are settled decides where they belong, and of the one that ages.
PROCESS, AGE = "process", "age"


def mailbox_lease(box: MailboxConfig) -> str:
    """The lease of the one run that reads this mailbox."""
    return f"receive {box.name}"


def take_over_mails(app: App, lease: Lease | None = None) -> None:
    """Mails that another run, or a verb that failed, had in hand: whoever has the lease knows that nobody works on them."""
    with app.database.write() as tx:
        if lease:
            lease.hold(tx)
        if number := pending.take_over(tx):
            event("taken.over", mails=number)


def take_over_outgoing(app: App, runner: int | None = None) -> None:
    """Outgoing mails that a verb of this run, which failed, had in hand; without a number those of everybody."""
    with app.database.write() as tx:
        if number := outgoing.take_over(tx, app.now(), None if runner is None else [runner]):
            event("taken.over", outgoing=number)


def once(app: App, parsers: Parsers[Parsed], verbs: Collection[Verb] = ALL) -> bool:
    """All that is due, of these verbs, in their order. Whether every server was there. What another run does is left to it."""
    with Runner(app) as runner:
        runner.wait_for_the_silent()
        reached = []
        if Verb.RECEIVE in verbs:
            reached += [receive(app, box, lease) for box in app.config.mailboxes if (lease := _taken(runner, box))]
        if Verb.PROCESS in verbs and (lease := _taken(runner)):
            process(app, parsers, lease)
        if Verb.AGE in verbs and runner.take(AGE):
            age(app)
            digest(app)
            tell(app)
            forget(app)
        if Verb.DELIVER in verbs:
            reached.append(asyncio.run(deliver(app, lambda: runner.id)))
            if Verb.AGE in verbs and runner.take(AGE) and tell(app):  # of what has just failed
                reached.append(asyncio.run(deliver(app, lambda: runner.id)))
        return all(reached)


def _taken(runner: Runner, box: MailboxConfig | None = None) -> Lease | None:
    name = mailbox_lease(box) if box else PROCESS
    lease = runner.take(name)
    if lease is None:
        event("standing.by", lease=name, reason="another run has it")
    return lease


def receive(app: App, box: MailboxConfig, lease: Lease | None = None) -> bool:
    """Keeps what is new in one mailbox. False, with a line in the log, when it cannot be read."""
    watch = Watch(app, box.name)
    try:
        with open_mailbox(app, box) as mailbox:
            Receiver(app, box, mailbox, lease=lease).receive()
    except MailboxDown as error:
        watch.lost(error)
        return False
    except LeaseLost as error:
        trouble("lease.lost", reason=error)
    watch.works()
    return True


def process(app: App, parsers: Parsers[Parsed], lease: Lease) -> None:
    """Settles all that waits."""
    processor = Processor(app, parsers)
    processor.under(lease)
    try:
        take_over_mails(app, lease)
        while processor.process():
            pass
    except LeaseLost as error:
        trouble("lease.lost", reason=error)


async def deliver(app: App, runner: Callable[[], int | None] = lambda: None) -> bool:
    """Sends what is due. Whether the server was there."""
    courier = Courier(app, open_smtp(app), runner)
    try:
        await courier.due()
        return not courier.server_down
    finally:
        await courier.close()


def open_mailbox(app: App, box: MailboxConfig) -> Mailbox:
    """Not connected yet. Raises ConfigError for what must not be sent to a server."""
    settings = box.settings
    try:
        server, filed = imap_server(box, app.config), settings.processed_folder
        return Mailbox(server, settings.folder, filed, monotonic=monotonic, failpoint=failpoint)
    except BadArgument as error:
        raise ConfigError(f"{app.config.source}: mailbox {box.name}: {error}") from None


def open_smtp(app: App) -> Smtp:
    """Not connected yet. Raises ConfigError for what must not be sent to a server."""
    return Smtp(smtp_server(app.config), app.config.settings.smtp.connections, failpoint)
