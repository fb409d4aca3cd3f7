"""What follows when a member of staff writes for a client without answering us: a ticket of theirs, or more of one. Pure look-up."""

from dataclasses import replace
from datetime import datetime

from classifier.verdict import Verdict
from workflow.change import due, stay
from workflow.decision import Decision, Ticket
from workflow.joining import join
from workflow.machine import Event, Status, Workflow
from workflow.opening import Door


def for_client(
    ticket: Ticket | None, status: Status | None, verdict: Verdict, workflow: Workflow, now: datetime, door: Door
) -> Decision:
    """Nobody is told of it: the client has the mail already, or hears of it when staff answer."""
    if ticket is None or status is None or verdict.behalf is None:
        return _opened(verdict, workflow, now, door)
    if verdict.behalf.key != ticket.requester.key:
        because = f"staff wrote to {verdict.behalf.addr}, whose ticket this is not: kept for staff to see"
        return replace(stay(ticket, workflow, (because,)), pending=True)
    return replace(join(ticket, status, verdict, workflow, now), notices=(), client_replied=False)


def _opened(verdict: Verdict, workflow: Workflow, now: datetime, door: Door) -> Decision:
    first = workflow.statuses[workflow.initial]
    move = first.on.get(Event.STAFF_REPLY) if verdict.copied else None
    status = workflow.statuses[move.to] if move else first
    by, client = (door.sender.addr if door.sender else "staff"), (verdict.behalf.addr if verdict.behalf else "")
    how = "wrote to" if verdict.copied else "opened it for"
    return Decision(
        because=(f'{by} {how} {client}: #{door.number} as "{status.name}"',),
        status=status.key,
        opens=True,
        due_at=due(status, now),
    )
