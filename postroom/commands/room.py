"""Whether this machine is fit for a `run`: its disk and its clock. It looks, and changes nothing."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from postroom.line import one_line

LEAST_BYTES = 500 * 1000 * 1000
LEAST_SHARE = 0.05
MOST_BACK = timedelta(minutes=5)


def disk(folder: Path) -> tuple[str, bool]:
    """How much is free where the database lies, and whether that is enough."""
    usage = shutil.disk_usage(folder)
    return free(folder, usage.free, usage.total)


def free(folder: Path, left: int, total: int) -> tuple[str, bool]:
    said = f"{left / 1e9:.1f} GB of {total / 1e9:.1f} free in {one_line(folder)}"
    if left >= LEAST_BYTES and left >= total * LEAST_SHARE:
        return said, True
    return f"{said}: make room, at least {LEAST_BYTES // 10**6} MB and {LEAST_SHARE:.0%} are wanted", False


def behind(now: datetime, last: datetime | None) -> str:
    """What is wrong with a clock that shows `now`, when `last` is the newest thing that was noted; "" for nothing."""
    if last is None or last - now <= MOST_BACK:
        return ""
    return f"it shows {now:%Y-%m-%d %H:%M} UTC, and something was noted at {last:%Y-%m-%d %H:%M} UTC: set this machine's clock"
