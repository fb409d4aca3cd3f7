"""Counts: what a run has done since it began, for its metrics. The shell counts; nothing here is kept."""

from collections import Counter
from dataclasses import dataclass
from threading import Lock


@dataclass(frozen=True, slots=True)
class Counted:
    """As it was at one moment."""

    mails: dict[str, int]  # settled, by kind
    sends: dict[str, int]  # tries to send a mail, by outcome
    idle: dict[str, bool]  # mailboxes that this process reads: whether their server tells of new mail at once


class Counts:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mails: Counter[str] = Counter()
        self._sends: Counter[str] = Counter()
        self._idle: dict[str, bool] = {}

    def mail(self, kind: str) -> None:
        """One was settled."""
        with self._lock:
            self._mails[kind] += 1

    def send(self, outcome: str) -> None:
        """One try came to an end."""
        with self._lock:
            self._sends[outcome] += 1

    def mailbox(self, name: str, *, idle: bool) -> None:
        """It was read."""
        with self._lock:
            self._idle[name] = idle

    def take(self, counted: Counted) -> None:
        """What another process has counted, in place of what is here."""
        with self._lock:
            self._mails, self._sends, self._idle = Counter(counted.mails), Counter(counted.sends), counted.idle

    def now(self) -> Counted:
        with self._lock:
            return Counted(dict(self._mails), dict(self._sends), dict(self._idle))
