"""Summing: days that are over get their sheets, so that reports are quick; and how this team counts."""

from hashlib import sha256

from outbound.reckoning import Reckoning
from postroom.app import App
from postroom.log import event
from store import sheets
from workflow.calendar import Working

FORM = 2  # of the counts: another number makes all sheets again
AT_ONCE = 20  # days of one look


def sum_up(app: App) -> int:
    """Makes the sheets that are due, some at a time; how many."""
    counting, now = reckoning(app), app.now()
    with app.database.read() as tx:
        days = sheets.due(tx, counting, now, AT_ONCE)
    for day in days:
        with app.database.read() as tx:
            sheet = sheets.made(tx, counting, day)
        with app.database.write() as tx:
            sheets.keep(tx, counting, day, sheet, now)
    if days:
        event("days.summed", days=len(days))
    return len(days)


def reckoning(app: App) -> Reckoning:
    """In the team's zone, in the working hours of the first calendar of the configuration."""
    config = app.config
    name, work = next(iter(config.calendars.items()), ("", None))
    closed = [
        (title, status.key)
        for title, flow in sorted(app.workflows.items())
        for status in flow.statuses.values()
        if not status.open
    ]
    counted = (FORM, config.zone.key, config.settings.calendar.get(name), closed, config.settings.workflow)
    made_for = sha256(repr(counted).encode()).hexdigest()
    return Reckoning(app.workflow, config.zone, work if isinstance(work, Working) else None, made_for)
