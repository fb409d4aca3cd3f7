"""The clock, and chance: the only places where time of day and random numbers are read."""

import os
import random
from datetime import UTC, datetime, timedelta
from time import monotonic

OFFSET = "POSTROOM_CLOCK_OFFSET"  # seconds; for tests


def offset_seconds() -> float:
    """What POSTROOM_CLOCK_OFFSET says; 0 where it is not set. Raises ValueError when it is no number."""
    return float(os.environ.get(OFFSET) or 0)


def now() -> datetime:
    """The time of day, aware, in UTC."""
    return datetime.now(UTC) + timedelta(seconds=offset_seconds())


def jitter() -> float:
    """A number from 0 up to 1, to spread retries."""
    return random.random()  # noqa: S311 - it spreads load, it guards nothing


__all__ = ["OFFSET", "jitter", "monotonic", "now", "offset_seconds"]
