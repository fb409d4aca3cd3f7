"""Moments and days as a workflow counts them: in UTC, where every day has 24 hours. It has no clock."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from workflow.decision import Ticket
from workflow.machine import Ball, Status

# An out-of-office note holds a timer up for so long at most (architecture.md, "Decided").
LONGEST_PAUSE = timedelta(days=60)
_DAY_ENDS = time(23, 59, 59)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC: a sum with a local zone would move by an hour when its clocks change.

    Raises ValueError where the zone is not known.
    """
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def shown(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def dated(given: datetime | date, status: Status, zone: tzinfo) -> datetime:
    """The moment that staff mean, who may give a day alone.

    The client has all of a day; what waits for somebody else comes back when it begins. ValueError as `in_utc`.
    """
    if isinstance(given, datetime):
        return in_utc(given)
    return datetime.combine(given, _DAY_ENDS if status.ball is Ball.CLIENT else time.min, zone).astimezone(UTC)


def back_on(day: date | None, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment at which somebody who is away is back, 60 days from now at most; None if they are back by now."""
    if day is None:
        return None
    back = datetime.combine(day, time.min, zone).astimezone(UTC)
    return min(back, now + LONGEST_PAUSE) if back > now else None


def held_up(ticket: Ticket, status: Status, back: datetime, now: datetime) -> datetime | None:
    """When the timer runs out, now that it stands until `back`; in one status it is held up for 60 days at most.

    What another note has held up already is not added again, and a date that staff gave stands.
    """
    timer = status.timer
    if ticket.due_at is None or ticket.until is not None or timer is None or timer.after is None:
        return ticket.due_at
    counted, since = timer.calendar, max(now, ticket.paused_until or now)
    unheld = counted.after(ticket.status_since, timer.after.days)
    if timer.remind and not ticket.reminded:
        unheld = counted.before(unheld, timer.remind.days)  # the reminder comes before the end
    latest = max(ticket.due_at, counted.after(unheld + LONGEST_PAUSE, 0))
    return min(counted.held(ticket.due_at, since, back), latest)
