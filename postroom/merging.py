"""Merging: staff let a ticket lead to another one, or be one of its own again. No client hears of it; who has the target does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from postroom import noticing
from postroom.acting import NotPossible, changed, nothing, settled
from postroom.app import App
from postroom.house import House
from store import leading, tickets
from store.database import Transaction
from store.effect import Effect
from workflow.act import Merge, Unmerge
from workflow.after import after
from workflow.change import stay
from workflow.decision import Ticket
from workflow.machine import Workflow
from workflow.merging import Merged, invited, keep_invited, merge, part, seen_from, waits
from workflow.when import shown


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written, and the target as it was before."""

    effect: Effect
    target: Ticket
    workflow: Workflow
    stands: Ticket  # the one that is merged, or taken out, as its people and ours see it afterwards


def done(
    app: App, number: int, deed: Merge | Unmerge, also: Callable[[Transaction], None] = nothing
) -> tuple[Ticket, Workflow]:
    """Does it; the target as it stands then. Raises NotPossible; then nothing has changed. `also` is as in `act`."""
    return settled(f"#{number}", lambda: _done(app, number, deed, also))


def _done(app: App, number: int, deed: Merge | Unmerge, also: Callable[[Transaction], None]) -> tuple[Ticket, Workflow]:
    made = plan(app, number, deed, app.now(), f"merge:{number}:{app.now().isoformat()}")
    with app.database.write() as tx:
        also(tx)
        tickets.apply(tx, made.effect, app.limits)
        return tickets.ticket(tx, made.target.number) or made.target, made.workflow


def plan(app: App, number: int, deed: Merge | Unmerge, at: datetime, cause: str) -> Plan:
    """What follows, as it is to be applied. Raises NotPossible."""
    match deed:
        case Merge():
            return _merged(app, number, deed, at, cause)
        case Unmerge():
            return _parted(app, number, deed, at)


def _merged(app: App, number: int, deed: Merge, at: datetime, cause: str) -> Plan:
    with app.database.read() as tx:
        ticket, named = tickets.ticket(tx, number), tickets.ticket(tx, deed.into)
        target = tickets.ticket(tx, leading.leads_to(tx, deed.into))
        before = leading.merged(tx, number)
    if ticket is None or named is None or target is None:
        raise NotPossible(f"there is no ticket #{number if ticket is None else deed.into}")
    workflow = app.workflow(target.workflow)
    waiting = waits(ticket, app.workflow(ticket.workflow))
    decision = merge(ticket, target, deed, workflow, at, waiting=waiting, done=before)
    if decision.refused:
        raise NotPossible(decision.refused)
    stands = after(target, decision, at)
    told = House(app).to_staff(noticing.of_merge(app, ticket, stands, deed.by), stands, cause, at)
    effect = changed(target, decision, workflow, at, by=deed.by, outgoing=told)
    return Plan(replace(effect, merges=ticket), target, workflow, seen_from(ticket, stands))


def _parted(app: App, number: int, deed: Unmerge, at: datetime) -> Plan:
    with app.database.read() as tx:
        ticket, before = tickets.ticket(tx, number), leading.merged(tx, number)
        last = leading.last(tx, number)
        target = tickets.ticket(tx, before.into) if before else None
        end = tickets.ticket(tx, leading.leads_to(tx, number))
    if ticket is None:
        raise NotPossible(f"there is no ticket #{number}")
    if target is None or before is None:
        happened = f"; the last that happened to it: {last[0]}, {shown(last[1], app.config.zone)}" if last else ""
        raise NotPossible(f"#{number} is not merged into another ticket{happened}")
    workflow = app.workflow(target.workflow)
    decision = stay(target, workflow, (f"{deed.by} took #{number} out of #{target.number} again",))
    effect = changed(target, decision, workflow, at, by=deed.by, outgoing=())
    effect = replace(effect, parts=ticket)
    left = replace(ticket, version=ticket.version + 1, merged_into=None)  # to take it out is a change of it, too
    then = _left(app, left, end or target, before, deed.by, at)
    return Plan(replace(effect, then=then), target, workflow, after(left, then.decision, at) if then else left)


def _left(app: App, left: Ticket, end: Ticket, before: Merged, by: str, at: datetime) -> Effect | None:
    """What becomes of the ticket that was taken out: its client wrote, or was invited, while it led to `end`; None where neither is so."""
    own = app.workflow(left.workflow)
    decision = part(left, before.into, own, at) if before.wrote else stay(left, own, ())
    meeting = invited(left, end, before, app.workflow(end.workflow), at)
    decision = keep_invited(decision, meeting, own.zone) if meeting else decision
    if not decision.because:
        return None
    note = decision.because[-1] if meeting else ""
    effect = changed(left, decision, own, at, by=by, outgoing=(), note=note)
    return replace(effect, through=None if left.number in before.wrote else next(iter(before.wrote), None))
