"""What follows when a client answers a mail of ours with one click, and which clicks there are: the workflow's file says it. Pure look-up."""

from dataclasses import replace
from datetime import datetime

from workflow.act import Choose
from workflow.change import enter, refuse, stay, tagged
from workflow.decision import Decision, Ticket
from workflow.machine import Choice, Move, Status, Workflow

CLOSING = (Choice.FOUND_SOLUTION, Choice.NO_LONGER_NEEDED)


def choose(ticket: Ticket, act: Choose, workflow: Workflow, now: datetime) -> Decision:
    """The status that the choice leads to, or a tag. Refused when the ticket is not what it was when the mail was written."""
    move, status = workflow.choices.get(act.choice), workflow.statuses.get(ticket.status)
    if move is None or status is None or (ticket.status, ticket.status_since) != (act.status, act.since):
        return refuse(ticket, workflow, f"#{ticket.number} has moved on since")
    said = f'{act.by} chose "{act.choice}"'
    tags = tagged(ticket.tags, move.tag)
    target = leads_to(move, status, workflow, several=act.several)
    if target is status:
        waits = act.several and bool(move.to)
        more = ", since tickets of others are merged with it" if waits else ""
        kept = stay(ticket, workflow, (f'{said}: "{status.name}" stays{more}',))
        return replace(kept, tags=tags, client_replied=kept.client_replied or waits)
    return replace(enter(ticket, target, now, (f'{said}: it moves "{status.name}" to "{target.name}"',)), tags=tags)


def leads_to(move: Move, status: Status, workflow: Workflow, *, several: bool) -> Status:
    """Where a choice takes a ticket of that status. One client of several cannot close what the others wait for."""
    target = workflow.statuses[move.to] if move.to else status
    return status if several and status.open and not target.open else target


def offered(ticket: Ticket, workflow: Workflow) -> tuple[Choice, ...]:
    """What its client may choose on the ticket's page: what the mails of its status offer, and, while it is open, that it may be closed."""
    status = workflow.statuses.get(ticket.status)
    if status is None:
        return ()
    names = (status.notify, status.timer.reminder if status.timer else "")
    found = [choice for name in names for choice in workflow.offers.get(name, ())]
    if status.open and Choice.APPROVE not in found:
        found += CLOSING
    return tuple(choice for choice in dict.fromkeys(found) if _leads_on(choice, ticket, workflow))


def _leads_on(choice: Choice, ticket: Ticket, workflow: Workflow) -> bool:
    """Whether anything would follow: a thing that is said is said."""
    move = workflow.choices.get(choice)
    if move is None:
        return False
    return move.to not in {"", ticket.status} or bool(move.tag and move.tag not in ticket.tags)
