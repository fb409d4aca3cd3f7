"""How the team's work stands, in few indexed queries: all that a digest tells of. It reads, and changes nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true

from classifier.verdict import PERSON, Kind
from outbound.outbox import TAKEN_BACK, State
from outbound.standing import Case, Some, Standing, Stuck, Tally, Unheeded
from store.database import Transaction
from store.folders import SENT
from store.incoming import MailState
from store.outages import outages
from store.reconciliations import reconciled
from store.tables import STUCK, UNHEEDED, WITHHELD, entry, linked, mail, outbox, person, ticket
from store.tickets import as_ticket
from workflow.decision import Priority
from workflow.machine import Ball, Nature

STUCK_FOR = timedelta(days=7)  # so long an outgoing mail that failed is told of
SETTLED_IN = timedelta(days=2)  # of a mail that came longer before the period it is not told that somebody new wrote it
MOST = 500  # tickets on which somebody new wrote

_of, _out, _in = ticket.c, outbox.c, mail.c
_HERE = (_of.open == true(), _of.merged_into.is_(None))
_FAILED = [state.value for state in (State.DEAD, State.BOUNCED, State.FAILED_RENDER)]
# Held by the limit for everybody until its time was over, or taken back: nobody has to do anything about it any more.
_EXPIRED = and_(_out.state == State.DEAD.value, _out.reason != "")
_WRITTEN = [kind.value for kind in sorted(PERSON - {Kind.STAFF_REPLY, Kind.STAFF_COMMAND})]
_ANSWERS = [nature.value for nature in (Nature.ACKNOWLEDGEMENT, Nature.AUTOMATIC, Nature.PERSONAL)]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is told of: from `since`, not included, until `until`; timers that end before `soon`."""

    since: datetime
    until: datetime
    soon: datetime
    escalated: Collection[tuple[str, str]]  # workflow and key of the statuses that escalations lead to
    first: str = ""  # whose tickets, and those of nobody, stand first; "": the whole team's alike
    only: str = ""  # whose tickets alone are told of; "": everybody's
    few: int = 5  # how many of each group are read


def standing(tx: Transaction, asked: Asked) -> Standing:
    """As it is now."""
    wrote = _new_here(tx, asked)
    new_here = _of.number.in_(wrote) if wrote else false()
    here = (*_HERE, *([func.lower(_of.assigned_to) == asked.only.lower()] if asked.only else []))
    ours = (*here, _of.ball_with == Ball.US.value)
    at_work = _of.ball_with.in_([Ball.US.value, Ball.THIRD_PARTY.value])
    # What moved nothing: one of several declines, says by a click that it is solved, or another time is proposed.
    answered = and_(_of.ball_with == Ball.CLIENT.value, _of.client_replied == true())
    needs = and_(or_(and_(at_work, _escalated(asked)), answered), not_(new_here))
    paused = or_(_of.paused_until.is_(None), _of.paused_until <= asked.soon)
    new = (*here, _of.created_at > asked.since, _of.created_at <= asked.until)
    return Standing(
        thanked=_thanked(tx, asked),
        newcomers=_cases(tx, asked, [new_here, *here[len(_HERE) :]], _of.number.desc()) if wrote else Some(),
        escalated=_cases(tx, asked, [*here, needs], _urgency(), _of.ball_since),
        waiting=_cases(tx, asked, [*ours, not_(_escalated(asked)), not_(new_here)], _of.ball_since),
        closing=_cases(tx, asked, [*here, _of.due_at <= asked.soon, paused], _of.due_at),
        # More of them: those that another group shows, too, are left out of this one.
        new=_cases(tx, asked, new, _of.number.desc(), groups=4),
        quarantined=_quarantined(tx, asked),
        failed=_failed(tx, asked),
        held=held(tx),
        outages=outages(tx),
        unheeded=_unheeded(tx, asked),
        reconciled=reconciled(tx),
        tally=_tally(tx, asked),
    )


def tally(tx: Transaction, since: datetime, until: datetime) -> Tally:
    """What a period brought, `since` not included."""
    return _tally(tx, Asked(since, until, until, ()))


def _new_here(tx: Transaction, asked: Asked) -> Sequence[int]:
    """The tickets on which somebody new wrote in the period, open or not, and waits there to be let in or taken out."""
    for_staff = select(entry.c.id).where(
        entry.c.ticket == _in.ticket,
        entry.c.mail == _in.id,
        entry.c.direction == "in",
        entry.c.visible_to == "staff",
        entry.c.at > asked.since,
        entry.c.at <= asked.until,
    )
    # Who was only copied in, and has not written, does not wait for us.
    waits = select(person.c.key).where(
        person.c.ticket == _in.ticket, person.c.role == "participant", person.c.pending == true()
    )
    here = (_in.kept_at > asked.since - SETTLED_IN, _in.kind.in_(_WRITTEN), for_staff.exists(), waits.exists())
    return tx.execute(select(_in.ticket).where(*here).distinct().limit(MOST)).scalars().all()


def _thanked(tx: Transaction, asked: Asked) -> Some[Case]:
    """Closed tickets on which their client wrote in the period, and which that did not reopen."""
    wrote = select(entry.c.id).where(
        entry.c.ticket == _in.ticket,
        entry.c.mail == _in.id,
        entry.c.visible_to == "client",
        entry.c.at > asked.since,
        entry.c.at <= asked.until,
        entry.c.at > _of.status_since,
    )
    here = (_in.kept_at > asked.since - SETTLED_IN, _in.kind == Kind.CLIENT_REPLY.value, wrote.exists())
    closed = (_of.open == false(), _of.merged_into.is_(None))
    found = select(_in.ticket).join(ticket, _of.number == _in.ticket).where(*here, *closed).distinct().limit(MOST)
    numbers = tx.execute(found).scalars().all()
    mine = [func.lower(_of.assigned_to) == asked.only.lower()] if asked.only else []
    return _cases(tx, asked, [_of.number.in_(numbers), *closed, *mine], _of.number.desc()) if numbers else Some()


def _escalated(asked: Asked) -> ColumnElement[bool]:
    here = [and_(_of.workflow == workflow, _of.status == status) for workflow, status in asked.escalated]
    return or_(_of.priority.in_([Priority.HIGH.value, Priority.URGENT.value]), *here)


def _urgency() -> ColumnElement[int]:
    return case((_of.priority == Priority.URGENT.value, 0), else_=1)


def _cases(
    tx: Transaction,
    asked: Asked,
    where: Collection[ColumnElement[bool]],
    *order: ColumnElement[Any],
    groups: int = 1,
) -> Some[Case]:
    mine = [case((func.lower(_of.assigned_to).in_(["", asked.first.lower()]), 0), else_=1)] if asked.first else []
    rows = tx.execute(select(ticket).where(*where).order_by(*mine, *order, _of.number).limit(asked.few * groups))
    found = tuple(Case(as_ticket(row), row.ball_since) for row in rows)
    return Some(found, _count(tx, _of.number, where))


def _count(tx: Transaction, column: ColumnElement[Any], where: Collection[ColumnElement[bool]]) -> int:
    return tx.execute(select(func.count(column)).where(*where)).scalar_one()


def _unheeded(tx: Transaction, asked: Asked) -> Some[Unheeded]:
    here = [UNHEEDED, linked.c.heard_at > asked.since, linked.c.heard_at <= asked.until]
    here += [func.lower(_of.assigned_to) == asked.only.lower()] if asked.only else []
    of = select(ticket, linked.c.unheeded).join_from(linked, ticket).where(*here)
    rows = tx.execute(of.order_by(linked.c.heard_at.desc(), _of.number).limit(asked.few))
    found = tuple(Unheeded(as_ticket(row), row.unheeded) for row in rows)
    return Some(found, tx.execute(select(func.count()).select_from(of.subquery())).scalar_one())


def _quarantined(tx: Transaction, asked: Asked) -> Some[Stuck]:
    here = [_in.state == MailState.QUARANTINED.value]
    columns = (_in.id, _in.sender, _in.subject, _in.state, _in.reason)
    rows = tx.execute(select(*columns).where(*here).order_by(_in.received_at.desc(), _in.id.desc()).limit(asked.few))
    found = tuple(Stuck(row.id, row.sender, row.subject, row.state, row.reason) for row in rows)
    return Some(found, _count(tx, _in.id, here))


def _failed(tx: Transaction, asked: Asked) -> Some[Stuck]:
    """Outgoing mails that nobody will send again, and those of a person or timer of which nobody knows whether they arrived."""
    unsure = and_(
        _out.state == State.UNKNOWN.value,
        _out.next_at.is_(None),
        _out.nature.in_([Nature.PERSONAL.value, Nature.AUTOMATIC.value]),
    )
    here = [STUCK, or_(_out.state.in_(_FAILED), unsure), not_(_EXPIRED), _out.queued_at > asked.until - STUCK_FOR]
    columns = (_out.id, _out.recipient, _out.subject, _out.state, _out.last_answer, _out.reason, _out.ticket)
    rows = tx.execute(select(*columns).where(*here).order_by(_out.queued_at.desc(), _out.id.desc()).limit(asked.few))
    found = tuple(Stuck(r.id, r.recipient, r.subject, r.state, r.last_answer or r.reason, r.ticket) for r in rows)
    return Some(found, _count(tx, _out.id, here))


def held(tx: Transaction) -> tuple[tuple[str, int], ...]:
    """How many outgoing mails wait for staff, by what holds them: our own reason, or the server's words."""
    why = (_out.reason, _out.last_answer)
    held = select(*why, func.count()).where(STUCK, _out.state == State.HELD.value).group_by(*why)
    return _most_first((reason or answer, number) for reason, answer, number in tx.execute(held))


def _withheld(tx: Transaction, asked: Asked) -> tuple[tuple[str, int], ...]:
    within = (WITHHELD, entry.c.at > asked.since, entry.c.at <= asked.until)
    limits = select(entry.c.because, func.count()).where(*within).group_by(entry.c.because)
    lately = (_out.queued_at > asked.since, _out.queued_at <= asked.until)
    queued = (STUCK, _EXPIRED, _out.reason != TAKEN_BACK, *lately)
    expired = select(_out.reason, func.count()).where(*queued).group_by(_out.reason)
    by_limit = Counter({"; ".join(because): number for because, number in tx.execute(limits)})
    for reason, number in tx.execute(expired):
        by_limit[reason] += number
    return _most_first(by_limit.items())


def _most_first(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted, key=lambda one: (-one[1], one[0])))


def _tally(tx: Transaction, asked: Asked) -> Tally:
    def within(column: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        return column > asked.since, column <= asked.until

    def number(state: MailState) -> int:
        return sum(row.mails for row in came if row.state == state)

    sums = (func.count().label("mails"), func.count(_in.ticket).label("placed"))
    here = (*within(_in.kept_at), _in.folder != SENT)  # what is read there went out
    grouped = select(_in.state, _in.kind, *sums).where(*here).group_by(_in.state, _in.kind)
    came = tx.execute(grouped).all()
    parked = [(row.kind, row.mails) for row in came if row.state == MailState.PARKED]
    closed = [_of.open == false(), _of.ball_with == Ball.NOBODY.value, *within(_of.ball_since)]
    return Tally(
        came=sum(row.mails for row in came),
        on_tickets=sum(row.placed for row in came if row.state == MailState.PROCESSED),
        parked=_most_first(parked),
        quarantined=number(MailState.QUARANTINED),
        pending=number(MailState.PENDING),
        answers=_count(tx, _out.id, [*within(_out.sent_at), _out.nature.in_(_ANSWERS)]),
        opened=_count(tx, _of.number, within(_of.created_at)),
        closed=_count(tx, _of.number, closed),
        withheld=_withheld(tx, asked),
    )
