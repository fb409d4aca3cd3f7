"""A person's mail on a ticket: one look-up in its status's table. It never asks what a mail is."""

from dataclasses import replace
from datetime import datetime

from classifier.verdict import Kind, Verdict, What
from inbound.message import Address
from workflow.change import at_least, enter, park, stay, tagged
from workflow.decision import Decision, Priority, Ticket
from workflow.machine import Event, Move, Status, Workflow
from workflow.opening import PARKED, answer, withheld

# Which event a person's mail is; staff_command has its own way in (decide_action).
_EVENTS = {
    Kind.NEW_TICKET: Event.CLIENT_REPLY,
    Kind.CLIENT_REPLY: Event.CLIENT_REPLY,
    Kind.CC_ONLY: Event.CC_ONLY,
    Kind.ESCALATION: Event.ESCALATION,
    Kind.STAFF_REPLY: Event.STAFF_REPLY,
}
DEPLOY_REQUEST = "deploy-request"
REOPENING = frozenset({Event.CLIENT_REPLY, Event.ESCALATION})
_CLIENTS = REOPENING | {Event.THANKS, Event.APPROVAL, Event.CC_ONLY}


def event_of(verdict: Verdict, status: Status, ticket: Ticket) -> Event | None:
    """What a person's mail is to a ticket of that status; None for a machine's."""
    event = Event.TEAM_REPLY if verdict.team else _EVENTS.get(verdict.kind)
    if verdict.approves and event is Event.CLIENT_REPLY and Event.APPROVAL in status.on:
        return Event.APPROVAL
    if event is Event.CLIENT_REPLY and Event.THIRD_PARTY_REPLY in status.on and _from_outside(ticket, verdict):
        return Event.THIRD_PARTY_REPLY
    return Event.THANKS if verdict.thanks and event in REOPENING else event


def _from_outside(ticket: Ticket, verdict: Verdict) -> bool:
    """Whether a vendor wrote, or whoever else staff let in who is not of the client's organisation."""
    return verdict.sender is not None and verdict.sender.domain.lower() != ticket.requester.domain.lower()


def too_late(ticket: Ticket, status: Status, workflow: Workflow, now: datetime) -> bool:
    """Whether a closed ticket is no longer reopened."""
    return not status.open and not status.always_reopens and now - ticket.status_since > workflow.reopen


def join(ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow, now: datetime) -> Decision:
    """A person's mail on its ticket."""
    event = event_of(verdict, status, ticket)
    move = status.on.get(event) if event else None
    if move is None or move.to == status.key:
        return _kept(ticket, status, verdict, workflow, move)
    target = workflow.statuses[move.to]
    because = (f'{event} moves "{status.name}" to "{target.name}"', *withheld(move, verdict))
    moved = enter(ticket, target, now, because)
    notices = answer(move, workflow, verdict, _writer(ticket, verdict))
    priority = _priority(ticket, event)
    tags = _tags(ticket, move, verdict)
    forward = moved.forward or handed_on(status, event)
    silent = _silent(ticket, verdict)
    return replace(moved, notices=notices, priority=priority, tags=tags, silent=silent, forward=forward)


def handed_on(status: Status, event: Event | None) -> str:
    """The team that gets a client's reply, too: that which a closed ticket was handed over to."""
    return "" if status.open or event is not Event.CLIENT_REPLY else status.forward


def _kept(ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow, move: Move | None) -> Decision:
    """The status stays; staff see that the client wrote, and an escalation raises the priority."""
    event = event_of(verdict, status, ticket)
    flagged = status.open and event in _CLIENTS
    because = [_why_kept(status, event or verdict.kind, move)]
    if flagged:
        because.append(f'the ball is with {status.ball}: marked as "client replied"')
    decision = stay(ticket, workflow, (*because, *(withheld(move, verdict) if move else ())))
    return replace(
        decision,
        notices=answer(move, workflow, verdict, _writer(ticket, verdict)) if move else (),
        silent=_silent(ticket, verdict),
        client_replied=ticket.client_replied or flagged,
        priority=_priority(ticket, event) if status.open else ticket.priority,
        tags=_tags(ticket, move, verdict),
    )


def _tags(ticket: Ticket, move: Move | None, verdict: Verdict) -> tuple[str, ...]:
    """The move's tag, and one where the reply asks to deploy; a stranger flags nothing."""
    asks = not verdict.pending and any(hint.what is What.DEPLOY for hint in verdict.hints)
    return tagged(tagged(ticket.tags, move.tag if move else ""), DEPLOY_REQUEST if asks else "")


def _writer(ticket: Ticket, verdict: Verdict) -> Address:
    """Whoever wrote is answered, be it the requester or a colleague who takes part."""
    return verdict.sender or ticket.requester


def _silent(ticket: Ticket, verdict: Verdict) -> str:
    """A machine's ticket is a person's once a person writes from its address, e.g. back from an absence."""
    came = verdict.sender is not None and verdict.sender.key == ticket.requester.key
    return "" if came and not verdict.silent else ticket.silent


def _why_kept(status: Status, event: Event | Kind, move: Move | None) -> str:
    return (
        f'"{status.name}" has no move for {event}: it stays'
        if move is None
        else f'{event} leaves "{status.name}" as it is'
    )


def _priority(ticket: Ticket, event: Event | None) -> Priority:
    return at_least(ticket.priority, Priority.HIGH) if event is Event.ESCALATION else ticket.priority


def second_copy(ticket: Ticket, status: Status, workflow: Workflow, now: datetime) -> Decision:
    """The other delivery of a mail, in the escalate mailbox: it escalates the ticket, and answers nobody again."""
    move = status.on.get(Event.ESCALATION, Move(status.key))
    if not status.open or (move.to == status.key and at_least(ticket.priority, Priority.HIGH) is ticket.priority):
        return park(f"{PARKED[Kind.DUPLICATE]}; #{ticket.number} stays as it is")
    because = "the same mail came to the escalate address: "
    priority, tags = at_least(ticket.priority, Priority.HIGH), tagged(ticket.tags, move.tag)
    if move.to == status.key:
        said = f'{because}"{status.name}" stays, priority {priority}'
        return replace(stay(ticket, workflow, (said,)), priority=priority, tags=tags)
    target = workflow.statuses[move.to]
    moved = enter(ticket, target, now, (f'{because}"{status.name}" to "{target.name}", not answered again',))
    return replace(moved, priority=priority, tags=tags)
