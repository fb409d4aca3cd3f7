"""Memory: how much a process and all below it hold, and the most that it was in between. For tests only; Linux's own numbers."""

from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from tests.walk.service import children

LOOK_SECONDS = 0.02
MIB = 1 << 20


def pss(pid: int) -> int:
    """Octets, with shared pages counted in parts; 0 for a process that has ended."""
    try:
        with Path(f"/proc/{pid}/smaps_rollup").open(encoding="ascii") as lines:
            return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    except OSError:
        return 0


class Watch:
    """From `with` to its end: the most that the process itself grew by, and the most that the whole tree had."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._before = pss(pid)
        self._over = Event()
        self._thread = Thread(target=self._look, daemon=True)
        self.grown = self.most = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(10)

    def _look(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            own = pss(self._pid)
            self.grown = max(self.grown, own - self._before)
            self.most = max(self.most, own + sum(pss(child) for child in children(self._pid)))
