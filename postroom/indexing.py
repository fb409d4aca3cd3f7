"""Indexing: the words of what was written are made ready for whoever searches, behind the mail and never before it."""

from collections.abc import Callable

from postroom.app import App
from postroom.clock import monotonic
from store import pending, search

CALM = 5.0  # seconds between two looks when all is indexed
YIELDING = 0.5  # the same, while mails wait: they come first
MOST = 10.0  # seconds that `run --once` indexes at most: an old database takes some of them


def index(app: App) -> int:
    """Some of the entries that are not indexed yet; how many."""
    with app.database.write() as tx:
        return search.index(tx)


def index_for(app: App, seconds: float, wait: Callable[[float], bool]) -> None:
    """Indexes what there is for so long; `wait` sleeps, and says whether to stop."""
    until = monotonic() + seconds
    while (left := until - monotonic()) > 0:
        if wait(min(left, _rest(app, index(app)))):
            return


def _rest(app: App, indexed: int) -> float:
    if not indexed:
        return CALM
    with app.database.read() as tx:
        return YIELDING if pending.are_there(tx) else 0.0
