"""The table of contents of the program: what is due, verb by verb. Each verb is safe to be cut off and begun again."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial

from inbound.imap import BadArgument, Mailbox, MailboxDown
from outbound.smtp import Smtp
from outbound.standing import Reconciled
from postroom import reconciling
from postroom.ageing import age
from postroom.alerting import alert
from postroom.announcing import Announcer
from postroom.app import App
from postroom.clock import monotonic
from postroom.config import ConfigError, MailboxConfig
from postroom.delivering import Courier
from postroom.digesting import digest
from postroom.forgetting import forget
from postroom.indexing import MOST, YIELDING, index_for
from postroom.log import event, trouble
from postroom.outside import WebhookConfig
from postroom.parsers import Parsers
from postroom.processing import Processor
from postroom.reader import Reader, places
from postroom.reading import Parsed
from postroom.recovering import read_again
from postroom.runner import Runner
from postroom.servers import imap_server, smtp_server
from postroom.summing import sum_up
from postroom.telling import tell
from postroom.verbs import ALL, Verb
from postroom.watch import Watch
from store import events, outages, outgoing, pending, restored, uncopied
from store.errors import LeaseLost
from store.failpoint import failpoint
from store.leases import Lease

# Leases of the one run that processes, since the order in which mails are settled decides where they belong, and of the one that ages.
PROCESS, AGE = "process", "age"


def mailbox_lease(box: MailboxConfig) -> str:
    """The lease of the one run that reads this mailbox."""
    return f"receive {box.name}"


def webhook_lease(hook: WebhookConfig) -> str:
    """The lease of the one run that tells this program."""
    return f"tell {hook.name}"


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
        listen(app)
        boxes = app.config.mailboxes if Verb.RECEIVE in verbs else ()
        reached = [_under(runner, mailbox_lease(box), partial(receive, app, box)) for box in boxes]
        if Verb.PROCESS in verbs:
            _under(runner, PROCESS, partial(process, app, parsers))
        if Verb.AGE in verbs and runner.take(AGE):
            age(app)
            digest(app)
            tell(app)
            alert(app)
            forget(app)
            sum_up(app)
            index_for(app, MOST, lambda rest: rest > YIELDING)
        if Verb.DELIVER in verbs:
            reached.append(asyncio.run(deliver(app, lambda: runner.id)))
            if Verb.AGE in verbs and runner.take(AGE) and tell(app):  # of what has just failed
                reached.append(asyncio.run(deliver(app, lambda: runner.id)))
        hooks = app.config.webhooks if Verb.DELIVER in verbs else ()
        reached += [_under(runner, webhook_lease(hook), partial(announce, app, hook)) for hook in hooks]
        return all(reached)


def listen(app: App) -> None:
    """From now on each change of a ticket is noted for whoever is to be told, and of what is read no more no trouble. Raises DatabaseDown."""
    read = [name for box in app.config.mailboxes for name in (box.name, *places(box))]
    with app.database.write() as tx:
        events.listen(tx, {hook.name: hook.events for hook in app.config.webhooks})
        outages.only(tx, read)
        uncopied.only(tx, app.config.copied)


def announce(app: App, hook: WebhookConfig, lease: Lease) -> bool:
    """Tells one program what is due; whether it has heard all of it. Raises DatabaseDown, LeaseLost."""
    announcer = Announcer(app, hook, lease)
    while announcer.announce():
        pass
    return announcer.heard


def _under(runner: Runner, name: str, work: Callable[[Lease], bool]) -> bool:
    """What the work says, under its lease; done again where that was lost and nobody has it. True where another run has it."""
    while lease := runner.take(name):
        try:
            return work(lease)
        except LeaseLost as error:
            trouble("lease.lost", reason=error)
            runner.wait_to_live()
    event("standing.by", lease=name, reason="another run has it")
    return True


def receive(app: App, box: MailboxConfig, lease: Lease | None = None) -> bool:
    """Keeps what is new in one mailbox. False, with a line in the log, when it cannot be read. Raises LeaseLost."""
    watch = Watch(app, box.name)
    try:
        recover(app, box, lease)
        with open_mailbox(app, box) as mailbox:
            Reader(app, box, mailbox, lease=lease).receive()
        if reconciling.due(app, box):
            reconcile(app, box)
    except MailboxDown as error:
        watch.lost(error)
        return False
    watch.works()
    return True


def recover(app: App, box: MailboxConfig, lease: Lease | None = None) -> int:
    """After a restore, once: keeps what was filed since the backup. How many mails that were. Raises MailboxDown, LeaseLost."""
    with app.database.read() as tx:
        due = restored.to_read_again(tx, box.name)
    if not due or not box.settings.processed_folder:
        return 0
    with open_mailbox(app, box, filed=True) as mailbox:
        return read_again(app, box, mailbox, lease)


def reconcile(app: App, box: MailboxConfig) -> Reconciled:
    """The ledger beside the folders of one mailbox. Raises MailboxDown."""
    with ExitStack() as folders:
        inbox = folders.enter_context(open_mailbox(app, box))
        filed = folders.enter_context(open_mailbox(app, box, filed=True)) if box.settings.processed_folder else None
        return reconciling.reconcile(app, box, inbox, filed)


def process(app: App, parsers: Parsers[Parsed], lease: Lease, each: Callable[[], object] = lambda: None) -> bool:
    """Settles all that waits; `each` is called after each batch. Raises LeaseLost."""
    processor = Processor(app, parsers)
    processor.under(lease)
    take_over_mails(app, lease)
    try:
        while processor.process():
            each()
    except (KeyboardInterrupt, SystemExit):
        processor.give_back()
        raise
    return True


async def deliver(app: App, runner: Callable[[], int | None] = lambda: None) -> bool:
    """Sends what is due. Whether the server was there."""
    courier = Courier(app, open_smtp(app), runner)
    try:
        await courier.due()
        return not courier.server_down
    finally:
        await courier.close()


def open_mailbox(app: App, box: MailboxConfig, *, filed: bool = False, folder: str = "") -> Mailbox:
    """Not connected yet; `filed` for the folder where mails are filed, `folder` for one beside the first. Raises ConfigError for what must not be sent to a server."""
    settings = box.settings
    try:
        other = settings.processed_folder if filed else folder
        folders = (other, "") if other else (settings.folder, settings.processed_folder)
        return Mailbox(imap_server(box, app.config), *folders, monotonic=monotonic, failpoint=failpoint)
    except BadArgument as error:
        raise ConfigError(f"{app.config.source}: mailbox {box.name}: {error}") from None


def open_smtp(app: App) -> Smtp:
    """Not connected yet. Raises ConfigError for what must not be sent to a server."""
    return Smtp(smtp_server(app.config), app.config.settings.smtp.connections, failpoint)
