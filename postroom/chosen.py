"""Chosen: the links by which a client answers are looked at, and done. What each leads to is the workflow's to say."""

from dataclasses import replace
from datetime import datetime

from dashboard.click import Click, Outcome
from outbound.facts import bare_subject
from outbound.link import Link, is_for, read_link, stands
from postroom.acting import NotPossible, act, family
from postroom.app import App
from store import clicks, identities, leading
from store.database import Transaction
from store.errors import Used
from store.identities import same
from workflow.act import Choose, Reopen
from workflow.choosing import leads_to
from workflow.decision import Ticket
from workflow.machine import NOT_MEANT, Choice, Event, Move, Workflow
from workflow.merging import seen_from

NOBODYS = Click(Outcome.NOBODYS)


def look(app: App, what: str, token: str) -> Click:
    """What a link would do now. Changes nothing."""
    return _looked(app, what, token)[0]


def click(app: App, what: str, token: str) -> Click:
    """Does what a link is for, once."""
    found, ticket, several = _looked(app, what, token)
    if found.outcome is not Outcome.ASKS or ticket is None or found.number is None:
        return found
    by, now = found.by, app.now()
    mistaken = Reopen(by, f'{by} chose "{what}" in a mail of ours', tells=False)
    deed = (
        mistaken if what == NOT_MEANT else Choose(Choice(what), by, ticket.status, ticket.status_since, several=several)
    )

    def also(tx: Transaction) -> None:
        clicks.use(tx, token, now)
        if not leading.stands(tx, ticket):
            raise NotPossible(f"#{ticket.number} has moved on")

    try:
        act(app, found.number, deed, also=also)
    except (Used, NotPossible):
        return look(app, what, token)  # somebody was faster, or clicked twice
    return replace(found, outcome=Outcome.DONE, status=found.to or found.status)


def _looked(app: App, what: str, token: str) -> tuple[Click, Ticket | None, bool]:
    """What it would do now, to which ticket, and whether tickets of others are merged with that one."""
    found = read_link(app.keys, what, token)
    if found is None or found.ticket is None or what not in {*Choice, NOT_MEANT}:
        return NOBODYS, None, False
    try:
        named, leads, others = family(app, found.ticket)
    except NotPossible:
        return NOBODYS, None, False  # the ticket is gone
    ticket = named if named is leads else seen_from(named, leads)
    by = named.requester.addr
    with app.database.read() as tx:
        used, addresses = clicks.used_at(tx, token), same(identities.of(tx, [by]), named.requester.key)
    if not any(is_for(app.keys, found, one) for one in (by, *addresses)):
        return NOBODYS, None, False  # whose ticket it was then
    several = bool(others)
    return _found(app, found, ticket, by, used, several=several), ticket, several


def _found(app: App, found: Link, ticket: Ticket, by: str, used: datetime | None, *, several: bool) -> Click:
    workflow = app.workflow(ticket.workflow)
    status, move = workflow.statuses.get(ticket.status), _move(found.what, ticket, workflow)
    outcome, at = Outcome.ASKS, None
    if used:
        outcome, at = Outcome.USED, used
    elif app.now() > found.expires:
        outcome, at = Outcome.EXPIRED, found.expires
    elif move is None or status is None or not stands(app.keys, found, ticket):
        outcome = Outcome.MOVED
    leads = leads_to(move, status, workflow, several=several) if move and status else None
    return Click(
        outcome,
        found.what,
        ticket.language,
        ticket.number,
        bare_subject(ticket.subject),
        status.name if status else ticket.status,
        leads.name if leads and leads is not status else "",
        by,
        at.astimezone(app.config.zone) if at else None,
    )


def _move(what: str, ticket: Ticket, workflow: Workflow) -> Move | None:
    """Where it leads: what a client did not mean is a reply that we have to read."""
    if what != NOT_MEANT:
        return workflow.choices.get(Choice(what))
    status = workflow.statuses.get(ticket.status)
    return status.on.get(Event.CLIENT_REPLY) if status else None
