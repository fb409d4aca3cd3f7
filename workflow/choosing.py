"""What follows when a client answers a mail of ours with one click: the workflow's file says it. Pure look-up."""

from dataclasses import replace
from datetime import datetime

from workflow.act import Choose
from workflow.change import enter, refuse, stay, tagged
from workflow.decision import Decision, Ticket
from workflow.machine import Workflow


def choose(ticket: Ticket, act: Choose, workflow: Workflow, now: datetime) -> Decision:
    """The status that the choice leads to, or a tag. Refused when the ticket is not what it was when the mail was written."""
    move, status = workflow.choices.get(act.choice), workflow.statuses.get(ticket.status)
    if move is None or status is None or (ticket.status, ticket.status_since) != (act.status, act.since):
        return refuse(ticket, workflow, f"#{ticket.number} has moved on since")
    said = f'{act.by} chose "{act.choice}" in a mail of ours'
    tags = tagged(ticket.tags, move.tag)
    target = workflow.statuses[move.to] if move.to else status
    if target is status:
        return replace(stay(ticket, workflow, (f'{said}: "{status.name}" stays',)), tags=tags)
    return replace(enter(ticket, target, now, (f'{said}: it moves "{status.name}" to "{target.name}"',)), tags=tags)
