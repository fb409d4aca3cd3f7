"""The table of contents of the program: what is due, verb by verb. Each verb is safe to be cut off and begun again."""

import asyncio

from inbound.imap import BadArgument, Mailbox, MailboxDown
from outbound.smtp import Smtp
from postroom.ageing import age
from postroom.app import App
from postroom.clock import monotonic
from postroom.config import ConfigError, MailboxConfig
from postroom.delivering import Courier
from postroom.digesting import digest
from postroom.log import event
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reading import Parsed
from postroom.receiving import Receiver
from postroom.servers import imap_server, smtp_server
from postroom.telling import tell
from postroom.watch import Watch
from store import outgoing, pending
from store.failpoint import failpoint


def take_over_mails(app: App) -> None:
    """Mails that a process, or a verb that failed, had in hand. Only for whoever holds the lock (docs/decisions/005)."""
    with app.database.write() as tx:
        if number := pending.take_over(tx):
            event("taken.over", mails=number)


def take_over_outgoing(app: App) -> None:
    """The same for outgoing mails."""
    with app.database.write() as tx:
        if number := outgoing.take_over(tx, app.now()):
            event("taken.over", outgoing=number)


def once(app: App, parsers: Parsers[Parsed]) -> bool:
    """All that is due: receive, process, age, digest, deliver, tell. Whether every server was there."""
    take_over_mails(app)
    take_over_outgoing(app)
    reached = [receive(app, box) for box in app.config.mailboxes]
    processor = Processor(app, parsers)
    while processor.process():
        pass
    age(app)
    digest(app)
    tell(app)
    reached.append(asyncio.run(deliver(app)))
    if tell(app):  # of what has just failed
        reached.append(asyncio.run(deliver(app)))
    return all(reached)


def receive(app: App, box: MailboxConfig) -> bool:
    """Keeps what is new in one mailbox. False, with a line in the log, when it cannot be read."""
    watch = Watch(app, box.name)
    try:
        with open_mailbox(app, box) as mailbox:
            Receiver(app, box, mailbox).receive()
    except MailboxDown as error:
        watch.lost(error)
        return False
    watch.works()
    return True


async def deliver(app: App) -> bool:
    """Sends what is due. Whether the server was there."""
    courier = Courier(app, open_smtp(app))
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
