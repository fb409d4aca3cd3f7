"""Forgetting: what nobody needs any more goes. So far that is which links were used, once they are too old to be used again."""

from postroom.app import App
from postroom.choices import GOOD_FOR
from postroom.log import event
from store import clicks


def forget(app: App) -> int:
    """How many rows went."""
    with app.database.write() as tx:
        gone = clicks.forget(tx, app.now() - GOOD_FOR)
    if gone:
        event("links.forgotten", links=gone)
    return gone
