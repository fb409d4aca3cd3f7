"""Ageing: tickets whose timer has run out, or whose date has come, move on, or their clients are reminded, as the workflow says."""

from postroom.acting import changed, word
from postroom.app import App
from postroom.log import event
from store import leading, tickets
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
        changes += sum(_age(app, ticket) for ticket in due)
        if len(due) < BATCH:
            return changes
        last = due[-1]  # those that stay, such as one whose status is gone, keep nobody behind them waiting


def _age(app: App, ticket: Ticket) -> bool:
    at = app.now()
    workflow = app.workflow(ticket.workflow)
    decision = decide_overdue(ticket, workflow, at)
    if not decision.moved and decision.reminded == ticket.reminded:
        return False
    with app.database.read() as tx:
        others = [seen_from(one, ticket) for one in leading.leading_to(tx, ticket.number)]
    cause = f"timer:{ticket.number}:{ticket.version}"
    outgoing = word(app, [ticket, *others], lambda one: decide_overdue(one, workflow, at), cause, at)
    try:
        with app.database.write() as tx:
            tickets.apply(tx, changed(ticket, decision, workflow, at, by="timer", outgoing=outgoing), app.limits)
    except Moved:
        return False  # somebody was faster: the timer that counts is the new one
    happened = "ticket.aged" if decision.moved else "ticket.reminded"
    event(happened, ticket=ticket.number, was=decision.was, status=decision.status)
    return True
