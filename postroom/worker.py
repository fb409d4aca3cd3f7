"""Worker: runs each verb in a thread of its own until it is told to stop. One that fails waits and tries again; the others go on."""

import asyncio
import os
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from math import inf
from threading import Event, Thread, current_thread
from types import FrameType

from inbound.imap import Mailbox, MailboxBusy, MailboxDown
from postroom import pipeline, reconciling
from postroom.ageing import age
from postroom.alerting import alert
from postroom.announcing import Announcer
from postroom.app import App
from postroom.clock import jitter, monotonic
from postroom.config import MailboxConfig
from postroom.delivering import GRACE_SECONDS, Courier
from postroom.digesting import digest
from postroom.failure import where
from postroom.forgetting import forget
from postroom.indexing import index_for
from postroom.log import event, trouble
from postroom.outage import Outage
from postroom.outside import WebhookConfig
from postroom.pages import Pages
from postroom.parsers import Parsers
from postroom.patience import Patience
from postroom.processing import Processor
from postroom.reader import Reader
from postroom.reading import Parsed
from postroom.runner import Runner
from postroom.summing import sum_up
from postroom.supervision import HOUR, SILENT, Pulse, Supervisor
from postroom.telling import tell
from postroom.verbs import ALL, Verb
from postroom.watch import Watch
from store.errors import DatabaseDown, LeaseLost
from store.leases import Lease

TICK = 30.0  # seconds between two looks at the timers
CUT = 5.0  # the same, for all mailboxes and programs together: what is cut off is made again
LOOK = 0.5  # seconds after which work is looked for even if nobody rang: what a command or another run has left
UNHEARD = 5.0  # the same, for a program that did not take its last event: there may be very many that wait for it
BEHIND = 5  # of nice(2): a page, which somebody waits for, goes before; parsers stand further back
DOWN = 2.0  # seconds to wait for a database that is gone


class Worker:
    """All threads of `postroom run`."""

    def __init__(self, app: App, option: str | None, parsers: Parsers[Parsed], verbs: Collection[Verb] = ALL) -> None:
        """`option`: the configuration that `app` was made of."""
        self._app = app
        self._option = option
        self._verbs = verbs
        self._runner = Runner(app)
        self._parsers = parsers
        self._stop = Event()
        self._mail_in = Event()  # rung when there may be pending mail
        self._mail_out = Event()  # rung when there may be mail to send
        self._mailboxes: list[Mailbox] = []
        self._pulse = Pulse()
        self._supervisor = Supervisor(os.environ)

    def run(self) -> None:
        """Works until SIGTERM or SIGINT; then ends what is in hand, and returns."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        with self._runner:
            self._work()
        event("stopped")

    def _work(self) -> None:
        os.nice(BEHIND)  # of this thread and those that it starts; the pages come from a process that it does not bind
        pipeline.listen(self._app)
        threads = [Thread(target=self._kept_up, args=one, name=one[0], daemon=True) for one in self._chosen()]
        hooks = self._app.config.webhooks if Verb.DELIVER in self._verbs else ()
        cut = len(threads) - len(self._mailboxes) - len(hooks)
        for thread in threads:
            thread.start()
        event("started", mailboxes=len(self._mailboxes))
        self._supervisor.ready()
        self._watch(threads)
        self._supervisor.stopping()
        _join(threads[cut:], CUT)
        _join(threads[:cut], GRACE_SECONDS + 5)

    def _watch(self, threads: Sequence[Thread]) -> None:
        """Until told to stop. A verb that hangs is said once, and starves the watchdog."""
        said: list[str] = []
        while True:
            names = [thread.name for thread in threads]
            hanging = [thread.name for thread in threads if not thread.is_alive()] or self._pulse.silent(names)
            if not hanging:
                self._supervisor.lives()
            elif hanging != said:
                trouble("verb.silent", verbs=", ".join(hanging))
                self._supervisor.hangs(hanging)
            said = hanging
            if self._stop.wait(self._supervisor.seconds):
                return

    def _chosen(self) -> Iterator[tuple[str, Callable[[], None]]]:
        if Verb.PROCESS in self._verbs:
            yield Verb.PROCESS, partial(self._process, Processor(self._app, self._parsers))
        if Verb.AGE in self._verbs:
            yield Verb.AGE, self._age
        if Verb.DELIVER in self._verbs:
            yield Verb.DELIVER, self._deliver
        if Verb.WEB in self._verbs and self._app.config.settings.web.enabled:
            yield Verb.WEB, Pages(self._option, self._app.counts, self._stop).serve
        for box in self._app.config.mailboxes if Verb.RECEIVE in self._verbs else ():
            mailbox = pipeline.open_mailbox(self._app, box)
            self._mailboxes.append(mailbox)
            yield f"receive {box.name}", partial(self._receive, box, mailbox)
        for hook in self._app.config.webhooks if Verb.DELIVER in self._verbs else ():
            yield f"tell {hook.name}", partial(self._announce, hook)

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self._stop.set()
        self._mail_in.set()
        self._mail_out.set()
        for mailbox in self._mailboxes:
            mailbox.wake()

    def _kept_up(self, name: str, verb: Callable[[], None]) -> None:
        """A verb ends only when we are told to stop; whatever else ends it is told, and it begins again."""
        outage = Outage(name)
        while not self._stop.is_set():
            self._pulse.beat(name, inf if name == Verb.WEB else SILENT)  # whoever serves comes round when he is asked
            try:
                verb()
            except LeaseLost as error:
                trouble("lease.lost", reason=error)
                continue  # and stand by
            except DatabaseDown as error:
                outage.say(error)
            except Exception as error:  # noqa: BLE001 - a fault of ours in one verb must not stop the others
                trouble("fault", verb=name, error=where(error))
            self._stop.wait(DOWN)

    def _lease(self, name: str) -> Lease | None:
        """Waits for it as long as another run has it. None when we are told to stop."""
        said = False
        while not self._stop.is_set():
            self._pulse.beat(current_thread().name)
            lease = self._runner.take(name)
            if lease:
                return lease
            if not said:
                event("standing.by", lease=name, reason="another run has it")
                said = True
            self._stop.wait(self._runner.beat_seconds)
        return None

    def _receive(self, box: MailboxConfig, mailbox: Mailbox) -> None:
        try:
            if lease := self._lease(pipeline.mailbox_lease(box)):
                self._receiving(box, mailbox, lease)
        finally:
            mailbox.close()

    def _receiving(self, box: MailboxConfig, mailbox: Mailbox, lease: Lease) -> None:
        # A large mail may take a long time to come, and has deadlines of its own.
        beat = partial(self._pulse.beat, current_thread().name, HOUR)
        reader = Reader(self._app, box, mailbox, lease=lease, beat=beat)
        watch, patience = Watch(self._app, box.name), Patience(monotonic)
        while not self._stop.is_set():
            beat()
            try:
                if pipeline.recover(self._app, box, lease) + reader.receive():
                    self._mail_in.set()
                if reconciling.due(self._app, box):
                    pipeline.reconcile(self._app, box)
                self._app.counts.mailbox(box.name, idle="IDLE" in mailbox.offers)
                watch.works()
                patience.served()
                mailbox.wait(self._app.config.settings.poll_interval_seconds)
            except MailboxDown as error:
                watch.lost(error)
                asked = error.seconds if isinstance(error, MailboxBusy) else 0.0
                self._stop.wait(patience.failed(2 * jitter() - 1, asked))

    def _process(self, processor: Processor) -> None:
        lease = self._lease(pipeline.PROCESS)
        if lease is None:
            return
        processor.under(lease)
        processor.give_back()
        pipeline.take_over_mails(self._app, lease)
        while not self._stop.is_set():
            self._pulse.beat(Verb.PROCESS)
            self._mail_in.clear()
            if processor.process():
                self._mail_out.set()
            else:
                self._mail_in.wait(LOOK)
        processor.give_back()

    def _age(self) -> None:
        # Two that age at once would undo nothing of one another, but staff would hear of some things twice.
        while self._lease(pipeline.AGE):
            if age(self._app) + digest(self._app) + tell(self._app) + alert(self._app):
                self._mail_out.set()
            forget(self._app)
            sum_up(self._app)
            index_for(self._app, TICK, self._stop.wait)

    def _announce(self, hook: WebhookConfig) -> None:
        lease = self._lease(pipeline.webhook_lease(hook))
        if lease is None:
            return
        beat = partial(self._pulse.beat, current_thread().name)
        announcer = Announcer(self._app, hook, lease, beat)
        while not self._stop.is_set():
            beat()
            if not announcer.announce():
                self._stop.wait(LOOK if announcer.heard else UNHEARD)

    def _deliver(self) -> None:
        asyncio.run(self._delivering())

    async def _delivering(self) -> None:
        pipeline.take_over_outgoing(self._app, self._runner.id)
        courier = Courier(self._app, pipeline.open_smtp(self._app), lambda: self._runner.id)
        loop, outage = asyncio.get_running_loop(), Outage("deliver")
        try:
            while not self._stop.is_set():
                self._pulse.beat(Verb.DELIVER)
                self._mail_out.clear()
                try:
                    if courier.claim():
                        continue
                except DatabaseDown as error:
                    # Those in hand go on: to end them would lose what became of them.
                    outage.say(error)
                    await loop.run_in_executor(None, self._stop.wait, DOWN)
                    continue
                if courier.busy:
                    await courier.some_done(1.0)
                else:
                    await loop.run_in_executor(None, self._mail_out.wait, LOOK)
            await courier.all_done()
        finally:
            await courier.close()


def _join(threads: Sequence[Thread], seconds: float) -> None:
    """Waits for all of them, so long in all: a server that says nothing holds up no end."""
    until = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
