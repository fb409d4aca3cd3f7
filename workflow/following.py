"""What follows when a tracker says how an issue stands to which a ticket is linked: the workflow's file says it. Pure look-up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from workflow.change import enter, refuse, stay, tell_client
from workflow.decision import Decision, Ticket
from workflow.machine import Ball, Workflow
from workflow.meet import arranged


def follow(
    ticket: Ticket, said: str, state: str, workflow: Workflow, now: datetime, others: Mapping[str, str]
) -> Decision:
    """The status that the state leads to. `refused` says why it leads nowhere from here; then the ticket stays.

    `said` are the words for the state's part in the reasons, such as `linked issue ENG-12 is "started"`; `others` are the
    states of the ticket's other issues, by their keys.
    """
    if state in workflow.linked and (still := _farthest(state, workflow, others)):
        said, state = f'{said}, while {still} is "{others[still]}"', others[still]
    status, lead = workflow.statuses.get(ticket.status), workflow.linked.get(state)
    if status is None:
        reason = f'{said}, but its status "{ticket.status}" is none of the workflow: it stays'
        return refuse(ticket, workflow, reason)
    if lead is None:
        return refuse(ticket, workflow, f'{said}, a state that [linked] does not name: "{status.name}" stays')
    target = workflow.statuses[lead.to]
    if target is status:
        return stay(ticket, workflow, (f'{said}: "{status.name}" stays',))
    if status.key not in lead.from_:
        why = f'"{target.name}" cannot follow "{status.name}"' if status.open else f'"{status.name}" is closed'
        return refuse(ticket, workflow, f"{said}, but {why}: it stays")
    untold = (f"the client is not told: {ticket.silent}",) if ticket.silent and target.notify else ()
    because = (f'{said}: "{status.name}" moves to "{target.name}"', *untold)
    moved = replace(enter(ticket, target, now, because), notices=tell_client(target.notify, workflow, ticket))
    return arranged(moved, ticket, workflow, now)


def _farthest(state: str, workflow: Workflow, others: Mapping[str, str]) -> str:
    """The issue whose state counts in place of that one: of those that somebody still works on, the last in the file's order."""
    order = [word for word, lead in workflow.linked.items() if workflow.statuses[lead.to].ball is Ball.THIRD_PARTY]
    working = [key for key, word in others.items() if word in order]
    last = max(working, key=lambda key: order.index(others[key]), default="")
    return last if last and (state not in order or order.index(others[last]) > order.index(state)) else ""
