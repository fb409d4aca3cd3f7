"""Observance: when a VTIMEZONE's standard and daylight times begin (RFC 5545 §3.6.5), and the offset that holds at a moment.

Of recurrence rules it reads what zones are made of: each year, in a month, on the nth weekday. It lists no years: one look a rule.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d))?")
_DAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MOST = 100  # RDATEs


@dataclass(slots=True)
class Observance:
    """One STANDARD or DAYLIGHT, filled line by line."""

    start: datetime | None = None  # local, without a zone
    before: timedelta | None = None
    offset: timedelta | None = None
    rule: dict[str, str] = field(default_factory=dict)
    dates: list[datetime] = field(default_factory=list)

    def take(self, name: str, value: str) -> None:
        match name:
            case "DTSTART":
                self.start = _local(value)
            case "TZOFFSETTO":
                self.offset = _offset(value)
            case "TZOFFSETFROM":
                self.before = _offset(value)
            case "RRULE":
                self.rule = {
                    key.upper(): said.upper() for key, _, said in (one.partition("=") for one in value.split(";"))
                }
            case "RDATE" if len(self.dates) < _MOST:
                self.dates += [when for one in value.split(",")[:_MOST] if (when := _local(one))]

    def onset(self, moment: datetime) -> datetime | None:
        """The last time that it began, up to that local moment."""
        if self.start is None or self.start > moment:
            return None
        found = [self.start, *(one for one in self.dates if one <= moment)]
        found += [
            one for year in (moment.year, moment.year - 1) for one in self._in(year) if self.start <= one <= moment
        ]
        return max(found)

    def _in(self, year: int) -> Iterator[datetime]:
        month = self.rule.get("BYMONTH", "")
        day = _DAY.fullmatch(self.rule.get("BYDAY", ""))
        until = _local(self.rule.get("UNTIL", ""))
        if self.start is None or self.rule.get("FREQ") != "YEARLY" or (until and year > until.year):
            return
        number = int(month) if month.isdecimal() and 1 <= int(month[:2]) <= 12 and len(month) <= 2 else self.start.month
        begins = (
            _nth(year, number, day, self.rule.get("BYMONTHDAY", "")) if day else _same(year, number, self.start.day)
        )
        if begins:
            yield datetime.combine(begins, self.start.time())


@dataclass(frozen=True, slots=True)
class Rules:
    """All observances of one zone."""

    observances: tuple[Observance, ...]

    def offset(self, moment: datetime) -> timedelta | None:
        """What the clocks there are ahead of UTC at that local moment; None where the zone does not say."""
        known = [(begins, one) for one in self.observances if one.offset is not None and (begins := one.onset(moment))]
        if known:
            return max(known, key=lambda pair: pair[0])[1].offset
        first = min((one for one in self.observances if one.start), key=lambda one: str(one.start), default=None)
        return first.before if first else None


def _local(value: str) -> datetime | None:
    match = _WHEN.match(value.strip())
    try:
        parts = [int(group) if group else 0 for group in match.groups()] if match else []
        return datetime(*parts) if parts else None  # type: ignore[arg-type]  # noqa: DTZ001  local on purpose
    except ValueError:
        return None


def _offset(value: str) -> timedelta | None:
    match = _OFFSET.fullmatch(value.strip())
    if match is None:
        return None
    ahead = timedelta(hours=int(match[2]) % 24, minutes=int(match[3]))
    return -ahead if match[1] == "-" else ahead


def _nth(year: int, month: int, day: re.Match[str], among: str) -> date | None:
    """The nth weekday of a month, from its end where n is negative; `among`: BYMONTHDAY, as 8,9,10,11,12,13,14."""
    weekday, nth = _DAYS.index(day[2]), int(day[1] or 0)
    numbers = sorted(int(one) for one in among.split(",")[:31] if one.isdecimal() and len(one) <= 2)
    try:
        if nth >= 0:
            first = date(year, month, max(1, numbers[0]) if numbers else 1)
            return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (max(nth, 1) - 1 if not numbers else 0))
        last = (date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1)) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-nth - 1))
    except (ValueError, OverflowError):
        return None


def _same(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
