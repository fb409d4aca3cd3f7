"""Schedule: at what time of the team's day something is due. Pure; it has no clock, and does nothing itself."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAILY = re.compile(r"(daily|weekdays) ([01]?[0-9]|2[0-3]):([0-5][0-9])")
WEEKLY = re.compile(rf"({'|'.join(DAYS)}) ([01]?[0-9]|2[0-3]):([0-5][0-9])")
SATURDAY = 5
EARLIEST = date(2026, 11, 1)  # a clock that shows a day before this program was written is not set yet


@dataclass(frozen=True, slots=True)
class Schedule:
    """At a time of the clock on the wall: once a day, on all days or from Monday to Friday; or once a week."""

    at: time
    weekdays: bool = False
    weekday: int | None = None  # 0 is Monday: once a week

    @classmethod
    def read(cls, text: str) -> "Schedule":
        """`daily 08:00` or `weekdays 08:00`. Raises ValueError with the mend."""
        match = DAILY.fullmatch(text)
        if not match:
            raise ValueError('write "daily 08:00", "weekdays 08:00", or "" for none')
        return cls(time(int(match[2]), int(match[3])), weekdays=match[1] == "weekdays")

    @classmethod
    def read_weekly(cls, text: str) -> "Schedule":
        """`monday 08:00`. Raises ValueError with the mend."""
        match = WEEKLY.fullmatch(text)
        if not match:
            raise ValueError('write a day and a time such as "monday 08:00", or "" for none')
        return cls(time(int(match[2]), int(match[3])), weekday=DAYS.index(match[1]))

    def day(self, now: datetime, zone: ZoneInfo) -> date | None:
        """The day, in that zone, whose time has come: today; of a week, its last such day, so that none is missed.

        None before, and on a day that is left out. A time that the clocks skip has come when they have been put forward;
        one that comes twice, the first time.
        """
        day = now.astimezone(zone).date()
        if self.weekday is not None:
            day -= timedelta(days=(day.weekday() - self.weekday) % 7)
            day -= timedelta(days=0 if now >= self.moment(day, zone) else 7)
        if day < EARLIEST or (self.weekdays and day.weekday() >= SATURDAY):
            return None
        return day if now >= self.moment(day, zone) else None

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """When its time comes on that day; in UTC, for two times of one zone are compared by their faces alone."""
        return datetime.combine(day, self.at, zone).astimezone(UTC)
