"""Sample facts: each notice of a workflow as it could be sent, so that a template is tried before a client needs it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbound.message import Address
from outbound.digest import Period, Reader, digest
from outbound.facts import Facts
from outbound.standing import Case, Outage, Some, Standing, Stuck, Tally
from workflow.decision import Audience, Notice, Ticket
from workflow.machine import Nature, Status, Workflow

STAFF = "staff"  # the folder of what staff are told in every workflow
NOTICES = {  # of single tickets, with what each says first
    "new": 'A. Client <client@example.org> opened #1042, now in "Outstanding"',
    "replied": 'A. Client <client@example.org> wrote on #1042, now in "Outstanding"',
    "escalated": 'A. Client <client@example.org> escalated #1042, now in "Outstanding"',
    "assigned": "kim@example.com assigned #1042 to you",
    "done": "Done on #1042:",
    "forwarded": "For sales: request #1042",
}
WRITTEN = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
LATER = WRITTEN + timedelta(days=21)
CLIENT = Address("client@example.org", "A. Client")
PROMISES = {"en": "one working day", "de": "einem Werktag", "fr": "un jour ouvré", "es": "un día laborable"}
SITE = "https://help.example.com"
SENDER = Address("support@example.com", "Support")


def samples(workflow: Workflow) -> Iterator[tuple[Notice, Facts]]:
    """Every notice of the workflow in the statuses that it is sent in, with dates, with a timer alone, without; then what staff are told."""
    for form in workflow.notices.values():
        audience = Audience.STAFF if form.nature is Nature.STAFF else Audience.CLIENT
        notice = Notice(form.name, workflow.name, form.nature, audience, CLIENT)
        offered = workflow.offers.get(form.name, ())
        choices = tuple((choice, f"{SITE}/do/{choice}/l2345") for choice in offered)
        for facts in _facts(workflow, _sent_in(workflow, form.name)):
            page = f"{facts.public_url}/sign-in/l2345" if facts.public_url and audience is Audience.CLIENT else ""
            yield (
                notice,
                replace(facts, choices=choices, page=page, leave=f"{SITE}/do/off-status/l2345" if choices else ""),
            )
    alert = Notice("alert", STAFF, Nature.STAFF, Audience.STAFF, SENDER)
    for facts in _facts(workflow):
        yield alert, facts
        yield alert, replace(facts, ticket=None, status=None)
    link = replace(_one(workflow, next(iter(workflow.statuses.values())), None, None), ticket=None, status=None)
    signing = replace(link, title="Thursday 3 December at 15:45", text="https://help.example.com/sign-in/l2345")
    yield Notice("sign-in", STAFF, Nature.STAFF, Audience.STAFF, SENDER), signing
    clients = replace(link, choices=(("sign_in", f"{SITE}/sign-in/l2345"),))
    yield Notice("sign-in", "client", Nature.STAFF, Audience.CLIENT, CLIENT), clients
    for name, title in NOTICES.items():
        told = Notice(name, STAFF, Nature.STAFF, Audience.STAFF, SENDER)
        for facts in _facts(workflow):
            yield (
                told,
                replace(
                    facts,
                    title=title,
                    answers=CLIENT.addr if facts.author and name != "forwarded" else "",
                    note=facts.ticket is None or facts.ticket.until is None,
                    deeds=(("Merge into #1042", f"{SITE}/do/merge-1042/l2345"),) if facts.author else (),
                    leave=f"{SITE}/do/off-new/l2345" if facts.author else "",
                ),
            )
    for standing in (Standing(), _standing(workflow)):
        period = Period(WRITTEN - timedelta(days=1), WRITTEN, UTC)
        reader = Reader(SENDER.addr, lambda ticket, what: f"{SITE}/do/{what}/l{ticket.number}")
        summary = digest(standing, period, {workflow.name: workflow}, reader=reader)
        facts = replace(_one(workflow, next(iter(workflow.statuses.values())), None, None), ticket=None, status=None)
        for name in ("digest", "week"):
            yield Notice(name, STAFF, Nature.DIGEST, Audience.STAFF, SENDER), replace(facts, summary=summary)


def _standing(workflow: Workflow) -> Standing:
    """A day with something of everything."""
    statuses = iter(workflow.statuses.values())
    cases = [_case(workflow, status, number) for number, status in enumerate(statuses, 1001)]
    stuck = Some((Stuck(17, CLIENT.addr, "", "quarantined", "three tries failed"),), 9)
    return Standing(
        newcomers=Some(tuple(cases[1:2]), 1),
        escalated=Some(tuple(cases[:1]), 1),
        waiting=Some(tuple(cases), len(cases)),
        closing=Some(tuple(case for case in cases if workflow.statuses[case.ticket.status].timer), 2),
        new=Some(tuple(cases), len(cases)),
        thanked=Some(tuple(case for case in cases if not workflow.statuses[case.ticket.status].open)[:3], 3),
        quarantined=stuck,
        failed=stuck,
        held=(("the server takes no such address", 2),),
        outages=(Outage("support", WRITTEN, "the server cannot be reached"),),
        tally=Tally(
            came=3,
            on_tickets=1,
            parked=(("bulk", 1),),
            pending=1,
            answers=2,
            opened=1,
            withheld=(("one is enough", 2),),
        ),
    )


def _case(workflow: Workflow, status: Status, number: int) -> Case:
    ticket = _one(workflow, status, WRITTEN + timedelta(days=1), None).ticket
    assert ticket  # noqa: S101 - `_one` has one
    return Case(replace(ticket, number=number, client_replied=True, assigned_to=SENDER.addr), WRITTEN)


def _sent_in(workflow: Workflow, name: str) -> list[Status]:
    """The statuses that a ticket has when this notice goes out."""
    moves = [*workflow.opens.values(), *(move for status in workflow.statuses.values() for move in status.on.values())]
    timers = [status.timer for status in workflow.statuses.values() if status.timer]
    found = {status.key for status in workflow.statuses.values() if status.notify == name}
    found |= {move.to for move in moves if move.client == name} | {timer.to for timer in timers if timer.client == name}
    found |= {key for key, status in workflow.statuses.items() if status.timer and status.timer.reminder == name}
    return [status for status in workflow.statuses.values() if status.key in found]


def _facts(workflow: Workflow, statuses: Sequence[Status] = ()) -> Iterator[Facts]:
    """In one open and one closed status of these, or of all."""
    each = {status.open: status for status in reversed(statuses or [*workflow.statuses.values()])}
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
        answer_within=PROMISES if until else {},
        title="A mail could not be read",
        lines=(("Mail", "17"), ("Reason", "three tries failed")),
        links=(("plan.pdf", "https://help.example.com/files/sample"),) if until else (),
        public_url=SITE if until else "",
    )
