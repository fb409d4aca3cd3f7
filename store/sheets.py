"""The sheets of days: those of days that are over are kept, so that a year is summed up as fast as a week.

They are made again whenever the team counts in another way, and a day that has none yet is summed up where it is asked for.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from sqlalchemy import ColumnElement, and_, delete, func, insert, not_, select

from outbound.reckoning import Reckoning
from outbound.sheet import Sheet, key
from store.database import Transaction
from store.happened import happened
from store.tables import day_sheet, history

SETTLED = timedelta(hours=1)  # so long after its end a day can be summed up for good: whatever was under way is written
LATE = timedelta(
    days=35
)  # of so many days the sheets are made again once a day: a correction may change what was counted
BY_CLIENT = tuple(key(one, "") for one in ("in client", "out client"))
_A_DAY = timedelta(days=1)
_SUMS = msgspec.json.Decoder(dict[str, int])  # three times as fast as the standard library's
_of = day_sheet.c


def of_days(
    tx: Transaction,
    reckoning: Reckoning,
    first: date,
    last: date,
    now: datetime,
    limit: int,
    clients_since: date,
    make: Callable[[date], Sheet],
) -> tuple[Mapping[date, Sheet], bool]:
    """The sheets from the first day to the last, and whether that is all of them: at most `limit` that are not kept are made.

    What is counted by client is in those since a day alone.
    """
    over = min(last, last_over(reckoning, now))
    found = _kept(tx, reckoning, _of.sums, first, over, now)
    for day, clients in _kept(tx, reckoning, _of.clients, clients_since, over, now).items():
        found[day] |= clients
    begins = _begins(tx, reckoning)
    lacking = [day for day in _days(max(first, begins), last) if day not in found] if begins else []
    return found | {day: make(day) for day in lacking[:limit]}, len(lacking) <= limit


def _kept(
    tx: Transaction, reckoning: Reckoning, what: ColumnElement[str], first: date, last: date, now: datetime
) -> dict[date, dict[str, int]]:
    here = (_of.day >= first.isoformat(), _of.day <= last.isoformat(), *_good(reckoning, now))
    rows = tx.execute(select(_of.day, what.label("sums")).where(*here))
    return {date.fromisoformat(row.day): _SUMS.decode(row.sums) for row in rows}


def due(tx: Transaction, reckoning: Reckoning, now: datetime, limit: int) -> list[date]:
    """Days that are over and have no sheet, and those of late that have had theirs for a day; the newest first."""
    begins, over = _begins(tx, reckoning), last_over(reckoning, now)
    if begins is None:
        return []
    old = and_(_of.day > (over - LATE).isoformat(), _of.made_at <= now - _A_DAY)
    there = set(tx.execute(select(_of.day).where(*_good(reckoning, now), not_(old))).scalars())
    return [day for day in _days(begins, over) if day.isoformat() not in there][:limit]


def last_over(reckoning: Reckoning, now: datetime) -> date:
    """The last day that is over for good."""
    return (now - SETTLED).astimezone(reckoning.zone).date() - _A_DAY


def made(tx: Transaction, reckoning: Reckoning, day: date) -> Sheet:
    since, until = (_midnight(one, reckoning) for one in (day, day + _A_DAY))
    return reckoning.sheet(happened(tx, since, until))


def keep(tx: Transaction, reckoning: Reckoning, day: date, sheet: Sheet, now: datetime) -> None:
    """In place of the one that the day had."""
    clients = {at: number for at, number in sheet.items() if at.startswith(BY_CLIENT)}
    sums = {at: number for at, number in sheet.items() if at not in clients}
    texts = {name: msgspec.json.encode(one).decode() for name, one in (("sums", sums), ("clients", clients))}
    tx.execute(delete(day_sheet).where(_of.day == day.isoformat()))
    row = {"day": day.isoformat(), "made_for": reckoning.made_for, "made_at": now, **texts}
    tx.execute(insert(day_sheet), row)


def forget(tx: Transaction) -> None:
    """All of them: they are made again from what is there now."""
    tx.execute(delete(day_sheet))


def _good(reckoning: Reckoning, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """One that lies ahead was made under a wrong clock, when its day may not have been over."""
    return _of.made_for == reckoning.made_for, _of.made_at <= now


def _begins(tx: Transaction, reckoning: Reckoning) -> date | None:
    """The day of the first change; None where there is none."""
    at = tx.execute(select(func.min(history.c.at))).scalar()
    return at.astimezone(reckoning.zone).date() if at else None


def _days(first: date, last: date) -> list[date]:
    """The newest first."""
    return [last - number * _A_DAY for number in range((last - first).days + 1)]


def _midnight(day: date, reckoning: Reckoning) -> datetime:
    return datetime.combine(day, time.min, reckoning.zone).astimezone(UTC)
