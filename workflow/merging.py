"""What follows when staff merge a ticket into another; and a merged ticket as its own people see it. Pure; it writes nothing."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from classifier.verdict import Kind, Verdict
from workflow.act import Merge
from workflow.change import at_least, enter, refuse, stay, tagged
from workflow.decision import Decision, Ticket
from workflow.machine import Ball, Event, Workflow
from workflow.meeting import Meeting
from workflow.when import shown

CLIENTS = frozenset({Kind.NEW_TICKET, Kind.CLIENT_REPLY, Kind.ESCALATION})


@dataclass(frozen=True, slots=True)
class Merged:
    """That a ticket was merged: into which one, by whom and when."""

    into: int
    by: str
    at: datetime
    wrote: tuple[
        int, ...
    ] = ()  # on which of the tickets that lead through it, itself among them, a client has written since


def seen_from(own: Ticket, target: Ticket) -> Ticket:
    """The ticket as the people of one that was merged into it know it: their number, subject and requester, its state.

    Nothing that a mail says about a ticket is another client's then (T21).
    """
    return replace(
        target,
        number=own.number,
        subject=own.subject,
        requester=own.requester,
        mailbox=own.mailbox,
        created_at=own.created_at,
        silent=own.silent,
        language=own.language,
        language_set=own.language_set,
    )


def unseen(decision: Decision, target: Ticket) -> Decision:
    """A decision that was made on `seen_from`, as one about the target: what is its own client's stays."""
    return replace(decision, silent=target.silent, language=target.language, language_set=target.language_set)


def merge(
    ticket: Ticket, target: Ticket, act: Merge, workflow: Workflow, now: datetime, *, waiting: bool, done: Merged | None
) -> Decision:
    """What becomes of the target: what the client's mail would have done there. Nobody outside the team is told.

    `target` is where `act.into` leads at last, `workflow` is its own; `waiting`: something is to be done about the ticket by
    us; `done`: what somebody has done with it already.
    """
    reason = _impossible(ticket, target, act.into, done, workflow.zone)
    if reason:
        return refuse(target, workflow, reason)
    said = f"{act.by} merged #{ticket.number} into #{target.number}"
    priority = at_least(target.priority, ticket.priority)
    status = workflow.statuses.get(target.status)
    if status is None or not waiting:
        return replace(stay(target, workflow, (said,)), priority=priority)
    move = status.on.get(Event.CLIENT_REPLY)
    if move and move.to != status.key:
        because = (said, f'it waits for us: "{status.name}" moves to "{workflow.statuses[move.to].name}"')
        return replace(enter(target, workflow.statuses[move.to], now, because), priority=priority)
    if not status.open:
        closed = f'#{target.number} is closed ("{status.name}"), and #{ticket.number} waits for us'
        return refuse(target, workflow, f"{closed}: set one of the two to another status first")
    return replace(stay(target, workflow, (said,)), priority=priority, client_replied=True)


def counts(verdict: Verdict) -> bool:
    """Whether a mail asks something of us: a person's who is in, and more than thanks."""
    return verdict.kind in CLIENTS and not (verdict.pending or verdict.team or verdict.thanks)


def part(ticket: Ticket, into: int, workflow: Workflow, now: datetime) -> Decision:
    """What becomes of a ticket on which its client wrote meanwhile, when it is one of its own again: what that reply does there.

    Nobody is told: each mail was answered when it came.
    """
    wrote = f"its client wrote while it was merged into #{into}"
    status = workflow.statuses.get(ticket.status)
    move = status.on.get(Event.CLIENT_REPLY) if status else None
    if status is None or move is None or move.to == status.key:
        return replace(stay(ticket, workflow, (wrote,)), client_replied=True)
    target = workflow.statuses[move.to]
    said = f'{wrote}: {Event.CLIENT_REPLY} moves "{status.name}" to "{target.name}"'
    return replace(enter(ticket, target, now, (said,)), tags=tagged(ticket.tags, move.tag))


def invited(ticket: Ticket, end: Ticket, merged: Merged, workflow: Workflow, now: datetime) -> Meeting | None:
    """The appointment of the ticket where one led that is taken out again, if its client was invited, too. `workflow` is the former's."""
    status, meeting = workflow.statuses.get(end.status), end.meeting
    if status is None or not status.appointment or meeting is None or end.status_since <= merged.at:
        return None
    ours = meeting.stands and not meeting.uid and meeting.at > now
    return meeting if ours and not (ticket.meeting and ticket.meeting.stands) else None


def keep_invited(decision: Decision, meeting: Meeting, zone: tzinfo) -> Decision:
    """It stays in the client's calendar; the next change of the ticket calls it off, as it would have on the target."""
    said = f"its client has the appointment of {shown(meeting.at, zone)} in their calendar: set it here, or the next change calls it off"
    return replace(decision, meeting=meeting, because=(*decision.because, said))


def waits(ticket: Ticket, workflow: Workflow) -> bool:
    """Whether something is to be done about a ticket by us."""
    status = workflow.statuses.get(ticket.status)
    return status is None or (status.open and status.ball is Ball.US)


def _impossible(ticket: Ticket, target: Ticket, into: int, done: Merged | None, zone: tzinfo) -> str:
    """Why the one cannot be merged into the other; "" if it can."""
    if done:
        on = shown(done.at, zone)
        return f"{done.by} merged #{ticket.number} into #{done.into} on {on}: take it out first, by unmerge"
    if into == ticket.number:
        return f"#{ticket.number} cannot be merged into itself"
    if target.number == ticket.number:
        return f"#{into} is merged into #{ticket.number}, which would lead to itself: unmerge {into} first"
    return ""
