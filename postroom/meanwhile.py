"""Meanwhile: what others did to a ticket since one of us looked at it, as they are told of it. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from outbound.meanwhile import Reader, Trace, others, told
from postroom.app import App
from store import traces
from store.database import Transaction
from workflow.decision import Ticket


def meanwhile(app: App, tx: Transaction, person: str, ticket: Ticket, since: datetime) -> tuple[str, ...]:
    """A clause for each change, also of tickets that lead there."""
    return _said(app, traces.since(tx, ticket.number, since), person, ticket)


def before(app: App, person: str, ticket: Ticket, ids: Sequence[str]) -> tuple[str, ...]:
    """What others did since the newest of these mails told that person of the ticket; nothing where none did."""
    with app.database.read() as tx:
        at = traces.told_at(tx, ticket.number, person, ids)
        return _said(app, others(traces.since(tx, ticket.number, at), person), person, ticket) if at else ()


def _said(app: App, found: Sequence[Trace], person: str, ticket: Ticket) -> tuple[str, ...]:
    names = {one.address.lower(): one.name or one.address for one in app.config.settings.staff}
    statuses = {key: one.name for key, one in app.workflow(ticket.workflow).statuses.items()}
    now = app.now().astimezone(app.config.zone)
    return told(found, Reader(person, names, statuses, now))
