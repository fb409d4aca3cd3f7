"""Usual words: what the mail of a status says to the client, as a text that staff go on from. It writes nothing."""

from dataclasses import replace
from datetime import datetime

from outbound.render import RenderError
from postroom.acting import NotPossible, family, planned
from postroom.answering import Answerer
from postroom.app import App
from workflow.act import Act
from workflow.after import after
from workflow.change import stay, tell_client
from workflow.decision import Audience, Decision, Ticket
from workflow.merging import seen_from

_SILENT = "that sends the client no mail: what is written here is all that they would hear"


def usual(app: App, number: int, deed: Act) -> str:
    """In the client's language, of the mail that the deed would send them. Raises NotPossible."""
    plan = planned(app, number, deed)
    stands = after(plan.ticket, plan.decision, plan.at)
    return _said(app, plan.decision, plan.named, stands, plan.cause, plan.at)


def usual_here(app: App, number: int) -> str:
    """The same of the status that it has, as if it were entered now. Raises NotPossible."""
    at = app.now()
    named, ticket, _ = family(app, number)
    workflow = app.workflow(ticket.workflow)
    seen = ticket if named is ticket else seen_from(named, ticket)
    status = workflow.statuses.get(ticket.status)
    told = tell_client(status.notify, workflow, seen) if status else ()
    return _said(app, replace(stay(seen, workflow, ()), notices=told), named, seen, f"words:{number}", at)


def _said(app: App, decision: Decision, named: Ticket, stands: Ticket, cause: str, at: datetime) -> str:
    told = (one for one in decision.notices if one.audience is Audience.CLIENT)
    notice = next((one for one in told if one.recipient.key == named.requester.key), None)
    if notice is None:
        raise NotPossible(_SILENT)
    try:
        return Answerer(app).words(notice, decision, stands, cause, at)
    except RenderError as error:
        raise NotPossible(f"its mail cannot be made: {error.reason}") from None
