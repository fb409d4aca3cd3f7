"""Forgetting: what nobody needs any more goes: which links were used, and which deliveries were taken, once they are too old to come again."""

from datetime import timedelta

from postroom.app import App
from postroom.choices import GOOD_FOR
from postroom.log import event
from store import clicks, issues

TAKEN_FOR = timedelta(days=90)  # a delivery of five minutes ago is refused by its time; this is for whoever looks


def forget(app: App) -> int:
    """How many rows went."""
    now = app.now()
    with app.database.write() as tx:
        links = clicks.forget(tx, now - GOOD_FOR)
        deliveries = issues.forget(tx, now - TAKEN_FOR)
    if links or deliveries:
        event("rows.forgotten", links=links, deliveries=deliveries)
    return links + deliveries
