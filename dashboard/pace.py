"""Pace: how often somebody may ask. It counts in this process alone, and keeps nothing."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

MINUTE = timedelta(minutes=1)


class Pace:
    """So many in a minute, each name by itself."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._asked: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def wait(self, name: str, now: datetime) -> int:
        """Counts this one, and gives 0; or counts nothing, and gives the seconds after which to ask again."""
        with self._lock:
            asked = self._asked.setdefault(name, deque())
            # A clock that was put back forgets what seems to be to come.
            while asked and not now - MINUTE < asked[0] <= now:
                asked.popleft()
            if len(asked) < self._most:
                asked.append(now)
                return 0
            return int((asked[0] + MINUTE - now).total_seconds()) + 1
