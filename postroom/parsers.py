"""Parsers: worker processes that parse mails, and are killed when one takes too long; the others go on.

They are started by a fork server before any thread exists, have no network and no database, and may use 1 GiB each.
"""

import atexit
import logging
import multiprocessing
import os
import resource
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import Finalize
from time import monotonic
from typing import Any, Generic, TypeVar

from inbound.excerpt import Excerpt
from postroom.failure import where

MEMORY_BYTES = 1 << 30
BEHIND = 10  # of nice(2): a page, and the process that settles what was parsed, go before
MOST = 8  # workers, however many processors there are
LONGER = 2.0  # times the time for a mail, after which a worker whose parent is gone ends itself
CONTEXT = multiprocessing.get_context("forkserver")

Parsed = TypeVar("Parsed")  # what a worker makes of a mail
Raw = bytes | Excerpt
Read = Callable[[Raw], Parsed]
DIED = "its parser died"


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that its parser did not survive, and why."""

    reason: str


def _serve(line: Connection, read: Read[Any], seconds: float) -> None:
    """The life of a worker: bytes in, what it makes of them out, until the line is closed."""
    _restrain()
    while True:
        try:
            raw = line.recv()
        except (EOFError, OSError, MemoryError):
            return
        # The kernel ends a worker that hangs with nobody left to kill it.
        signal.setitimer(signal.ITIMER_REAL, seconds * LONGER)
        try:
            line.send(read(raw))
        except Exception as error:  # noqa: BLE001 - parsing is total; what still escapes is told, counted and quarantined
            line.send(Unread(f"the parser failed: {where(error)}"))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _restrain() -> None:
    os.nice(BEHIND)
    # mail-parser logs what it cannot read, mail content included (reliability.md P4); `defects` say it.
    logging.getLogger("mailparser").setLevel(logging.CRITICAL)
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


@contextmanager
def deaf() -> Iterator[None]:
    """What is started inside never hears Ctrl-C, or systemd's SIGTERM to all of a service, from its first moment on.

    They are for the parent, which lets the mail in hand end. What is started inherits the mask of its starter.
    """
    resource_tracker.ensure_running()  # it would lift the mask when it is started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker:
    """One process with the line to it."""

    def __init__(self, read: Read[Any], seconds: float) -> None:
        self.line, far = CONTEXT.Pipe()
        self.process: BaseProcess = CONTEXT.Process(target=_serve, args=(far, read, seconds), daemon=True)
        with deaf():
            self.process.start()
        far.close()
        self.index = -1
        self.deadline = 0.0

    def give(self, index: int, raw: Raw, deadline: float) -> None:
        self.index, self.deadline = index, deadline
        self.line.send(raw)

    def end(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class Parsers(Generic[Parsed]):
    """A pool of workers. `read` is what they do with a mail: a function of a module, total. Not for two threads at once."""

    def __init__(self, read: Read[Parsed], count: int = 0, *, seconds: float = 30.0) -> None:
        CONTEXT.set_forkserver_preload([read.__module__, "postroom.ready"])
        self._read = read
        self._seconds = seconds
        self._count = count or min(os.cpu_count() or 1, MOST)
        self._idle = [_Worker(read, seconds) for _ in range(self._count)]
        self._waiter = ThreadPoolExecutor(1, "parsers")  # its thread starts with the first `begin`
        # Workers are deaf to the SIGTERM with which multiprocessing would end them.
        atexit.register(self.close)
        # In a process that multiprocessing has started nothing of atexit runs, and it joins its children before it ends.
        self._last = Finalize(None, _end, args=(self._idle,), exitpriority=10)

    def begin(self, mails: Sequence[Raw]) -> Future[list[Parsed | Unread]]:
        """`parse` in the background, after all that was begun before."""
        return self._waiter.submit(self.parse, mails)

    def parse(self, mails: Sequence[Raw]) -> list[Parsed | Unread]:
        """One result a mail, in their order; within `seconds` a mail, whatever is in it."""
        results: dict[int, Parsed | Unread] = {}
        waiting = deque(enumerate(mails))
        busy: dict[Connection, _Worker] = {}
        try:
            while waiting or busy:
                while waiting and len(busy) < self._count:
                    self._hand_out(*waiting.popleft(), busy, results)
                self._collect(busy, results)
        finally:
            # Whoever still has a mail in hand would answer a question of the next call.
            for worker in busy.values():
                worker.end()
        return [results[index] for index in range(len(mails))]

    def _hand_out(
        self, index: int, raw: Raw, busy: dict[Connection, _Worker], results: dict[int, Parsed | Unread]
    ) -> None:
        worker = self._ready()
        busy[worker.line] = worker
        try:
            worker.give(index, raw, monotonic() + self._seconds)
        except OSError:
            results[index] = _killed(busy, worker, DIED)

    def _ready(self) -> _Worker:
        """A worker that is alive: one that was killed is replaced when the next mail needs it."""
        while self._idle:
            worker = self._idle.pop()
            if worker.process.is_alive():
                return worker
            worker.end()
        return _Worker(self._read, self._seconds)

    def _collect(self, busy: dict[Connection, _Worker], results: dict[int, Parsed | Unread]) -> None:
        """Waits for the next answer or the next deadline, and takes what is there."""
        if not busy:
            return
        patience = max(0.0, min(worker.deadline for worker in busy.values()) - monotonic())
        for line in wait(busy, patience):
            worker = busy[line]  # type: ignore[index]  # wait() gives back the lines that it was given
            try:
                results[worker.index] = worker.line.recv()
            except (EOFError, OSError):
                results[worker.index] = _killed(busy, worker, DIED)
            else:
                self._idle.append(busy.pop(worker.line))
        for worker in _late(busy.values(), monotonic()):
            results[worker.index] = _killed(busy, worker, f"its parser took over {self._seconds:g} seconds")

    def close(self) -> None:
        """Ends all processes, after what is begun."""
        self._waiter.shutdown()
        atexit.unregister(self.close)
        self._last.cancel()
        _end(self._idle)


def _end(workers: list[_Worker]) -> None:
    while workers:
        workers.pop().end()


def _killed(busy: dict[Connection, _Worker], worker: _Worker, reason: str) -> Unread:
    del busy[worker.line]
    worker.end()
    return Unread(reason)


def _late(workers: Iterable[_Worker], now: float) -> list[_Worker]:
    return [worker for worker in workers if worker.deadline <= now]
