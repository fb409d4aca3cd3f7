"""What follows when staff say what a mail is: its ticket stands as if that had been known. Pure; it asks nobody, and sends nothing by itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from classifier.verdict import Verdict
from inbound.message import Message
from workflow.change import at_least, due, stay
from workflow.decide import decide
from workflow.decision import Decision, Ticket
from workflow.machine import Workflow
from workflow.opening import PARKED, Door, open_ticket
from workflow.when import in_utc


@dataclass(frozen=True, slots=True)
class Past:
    """What a mail did to its ticket."""

    kind: str  # what it was taken for
    alone: bool  # since it came nothing else has moved the ticket, and no person's mail has joined it
    opened: bool  # it opened the ticket
    was: str = ""  # the status before its first move; "" where it made none


def correct(
    ticket: Ticket, past: Past, message: Message, verdict: Verdict, workflow: Workflow, now: datetime, *, role: str
) -> Decision:
    """The ticket with this verdict in the place of the one that was wrong; it stays where others have moved it since."""
    now = in_utc(now)
    here = workflow.statuses.get(ticket.status)
    name = here.name if here else ticket.status
    if here is None or not past.alone:
        return stay(ticket, workflow, (f'#{ticket.number} has moved on since: "{name}" stays',))
    if past.opened:
        return _opened(ticket, past, message, verdict, workflow, now)
    before = _before(ticket, past, workflow, now)
    if before is None:
        return stay(ticket, workflow, (f'"{name}" stays: its status before cannot be had again without staff',))
    return _as_change(
        ticket, decide(before, message, verdict, workflow, now, number=0, mailbox=ticket.mailbox, role=role)
    )


def _opened(
    ticket: Ticket, past: Past, message: Message, verdict: Verdict, workflow: Workflow, now: datetime
) -> Decision:
    """Where the ticket would have been opened; what opens none leaves one where the workflow puts what is no request."""
    tags = _less(ticket.tags, past, workflow)
    if verdict.kind not in PARKED:
        door = Door(ticket.number, ticket.mailbox, verdict.sender or message.author)
        opened = open_ticket(replace(verdict, of_staff=False), workflow, now, door)  # its ticket is there already
        priority = at_least(ticket.priority, opened.priority)
        return _as_change(ticket, replace(opened, tags=tuple(dict.fromkeys((*tags, *opened.tags))), priority=priority))
    aside = workflow.statuses.get(workflow.no_request)
    if aside is None:
        because = f"{PARKED[verdict.kind]}, and the workflow names no status for that (no_request): set one"
        return replace(stay(ticket, workflow, (because,)), silent=verdict.silent)
    because = f'{PARKED[verdict.kind]}: #{ticket.number} is closed as "{aside.name}"'
    closed = Decision((because,), status=aside.key, silent=verdict.silent, priority=ticket.priority, tags=tags)
    return _as_change(ticket, replace(closed, due_at=due(aside, now)))


def _less(tags: tuple[str, ...], past: Past, workflow: Workflow) -> tuple[str, ...]:
    """Without the tag that the wrong kind put there."""
    move = next((move for kind, move in workflow.opens.items() if kind == past.kind), None)
    return tuple(tag for tag in tags if move is None or tag != move.tag)


def _before(ticket: Ticket, past: Past, workflow: Workflow, now: datetime) -> Ticket | None:
    """The ticket as if this mail had moved nothing; a correction comes late, and no window to reopen has run out for it."""
    fresh = replace(ticket, status_since=now)
    if not past.was or past.was == ticket.status:
        return fresh
    status = workflow.statuses.get(past.was)
    if status is None or status.needs_date:
        return None
    return replace(fresh, status=status.key, due_at=due(status, now), until=None, paused_until=None, reminded=False)


def _as_change(ticket: Ticket, decision: Decision) -> Decision:
    """A decision about what would have been, as a change of what is."""
    return replace(decision, was=ticket.status, opens=False, assigned_to=ticket.assigned_to)
