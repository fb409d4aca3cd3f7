"""moment: the day or the moment that a person means by a date in their own words. Pure; "now" is given."""

import re
from datetime import UTC, date, datetime, time, tzinfo

from classifier.almanac import tongue
from classifier.dates import mentions
from classifier.days import days
from classifier.sentences import level

POSSIBLE = "write a date such as 2026-12-03, 2026-12-03T14:00, 3 Dec or Friday"
_LANGUAGES = ("en", "de", "fr", "es")
_TIME = re.compile(r"[,\s]*(?:\b(?:at|um|à|a las)\s+)?\b([01]?\d|2[0-3])[:h]([0-5]\d)\s*(?:uhr)?$", re.IGNORECASE)
_BESIDE = re.compile(r"(?:(?:on|until|by|the|am|bis|den|dem|le|el)\b\s*)*")
_LONGEST = 60


def moment(text: str, now: datetime, zone: tzinfo) -> datetime | date:
    """A day, or a moment in UTC, meant in `zone` where it names none. Raises ValueError, which says what is possible."""
    said = text.strip()[:_LONGEST]
    found = _iso(said, zone) or _worded(said, now.astimezone(zone).date(), zone)
    try:
        if isinstance(found, datetime):
            return found.astimezone(UTC)
        if found is not None and found.year < date.max.year:
            return found
    except OverflowError:  # the end of the calendar
        pass
    raise ValueError(f'"{said}" is no date that can be told: {POSSIBLE}')


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
    order = "day" if "." in sentence else ""  # 3.12.; of 3/12 nobody can tell
    meant: set[date] = set()
    for language in _LANGUAGES:
        found = mentions(sentence, tongue(language))
        # "Next Friday" is two days to two people: no other word may stand beside a date.
        if len(found) == 1 and _BESIDE.fullmatch(f"{sentence[: found[0].start]}{sentence[found[0].end :]}"):
            meant |= days(found[0], today, order)
    if len(meant) != 1:
        return None
    return datetime.combine(meant.pop(), time(int(clock[1]), int(clock[2])), zone) if clock else meant.pop()
