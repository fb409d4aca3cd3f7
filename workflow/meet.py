"""What follows for an appointment: from staff, who set or drop it, and from the client's calendar. It moves an appointment, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime

from classifier.verdict import Verdict
from inbound.message import Appointment
from workflow.change import enter, stay, tell_client
from workflow.decision import Decision, Ticket
from workflow.machine import Move, Status, Workflow
from workflow.meeting import Attendance, Meeting
from workflow.when import dated, shown

FIRST_YEAR, LAST_YEAR = 2000, 2999  # beyond them a date is a mistake, and some zones have no such day
_ANSWERS = {
    "ACCEPTED": Attendance.ACCEPTED,
    "TENTATIVE": Attendance.TENTATIVE,
    "DECLINED": Attendance.DECLINED,
}


def offered(ticket: Ticket, status: Status) -> datetime | None:
    """The date of the client's invitation, for staff who accept it without naming a date."""
    meeting = ticket.meeting
    return meeting.at if meeting and meeting.answer is Attendance.OFFERED and status.appointment else None


def arranged(decision: Decision, ticket: Ticket, workflow: Workflow, now: datetime) -> Decision:
    """A decision of staff's with what the client's calendar has to know of it."""
    status, meeting = workflow.statuses[decision.status], ticket.meeting
    if status.appointment and decision.until and decision.notices:
        return replace(decision, meeting=_invited(meeting, decision.until), calls=True)
    if status.appointment or meeting is None or not meeting.stands or meeting.at <= now or not decision.moved:
        return decision
    dropped = replace(meeting, sequence=meeting.sequence + (not meeting.uid), answer=Attendance.CANCELED)
    notices = decision.notices or tell_client(_dropping(workflow), workflow, ticket)
    because = (*decision.because, f"the appointment of {shown(meeting.at, workflow.zone)} is canceled")
    return replace(decision, because=because, meeting=dropped, notices=notices, calls=bool(notices))


def met(
    ticket: Ticket,
    status: Status,
    verdict: Verdict,
    workflow: Workflow,
    now: datetime,
    *,
    invited: bool,
    several: bool = False,
) -> Decision | None:
    """What a calendar's message does; None where it does nothing.

    `invited`: it carries the UID of our own invitation. `several`: other clients, whose tickets were merged into it, may come, too.
    """
    said, meeting = verdict.appointment, ticket.meeting
    if said is None or verdict.sender is None or verdict.sender.key != ticket.requester.key:
        return None
    if said.method == "REQUEST" and not invited:
        return _offer(ticket, said, workflow, now)
    ours = meeting is not None and (invited if not meeting.uid else meeting.uid == said.uid)
    if meeting is None or not ours or said.sequence < meeting.sequence:
        return None
    if said.method == "COUNTER":
        at = _moment(said, workflow)
        proposed = (
            f"the client proposes {shown(at, workflow.zone)} instead" if at else "the client proposes another time"
        )
        return replace(stay(ticket, workflow, (f'{proposed}: "{status.name}" stays',)), client_replied=True)
    answer = Attendance.DECLINED if said.method == "CANCEL" else _ANSWERS.get(said.answer)
    open_ = meeting.stands or (meeting.answer is Attendance.OFFERED and said.method == "CANCEL")
    if said.method not in {"REPLY", "CANCEL"} or answer is None or not open_:
        return None
    answered = replace(meeting, answer=answer)
    return (
        _one_of_several(ticket, status, answer, workflow)
        if several
        else _answered(ticket, status, answered, workflow, now)
    )


def _answered(ticket: Ticket, status: Status, meeting: Meeting, workflow: Workflow, now: datetime) -> Decision:
    """The client comes, perhaps comes, or does not."""
    when = shown(meeting.at, workflow.zone)
    because = f"the client's calendar says {meeting.answer} to the appointment of {when}"
    if meeting.answer is Attendance.DECLINED and status.appointment:
        target = workflow.statuses[status.appointment.to]
        moved = f'"{status.name}" moves to "{target.name}"'
        return replace(enter(ticket, target, now, (f"{because}: {moved}",)), meeting=meeting)
    return replace(stay(ticket, workflow, (f'{because}: "{status.name}" stays',)), meeting=meeting)


def _one_of_several(ticket: Ticket, status: Status, answer: Attendance, workflow: Workflow) -> Decision:
    """One client of several, whose tickets are merged, cannot take the appointment away from the others."""
    told = f'{ticket.requester.addr} says {answer} to the appointment, and others have it, too: "{status.name}" stays'
    declined = answer is Attendance.DECLINED
    return replace(stay(ticket, workflow, (told,)), client_replied=ticket.client_replied or declined)


def _offer(ticket: Ticket, said: Appointment, workflow: Workflow, now: datetime) -> Decision | None:
    """The client invites us, or moves an appointment that we have accepted."""
    at, meeting, status = _moment(said, workflow), ticket.meeting, workflow.statuses[ticket.status]
    if at is None or at <= now or not said.uid:
        return None
    same = meeting is not None and meeting.uid == said.uid
    if meeting is not None and ((meeting.stands and not same) or (same and said.sequence < meeting.sequence)):
        return None
    when = shown(at, workflow.zone)
    if meeting is not None and meeting.stands and status.appointment:
        kept = stay(ticket, workflow, (f'the client moves the appointment to {when}: "{status.name}" stays',))
        moved = replace(meeting, at=at, sequence=said.sequence)
        return replace(kept, meeting=moved, until=at, due_at=at, reminded=False, client_replied=True)
    kept = stay(ticket, workflow, (f'the client invites us for {when}: "{status.name}" stays until staff accept',))
    return replace(kept, meeting=Meeting(at, said.sequence, Attendance.OFFERED, said.uid), client_replied=True)


def _invited(before: Meeting | None, at: datetime) -> Meeting:
    """A new invitation of ours, a new date of it, or the client's own one accepted."""
    if before and before.uid and before.at == at:
        return replace(before, answer=Attendance.ACCEPTED)
    sequence = before.sequence + 1 if before and not before.uid else 0
    return Meeting(at, sequence, Attendance.INVITED)


def _dropping(workflow: Workflow) -> str:
    """The notice of an appointment that staff drop."""
    moves: list[Move] = [status.appointment for status in workflow.statuses.values() if status.appointment]
    return moves[0].client if moves else ""


def _moment(said: Appointment, workflow: Workflow) -> datetime | None:
    """When it begins: a time without a zone is the team's, a day lasts to its end."""
    start = said.start
    if start is None or not FIRST_YEAR <= start.year <= LAST_YEAR:
        return None
    if isinstance(start, datetime):
        return (start if start.tzinfo else start.replace(tzinfo=workflow.zone)).astimezone(UTC)
    status = next((each for each in workflow.statuses.values() if each.appointment), None)
    return dated(start, status, workflow.zone) if status else None
