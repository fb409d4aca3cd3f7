"""Forgetting: what nobody needs any more goes: used links, taken deliveries, old sign-ins, and what [retention] gives a time to."""

from collections.abc import Callable
from datetime import datetime, timedelta

from dashboard.programs import KEPT
from postroom.app import App
from postroom.choices import GOOD_FOR
from postroom.clock import monotonic
from postroom.log import event
from store import bounced, bygone, census, clicks, events, holds, issues, pending, readers, repeats, retention, sessions
from store.database import Transaction

TAKEN_FOR = timedelta(days=90)  # a delivery of five minutes ago is refused by its time; this is for whoever looks
LOGGED_FOR = timedelta(days=365)  # who signed in
GIVEN_UP_FOR = timedelta(days=30)  # an event that a program did not take: for whoever asks for it again
MOST = 10.0  # seconds that tickets are emptied at a time: an old database has many

_Bytes = Callable[[Transaction, datetime], int]


def forget(app: App) -> int:
    """How many rows went."""
    now = app.now()
    with app.database.write() as tx:
        links = clicks.forget(tx, now - GOOD_FOR)
        deliveries = issues.forget(tx, now - TAKEN_FOR)
        holds.forget(tx, now)
        readers.forget(tx)
        repeats.forget(tx, now - KEPT)
        sessions.forget_sign_ins(tx, now - LOGGED_FOR)
        events.forget(tx, now - GIVEN_UP_FOR)
        census.sum_up(tx)
        _by_age(app, tx, retention.day(tx, now))
    if links or deliveries:
        event("rows.forgotten", links=links, deliveries=deliveries)
    return links + deliveries + _tickets(app)


def _by_age(app: App, tx: Transaction, today: datetime) -> None:
    """Some of the bytes that are old enough, and which addresses returned a mail."""
    bounced.forget(tx, today)
    kept = app.config.settings.retention
    ages: tuple[tuple[_Bytes, int], ...] = (
        (retention.forget_parked, kept.machine_mail_days),
        (retention.forget_quarantined, kept.quarantine_days),
        (retention.forget_written, kept.staff_mail_days),
    )
    for go, days in ages:
        if days:
            go(tx, today - timedelta(days=days))


def _tickets(app: App) -> int:
    """Once a day, what was said on tickets that were closed long ago; how many those are. A ticket that a reply would reopen stays."""
    days = app.config.settings.retention.closed_ticket_days
    with app.database.read() as tx:
        today = retention.day(tx, app.now())
        done = not days or bygone.done(tx, today)
    if done:
        return 0
    age = max(timedelta(days=days), *(workflow.reopen for workflow in app.workflows.values()))
    gone, last, until = 0, 0, monotonic() + MOST
    while monotonic() < until:
        with app.database.write() as tx:
            looked = bygone.forget(tx, today - age, last)
            if looked is None:
                bygone.note(tx, today)
                break
            busy = pending.are_there(tx)
        gone, last = gone + looked.gone, looked.last
        if busy:  # mail comes first: the rest waits for the next look
            break
    if gone:
        event("tickets.forgotten", count=gone)
    return gone
