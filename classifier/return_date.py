"""Return date: the day on which the writer of an out-of-office note is back. Unsure is None, never a guess.

English and German forms. The mail's own date is the reference for a missing year and for the order of day and month.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from classifier.phrases import fold

_CAP = 2000
_FUTURE = timedelta(days=400)
_NAMES = (
    ("january", "jan", "januar", "jänner"),
    ("february", "feb", "februar"),
    ("march", "mar", "märz", "maerz", "mrz"),
    ("april", "apr"),
    ("may", "mai"),
    ("june", "jun", "juni"),
    ("july", "jul", "juli"),
    ("august", "aug"),
    ("september", "sep", "sept"),
    ("october", "oct", "oktober", "okt"),
    ("november", "nov"),
    ("december", "dec", "dezember", "dez"),
)
_MONTHS = {name: number for number, names in enumerate(_NAMES, start=1) for name in names}
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun|mo|di|mi|do|fr|sa|so|mon|diens|donners|frei|sams|sonn)(?:day|tag)?|mittwoch|sonnabend)?,? ?"
_ARTICLE = r"(?:(?:the|dem|den|zum|on|am) ){0,2}"
_MONTH = rf"(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_DATE = re.compile(
    r"(?P<iso>\b\d{4}-\d\d-\d\d\b)"
    r"|(?P<dots>\b\d{1,2}\. ?\d{1,2}\.(?: ?\d{4}|\d{2}\b)?)"
    r"|(?P<slashes>\b\d{1,2}/\d{1,2}/(?:\d{4}|\d{2})\b)"
    rf"|(?P<day_first>\b\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}\b\.?,?(?: \d{{4}}\b)?)"
    rf"|(?P<month_first>\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}}\b)?)",
)
# The words before a date, and how many days later the writer is back. The first row that finds one date wins.
_CUES = tuple(
    (re.compile(rf"\b(?:{words}) {_ARTICLE}{_WEEKDAY}{_ARTICLE}$"), days)
    for words, days in (
        (
            r"back|back in the office|return|returning|will return|back at work|available again|return to the office|return to work|zurück|wieder ab|wieder",
            0,
        ),
        (r"ab", 0),  # counts only with `wieder` behind it: alone it may be the first day away
        (
            r"until and including|up to and including|bis einschließlich|bis einschliesslich|bis inklusive|through|thru|bis inkl\.",
            1,
        ),
        (r"until|till|til|up to|bis", 0),
        (r"to|-|–", 0),
    )
)
_FROM, _UNTIL, _RANGE = 1, 3, 4  # rows of the table above
_BEFORE = 48  # characters before a date in which its cue stands
_INCLUSIVE = re.compile(r"^ ?[,(]? ?(?:inclusive|included|einschließlich|einschliesslich|inklusive|inkl)")
_BACK_AFTER = re.compile(r"^[^.!?]{0,40}\b(?:wieder|zurück|erreichbar)\b")


def return_date(subject: str, text: str, sent: datetime | None, language: str) -> date | None:
    """The day of return that a note names, or None. `language` is what its phrases were in."""
    if sent is None:
        return None
    found = list(_found(fold(f"{subject} . {text}", _CAP), sent.date(), language))
    best = min((rank for rank, _ in found), default=None)
    days = {day for rank, day in found if rank == best}
    return days.pop() if len(days) == 1 else None


def _found(folded: str, sent: date, language: str) -> Iterator[tuple[int, date | None]]:
    """Every date with the rank of its cue; None where the date cannot be told."""
    for match in _DATE.finditer(folded):
        before = folded[max(0, match.start() - _BEFORE) : match.start()]
        after = folded[match.end() : match.end() + _BEFORE]
        cue = next(((rank, days) for rank, (words, days) in enumerate(_CUES) if words.search(before)), None)
        if cue is None:
            continue
        rank, days = cue
        if (rank == _FROM and not _BACK_AFTER.search(after)) or (rank == _RANGE and not _in_range(before)):
            continue
        day = _read(match, sent, language)
        later = 1 if rank in (_UNTIL, _RANGE) and _INCLUSIVE.search(after) else days
        yield rank, day + timedelta(days=later) if day else None


def _in_range(before: str) -> bool:
    """Whether "to" stands in a range: `from 3 May to`, `vom 3. bis`."""
    return "from " in before or "vom " in before or "between " in before


def _month(text: str) -> int:
    words = re.findall(r"[a-zäö]+", text)
    return next((_MONTHS[word] for word in words if word in _MONTHS), 0)


def _read(match: re.Match[str], sent: date, language: str) -> date | None:
    numbers = [int(number) for number in re.findall(r"\d+", match.group())]
    match match.lastgroup:
        case "iso":
            days = [_day(*numbers)]
        case "dots":
            days = [_of(sent, numbers[1], numbers[0], *numbers[2:])]
        case "slashes":
            orders = (
                [(numbers[1], numbers[0])] if language == "de" else [(numbers[1], numbers[0]), (numbers[0], numbers[1])]
            )
            days = [_of(sent, month, day, numbers[2]) for month, day in orders]
        case _:
            days = [_of(sent, _month(match.group()), *numbers)]
    sane = {day for day in days if day and sent <= day <= sent + _FUTURE}
    return _sooner(sane, sent)


def _sooner(days: set[date], sent: date) -> date | None:
    """The one day; of two readings the one within four months, if the other is not."""
    near = {day for day in days if day <= sent + timedelta(days=120)}
    chosen = days if len(days) == 1 else near
    return chosen.pop() if len(chosen) == 1 else None


def _of(sent: date, month: int, day: int, year: int | None = None) -> date | None:
    if year is not None:
        return _day(year + 2000 if year < 100 else year, month, day)
    this = _day(sent.year, month, day)
    if this is None or this >= sent:
        return this
    following = _day(sent.year + 1, month, day)
    return following if following and following <= sent + timedelta(days=300) else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
