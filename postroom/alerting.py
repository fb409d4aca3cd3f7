"""Alerting: staff hear by mail of a mailbox that cannot be read for long, once an outage, and when it can be again; and of one that is full."""

from datetime import datetime, timedelta

from outbound.standing import Outage
from outbound.wording import moment, span
from postroom.app import App
from postroom.log import event
from postroom.post import Post
from store import outages, outbox, untold
from store.database import Transaction

LONG = timedelta(minutes=15)  # servers are started again, and connections lost: of that nobody has to hear
QUIET = timedelta(hours=1)  # of one mailbox that comes and goes no more than one alert
DAY = timedelta(days=1)


def alert(app: App) -> int:
    """Tells of what has lasted too long; of how many mailboxes."""
    at = app.now()
    with app.database.read() as tx:
        there = outages.outages(tx)
        found = [one for one in there if at - one.since >= LONG and not _told(app, tx, one, at)]
    if any(one.since > at for one in there):
        with app.database.write() as tx:
            outages.mend(tx, at)
    for one in found:
        title = f"The mailbox {one.mailbox} cannot be read"
        lines = [("Since", moment(one.since.astimezone(app.config.zone))), ("Reason", one.why)]
        lines.append(("Now", "mail waits on the server, and nothing is lost; postroom check says what to mend"))
        _queue(app, title, lines, _cause(one), at)
        event("outage.told", mailbox=one.mailbox)
    return len(found)


def back(app: App, one: Outage) -> None:
    """It can be read again: whoever was told hears of that, too."""
    at = app.now()
    with app.database.read() as tx:
        told = untold.alerted(tx, app.managers, _cause(one), one.since)
    if told:
        lines = [("Away for", span(at - one.since)), ("Now", "what waited on the server comes in, oldest first")]
        _queue(app, f"The mailbox {one.mailbox} can be read again", lines, f"back:{_cause(one)}", at)


def crowded(app: App, mailbox: str, used: str) -> None:
    """It is nearly full: told once a day."""
    at, begins = app.now(), f"crowded:{mailbox}:"
    with app.database.read() as tx:
        if untold.alerted(tx, app.managers, begins, at - DAY, at):
            return
    lines = [("Used", used), ("Now", "make room, or have the quota raised, before the server refuses clients' mail")]
    _queue(app, f"The mailbox {mailbox} is nearly full", lines, f"{begins}{at.isoformat()}", at)


def unfiled(app: App, mailbox: str, uid: int, why: str) -> None:
    """From this UID on its mails are read and cannot be filed."""
    at, begins = app.now(), f"unfiled:{mailbox}:"
    with app.database.read() as tx:
        if untold.alerted(tx, app.managers, begins, at - QUIET, at):
            return
    now = "mails are read and answered as ever, and stay where they are; they are filed when the server lets them be"
    lines = [("Reason", why), ("Now", now)]
    _queue(app, f"The mails of {mailbox} cannot be filed", lines, f"{begins}{uid}", at)


def _told(app: App, tx: Transaction, one: Outage, at: datetime) -> bool:
    lately = untold.alerted(tx, app.managers, f"outage:{one.mailbox}:", at - QUIET, at)
    return lately or untold.alerted(tx, app.managers, _cause(one), one.since)


def _cause(one: Outage) -> str:
    return f"outage:{one.mailbox}:{one.since.isoformat()}"


def _queue(app: App, title: str, lines: list[tuple[str, str]], cause: str, at: datetime) -> None:
    with app.database.write() as tx:
        for queued in Post(app).alert(title, lines, cause, at):
            outbox.queue(tx, queued, app.limits, at)
