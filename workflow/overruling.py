"""What follows when a reply shall count for more than it was taken for, or a timer shall begin again. Pure look-up."""

from dataclasses import replace
from datetime import datetime

from workflow.act import Reopen, Wait
from workflow.change import due, enter, refuse, stay, tagged, tell_client
from workflow.decision import Decision, Ticket
from workflow.joining import handed_on
from workflow.machine import Event, Workflow
from workflow.when import shown


def overrule(ticket: Ticket, act: Reopen | Wait, workflow: Workflow, now: datetime) -> Decision:
    """What was decided, by a rule or by nobody, is decided by a person."""
    return reopen(ticket, act, workflow, now) if isinstance(act, Reopen) else wait(ticket, act, workflow, now)


def reopen(ticket: Ticket, act: Reopen, workflow: Workflow, now: datetime) -> Decision:
    """What a client's reply does there, at any age."""
    status = workflow.statuses.get(ticket.status)
    move = status.on.get(Event.CLIENT_REPLY) if status else None
    if status is None or move is None or move.to == status.key:
        here = status.name if status else ticket.status
        return refuse(
            ticket, workflow, f'#{ticket.number} is in "{here}", and a client\'s reply leads nowhere from there'
        )
    target = workflow.statuses[move.to]
    because = f'{act.because}: {Event.CLIENT_REPLY} moves "{status.name}" to "{target.name}"'
    moved = enter(ticket, target, now, (because,))
    return replace(
        moved,
        notices=tell_client(move.client, workflow, ticket) if act.tells else (),
        tags=tagged(ticket.tags, move.tag),
        forward=moved.forward or handed_on(status, Event.CLIENT_REPLY),
    )


def wait(ticket: Ticket, act: Wait, workflow: Workflow, now: datetime) -> Decision:
    """Its timer begins again, with its reminder; nobody is told."""
    status = workflow.statuses.get(ticket.status)
    if status is None or status.timer is None or status.timer.after is None or ticket.until is not None:
        here = status.name if status else ticket.status
        return refuse(ticket, workflow, f'#{ticket.number} is in "{here}", where no timer of days runs')
    end = due(replace(status, timer=replace(status.timer, remind=None, reminder="")), now)
    until = f" until {shown(end, workflow.zone)}" if end else ""
    kept = stay(ticket, workflow, (f'{act.by} lets it wait longer: "{status.name}" stays{until}',))
    return replace(kept, due_at=due(status, now), reminded=False)
