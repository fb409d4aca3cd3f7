"""timed: a workflow whose timers run as long as a team's configuration says, in its time zone. Pure; it reads no configuration."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, tzinfo

from workflow.calendar import Calendar
from workflow.draft import MOST_DAYS
from workflow.machine import Timer, Workflow

Period = tuple[int, Calendar | None]  # so many days; None: by the calendar of the workflow file


def timers(workflow: Workflow) -> dict[str, Timer]:
    """The timers that run for a number of days, by the key of their status."""
    found = {key: status.timer for key, status in workflow.statuses.items()}
    return {key: timer for key, timer in found.items() if timer and timer.after}


def refusal(timer: Timer, days: int) -> str:
    """Why a timer cannot run for so many days; "" if it can."""
    least = timer.remind.days + 1 if timer.remind else 1
    if least <= days <= MOST_DAYS:
        return ""
    reminder = f", for it reminds {timer.remind.days} days before its end" if timer.remind else ""
    return f"write a number of days from {least} to {MOST_DAYS}{reminder}"


def timed(workflow: Workflow, periods: Mapping[str, Period], zone: tzinfo) -> Workflow:
    """The workflow with other periods for these statuses; keys of other workflows' statuses are left alone."""
    changed = {
        key: replace(workflow.statuses[key], timer=_timed(timer, *periods[key]))
        for key, timer in timers(workflow).items()
        if key in periods
    }
    return replace(workflow, statuses={**workflow.statuses, **changed}, zone=zone)


def _timed(timer: Timer, days: int, calendar: Calendar | None) -> Timer:
    return replace(timer, after=timedelta(days=days), calendar=calendar or timer.calendar)
