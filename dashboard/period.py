"""Period: the days that a report is about, the days that it is compared with, and the steps of a chart. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

A_DAY = timedelta(days=1)
MOST_DAYS = 366  # of dates that somebody gives
EARLIEST = date(1980, 1, 1)
BY_DAY, BY_WEEK = 31, 92  # days at most, for a chart of days, and of weeks; else of months


class Length(StrEnum):
    """Which period around a day."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    DATES = "dates"


@dataclass(frozen=True, slots=True)
class Days:
    """From the first to the last; both are in it."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        if self.first == self.last:
            return f"{self.first.day} {self.first:%B} {self.first.year}"
        first = str(self.first.day)
        if self.first.year != self.last.year:
            first = f"{first} {self.first:%B} {self.first.year}"
        elif self.first.month != self.last.month:
            first = f"{first} {self.first:%B}"
        return f"{first} to {self.last.day} {self.last:%B} {self.last.year}"


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a report, as far as they have come; the same number of days before; and where a step back and on would lead."""

    length: Length
    days: Days
    before: Days
    back: date
    on: date | None  # None where that lies ahead
    instead: str = ""  # why it is about other days than were asked for, for people; "" where it is not


def around(length: Length, day: date, today: date) -> Period:
    """The week, month or quarter of a day."""
    whole = _whole(length, max(min(day, today), EARLIEST))
    earlier = _whole(length, whole.first - A_DAY)
    days = Days(whole.first, min(whole.last, today))
    # A month that is under way stands beside as many days of the one before.
    before = (
        Days(earlier.first, min(earlier.first + (days.last - days.first), earlier.last))
        if today < whole.last
        else earlier
    )
    ahead = whole.last + A_DAY
    instead = "" if day in whole else _instead(f"the {length} of {Days(day, day)}", Days(day, day), days, today)
    return Period(length, days, before, earlier.first, ahead if ahead <= today else None, instead)


def between(first: date, last: date, today: date) -> Period:
    """Any dates, in whatever order, at most MOST_DAYS of them; the last ones, where they are more."""
    asked = Days(min(first, last), max(first, last))
    last = max(min(asked.last, today), EARLIEST)
    days = Days(max(min(asked.first, last), last - (MOST_DAYS - 1) * A_DAY, EARLIEST), last)
    before = Days(days.first - len(days) * A_DAY, days.first - A_DAY)
    instead = "" if days == asked else _instead(str(asked), asked, days, today)
    return Period(Length.DATES, days, before, before.first, None, instead)


def _instead(named: str, asked: Days, shown: Days, today: date) -> str:
    """What was asked for, why it is not shown, and what is."""
    reasons = [
        reason
        for holds, reason in (
            (asked.last > today, "nothing has happened after today"),
            (shown.first > max(min(asked.first, today), EARLIEST), "a year is the most that is shown at once"),
            (asked.first < EARLIEST and shown.first <= EARLIEST, f"nothing is older than {EARLIEST.year}"),
        )
        if holds
    ]
    return f"You asked for {named}, but {' and '.join(reasons)}: this is {shown}."


def steps(days: Days) -> list[Days]:
    """The days, weeks or months of a chart; the outer ones may be cut off."""
    found, first = [], days.first
    while first <= days.last:
        last = first
        if len(days) > BY_DAY:
            last = _whole(Length.WEEK if len(days) <= BY_WEEK else Length.MONTH, first).last
        found.append(Days(first, min(last, days.last)))
        first = found[-1].last + A_DAY
    return found


def _whole(length: Length, day: date) -> Days:
    if length is Length.WEEK:
        monday = day - day.weekday() * A_DAY
        return Days(monday, monday + 6 * A_DAY)
    first = day.month if length is Length.MONTH else day.month - (day.month - 1) % 3
    last = first if length is Length.MONTH else first + 2
    return Days(date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1]))
