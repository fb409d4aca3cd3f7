"""Failpoints: places where a test may kill this process. Without POSTROOM_FAILPOINT they do nothing, ever."""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

VARIABLE = "POSTROOM_FAILPOINT"


class Failure(Exception):
    """What a failpoint raises that was asked to raise."""


_WANTED = os.environ.get(VARIABLE, "")
_passes: Counter[str] = Counter()
_lock = Lock()
_watchers: list[Callable[[str], None]] = []


def failpoint(name: str) -> None:
    """Die here, if the environment says so: `name` at the first pass, `name:3` at the third.

    `name:raise` raises at each pass; `name:stop` freezes the process at the first, as a machine does that is put to sleep.
    """
    if _WANTED:
        _reached(name)
    for watcher in _watchers:
        watcher(name)


@contextmanager
def watched(watcher: Callable[[str], None]) -> Iterator[None]:
    """For tests that run the program inside their own process, which no signal may kill; the program never calls it.

    Inside, `watcher` is called at each failpoint, and may raise: so dies a simulated process.
    """
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def _reached(name: str) -> None:
    wanted, _, how = _WANTED.partition(":")
    if name != wanted:
        return
    if how == "raise":
        raise Failure(name)
    with _lock:
        _passes[name] += 1
        if how == "stop":
            if _passes[name] == 1:
                # To this thread, not to the process: another one might take it, and this one run on for a moment.
                signal.pthread_kill(threading.get_ident(), signal.SIGSTOP)
        elif _passes[name] == int(how or 1):
            # SIGKILL, not exit: no handler, no flush, no rollback may run, as in a power cut.
            os.kill(os.getpid(), signal.SIGKILL)
