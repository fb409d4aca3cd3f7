"""What people ask for: lists, whole tickets, the sum of all mails. It reads, and changes nothing."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, func, not_, select, true, type_coerce

from outbound.outbox import TAKEN_BACK, State
from store import attachments, issues, leading, search
from store.columns import aside, clean
from store.database import Transaction
from store.incoming import MailState
from store.lines import (
    NOBODY,
    Balance,
    MailLine,
    Moved,
    OutboxLine,
    Someone,
    TicketLine,
    TicketPage,
    Timers,
    Wanted,
    WantedMails,
)
from store.said import ENTRIES, as_said
from store.tables import (
    PLACELESS,
    STUCK,
    TAGGED,
    WITHHELD,
    entry,
    history,
    linked,
    mail,
    outbox,
    person,
    ticket,
)
from workflow.issue import issue
from workflow.meeting import Meeting

MOST = 1000  # lines of a list

_MAIL = select(mail).order_by(mail.c.id.desc())
_OUTBOX = select(*(column for column in outbox.c if column.name != "raw"))
_TAGGED = select(ticket.c.number).where(TAGGED).order_by(ticket.c.status_since.desc()).limit(MOST)
_RESTING = {State.DEAD, State.HELD, State.FAILED_RENDER, State.BOUNCED, State.UNKNOWN}  # STUCK
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_AT_ONCE = 100  # tickets that words have led to are read
_LONGEST_NUMBER = 12  # digits


def tickets(tx: Transaction, wanted: Wanted, limit: int = MOST) -> list[TicketLine]:
    """Tickets, the newest first."""
    newest = select(ticket).order_by(ticket.c.number.desc()).limit(limit)
    if not wanted.search:
        return [ticket_line(row) for row in tx.execute(newest.where(*filters(tx, wanted)))]
    found, rows = sorted(_found(tx, wanted.search.strip()), reverse=True), list[Row[Any]]()
    newest = newest.where(*filters(tx, replace(wanted, search=""), numbered=True))
    for at in range(0, len(found), _AT_ONCE):
        if len(rows) < limit:
            rows += tx.execute(newest.where(ticket.c.number.in_(found[at : at + _AT_ONCE])))
    return [ticket_line(row) for row in rows[:limit]]


def ticket_page(tx: Transaction, number: int) -> TicketPage | None:
    """One ticket with its history, conversation, people and timers; None if there is none."""
    row = tx.execute(select(ticket).where(ticket.c.number == number)).one_or_none()
    if row is None:
        return None
    merged = tuple(one.number for one in leading.leading_to(tx, number))
    here = (number, *merged)
    entries = tx.execute(ENTRIES.where(entry.c.ticket.in_(here)).order_by(entry.c.id))
    files = attachments.of_tickets(tx, here)
    people = tx.execute(
        select(person)
        .where(person.c.ticket.in_(here))
        .order_by(person.c.ticket != number, person.c.ticket, person.c.role.desc(), person.c.key)
    )
    return TicketPage(
        ticket=ticket_line(row),
        version=row.version,
        history=tuple(moves(tx, number)),
        conversation=tuple(as_said(one, files) for one in entries),
        people=tuple(Someone(p.address, p.role, p.name, p.pending, p.ticket) for p in people),
        timers=Timers(row.due_at, row.reminded, row.until, row.paused_until),
        merged=merged,
        issues=issues.of_tickets(tx, here),
    )


def moves(tx: Transaction, number: int) -> list[Moved]:
    """How the status of a ticket changed, the oldest first."""
    rows = tx.execute(select(history).where(history.c.ticket == number).order_by(history.c.id))
    return [Moved(m.at, m.was, m.status, m.by, m.because, m.mail) for m in rows]


def mails(tx: Transaction, wanted: WantedMails | None = None, limit: int = MOST) -> list[MailLine]:
    """The ledger, the newest first."""
    wanted = wanted or WantedMails()
    # Nearly all are processed: the newest of those are found by going through all.
    state = aside(mail.c.state) if MailState.PROCESSED in wanted.states else mail.c.state
    filters = [*_among(state, wanted.states), *_among(mail.c.kind, wanted.kinds)]
    filters += [*_on(mail.c.ticket, wanted.ticket), *_on(mail.c.id, wanted.id), *_older(mail.c.id, wanted.before)]
    rows = tx.execute(_MAIL.where(*filters).limit(limit))
    return [
        MailLine(
            id=row.id,
            mailbox=row.account,
            uid=row.uid,
            message_id=row.message_id,
            sender=row.sender,
            subject=row.subject,
            received_at=row.received_at,
            state=row.state,
            kind=row.kind,
            because=row.because,
            ticket=row.ticket,
            reason=row.reason,
            no_answer=row.no_answer,
            attempts=row.attempts,
            defects=row.defects,
        )
        for row in rows
    ]


def outgoing(
    tx: Transaction,
    states: tuple[str, ...] = (),
    number: int | None = None,
    limit: int = MOST,
    id_: int | None = None,
    *,
    taken_back: bool | None = None,
    before: int | None = None,
) -> list[OutboxLine]:
    """The outbox, or what it has of one ticket, or one of its mails; the newest first.

    `taken_back`: those alone, or without them. `before`: older than the one with that id.
    """
    few = _few(states)
    filters = [*_among(outbox.c.state, states), *few, *_on(outbox.c.ticket, number), *_on(outbox.c.id, id_)]
    filters += _older(outbox.c.id, before)
    if taken_back is not None:
        filters.append((outbox.c.reason == TAKEN_BACK) == taken_back)
    order = aside(outbox.c.id) if few else outbox.c.id  # few are sorted: SQLite would go through all instead
    rows = tx.execute(_OUTBOX.where(*filters).order_by(order.desc()).limit(limit))
    return [
        OutboxLine(
            id=row.id,
            ticket=row.ticket,
            notice=row.notice,
            recipient=row.recipient,
            subject=row.subject,
            message_id=row.message_id,
            state=row.state,
            attempts=row.attempts,
            next_at=row.next_at,
            last_answer=row.last_answer,
            reason=row.reason,
            queued_at=row.queued_at,
            sent_at=row.sent_at,
        )
        for row in rows
    ]


def withheld(tx: Transaction, number: int, at: datetime) -> tuple[str, ...]:
    """Why mails that a change of a ticket was to send, at that moment, were not queued."""
    whys = select(entry.c.because).where(WITHHELD, entry.c.ticket == number, entry.c.at == at).order_by(entry.c.id)
    return tuple("; ".join(because) for because in tx.execute(whys).scalars())


def balance(tx: Transaction) -> Balance:
    """Where every mail is that was ever fetched."""
    fetched = tx.execute(select(func.count()).select_from(mail)).scalar_one()
    by_state: dict[str, int] = {}
    for row in tx.execute(select(mail.c.state, func.count().label("mails")).group_by(mail.c.state)):
        by_state[row.state] = row.mails
    # On a ticket is only what names one.
    placeless = tx.execute(select(func.count()).select_from(mail).where(PLACELESS)).scalar_one()
    placed = by_state.get(MailState.PROCESSED, 0) - placeless
    rest = (by_state.get(state, 0) for state in (MailState.PARKED, MailState.QUARANTINED, MailState.PENDING))
    return Balance(fetched, placed, *rest)


def last_event(tx: Transaction) -> datetime | None:
    """When the newest rows were written; None in an empty database."""
    newest = (
        select(column).order_by(table.c.id.desc()).limit(1)
        for table, column in ((mail, mail.c.kept_at), (history, history.c.at), (outbox, outbox.c.queued_at))
    )
    return max(filter(None, (tx.execute(one).scalar() for one in newest)), default=None)


def _among(column: ColumnElement[Any], words: tuple[str, ...]) -> list[ColumnElement[bool]]:
    return [column.in_([str(word) for word in words])] if words else []


def _few(states: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Where outgoing mails of these states stand among few: what rests has an index of its own, and what goes on has a time."""
    if not states or not _RESTING.isdisjoint(states):
        return [STUCK] if states and _RESTING.issuperset(states) else []
    return [] if State.SENT in states else [outbox.c.next_at > _EVER]


def _older(column: ColumnElement[int], before: int | None) -> list[ColumnElement[bool]]:
    return [] if before is None else [column < before]


def _on(column: ColumnElement[Any], number: int | None) -> list[ColumnElement[bool]]:
    return [] if number is None else [column == number]


def filters(tx: Transaction, wanted: Wanted, *, numbered: bool = False) -> list[ColumnElement[bool]]:
    """By which the tickets that are wanted are told from the others. `numbered`: from others whose numbers are known."""
    filters = _among(ticket.c.status, wanted.statuses)
    if wanted.open is not None:
        # What is merged is open in another place.
        here = and_(aside(ticket.c.open) == true(), ticket.c.merged_into.is_(None))
        filters.append(here if wanted.open else not_(here))
    if wanted.ball:
        filters.append(aside(ticket.c.ball_with) == str(wanted.ball))
    if wanted.mailbox:
        filters.append(ticket.c.mailbox == wanted.mailbox)
    if wanted.assigned:
        to = "" if wanted.assigned == NOBODY else clean(wanted.assigned.lower())
        whose = func.lower(ticket.c.assigned_to)
        filters.append((aside(whose) if numbered else whose) == to)
    if wanted.before is not None:
        filters.append(ticket.c.number < wanted.before)
    if wanted.search:
        filters.append(ticket.c.number.in_(_found(tx, wanted.search.strip())))
    return filters


def _found(tx: Transaction, words: str) -> set[int]:
    """The numbers of tickets that the words lead to: theirs, of an issue or a tag, or said on them."""
    number = words.removeprefix("#")
    found = {int(number)} if number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER else set()
    if not words.startswith("#"):
        found |= search.tickets(tx, words)
    tagged = type_coerce(ticket.c.tags, Text).icontains(json.dumps(words, ensure_ascii=False), autoescape=True)
    found |= set(tx.execute(_TAGGED.where(tagged)).scalars())
    found |= set(tx.execute(select(linked.c.ticket).where(linked.c.issue.in_(_keys(words)))).scalars())
    return found


def _keys(words: str) -> list[str]:
    """The key of an issue, where the words may be one."""
    try:
        return [issue(words).key]
    except ValueError:
        return []


def ticket_line(row: Row[Any]) -> TicketLine:
    """A row of `ticket` as lists show it."""
    return TicketLine(
        number=row.number,
        subject=row.subject,
        status=row.status,
        open=row.open,
        ball_with=row.ball_with,
        requester=row.requester,
        mailbox=row.mailbox,
        assigned_to=row.assigned_to,
        created_at=row.created_at,
        status_since=row.status_since,
        due_at=row.due_at,
        merged_into=row.merged_into,
        tags=row.tags,
        workflow=row.workflow,
        priority=row.priority,
        category=row.category,
        language=row.language,
        client_replied=row.client_replied,
        paused_until=row.paused_until,
        appointment=meeting.answer if (meeting := Meeting.of(row.meeting)) else "",
    )
