"""The counts that the limits ask for, in one indexed query a mail. It decides nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import BigInteger, ColumnElement, ScalarSelect, and_, bindparam, func, or_, select, true, type_coerce

from outbound.outbox import Queued, State
from store.columns import Instant
from store.database import Transaction
from store.limits import Counts, Limits, exempt, organisation
from store.tables import outbox, person, ticket
from workflow.machine import Nature

_HOUR = timedelta(hours=1)
_WINDOWS = {
    "minutes_10": timedelta(minutes=10),
    "minutes_30": timedelta(minutes=30),
    "hour": _HOUR,
    "day": timedelta(days=1),
}
_WEEK = timedelta(days=7)
_KNOWN_AFTER = timedelta(days=1)  # so long ago a client's first ticket was opened, to count as a known client

_of = outbox.c
# What never left counts for nothing.
_COUNTED = and_(_of.state != State.HELD.value, _of.state != State.FAILED_RENDER.value)
_ACK = _of.nature == Nature.ACKNOWLEDGEMENT.value
_AUTOMATIC = or_(_ACK, _of.nature == Nature.AUTOMATIC.value)
_TO_ADDRESS = _of.recipient_key == bindparam("who")
_ON_TICKET = _of.ticket == bindparam("on_ticket")
_TO_ORGANISATION = _of.organisation == bindparam("owner")
_LIMITED = _of.limited == true()


def _since(window: str) -> ColumnElement[bool]:
    return _of.queued_at > bindparam(window, type_=Instant)


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(outbox).where(*where, _COUNTED).scalar_subquery()


_COUNTS = {
    "per_ticket": _count(_ON_TICKET, _ACK),
    "per_address_10_minutes": _count(_TO_ADDRESS, _since("minutes_10"), _ACK),
    "per_address_hour": _count(_TO_ADDRESS, _since("hour"), _ACK),
    "per_address_day": _count(_TO_ADDRESS, _since("day"), _ACK),
    "same_mail_day": _count(_TO_ADDRESS, _since("day"), _ACK, _of.echo == bindparam("echo"), _of.echo != ""),
    "per_domain_hour": _count(_TO_ORGANISATION, _since("hour"), _ACK, _of.organisation != ""),
    "per_domain_day": _count(_TO_ORGANISATION, _since("day"), _ACK, _of.organisation != ""),
    "automatic_per_address_day": _count(_TO_ADDRESS, _since("day"), _AUTOMATIC),
    "automatic_per_ticket_30_minutes": _count(_ON_TICKET, _since("minutes_30"), _AUTOMATIC),
    "global_hour": _count(_LIMITED, _since("hour")),
}
_KNOWN = (
    select(func.count())
    .select_from(person)
    .join(ticket, ticket.c.number == person.c.ticket)
    .where(person.c.key == bindparam("who"), person.c.pending.is_(False), ticket.c.created_at <= bindparam("known"))
    .scalar_subquery()
)
_ALL = select(*(count.label(name) for name, count in _COUNTS.items()), _KNOWN.label("known"))
_HOUR_OF = type_coerce(_of.queued_at, BigInteger) // (_HOUR // timedelta(microseconds=1))
_BUSY_HOURS = select(func.count()).where(_LIMITED, _COUNTED, _of.queued_at > bindparam("since")).group_by(_HOUR_OF)


@dataclass(frozen=True, slots=True)
class Lately:
    """What went out lately, and whether this mail would count in the limit for everybody."""

    counts: Counts
    limited: bool


def count(tx: Transaction, queued: Queued, limits: Limits, now: datetime) -> Lately:
    """What the limits ask about this mail, before it is queued. One query."""
    since = {name: now - window for name, window in _WINDOWS.items()}
    of = {"who": queued.recipient.lower(), "on_ticket": queued.ticket, "echo": queued.echo}
    owner = organisation(queued.recipient)
    row = tx.execute(_ALL, {**since, **of, "owner": owner, "known": now - _KNOWN_AFTER}).one()
    counts = {name: getattr(row, name) for name in _COUNTS}
    free = bool(row.known) or exempt(queued.recipient, limits)
    if free:
        counts["global_hour"] = 0
    return Lately(Counts(**counts), limited=queued.nature is Nature.ACKNOWLEDGEMENT and not free)


def usual_hour(tx: Transaction, now: datetime) -> int:
    """The median of the last 7 days' hours in which anything was acknowledged: nights and weekends are no measure."""
    hours = list(tx.execute(_BUSY_HOURS, {"since": now - _WEEK}).scalars())
    return int(median(hours)) if hours else 0
