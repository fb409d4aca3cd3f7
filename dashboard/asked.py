"""Asked: numbers and moments as forms send them, whatever a browser or a person has made of them."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DIGITS = 17  # of a number in a form: a moment has 16
MICROSECOND = timedelta(microseconds=1)


def whole(text: str) -> int:
    """-1 for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < DIGITS else -1


def moment_of(text: str) -> datetime:
    """From microseconds since 1970; 1970 for what is none."""
    return EPOCH + max(0, whole(text)) * MICROSECOND


def written(at: datetime) -> int:
    """A moment, for a form."""
    return (at - EPOCH) // MICROSECOND
