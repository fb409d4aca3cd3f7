"""moment: the day or the moment that a person means by a date in their own words. Pure; "now" is given."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from classifier.almanac import Tongue, tongue
from classifier.dates import Mention, mentions
from classifier.days import days
from classifier.sentences import level

POSSIBLE = "write a date such as 2026-12-03, 2026-12-03T14:00, 3 Dec or Friday"
_LANGUAGES = ("en", "de", "fr", "es")
_TIME = re.compile(
    r"[,\s]*(?:\b(?:at|um|à|a las?)\s+)?(?<!\d\.)\b(?:"
    r"(?P<hour>[01]?\d|2[0-3])(?:[:h](?P<minute>[0-5]\d)\s*(?:uhr)?|\s*(?:uhr|h))"
    r"|(?P<twelve>0?[1-9]|1[0-2])(?::(?P<past>[0-5]\d))?\s*(?P<half>[ap])\.?m"
    r")$",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"(?:(?:on|until|by|the|am|bis|den|dem|le|el)\b\s*)*")
_TODAY = re.compile(rf"{_BESIDE.pattern}(?:today|heute|aujourd'hui|hoy)")
_EDGES = " ,.()"
# Beside a weekday: two days to two people. So is today's name alone.
_NEXT = frozenset({"", "next", "coming", "nachsten", "nachster", "kommenden", "prochain", "proximo"})
_STOP = re.compile(r"(?<=[^\W\d_])\.$")  # of a sentence; "3.12." ends with one of its own
_LONGEST = 60


def moment(text: str, now: datetime, zone: tzinfo) -> datetime | date:
    """A day, or a moment in UTC, meant in `zone` where it names none. Raises ValueError, which says what is possible."""
    said = _STOP.sub("", text.strip()[:_LONGEST])
    today = now.astimezone(zone).date()
    found = _iso(said, zone) or _worded(said, today, zone)
    try:
        why = _unfit(found, zone) if isinstance(found, datetime) else ""
        if found is not None and not why and found.year < date.max.year:
            return found.astimezone(UTC) if isinstance(found, datetime) else found
    except OverflowError:  # the end of the calendar
        why = ""
    raise ValueError(f'"{said}" {why or _why(said, today)}')


def _unfit(found: datetime, zone: tzinfo) -> str:
    """Why it is no moment that people can be told of; "" if it is."""
    local = found.astimezone(UTC).astimezone(found.tzinfo)
    if local.replace(tzinfo=None) != found.replace(tzinfo=None):
        return f"does not exist, because clocks go forward over it: write {local:%Y-%m-%dT%H:%M}"
    here = found.astimezone(zone)
    if (here.hour, here.minute) == (0, 0):  # which is what a day alone is kept as
        day = here.date()
        return f"is midnight, which would be told as all of {_shown(day)}: write {day} for that day, or {day}T00:01"
    return ""


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
    sentence, clock = _apart(said)
    meant, named = set[date](), set[int]()
    if _TODAY.fullmatch(sentence):
        meant.add(today)
    for found, beside in _readings(sentence):
        if not beside:
            meant |= days(found, today, _order(sentence))
            named |= {found.weekday} - {0}
    if len(meant) != 1 or named - {day.isoweekday() for day in meant}:
        return None
    return meant.pop() if clock is None else datetime.combine(meant.pop(), clock, zone)


def _apart(said: str) -> tuple[str, time | None]:
    """The day, levelled, and the time of day behind it."""
    clock = _TIME.search(said)
    if clock is None:
        return level(said), None
    noon = 12 if (clock["half"] or "").lower() == "p" else 0
    hour = int(clock["hour"]) if clock["hour"] else int(clock["twelve"]) % 12 + noon
    return level(said[: clock.start()]), time(hour, int(clock["minute"] or clock["past"] or 0))


def _readings(sentence: str) -> list[tuple[Mention, str]]:
    """As `_found`; where a word is a month in one language, it is no weekday in another: 8 Mar, Mar 8."""
    found = [*_found(sentence)]
    return [one for one in found if one[0].numbers and one[0].numbers.named and not one[1]] or found


def _found(sentence: str) -> Iterator[tuple[Mention, str]]:
    """The one date of a levelled sentence, as each language reads it, and the words beside it that say more.

    "Next Friday" is two days to two people: no other word may stand beside a date.
    """
    for spoken in map(tongue, _LANGUAGES):
        found = mentions(sentence, spoken) or _shortened(sentence, spoken)
        if len(found) == 1:
            beside = f"{sentence[: found[0].start]}{sentence[found[0].end :]}"
            if found[0].numbers and found[0].weekday:
                beside = spoken.pattern("weekdays").sub("", beside)
            beside = beside.strip(_EDGES)
            yield found[0], "" if _BESIDE.fullmatch(beside) else beside


def _shortened(sentence: str, spoken: Tongue) -> list[Mention]:
    """The weekdays that are shortened, as "Fri", but for what is a month, too: "Mar"."""
    found = [*spoken.pattern("weekdays").finditer(sentence)]
    return [
        Mention(*one.span(), weekday=spoken.number("weekdays", one.group())[0])
        for one in found
        if not any(tongue(each).pattern("months").fullmatch(one.group()) for each in _LANGUAGES)
    ]


def _order(sentence: str) -> str:
    return "day" if "." in sentence else ""  # 3.12.; of 3/12 nobody can tell


def _why(said: str, today: date) -> str:
    """Why nobody can tell it, and what was understood of it."""
    sentence, _ = _apart(said)
    may_be, passed, named = set[date](), set[date](), set[int]()
    for found, beside in _readings(sentence):
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
