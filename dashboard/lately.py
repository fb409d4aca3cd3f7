"""Lately: a sum that takes a look at very many rows: shown as it was some seconds ago, and made anew behind the page that shows it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

from starlette.background import BackgroundTask

from dashboard.powers import Powers
from store.database import Transaction

FRESH = timedelta(seconds=10)  # then it is made anew, behind the page
OLDEST = timedelta(minutes=1)  # that is shown
Sum = TypeVar("Sum")


class Lately(Generic[Sum]):
    """One sum of this process. `make` is given the moment, too."""

    def __init__(self, powers: Powers, make: Callable[[Transaction, datetime], Sum]) -> None:
        self._powers = powers
        self._make = make
        self._made: tuple[datetime, Sum] | None = None
        self._making = Lock()

    def look(self, tx: Transaction, since: datetime | None = None) -> tuple[Sum, BackgroundTask | None]:
        """As it was at some moment after `since`, and what is to be done once the page has left."""
        now = self._powers.now()
        earliest = max(now - OLDEST, since or now - OLDEST)
        if self._made is None or not earliest < self._made[0] <= now:
            self._made = now, self._make(tx, now)
        at, made = self._made
        return made, BackgroundTask(self._again) if now - at >= FRESH else None

    def _again(self) -> None:
        if not self._making.acquire(blocking=False):
            return  # somebody does
        try:
            now = self._powers.now()
            with self._powers.database.read() as tx:
                self._made = now, self._make(tx, now)
        finally:
            self._making.release()
