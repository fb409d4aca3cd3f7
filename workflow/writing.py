"""What follows when a client writes on the page of their ticket: what a reply by mail does. Pure look-up; nothing has to be judged."""

from dataclasses import replace
from datetime import datetime

from classifier.verdict import Kind, Passed, Verdict
from inbound.message import Address
from workflow.act import Write
from workflow.change import refuse, stay
from workflow.decision import Decision, Ticket
from workflow.joining import join, too_late
from workflow.machine import Workflow

PAGE = "written on the page of the ticket"


def write(ticket: Ticket, act: Write, workflow: Workflow, now: datetime) -> Decision:
    """A client's reply. No mail answers it: the page does. Refused where a reply would open another ticket."""
    status = workflow.statuses.get(ticket.status)
    if status is None:
        lost = f'the workflow has no status "{ticket.status}" any more: what the client wrote changes nothing'
        return replace(stay(ticket, workflow, (lost,)), client_replied=True)
    if too_late(ticket, status, workflow, now):
        return refuse(ticket, workflow, f"#{ticket.number} was closed too long ago to be reopened")
    return join(ticket, status, as_reply(act.by, ticket.number), workflow, now)


def as_reply(by: str, number: int) -> Verdict:
    """What a mail with the same words, and nothing to doubt, would be taken for."""
    return Verdict(
        Kind.CLIENT_REPLY,
        (PAGE,),
        no_answer="the page has answered",
        authenticated=Passed.YES,
        authenticity="signed in by a mailed link",
        sender=Address(by),
        ticket=number,
    )
