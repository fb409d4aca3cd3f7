"""Play: one seed's history, from the first mail to the quiet after the last fault. `verdict` judges how it ended."""

from collections.abc import Callable
from dataclasses import replace

from postroom.acting import NotPossible, act
from postroom.again import again
from postroom.answering import Words
from postroom.app import App
from store import reports
from store.errors import DatabaseDown
from store.failpoint import watched
from store.lines import Wanted
from tests.simulation.life import Life, Unsteady
from tests.simulation.post import Writer, Written
from tests.simulation.servers import Folder, Relay
from tests.simulation.world import Crash, World
from workflow.act import Reply, SetStatus

STEPS = 90
ROUNDS = 120  # until nothing waits any more
CANARY = "canary-in-a-note"
STATUSES = ("Pending Client Feedback", "Support Rep Working", "Assessment", "Problem Solved", "Client Unreachable")


class Play:
    """Two mailboxes, three clients, machines, staff; whatever can go wrong, as the seed has it."""

    def __init__(self, seed: int, app: App, database: Unsteady) -> None:
        """`database` is ready and empty; `app` lends all else."""
        self.world = database.world = World(seed)
        self.database = database
        self.app = replace(app, database=database, now=self.world.now, jitter=self.world.jitter)
        self.folders = [Folder(self.world, "support", moves=True), Folder(self.world, "escalate", moves=seed % 2 == 0)]
        self.relay = Relay(self.world)
        self.relay.meanwhile = self._meanwhile
        self.writer = Writer(self.world)
        self.written: list[Written] = []
        self.delivered: list[tuple[str, bytes]] = []  # account, bytes
        self.life: Life | None = None
        self._steps: list[tuple[int, Callable[[], None]]] = [
            (14, self._write), (5, self._reply), (3, self._again), (2, self._twice), (2, self._bounce), (2, self._borrow),
            (14, lambda: self._receive(0)), (8, lambda: self._receive(1)), (16, self._process), (14, self._deliver),
            (4, self._age), (5, self._digest), (6, self._staff), (12, self._wait), (2, self._jump), (2, self._renumber), (3, self._person),
            (3, self._kill),
        ]  # fmt: skip

    def run(self) -> None:
        with watched(self.world.may_die):
            for _ in range(STEPS):
                self._step()
            self.world.calm = True
            self.world.note("calm")
            self._settle()

    def _step(self) -> None:
        weights, steps = zip(*self._steps, strict=True)
        (step,) = self.world.chance.choices(steps, weights)
        self.world.wait(self.world.chance.randint(1, 20))
        try:
            step()
        except Crash:
            self._die()

    def alive(self) -> Life:
        """The process; a new one where the last has died."""
        if self.life is None:
            self.life = Life(self.app, self.folders, self.relay)
        return self.life

    def _die(self) -> None:
        self.life = None
        self.relay.doubt()
        self.relay.rest()
        self.database.close()  # its connections; the next one makes its own

    # ------------------------------------------------------------------------------ what others do

    def _put(self, account: str, raw: bytes) -> None:
        self.world.note("mail", account=account, octets=len(raw))
        self.world.sums["mails in"] += 1
        self.delivered.append((account, raw))
        self.folders[account == "escalate"].deliver(raw)

    def _send_to_us(self, one: Written) -> None:
        self.written.append(one)
        for hop, account in enumerate(one.to):
            self._put(account, one.again(hop).raw if hop else one.raw)

    def _write(self) -> None:
        self._send_to_us(self.writer.person() if self.world.chance.random() < 0.85 else self.writer.machine())

    def _reply(self) -> None:
        if to_clients := [one for one in self.relay.taken if not one.recipient.endswith("@example.test")]:
            self._send_to_us(self.writer.reply(self.world.chance.choice(to_clients)))

    def _again(self) -> None:
        """A mail that was delivered before: over another way."""
        if self.written:
            one = self.world.chance.choice(self.written)
            self._put(one.to[0], one.again(len(self.delivered)).raw)

    def _twice(self) -> None:
        """The same octets again."""
        if self.delivered:
            self._put(*self.world.chance.choice(self.delivered))

    def _bounce(self) -> None:
        if self.relay.taken:
            self._send_to_us(self.writer.bounce(self.world.chance.choice(self.relay.taken[-4:])))

    def _borrow(self) -> None:
        if people := [one for one in self.written if one.person and not one.answers and "borrowed" not in one.name]:
            self._send_to_us(self.writer.borrowed(self.world.chance.choice(people)))

    def _renumber(self) -> None:
        folder = self.world.chance.choice(self.folders)
        folder.renumber()
        self.world.note("numbered anew", account=folder.name)

    def _person(self) -> None:
        """Somebody drags a filed mail back into the inbox, or deletes a filed one."""
        folder = self.world.chance.choice(self.folders)
        if folder.processed:
            raw = folder.processed.pop(self.world.chance.randrange(len(folder.processed)))
            dragged = self.world.chance.random() < 0.6
            self.world.note("person", account=folder.name, dragged=dragged)
            if dragged:
                folder.deliver(raw)

    def _wait(self) -> None:
        self.world.wait(self.world.chance.choice((60, 700, 700, 4000, 4000, 30_000, 90_000, 400_000)))

    def _jump(self) -> None:
        self.world.jump(self.world.chance.choice((-3, -1, 1, 1, 72, -72)))

    def _meanwhile(self) -> None:
        """While a mail is on its way: its bounce is faster than the server's answer, or time flies."""
        if self.world.chance.random() < 0.5 and self.relay.taken:
            self._send_to_us(self.writer.bounce(self.relay.taken[-1]))
            self._receive(0)
            self._process()
        else:
            self.world.wait(3000)  # longer than a lease, and than an outcome is tried to be written down
            self.relay.doubt()

    # --------------------------------------------------------------------------------- what we do

    def _receive(self, number: int) -> None:
        self.alive().receive(number)

    def _process(self) -> None:
        self.alive().process()

    def _deliver(self) -> None:
        self.alive().deliver()

    def _age(self) -> None:
        self.alive().age()

    def _digest(self) -> None:
        self.alive().digest()

    def _kill(self) -> None:
        self.world.sums["kills"] += 1
        self.world.note("killed between two steps")
        self._die()

    def _staff(self) -> None:
        with self.app.database.read() as tx:
            numbers = [line.number for line in reports.tickets(tx, Wanted(), limit=10**6)]
        if not numbers:
            return
        number, who = self.world.chance.choice(sorted(numbers)), "kim@example.test"
        status = self.world.chance.choice(STATUSES)
        deed, words = SetStatus(status, who, CANARY), Words()
        if self.world.chance.random() < 0.3:
            deed, words = Reply(who), Words("Please try Firefox.", "Kim")
        self.world.note("staff", ticket=number, deed=type(deed).__name__)
        try:
            act(self.app, number, deed, words)
        except (NotPossible, DatabaseDown) as error:
            self.world.note("refused", why=type(error).__name__)

    # ------------------------------------------------------------------------------ the end of it

    def _settle(self) -> None:
        """A quiet world: all that waits is done, what was set aside is taken up again, until nothing waits any more."""
        for _ in range(ROUNDS):
            life = self.alive()
            for number in (0, 1):
                life.receive(number)
            while life.process():
                pass
            life.deliver()
            with self.app.database.read() as tx:
                poison = [line.id for line in reports.mails(tx, limit=10**6) if line.state == "quarantined"]
                pending = [line.id for line in reports.mails(tx, limit=10**6) if line.state == "pending"]
                waiting = [line for line in reports.outgoing(tx, limit=10**6) if line.next_at is not None]
            for id_ in poison:
                again(self.app, f"m{id_}")
            if not (poison or pending or waiting or any(folder.inbox for folder in self.folders)):
                return
            self.world.wait(4000)
        raise AssertionError(f"it does not come to rest: {poison} {pending} {waiting}")
