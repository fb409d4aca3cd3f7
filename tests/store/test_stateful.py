"""Any order of steps, against a model in a dict: the ledger and the outbox say the same as the model."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from outbound.outbox import Claimed, Dead, Outcome, Retry, Sent, State, Unknown
from store import incoming, outbox, outgoing, pending, reports, tickets
from store.database import Database
from store.incoming import Incoming
from tests.store.engines import Engine
from tests.store.world import EASY, NOW, ack, apply, mail, opening, sweep
from workflow.machine import Nature

LEASE = 60


@dataclass
class Kept:
    """What the model knows of a mail."""

    raw: bytes
    state: str
    attempts: int = 0
    lease: float | None = None


@dataclass
class Row:
    """What the model knows of an outgoing mail. `due` is None when it rests."""

    nature: Nature
    state: str = "queued"
    due: float | None = 0
    fence: int = 0
    dot: bool = False
    doubts: int = 0

    def doubt(self, now: float) -> None:
        again = self.nature not in {Nature.ACKNOWLEDGEMENT, Nature.DIGEST} and self.doubts == 0
        self.state, self.due = "unknown", now if again else None


class Storage(RuleBasedStateMachine):
    """One ledger, one outbox, a clock that only goes forward."""

    template: Path
    engine: Engine
    tried = Bundle("tried")
    held = Bundle("held")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = Database.open(self.engine.copy(self.template, self.folder))
        self.seconds = 0.0
        self.mails: dict[int, Kept] = {}
        self.uids: dict[tuple[int, int], int] = {}
        self.rows: dict[int, Row] = {}
        self.causes: dict[str, int] = {}

    @property
    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    @rule(seconds=st.sampled_from([1, 30, 59, 60, 61, 600]))
    def wait(self, seconds: int) -> None:
        self.seconds += seconds

    @rule(validity=st.integers(1, 2), uids=st.lists(st.integers(1, 9), min_size=1, max_size=4), word=st.integers(0, 5))
    def keep(self, validity: int, uids: list[int], word: int) -> None:
        mails = [Incoming(uid, b"%d" % ((uid + word) % 7), NOW + timedelta(seconds=uid)) for uid in uids]
        with self.database.write() as tx:
            ids = incoming.keep(tx, "support", "INBOX", validity, mails, self.now)
        for one, id_ in zip(mails, ids, strict=True):
            known = self.uids.setdefault((validity, one.uid), id_)
            assert known == id_
            if id_ not in self.mails:
                seen = any(other.raw == one.raw for other in self.mails.values())
                self.mails[id_] = Kept(one.raw, "parked" if seen else "pending")

    @rule(target=tried, limit=st.integers(1, 3))
    def claim(self, limit: int) -> MultipleResults[int]:
        with self.database.write() as tx:
            claimed = pending.claim(tx, limit, self.now, LEASE)
        for one in self.mails.values():
            if self.free(one) and one.attempts >= 3:
                one.state = "quarantined"
        waiting = [id_ for id_, one in self.mails.items() if self.free(one)]
        assert len(claimed) <= limit
        assert bool(claimed) == bool(waiting)
        for one in claimed:
            known = self.mails[one.id]
            assert self.free(known)
            known.attempts += 1
            known.lease = self.seconds + LEASE
            assert (one.attempts, one.raw) == (known.attempts, known.raw)
            assert one.attempts == 1 or len(claimed) == 1
        return multiple(*(one.id for one in claimed))

    def free(self, one: Kept) -> bool:
        return one.state == "pending" and (one.lease is None or one.lease <= self.seconds)

    @rule(id_=consumes(tried), failed=st.sampled_from(["", "KeyError"]))
    def release(self, id_: int, failed: str) -> None:
        with self.database.write() as tx:
            pending.release(tx, [id_], failed=failed)
        known = self.mails[id_]
        if known.state == "pending" and known.lease is not None:
            known.lease = None
            known.attempts -= not failed

    @rule(id_=consumes(tried), nature=st.sampled_from(Nature))
    def finish(self, id_: int, nature: Nature) -> None:
        known = self.mails[id_]
        if known.state != "pending":
            return
        with self.database.write() as tx:
            number = tickets.numbers(tx, 1)[0]
            queued = ack(f"mail:{id_}", number, f"u{id_}@example.org", nature)
            apply(tx, opening(number, mail(f"m{id_}"), id_, outgoing=(queued,)))
            row = outbox.queue(tx, queued, EASY, self.now).id
        known.state = "processed"
        self.rows[row] = Row(nature, due=0)

    @rule(id_=st.integers(1, 12))
    def again(self, id_: int) -> None:
        with self.database.write() as tx:
            done = pending.retry(tx, id_)
        known = self.mails.get(id_)
        assert done == (known is not None and known.state == "quarantined")
        if done and known:
            known.state, known.attempts, known.lease = "pending", 0, None

    @rule(target=held, limit=st.integers(1, 3))
    def take(self, limit: int) -> MultipleResults[Claimed]:
        with self.database.write() as tx:
            claimed = outgoing.claim(tx, limit, self.now, LEASE)
        for row in self.rows.values():
            if row.state == "sending" and row.dot and row.due is not None and row.due <= self.seconds:
                row.doubt(self.seconds)
        due = [row for row in self.rows.values() if row.due is not None and row.due <= self.seconds]
        assert len(claimed) == min(limit, len(due))
        for one in claimed:
            row = self.rows[one.id]
            assert row in due
            row.doubts += row.state == "unknown"
            row.state, row.due, row.dot, row.fence = "sending", self.seconds + LEASE, False, row.fence + 1
            assert one.fence == row.fence
        return multiple(*claimed)

    @rule(one=held)
    def dot(self, one: Claimed) -> None:
        with self.database.write() as tx:
            allowed = outgoing.final_dot(tx, [(one.id, one.fence)], self.now)
        row = self.rows[one.id]
        mine = row.fence == one.fence and row.state == "sending" and row.due is not None and row.due > self.seconds
        assert allowed == ({one.id} if mine else set())
        row.dot |= mine

    @rule(
        one=held,
        outcome=st.sampled_from([Sent("250"), Retry("451"), Unknown("cut"), Dead("550")]),
        wait=st.sampled_from([None, 5, 90]),
    )
    def record(self, one: Claimed, outcome: Outcome, wait: float | None) -> None:
        next_at = None if wait is None else self.now + timedelta(seconds=wait)
        with self.database.write() as tx:
            done = outgoing.record(tx, one.id, one.fence, outcome, self.now, next_at)
        row = self.rows[one.id]
        assert done == (row.fence == one.fence and row.state in {"sending", "unknown"})
        if not done:
            return
        if isinstance(outcome, Unknown):
            row.doubt(self.seconds)
        elif isinstance(outcome, Retry) and wait is not None:
            row.state, row.due = "retry", self.seconds + wait
        else:
            row.state, row.due = ("sent" if isinstance(outcome, Sent) else "dead"), None

    @rule()
    def take_over(self) -> None:
        with self.database.write() as tx:
            mails, rows = pending.take_over(tx), outgoing.take_over(tx, self.now)
        claimed = [one for one in self.mails.values() if one.state == "pending" and one.lease is not None]
        sending = [row for row in self.rows.values() if row.state == "sending"]
        assert (mails, rows) == (len(claimed), len(sending))
        for one in claimed:
            one.lease = None
        for row in sending:
            row.due = self.seconds
            if row.dot:
                row.doubt(self.seconds)

    @invariant()
    def says_the_same_as_the_model(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as tx:
            assert {m.id: (m.state, m.attempts) for m in reports.mails(tx)} == {
                id_: (one.state, one.attempts) for id_, one in self.mails.items()
            }
            assert {r.id: State(r.state) for r in reports.outgoing(tx)} == {
                id_: row.state for id_, row in self.rows.items()
            }
            assert reports.balance(tx).even

    def teardown(self) -> None:
        if hasattr(self, "database"):
            broken = sweep(self.database)
            self.database.close()
            self.engine.drop(self.folder)
            shutil.rmtree(self.folder)
            assert broken == []


def test_any_order_of_steps_is_what_the_model_says(engine: Engine, template: Path) -> None:
    machine = type("Here", (Storage,), {"engine": engine, "template": template})
    run_state_machine_as_test(machine, settings=settings(max_examples=25, stateful_step_count=40, deadline=None))
