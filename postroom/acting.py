"""Acting: what a person does to a ticket becomes its change and its mails. One way in for commands, and later for pages and mail."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from classifier.recipients import whose
from outbound.outbox import Queued
from postroom import noticing
from postroom.answering import NOTHING, Answerer, Words
from postroom.app import App
from postroom.forwarding import addressed, handed_over
from postroom.house import House
from postroom.post import Parent
from postroom.sendable import unsendable
from store import holds, identities, leading, people, reports, stands, tickets
from store.chain import chain
from store.database import Transaction
from store.effect import Effect
from store.errors import Moved
from store.holds import Held
from store.identities import same
from workflow.act import (
    Act,
    Assign,
    Choose,
    Note,
    Reopen,
    Reply,
    SetRequester,
    SetStatus,
    Speak,
    TakePart,
    Undo,
    Wait,
    Write,
)
from workflow.after import after
from workflow.decide import decide_action
from workflow.decision import Decision, Notice, Ticket
from workflow.hearing import Tell, heard, shared
from workflow.machine import Ball, Workflow
from workflow.merging import seen_from, unseen

Result = TypeVar("Result")
TRIES = 5  # how often a ticket may change under our hands before we say so


def nothing(_tx: Transaction) -> None:
    """What is written beside most acts."""


class NotPossible(Exception):
    """The act is refused; the message says why, and what would be possible."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Its mails wait until then, so that the deed can be taken back. `typed`: what was asked for."""

    until: datetime
    typed: str


@dataclass(frozen=True, slots=True)
class Done:
    """What followed from an act, and the mails that it was to send."""

    decision: Decision
    outgoing: tuple[Queued, ...]
    workflow: Workflow
    withheld: tuple[str, ...] = ()  # why some of them were not queued
    merged_into: int | None = None  # the ticket that it was done to, where the one that was named leads there


@dataclass(frozen=True, slots=True)
class Planned:
    """What an act would do, and to which ticket."""

    named: Ticket
    ticket: Ticket
    decision: Decision
    outgoing: tuple[Queued, ...]
    cause: str
    at: datetime


def act(
    app: App,
    number: int,
    deed: Act,
    words: Words = NOTHING,
    also: Callable[[Transaction], None] = nothing,
    hold: Hold | None = None,
) -> Done:
    """Does it, and says what followed. Raises NotPossible; then nothing has changed.

    `also` is written in the same transaction; what it raises undoes all of it.
    """
    return settled(f"#{number}", lambda: _act(app, number, deed, words, also, hold))


def settled(what: str, step: Callable[[], Result]) -> Result:
    """What comes of a step that is made again while others change what it is about. Raises NotPossible."""
    for _ in range(TRIES):
        try:
            return step()
        except Moved:
            continue
    raise NotPossible(f"{what} is being changed by others; try again")


def planned(app: App, number: int, deed: Act, words: Words = NOTHING) -> Planned:
    """What it would do now; nothing is written. Raises NotPossible."""
    at = app.now()
    named, ticket, others = family(app, number)
    workflow = app.workflow(ticket.workflow)
    seen = ticket if named is ticket else seen_from(named, ticket)
    decision = addressed(app, decide_action(seen, deed, workflow, at))
    if decision.refused:
        raise NotPossible(decision.refused)
    # Staff's own words are for the one whose number they gave; any other word of a change is for all whose ticket it is.
    told = [seen] if words.text else [seen, *others]
    # The version is that of where it leads: beside the number alone it would come again, and the words of a person with it.
    cause = f"act:{number}:{ticket.version}" if named is ticket else f"act:{number}:{ticket.number}:{ticket.version}"
    outgoing = word(app, told, lambda one: decide_action(one, deed, workflow, at), cause, at, words)
    if decision.assigned_to != ticket.assigned_to:
        stands = after(seen, decision, at)
        outgoing += House(app).to_staff(noticing.of_assignment(app, stands, deed.by), stands, cause, at)
    if words.text and (reason := unsendable(app, outgoing)):
        raise NotPossible(reason)  # a person's words are kept nowhere else
    if named is not ticket:
        if (decision.language, decision.language_set) != (seen.language, seen.language_set):
            raise NotPossible(f"#{number} is merged into #{ticket.number}: unmerge it to change its language")
        decision = unseen(decision, ticket)
    return Planned(named, ticket, decision, outgoing, cause, at)


def _act(
    app: App, number: int, deed: Act, words: Words, also: Callable[[Transaction], None], hold: Hold | None
) -> Done:
    plan = planned(app, number, deed, words)
    ticket, itself = plan.ticket, plan.named is plan.ticket
    workflow, note = app.workflow(ticket.workflow), _note(deed, plan.decision)
    change = changed(ticket, plan.decision, workflow, plan.at, by=deed.by, outgoing=plan.outgoing, note=note)
    withheld = write(app, replace(change, place=None if itself else number), plan.cause, hold, also)
    return Done(plan.decision, plan.outgoing, workflow, withheld, None if itself else ticket.number)


def write(
    app: App, change: Effect, cause: str, hold: Hold | None, also: Callable[[Transaction], None] = nothing
) -> tuple[str, ...]:
    """Writes what a person does to a ticket that there is, and how it is taken back; why some of its mails are withheld. `cause` is theirs."""
    number, version, place = change.ticket or 0, change.version or 0, change.conversation or 0
    hold = hold if change.outgoing else None
    if hold:
        change = replace(change, outgoing=tuple(replace(one, after=hold.until) for one in change.outgoing))
    with app.database.write() as tx:
        also(tx)
        was = stands.state(tx, number, whole=True) if hold else {}
        tickets.apply(tx, change, app.limits)
        if hold:
            by = change.by.lower()
            holds.keep(tx, Held(cause, number, place, by, hold.until, version, version + 1, hold.typed), was)
        return reports.withheld(tx, place, change.at)


def family(app: App, number: int) -> tuple[Ticket, Ticket, list[Ticket]]:
    """The ticket of that number, the one that it leads to, and that one as all others see it that lead there."""
    with app.database.read() as tx:
        named = tickets.ticket(tx, number)
        if named is None:
            raise NotPossible(f"there is no ticket #{number}")
        ticket = named if named.merged_into is None else tickets.ticket(tx, leading.leads_to(tx, number)) or named
        others = [seen_from(one, ticket) for one in leading.leading_to(tx, ticket.number) if one.number != number]
    return named, ticket, others if named is ticket else [ticket, *others]


def word(
    app: App,
    told: Sequence[Ticket],
    decide: Callable[[Ticket], Decision],
    cause: str,
    at: datetime,
    words: Words = NOTHING,
) -> tuple[Queued, ...]:
    """The mails of one change to all whose ticket it is, each in their own conversation, and one to each person."""
    queued: list[Queued] = []
    told_already: set[str] = set()
    for ticket in told:
        decision = decide(ticket)
        with app.database.read() as tx:
            parent = Parent.last(chain(tx, ticket.number))
            notices = hearing(app, tx, ticket, decision)
            if len(told) > 1 or len(notices) > 1:
                notices = list(_unheard(tx, notices, told_already))
        stands = after(ticket, decision, at)
        queued += Answerer(app).written(notices, decision, stands, cause, at, parent, words)
    first = decide(told[0])
    return (*queued, *handed_over(app, first, after(told[0], first, at), cause, at, words))


def hearing(app: App, tx: Transaction, ticket: Ticket, decision: Decision) -> list[Notice]:
    """What goes out of a decision: to the requester, and to the colleagues who take part, none of whom is one of us."""
    tell = Tell(app.config.settings.tell_colleagues)
    if not shared(decision.notices, tell):
        return list(decision.notices)
    others = [one for one in people.colleagues(tx, ticket.number) if not whose(app.config.ours, one.addr)]
    return list(heard(decision.notices, others, tell))


def _unheard(tx: Transaction, notices: Sequence[Notice], told: set[str]) -> Iterator[Notice]:
    """Those to whom no other address of the same person has had one."""
    persons = identities.of(tx, [notice.recipient.key for notice in notices])
    for notice in notices:
        if notice.recipient.key not in told:
            told |= {notice.recipient.key, *same(persons, notice.recipient.key)}
            yield notice


def _note(deed: Act, decision: Decision) -> str:
    """What staff read of it in the conversation; a change of status stands in the history."""
    match deed:
        case SetStatus():
            return deed.note
        case Assign() | Choose() | SetRequester() | Speak() | TakePart() | Wait():
            return decision.because[0]
        case Reply() | Note() | Undo() | Write() | Reopen():
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
