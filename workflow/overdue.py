"""What follows when a ticket's timer has run out. Pure look-up; it never waits."""

from dataclasses import replace
from datetime import datetime

from workflow.change import enter, stay, tell_client
from workflow.decision import Decision, Ticket
from workflow.machine import Status, Timer, Workflow
from workflow.when import in_utc, shown


def run_out(ticket: Ticket, workflow: Workflow, now: datetime) -> Decision:
    """The status that the timer leads to; its own timer starts now, however late that is."""
    status = workflow.statuses.get(ticket.status)
    if status is None or status.timer is None or ticket.due_at is None:
        return stay(ticket, workflow, (f'"{status.name if status else ticket.status}" has no timer that runs',))
    if now < in_utc(ticket.due_at):
        return stay(ticket, workflow, (f'"{status.name}" is not due before {shown(ticket.due_at)}',))
    target = workflow.statuses[status.timer.to]
    because = (f'{_over(ticket, status, status.timer)}: timer moves "{status.name}" to "{target.name}"',)
    notices = tell_client(status.timer.client or target.notify, workflow, ticket)
    return replace(enter(ticket, target, now, because), notices=notices)


def _over(ticket: Ticket, status: Status, timer: Timer) -> str:
    if ticket.until is not None or timer.after is None:
        return f"the date {shown(ticket.until or ticket.due_at or ticket.status_since)} has come"
    return f'{timer.after.days} days in "{status.name}" have passed'
