"""Relay: what is known of the SMTP server as a whole, said when it changes. It knows no mail, and sends none."""

from collections.abc import Callable

from outbound.outbox import Outcome, Sent
from outbound.outcome import before_mail
from postroom.clock import monotonic
from postroom.log import event, trouble

QUIET_SECONDS = 60.0  # after an outage; a server that takes every other connection is not told of at each mail


class Relay:
    """For one sender of mails. One thread."""

    def __init__(self, host: str, clock: Callable[[], float] = monotonic) -> None:
        self.down = False  # the last that was heard of it
        self._host = host
        self._clock = clock
        self._said = False
        self._quiet_until = 0.0
        self._hurry = True  # a process before this one may have seen it down

    def heard(self, outcome: Outcome) -> bool:
        """Whether an outage ends with this outcome, and what waits because of it should go now. True once an outage."""
        if before_mail(outcome):
            self._fails(outcome.answer)
        elif isinstance(outcome, Sent):
            return self._works()
        return False

    def _fails(self, reason: str) -> None:
        self.down = True
        if self._said or self._clock() < self._quiet_until:
            return
        self._said = self._hurry = True
        trouble("smtp.down", host=self._host, reason=reason)

    def _works(self) -> bool:
        if self._said:
            event("smtp.back", host=self._host)
            self._quiet_until = self._clock() + QUIET_SECONDS
        hurry = self._hurry
        self.down = self._said = self._hurry = False
        return hurry
