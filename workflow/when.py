"""Moments and days as a workflow counts them: in UTC, where every day has 24 hours. It has no clock."""

from datetime import UTC, date, datetime, time, timedelta

from workflow.decision import Ticket
from workflow.machine import Status

# An out-of-office note holds a timer up for so long at most (architecture.md, "Decided").
LONGEST_PAUSE = timedelta(days=60)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC: a sum with a local zone would move by an hour when its clocks change.

    Raises ValueError where the zone is not known.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def shown(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def back_on(day: date | None, now: datetime) -> datetime | None:
    """The moment at which somebody who is away is back, 60 days from now at most; None if they are back by now."""
    if day is None:
        return None
    back = datetime.combine(day, time.min, UTC)
    return min(back, now + LONGEST_PAUSE) if back > now else None


def held_up(ticket: Ticket, status: Status, back: datetime, now: datetime) -> datetime | None:
    """When the timer runs out, now that it stands until `back`; in one status it is held up for 60 days at most.

    What another note has held up already is not added again, and a date that staff gave stands.
    """
    timer = status.timer
    if ticket.due_at is None or ticket.until is not None or timer is None or timer.after is None:
        return ticket.due_at
    since = max(now, ticket.paused_until or now)
    ahead = timer.remind if timer.remind and not ticket.reminded else timedelta()  # the reminder comes before the end
    latest = max(ticket.due_at, ticket.status_since + timer.after - ahead + LONGEST_PAUSE)
    return min(ticket.due_at + max(back - since, timedelta()), latest)
