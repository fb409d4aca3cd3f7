"""Patience: how long a mailbox that failed is left alone. It never waits itself, and takes its clock as a parameter."""

from collections.abc import Callable
from math import inf

from inbound.imap import reconnect_delay

JITTER = 0.1  # of what a server asks for, and never less than that: several of us would come back together
STEADY_SECONDS = 45.0  # a connection that stood so long was a good one: the next failure is the first again


class Patience:
    """Of one mailbox. `clock` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._served_since = inf
        self._failures = 0

    def served(self) -> None:
        """It was read. That alone ends no trouble: a server may let everybody in, and hang up on them at once."""
        self._served_since = min(self._served_since, self._clock())

    def failed(self, jitter: float, asked: float = 0.0) -> float:
        """Seconds until the next try, `asked` at least, for which the server wants to be left alone. `jitter` from -1 to 1."""
        steady = self._clock() - self._served_since >= STEADY_SECONDS
        self._failures = 1 if steady else self._failures + 1
        self._served_since = inf
        return max(reconnect_delay(self._failures, jitter), asked * (1 + JITTER * abs(jitter)))
