"""How values look in a mail: dates, spans, numbers, paragraphs, the colours of a status. Never what is said."""

import re
from datetime import datetime, timedelta, tzinfo

ENGLISH = "en"  # what every notice is written in; other languages stand beside it
# A day, the months, the weekdays from Monday, a time of day.
_CALENDARS = {
    ENGLISH: (
        "{weekday} {day} {month} {year}",
        "January February March April May June July August September October November December",
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "at {time} ({zone})",
    ),
    "de": (
        "{weekday}, {day}. {month} {year}",
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
        "um {time} Uhr ({zone})",
    ),
    "fr": (
        "{weekday} {day} {month} {year}",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "à {hour}\u00a0h\u00a0{minute} ({zone})",
    ),
    "es": (
        "{weekday} {day} de {month} de {year}",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "lunes martes miércoles jueves viernes sábado domingo",
        "a las {time} ({zone})",
    ),
}
HEX = re.compile(r"#[0-9a-fA-F]{6}")
PLAIN = "#5f6368"
LIGHT_INK, DARK_INK = "#ffffff", "#111111"
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def day(at: datetime, language: str = ENGLISH) -> str:
    """A day as people write it within a sentence, e.g. Thursday 3 December 2026. `at` is in the team's zone."""
    # Attributes, not format codes: an undefined name then says which it is.
    number = "1er" if (at.day, language) == (1, "fr") else str(at.day)
    form, months, weekdays, _ = _CALENDARS.get(language) or _CALENDARS[ENGLISH]
    month, weekday = months.split()[at.month - 1], weekdays.split()[at.weekday()]
    return form.format(weekday=weekday, day=number, month=month, year=at.year)


def moment(at: datetime, language: str = ENGLISH) -> str:
    """A day with its time and zone; the day alone where only a date was given: its first or last minute."""
    if (at.hour, at.minute) in {(0, 0), (23, 59)}:
        return day(at, language)
    clock = (_CALENDARS.get(language) or _CALENDARS[ENGLISH])[3]
    said = clock.format(hour=at.hour, time=f"{at:%H:%M}", minute=f"{at:%M}", zone=f"{at:%Z}")
    return f"{day(at, language)} {said}"


def short(at: datetime, now: datetime | None = None) -> str:
    """A moment that is near: without its zone, and without its year, unless that is another than now's."""
    year = f" {at.year}" if now and at.year != now.year else ""
    near = f"{at.strftime('%A')} {at.day} {at.strftime('%B')}{year}"
    return near if (at.hour, at.minute) in {(0, 0), (23, 59)} else f"{near} at {at:%H:%M}"


def away(until: datetime | None, now: datetime, zone: tzinfo) -> str:
    """That somebody is away, at most 60 days: "away until 3 December"; "" once they are back."""
    if until is None or until <= now:
        return ""
    back = until.astimezone(zone)
    return f"away until {back.day} {back:%B}"


def span(long: timedelta) -> str:
    """How long, in its largest unit: "3 days"; "0 minutes" for what lies ahead."""
    minutes = max(0, int(long.total_seconds() // 60))
    for size, one in ((1440, "day"), (60, "hour")):
        if minutes >= size:
            return count(minutes // size, one, f"{one}s")
    return count(minutes, "minute", "minutes")


def count(number: int, one: str, many: str) -> str:
    """So many of them: "1 ticket", "2 tickets"."""
    return f"{number} {one if number == 1 else many}"


def paragraphs(text: str) -> list[list[str]]:
    """The paragraphs of a plain text, each as its lines."""
    return [block.split("\n") for block in BLANK_LINES.split(text.strip("\n"))]


def fill(colour: str) -> str:
    """The colour if a style sheet may be trusted with it (#rrggbb), else grey."""
    return colour if HEX.fullmatch(colour) else PLAIN


def ink(colour: str) -> str:
    """White or near-black, whichever stands out more on the colour (WCAG 2.2, contrast ratio)."""
    light = _luminance(fill(colour)) + 0.05
    return LIGHT_INK if 1.05 / light >= light / (_luminance(DARK_INK) + 0.05) else DARK_INK


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
