"""The counts that the limits ask for, in one indexed query a mail. It decides nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from statistics import median
from typing import cast

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Label,
    Subquery,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    type_coerce,
)

from outbound.outbox import Queued, State
from store.columns import Instant
from store.database import Transaction
from store.limits import Counts, Limits, exempt, organisation
from store.tables import outbox, person, silence, ticket
from workflow.machine import Nature

_HOUR = timedelta(hours=1)
_WINDOWS = {
    "minutes_10": timedelta(minutes=10),
    "minutes_30": timedelta(minutes=30),
    "hour": _HOUR,
    "day": timedelta(days=1),
}
_WEEK = timedelta(days=7)
_ENOUGH_HOURS = 24
_KNOWN_AFTER = timedelta(days=1)  # so long ago a client's first ticket was opened, to count as a known client

_of = outbox.c


def _is(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    # A constant of ours, written into the SQL: this query runs for every mail, and each parameter costs time.
    return column == literal_column(f"'{word}'")


# What never left counts for nothing.
_COUNTED = not_(or_(_is(_of.state, State.HELD), _is(_of.state, State.FAILED_RENDER)))
_ACK = _is(_of.nature, Nature.ACKNOWLEDGEMENT)
_AUTOMATIC = or_(_ACK, _is(_of.nature, Nature.AUTOMATIC))
_TO_ADDRESS = _of.recipient_key == bindparam("who")
_ON_TICKET = _of.ticket == bindparam("on_ticket")
# These two stand on acknowledgements that count, and on nothing else: their indexes alone answer.
_TO_ORGANISATION = and_(_of.organisation == bindparam("owner"), _of.organisation != literal_column("''"))
_LIMITED = _of.limited == true()
_OLD = select(_of.id).where(_of.cause == bindparam("cause"), _of.notice == bindparam("notice"), _TO_ADDRESS)


def _since(window: str) -> ColumnElement[bool]:
    return _of.queued_at > bindparam(window, type_=Instant)


def _number(name: str, *where: ColumnElement[bool]) -> Label[int]:
    return func.count().filter(*where).label(name)


def _table(*numbers: Label[int], where: tuple[ColumnElement[bool], ...]) -> Subquery:
    return select(*numbers).select_from(outbox).where(*where).subquery()


def _same_echo(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    return and_(column == bindparam(name), column != literal_column("''"))


# Four tables of one row each, side by side: all counts in one query.
_COUNTS = (
    _table(
        _number("per_address_10_minutes", _ACK, _since("minutes_10")),
        _number("per_address_hour", _ACK, _since("hour")),
        _number("per_address_day", _ACK),
        _number("same_mail_day", _ACK, or_(_same_echo(_of.echo, "echo"), _same_echo(_of.echo_text, "echo_text"))),
        _number("automatic_per_address_day", _AUTOMATIC),
        where=(_TO_ADDRESS, _since("day"), _COUNTED),
    ),
    _table(
        # A ticket may be reopened again and again; each time of it is worth a word, at most once a day.
        _number("per_ticket", _ACK, _of.notice == bindparam("notice"), _since("day")),
        _number("automatic_per_ticket_30_minutes", _AUTOMATIC, _since("minutes_30")),
        where=(_ON_TICKET, _COUNTED),
    ),
    _table(
        _number("per_domain_hour", _since("hour")),
        _number("per_domain_day"),
        where=(_TO_ORGANISATION, _since("day")),
    ),
    _table(_number("global_hour"), where=(_LIMITED, _since("hour"))),
)
_KNOWN = (
    select(func.count())
    .select_from(person)
    .join(ticket, ticket.c.number == person.c.ticket)
    .where(person.c.key == bindparam("who"), person.c.pending == false(), ticket.c.created_at <= bindparam("known"))
    .scalar_subquery()
)
_NAMES = tuple(column.name for counts in _COUNTS for column in counts.c)
_SIDE_BY_SIDE = reduce(lambda left, right: left.join(right, true()), _COUNTS[1:], cast("FromClause", _COUNTS[0]))
_SILENT = select(silence.c.until, silence.c.outgoing).where(
    silence.c.address == bindparam("who"), silence.c.until > bindparam("now", type_=Instant)
)
_QUIET = _SILENT.subquery()
_ALL = select(
    *(column for counts in _COUNTS for column in counts.c),
    _OLD.scalar_subquery().label("old"),
    _KNOWN.label("known"),
    _QUIET.c.until,
    _QUIET.c.outgoing,
).select_from(_SIDE_BY_SIDE.outerjoin(_QUIET, true()))
_HOUR_OF = type_coerce(_of.queued_at, BigInteger) // (_HOUR // timedelta(microseconds=1))
_BUSY_HOURS = (
    select(func.count())
    .where(_LIMITED, _of.queued_at > bindparam("since"), _of.queued_at <= bindparam("until"))
    .group_by(_HOUR_OF)
)


@dataclass(frozen=True, slots=True)
class Lately:
    """What went out lately, and what else is known of the recipient."""

    counts: Counts
    limited: bool  # this mail would count in the limit for everybody
    known: bool  # a client from before, or named in the configuration
    old: int | None  # the row that this mail has already
    silent: str = ""  # why nothing goes there by itself


def count(tx: Transaction, queued: Queued, limits: Limits, now: datetime) -> Lately:
    """What the limits ask about this mail, before it is queued. One query."""
    since = {name: now - window for name, window in _WINDOWS.items()}
    of = {"on_ticket": queued.ticket, "echo": queued.echo, "echo_text": queued.echo_text, "now": now}
    owner = organisation(queued.recipient)
    row = tx.execute(_ALL, {**since, **of, **_same(queued), "owner": owner, "known": now - _KNOWN_AFTER}).one()
    counts = {name: getattr(row, name) for name in _NAMES}
    free = bool(row.known) or exempt(queued.recipient, limits)
    if free:
        counts["global_hour"] = 0
    limited = queued.nature is Nature.ACKNOWLEDGEMENT and not free
    said = f"o{row.outgoing} to this address came back for good: silent until {row.until:%Y-%m-%d}" if row.until else ""
    return Lately(Counts(**counts), limited=limited, known=free, old=row.old, silent=said)


def row_of(tx: Transaction, queued: Queued) -> int | None:
    """The row that a mail has already: its cause, notice and recipient are unique."""
    return tx.execute(_OLD, _same(queued)).scalar()


def usual_hour(tx: Transaction, now: datetime) -> int:
    """The median of the last 7 days' hours in which anything was acknowledged: nights and weekends are no measure.

    0 while there are too few: a flood must not become what is usual by itself.
    """
    hours = list(tx.execute(_BUSY_HOURS, {"since": now - _WEEK, "until": now - _HOUR}).scalars())
    return int(median(hours)) if len(hours) >= _ENOUGH_HOURS else 0


def _same(queued: Queued) -> dict[str, object]:
    return {"cause": queued.cause, "notice": queued.notice, "who": queued.recipient.lower()}
