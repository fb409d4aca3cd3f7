"""Digesting: each person's digests, queued once a day and once a week when their time has come. What it says is `outbound.digest`'s."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from classifier.verdict import Kind
from outbound.digest import SHOWN, SOON, Period, Reader
from outbound.digest import digest as worded
from outbound.outbox import State
from outbound.series import Series
from outbound.summary import Summary
from postroom import subscriptions
from postroom.app import App
from postroom.cases import Fault, tried
from postroom.choices import deed_link
from postroom.chores import chores
from postroom.house import House
from postroom.log import event, trouble
from postroom.restoring import Restored
from postroom.schedule import Schedule
from postroom.settings import StaffSettings
from store import digests, restored
from store.failpoint import failpoint
from store.standing import Asked, standing, tally

WEEK = timedelta(days=7)
FIRST = timedelta(days=1)  # what somebody's first digest covers
TEAM = {"manager", "admin"}  # who is told of the whole team's tickets alike


def digest(app: App) -> int:
    """Queues the digests that are due, of the day and of the week; how many. A fault in one keeps nobody else waiting."""
    return _due(app, app.config.digests, digests.NOTICE) + _due(app, app.config.weeks, digests.WEEK)


def _due(app: App, wanted: Sequence[tuple[StaffSettings, Schedule]], notice: str) -> int:
    queued = 0
    with app.database.read() as tx:
        since = restored.point(tx)
    for person, schedule in wanted:
        day = schedule.day(app.now(), app.config.zone)
        if (
            day is None
            or Restored(since).covers(schedule.moment(day, app.config.zone))
            or subscriptions.off(app, [person.address], Series(notice))
            or not _begun(app, schedule.moment(day, app.config.zone))
        ):
            continue
        placed = tried(partial(queue, app, person, day, notice))
        if isinstance(placed, Fault):
            trouble("digest.failed", day=day, reason=placed.reason)
        elif placed is not None:
            queued += 1
            failpoint("digest.mid_batch")
    return queued


def _begun(app: App, at: datetime) -> bool:
    with app.database.read() as tx:
        return digests.begun(tx, at)


def queue(app: App, person: StaffSettings, day: date, notice: str = digests.NOTICE) -> int | None:
    """Queues somebody's digest of that day, or week, and gives its row; None, and nothing is done, where there is one."""
    at = app.now()
    with app.database.read() as tx:
        if digests.of_day(tx, person.address, day, notice) is not None:
            return None
    cause = digests.cause(day, notice)
    mail = House(app).digest(person.address, _said(app, person, notice, at), cause, at, notice)
    with app.database.write() as tx:
        placed = digests.put(tx, mail, at)
    if placed is not None:
        failed = {} if mail.state is State.QUEUED else {"reason": mail.reason}
        event("digest.queued", id=f"o{placed}", day=day, notice=notice, **failed)
    return placed


def text(app: App, person: StaffSettings, notice: str = digests.NOTICE) -> str:
    """Somebody's digest, of the day or of the week, as it would be now. Raises RenderError."""
    at = app.now()
    cause = digests.cause(today(app), notice)
    return House(app).digest_text(person.address, _said(app, person, notice, at), cause, at, notice)


def today(app: App) -> date:
    """The team's day."""
    return app.now().astimezone(app.config.zone).date()


def _said(app: App, person: StaffSettings, notice: str, at: datetime) -> Summary:
    return summary(app, person, at) if notice == digests.NOTICE else week(app, person, at)


def summary(app: App, person: StaffSettings, at: datetime) -> Summary:
    """What somebody is told now: all since the last digest, whenever that was."""
    with app.database.read() as tx:
        since = digests.last(tx, person.address)
        # A last one that lies ahead was written under a wrong clock.
        since = since if since and since < at else at - FIRST
        found = standing(tx, _asked(app, person, since, at))
    found = replace(found, chores=chores(app))
    period = Period(since, at, app.config.zone)
    return worded(found, period, app.workflows, app.config.settings.public_url, reader=_reader(app, person, at))


def week(app: App, person: StaffSettings, at: datetime) -> Summary:
    """How the seven days until now went, beside the seven before, and how the work stands."""
    with app.database.read() as tx:
        found = standing(tx, _asked(app, person, at - WEEK, at))
        before = tally(tx, at - 2 * WEEK, at - WEEK)
    found = replace(found, chores=chores(app))
    period = Period(at - WEEK, at, app.config.zone)
    site = app.config.settings.public_url
    return worded(found, period, app.workflows, site, before=before, reader=_reader(app, person, at))


def _reader(app: App, person: StaffSettings, at: datetime) -> Reader:
    return Reader(person.address, lambda ticket, what: deed_link(app, what, person.address, at, ticket))


def _asked(app: App, person: StaffSettings, since: datetime, at: datetime) -> Asked:
    first = "" if TEAM & set(person.roles) else person.address
    only = person.address if person.digest_of == "own" else ""
    return Asked(since, at, at + SOON, _escalated(app), first, only, SHOWN)


def _escalated(app: App) -> list[tuple[str, str]]:
    """The statuses that escalations lead to; not one that every new ticket has."""
    flows = [(name, flow, flow.opens.get(Kind.ESCALATION)) for name, flow in app.workflows.items()]
    return [(name, move.to) for name, flow, move in flows if move and move.to != flow.initial]
