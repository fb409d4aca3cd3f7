"""after, opened: the ticket as it stands when a decision has been written down. Pure; it writes nothing."""

from dataclasses import replace
from datetime import datetime

from inbound.message import Address
from workflow.decision import Decision, Ticket


def after(ticket: Ticket, decision: Decision, now: datetime) -> Ticket:
    """A ticket that was there, with all that the decision says of it."""
    return replace(
        ticket,
        requester=decision.requester or ticket.requester,
        status=decision.status,
        status_since=now if decision.moved else ticket.status_since,
        version=ticket.version + 1,
        due_at=decision.due_at,
        reminded=decision.reminded,
        until=decision.until,
        paused_until=decision.paused_until,
        client_replied=decision.client_replied,
        silent=decision.silent,
        priority=decision.priority,
        assigned_to=decision.assigned_to,
        language=decision.language,
        language_set=decision.language_set,
        meeting=decision.meeting,
        tags=decision.tags,
    )


def opened(
    decision: Decision, number: int, workflow: str, mailbox: str, subject: str, requester: Address, now: datetime
) -> Ticket:
    """A new ticket."""
    blank = Ticket(
        number=number,
        workflow=workflow,
        status=decision.status,
        subject=subject,
        requester=requester,
        mailbox=mailbox,
        created_at=now,
        status_since=now,
        version=0,
    )
    return replace(after(blank, decision, now), category=decision.category)
