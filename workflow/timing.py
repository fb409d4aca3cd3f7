"""timed: a workflow whose timers run as long as a team's configuration says. Pure; it reads no configuration."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from workflow.draft import MOST_DAYS
from workflow.machine import Timer, Workflow


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


def timed(workflow: Workflow, days: Mapping[str, int]) -> Workflow:
    """The workflow with other days for these statuses; keys of other workflows' statuses are left alone."""
    changed = {
        key: replace(workflow.statuses[key], timer=replace(timer, after=timedelta(days=days[key])))
        for key, timer in timers(workflow).items()
        if key in days
    }
    return replace(workflow, statuses={**workflow.statuses, **changed})
