"""Tickets: their numbers, one by its number, those whose timer ran out, and `apply`, the one exit for changes.

It decides nothing: what is to change is in the Effect.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, and_, bindparam, case, insert, or_, select, update

from classifier.verdict import Kind
from inbound.message import Address
from store import bounced, clicks, conversation, events, issues, merging, people, requester, tables
from store.columns import Instant, clean
from store.database import Transaction
from store.effect import Effect
from store.errors import AlreadyDone, Moved
from store.failpoint import failpoint
from store.incoming import MailState
from store.inserting import unless_there
from store.issues import Tracked
from store.limits import Limits, organisation
from workflow.candidates import words
from workflow.decision import Priority, Ticket
from workflow.meeting import Meeting

_of, _mail = tables.ticket.c, tables.mail.c
_NUMBER = _of.number == bindparam("wanted")

_NUMBERS = (
    update(tables.counter)
    .where(tables.counter.c.name == "ticket")
    .values(value=tables.counter.c.value + bindparam("more"))
    .returning(tables.counter.c.value)
)
_TICKET = select(tables.ticket).where(_NUMBER)
_FIRST = datetime.min.replace(tzinfo=UTC)
_DUE = (
    select(tables.ticket)
    .where(
        _of.due_at <= bindparam("now"),
        or_(_of.paused_until.is_(None), _of.paused_until <= bindparam("now")),
        _of.merged_into.is_(None),
        or_(_of.due_at > bindparam("at"), and_(_of.due_at == bindparam("at"), _of.number > bindparam("above"))),
    )
    .order_by(_of.due_at, _of.number)
    .limit(bindparam("limit"))
)
MOST_WORDS = 12  # of a subject, in the index

_OPEN, _WORDS = insert(tables.ticket), insert(tables.word)
_TIMER = ("due_at", "reminded", "until", "paused_until")
_TONGUE = ("language", "language_set")
_STAYED = (
    "open",
    "ball_with",
    *_TIMER,
    "client_replied",
    "silent",
    "priority",
    "assigned_to",
    "tags",
    "meeting",
    *_TONGUE,
)
_MOVED = (*_STAYED, "status", "status_since")
# Between two statuses of ours the ball stays with us: the client has waited since the first.
_BALL_SINCE = case((_of.ball_with == bindparam("new_ball_with"), _of.ball_since), else_=bindparam("at", type_=Instant))
_CHANGE, _MOVE = (
    update(tables.ticket)
    .where(_NUMBER, _of.version == bindparam("seen"))
    .values(version=_of.version + 1, ball_since=_BALL_SINCE, **{name: bindparam(f"new_{name}") for name in names})
    for names in (_STAYED, _MOVED)
)
_AGAIN = (
    update(tables.mail)
    .where(_mail.id == bindparam("wanted"), _mail.state == MailState.PROCESSED.value)
    .values({name: bindparam(f"new_{name}") for name in ("kind", "no_answer", "because")})
)
_FIRST_EFFECT = unless_there(tables.effect).execution_options(preserve_rowcount=True)
_OF_MAIL = ("message_id", "sender", "subject", "content_key", "defects")
_DONE_WITH = ("state", "kind", "no_answer", "reason", "because", "ticket", *_OF_MAIL)
_DONE = (
    update(tables.mail)
    .where(_mail.id == bindparam("wanted"), _mail.state == MailState.PENDING.value)
    .values(lease_until=None, **{name: bindparam(f"new_{name}") for name in _DONE_WITH})
)


def numbers(tx: Transaction, n: int) -> list[int]:
    """The next `n` ticket numbers, never to be given again. Use a short transaction of its own: a gap is no fault."""
    last = tx.execute(_NUMBERS, {"more": n}).scalar_one()
    return list(range(last - n + 1, last + 1))


def ticket(tx: Transaction, number: int) -> Ticket | None:
    """The ticket of that number, merged or not; None if there is none."""
    row = tx.execute(_TICKET, {"wanted": number}).one_or_none()
    return as_ticket(row) if row else None


def due(tx: Transaction, now: datetime, limit: int, after: Ticket | None = None) -> list[Ticket]:
    """Tickets whose timer has something to do and is not paused, the longest overdue first; only those behind `after`, if given."""
    at, above = (after.due_at or _FIRST, after.number) if after else (_FIRST, 0)
    rows = tx.execute(_DUE, {"now": now, "limit": limit, "at": at, "above": above})
    return [as_ticket(row) for row in rows]


def apply(tx: Transaction, effect: Effect, limits: Limits | None = None) -> None:
    """Write down all that follows, inside the caller's savepoint.

    Raises Moved where the ticket or the mail's effect changed since it was gathered, AlreadyDone where the mail
    is not pending any more; nothing of the effect is to be kept then, and the savepoint sees to that.
    """
    apply_all(tx, [effect], limits)


def apply_all(tx: Transaction, effects: Sequence[Effect], limits: Limits | None = None) -> None:
    """The same for several effects, of which none depends on another, in few statements.

    What it raises says that one of them cannot be written, not which: undo all, and apply each by itself.
    """
    effects = [one for effect in effects for one in (effect, effect.then) if one]
    _claim_effects(tx, [effect for effect in effects if _has_effect(effect)])
    kept = [effect for effect in effects if effect.ticket is not None and not effect.decision.parked]
    if kept:
        _write_tickets(tx, kept)
        conversation.add(tx, kept, limits or Limits())
        events.note(tx, kept)
    for effect in kept:
        if effect.issue:
            _link(tx, effect, effect.issue)
        for part, who in effect.decision.people:
            people.change(tx, effect.conversation or 0, part, who)
    for effect in effects:  # also a parked one: a digest that comes back is on no ticket
        bounced.mark(tx, effect, limits or Limits())
        clicks.spend(tx, effect.spent, effect.at)
        if effect.decision.requester and effect.conversation is not None:
            requester.give(tx, effect.conversation, effect.decision.requester)
        failpoint("tx.mid")
    _finish_mails(tx, [effect for effect in effects if effect.mail is not None and not effect.again])
    _correct_mails(tx, [effect for effect in effects if effect.again])


def as_ticket(row: Row[Any]) -> Ticket:
    """A row of the ticket table as the value that the other rooms know."""
    return Ticket(
        number=row.number,
        workflow=row.workflow,
        status=row.status,
        subject=row.subject,
        requester=Address(row.requester, row.requester_name),
        mailbox=row.mailbox,
        created_at=row.created_at,
        status_since=row.status_since,
        version=row.version,
        due_at=row.due_at,
        reminded=row.reminded,
        until=row.until,
        paused_until=row.paused_until,
        client_replied=row.client_replied,
        silent=row.silent,
        priority=Priority(row.priority),
        category=row.category,
        assigned_to=row.assigned_to,
        merged_into=row.merged_into,
        tags=row.tags,
        language=row.language,
        language_set=row.language_set,
        meeting=Meeting.of(row.meeting),
    )


def _has_effect(effect: Effect) -> bool:
    """Whether it is the first delivery of a mail, as far as is known."""
    message = effect.message
    # What staff send is read where it lies; should it come to us, too, that copy is the one that counts.
    ours = effect.verdict is not None and effect.verdict.kind is Kind.OWN_MAIL
    first = not effect.duplicate_of and not effect.again and not ours
    return effect.mail is not None and message is not None and bool(message.content_key) and first


def _claim_effects(tx: Transaction, effects: Sequence[Effect]) -> None:
    """One mail has one effect, however often it is delivered: the unique key says so, not a look before."""
    rows = [
        {"content_key": effect.message.content_key, "mail": effect.mail, "ticket": effect.conversation, "at": effect.at}
        for effect in effects
        if effect.message
    ]
    if not rows:
        return
    if tx.execute(_FIRST_EFFECT, rows).rowcount != len(rows):
        raise Moved(f"mail {', '.join(str(row['mail']) for row in rows)}: another delivery of the same came first")


def _write_tickets(tx: Transaction, effects: Sequence[Effect]) -> None:
    if opened := [_opened(effect) for effect in effects if effect.opens]:
        tx.execute(_OPEN, opened)
        if found := [word for row in opened for word in _words(row)]:
            tx.execute(_WORDS, found)
    for effect in effects:
        if not effect.opens:
            with merging.noted(tx, effect):
                _change_ticket(tx, effect)
            merging.undo(tx, effect)


def _link(tx: Transaction, effect: Effect, issue: Tracked) -> None:
    """Raises Moved where the issue is not what was seen any more."""
    number = effect.conversation or 0
    if effect.unlinks:
        issues.unlink(tx, issue, number)
    else:
        issues.link(tx, issue, number, effect.by, effect.at)


def _words(row: Mapping[str, object]) -> Iterator[dict[str, object]]:
    """What its subject adds to the index of words; a machine's adds nothing."""
    if not row["silent"]:
        yield from ({"word": one, "ticket": row["number"]} for one in words(clean(str(row["subject"])), MOST_WORDS))


def _change_ticket(tx: Transaction, effect: Effect) -> None:
    names = _MOVED if effect.decision.moved else _STAYED
    state = _state(effect)
    new = {f"new_{name}": state[name] for name in names}
    change = _MOVE if effect.decision.moved else _CHANGE
    if tx.execute(change, {"wanted": effect.ticket, "seen": effect.version, "at": effect.at, **new}).rowcount != 1:
        raise Moved(f"ticket {effect.ticket} is not at version {effect.version} any more")


def _state(effect: Effect) -> dict[str, object]:
    decision = effect.decision
    return {
        "status": decision.status,
        "open": effect.open,
        "ball_with": effect.ball_with,
        "status_since": effect.at,
        "due_at": decision.due_at,
        "reminded": decision.reminded,
        "until": decision.until,
        "paused_until": decision.paused_until,
        "client_replied": decision.client_replied,
        "silent": decision.silent,
        "priority": decision.priority,
        "assigned_to": decision.assigned_to,
        "tags": decision.tags,
        "language": decision.language,
        "language_set": decision.language_set,
        "meeting": decision.meeting.words if decision.meeting else (),
    }


def _opened(effect: Effect) -> Mapping[str, object]:
    first = effect.requester or effect.author or Address("")
    return {
        **_state(effect),
        "number": effect.ticket,
        "workflow": effect.workflow,
        "subject": effect.subject or (effect.message.subject if effect.message else ""),
        "requester": first.addr,
        "requester_name": first.name,
        "mailbox": effect.mailbox,
        "created_at": effect.at,
        "ball_since": effect.at,
        "version": 1,
        "category": effect.decision.category,
        "report_key": effect.report_key,
        "organisation": organisation(first.addr),
    }


def _finish_mails(tx: Transaction, effects: Sequence[Effect]) -> None:
    if effects and tx.execute(_DONE, [_finished(effect) for effect in effects]).rowcount != len(effects):
        raise AlreadyDone(f"mail {', '.join(str(effect.mail) for effect in effects)}: not pending any more")


def _correct_mails(tx: Transaction, effects: Sequence[Effect]) -> None:
    for effect in effects:
        known = {name: _finished(effect)[f"new_{name}"] for name in ("kind", "no_answer", "because")}
        new = {f"new_{name}": value for name, value in known.items()}
        if tx.execute(_AGAIN, {"wanted": effect.mail, **new}).rowcount != 1:
            raise Moved(f"mail {effect.mail} is on no ticket any more")


def _finished(effect: Effect) -> dict[str, object]:
    message, verdict, parked = effect.message, effect.verdict, effect.decision.parked
    author = effect.author
    new = {
        "state": MailState.PARKED if parked else MailState.PROCESSED,
        "kind": verdict.kind if verdict else "",
        "no_answer": verdict.no_answer if verdict else "",
        "reason": parked,
        "because": verdict.because if verdict else effect.decision.because,
        "ticket": None if parked else effect.conversation,
        "message_id": message.message_id if message else "",
        "sender": author.addr if author else "",
        "subject": message.subject if message else "",
        "content_key": message.content_key if message else "",
        "defects": message.defects if message else (),
    }
    return {"wanted": effect.mail, **{f"new_{name}": value for name, value in new.items()}}
