"""Digesting: each person's digest, queued once a day when its time has come. What it says is `outbound.digest`'s."""

from datetime import date, datetime, timedelta

from classifier.verdict import Kind
from outbound.digest import SHOWN, SOON, Period
from outbound.digest import digest as worded
from outbound.outbox import State
from outbound.summary import Summary
from postroom.answering import Answerer
from postroom.app import App
from postroom.cases import Fault, tried
from postroom.log import event, trouble
from postroom.settings import StaffSettings
from store import digests
from store.failpoint import failpoint
from store.standing import Asked, standing

FIRST = timedelta(days=1)  # what somebody's first digest covers
TEAM = {"manager", "admin"}  # who is told of the whole team's tickets alike


def digest(app: App) -> int:
    """Queues the digests that are due; how many. A fault in one keeps nobody else waiting."""
    queued = 0
    for person, schedule in app.config.digests:
        day = schedule.day(app.now(), app.config.zone)
        if day is None or not _begun(app, schedule.moment(day, app.config.zone)):
            continue
        placed = tried(lambda person=person, day=day: queue(app, person, day))  # type: ignore[misc]
        if isinstance(placed, Fault):
            trouble("digest.failed", day=day, reason=placed.reason)
        elif placed is not None:
            queued += 1
            failpoint("digest.mid_batch")
    return queued


def _begun(app: App, at: datetime) -> bool:
    with app.database.read() as tx:
        return digests.begun(tx, at)


def queue(app: App, person: StaffSettings, day: date) -> int | None:
    """Queues somebody's digest of that day, and gives its row; None, and nothing is done, where there is one."""
    at = app.now()
    with app.database.read() as tx:
        if digests.of_day(tx, person.address, day) is not None:
            return None
    cause = digests.cause(day)
    mail = Answerer(app).digest(person.address, summary(app, person, at), cause, at)
    with app.database.write() as tx:
        placed = digests.put(tx, mail, at)
    if placed is not None:
        failed = {} if mail.state is State.QUEUED else {"reason": mail.reason}
        event("digest.queued", id=f"o{placed}", day=day, **failed)
    return placed


def text(app: App, person: StaffSettings) -> str:
    """Somebody's digest as it would be now. Raises RenderError."""
    at = app.now()
    cause = digests.cause(today(app))
    return Answerer(app).digest_text(person.address, summary(app, person, at), cause, at)


def today(app: App) -> date:
    """The team's day."""
    return app.now().astimezone(app.config.zone).date()


def summary(app: App, person: StaffSettings, at: datetime) -> Summary:
    """What somebody is told now: all since the last digest, whenever that was."""
    with app.database.read() as tx:
        since = digests.last(tx, person.address)
        # A last one that lies ahead was written under a wrong clock.
        since = since if since and since < at else at - FIRST
        first = "" if TEAM & set(person.roles) else person.address
        found = standing(tx, Asked(since, at, at + SOON, _escalated(app), first, SHOWN))
    period = Period(since, at, app.config.zone)
    return worded(found, period, app.workflows, app.config.settings.public_url)


def _escalated(app: App) -> list[tuple[str, str]]:
    """The statuses that escalations lead to; not one that every new ticket has."""
    flows = [(name, flow, flow.opens.get(Kind.ESCALATION)) for name, flow in app.workflows.items()]
    return [(name, move.to) for name, flow, move in flows if move and move.to != flow.initial]
