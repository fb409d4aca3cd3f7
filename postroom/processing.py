"""Processing: mails of the ledger become tickets, decisions and queued answers. Each is settled alone, or counted and left."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TypeVar

from classifier.classify import classify
from classifier.rounds import goes_round
from classifier.verdict import PERSON, Word
from postroom import entering, importing, sent
from postroom.app import App
from postroom.cases import Fault, Judged, Read, apart, tried
from postroom.consequence import consequence
from postroom.log import event, trouble
from postroom.parsers import Parsers, Unread
from postroom.post import Post
from postroom.reading import Parsed
from postroom.restoring import Restored
from store import beforehand, outbox, pending, restored, senders, tickets, untold
from store.beforehand import Delivered
from store.database import Transaction, savepoint
from store.effect import Effect
from store.errors import AlreadyDone, DatabaseDown, Moved
from store.failpoint import failpoint
from store.gather import gather
from store.identities import Identities
from store.leases import Lease
from store.pending import TRIES, Pending, Spent
from workflow.opening import PARKED

BATCH = 100  # mails claimed, parsed and committed together
LEASE_SECONDS = 600
QUIET = timedelta(hours=1)  # of what a loop brings

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that are claimed, and what the workers make of them."""

    mails: Sequence[Pending]
    parsed: Future[list[Parsed | Unread]]

    @property
    def untried(self) -> bool:
        return all(mail.attempts == 1 for mail in self.mails)


class Processor:
    """Settles pending mails, oldest first, while the workers parse the next ones. One thread."""

    def __init__(self, app: App, parsers: Parsers[Parsed]) -> None:
        self._app = app
        self._parsers = parsers
        self._hand: deque[Batch] = deque()  # claimed and not settled
        self._lease: Lease | None = None  # None: nobody else can process here

    def under(self, lease: Lease) -> None:
        """From now on each change is made under this lease; what was in hand under another one has been taken over."""
        if lease != self._lease:
            self._hand.clear()
        self._lease = lease

    @contextmanager
    def _write(self) -> Iterator[Transaction]:
        """A transaction of the one run that processes. Raises LeaseLost, and nothing is changed, when that is another one."""
        with self._app.database.write() as tx:
            if self._lease:
                self._lease.hold(tx)
            yield tx

    def process(self) -> int:
        """Settles one batch; how many mails it had. Raises DatabaseDown, LeaseLost."""
        if not self._hand:
            self._take()
        if not self._hand:
            return 0
        batch = self._hand.popleft()
        try:
            parsed = batch.parsed.result()
            if batch.untried:
                # Beside a mail that was tried before nothing else is in hand: what kills it costs no other a try.
                self._take(untried=True)
            self._work(batch.mails, parsed)
        except (DatabaseDown, KeyboardInterrupt, SystemExit):
            self._hand.appendleft(batch)
            with suppress(DatabaseDown):
                self.give_back()
            raise
        return len(batch.mails)

    def give_back(self) -> None:
        """What is in hand, without the try: that it ends here is no fault of theirs. Raises DatabaseDown."""
        if self._hand:
            with self._write() as tx:
                pending.release(tx, [mail.id for batch in self._hand for mail in batch.mails])
            self._hand.clear()

    def _take(self, *, untried: bool = False) -> None:
        with self._write() as tx:
            for lost in pending.spent(tx, self._app.now()):
                self._tell(tx, lost, lost.reason)
            claimed = pending.claim(tx, BATCH, self._app.now(), LEASE_SECONDS, untried=untried)
        if claimed:
            self._hand.append(Batch(claimed, self._parsers.begin([one.raw for one in claimed])))

    def _work(self, claimed: Sequence[Pending], parsed: Sequence[Parsed | Unread]) -> None:
        read: list[Read] = []
        for mail, outcome in zip(claimed, parsed, strict=True):
            if isinstance(outcome, Unread):
                self._failed(mail, outcome.reason)
            else:
                read.append(Read(mail, outcome))
        for group in apart(read, self._app.config.ours):
            self._settle(group)

    def _settle(self, group: Sequence[Read]) -> None:
        """Gather, classify, decide, render with no transaction that writes; then one short one for all."""
        with self._app.database.read() as tx:
            messages = [one.parsed.message for one in group]
            ours = self._app.config.ours
            known = beforehand.delivered(tx, messages)
            flooding = beforehand.floods(tx, messages, ours, self._app.limits, self._app.now())
            persons, words = beforehand.persons(tx, messages, ours), senders.words(tx, messages, ours)
            tries = [tried(partial(self._judge, tx, one, known, flooding, persons, words)) for one in group]
            since = Restored(restored.point(tx))
        found = [case for one, came in zip(group, tries, strict=True) if (case := self._good(one.mail, came))]
        judged = [case for case in found if not self._stopped(case)]
        opening = [case for case in judged if self._may_open(case)]
        numbers = dict(zip((case.mail.id for case in opening), self._numbers(len(opening)), strict=True))
        effects: list[tuple[Judged, Effect]] = []
        for case in judged:
            effect = self._good(case.mail, tried(partial(self._followed, case, numbers.get(case.mail.id, 0), since)))
            effects += [(case, effect)] if effect else []
        with self._write() as tx:
            written = self._written(tx, effects)
        failpoint("tx.after_commit")
        for (case, effect), outcome in zip(effects, written, strict=True):
            if not self._good(case.mail, outcome):
                continue
            self._app.counts.mail(case.verdict.kind)
            event(
                "mail.settled",
                id=f"m{case.mail.id}",
                kind=case.verdict.kind,
                ticket=effect.ticket,
                answers=len(effect.outgoing),
            )

    def _followed(self, case: Judged, number: int, since: Restored) -> Effect:
        """What follows from a mail, and is not to be left unsaid."""
        if importing.is_imported(case.mail):
            then = importing.then(self._app, case.mail)
            return importing.silent(consequence(then, case, number, silent=True), case.ticket)
        effect = consequence(self._app, case, number, silent=sent.is_sent(case.mail))
        if spent := entering.spent(self._app, case.message):
            effect = replace(effect, spent=spent)
        return since.of_mail(effect, case.mail, self._app.box(case.mail.account))

    def _judge(
        self,
        tx: Transaction,
        one: Read,
        known: Delivered,
        flooding: Mapping[str, int],
        persons: Identities,
        words: Mapping[str, Word],
    ) -> Judged:
        gathered = gather(
            tx,
            one.parsed.message,
            ours=self._app.config.ours,
            role=sent.role(self._app, one.mail),
            keys=self._app.keys,
            now=self._app.now(),
            received_at=one.mail.received_at,
            kept_at=one.mail.kept_at,
            known=known,
            flooding=flooding,
            persons=persons,
            words=words,
            archived=importing.is_imported(one.mail) or sent.is_sent(one.mail),
            outgoing=sent.is_sent(one.mail),
        )
        failpoint("classify.crash")
        return Judged(one, gathered, classify(gathered.evidence, one.parsed.reading))

    def _stopped(self, case: Judged) -> bool:
        """Whether it goes round between machines and is set aside, unless staff have looked at it, or it is known already."""
        reason = goes_round(case.gathered.evidence, case.verdict.kind)
        if not reason or case.mail.again or case.verdict.kind in PARKED:
            return False
        with self._app.database.write() as tx:
            if pending.quarantine(tx, case.mail.id, reason):
                self._tell(tx, case.mail, reason, f"loop:{case.mail.account}:")
        return True

    def _may_open(self, case: Judged) -> bool:
        """Whether it may need a number; a closed ticket may be too old to be reopened. One not used is a gap, no fault."""
        if case.verdict.kind in PARKED:
            return False
        if case.ticket is None:
            return True
        status = self._app.workflow(case.ticket.workflow).statuses.get(case.ticket.status)
        return status is not None and not status.open and case.verdict.kind in PERSON

    def _numbers(self, count: int) -> list[int]:
        if not count:
            return []
        with self._app.database.write() as tx:
            return tickets.numbers(tx, count)

    def _written(self, tx: Transaction, effects: Sequence[tuple[Judged, Effect]]) -> Sequence[bool | Fault]:
        """All of them together; where one cannot be written, each by itself, so that the others are."""
        together = tried(partial(self._all_applied, tx, [effect for _, effect in effects]))
        if not isinstance(together, Fault):
            return [True] * len(effects)
        return [tried(partial(self._applied, tx, *one)) for one in effects]

    def _all_applied(self, tx: Transaction, effects: Sequence[Effect]) -> None:
        with savepoint(tx):
            tickets.apply_all(tx, effects, self._app.limits)

    def _applied(self, tx: Transaction, case: Judged, effect: Effect) -> bool:
        """Writes one effect under its own savepoint; False when it has to be gathered again."""
        try:
            with savepoint(tx):
                tickets.apply(tx, effect, self._app.limits)
        except AlreadyDone:
            return False
        except Moved:
            pending.release(tx, [case.mail.id])
            return False
        return True

    def _good(self, mail: Pending, outcome: Result | Fault) -> Result | None:
        """What came of a step; None, and the mail has lost a try, where it failed."""
        if isinstance(outcome, Fault):
            self._failed(mail, outcome.reason)
            return None
        return outcome

    def _failed(self, mail: Pending, reason: str) -> None:
        """Gives the mail back, or sets it aside after its last try, and staff are told."""
        trouble("mail.failed", id=f"m{mail.id}", attempt=mail.attempts, reason=reason)
        with self._write() as tx:
            if mail.attempts < TRIES:
                pending.release(tx, [mail.id], failed=reason)
                return
            why = f"tried {TRIES} times: {reason}"
            if pending.quarantine(tx, mail.id, why):
                self._tell(tx, mail, why)

    def _tell(self, tx: Transaction, mail: Pending | Spent, why: str, many: str = "") -> None:
        """Staff hear of a mail that is set aside: each time, for after a retry it is news again; of what comes `many` times, once an hour (from each process that looks at the same moment)."""
        at = self._app.now()
        trouble("mail.quarantined", id=f"m{mail.id}", reason=why)
        if importing.is_imported(mail):
            return  # who imports sees how many they are
        if many and untold.alerted(tx, self._app.managers, many, at - QUIET, at):
            return
        lines = [("Mail", f"m{mail.id}"), ("Mailbox", mail.account), ("Reason", why)]
        lines.append(("Again", f"postroom retry m{mail.id}"))
        cause = f"{many or f'quarantine:{mail.id}:'}{at.isoformat()}"
        for queued in Post(self._app).alert("A mail could not be processed", lines, cause, at):
            outbox.queue(tx, queued, self._app.limits, at)
