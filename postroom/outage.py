"""Outage: says once that the database cannot be used, and not again at every try. It never waits itself."""

from postroom.clock import monotonic
from postroom.log import trouble
from store.errors import DatabaseDown

SAME_SECONDS = 90.0  # more than one try may take: a failure within it belongs to the same outage


class Outage:
    """What one verb has said of the database. One thread."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._said = ""
        self._until = 0.0

    def say(self, error: DatabaseDown) -> None:
        if str(error) != self._said or monotonic() > self._until:
            trouble("database.down", verb=self._verb, reason=error)
        self._said, self._until = str(error), monotonic() + SAME_SECONDS
