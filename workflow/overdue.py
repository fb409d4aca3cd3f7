"""What follows when a ticket's timer has something to do: a reminder, or its end. Pure look-up; it never waits."""

from dataclasses import replace
from datetime import datetime, timedelta

from workflow.calendar import EVERY_DAY
from workflow.change import enter, stay, tell_client
from workflow.decision import Decision, Ticket
from workflow.machine import Status, Timer, Workflow
from workflow.when import in_utc, shown


def run_out(ticket: Ticket, workflow: Workflow, now: datetime) -> Decision:
    """The reminder, or the status that the timer leads to; its own timer starts now, however late that is."""
    status = workflow.statuses.get(ticket.status)
    if status is None or status.timer is None or ticket.due_at is None:
        return stay(ticket, workflow, (f'"{status.name if status else ticket.status}" has no timer that runs',))
    if now < in_utc(ticket.due_at):
        return stay(ticket, workflow, (f'"{status.name}" is not due before {shown(ticket.due_at, workflow.zone)}',))
    if status.timer.remind and not ticket.reminded and (ticket.until is None or now < ticket.until):
        return _remind(ticket, status, status.timer, status.timer.remind, workflow, now)
    target = workflow.statuses[status.timer.to]
    because = (f'{_over(ticket, status, status.timer, workflow)}: timer moves "{status.name}" to "{target.name}"',)
    notices = tell_client(status.timer.client or target.notify, workflow, ticket)
    return replace(enter(ticket, target, now, because), notices=notices)


def _remind(
    ticket: Ticket, status: Status, timer: Timer, remind: timedelta, workflow: Workflow, now: datetime
) -> Decision:
    """The ticket stays, and from now on the client has as long as the workflow says, however late the reminder is."""
    end = ticket.until or timer.calendar.after(now, remind.days)
    untold = (f"the client is not reminded: {ticket.silent}",) if ticket.silent else ()
    because = (f'timer reminds the client: "{status.name}" stays until {shown(end, workflow.zone)}', *untold)
    notices = tell_client(timer.reminder, workflow, ticket)
    return replace(stay(ticket, workflow, because), notices=notices, due_at=end, reminded=True)


def _over(ticket: Ticket, status: Status, timer: Timer, workflow: Workflow) -> str:
    if ticket.until is not None or timer.after is None:
        date = ticket.until or ticket.due_at or ticket.status_since
        return f"the date {shown(date, workflow.zone)} has come"
    counted = "" if timer.calendar == EVERY_DAY else f" ({timer.calendar.name})"
    return f'{timer.after.days} days{counted} in "{status.name}" have passed'
