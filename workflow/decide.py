"""decide, decide_overdue, decide_action: what follows from a mail, from time, from a person. Pure; it reads and sends nothing.

Each is a look-up in the workflow's table. A move that the table lacks changes nothing and says so. Every decision
about a ticket carries the ticket's whole state afterwards, so that it can be written as it stands.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from classifier.verdict import PERSON, Kind, Verdict
from inbound.message import Message
from workflow.act import (
    Act,
    Assign,
    Choose,
    Note,
    Open,
    Reopen,
    Reply,
    SetRequester,
    SetStatus,
    Speak,
    TakePart,
    Undo,
    Wait,
    Write,
)
from workflow.acting import mark, open_for, reply, set_status, undo
from workflow.behalf import for_client
from workflow.change import park, stay
from workflow.choosing import choose
from workflow.decision import Decision, Ticket
from workflow.following import follow
from workflow.hinting import meant, take
from workflow.joining import REOPENING, event_of, handed_on, join, second_copy, too_late
from workflow.keeping import away, keep, out_of_reach
from workflow.machine import Event, Status, Workflow
from workflow.meet import met
from workflow.opening import PARKED, Door, open_next, open_ticket
from workflow.overdue import run_out
from workflow.overruling import overrule
from workflow.tongue import heard
from workflow.when import in_utc
from workflow.writing import write

_ESCALATE = "escalate"  # the role of a mailbox


def decide(
    ticket: Ticket | None,
    message: Message,
    verdict: Verdict,
    workflow: Workflow,
    now: datetime,
    *,
    number: int,
    mailbox: str,
    role: str,
    unreachable: bool = False,
    invited: bool = False,
    several: bool = False,
) -> Decision:
    """What follows from one mail.

    `ticket` is the one that the mail joins, None if there is none. `number` is a new ticket's; `mailbox` and `role`
    ("support" or "escalate") are those of the mailbox that the mail came to. `unreachable`: with this bounce, every address
    of the ticket's client returns our mail. `invited`: it names our own invitation of that ticket; `several`: tickets of others were merged into it. ValueError if `now` has no time zone.
    """
    door = Door(number, mailbox, verdict.sender or message.author)
    if ticket and verdict.kind is Kind.CALENDAR and not verdict.pending and ticket.status in workflow.statuses:
        status = workflow.statuses[ticket.status]
        if followed := met(ticket, status, verdict, workflow, in_utc(now), invited=invited, several=several):
            return followed
    hinted = None if several else _hinted(ticket, verdict, workflow, in_utc(now))
    decision = hinted or _decided(ticket, verdict, workflow, in_utc(now), door, role=role, unreachable=unreachable)
    return heard(decision, ticket, verdict)


def decide_overdue(ticket: Ticket, workflow: Workflow, now: datetime) -> Decision:
    """What follows from time: a timer ran out, or a date has come. Before that, nothing, and it says so."""
    return run_out(ticket, workflow, in_utc(now))


def decide_action(ticket: Ticket, act: Act, workflow: Workflow, now: datetime) -> Decision:
    """What follows from a person's act. One that is not possible is `refused`, and changes nothing."""
    match act:
        case SetStatus():
            return set_status(ticket, act, workflow, in_utc(now))
        case Reply():
            return reply(ticket, act, workflow, in_utc(now))
        case Note() | Assign() | SetRequester() | Speak() | TakePart():
            return mark(ticket, act, workflow)
        case Undo():
            return undo(ticket, act, workflow, in_utc(now))
        case Choose() | Write():
            return _clients(ticket, act, workflow, in_utc(now))
        case Reopen() | Wait():
            return overrule(ticket, act, workflow, in_utc(now))


def decide_linked(
    ticket: Ticket, said: str, state: str, workflow: Workflow, now: datetime, others: Mapping[str, str]
) -> Decision:
    """What follows from the state of an issue to which the ticket is linked, beside `others`. One that leads nowhere is `refused`."""
    return follow(ticket, said, state, workflow, in_utc(now), others)


def decide_opening(act: Open, workflow: Workflow, now: datetime, *, number: int) -> Decision:
    """What follows when a staff member writes to a client first: a ticket of that number, and the mail."""
    return open_for(act, workflow, number, in_utc(now))


def _clients(ticket: Ticket, act: Choose | Write, workflow: Workflow, now: datetime) -> Decision:
    return choose(ticket, act, workflow, now) if isinstance(act, Choose) else write(ticket, act, workflow, now)


def _hinted(ticket: Ticket | None, verdict: Verdict, workflow: Workflow, now: datetime) -> Decision | None:
    """What follows from words that the workflow trusts; None where there are none. One client of several closes nothing."""
    status = workflow.statuses.get(ticket.status) if ticket else None
    if ticket is None or status is None or event_of(verdict, status, ticket) is not Event.CLIENT_REPLY:
        return None
    choice = meant(status, verdict, workflow)
    return take(ticket, status, choice, verdict, workflow, now) if choice else None


def _decided(
    ticket: Ticket | None,
    verdict: Verdict,
    workflow: Workflow,
    now: datetime,
    door: Door,
    *,
    role: str,
    unreachable: bool,
) -> Decision:
    status = workflow.statuses.get(ticket.status) if ticket else None
    if verdict.kind in {Kind.OWN_MAIL, Kind.DUPLICATE}:
        copy = verdict.kind is Kind.DUPLICATE and role == _ESCALATE
        escalates = copy and not verdict.pending and not verdict.by_reply_address
        return (
            second_copy(ticket, status, workflow, now)
            if ticket and status and escalates
            else park(PARKED[verdict.kind])
        )
    if verdict.behalf is not None:
        return for_client(ticket, status, verdict, workflow, now, door)
    if ticket is None:
        return open_ticket(verdict, workflow, now, door)
    if status is None:
        return _homeless(ticket, verdict, workflow)
    if unreachable and verdict.kind is Kind.BOUNCE:
        return out_of_reach(ticket, status, verdict, workflow, now)
    return _on_ticket(ticket, status, verdict, workflow, now, door)


def _on_ticket(
    ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow, now: datetime, door: Door
) -> Decision:
    if verdict.pending:
        because = (f'the sender is new here: "{status.name}" stays until staff let them in',)
        return replace(stay(ticket, workflow, because), pending=True)
    if verdict.kind is Kind.OUT_OF_OFFICE:
        return away(ticket, status, verdict, workflow, now, door.sender)
    if verdict.kind not in PERSON:
        return keep(ticket, status, verdict, workflow)
    event = event_of(verdict, status, ticket)
    if event in REOPENING and too_late(ticket, status, workflow, now):
        late = open_next(ticket, open_ticket(verdict, workflow, now, door))
        return replace(late, forward=handed_on(status, event))
    return join(ticket, status, verdict, workflow, now)


def _homeless(ticket: Ticket, verdict: Verdict, workflow: Workflow) -> Decision:
    """The team took the ticket's status out of its workflow: the mail is kept, and staff have to say where it belongs."""
    because = (f'the workflow has no status "{ticket.status}" any more: {verdict.kind} changes nothing',)
    seen = verdict.kind in PERSON and not verdict.pending
    decision = stay(ticket, workflow, because)
    return replace(decision, client_replied=ticket.client_replied or seen, pending=verdict.pending)
