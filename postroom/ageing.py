"""Ageing: tickets whose timer has run out, or whose date has come, move on, or their clients are reminded, as the workflow says."""

from collections.abc import Sequence

from postroom.acting import changed, word
from postroom.app import App
from postroom.forwarding import addressed
from postroom.log import event
from postroom.restoring import Restored
from store import leading, restored, tickets
from store.effect import Effect
from store.errors import Moved
from workflow.decide import decide_overdue
from workflow.decision import Ticket
from workflow.merging import seen_from

BATCH = 100


def age(app: App) -> int:
    """Looks once at every ticket that is due, and moves or reminds; how many changed."""
    until, changes = app.now(), 0
    last: Ticket | None = None
    while True:
        with app.database.read() as tx:
            due = tickets.due(tx, until, BATCH, last)
            since = Restored(restored.point(tx))
        changes += _age(app, due, since)
        if len(due) < BATCH:
            return changes
        last = due[-1]  # those that stay, such as one whose status is gone, keep nobody behind them waiting


def _age(app: App, due: Sequence[Ticket], since: Restored) -> int:
    """All of them in one transaction; where somebody was faster with one, each by itself, and that one not at all."""
    effects = [since.of_timer(effect, ticket) for ticket in due if (effect := _effect(app, ticket))]
    if effects and not _written(app, effects):
        effects = [effect for effect in effects if _written(app, [effect])]
    for effect in effects:
        decision = effect.decision
        happened = "ticket.aged" if decision.moved else "ticket.reminded"
        event(happened, ticket=effect.ticket, was=decision.was, status=decision.status)
    return len(effects)


def _effect(app: App, ticket: Ticket) -> Effect | None:
    at = app.now()
    workflow = app.workflow(ticket.workflow)
    decision = addressed(app, decide_overdue(ticket, workflow, at))
    if not decision.moved and decision.reminded == ticket.reminded:
        return None
    with app.database.read() as tx:
        others = [seen_from(one, ticket) for one in leading.leading_to(tx, ticket.number)]
    cause = f"timer:{ticket.number}:{ticket.version}"
    outgoing = word(app, [ticket, *others], lambda one: decide_overdue(one, workflow, at), cause, at)
    return changed(ticket, decision, workflow, at, by="timer", outgoing=outgoing)


def _written(app: App, effects: Sequence[Effect]) -> bool:
    try:
        with app.database.write() as tx:
            tickets.apply_all(tx, effects, app.limits)
    except Moved:
        return False  # the timer that counts is the new one
    return True
