"""consequence: all that one mail brings about, with its outgoing mails in their final bytes. It writes nothing down."""

from dataclasses import replace
from datetime import datetime
from functools import partial

from classifier.verdict import PERSON, Kind
from inbound.message import Address
from outbound.outbox import Queued
from postroom import linking, noticing, uniting
from postroom.acting import changed, family
from postroom.answering import Answerer
from postroom.app import App
from postroom.cases import Judged
from postroom.forwarding import passed_on
from postroom.house import House
from postroom.ordering import KINDS as ORDERS
from postroom.ordering import enclosed, order, too_many
from postroom.post import Parent
from postroom.sent import role
from store.effect import Effect
from store.identities import same
from workflow.addresses import elsewhere, written_from
from workflow.after import after, opened
from workflow.decide import decide
from workflow.decision import Decision, Ticket
from workflow.machine import Ball
from workflow.merging import unseen


def consequence(app: App, case: Judged, number: int, *, silent: bool = False) -> Effect:
    """The effect of a mail that is judged; `number` is a new ticket's. `silent`: no mail of it is to go out."""
    old, seen, verdict = case.ticket, case.seen, case.verdict
    if old is not None and seen is not None and verdict.kind in ORDERS and not verdict.behalf and not verdict.team:
        return _ordered(app, case, old, seen)
    return _decided(app, case, number, silent=silent)


def _decided(app: App, case: Judged, number: int, *, silent: bool) -> Effect:
    mail, message, verdict = case.mail, case.message, case.verdict
    box, at = app.box(mail.account), app.now()
    old, was = case.ticket, case.seen
    client = verdict.behalf or verdict.sender
    addresses = same(case.gathered.persons, client.key) if client else frozenset()
    seen = written_from(was, client, addresses) if was else None
    named = old.workflow if old else box.workflow  # what follows an old ticket is that team's, too
    workflow = app.workflow(named)
    decision = decide(
        seen,
        message,
        verdict,
        workflow,
        at,
        number=number,
        mailbox=box.name,
        role=role(app, mail),
        unreachable=case.gathered.unreachable,
        invited=case.gathered.invited,
        several=old is not None and verdict.kind is Kind.CALENDAR and bool(family(app, old.number)[2]),
    )
    joined = old if old is not None and not decision.opens and not decision.parked else None
    if joined and was is not joined:
        decision = unseen(decision, joined)
    if joined and was and seen:
        decision = _at(case, decision, was, seen)
    requester = verdict.behalf or verdict.sender or message.author or Address("")
    ticket = None
    if decision.opens or (old is None and not decision.parked):
        ticket = opened(decision, number, named, box.name, message.subject, requester, at)
    elif seen is not None and not decision.parked:
        ticket = after(seen, decision, at)
    status = workflow.statuses.get(decision.status)
    return Effect(
        at=at,
        by=_cause(case),
        decision=decision,
        ticket=joined.number if joined else ticket.number if ticket else None,
        version=None if decision.opens or old is None else old.version,
        addresses=addresses if len(addresses) > 1 else frozenset(),
        of_us=_of_us(app, case),
        place=case.gathered.place.number if joined and case.gathered.place else None,
        mail=mail.id,
        message=message,
        verdict=verdict,
        returned=case.gathered.returned,
        duplicate_of=case.gathered.evidence.duplicate_of,
        outgoing=_outgoing(app, case, decision, ticket, at) if ticket and not silent else (),
        open=status.open if status else True,
        ball_with=status.ball if status else Ball.US,
        workflow=named,
        mailbox=box.name,
        subject=message.subject,
        requester=requester,
        report_key=case.gathered.report_key,
        others=case.gathered.others,
    )


def _at(case: Judged, decision: Decision, was: Ticket, seen: Ticket) -> Decision:
    """The same, with where answers to the client go from now on, if that is another address of theirs."""
    if seen is not was and case.verdict.kind in PERSON - ORDERS and not decision.pending:
        return replace(decision, requester=seen.requester)
    if case.gathered.elsewhere and case.verdict.kind is Kind.BOUNCE:
        return elsewhere(decision, was, case.gathered.elsewhere)
    return decision


def _outgoing(app: App, case: Judged, decision: Decision, ticket: Ticket, at: datetime) -> tuple[Queued, ...]:
    """What the client, another team and we get of it. `ticket` is as it stands afterwards."""
    cause = _cause(case)
    parent = Parent.of(case.message, case.read.parsed.echo, opens=decision.opens)
    text = case.read.parsed.reading.new or case.message.text
    return (
        *Answerer(app).answers(decision, ticket, cause, at, parent),
        *passed_on(app, decision, ticket, cause, at, text, partial(enclosed, case)),
        *House(app).to_staff(noticing.of_mail(app, case, decision, ticket), ticket, cause, at),
    )


def _of_us(app: App, case: Judged) -> bool:
    who = case.verdict.sender or case.message.author
    return who is not None and app.member(who.addr) is not None


def _cause(case: Judged) -> str:
    return f"mail:{case.mail.id}"


def _ordered(app: App, case: Judged, ticket: Ticket, seen: Ticket) -> Effect:
    """What a staff member's mail says is to be done."""
    at = app.now()
    refusal = too_many(app, case, at)
    if not refusal and (found := uniting.wanted(case)):
        effect = uniting.unite(app, case, ticket, seen, found, at)
    elif not refusal and linking.wanted(case):
        effect = linking.link(app, case, ticket, seen, at)
    else:
        done = order(app, case, ticket, seen, at, refusal)
        effect = changed(ticket, done.decision, app.workflow(ticket.workflow), at, by=done.by, outgoing=done.outgoing)
    return replace(
        effect,
        place=seen.number if seen.number != effect.ticket else None,
        mail=case.mail.id,
        message=case.message,
        verdict=case.verdict,
        others=case.gathered.others,
    )
