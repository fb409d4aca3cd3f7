"""The decisions that a ticket moves, stays or is parked, each with the ticket's whole state afterwards. It judges nothing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from inbound.message import Address
from workflow.decision import Audience, Decision, Notice, Priority, Ticket
from workflow.machine import Status, Workflow

Because = tuple[str, ...]


def park(reason: str) -> Decision:
    """The mail is read and filed; no ticket hears of it."""
    return Decision(because=(reason,), parked=reason)


def stay(ticket: Ticket, workflow: Workflow, because: Because) -> Decision:
    """The ticket as it is. A date that its status has no timer for is dropped: the workflow has changed."""
    status = workflow.statuses.get(ticket.status)
    timed = status is not None and status.timer is not None
    return Decision(
        because=because,
        status=ticket.status,
        was=ticket.status,
        due_at=ticket.due_at if timed else None,
        reminded=ticket.reminded and timed,
        until=ticket.until if timed else None,
        paused_until=ticket.paused_until if status is not None and status.open else None,
        client_replied=ticket.client_replied,
        silent=ticket.silent,
        priority=ticket.priority,
        assigned_to=ticket.assigned_to,
        language=ticket.language,
        language_set=ticket.language_set,
        meeting=ticket.meeting,
        tags=ticket.tags,
    )


def refuse(ticket: Ticket, workflow: Workflow, reason: str) -> Decision:
    """An act that is not done: the ticket as it is, and why."""
    return replace(stay(ticket, workflow, (reason,)), refused=reason)


def enter(ticket: Ticket, status: Status, now: datetime, because: Because, until: datetime | None = None) -> Decision:
    """The ticket in another status (or in its own, with another date): its timer starts, its marks are gone."""
    return Decision(
        because=because,
        status=status.key,
        was=ticket.status,
        due_at=due(status, now, until),
        until=until if status.timer else None,
        silent=ticket.silent,
        priority=ticket.priority,
        assigned_to=ticket.assigned_to,
        language=ticket.language,
        language_set=ticket.language_set,
        meeting=ticket.meeting,
        tags=ticket.tags,
        forward=status.forward if status.key != ticket.status else "",
    )


def due(status: Status, now: datetime, until: datetime | None = None) -> datetime | None:
    """When the timer of a status that is entered now does the first thing: reminds, where there is time for it, or runs out."""
    timer = status.timer
    end = until or (timer.calendar.after(now, timer.after.days) if timer and timer.after else None)
    if timer is None or end is None:
        return None
    first = timer.calendar.before(end, timer.remind.days) if timer.remind else end
    return first if first > now else end


def is_nobodys(address: Address) -> bool:
    """Whether no mail can ever go there (RFC 2606 §2): so the store writes whom it has forgotten."""
    return f".{address.domain.lower()}".endswith(".invalid")


def tell(name: str, workflow: Workflow, client: Address | None) -> tuple[Notice, ...]:
    """The notice of that name to the client; none where there is no name, or no client with an address."""
    if not name or client is None or not client.addr or is_nobodys(client):
        return ()
    form = workflow.notices[name]
    return (Notice(form.name, workflow.name, form.nature, Audience.CLIENT, client),)


def tell_client(name: str, workflow: Workflow, ticket: Ticket) -> tuple[Notice, ...]:
    """Word of a change that no mail has caused: never to a machine or a list, whatever staff or timers do."""
    return () if ticket.silent else tell(name, workflow, ticket.requester)


def at_least(priority: Priority, least: Priority) -> Priority:
    """The higher of two priorities."""
    order = tuple(Priority)
    return max(priority, least, key=order.index)


def tagged(tags: Iterable[str], tag: str) -> tuple[str, ...]:
    """The tags with one more, each once."""
    return tuple(dict.fromkeys((*tags, tag))) if tag else tuple(tags)
