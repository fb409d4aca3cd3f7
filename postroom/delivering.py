"""Delivering: takes due mails from the outbox, hands them to the SMTP server, and records what became of each."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from outbound.dsn import asked
from outbound.outbox import Claimed, Held, Outcome, Retry, Sent
from outbound.retry import expires, next_try
from outbound.smtp import Smtp
from postroom.app import App
from postroom.log import event, trouble
from postroom.relay import Relay
from postroom.shared_commit import SharedCommit
from store import capacity, outgoing, runners, uncopied
from store.errors import DatabaseDown, LeaseLost
from store.failpoint import failpoint

IN_HAND = 64  # claimed and not yet settled, at most
LEASE_SECONDS = 40 * 60  # past what RFC 5321's time limits allow one mail in all
GRACE_SECONDS = 30.0  # for what is in hand when no more can be claimed
SOON_SECONDS = 3.0  # of these, for what has not come to its final dot: it was not accepted, and goes out again
OUR_FAULT = "database: "  # how the answer begins where the server was not asked
AGAIN = 1.0  # seconds until an outcome that could not be recorded is recorded again

# How long a note may wait for others to share its commit: marks and outcomes of mails on their way together do.
# With a kill while an outcome waits, its mail ends unknown.
NOTE_SECONDS = 0.01


class Mark(NamedTuple):
    """A mail whose final dot is about to be sent."""

    id: int
    fence: int


class Record(NamedTuple):
    """What became of a mail."""

    mail: Claimed
    outcome: Outcome


class Courier:
    """Sends what is due. One event loop; not for two threads."""

    def __init__(self, app: App, smtp: Smtp, runner: Callable[[], int | None] = lambda: None) -> None:
        """`smtp` is closed with it. `runner` gives the number of this process among those that share the database."""
        self._app = app
        self._smtp = smtp
        self._relay = Relay(app.config.settings.smtp.host)
        self._notes: SharedCommit[Mark | Record, bool] = SharedCommit(self._note, self._all_wait)
        self._runner = runner
        self._tasks: dict[asyncio.Task[None], int] = {}  # the id of each mail that is in hand
        self._past_return: set[int] = set()  # of these, whose final dot may have been sent, or whose outcome is known
        self._unsure = False  # whether a claim was made of which we never heard
        self._one_done = asyncio.Event()
        self._capacity: int | None = None  # as it is remembered

    async def due(self) -> int:
        """Sends all that is due now; how many mails were tried."""
        try:
            tried = self.claim()
            while self._tasks:
                await self.some_done()
                tried += self.claim()
        except DatabaseDown:
            await self.all_done()  # an outcome that is known may still be recorded
            raise
        return tried

    def claim(self) -> int:
        """Takes on as much as there is room for; how many mails that were."""
        if len(self._tasks) > IN_HAND // 2:
            return 0
        claimed = self._claimed(IN_HAND - len(self._tasks))
        for one in claimed:
            failpoint("send.after_claim")
            task = asyncio.create_task(self._send(one))
            self._tasks[task] = one.id
            task.add_done_callback(self._done)
        return len(claimed)

    def _claimed(self, limit: int) -> list[Claimed]:
        at, runner = self._app.now(), self._runner()
        was_unsure, self._unsure = self._unsure, True
        with self._app.database.write() as tx:
            if runner is not None and not runners.lives(tx, runner):
                return []  # it gets another number at its next beat
            if was_unsure and runner is not None:
                outgoing.take_over(tx, at, [runner], self._tasks.values())
            claimed = outgoing.claim(tx, limit, at, LEASE_SECONDS, runner)
        self._unsure = False
        return claimed

    @property
    def server_down(self) -> bool:
        """Whether the server could not be reached, or refused us, when it was last needed."""
        return self._relay.down

    @property
    def busy(self) -> bool:
        return bool(self._tasks)

    async def some_done(self, seconds: float | None = None) -> None:
        """Waits until a mail that is in hand is settled, at most so long."""
        self._one_done.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds if self._tasks else 0):
                await self._one_done.wait()

    async def all_done(self) -> None:
        """Waits until nothing is in hand, longest for an answer to a final dot; what is not settled by then is left to the next start."""
        for wait in (SOON_SECONDS, GRACE_SECONDS - SOON_SECONDS):
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=wait)
            for task, id_ in list(self._tasks.items()):
                if id_ not in self._past_return:
                    task.cancel()
            await asyncio.sleep(0)
        for task in list(self._tasks):
            task.cancel()

    async def close(self) -> None:
        await self._smtp.close()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._past_return.discard(self._tasks.pop(task))
        self._one_done.set()

    async def _send(self, mail: Claimed) -> None:
        async def final_dot() -> None:
            if not await self._notes.add(Mark(mail.id, mail.fence), NOTE_SECONDS):
                raise LeaseLost(f"o{mail.id}: somebody else may be sending it")
            self._past_return.add(mail.id)
            failpoint("send.after_mark")

        try:
            dsn = asked(mail.id, mail.nature)
            outcome = await self._smtp.send(mail.sender, mail.recipient, mail.raw, final_dot, dsn)
        except LeaseLost:
            trouble("mail.out.lost", id=f"o{mail.id}")
            return
        except DatabaseDown as error:
            # The mark could not be written, so the dot was not sent: nothing was accepted.
            outcome = Retry(f"{OUR_FAULT}{error}")
        self._past_return.add(mail.id)
        failpoint("smtp.250_before_commit")
        await self._keep_record(Record(mail, outcome))
        reason = {} if isinstance(outcome, Sent) else {"reason": outcome.answer}
        word = type(outcome).__name__.lower()
        self._app.counts.send(word)
        event("mail.out", id=f"o{mail.id}", outcome=word, attempt=mail.attempts, **reason)
        if self._relay.heard(outcome):
            self._hurry()
        self._note_capacity()

    async def _keep_record(self, record: Record) -> None:
        """An outcome that is known is never let go: a mail would go out twice."""
        said = False
        while True:
            try:
                await self._notes.add(record, NOTE_SECONDS)
            except DatabaseDown as error:
                if not said:
                    trouble("outbox.record", id=f"o{record.mail.id}", error=error)
                said = True
            else:
                return
            await asyncio.sleep(AGAIN)

    def _hurry(self) -> None:
        """What waited for the server alone goes now, not when its own delay is over."""
        try:
            with self._app.database.write() as tx:
                number = outgoing.forward(tx, self._app.now())
        except DatabaseDown as error:
            trouble("outbox.forward", error=error)  # it goes later
            return
        if number:
            event("outbox.forward", mails=number)

    def _note_capacity(self) -> None:
        """Commands refuse at once what the server would not take."""
        largest = self._smtp.largest
        if largest is None or largest == self._capacity:
            return
        try:
            with self._app.database.write() as tx:
                capacity.heard(tx, self._app.config.smtp_name, largest)
        except DatabaseDown:
            return  # the next mail tells again
        self._capacity = largest

    def _all_wait(self, notes: Sequence[Mark | Record]) -> bool:
        """Whether every mail that is on a connection waits for its mark: no note comes before these are written."""
        marks = sum(isinstance(note, Mark) for note in notes)
        unsettled = len(self._tasks) - (len(notes) - marks)
        return marks >= min(self._smtp.width, unsettled)  # more where the server has just refused some

    def _note(self, notes: Sequence[Mark | Record]) -> list[bool]:
        """One commit for all. Of a mark: whether the mail is still ours."""
        at = self._app.now()
        records = [note for note in notes if isinstance(note, Record)]
        marks = [note for note in notes if isinstance(note, Mark)]
        with self._app.database.write() as tx:
            sent = [one for one in records if isinstance(one.outcome, Sent)]
            outgoing.record_sent(tx, [one.mail for one in sent], [one.outcome.answer for one in sent], at)
            uncopied.note(tx, [one.mail.id for one in sent], self._app.config.copied)
            for one in records:
                if isinstance(one.outcome, Sent):
                    continue
                outgoing.record(
                    tx, one.mail.id, one.mail.fence, one.outcome, at, self._again(one.mail, one.outcome, at)
                )
            mine = outgoing.final_dot(tx, marks, at, self._runner())
        if records:
            failpoint("sent.after_commit")
        return [isinstance(note, Record) or note.id in mine for note in notes]

    def _again(self, mail: Claimed, outcome: Outcome, at: datetime) -> datetime | None:
        if isinstance(outcome, Held):
            return expires(mail.nature, at)
        if not isinstance(outcome, Retry):
            return None
        if outcome.answer.startswith(OUR_FAULT):
            return at  # the database is back, or this could not be written
        return next_try(mail.attempts, mail.queued_at, mail.nature, at, self._app.jitter())
