"""The clock, and chance: the only places where time of day and random numbers are read."""

import os
import random
from datetime import UTC, datetime, timedelta
from time import monotonic

OFFSET = "POSTROOM_CLOCK_OFFSET"  # seconds; for tests
FURTHEST = 1e9  # seconds: some thirty years


def offset_seconds() -> float:
    """What POSTROOM_CLOCK_OFFSET says; 0 where it is not set. Raises ValueError, in one line with its mend."""
    text = os.environ.get(OFFSET) or "0"
    try:
        seconds = float(text)
    except ValueError:
        seconds = FURTHEST
    if not abs(seconds) < FURTHEST:  # so that it holds for nan
        raise ValueError(f'{OFFSET} is "{text[:80]}": write a number of seconds, or unset it')
    return seconds


def now() -> datetime:
    """The time of day, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=offset_seconds())


def jitter() -> float:
    """A number from 0 up to 1, to spread retries."""
    return random.random()  # noqa: S311 - it spreads load, it guards nothing


__all__ = ["OFFSET", "jitter", "monotonic", "now", "offset_seconds"]
