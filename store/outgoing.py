"""Handing out the outbox: claim, mark, record. Who holds a row is proved by its fence, never by time alone. It never sends."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Integer,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)

from outbound.outbox import TAKEN_BACK, Claimed, Dead, Held, Outcome, Retry, Sent, State, Unknown
from outbound.outcome import BEFORE_MAIL
from outbound.retry import LONGEST_DELAY, LONGEST_HOLD, SECOND_CHANCES
from store.columns import Instant
from store.database import Transaction
from store.tables import SENDING, outbox
from workflow.machine import Nature

_of = outbox.c
_NOW = bindparam("now", type_=Instant)

# Nobody can tell whether a mail was taken whose final dot got no answer. How often it may be sent once more, with
# the same bytes, depends on its nature; after that it rests, visible.
_CHANCES = case({nature.value: chances for nature, chances in SECOND_CHANCES.items()}, value=_of.nature, else_=0)
_SETTLED = case((_of.doubts < _CHANCES, _NOW), else_=null())

_RUNNER = bindparam("me", type_=BigInteger)
# What a living process is sending is nobody else's, whatever the clocks of two machines say.
_IDLE = or_(_of.state != State.SENDING.value, _of.runner.is_(None), _of.runner == _RUNNER)
_GONE = (
    select(_of.id)
    .where(_of.next_at <= _NOW, SENDING, _of.final_dot_at.is_not(None), _IDLE)
    .with_for_update(skip_locked=True)
)
_LOST = (
    update(outbox)
    .where(_of.id.in_(_GONE))
    .values(state=State.UNKNOWN, runner=null(), next_at=_SETTLED, last_answer="the sender was lost after the final dot")
)
# What is queued is due, or soon, and nothing waits longer than the longest delay: unless the clock has been set back meanwhile.
_LATE = (
    select(_of.id)
    .where(
        _of.next_at > _NOW,
        or_(
            and_(_of.state == State.QUEUED.value, _of.next_at > bindparam("soon", type_=Instant)),
            and_(
                _of.state.in_([State.RETRY.value, State.UNKNOWN.value]),
                _of.next_at > bindparam("furthest", type_=Instant),
            ),
        ),
    )
    .with_for_update(skip_locked=True)
)
_STRANDED = update(outbox).where(_of.id.in_(_LATE)).values(next_at=_NOW)
_DUE = (
    select(_of.id)
    .where(
        _of.next_at <= _NOW,
        _of.state.in_([s.value for s in (State.QUEUED, State.RETRY, State.UNKNOWN, State.SENDING)]),
        _IDLE,
    )
    .order_by(_of.next_at, _of.id)
    .limit(bindparam("limit", type_=Integer))
    .with_for_update(skip_locked=True)  # PostgreSQL's; SQLite writes one at a time anyway
    .cte("due")  # looked up once: as a plain subquery, PostgreSQL may look again and take more
)
_CLAIM = (
    update(outbox)
    .where(_of.id.in_(select(_DUE.c.id)))
    .values(
        state=State.SENDING,
        runner=_RUNNER,
        fence=_of.fence + 1,
        attempts=_of.attempts + 1,
        doubts=_of.doubts + case((_of.state == State.UNKNOWN.value, 1), else_=0),
        next_at=bindparam("lease", type_=Instant),
        final_dot_at=null(),
    )
    .returning(_of.id, _of.fence, _of.attempts, _of.queued_at, _of.nature, _of.recipient, _of.sender, _of.raw)
)
_FINAL_DOT = (
    update(outbox)
    .where(
        _of.id == bindparam("of_id"),
        _of.fence == bindparam("of_fence"),
        _of.state == State.SENDING.value,
        _of.next_at > _NOW,
        _of.runner.is_not_distinct_from(_RUNNER),
    )
    .values(final_dot_at=_NOW)
)
_MINE = (
    _of.id == bindparam("of_id"),
    _of.fence == bindparam("of_fence"),
    or_(_of.state == State.SENDING.value, _of.state == State.UNKNOWN.value),
)
_RECORD = (
    update(outbox)
    .where(*_MINE)
    .values(
        runner=null(),
        **{name: bindparam(f"new_{name}") for name in ("state", "next_at", "sent_at", "last_answer", "told")},
    )
)
# Most outcomes are this one, and what is the same for all of them is no parameter.
_RECORD_SENT = (
    update(outbox)
    .where(*_MINE)
    .values(
        runner=null(),
        state=literal_column(f"'{State.SENT}'"),
        next_at=null(),
        told=true(),
        sent_at=_NOW,
        last_answer=bindparam("new_last_answer"),
    )
)
_DOUBT = (
    update(outbox)
    .where(*_MINE)
    .values(state=State.UNKNOWN, runner=null(), next_at=_SETTLED, last_answer=bindparam("new_last_answer"))
)
_SENDING = update(outbox).where(SENDING).values(next_at=_NOW, runner=null())
_ORPHANED = _SENDING.where(
    _of.runner.in_(bindparam("runners", expanding=True)), _of.id.not_in(bindparam("kept", expanding=True))
)
_WAITS = (
    select(_of.id)
    .where(
        _of.next_at > _NOW,
        _of.state == State.RETRY.value,
        or_(*(_of.last_answer.startswith(f"{phase}: ") for phase in BEFORE_MAIL)),
    )
    .with_for_update(skip_locked=True)
)
_FORWARD = update(outbox).where(_of.id.in_(_WAITS)).values(next_at=_NOW)
_WHEN_TOLD = or_(
    _of.state.in_([s.value for s in (State.DEAD, State.HELD, State.RETRY)]),
    and_(_of.state == State.UNKNOWN.value, _of.nature.not_in([n.value for n in Nature if not SECOND_CHANCES[n]])),
)
_EXPIRED = (
    update(outbox)
    .where(_of.next_at <= _NOW, _of.state == State.HELD.value)
    .values(state=State.DEAD, next_at=null(), told=True, last_answer="held, and nobody let it go in time")
)
# A digest tells of the time up to its writing, where the next one begins: that does not move.
_FROM = case((_of.nature == Nature.DIGEST.value, _of.queued_at), else_=_NOW)
_AGAIN = (
    update(outbox)
    .where(
        _of.id == bindparam("of_id"),
        _WHEN_TOLD,
        _of.reason != TAKEN_BACK,
        func.length(_of.raw) > 0,  # none is left of a person's who was erased
    )
    .values(state=State.QUEUED, attempts=0, queued_at=_FROM, next_at=_NOW, reason="", told=True)
)


def claim(tx: Transaction, limit: int, now: datetime, lease_seconds: float, runner: int | None = None) -> list[Claimed]:
    """Mails that this process alone may send until the lease ends; commit before sending. The longest due first.

    A row whose lease ended before the final dot was not accepted, and is handed out again. One whose lease ended
    after it becomes `unknown`, and is handed out once more if its nature allows. What a `runner` claims stays with
    it as long as it lives.
    """
    tx.execute(_LOST, {"now": now, "me": runner})
    tx.execute(_STRANDED, {"now": now, "soon": now + LONGEST_HOLD, "furthest": now + LONGEST_DELAY})
    lease = now + timedelta(seconds=lease_seconds)
    rows = tx.execute(_CLAIM, {"now": now, "limit": limit, "lease": lease, "me": runner}).all()
    claimed = (
        Claimed(r.id, r.fence, r.attempts, r.queued_at, Nature(r.nature), r.recipient, r.sender, r.raw) for r in rows
    )
    return sorted(claimed, key=lambda c: (c.queued_at, c.id))


def final_dot(tx: Transaction, held: Sequence[tuple[int, int]], now: datetime, runner: int | None = None) -> set[int]:
    """Mark (id, fence) as about to send the final dot; commit before it is sent.

    Only the ids that come back may go on: the others' lease has ended, and somebody else may have them.
    """
    rows = [{"of_id": id_, "of_fence": fence, "now": now, "me": runner} for id_, fence in held]
    if rows and tx.execute(_FINAL_DOT, rows).rowcount == len(rows):
        return {id_ for id_, _ in held}
    return {id_ for (id_, _), row in zip(held, rows, strict=True) if tx.execute(_FINAL_DOT, row).rowcount}


def record(
    tx: Transaction, id_: int, fence: int, outcome: Outcome, now: datetime, next_at: datetime | None = None
) -> bool:
    """Write an outcome down; `next_at` is for a Retry, None gives the mail up; for a Held it is when it expires, if ever.

    False, and nothing changed, where the fence is not the row's any more.
    """
    mine = {"of_id": id_, "of_fence": fence, "new_last_answer": outcome.answer}
    if isinstance(outcome, Unknown):
        return tx.execute(_DOUBT, {**mine, "now": now}).rowcount == 1
    state = _state(outcome, next_at)
    ends = {
        "new_next_at": next_at if state in {State.RETRY, State.HELD} else None,
        "new_told": state not in {State.DEAD, State.HELD},
        "new_sent_at": now if state is State.SENT else None,
    }
    return tx.execute(_RECORD, {**mine, **ends, "new_state": state}).rowcount == 1


def record_sent(tx: Transaction, mails: Sequence[Claimed], answers: Sequence[str], now: datetime) -> None:
    """As `record` for mails that the server took, in one statement. Where a fence is not its row's any more, that row stays."""
    rows = [
        {"of_id": mail.id, "of_fence": mail.fence, "new_last_answer": answer, "now": now}
        for mail, answer in zip(mails, answers, strict=True)
    ]
    if rows:
        tx.execute(_RECORD_SENT, rows)


def take_over(tx: Transaction, now: datetime, runners: Sequence[int] | None = None, kept: Collection[int] = ()) -> int:
    """End the leases of these runners, but for the rows that are `kept`; how many that were. Those behind their final dot are unsure.

    Without `runners` all of them: only for whoever knows that all claimers are dead.
    """
    if runners is None:
        freed = tx.execute(_SENDING, {"now": now}).rowcount
    else:
        freed = tx.execute(_ORPHANED, {"now": now, "runners": list(runners), "kept": list(kept)}).rowcount
    tx.execute(_LOST, {"now": now, "me": None})
    return freed


def forward(tx: Transaction, now: datetime) -> int:
    """Make due what waits only because the server could not be reached or refused us; how many that were."""
    return tx.execute(_FORWARD, {"now": now}).rowcount


def expire(tx: Transaction, now: datetime) -> int:
    """Give up what was held too long; how many that were."""
    return tx.execute(_EXPIRED, {"now": now}).rowcount


def retry(tx: Transaction, id_: int, now: datetime) -> bool:
    """A mail that is dead, held, put off or unsure, again from the start with the same bytes; False for any other.

    An acknowledgement or a digest that is unsure is never sent again: it may have arrived.
    """
    return tx.execute(_AGAIN, {"of_id": id_, "now": now}).rowcount == 1


def is_unknown(tx: Transaction, id_: int) -> bool:
    """Whether nobody can tell if that mail was accepted."""
    return tx.execute(select(_of.state).where(_of.id == id_)).scalar() == State.UNKNOWN


def _state(outcome: Outcome, next_at: datetime | None) -> State:
    match outcome:
        case Sent():
            return State.SENT
        case Retry():
            return State.DEAD if next_at is None else State.RETRY
        case Dead():
            return State.DEAD
        case Held():
            return State.HELD
        case Unknown():
            return State.UNKNOWN
