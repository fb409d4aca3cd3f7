"""moment: the day or the moment that a person means by a date in their own words. Pure; "now" is given."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from classifier.almanac import tongue
from classifier.dates import Mention, mentions
from classifier.days import days
from classifier.sentences import level

POSSIBLE = "write a date such as 2026-12-03, 2026-12-03T14:00, 3 Dec or Friday"
_LANGUAGES = ("en", "de", "fr", "es")
_TIME = re.compile(r"[,\s]*(?:\b(?:at|um|à|a las)\s+)?\b([01]?\d|2[0-3])[:h]([0-5]\d)\s*(?:uhr)?$", re.IGNORECASE)
_BESIDE = re.compile(r"(?:(?:on|until|by|the|am|bis|den|dem|le|el)\b\s*)*")
# Beside a weekday: two days to two people. So is today's name alone.
_NEXT = frozenset({"", "next", "coming", "nachsten", "nachster", "kommenden", "prochain", "proximo"})
_STOP = re.compile(r"(?<=[^\W\d_])\.$")  # of a sentence; "3.12." ends with one of its own
_LONGEST = 60


def moment(text: str, now: datetime, zone: tzinfo) -> datetime | date:
    """A day, or a moment in UTC, meant in `zone` where it names none. Raises ValueError, which says what is possible."""
    said = _STOP.sub("", text.strip()[:_LONGEST])
    found = _iso(said, zone) or _worded(said, now.astimezone(zone).date(), zone)
    try:
        if isinstance(found, datetime):
            return found.astimezone(UTC)
        if found is not None and found.year < date.max.year:
            return found
    except OverflowError:  # the end of the calendar
        pass
    raise ValueError(f'"{said}" {_why(said, now.astimezone(zone).date())}')


def _iso(said: str, zone: tzinfo) -> datetime | date | None:
    try:
        if len(said) <= len("2026-12-03"):
            return date.fromisoformat(said)
        read = datetime.fromisoformat(said)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _worded(said: str, today: date, zone: tzinfo) -> datetime | date | None:
    """A day that is written out, with or without a time of day; None where it may be more than one."""
    clock = _TIME.search(said)
    sentence = level(said[: clock.start()] if clock else said)
    meant, named = set[date](), set[int]()
    for found, beside in _found(sentence):
        if not beside:
            meant |= days(found, today, _order(sentence))
            named |= {found.weekday} - {0}
    if len(meant) != 1 or named - {day.isoweekday() for day in meant}:
        return None
    return datetime.combine(meant.pop(), time(int(clock[1]), int(clock[2])), zone) if clock else meant.pop()


def _found(sentence: str) -> Iterator[tuple[Mention, str]]:
    """The one date of a levelled sentence, as each language reads it, and the words beside it that say more.

    "Next Friday" is two days to two people: no other word may stand beside a date.
    """
    for language in _LANGUAGES:
        found = mentions(sentence, tongue(language))
        if len(found) == 1:
            beside = f"{sentence[: found[0].start]}{sentence[found[0].end :]}"
            yield found[0], "" if _BESIDE.fullmatch(beside) else beside.strip()


def _order(sentence: str) -> str:
    return "day" if "." in sentence else ""  # 3.12.; of 3/12 nobody can tell


def _why(said: str, today: date) -> str:
    """Why nobody can tell it, and what was understood of it."""
    clock = _TIME.search(said)
    sentence = level(said[: clock.start()] if clock else said)
    may_be, passed, named = set[date](), set[date](), set[int]()
    for found, beside in _found(sentence):
        if beside in _NEXT and found.weekday and found.numbers is None:
            first = today + timedelta(days=(found.weekday - today.isoweekday()) % 7)
            may_be |= {first, first + timedelta(days=7)}
        elif not beside:
            may_be |= days(found, today, _order(sentence))
            named |= {found.weekday} - {0}
            passed |= _passed(found, today, _order(sentence))
    if len(may_be) == 2:
        first, second = sorted(may_be)
        return f"may be {_shown(first)} or {_shown(second)}: write {first} or {second}"
    if len(may_be) == 1 and named:
        (day,) = may_be
        return f"names another weekday than {_shown(day)}: write {day}, or the day that you mean"
    if passed and not may_be:
        return f"was {_shown(max(passed))}, which has passed: write a later date, with its year"
    return f"is no date that can be told: {POSSIBLE}"


def _passed(mention: Mention, today: date, order: str) -> set[date]:
    """The days before today that it may mean."""
    numbers = mention.numbers
    if numbers is None:
        return set()
    begin = date(numbers.year or today.year, 1, 1)
    return {day for day in days(mention, begin, order) if day < today}


def _shown(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"
