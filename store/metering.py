"""Metering: what waits, what failed, and what was last read, as numbers for whoever watches. Few queries, each on an index."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, true

from outbound.outbox import TAKEN_BACK, State
from outbound.standing import Reconciled
from store import events, outages, readings, reconciliations, runners
from store.columns import aside
from store.database import Transaction
from store.events import Waiting
from store.incoming import MailState
from store.tables import LIVE, STUCK, mail, outbox, ticket
from workflow.machine import Ball

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
STATES: tuple[State, ...] = tuple(state for state in State if state is not State.SENT)
_PENDING = select(func.count()).where(mail.c.state == MailState.PENDING.value)
# An import waits for hours, and that is well. Counted, too: else PostgreSQL looks for the oldest among all that was kept.
_OLDEST_PENDING = select(func.min(aside(mail.c.kept_at)), func.count()).where(LIVE)
_QUARANTINED = select(func.count()).where(mail.c.state == MailState.QUARANTINED.value)
# Whatever goes on by itself has a time; the others that are told of have an index of their own. What is sent is not counted.
# Summed and not grouped, and later than ever and not just there: else SQLite reads the whole table.
_GOING = select(
    *(func.count().filter(outbox.c.state == state.value).label(state.value) for state in STATES),
    func.min(outbox.c.queued_at).filter(outbox.c.state != State.HELD.value).label("oldest"),
).where(outbox.c.next_at > _EVER)
_RESTING = (
    select(outbox.c.state, func.count().label("number"))
    .where(STUCK, aside(outbox.c.next_at).is_(None), outbox.c.reason != TAKEN_BACK)
    .group_by(outbox.c.state)
)
_OPEN = (
    select(ticket.c.ball_with, func.count().label("number")).where(ticket.c.open == true()).group_by(ticket.c.ball_with)
)
# Merged tickets are few, and have an index of their own, which is why nothing else is asked for.
_MERGED = select(
    *(func.count().filter(ticket.c.open == true(), ticket.c.ball_with == ball.value).label(ball.value) for ball in Ball)
).where(ticket.c.merged_into.is_not(None))


@dataclass(frozen=True, slots=True)
class Meter:
    """As it is now. Mailboxes by name; one that was never read, or compared, is missing there."""

    pending: int
    oldest_pending: datetime | None  # when it was kept; of those that are not imported
    quarantined: int
    outgoing: Mapping[State, int]  # all states but `sent`
    oldest_outgoing: datetime | None  # of those that go on by themselves: when it was queued
    runs: int
    outages: frozenset[str]
    readings: Mapping[str, datetime]
    reconciled: Mapping[str, Reconciled]
    webhooks: Mapping[str, Waiting]


def meter(tx: Transaction) -> Meter:
    going = tx.execute(_GOING).mappings().one()
    resting = {row.state: row.number for row in tx.execute(_RESTING)}
    return Meter(
        pending=tx.execute(_PENDING).scalar_one(),
        oldest_pending=tx.execute(_OLDEST_PENDING).one()[0],
        quarantined=tx.execute(_QUARANTINED).scalar_one(),
        outgoing={state: going[state.value] + resting.get(state.value, 0) for state in STATES},
        oldest_outgoing=going["oldest"],
        runs=len(runners.alive(tx)),
        outages=frozenset(one.mailbox for one in outages.outages(tx)),
        readings=readings.last(tx),
        reconciled={one.mailbox: one for one in reconciliations.reconciled(tx)},
        webhooks=events.waiting(tx),
    )


def open_tickets(tx: Transaction) -> Mapping[str, int]:
    """How many are open, by whom they wait for."""
    merged = tx.execute(_MERGED).mappings().one()
    return {row.ball_with: row.number - merged[row.ball_with] for row in tx.execute(_OPEN)}
