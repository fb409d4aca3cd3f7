"""What follows when staff say who takes part in a ticket: it is done, or refused. Nobody is written to, and the requester stays who they are."""

from dataclasses import replace

from workflow.act import Part, TakePart
from workflow.change import refuse, stay
from workflow.decision import Decision, Ticket
from workflow.machine import Workflow

MOST = 20  # who take part in one ticket: each gets a mail of every answer

_SAID = {Part.ADD: "let {} in", Part.QUIET: "let {} in, who hears nothing of it", Part.REMOVE: "took {} out"}


def take_part(ticket: Ticket, act: TakePart, workflow: Workflow) -> Decision:
    """Whoever is let in, is added, or is taken out."""
    if reason := _impossible(ticket, act):
        return refuse(ticket, workflow, reason)
    said = f"{act.by} {_SAID[act.part].format(act.who.addr)}"
    return replace(stay(ticket, workflow, (said,)), people=((act.part, act.who),))


def _impossible(ticket: Ticket, act: TakePart) -> str:
    who, stands = act.who.addr, act.stands
    if stands and stands.role == "requester":
        return f"{who} is the requester of #{ticket.number}"
    if act.part is Part.REMOVE:
        return "" if stands else f"{who} takes no part in #{ticket.number}"
    there = stands and (stands.takes_part if act.part is Part.ADD else stands.is_quiet)
    if stands and there:
        other = "" if stands.address == act.who.key else f", as {stands.address}"
        quietly = " and hears nothing of it" if act.part is Part.QUIET else ""
        return f"{who} takes part in #{ticket.number} already{other}{quietly}"
    if act.part is Part.QUIET:
        return ""
    return f"{MOST} people take part in #{ticket.number}, and no more can" if act.others >= MOST else ""
