"""Supervision: tells systemd that a run is ready, that it lives, and that it ends (sd_notify(3)). Without systemd it says nothing.

The watchdog is fed only while every verb has come round lately: a process of which one thread hangs looks alive to
everybody else.
"""

import os
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress

from postroom.clock import monotonic

HOUR = 3600.0
SILENT = 600.0  # seconds without a sign, after which a verb is taken to hang
LOOK = 30.0  # seconds between two looks where nobody set a watchdog


class Pulse:
    """When each verb last gave a sign. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._last: dict[str, tuple[float, float]] = {}

    def beat(self, name: str, patience: float = SILENT) -> None:
        """It lives; so many seconds may pass until it says so again."""
        self._last[name] = (self._clock(), patience)

    def silent(self, names: Iterable[str]) -> list[str]:
        """Those of which nothing has been heard for too long; one that never gave a sign is none of them."""
        now = self._clock()
        found = {name: self._last[name] for name in names if name in self._last}
        return [name for name, (at, patience) in found.items() if now - at > patience]


class Supervisor:
    """The socket that systemd names. `seconds`: how often it wants to hear that we live, or LOOK."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        limit = environment.get("WATCHDOG_USEC", "") if mine else ""
        # sd_watchdog_enabled(3): twice as often as needed.
        self.seconds = int(limit) / 2e6 if limit.isdecimal() and int(limit) else LOOK

    def ready(self) -> None:
        self._say("READY=1")

    def lives(self) -> None:
        self._say("WATCHDOG=1\nSTATUS=every verb is at work")

    def hangs(self, names: Iterable[str]) -> None:
        """Without the word that feeds the watchdog."""
        self._say(f"STATUS=without a sign of life: {', '.join(names)}")

    def stopping(self) -> None:
        self._say("STOPPING=1")

    def _say(self, words: str) -> None:
        if not self._address.startswith(("/", "@")):
            return
        address = f"\0{self._address[1:]}" if self._address[0] == "@" else self._address  # unix(7): an abstract one
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
            said.settimeout(1)
            said.connect(address)
            said.send(words.encode())
