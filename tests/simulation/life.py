"""Life: one run of the program, verb by verb, without threads: what `postroom.worker` does, in the order that a test wants. It makes no faults."""

import asyncio
import selectors
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

from inbound.imap import MailboxDown
from postroom import pipeline
from postroom.ageing import age
from postroom.app import App
from postroom.delivering import Courier
from postroom.digesting import digest
from postroom.processing import Processor
from postroom.reading import Parsed, read
from postroom.receiving import Receiver
from store.database import Database, Transaction
from store.errors import DatabaseDown
from tests.simulation.servers import Folder, Relay, SimMailbox, SimSmtp
from tests.simulation.world import World

parsed = lru_cache(2000)(read)  # it is pure: the same bytes need not be read again in a second seed


class Unsteady(Database):
    """The real database, whose commits fail as the world has it: before they are made, or only their acknowledgement."""

    world: World

    def __init__(self, file: Path) -> None:
        super().__init__(f"sqlite:///{file}")
        self.file = file

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        with super().read() as tx, self._counted():
            yield tx

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        if self.world.happens(0.01):
            raise DatabaseDown("gone for a moment")
        with super().write() as tx, self._counted():
            yield tx
        if self.world.happens(0.01):
            self.world.note("commit without an answer")
            raise DatabaseDown("the commit was made, and its answer lost")

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.world.transactions += 1
        try:
            yield
        finally:
            self.world.transactions -= 1


class Inline:
    """Reads mails at once, where `Parsers` has processes for it."""

    def begin(self, mails: Sequence[bytes]) -> "Future[list[Parsed]]":
        done: Future[list[Parsed]] = Future()
        done.set_result([parsed(raw) for raw in mails])
        return done


class Life:
    """From a start to a crash. `begin` may fail like any verb, and is called again."""

    def __init__(self, app: App, folders: Sequence[Folder], relay: Relay) -> None:
        self._app, self._relay = app, relay
        self._receivers = [
            Receiver(app, app.box(folder.name), SimMailbox(folder), relay.world.monotonic)  # type: ignore[arg-type]
            for folder in folders
        ]
        self._processor = Processor(app, Inline())  # type: ignore[arg-type]
        self._mails_taken_over = self._outgoing_taken_over = False

    def receive(self, number: int) -> None:
        with suppress(MailboxDown, DatabaseDown):
            self._receivers[number].receive()

    def process(self) -> int:
        """One batch; how many mails."""
        try:
            if not self._mails_taken_over:
                self._processor.give_back()
                pipeline.take_over_mails(self._app)
                self._mails_taken_over = True
            return self._processor.process()
        except DatabaseDown:
            self._mails_taken_over = False  # the worker begins the verb again
            return 1

    def age(self) -> None:
        with suppress(DatabaseDown):
            age(self._app)

    def digest(self) -> None:
        with suppress(DatabaseDown):
            digest(self._app)

    def deliver(self) -> None:
        run(self._relay.world, self._deliver())

    async def _deliver(self) -> None:
        try:
            if not self._outgoing_taken_over:
                pipeline.take_over_outgoing(self._app)
                self._outgoing_taken_over = True
            await Courier(self._app, SimSmtp(self._relay)).due()  # type: ignore[arg-type]
        except DatabaseDown:
            self._outgoing_taken_over = False
        self._relay.rest()


class NoWaiting(selectors.SelectSelector):
    """Nothing comes from outside: where a loop would wait, the world's time passes at once."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._world.wait(max(timeout or 0.0, 0.0))
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop in the world's time."""

    def __init__(self, world: World) -> None:
        self._world = world
        super().__init__(NoWaiting(world))

    def time(self) -> float:
        return self._world.elapsed


def run(world: World, work: Coroutine[None, None, None]) -> None:
    """As asyncio.run, except that after a crash nothing runs any more, no clean-up of a task either."""
    loop = Loop(world)
    loop.set_exception_handler(lambda *_: None)
    try:
        loop.run_until_complete(work)
    finally:
        for task in asyncio.all_tasks(loop):
            task.get_coro().close()  # type: ignore[union-attr]
        loop.close()
