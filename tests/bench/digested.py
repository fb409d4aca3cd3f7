"""The digests of a team whose tickets wait: of the day and of the week, read, worded with their one-click lines, and rendered."""

import time
from statistics import median

from postroom.app import App
from postroom.digesting import text
from store import digests

TURNS = 5


def digested(app: App) -> dict[str, float]:
    """Seconds of each, and that it has links to click."""
    person = app.config.settings.staff[0]
    taken: dict[str, float] = {}
    for notice in (digests.NOTICE, digests.WEEK):
        seconds = []
        for _ in range(TURNS):
            start = time.perf_counter()
            said = text(app, person, notice)
            seconds.append(time.perf_counter() - start)
        assert "/do/" in said, said
        taken[notice] = median(seconds)
    return taken
