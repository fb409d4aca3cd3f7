"""How values look in a mail: dates, spans, numbers, paragraphs, the colours of a status. Never what is said."""

import re
from datetime import datetime, timedelta

HEX = re.compile(r"#[0-9a-fA-F]{6}")
PLAIN = "#5f6368"
LIGHT_INK, DARK_INK = "#ffffff", "#111111"
BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")


def day(at: datetime) -> str:
    """A day as people write it, e.g. Thursday 3 December 2026. `at` is in the team's zone."""
    # Attributes, not format codes: an undefined name then says which it is.
    return f"{at.strftime('%A')} {at.day} {at.strftime('%B %Y')}"


def moment(at: datetime) -> str:
    """A day with its time and zone; the day alone where only a date was given: its first or last minute."""
    return day(at) if (at.hour, at.minute) in {(0, 0), (23, 59)} else f"{day(at)} at {at:%H:%M} ({at:%Z})"


def short(at: datetime) -> str:
    """A moment that is near: without the year and the zone."""
    near = f"{at.strftime('%A')} {at.day} {at.strftime('%B')}"
    return near if (at.hour, at.minute) in {(0, 0), (23, 59)} else f"{near} at {at:%H:%M}"


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
