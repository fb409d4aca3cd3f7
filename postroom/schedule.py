"""Schedule: at what time of the team's day something is due. Pure; it has no clock, and does nothing itself."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

WORDS = re.compile(r"(daily|weekdays) ([01]?[0-9]|2[0-3]):([0-5][0-9])")
SATURDAY = 5
EARLIEST = date(2026, 11, 1)  # a clock that shows a day before this program was written is not set yet


@dataclass(frozen=True, slots=True)
class Schedule:
    """Once a day, at a time of the clock on the wall; from Monday to Friday, or on all days."""

    at: time
    weekdays: bool = False

    @classmethod
    def read(cls, text: str) -> "Schedule":
        """`daily 08:00` or `weekdays 08:00`. Raises ValueError with the mend."""
        match = WORDS.fullmatch(text)
        if not match:
            raise ValueError('write "daily 08:00", "weekdays 08:00", or "" for none')
        return cls(time(int(match[2]), int(match[3])), match[1] == "weekdays")

    def day(self, now: datetime, zone: ZoneInfo) -> date | None:
        """Today, in that zone, once its time has come; None before, and on a day that is left out.

        A time that the clocks skip has come when they have been put forward; one that comes twice, the first time.
        """
        today = now.astimezone(zone).date()
        if today < EARLIEST or (self.weekdays and today.weekday() >= SATURDAY):
            return None
        return today if now >= self.moment(today, zone) else None

    def moment(self, day: date, zone: ZoneInfo) -> datetime:
        """When its time comes on that day; in UTC, for two times of one zone are compared by their faces alone."""
        return datetime.combine(day, self.at, zone).astimezone(UTC)
