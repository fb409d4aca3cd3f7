"""What follows when a staff member acts on a ticket: it is done, or refused with what is possible. Pure look-up."""

from dataclasses import replace
from datetime import datetime

from workflow.act import Assign, Note, Open, Reply, SetRequester, SetStatus, Speak, TakePart, Undo
from workflow.change import due, enter, is_nobodys, refuse, stay, tell, tell_client
from workflow.decision import Decision, Ticket
from workflow.machine import REPLY, Event, Status, Workflow
from workflow.meet import arranged, offered
from workflow.spelling import meant, quoted
from workflow.taking_part import take_part
from workflow.when import dated, shown


def set_status(ticket: Ticket, act: SetStatus, workflow: Workflow, now: datetime) -> Decision:
    """The status that staff chose, with its date and the notice to the client."""
    status = workflow.named(act.status)
    if status is None:
        return refuse(ticket, workflow, _unknown(act.status, workflow))
    until = dated(act.until, status, workflow.zone) if act.until else offered(ticket, status)
    if act.note and not act.says and status.key == ticket.status and until in {None, ticket.until}:
        return stay(ticket, workflow, (f'{act.by} left a note: "{status.name}" stays',))
    reason = (
        _impossible(ticket, status, workflow, until)
        or _ill_dated(status, until, workflow, now)
        or _untold(ticket, status, act)
    )
    if reason:
        return refuse(ticket, workflow, reason)
    words = tell(REPLY, workflow, ticket.requester) if act.says else ()
    if act.says and not words:
        return refuse(ticket, workflow, _unheard(ticket))
    because = f'{act.by} set "{status.name}"' + (f" until {shown(until, workflow.zone)}" if until else "")
    untold = (f"the client is not told: {ticket.silent}",) if ticket.silent and status.notify and not words else ()
    entered = enter(ticket, status, now, (because, *untold), until)
    told = replace(entered, notices=words or tell_client(status.notify, workflow, ticket))
    return arranged(told, ticket, workflow, now)


def reply(ticket: Ticket, act: Reply, workflow: Workflow, now: datetime) -> Decision:
    """A staff member's own words to the client; the status follows the table."""
    status = workflow.statuses.get(ticket.status)
    if status is None:
        lost = f'#{ticket.number} has the status "{ticket.status}", which its workflow does not have any more'
        return refuse(ticket, workflow, f"{lost}: set another first")
    move, notices = status.on.get(Event.STAFF_REPLY), tell(REPLY, workflow, ticket.requester)
    if not notices:
        return refuse(ticket, workflow, _unheard(ticket))
    if move is None or move.to == ticket.status:
        kept = stay(ticket, workflow, (f'{act.by} replied: "{status.name}" stays',))
        return replace(kept, notices=notices, client_replied=False)
    target = workflow.statuses[move.to]
    because = (f'{act.by} replied: {Event.STAFF_REPLY} moves "{status.name}" to "{target.name}"',)
    return replace(enter(ticket, target, now, because), notices=notices)


def mark(ticket: Ticket, act: Note | Assign | SetRequester | Speak | TakePart, workflow: Workflow) -> Decision:
    """What leaves the status as it is."""
    match act:
        case Note():
            return stay(ticket, workflow, (f"{act.by} left a note",))
        case Assign():
            return assign(ticket, act, workflow)
        case SetRequester():
            return set_requester(ticket, act, workflow)
        case Speak():
            return speak(ticket, act, workflow)
        case TakePart():
            return take_part(ticket, act, workflow)


def assign(ticket: Ticket, act: Assign, workflow: Workflow) -> Decision:
    """Whose ticket it is; nobody but the team hears of it, and nothing else changes."""
    if act.to.lower() == ticket.assigned_to.lower():
        return refuse(ticket, workflow, f"#{ticket.number} is assigned to {act.to or 'nobody'} already")
    before = f", before that to {ticket.assigned_to}" if ticket.assigned_to else ""
    because = f"{act.by} assigned it to {act.to or 'nobody'}{before}"
    return replace(stay(ticket, workflow, (because,)), assigned_to=act.to)


def set_requester(ticket: Ticket, act: SetRequester, workflow: Workflow) -> Decision:
    """Whose request it is; nobody hears of it, and nothing else changes. Who was it before stays on the ticket."""
    if act.client.key == ticket.requester.key:
        return refuse(ticket, workflow, f"the requester of #{ticket.number} is {ticket.requester.addr} already")
    before = ticket.requester.addr or "nobody"
    because = f"{act.by} made {act.client.addr} the requester, before that {before}"
    return replace(stay(ticket, workflow, (because,)), requester=act.client)


def speak(ticket: Ticket, act: Speak, workflow: Workflow) -> Decision:
    """The language that staff chose, until they say otherwise."""
    because = f"{act.by} set the language of its mails: {act.language or 'that of its client'}"
    kept = stay(ticket, workflow, (because,))
    return replace(kept, language=act.language or ticket.language, language_set=bool(act.language))


def undo(ticket: Ticket, act: Undo, workflow: Workflow, now: datetime) -> Decision:
    """Back to where it was, whatever the table says of that way. The client has been told of the change, and hears of no other."""
    status = workflow.statuses.get(act.to)
    if status is None:
        return refuse(
            ticket, workflow, f"the newest change of #{ticket.number} is not yours: nothing can be taken back"
        )
    if status.needs_date:
        return refuse(ticket, workflow, f'"{status.name}" has a date: set it again, with its date')
    back = enter(ticket, status, now, (f'{act.by} took it back: "{status.name}" again',))
    return arranged(replace(back, forward=""), ticket, workflow, now)  # the team has had it


def open_for(act: Open, workflow: Workflow, number: int, now: datetime) -> Decision:
    """A ticket whose first mail is ours: as if it stood in the first status, and a staff member replied."""
    first = workflow.statuses[workflow.initial]
    move = first.on.get(Event.STAFF_REPLY)
    status = workflow.statuses[move.to] if move else first
    return Decision(
        because=(f'{act.by} opened #{number} for {act.client.addr} as "{status.name}"',),
        status=status.key,
        opens=True,
        notices=tell(REPLY, workflow, act.client),
        due_at=due(status, now),
    )


def _unheard(ticket: Ticket) -> str:
    if is_nobodys(ticket.requester):
        return f"the client of #{ticket.number} was erased, or forgotten: a reply would reach nobody"
    return f"#{ticket.number} came from nobody who has an address: a reply would reach nobody"


def _unknown(text: str, workflow: Workflow) -> str:
    names = [status.name for status in workflow.statuses.values()]
    close = meant(text, names)
    listed = f"the statuses are {quoted(names)}"
    said = " ".join(text.split())[:80]
    return f'there is no status "{said}"; {close + " " if close else ""}{listed}'


def _impossible(ticket: Ticket, status: Status, workflow: Workflow, until: datetime | None) -> str:
    """Why the ticket cannot go there; "" if it can. A new date for the status that it has is a change, too."""
    here = workflow.statuses.get(ticket.status)
    if here is status:
        return f'#{ticket.number} has the status "{status.name}" already' if until in {None, ticket.until} else ""
    if here is None or status.key in here.moves:
        return ""  # out of a status that the workflow no longer has, staff may go anywhere
    allowed = [each.name for each in workflow.statuses.values() if each.key in here.moves]
    said = f"staff may set {quoted(allowed)}" if allowed else "staff may set none"
    return f'"{status.name}" cannot follow "{here.name}" by hand; from there {said}'


def _untold(ticket: Ticket, status: Status, act: SetStatus) -> str:
    """That the client would not hear why; "" where they do, or where a machine opened the ticket."""
    silent = act.says or ticket.silent or not status.needs_words
    return "" if silent else f'"{status.name}" needs words to the client: say why'


def _ill_dated(status: Status, until: datetime | None, workflow: Workflow, now: datetime) -> str:
    """What is wrong with the date; "" if nothing is."""
    if until is None:
        return f'"{status.name}" needs a date: say until when' if status.needs_date else ""
    if status.timer is None:
        return f'"{status.name}" takes no date: leave it away'
    return f"{shown(until, workflow.zone)} has passed: give a later date" if until <= now else ""
