"""Worker: runs each verb in a thread of its own until it is told to stop. One that fails waits and tries again; the others go on."""

import asyncio
import signal
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event, Thread
from types import FrameType

from inbound.imap import Mailbox, MailboxDown
from postroom import pipeline
from postroom.ageing import age
from postroom.app import App
from postroom.clock import jitter, monotonic
from postroom.config import MailboxConfig
from postroom.delivering import Courier
from postroom.digesting import digest
from postroom.failure import where
from postroom.log import event, trouble
from postroom.outage import Outage
from postroom.parsers import Parsers
from postroom.patience import Patience
from postroom.processing import Processor
from postroom.reading import Parsed
from postroom.receiving import Receiver
from postroom.telling import tell
from postroom.watch import Watch
from store.errors import DatabaseDown

TICK = 30.0  # seconds between two looks at the timers
GRACE = 30.0  # seconds that a mail in hand may take to end when we are told to stop
CUT = 5.0  # the same, for all mailboxes together: a fetch or a move that is cut off is made again
LOOK = 2.0  # seconds after which work is looked for even if nobody rang
DOWN = 5.0  # seconds to wait for a database that is gone


class Worker:
    """All threads of `postroom run`."""

    def __init__(self, app: App, parsers: Parsers[Parsed]) -> None:
        self._app = app
        self._parsers = parsers
        self._stop = Event()
        self._mail_in = Event()  # rung when there may be pending mail
        self._mail_out = Event()  # rung when there may be mail to send
        self._mailboxes: list[Mailbox] = []

    def run(self) -> None:
        """Works until SIGTERM or SIGINT; then ends what is in hand, and returns."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._told_to_stop)
        verbs: list[tuple[str, Callable[[], None]]] = [
            ("process", partial(self._process, Processor(self._app, self._parsers))),
            ("age", self._age),
            ("deliver", self._deliver),
        ]
        for box in self._app.config.mailboxes:
            mailbox = pipeline.open_mailbox(self._app, box)
            self._mailboxes.append(mailbox)
            verbs.append((f"receive {box.name}", lambda box=box, mailbox=mailbox: self._receive(box, mailbox)))  # type: ignore[misc]
        threads = [Thread(target=self._kept_up, args=verb, name=verb[0], daemon=True) for verb in verbs]
        receiving = len(self._mailboxes)
        for thread in threads:
            thread.start()
        event("started", mailboxes=receiving)
        self._stop.wait()
        _join(threads[-receiving:], CUT)
        _join(threads[:-receiving], GRACE + 5)
        event("stopped")

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
            try:
                verb()
            except DatabaseDown as error:
                outage.say(error)
            except Exception as error:  # noqa: BLE001 - a fault of ours in one verb must not stop the others
                trouble("fault", verb=name, error=where(error))
            self._stop.wait(DOWN)

    def _receive(self, box: MailboxConfig, mailbox: Mailbox) -> None:
        receiver = Receiver(self._app, box, mailbox)
        watch, patience = Watch(self._app, box.name), Patience(monotonic)
        while not self._stop.is_set():
            try:
                if receiver.receive():
                    self._mail_in.set()
                watch.works()
                patience.served()
                mailbox.wait(self._app.config.settings.poll_interval_seconds)
            except MailboxDown as error:
                watch.lost(error)
                self._stop.wait(patience.failed(2 * jitter() - 1))
        mailbox.close()

    def _process(self, processor: Processor) -> None:
        processor.give_back()
        pipeline.take_over_mails(self._app)
        while not self._stop.is_set():
            self._mail_in.clear()
            if processor.process():
                self._mail_out.set()
            else:
                self._mail_in.wait(LOOK)
        processor.give_back()

    def _age(self) -> None:
        while not self._stop.is_set():
            if age(self._app) + digest(self._app) + tell(self._app):
                self._mail_out.set()
            self._stop.wait(TICK)

    def _deliver(self) -> None:
        asyncio.run(self._delivering())

    async def _delivering(self) -> None:
        pipeline.take_over_outgoing(self._app)
        courier = Courier(self._app, pipeline.open_smtp(self._app))
        loop, outage = asyncio.get_running_loop(), Outage("deliver")
        try:
            while not self._stop.is_set():
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
            await courier.all_done(GRACE)
        finally:
            await courier.close()


def _join(threads: Sequence[Thread], seconds: float) -> None:
    """Waits for all of them, so long in all: a server that says nothing holds up no end."""
    until = monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - monotonic()))
