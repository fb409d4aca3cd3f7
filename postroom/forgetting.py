"""Forgetting: what nobody needs any more goes: links that were used and deliveries that were taken, once they are too old to come again; old bytes of machines' mail, old sign-ins."""

from datetime import timedelta

from dashboard.programs import KEPT
from postroom.app import App
from postroom.choices import GOOD_FOR
from postroom.log import event
from store import clicks, events, holds, issues, repeats, retention, sessions

TAKEN_FOR = timedelta(days=90)  # a delivery of five minutes ago is refused by its time; this is for whoever looks
LOGGED_FOR = timedelta(days=365)  # who signed in
GIVEN_UP_FOR = timedelta(days=30)  # an event that a program did not take: for whoever asks for it again


def forget(app: App) -> int:
    """How many rows went."""
    now, days = app.now(), app.config.settings.retention.machine_mail_days
    with app.database.write() as tx:
        links = clicks.forget(tx, now - GOOD_FOR)
        deliveries = issues.forget(tx, now - TAKEN_FOR)
        holds.forget(tx, now)
        repeats.forget(tx, now - KEPT)
        sessions.forget_sign_ins(tx, now - LOGGED_FOR)
        events.forget(tx, now - GIVEN_UP_FOR)
        if days:
            retention.forget_bytes(tx, now - timedelta(days=days))
    if links or deliveries:
        event("rows.forgotten", links=links, deliveries=deliveries)
    return links + deliveries
