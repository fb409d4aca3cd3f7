"""Kept: a worker that is started by the first mail that needs it, and kept: to start one takes longer than to read a mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Generic

from postroom.parsers import Parsed, Parsers, Read


class Kept(Generic[Parsed]):
    """One for all threads. `read` and `seconds` as of Parsers."""

    def __init__(self, read: Read[Parsed], seconds: float = 30.0) -> None:
        self._read = read
        self._seconds = seconds
        self._lock = Lock()  # whoever comes meanwhile waits: parsers are not for two threads at once
        self._parsers: Parsers[Parsed] | None = None

    @contextmanager
    def lent(self) -> Iterator[Parsers[Parsed]]:
        """Nobody else has it meanwhile."""
        with self._lock:
            self._parsers = self._parsers or Parsers(self._read, 1, seconds=self._seconds)
            yield self._parsers
