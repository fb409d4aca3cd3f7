"""EveryDay, Working: how a timer counts its days. Pure; it has no clock, and knows of holidays what it was given.

Wall clocks are added up in the team's zone, moments in UTC, so that an hour that is missing or comes twice is no working day more or less.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

CALENDAR = "calendar"  # the calendar of every day
_DAY = timedelta(days=1)


class Calendar(Protocol):
    """Counts days behind and before a moment. Moments are aware, and come back in UTC."""

    @property
    def name(self) -> str:
        """As a workflow file names it."""

    def after(self, start: datetime, days: int) -> datetime:
        """The moment so many days later; for 0 days the first that counts, from `start` on."""

    def before(self, end: datetime, days: int) -> datetime:
        """The moment so many days earlier."""

    def held(self, due: datetime, since: datetime, back: datetime) -> datetime:
        """When it is due that was due then, now that the days from `since` until `back` do not count."""


@dataclass(frozen=True, slots=True)
class EveryDay:
    """Days of 24 hours, be they holidays, and whatever the clocks do."""

    name: str = CALENDAR

    def after(self, start: datetime, days: int) -> datetime:
        return start.astimezone(UTC) + days * _DAY

    def before(self, end: datetime, days: int) -> datetime:
        return end.astimezone(UTC) - days * _DAY

    def held(self, due: datetime, since: datetime, back: datetime) -> datetime:
        return due.astimezone(UTC) + max(back - since, timedelta())


@dataclass(frozen=True, slots=True)
class Working:
    """Working days of one zone. What begins outside working hours counts from the next; what ends, ends within them.

    `days` are those of `date.weekday`, at least one; `opens` and `closes` are hours from midnight, by the clock on the wall.
    """

    name: str
    zone: tzinfo
    days: frozenset[int] = frozenset(range(5))
    opens: timedelta = timedelta()
    closes: timedelta = _DAY
    holidays: Collection[date] = frozenset()

    def after(self, start: datetime, days: int) -> datetime:
        day, clock = self._wall(start)
        if not self.works(day) or clock >= self.closes:
            day, clock = self._step(day, 1), self.opens
        for _ in range(days):
            day = self._step(day, 1)
        return self._moment(day, max(clock, self.opens))

    def before(self, end: datetime, days: int) -> datetime:
        day, clock = self._wall(end)
        if not self.works(day) or clock < self.opens:
            day, clock = self._step(day, -1), self.closes
        for _ in range(days):
            day = self._step(day, -1)
        return self._moment(day, min(clock, self.closes))

    def held(self, due: datetime, since: datetime, back: datetime) -> datetime:
        """The day of `since` is one of those that do not count; that of `back` counts."""
        first, last = self._wall(since)[0], self._wall(back)[0]
        away = sum(self.works(first + number * _DAY) for number in range((last - first).days))
        return self.after(due, away) if away else due.astimezone(UTC)

    def within(self, start: datetime, end: datetime) -> timedelta:
        """How much working time there is between two moments."""
        day, last = self._wall(start)[0], self._wall(end)[0]
        worked = timedelta()
        while day <= last:
            if self.works(day):
                opens, closes = max(start, self._moment(day, self.opens)), min(end, self._moment(day, self.closes))
                worked += max(closes - opens, timedelta())
            day += _DAY
        return worked

    def works(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays

    def _wall(self, moment: datetime) -> tuple[date, timedelta]:
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return local.date(), local - datetime.combine(local.date(), time.min)

    def _moment(self, day: date, clock: timedelta) -> datetime:
        """Of an hour that comes twice the first; one that is missing is read as if the clocks had not changed yet (PEP 495)."""
        return (datetime.combine(day, time.min) + clock).replace(tzinfo=self.zone).astimezone(UTC)

    def _step(self, day: date, step: int) -> date:
        """The next working day in that direction."""
        day += step * _DAY
        while not self.works(day):
            day += step * _DAY
        return day


EVERY_DAY = EveryDay()
