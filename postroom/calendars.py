"""Calendars: the working days that the configuration names, with the holidays of a country. It counts nothing itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from postroom import clock
from postroom.settings import CalendarSettings
from postroom.source import Source
from workflow.calendar import CALENDAR, Calendar, Working
from workflow.spelling import mend, quoted

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
AHEAD = 12  # years of holidays that are known from last year on: more than the longest timer
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_HOURS = re.compile(r"(\d\d?):([0-5]\d)-(\d\d?):([0-5]\d)")
_PERIOD = re.compile(r"(\d{1,6})(?: ([a-z][a-z0-9_-]{0,39}))?")
_YEARLY = re.compile(r"\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Calendars:
    """Makes them. Everything raises ConfigError."""

    source: Source
    zone: ZoneInfo

    def of(self, given: dict[str, CalendarSettings]) -> dict[str, Calendar]:
        return {name: self.calendar(name, one) for name, one in given.items()}

    def calendar(self, name: str, given: CalendarSettings) -> Working:
        key = f"calendar.{name}"
        if name == CALENDAR or not _NAME.fullmatch(name):
            mending = f'"{CALENDAR}" are all days: ' if name == CALENDAR else ""
            raise self.source.refuse(key, name, f'{mending}name it with small letters, such as "working"')
        try:
            opens, closes = hours(given.hours)
        except ValueError as error:
            raise self.source.refuse(f"{key}.hours", given.hours, str(error)) from None
        return Working(
            name=name,
            zone=self.zone,
            days=frozenset(self.days(key, given.days)),
            opens=opens,
            closes=closes,
            holidays=frozenset([*self.public(key, given), *self.own(key, given.holidays)]),
        )

    def days(self, key: str, given: list[str]) -> Iterator[int]:
        if not given:
            raise self.source.refuse(f"{key}.days", "", f"name at least one of {quoted(WEEK)}")
        for index, text in enumerate(given):
            found = [number for number, day in enumerate(WEEK) if len(text) > 2 and day.startswith(text.lower())]
            if not found:
                raise self.source.refuse(f"{key}.days[{index}]", text, mend(text, WEEK))
            yield found[0]

    def public(self, key: str, given: CalendarSettings) -> Iterator[date]:
        """The public holidays of a country, or of a part of it."""
        if not given.country:
            if given.subdivision:
                raise self.source.missing(f"{key}.country", "add it, or take subdivision away")
            return
        import holidays  # noqa: PLC0415 - only who has a country waits for it

        countries = holidays.list_supported_countries()
        if given.country not in countries:
            mending = 'write the two letters of ISO 3166, such as "US"'
            raise self.source.refuse(f"{key}.country", given.country, mending)
        parts = countries[given.country]
        if given.subdivision and given.subdivision not in parts:
            raise self.source.refuse(f"{key}.subdivision", given.subdivision, mend(given.subdivision, parts))
        yield from holidays.country_holidays(given.country, subdiv=given.subdivision or None, years=_years())

    def own(self, key: str, given: list[str]) -> Iterator[date]:
        for index, text in enumerate(given):
            try:
                yield from days_of(text)
            except ValueError:
                mending = 'write a date such as "2026-12-24", or "12-24" for every year'
                raise self.source.refuse(f"{key}.holidays[{index}]", text, mending) from None


def hours(text: str) -> tuple[timedelta, timedelta]:
    """`09:00-17:00`, from midnight to midnight at most. Raises ValueError with the mend."""
    match = _HOURS.fullmatch(text)
    opens, closes = (
        (timedelta(hours=int(match[at]), minutes=int(match[at + 1])) for at in (1, 3)) if match else (timedelta(),) * 2
    )
    if not opens < closes <= timedelta(days=1):
        raise ValueError('write "09:00-17:00", the earlier time first; "00:00-24:00" is all day')
    return opens, closes


def days_of(text: str) -> Iterator[date]:
    """A day, or one of every year: `2026-12-24`, `12-24`. Raises ValueError."""
    if not _YEARLY.fullmatch(text):
        yield date.fromisoformat(text)
        return
    date.fromisoformat(f"2028-{text}")  # a leap year has them all
    for year in _years():
        if text != "02-29" or year % 4 == 0:
            yield date.fromisoformat(f"{year}-{text}")


def period(given: int | str) -> tuple[int, str]:
    """A number of days, and the calendar by which they are counted: `2 working`; "" for that of the workflow. Raises ValueError."""
    match = _PERIOD.fullmatch(str(given))
    if not match:
        raise ValueError('write a number of days, such as 14, or "10 working" with the name of a calendar')
    return int(match[1]), match[2] or ""


def _years() -> range:
    this = clock.now().year
    return range(this - 1, this - 1 + AHEAD)
