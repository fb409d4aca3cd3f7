"""Tickets that were reopened: the changes of their statuses, by id, with the reasons. It reads, and changes nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.database import Transaction
from store.tables import history, ticket


@dataclass(frozen=True, slots=True)
class Reopened:
    """From which status to which, when and why."""

    ticket: int
    workflow: str
    at: datetime
    was: str
    status: str
    because: tuple[str, ...]


def reopened(tx: Transaction, changes: Collection[int], limit: int) -> Sequence[Reopened]:
    """What these changes were, the newest first."""
    newest = sorted(changes, reverse=True)[:limit]
    columns = (history, ticket.c.workflow)
    asked = select(*columns).join_from(history, ticket).where(history.c.id.in_(newest)).order_by(history.c.id.desc())
    return [Reopened(row.ticket, row.workflow, row.at, row.was, row.status, row.because) for row in tx.execute(asked)]
