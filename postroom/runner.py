"""Runner: this process among those that share a database. It says every few seconds that it is alive, and gets leases for it.

On SQLite it is alone, by the lock beside the file, and whatever it finds there is an orphan's (docs/decisions/005).
"""

import os
import socket
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType
from typing import Self

from postroom.app import App
from postroom.clock import monotonic
from postroom.failure import where
from postroom.log import event, trouble
from postroom.outage import Outage
from store import leases, outgoing, runners
from store.database import Transaction
from store.errors import DatabaseDown
from store.leases import Lease
from store.runners import Runner as Row

BEATS = 5  # in the length of a lease: so many may be missed
SOON = 1.0  # seconds until the next beat when the database was not there for one
LOOK = 0.2  # seconds between two looks at those who may be dead


class Runner:
    """Alive from `with` to its end. Its number changes when it was silent so long that it was taken for dead."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._name = " ".join(filter(None, (f"{socket.gethostname()}:{os.getpid()}", app.database.mark)))
        self._length = timedelta(seconds=app.config.settings.lease_seconds)
        self._id = 0
        self._patient_until = 0.0
        self._stop = Event()
        self._thread = Thread(target=self._beating, name="alive", daemon=True)

    def __enter__(self) -> Self:
        """Raises DatabaseDown."""
        with self._app.database.write() as tx:
            if self._app.config.database_file and (number := self._inherit(tx)):
                event("taken.over", outgoing=number)
            self._id = runners.begin(tx, self._name, self._length)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        with suppress(DatabaseDown), self._app.database.write() as tx:  # else its time runs out
            runners.end(tx, [self._id], self._app.now())

    @property
    def id(self) -> int:
        return self._id

    @property
    def beat_seconds(self) -> float:
        return self._length.total_seconds() / BEATS

    def take(self, name: str) -> Lease | None:
        """A lease, unless another run has it. Raises DatabaseDown."""
        with self._app.database.read() as tx:
            holder = leases.holder(tx, name)
        if holder is not None:
            return Lease(name, holder) if holder == self._id else None
        with self._app.database.write() as tx:
            return leases.take(tx, name, self._id)

    def wait_for_the_silent(self) -> None:
        """Until every other run has said that it is alive, or is ended: at most the length of a lease. Raises DatabaseDown."""
        first = {one.id: one for one in self._others()}
        while any(one == first.get(one.id) for one in self._others()) and not self._stop.wait(LOOK):
            self._bury()

    def wait_to_live(self) -> None:
        """Until it has a number again, where it was taken for dead: at most a beat. Raises DatabaseDown."""
        while not self._lives() and not self._stop.wait(LOOK):
            pass

    def _lives(self) -> bool:
        with self._app.database.write() as tx:
            return runners.lives(tx, self._id)

    def _others(self) -> list[Row]:
        with self._app.database.read() as tx:
            return runners.others(tx, self._id)

    def _inherit(self, tx: Transaction) -> int:
        """All that is claimed is an orphan's; how many outgoing mails that were."""
        number = outgoing.take_over(tx, self._app.now())
        runners.end(tx, [one.id for one in runners.others(tx, 0)], self._app.now())
        return number

    def _beating(self) -> None:
        outage, wait = Outage("alive"), self.beat_seconds
        while not self._stop.wait(wait):
            try:
                self._beat()
                wait = self.beat_seconds
            except DatabaseDown as error:
                outage.say(error)
                wait = min(SOON, self.beat_seconds)
            except Exception as error:  # noqa: BLE001 - a run that does not say that it is alive is taken for dead
                trouble("fault", verb="alive", error=where(error))

    def _beat(self) -> None:
        with self._app.database.write() as tx:
            in_time = runners.renew(tx, self._id, self._length)
            new = runners.begin(tx, self._name, self._length) if in_time is None else self._id
        if new != self._id:
            trouble("run.replaced", reason="silent too long: what was in hand has been taken over")
        self._id = new
        if not in_time:
            # The database may have been gone for everybody: let the others say first that they are alive.
            self._patient_until = monotonic() + self._length.total_seconds()
        if monotonic() >= self._patient_until:
            self._bury()

    def _bury(self) -> None:
        with self._app.database.read() as tx:
            silent = runners.silent(tx, self._id)
        if not silent:
            return
        # One that froze amid a transaction still has its locks, on what is to be taken over or on its own row.
        self._app.database.end_sessions([name.rpartition(" ")[2] for name in silent])
        with self._app.database.write() as tx:
            dead = runners.bury(tx, self._id, self._app.now())
        for name in dead:
            event("taken.over", run=name)
