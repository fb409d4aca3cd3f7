"""Merging: staff let a ticket lead to another one, or be one of its own again. No client hears of it."""

from dataclasses import dataclass

from postroom.acting import NotPossible, changed, settled
from postroom.app import App
from store import merging, tickets
from workflow.act import Merge, Unmerge
from workflow.decision import Ticket
from workflow.machine import Workflow
from workflow.merging import merge as decide_merge
from workflow.merging import waits
from workflow.when import shown


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it: the ticket that the other one leads to, or led to, as it stands now."""

    target: Ticket
    workflow: Workflow


def merge(app: App, number: int, deed: Merge) -> Merged:
    """Does it. Raises NotPossible; then nothing has changed."""
    return settled(number, lambda: _merge(app, number, deed))


def unmerge(app: App, number: int, deed: Unmerge) -> Merged:
    """Does it. Raises NotPossible; then nothing has changed."""
    return settled(number, lambda: _unmerge(app, number, deed))


def _merge(app: App, number: int, deed: Merge) -> Merged:
    at = app.now()
    with app.database.read() as tx:
        ticket, named = tickets.ticket(tx, number), tickets.ticket(tx, deed.into)
        target = tickets.ticket(tx, merging.leads_to(tx, deed.into))
        done = merging.merged(tx, number)
    if ticket is None or named is None or target is None:
        raise NotPossible(f"there is no ticket #{number if ticket is None else deed.into}")
    workflow = app.workflow(target.workflow)
    waiting = waits(ticket, app.workflow(ticket.workflow))
    decision = decide_merge(ticket, target, deed, workflow, at, waiting=waiting, done=done)
    if decision.refused:
        raise NotPossible(decision.refused)
    effect = changed(target, decision, workflow, at, by=deed.by, outgoing=())
    with app.database.write() as tx:
        merging.merge(tx, ticket, effect)
    return Merged(_now(app, target), workflow)


def _unmerge(app: App, number: int, deed: Unmerge) -> Merged:
    with app.database.read() as tx:
        ticket, done = tickets.ticket(tx, number), merging.merged(tx, number)
        last = merging.last(tx, number)
        target = tickets.ticket(tx, done.into) if done else None
    if ticket is None:
        raise NotPossible(f"there is no ticket #{number}")
    if target is None:
        happened = f"; the last that happened to it: {last[0]}, {shown(last[1], app.config.zone)}" if last else ""
        raise NotPossible(f"#{number} is not merged into another ticket{happened}")
    with app.database.write() as tx:
        merging.unmerge(tx, ticket, deed.by, app.now(), f"{deed.by} took #{number} out of #{target.number} again")
    return Merged(_now(app, target), app.workflow(target.workflow))


def _now(app: App, target: Ticket) -> Ticket:
    with app.database.read() as tx:
        return tickets.ticket(tx, target.number) or target
