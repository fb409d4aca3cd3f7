"""Parsers: worker processes that parse mails, and are killed when one takes too long; the others go on.

They are started by a fork server before any thread exists, have no network and no database, and may use 1 GiB each.
"""

import multiprocessing
import os
import resource
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from time import monotonic

from inbound.parse import parse

from inbound.message import Message

MEMORY_BYTES = 1 << 30
CONTEXT = multiprocessing.get_context("forkserver")

Read = Callable[[bytes], Message]


@dataclass(frozen=True, slots=True)
class Unread:
    """A mail that its parser did not survive, and why."""

    reason: str


def _serve(line: Connection, read: Read) -> None:
    """The life of a worker: bytes in, a Message out, until the line is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    while True:
        try:
            raw = line.recv_bytes()
        except (EOFError, OSError):
            return
        try:
            line.send(read(raw))
        except Exception as error:  # noqa: BLE001 - parsing is total; what still escapes is told, counted and quarantined
            line.send(Unread(f"the parser failed: {type(error).__name__}: {error}"[:200]))


class _Worker:
    """One process with the line to it."""

    def __init__(self, read: Read) -> None:
        self.line, far = CONTEXT.Pipe()
        self.process: BaseProcess = CONTEXT.Process(target=_serve, args=(far, read), daemon=True)
        self.process.start()
        far.close()
        self.index = -1
        self.deadline = 0.0

    def give(self, index: int, raw: bytes, deadline: float) -> None:
        self.index, self.deadline = index, deadline
        self.line.send_bytes(raw)

    def end(self) -> None:
        self.line.close()
        self.process.kill()
        self.process.join()


class Parsers:
    """A pool of workers. Not for two threads at once."""

    def __init__(self, count: int = 0, *, seconds: float = 30.0, read: Read = parse) -> None:
        CONTEXT.set_forkserver_preload(["inbound.parse"])
        self._read = read
        self._seconds = seconds
        self._idle = [_Worker(read) for _ in range(count or os.cpu_count() or 1)]

    def parse(self, mails: Sequence[bytes]) -> list[Message | Unread]:
        """One result a mail, in their order; within `seconds` a mail, whatever is in it."""
        results: dict[int, Message | Unread] = {}
        waiting = deque(enumerate(mails))
        busy: dict[Connection, _Worker] = {}
        while waiting or busy:
            while waiting and self._idle:
                index, raw = waiting.popleft()
                worker = self._idle.pop()
                busy[worker.line] = worker
                try:
                    worker.give(index, raw, monotonic() + self._seconds)
                except OSError:
                    results[index] = self._replace(busy, worker, "its parser died")
            self._collect(busy, results)
        return [results[index] for index in range(len(mails))]

    def _collect(self, busy: dict[Connection, _Worker], results: dict[int, Message | Unread]) -> None:
        """Waits for the next answer or the next deadline, and takes what is there."""
        if not busy:
            return
        patience = max(0.0, min(worker.deadline for worker in busy.values()) - monotonic())
        for line in wait(busy, patience):
            worker = busy[line]  # type: ignore[index]  # wait() gives back the lines that it was given
            try:
                results[worker.index] = worker.line.recv()
            except (EOFError, OSError):
                results[worker.index] = self._replace(busy, worker, "its parser died")
            else:
                self._idle.append(busy.pop(worker.line))
        for worker in _late(busy.values(), monotonic()):
            results[worker.index] = self._replace(busy, worker, f"its parser took over {self._seconds:g} seconds")

    def _replace(self, busy: dict[Connection, _Worker], worker: _Worker, reason: str) -> Unread:
        del busy[worker.line]
        worker.end()
        self._idle.append(_Worker(self._read))
        return Unread(reason)

    def close(self) -> None:
        for worker in self._idle:
            worker.end()
        self._idle.clear()


def _late(workers: Iterable[_Worker], now: float) -> list[_Worker]:
    return [worker for worker in workers if worker.deadline <= now]
