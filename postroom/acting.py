"""Acting: what a person does to a ticket becomes its change and its mails. One way in for commands, and later for pages and mail."""

from dataclasses import dataclass
from datetime import datetime

from outbound.outbox import Queued
from postroom import noticing
from postroom.answering import NOTHING, Answerer, Parent, Words
from postroom.app import App
from postroom.sendable import unsendable
from store import reports, tickets
from store.chain import chain
from store.effect import Effect
from store.errors import Moved
from workflow.act import Act, Assign, Note, Reply, SetStatus, Undo
from workflow.after import after
from workflow.decide import decide_action
from workflow.decision import Decision, Ticket
from workflow.machine import Ball, Workflow

TRIES = 5  # how often a ticket may change under our hands before we say so


class NotPossible(Exception):
    """The act is refused; the message says why, and what would be possible."""


@dataclass(frozen=True, slots=True)
class Done:
    """What followed from an act, and the mails that it was to send."""

    decision: Decision
    outgoing: tuple[Queued, ...]
    workflow: Workflow
    withheld: tuple[str, ...] = ()  # why some of them were not queued


def act(app: App, number: int, deed: Act, words: Words = NOTHING) -> Done:
    """Does it, and says what followed. Raises NotPossible; then nothing has changed."""
    for _ in range(TRIES):
        try:
            return _act(app, number, deed, words)
        except Moved:
            continue
    raise NotPossible(f"#{number} is being changed by others; try again")


def _act(app: App, number: int, deed: Act, words: Words) -> Done:
    at = app.now()
    with app.database.read() as tx:
        ticket = tickets.ticket(tx, number)
        parent = Parent.last(chain(tx, number))
    if ticket is None:
        raise NotPossible(f"there is no ticket #{number}")
    workflow = app.workflow(ticket.workflow)
    decision = decide_action(ticket, deed, workflow, at)
    if decision.refused:
        raise NotPossible(decision.refused)
    cause = f"act:{number}:{ticket.version}"
    outgoing = Answerer(app).answers(decision, after(ticket, decision, at), cause, at, parent, words)
    if decision.assigned_to != ticket.assigned_to:
        stands = after(ticket, decision, at)
        outgoing += Answerer(app).to_staff(noticing.of_assignment(app, stands, deed.by), stands, cause, at)
    if words.text and (reason := unsendable(app, outgoing)):
        raise NotPossible(reason)  # a person's words are kept nowhere else
    change = changed(ticket, decision, workflow, at, by=deed.by, outgoing=outgoing, note=_note(deed, decision))
    with app.database.write() as tx:
        tickets.apply(tx, change, app.limits)
        return Done(decision, outgoing, workflow, reports.withheld(tx, number, at))


def _note(deed: Act, decision: Decision) -> str:
    """What staff read of it in the conversation; a change of status stands in the history."""
    match deed:
        case SetStatus():
            return deed.note
        case Assign():
            return decision.because[0]
        case Reply() | Note() | Undo():
            return ""


def changed(
    ticket: Ticket,
    decision: Decision,
    workflow: Workflow,
    at: datetime,
    *,
    by: str,
    outgoing: tuple[Queued, ...],
    note: str = "",
) -> Effect:
    """The effect of a decision that no mail has caused."""
    status = workflow.statuses.get(decision.status)
    return Effect(
        at=at,
        by=by,
        decision=decision,
        ticket=ticket.number,
        version=ticket.version,
        outgoing=outgoing,
        note=note,
        open=status.open if status else True,
        ball_with=status.ball if status else Ball.US,
    )
