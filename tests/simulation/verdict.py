"""The verdict on a history that has come to rest: what was promised and does not hold. It looks past the program, and changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes
from hashlib import sha256
from typing import NamedTuple

from store.driver import sqlite3
from store.limits import Limits, organisation
from tests.simulation.play import CANARY, Play
from tests.simulation.post import MACHINES, Written
from tests.store.world import sweep
from workflow.machine import Nature

MINUTE, HOUR, DAY = 60 * 10**6, 3600 * 10**6, 86400 * 10**6  # microseconds, as the database counts
LIMITS = Limits()
KEPT = "SELECT m.id, m.account, b.sha256, m.state, m.kind, m.ticket FROM mail m JOIN blob b ON b.id = m.blob"
OUT = "SELECT id, message_id, recipient, nature, notice, ticket, state, doubts, raw, queued_at, cause FROM outbox ORDER BY id"
CLOSED = "SELECT ticket FROM history WHERE status IN ('client_unreachable', 'problem_solved')"


class Kept(NamedTuple):
    """A row of the ledger."""

    id: int
    account: str
    sha256: str
    state: str
    kind: str
    ticket: int | None


class Out(NamedTuple):
    """A row of the outbox."""

    id: int
    message_id: str
    recipient: str
    nature: str
    notice: str
    ticket: int | None
    state: str
    doubts: int
    raw: bytes
    queued_at: int
    cause: str


class Verdict:
    """Of one play."""

    def __init__(self, play: Play) -> None:
        self.play = play
        with closing(sqlite3.connect(play.database.file)) as file:
            self.mails = [Kept(*row) for row in file.execute(KEPT)]
            self.entries = Counter(id_ for (id_,) in file.execute("SELECT mail FROM entry WHERE direction = 'in'"))
            self.opened = Counter(id_ for (id_,) in file.execute("SELECT mail FROM history WHERE was = ''"))
            ((self.tickets,),) = file.execute("SELECT count(*) FROM ticket").fetchall()
            self.outbox = [Out(*row) for row in file.execute(OUT)]
            self.of_ours = {one.message_id: one.ticket for one in self.outbox}
            self.closed_once = {number for (number,) in file.execute(CLOSED)}

    def faults(self) -> list[str]:
        """Nothing, whatever happened."""
        found = [*self._ledger(), *self._effects(), *self._sends(), *self._limits(), *self._secrets(), *self._bounces()]
        return self.play.world.wrong + found + sweep(self.play.app.database)

    def sums(self) -> Counter[str]:
        sums = Counter(self.play.world.sums)
        copies = Counter(one.message_id for one in self.play.relay.taken)
        sums.update({"tickets": self.tickets, "sends": len(self.play.relay.taken)})
        sums.update({"duplicates": sum(copies.values()) - len(copies), "seeds": 1})
        sums.update({"unknowns": sum(one.state == "unknown" for one in self.outbox)})
        return sums

    def _ledger(self) -> Iterator[str]:
        """Each delivered mail has a row, octet for octet, and is settled."""
        kept = {(one.account, one.sha256) for one in self.mails}
        for account, raw in self.play.delivered:
            if (account, sha256(raw).hexdigest()) not in kept:
                yield f"a mail to {account} is in no row: {raw[:200]!r}"
        for one in self.mails:
            if one.state not in {"processed", "parked"} or (one.state == "processed") != (one.ticket is not None):
                yield f"not settled: {one}"

    def _effects(self) -> Iterator[str]:
        """Each mail that somebody wrote has one effect, however often it came."""
        rows: dict[str, list[Kept]] = defaultdict(list)
        for row in self.mails:
            rows[row.sha256].append(row)
        for one in self.play.written:
            copies = {raw for _, raw in self.play.delivered if raw.endswith(one.raw)}
            yield from self._effect(one, [row for raw in copies for row in rows[sha256(raw).hexdigest()]])

    def _effect(self, one: Written, mine: list[Kept]) -> Iterator[str]:
        first = [row for row in mine if row.kind != "duplicate"]
        if len(first) != 1:
            yield f"{one.name} was taken for new {len(first)} times: {mine}"
            return
        row, opens = first[0], sum(self.opened[row.id] for row in mine)
        expected = self.of_ours.get(one.answers)
        if one.person and not one.answers and (opens, self.entries[row.id], row.state) != (1, 1, "processed"):
            yield f"{one.name} opened {opens} tickets, stands {self.entries[row.id]} times: {row}"
        if one.answers and expected not in self.closed_once and (row.ticket, opens) != (expected, 0):
            yield f"{one.name} answers #{expected}, and opened {opens} tickets: {row}"
        if not one.person and opens:
            yield f"{one.name} is a machine's, and opened a ticket"

    def _sends(self) -> Iterator[str]:
        """Each outgoing mail goes out once; twice only after a doubt, with the same octets; an acknowledgement or a digest never."""
        taken: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
        for mail in self.play.relay.taken:
            taken[mail.message_id].append((mail.recipient, mail.raw))
            if mail.recipient in MACHINES:
                yield f"{mail.recipient} is a machine, and was written to"
        if len(self.of_ours) != len(self.outbox):
            yield "two outgoing mails have one Message-ID"
        days = Counter((one.recipient, one.cause) for one in self.outbox if one.nature == Nature.DIGEST)
        yield from (f"{count} digests of one day: {day}" for day, count in days.items() if count > 1)
        for one in self.outbox:
            yield from self._send(one, taken.pop(one.message_id, []))
        if taken:
            yield f"sent, and in no row: {sorted(taken)}"

    def _send(self, one: Out, copies: list[tuple[str, bytes]]) -> Iterator[str]:
        again = one.nature not in {Nature.ACKNOWLEDGEMENT, Nature.DIGEST}
        most = 2 if again and self.play.relay.doubtful[one.message_id] else 1
        if len(copies) > most or one.doubts > again:
            yield f"o{one.id}, {one.nature}, went out {len(copies)} times, {one.doubts} doubts, {one.state}"
        if not copies and one.state not in {"dead", "unknown"}:
            yield f"o{one.id} is {one.state}, and never went out"
        if set(copies) - {(one.recipient, one.raw)}:
            yield f"o{one.id} went out with other octets, or to somebody else"

    def _limits(self) -> Iterator[str]:
        """Counted again, one by one: no more acknowledgements than the limits allow."""
        acks = [one for one in self.outbox if one.nature == Nature.ACKNOWLEDGEMENT]
        for place, one in enumerate(acks):
            before = [old for old in acks[:place] if old.queued_at > one.queued_at - DAY]
            mine = [old.queued_at for old in before if old.recipient == one.recipient]
            owner = organisation(one.recipient)
            theirs = [old.queued_at for old in before if owner and organisation(old.recipient) == owner]
            counted = (
                (len(mine), LIMITS.per_address_day),
                (sum(at > one.queued_at - HOUR for at in mine), LIMITS.per_address_hour),
                (sum(at > one.queued_at - 10 * MINUTE for at in mine), LIMITS.per_address_10_minutes),
                (sum(at > one.queued_at - HOUR for at in theirs), LIMITS.per_domain_hour),
                (len(theirs), LIMITS.per_domain_day),
                (sum((old.ticket, old.notice) == (one.ticket, one.notice) for old in before), LIMITS.per_ticket),
            )
            if any(found >= most for found, most in counted):
                yield f"o{one.id} is over a limit: {counted}"

    def _secrets(self) -> Iterator[str]:
        """What staff write for staff reaches nobody else."""
        for one in self.play.relay.taken:
            if not one.recipient.endswith("@example.test"):
                parts = [part.get_payload(decode=True) or b"" for part in message_from_bytes(one.raw).walk()]
                if any(CANARY.encode() in part for part in [*parts, one.raw]):
                    yield f"a note went to {one.recipient}"

    def _bounces(self) -> Iterator[str]:
        """A mail that has come back is not said to have arrived."""
        returned = {one.bounces for one in self.play.written if one.bounces}
        for one in self.outbox:
            if one.message_id in returned and one.state == "sent":
                yield f"o{one.id} came back, and is said to be sent"
