"""Meanwhile: what others did to a ticket since one of us looked at it, as they are told of it. It changes nothing."""

from collections.abc import Sequence
from datetime import datetime

from outbound.meanwhile import Reader, Trace, others, told
from postroom.app import App
from store import traces
from store.database import Transaction


def meanwhile(app: App, tx: Transaction, person: str, number: int, since: datetime) -> tuple[str, ...]:
    """A clause for each change, also of the ticket where it leads, and of those that lead there."""
    return _said(app, traces.since(tx, number, since), person)


def before(app: App, person: str, number: int, ids: Sequence[str]) -> list[tuple[str, str]]:
    """What others did since the newest of these mails told that person of the ticket, as lines of an answer; nothing where none did."""
    with app.database.read() as tx:
        at = traces.told_at(tx, number, person, ids)
        clauses = _said(app, others(traces.since(tx, number, at), person), person) if at else ()
    return [("Before you", said) for said in clauses]


def _said(app: App, found: Sequence[Trace], person: str) -> tuple[str, ...]:
    names = {one.address.lower(): one.name or one.address for one in app.config.settings.staff}
    statuses = {key: one.name for flow in app.workflows.values() for key, one in flow.statuses.items()}
    now = app.now().astimezone(app.config.zone)
    return told(found, Reader(person, names, statuses, now))
