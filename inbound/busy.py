"""Busy: whether a server asks to be left alone, and for how long, by its own words. Pure; it never waits.

The codes are those of RFC 5530 §3. Houses say more in words: Exchange Online its backoff in milliseconds, Gmail that there are
too many connections or bytes, Yahoo that a rate limit was hit.
"""

import re

from inbound.down import MailboxBusy

SOON_SECONDS = 60.0  # where it names no time
BYTES_SECONDS = 900.0  # Gmail keeps whoever has read too much out for hours, longer with each try
LONGEST_SECONDS = 3600.0  # whatever it asks for: it may have written nonsense

_UNITS = {
    "millisecond": 0.001,
    "ms": 0.001,
    "second": 1.0,
    "sec": 1.0,
    "s": 1.0,
    "minute": 60.0,
    "min": 60.0,
    "hour": 3600.0,
}
_TIME = re.compile(
    r"(?:back-?off|again|after|wait|retry)\D{0,24}?(\d{1,9})\s*(milliseconds?|ms|seconds?|secs?|s|minutes?|mins?|hours?)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"throttl|rate[- ]limit|too many (?:simultaneous|concurrent|open)? ?(?:imap )?(?:connections|sessions|requests|commands)"
    r"|maximum number of connections|(?:connection|session) limit|suggested backoff|limits? (?:was |has been )?(?:hit|exceeded)"
    r"|exceeded (?:command|bandwidth|the maximum)|bandwidth limit|server (?:is )?(?:too )?busy",
    re.IGNORECASE,
)
_BYTES = re.compile(r"bandwidth", re.IGNORECASE)
_CODES = re.compile(r"\[(?:LIMIT|UNAVAILABLE|INUSE)\b", re.IGNORECASE)


def seconds_asked(said: str, *, codes: bool = False) -> float | None:
    """How long a server wants to be left alone; None where it says no such thing. `codes`: where the codes speak of no single mail."""
    if not (_WORDS.search(said) or (codes and _CODES.search(said))):
        return None
    if found := _TIME.search(said):
        unit = found[2].lower()
        size = _UNITS.get(unit) or _UNITS[unit.removesuffix("s")]
        return min(LONGEST_SECONDS, max(1.0, int(found[1]) * size))
    return BYTES_SECONDS if _BYTES.search(said) else SOON_SECONDS


def busy(host: str, said: str, seconds: float) -> MailboxBusy:
    return MailboxBusy(f"{host} asks to be left alone for {seconds:.0f} s: {said.removeprefix(f'{host}: ')}", seconds)
