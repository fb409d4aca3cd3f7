"""Days: which day a date means that somebody wrote in a mail, by the mail's own date. More than one where nothing decides, never a guess."""

import re
from datetime import date, timedelta
from itertools import islice

from classifier.dates import Mention, Numbers

FUTURE = timedelta(days=400)
_YEARLESS = timedelta(days=300)  # a day without a year is not so far ahead: it was meant to be over
# Of two readings one within four months is meant, if the other is past nine.
_NEAR, _FAR = timedelta(days=120), timedelta(days=270)
_WRITTEN = re.compile(r"(?<![\d./-])(\d{1,2})([./-])(\d{1,2})(?!\d)")


def days(mention: Mention, sent: date, order: str, start: Mention | None = None) -> frozenset[date]:
    """The sane readings of a date; more than one where nothing decides. With the start of its range, those that fit it."""
    if mention.numbers is None:
        return _relative(mention, sent)
    readings = {
        flip: _of(sent, *_month_day(mention.numbers, flip=flip), mention.numbers.year)
        for flip in _flips(mention.numbers, order)
    }
    sane = {flip: day for flip, day in readings.items() if day and sent <= day <= sent + FUTURE}
    if len(sane) == 2 and start is not None and start.numbers is not None:
        began = {flip: began_on(start, day, flip=flip) for flip, day in sane.items()}
        spans = {flip for flip in sane if (first := began[flip]) and first <= sent}
        sane = {flip: sane[flip] for flip in (spans or sane)}
    found = set(sane.values())
    if len(found) == 2 and mention.weekday:
        found = {day for day in found if day.isoweekday() == mention.weekday} or found
    return frozenset(_sooner(found, sent))


def began_on(start: Mention, end: date, *, flip: bool = False) -> date | None:
    """The day on which a range began that ends then: the last such day before."""
    if start.numbers is None:
        return None
    month, day = _month_day(start.numbers, flip=flip and not start.numbers.named)
    if start.numbers.year:
        return _day(start.numbers.year, month, day)
    return next(
        (first for year in (end.year, end.year - 1) if (first := _day(year, month, day)) and first <= end), None
    )


def _flips(numbers: Numbers, order: str) -> tuple[bool, ...]:
    """Whether the day comes first; named months know."""
    if numbers.named:
        return (False,)
    return {"day": (True,), "month": (False,)}.get(order, (True, False)) if order in {"day", "month"} else (True, False)


def _month_day(numbers: Numbers, *, flip: bool) -> tuple[int, int]:
    return (numbers.second, numbers.first) if flip else (numbers.first, numbers.second)


def _relative(mention: Mention, sent: date) -> frozenset[date]:
    if mention.tomorrow:
        return frozenset({sent + timedelta(days=1)})
    if mention.day:
        months = ((sent.year + (sent.month + plus - 1) // 12, (sent.month + plus - 1) % 12 + 1) for plus in (0, 1, 2))
        coming = (_day(year, month, mention.day) for year, month in months)
        first = set(islice((day for day in coming if day and day >= sent), 1))
        return frozenset(day for day in first if mention.weekday in {0, day.isoweekday()})
    ahead = (mention.weekday - sent.isoweekday()) % 7
    return frozenset({sent + timedelta(days=ahead)} if ahead else ())


def _sooner(found: set[date], sent: date) -> set[date]:
    if len(found) == 2 and min(found) <= sent + _NEAR and max(found) > sent + _FAR:
        return {min(found)}
    return found


def _of(sent: date, month: int, day: int, year: int | None) -> date | None:
    if year is not None:
        return _day(year, month, day)
    this = _day(sent.year, month, day)
    if this is None or this >= sent:
        return this
    following = _day(sent.year + 1, month, day)
    return following if following and following <= sent + _YEARLESS else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def order_shown(text: str) -> str:
    """The order of day and month that some numbers of a text can only have: "day", "month", or "either"."""
    pairs = [(int(m.group(1)), int(m.group(3))) for m in _WRITTEN.finditer(text)]
    day = any(12 < first <= 31 and 1 <= second <= 12 for first, second in pairs)
    month = any(12 < second <= 31 and 1 <= first <= 12 for first, second in pairs)
    return "either" if day == month else "day" if day else "month"
