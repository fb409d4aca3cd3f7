"""Metering: what waits, what failed, and what was last read, as numbers for whoever watches. Few queries, each on an index."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from outbound.outbox import TAKEN_BACK, State
from outbound.standing import Outage, Reconciled
from store import census, events, outages, readings, reconciliations, runners
from store.columns import aside
from store.database import Transaction
from store.events import Waiting
from store.incoming import MailState
from store.lines import Wanted
from store.tables import LIVE, STUCK, mail, outbox

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


@dataclass(frozen=True, slots=True)
class Meter:
    """As it is now. Mailboxes by name; one that was never read, or compared, is missing there."""

    pending: int
    oldest_pending: datetime | None  # when it was kept; of those that are not imported
    quarantined: int
    outgoing: Mapping[State, int]  # all states but `sent`
    oldest_outgoing: datetime | None  # of those that go on by themselves: when it was queued
    runs: int
    outages: Mapping[str, Outage]
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
        outages={one.mailbox: one for one in outages.outages(tx)},
        readings=readings.last(tx),
        reconciled={one.mailbox: one for one in reconciliations.reconciled(tx)},
        webhooks=events.waiting(tx),
    )


def open_tickets(tx: Transaction) -> Mapping[str, int]:
    """How many are open, by whom they wait for."""
    by_ball = Counter[str]()
    for stand, number in census.count(tx, Wanted(open=True)).items():
        by_ball[stand.ball_with] += number
    return by_ball
