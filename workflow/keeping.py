"""A machine's mail on a ticket: it is kept, and may hold up a timer. It moves nothing, but for the bounce of a last address."""

from dataclasses import replace
from datetime import datetime

from classifier.verdict import Verdict
from inbound.message import Address
from workflow.change import enter, stay
from workflow.decision import Decision, Ticket
from workflow.machine import Ball, Status, Workflow
from workflow.when import back_on, held_up, shown


def keep(ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow) -> Decision:
    """A machine's mail on its ticket: kept there, and nothing else."""
    kept = f'a machine\'s mail ({verdict.kind}) moves nothing: "{status.name}" stays'
    return stay(ticket, workflow, (kept, verdict.said) if verdict.said else (kept,))


def out_of_reach(ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow, now: datetime) -> Decision:
    """Every address of the client returns our mail for good. Nobody is told: it would come back, too (S23)."""
    target = workflow.statuses.get(workflow.unreachable)
    if target is None or target is status or not status.open:
        return keep(ticket, status, verdict, workflow)
    because = f'every address of the client returns our mail for good: "{status.name}" moves to "{target.name}"'
    return enter(ticket, target, now, (because,))


def away(
    ticket: Ticket, status: Status, verdict: Verdict, workflow: Workflow, now: datetime, sender: Address | None
) -> Decision:
    """An out-of-office note: the timer stands until the one whom the ticket waits for is back."""
    back = back_on(verdict.return_date, now, workflow.zone)
    awaited = status.ball is Ball.CLIENT and sender is not None and sender.key == ticket.requester.key
    if back is None or not awaited:
        return keep(ticket, status, verdict, workflow)
    until = max(back, ticket.paused_until or back)
    because = f'the client is away: "{status.name}" stays, and its timer stands until {shown(until, workflow.zone)}'
    told = (because, verdict.said) if verdict.said else (because,)
    return replace(stay(ticket, workflow, told), paused_until=until, due_at=held_up(ticket, status, until, now))
