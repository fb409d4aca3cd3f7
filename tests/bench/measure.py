"""Measuring a process with all that it starts: seconds, CPU seconds, memory. It changes nothing of it."""

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from os import sysconf
from pathlib import Path

from tests.walk.memory import MIB, pss
from tests.walk.service import children

TICKS = sysconf("SC_CLK_TCK")
EACH = 0.2  # seconds between two looks: one costs about a millisecond a process


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took. `peak` is the highest sum of the PSS of its processes, in MB."""

    seconds: float
    cpu: float
    peak: float
    log: str


def measured(process: subprocess.Popen[str]) -> Run:
    """Waits for its end. Raises RuntimeError with its log where it fails."""
    start, peak = time.perf_counter(), 0.0
    used: dict[int, float] = {}
    with ThreadPoolExecutor(1) as reader:  # a pipe that nobody reads would stop it
        said = reader.submit(process.communicate)
        while not wait([said], EACH).done:
            peak = max(peak, look(process.pid, used))
    seconds, log = time.perf_counter() - start, said.result()[1]
    if process.returncode != 0:
        raise RuntimeError(log)
    return Run(seconds, sum(used.values()), peak, log)


def look(root: int, used: dict[int, float]) -> float:
    """The PSS of the tree now, in MB; `used` is brought up to date with each process's CPU seconds."""
    tree = {root, *children(root)}
    for pid in tree:
        with suppress(OSError):  # it has just ended
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            used[pid] = (int(fields[11]) + int(fields[12])) / TICKS
    return sum(pss(pid) for pid in tree) / MIB
