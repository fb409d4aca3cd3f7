"""The simulated servers: a mailbox and an SMTP server that fail as the world has it, and what they were given. They decide nothing else."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes

from inbound.imap import Fetched, MailboxDown, MailboxRefused
from outbound.outbox import Dead, Outcome, Retry, Sent, Unknown
from tests.simulation.world import World


@dataclass
class Folder:
    """What the IMAP server holds of one account. It outlives every process of ours."""

    world: World
    name: str
    moves: bool  # whether it offers MOVE; else a mail may lie in both folders when the process dies
    uidvalidity: int = 1
    inbox: dict[int, tuple[bytes, datetime]] = field(default_factory=dict)
    processed: list[bytes] = field(default_factory=list)
    highest: int = 0

    def deliver(self, raw: bytes) -> None:
        self.highest += 1
        self.inbox[self.highest] = (raw, self.world.now())

    def renumber(self) -> None:
        kept = list(self.inbox.values())
        self.uidvalidity += 1
        self.inbox = dict(enumerate(kept, 1))
        self.highest = len(kept)


class SimMailbox:
    """The client's end: what `inbound.imap.Mailbox` is to the program."""

    def __init__(self, folder: Folder) -> None:
        self._folder, self._world = folder, folder.world
        self.is_open = False
        self.files = True
        self.uidvalidity = 0
        self.unreadable: dict[int, str] = {}

    def open(self) -> None:
        if self._world.happens(0.05):
            raise MailboxDown("refused")
        self.is_open, self.uidvalidity = True, self._folder.uidvalidity

    def turn(self) -> None:
        """It is the only folder on its connection."""

    def all_uids(self) -> list[int]:
        return self.uids_above(0)

    def uids_above(self, uid: int) -> list[int]:
        self._command()
        return sorted(one for one in self._folder.inbox if one > uid)

    def received_since(self, day: date) -> set[int]:
        self._command()
        return {uid for uid, (_, at) in self._folder.inbox.items() if at.date() >= day}

    def fetch(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        together = self._world.chance.randint(1, 4)
        for start in range(0, len(uids), together):
            self._command(0.04)
            there = [uid for uid in uids[start : start + together] if uid in self._folder.inbox]
            mails = [Fetched(uid, *self._folder.inbox[uid], len(self._folder.inbox[uid][0])) for uid in there]
            if mails:
                yield mails

    def move(self, uids: Sequence[int]) -> dict[int, int]:
        self._command(0.03)
        if self._world.happens(0.02):
            raise MailboxRefused("over quota")
        there = [uid for uid in uids if uid in self._folder.inbox]
        self._folder.processed += [self._folder.inbox[uid][0] for uid in there]
        if not self._folder.moves:
            self._cut("move.copy_done_not_deleted")
        for uid in there:
            del self._folder.inbox[uid]
        self._cut("move.done")
        return {}

    def _command(self, likely: float = 0.02) -> None:
        """Any command may find the connection gone; numbering anew ends it, too."""
        self._world.on_the_network("IMAP")
        if not self.is_open or self.uidvalidity != self._folder.uidvalidity or self._world.happens(likely):
            self.is_open = False
            raise MailboxDown("hung up")

    def _cut(self, place: str) -> None:
        """The connection, or the process, ends here."""
        self._world.may_die(place, 0.02)
        if self._world.happens(0.03):
            self._world.note("cut", at=place, account=self._folder.name)
            self.is_open = False
            raise MailboxDown(place)


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the SMTP server has accepted."""

    recipient: str
    raw: bytes
    message_id: str


class Relay:
    """What the SMTP server has accepted, and of which mails nobody can tell. It outlives every process of ours."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.taken: list[Taken] = []
        self.dotted: set[str] = set()  # in this life of the process: passed the mark, outcome not recorded for sure
        self.doubtful: Counter[str] = Counter()
        self.late = False  # whether the leases of those on their way have ended
        self.meanwhile: Callable[[], None] = lambda: None  # what others do while a mail is on its way

    def dot(self, id_: str) -> None:
        """The final dot of that mail is allowed to leave."""
        self.dotted.add(id_)
        self.doubtful[id_] += self.late

    def doubt(self) -> None:
        """The leases of the mails on their way have ended, or their sender has: nobody can tell what is still learned of them."""
        self.doubtful.update(self.dotted)
        self.late = True

    def rest(self) -> None:
        """Nothing is on its way any more."""
        self.dotted.clear()
        self.late = False


class SimSmtp:
    """The client's end: what `outbound.smtp.Smtp` is to the program."""

    largest = None
    width = 1000  # each mail has a connection of its own

    def __init__(self, relay: Relay) -> None:
        self._relay, self._world = relay, relay.world

    async def send(
        self, sender: str, recipient: str, raw: bytes, final_dot: Callable[[], Awaitable[None]], dsn: object = None
    ) -> Outcome:
        world, id_ = self._world, str(message_from_bytes(raw)["Message-ID"])
        await asyncio.sleep(0)
        world.on_the_network("SMTP")
        if early := self._refusal():
            return early
        world.may_die("smtp.mid_data")
        await final_dot()
        self._relay.dot(id_)
        if world.happens(0.02):
            return Retry("dot: 451 try again later")
        if world.happens(0.06):
            return self._lost(recipient, raw, id_)
        self._take(recipient, raw, id_)
        world.may_die("smtp.dot_sent_no_reply", 0.02)
        if world.happens(0.05):
            self._relay.meanwhile()
        return Sent("250 taken")

    async def close(self) -> None:
        """There is nothing to close."""

    def _refusal(self) -> Outcome | None:
        if self._world.happens(0.04):
            return Retry("connect: refused")
        if self._world.happens(0.04):
            return Retry("rcpt: 450 try again later")
        return Dead("rcpt: 550 no such user") if self._world.happens(0.01) else None

    def _lost(self, recipient: str, raw: bytes, id_: str) -> Outcome:
        if self._world.happens(0.5):
            self._take(recipient, raw, id_)
        self._relay.doubtful[id_] += 1
        self._world.note("lost after the dot", id=id_)
        return Unknown("dot: connection lost")

    def _take(self, recipient: str, raw: bytes, id_: str) -> None:
        self._relay.taken.append(Taken(recipient, raw, id_))
        self._world.note("taken", id=id_)
