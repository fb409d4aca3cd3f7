"""Sample facts: each notice of a workflow as it could be sent, so that a template is tried before a client needs it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbound.message import Address
from outbound.facts import Facts
from workflow.decision import Audience, Notice, Ticket
from workflow.machine import Nature, Status, Workflow

ALERT = ("staff", "alert")
WRITTEN = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
LATER = WRITTEN + timedelta(days=21)
CLIENT = Address("client@example.org", "A. Client")
SENDER = Address("support@example.com", "Support")


def samples(workflow: Workflow) -> Iterator[tuple[Notice, Facts]]:
    """Every notice of the workflow in an open and a closed status, with dates, with a timer alone, without; then the staff's alert."""
    for form in workflow.notices.values():
        audience = Audience.STAFF if form.nature is Nature.STAFF else Audience.CLIENT
        notice = Notice(form.name, workflow.name, form.nature, audience, CLIENT)
        for facts in _facts(workflow):
            yield notice, facts
    alert = Notice(ALERT[1], ALERT[0], Nature.STAFF, Audience.STAFF, SENDER)
    for facts in _facts(workflow):
        yield alert, facts
        yield alert, replace(facts, ticket=None, status=None)


def _facts(workflow: Workflow) -> Iterator[Facts]:
    each = {status.open: status for status in reversed([*workflow.statuses.values()])}
    for status in each.values():
        for due, until in ((None, None), (LATER, LATER), (LATER, None)):
            yield _one(workflow, status, due, until)


def _one(workflow: Workflow, status: Status, due: datetime | None, until: datetime | None) -> Facts:
    ticket = Ticket(
        number=1042,
        workflow=workflow.name,
        status=status.key,
        subject="The page does not open",
        requester=CLIENT,
        mailbox=SENDER.addr,
        created_at=WRITTEN,
        status_since=WRITTEN,
        due_at=due,
        until=until,
    )
    return Facts(
        message_id="<sample@example.com>",
        date=WRITTEN,
        sender=SENDER,
        team="Support",
        zone=UTC,
        ticket=ticket,
        status=status,
        was=status if until else None,
        reopen=workflow.reopen if until else timedelta(),
        reply_to="support+sample@example.com",
        in_reply_to="<question@example.org>",
        text="Please try it once more.",
        author="Kim" if until else "",
        answer_within="one working day" if until else "",
        title="A mail could not be read",
        lines=(("Mail", "17"), ("Reason", "three tries failed")),
    )
